// Plaza's page: a client of the API in one file. What comes from the API becomes text and attributes, never markup.

// ---- The API

const sessionKey = "plaza.session";
const refreshPath = "/v1/sessions/refresh";
let session = JSON.parse(sessionStorage.getItem(sessionKey) ?? "null");
let refreshing = null;

/** What the API refused, in words for people. */
class Failure extends Error {
    constructor(message, status = 0) {
        super(message);
        this.status = status;
    }
}

function keep(next) {
    session = next;
    if (next) sessionStorage.setItem(sessionKey, JSON.stringify(next));
    else sessionStorage.removeItem(sessionKey);
}

async function request(method, path, body) {
    const headers = { Accept: "application/json, application/problem+json" };
    // A refresh is asked for when the access token is no good: it must not be refused for that.
    if (session && path !== refreshPath) headers.Authorization = `Bearer ${session.access_token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
        return await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
        throw new Failure("Plaza cannot be reached. Check the connection and try again.");
    }
}

async function call(method, path, body) {
    let response = await request(method, path, body);
    if (response.status === 401 && session) {
        refreshing ??= refresh().finally(() => { refreshing = null; });
        await refreshing;
        response = await request(method, path, body);
    }
    const answer = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok) return answer;
    const fields = (answer?.errors ?? []).map((error) => error.message).filter(Boolean).join(" ");
    throw new Failure(fields || answer?.detail || `Plaza answered with status ${response.status}.`, response.status);
}

/** Access tokens last minutes. Without a new one the session is over. */
async function refresh() {
    const { refresh_token, account } = session;
    const response = await request("POST", refreshPath, { refresh_token });
    const answer = response.ok ? await response.json().catch(() => null) : null;
    if (answer?.session) {
        keep({ ...answer.session, account: answer.account ?? account });
        return;
    }
    keep(null);
    showAccount();
    throw new Failure("Your session has ended. Sign in again.", 401);
}

const part = encodeURIComponent;

function page(path, cursor, parameters = {}) {
    const query = new URLSearchParams({ ...parameters, limit: "20" });
    if (cursor) query.set("cursor", cursor);
    return call("GET", `${path}?${query}`);
}

// ---- Elements

const byID = (id) => document.getElementById(id);

/** An element. Strings among the children become text. */
function el(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false) continue;
        if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
        else element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return element;
}

function icon(name) {
    const namespace = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(namespace, "svg");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(namespace, "use");
    use.setAttribute("href", `#icon-${name}`);
    svg.append(use);
    return svg;
}

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const ago = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });

function time(text) {
    const date = new Date(text);
    const seconds = (date - Date.now()) / 1000;
    const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
    const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
    const isOld = Math.abs(seconds) > 30 * 86_400;
    const label = isOld ? date.toLocaleDateString("en", { dateStyle: "medium" }) : ago.format(Math.round(seconds / length), unit);
    return el("time", { datetime: text, title: date.toLocaleString() }, label);
}

function plural(count, noun) {
    return `${compact.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function nameOf(account) {
    return account.display_name || account.handle;
}

function avatar(account, size = "") {
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

function profileLink(account) {
    return `#/@${part(account.handle)}`;
}

function byline(account, ...beside) {
    return el("div", { class: "byline" },
        el("a", { href: profileLink(account), tabindex: "-1", "aria-hidden": "true" }, avatar(account)),
        el("div", { class: "who" },
            el("a", { class: "name", href: profileLink(account) }, nameOf(account)),
            el("span", { class: "quiet" }, `@${account.handle}`, ...beside)));
}

// ---- States

function state(title, ...more) {
    return el("div", { class: "card state" }, el("strong", {}, title), ...more);
}

function failed(failure, retry) {
    const again = el("button", { type: "button", onclick: retry }, "Try again");
    const box = state(failure.status === 404 ? "Not found" : "That did not work", el("p", {}, failure.message), again);
    box.setAttribute("role", "alert");
    return box;
}

function bones() {
    return el("div", { class: "card post", "aria-hidden": "true" },
        el("div", { class: "bone short" }), el("div", { class: "bone tall" }), el("div", { class: "bone" }));
}

