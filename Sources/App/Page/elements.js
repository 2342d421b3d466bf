// Elements, and what a list shows while it loads, when it is empty and when it fails.
// What comes from the API becomes text and attributes, never markup.

import { part, session } from "/page/api.js";

export const byID = (id) => document.getElementById(id);

/** An element. Strings among the children become text. */
export function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

export function icon(name) {
    const namespace = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(namespace, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(namespace, "use");
    use.setAttribute("href", `#icon-${name}`);
    svg.append(use);
    return svg;
}

/** Where a picture is. Every Plaza draws those of the demonstration: they are asked for where this page is from. */
export function source(url) {
    const path = URL.canParse(url) ? new URL(url).pathname : "";
    return path.startsWith("/demo/pictures/") ? path : url;
}

/** A picture, or in its place what it shows. */
export function shown(url, alt, attributes = {}) {
    const image = el("img", { src: source(url), alt, loading: "lazy", decoding: "async", ...attributes });
    image.addEventListener("error", () => {
        image.replaceWith(el("span", { class: "missing" }, alt || "This picture is not available"));
    }, { once: true });
    return image;
}

export const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

export function time(text) {
    const date = new Date(text);
    const seconds = (date - Date.now()) / 1000;
    const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
    const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
    const isOld = Math.abs(seconds) > 30 * 86_400;
    const label = isOld ? date.toLocaleDateString("en", { dateStyle: "medium" }) : ago.format(Math.round(seconds / length), unit);
    return el("time", { datetime: text, title: date.toLocaleString() }, label);
}

/** `{amount: 1990, currency: "EUR"}` as €19.90: amounts are in the currency's minor unit. */
export function money({ amount, currency }) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

export function plural(count, noun) {
    return `${compact.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function nameOf(account) {
    return account.display_name || account.handle;
}

export function avatar(account, size = "") {
    if (account.avatar_url) {
        const image = el("img", { class: `avatar ${size}`, src: account.avatar_url, alt: "", loading: "lazy", decoding: "async" });
        image.addEventListener("error", () => image.replaceWith(avatar({ ...account, avatar_url: null }, size)), { once: true });
        return image;
    }
    const words = nameOf(account).trim().split(/\s+/);
    const initials = words.slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
    const hue = [...account.handle].reduce((sum, letter) => sum * 31 + letter.codePointAt(0), 7) % 8;
    return el("span", { class: `avatar ${size} hue-${hue}`, "aria-hidden": "true" }, initials);
}

export function profileLink(account) {
    return `#/@${part(account.handle)}`;
}

export function byline(account, ...beside) {
    return el("div", { class: "byline" },
        el("a", { href: profileLink(account), tabindex: "-1", "aria-hidden": "true" }, avatar(account)),
        el("div", { class: "who" },
            el("a", { class: "name", href: profileLink(account) }, nameOf(account)),
            el("span", { class: "quiet" }, `@${account.handle}`, ...beside)));
}

// ---- States

export function state(title, ...more) {
    return el("div", { class: "card state" }, el("strong", {}, title), ...more);
}

export function failed(failure, retry) {
    const again = el("button", { type: "button", onclick: retry }, "Try again");
    const box = state(failure.status === 404 ? "Not found" : "That did not work", el("p", {}, failure.message), again);
    box.setAttribute("role", "alert");
    return box;
}

export function bones() {
    return el("div", { class: "card post", "aria-hidden": "true" },
        el("div", { class: "bone short" }), el("div", { class: "bone tall" }), el("div", { class: "bone" }));
}

let noticeTimer = 0;

export function notify(message) {
    const notice = byID("notice");
    notice.textContent = message;
    notice.hidden = false;
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { notice.hidden = true; }, 6_000);
}

export function openSignIn() {
    byID("sign-in-problem").hidden = true;
    byID("sign-in").showModal();
}

/** Runs what a button does: once at a time, and says what went wrong. */
export async function act(button, action) {
    if (!session) return openSignIn();
    button.disabled = true;
    try {
        await action();
    } catch (failure) {
        notify(failure.message);
    } finally {
        button.disabled = false;
    }
}

/** A list that grows as its end comes into sight, three times; then by its button, so that what is below can be reached. */
export function list(load, render, empty, kind = "list") {
    const items = el("div", { class: kind });
    const foot = el("div", { "aria-live": "polite" });
    const box = el("div", { class: "list" }, items, foot);
    const sight = new IntersectionObserver((entries) => {
        if (entries.some((entry) => entry.isIntersecting)) grow();
    }, { rootMargin: "800px" });
    let cursor = null;
    let pages = 0;

    async function grow() {
        sight.disconnect();
        foot.replaceChildren(bones(), el("span", { class: "sr-only" }, "Loading"));
        try {
            const answer = await load(cursor);
            cursor = answer.next;
            pages += 1;
            items.append(...answer.items.map(render));
            if (cursor) {
                const more = el("button", { type: "button", class: "more", onclick: grow }, "More");
                foot.replaceChildren(more);
                if (pages % 4) sight.observe(more);
            } else {
                foot.replaceChildren(...(items.children.length ? [] : [empty]));
            }
        } catch (failure) {
            foot.replaceChildren(failed(failure, grow));
        }
    }

    grow();
    box.prepended = (element) => {
        items.prepend(element);
        empty.remove();
    };
    return box;
}
