// A post: its pictures, what it sells and what people do with it.

import { call, part } from "/page/api.js";
import { act, byline, compact, el, icon, money, nameOf, plural, shown, time } from "/page/elements.js";

function medium(item) {
    const size = { width: item.width, height: item.height };
    if (item.kind === "video") {
        return el("video", { ...size, src: item.url, preload: "none", controls: true, playsinline: true, "aria-label": item.alt || "Video" });
    }
    return shown(item.url, item.alt ?? "", size);
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
        product.picture ? shown(product.picture, "") : icon("bag"),
        el("a", { class: "title", href: `#/products/${part(product.id)}` }, product.title),
        el("span", { class: "quiet" }, ...stock(product)),
        el("span", { class: "price" },
            product.compare_at ? el("s", { class: "quiet" }, money(product.compare_at)) : null, money(product.price)))));
}

function tags(post) {
    if (post.visibility !== "followers") return null;
    return el("div", { class: "tags" }, el("span", { class: "tag" }, icon("lock"), "Followers"));
}

export function card(post, { isLead = false } = {}) {
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