let noticeTimer = 0;

function notify(message) {
    const notice = byID("notice");
    notice.textContent = message;
    notice.hidden = false;
    clearTimeout(noticeTimer);
    noticeTimer = setTimeout(() => { notice.hidden = true; }, 6_000);
}

/** Runs what a button does: once at a time, and says what went wrong. */
async function act(button, action) {
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
function list(load, render, empty) {
    const items = el("div", { class: "list" });
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

// ---- Posts

function medium(item) {
    const size = { width: item.width, height: item.height };
    if (item.kind === "video") {
        return el("video", { ...size, src: item.url, preload: "none", controls: true, playsinline: true, "aria-label": item.alt || "Video" });
    }
    const image = el("img", { ...size, src: item.url, alt: item.alt ?? "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => {
        image.replaceWith(el("span", { class: "missing" }, item.alt || "This picture is not available"));
    }, { once: true });
    return image;
}

function gallery(media) {
    if (!media?.length) return null;
    const kind = media.length === 1 ? "" : media.length % 2 ? "many odd" : "many";
    return el("div", { class: `media ${kind}` }, ...media.map(medium));
}

function count(name, value, noun, attributes = {}, tag = "span") {
    return el(tag, { class: "count", ...attributes },
        icon(name),
        el("span", { "aria-hidden": "true" }, compact.format(value)),
        el("span", { class: "sr-only" }, plural(value, noun)));
}

function likeButton(post) {
    const button = el("button", { type: "button" });
    function draw() {
        const drawn = count("heart", post.counts.likes, "like");
        button.className = "count";
        button.setAttribute("aria-pressed", String(Boolean(post.is_liked)));
        button.title = post.is_liked ? "Take the like back" : "Like";
        button.replaceChildren(...drawn.childNodes);
    }
    function flip() {
        post.is_liked = !post.is_liked;
        post.counts.likes += post.is_liked ? 1 : -1;
        draw();
    }
    button.addEventListener("click", () => act(button, async () => {
        flip();
        try {
            await call(post.is_liked ? "PUT" : "DELETE", `/v1/posts/${part(post.id)}/like`);
        } catch (failure) {
            flip();
            throw failure;
        }
    }));
    draw();
    return button;
}

/** `{amount: 1990, currency: "EUR"}` as €19.90: amounts are in the currency's minor unit. */
function money({ amount, currency }) {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}

function stock(product) {
    if (product.opens_at && new Date(product.opens_at) > Date.now()) return ["Opens ", time(product.opens_at)];
    if (!product.is_buyable) return ["Sold out"];
    if (product.available !== null && product.available <= 10) return [`${product.available} left`];
    return ["In stock"];
}

/** What a post tags, with price and stock of now. */
function goods(products) {
    if (!products?.length) return null;
    return el("ul", { class: "goods", "aria-label": "Products" }, ...products.map((product) => el("li", {},
        product.picture ? el("img", { src: product.picture, alt: "", loading: "lazy", decoding: "async" }) : icon("bag"),
        el("span", { class: "title" }, product.title),
        el("span", { class: "quiet" }, ...stock(product)),
        el("span", { class: "price" },
            product.compare_at ? el("s", { class: "quiet" }, money(product.compare_at)) : null, money(product.price)))));
}

function tags(post) {
    if (post.visibility !== "followers") return null;
    return el("div", { class: "tags" }, el("span", { class: "tag" }, icon("lock"), "Followers"));
}

function card(post, { isLead = false } = {}) {
    const link = `#/posts/${part(post.id)}`;
    const edited = post.edited_at ? " (edited)" : null;
    return el("article", { class: "card post", "aria-label": `Post by ${nameOf(post.author)}` },
        byline(post.author, " · ", el("a", { href: link }, time(post.created_at)), edited),
        post.caption ? el("p", { class: isLead ? "caption lead" : "caption" }, post.caption) : null,
        gallery(post.media),
        goods(post.products),
        tags(post),
        el("div", { class: "counts" },
            likeButton(post),
            count("comment", post.counts.comments, "comment", { href: link }, "a"),
            count("view", post.counts.views, "view"),
            count("share", post.counts.shares, "share")));
}

/** A box to write in. `send` gets the text; what it throws is shown under it. */
function writer({ label, placeholder, action, lengthMax, send }) {
    const text = el("textarea", { placeholder, "aria-label": label, required: true, maxlength: lengthMax });
    const hint = el("span", { class: "quiet" });
    const problem = el("p", { class: "problem", role: "alert", hidden: true });
    const button = el("button", { class: "primary", type: "submit" }, action);
    const form = el("form", { class: "card write" }, text, problem, el("div", { class: "actions" }, hint, button));
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (!text.value.trim()) return;
        button.disabled = true;
        problem.hidden = true;
        try {
            await send(text.value.trim());
            text.value = "";
        } catch (failure) {
            problem.textContent = failure.message;
            problem.hidden = false;
        } finally {
            button.disabled = false;
        }
    });
    form.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) form.requestSubmit();
    });
    return { form, text, hint };
}

