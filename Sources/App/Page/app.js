// Plaza's page: a client of the API. Its views, and the frame that shows them.

import { call, keep, page, part, request, session } from "/page/api.js";
import {
    act, avatar, bones, byID, byline, compact, el, failed, list, nameOf, notify, openSignIn, profileLink, state, time,
} from "/page/elements.js";
import { card } from "/page/posts.js";
import { productView, shelf, shopView, storeView } from "/page/shop.js";

/** Where this browser keeps what lets it sign in while strangers are held back. */
const deviceKey = "plaza.device";

// ---- Forms

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
    const posts = list((cursor) => page("/v1/feed", cursor, { kind }), (post) => card(post), empty, "posts");
    const elements = [el("h1", { class: "sr-only" }, isHome ? "Home" : "Explore"), posts];
    if (!isHome) elements.splice(1, 0, shelf("In the shops", {}));
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
    const posts = list((cursor) => page(`/v1/accounts/${part(account.id)}/posts`, cursor), (post) => card(post), state("No posts yet"), "posts");
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
    const input = el("input", { type: "search", name: "query", value: query, placeholder: "People, products and posts", "aria-label": "Search", autocomplete: "off", maxlength: "100" });
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
        results.replaceChildren(...(text.trim() ? found(text) : [state("Find people, products and posts", el("p", {}, "Typing errors are forgiven."))]));
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
            el("div", { class: "people" }, ...answer.items.map((account) => el("div", { class: "card" }, byline(account)))));
    }).catch((failure) => notify(failure.message));
    const empty = state("No posts found", el("p", {}, "Try fewer or other words."));
    return [people, shelf("In the shops", { query }, { link: null }), list((cursor) => page("/v1/search/posts", cursor, { query }), (post) => card(post), empty, "posts")];
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
    if (parts[0] === "shop") return ["shop", () => shopView(Object.fromEntries(new URLSearchParams(query)))];
    if (parts[0] === "shops" && parts[1]) return ["shop", () => storeView(parts[1], new URLSearchParams(query).get("collection"))];
    if (parts[0] === "products" && parts[1]) return ["shop", () => productView(parts[1])];
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
    main.replaceChildren(...elements.filter(Boolean));
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

async function signIn(event) {
    event.preventDefault();
    const form = event.target;
    const problem = byID("sign-in-problem");
    const button = form.querySelector("[type=submit]");
    const { login, password } = Object.fromEntries(new FormData(form));
    button.disabled = true;
    problem.hidden = true;
    try {
        const device = localStorage.getItem(deviceKey) ?? undefined;
        const answer = await call("POST", "/v1/sessions", { login, password, device_token: device });
        // Kept after signing out: strangers who try passwords cannot keep this browser out.
        localStorage.setItem(deviceKey, answer.device_token);
        keep({ ...answer.session, account: answer.account });
        form.reset();
        byID("sign-in").close();
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
addEventListener("session", showAccount);
history.scrollRestoration = "manual";
showAccount();
route();