// ---- Views: each answers its title and its elements

function feed(kind) {
    const isHome = kind === "home";
    if (isHome && !session) {
        const button = el("button", { class: "primary", type: "button", onclick: openSignIn }, "Sign in");
        return ["Home", state("Your home is empty", el("p", {}, "Sign in to see the people you follow."), button)];
    }
    const empty = isHome
        ? state("Nothing here yet", el("p", {}, "Follow some people, and what they post appears here."), el("a", { href: "#/" }, "Explore"))
        : state("Nothing here yet", el("p", {}, "The first post will appear here."));
    const posts = list((cursor) => page("/v1/feed", cursor, { kind }), (post) => card(post), empty);
    const elements = [el("h1", { class: "sr-only" }, isHome ? "Home" : "Explore"), posts];
    if (session) elements.splice(1, 0, compose(posts));
    return [isHome ? "Home" : "Explore", ...elements];
}

function compose(posts) {
    return writer({
        label: "New post",
        placeholder: "What is new?",
        action: "Post",
        lengthMax: 5_000,
        send: async (caption) => {
            const post = await call("POST", "/v1/posts", { caption });
            posts.prepended(card(post));
            notify("Your post is out.");
        },
    }).form;
}

async function postView(id) {
    const post = await call("GET", `/v1/posts/${part(id)}`);
    let parent = null;
    const box = writer({
        label: "Your comment",
        placeholder: "Add a comment",
        action: "Comment",
        lengthMax: 2_000,
        send: async (text) => {
            const comment = await call("POST", `/v1/posts/${part(id)}/comments`, parent ? { text, parent } : { text });
            comments.prepended(commentView(comment, reply));
            answer(null);
        },
    });
    function answer(comment) {
        parent = comment?.id ?? null;
        box.hint.textContent = comment ? `In reply to @${comment.author.handle}` : "";
    }
    function reply(comment) {
        if (!session) return openSignIn();
        answer(comment);
        box.text.focus();
    }
    const load = (cursor) => cursor ? page(`/v1/posts/${part(id)}/comments`, cursor) : post.comments;
    const empty = state("No comments yet", session ? el("p", {}, "Be the first.") : null);
    const comments = list(async (cursor) => load(cursor), (comment) => commentView(comment, reply), empty);
    const signIn = el("button", { type: "button", class: "more", onclick: openSignIn }, "Sign in to comment");
    return [`${nameOf(post.author)} on Plaza`,
        el("h1", { class: "sr-only" }, `Post by ${nameOf(post.author)}`),
        card(post, { isLead: true }), el("h2", {}, "Comments"), session ? box.form : signIn, comments];
}

function commentView(comment, reply) {
    const replies = comment.reply_count ? ` · ${compact.format(comment.reply_count)} ${comment.reply_count === 1 ? "reply" : "replies"}` : "";
    return el("article", { class: comment.parent ? "card comment reply" : "card comment", "aria-label": `Comment by ${nameOf(comment.author)}` },
        avatar(comment.author, "small"),
        el("div", {},
            el("div", { class: "quiet" },
                el("a", { class: "name", href: profileLink(comment.author) }, nameOf(comment.author)), " · ", time(comment.created_at)),
            el("p", { class: "text" }, comment.text),
            el("button", { type: "button", onclick: () => reply(comment) }, `Reply${replies}`)));
}

async function profileView(handle) {
    const account = await call("GET", `/v1/accounts/${part(handle)}`);
    const counters = el("p", { class: "counters" });
    function draw() {
        const { posts, followers, following } = account.counts;
        const parts = [[posts, posts === 1 ? "post" : "posts"], [followers, followers === 1 ? "follower" : "followers"], [following, "following"]];
        counters.replaceChildren(...parts.map(([value, noun]) => el("span", {}, el("strong", {}, compact.format(value)), ` ${noun}`)));
    }
    draw();
    const isMe = session?.account.id === account.id;
    const posts = list((cursor) => page(`/v1/accounts/${part(account.id)}/posts`, cursor), (post) => card(post), state("No posts yet"));
    return [`${nameOf(account)} (@${account.handle})`,
        el("section", { class: "card profile", "aria-label": "Profile" },
            avatar(account, "large"),
            el("div", {}, el("h1", {}, nameOf(account)), el("span", { class: "quiet" }, `@${account.handle}`)),
            isMe ? null : followButton(account, draw),
            account.bio ? el("p", { class: "bio" }, account.bio) : null,
            counters),
        posts];
}

function followButton(account, changed) {
    const button = el("button", { type: "button" });
    function draw() {
        button.className = account.is_following ? "" : "primary";
        button.textContent = account.is_following ? "Following" : "Follow";
        button.setAttribute("aria-pressed", String(Boolean(account.is_following)));
    }
    button.addEventListener("click", () => act(button, async () => {
        await call(account.is_following ? "DELETE" : "PUT", `/v1/accounts/${part(account.id)}/follow`);
        account.is_following = !account.is_following;
        account.counts.followers += account.is_following ? 1 : -1;
        draw();
        changed();
    }));
    draw();
    return button;
}

function searchView(query) {
    const input = el("input", { type: "search", name: "query", value: query, placeholder: "People and posts", "aria-label": "Search", autocomplete: "off", maxlength: "100" });
    const results = el("div", { class: "list" });
    const form = el("form", { role: "search" }, input);
    let timer = 0;
    let shown = null;
    function show() {
        const text = input.value;
        clearTimeout(timer);
        if (text === shown) return;
        shown = text;
        history.replaceState(history.state, "", text.trim() ? `#/search?query=${part(text)}` : "#/search");
        results.replaceChildren(...(text.trim() ? found(text) : [state("Find people and posts", el("p", {}, "Typing errors are forgiven."))]));
    }
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        show();
    });
    input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(show, 250);
    });
    show();
    return ["Search", el("h1", { class: "sr-only" }, "Search"), form, results];
}

function found(query) {
    const people = el("div", { class: "list" });
    call("GET", `/v1/search/accounts?${new URLSearchParams({ query, limit: "6" })}`).then((answer) => {
        if (!answer.items.length) return;
        people.append(
            el("h2", {}, "People"),
            el("div", { class: "people" }, ...answer.items.map((account) => el("div", { class: "card" }, byline(account)))),
            el("h2", {}, "Posts"));
    }).catch((failure) => notify(failure.message));
    const empty = state("No posts found", el("p", {}, "Try fewer or other words."));
    return [people, list((cursor) => page("/v1/search/posts", cursor, { query }), (post) => card(post), empty)];
}

// ---- The frame

const views = new Map();
let viewNumber = 0;
let currentKey = null;

function parse(hash) {
    const [path, query] = (hash.slice(1) || "/").split("?");
    const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
    if (!parts.length) return ["explore", () => feed("explore")];
    if (parts[0] === "home") return ["home", () => feed("home")];
    if (parts[0] === "search") return ["search", () => searchView(new URLSearchParams(query).get("query") ?? "")];
    if (parts[0] === "posts" && parts[1]) return [null, () => postView(parts[1])];
    if (parts[0].startsWith("@")) return [null, () => profileView(parts[0].slice(1))];
    return [null, () => ["Not found", state("There is no such page", el("a", { href: "#/" }, "Explore"))]];
}

/** Shows what the address names. A view that was left is kept as it was, for the way back. */
async function route() {
    const main = byID("main");
    byID("notice").hidden = true;
    if (currentKey !== null && views.has(currentKey)) {
        const left = views.get(currentKey);
        left.nodes = [...main.childNodes];
    }
    const [tab, view] = parse(location.hash);
    for (const link of document.querySelectorAll("[data-tab]")) {
        if (link.dataset.tab === tab) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
    }
    const kept = views.get(history.state?.key);
    if (kept) {
        currentKey = history.state.key;
        document.title = kept.title;
        main.replaceChildren(...kept.nodes);
        scrollTo(0, kept.scroll);
        return;
    }
    const isFirst = currentKey === null;
    const key = currentKey = `${performance.timeOrigin}-${viewNumber += 1}`;
    history.replaceState({ key }, "");
    main.replaceChildren(bones());
    if (!isFirst) {
        scrollTo(0, 0);
        main.focus({ preventScroll: true });
    }
    let title = "Plaza";
    let elements;
    try {
        [title, ...elements] = await view();
    } catch (failure) {
        elements = [failed(failure, renew)];
    }
    if (currentKey !== key) return;
    document.title = title === "Explore" ? "Plaza" : `${title} · Plaza`;
    main.replaceChildren(...elements);
    views.set(key, { title: document.title, nodes: [], scroll: 0 });
    // A dozen steps back; a long feed holds many pictures.
    if (views.size > 12) views.delete(views.keys().next().value);
}

/** Shows the address anew, and whatever was kept, as for somebody else. */
function renew() {
    views.clear();
    history.replaceState(null, "");
    route();
}

function showAccount() {
    const me = byID("me");
    byID("sign-in-open").hidden = Boolean(session);
    byID("sign-out").hidden = !session;
    document.querySelector("[data-tab=home]").hidden = !session;
    me.hidden = !session;
    if (!session) return;
    me.replaceChildren(avatar(session.account, "small"));
    me.href = profileLink(session.account);
    me.setAttribute("aria-label", `Your profile, @${session.account.handle}`);
}

function openSignIn() {
    byID("sign-in-problem").hidden = true;
    byID("sign-in").showModal();
}

async function signIn(event) {
    event.preventDefault();
    const form = event.target;
    const problem = byID("sign-in-problem");
    const button = form.querySelector("[type=submit]");
    const { login, password } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    problem.hidden = true;
    try {
        const answer = await call("POST", "/v1/sessions", { login: login.trim().replace(/^@/, ""), password });
        keep({ ...answer.session, account: answer.account });
        form.reset();
        byID("sign-in").close();
        showAccount();
        renew();
    } catch (failure) {
        problem.textContent = failure.message;
        problem.hidden = false;
    } finally {
        button.disabled = false;
    }
}

async function signOut() {
    // Signed out here whatever the answer: the token is forgotten, and runs out by itself.
    const ended = request("DELETE", "/v1/sessions/current").catch(() => null);
    keep(null);
    showAccount();
    await ended;
    if (location.hash === "#/home") location.hash = "#/";
    else renew();
}

document.querySelector(".skip").addEventListener("click", (event) => {
    // The address after the hash names the view, so it cannot name the element too.
    event.preventDefault();
    byID("main").focus();
});
byID("curl").textContent = `curl -s '${location.origin}/v1/feed?kind=explore&limit=3'`;
byID("sign-in-open").addEventListener("click", openSignIn);
byID("sign-in-close").addEventListener("click", () => byID("sign-in").close());
byID("sign-in-form").addEventListener("submit", signIn);
byID("sign-out").addEventListener("click", signOut);
addEventListener("hashchange", route);
addEventListener("scroll", () => {
    const view = views.get(currentKey);
    if (view) view.scroll = scrollY;
}, { passive: true });
history.scrollRestoration = "manual";
showAccount();
route();
