// The market: what is for sale, a shop, a product.

import { call, page, part } from "/page/api.js";
import { el, icon, list, money, shown, state, time } from "/page/elements.js";
import { card } from "/page/posts.js";

const nothing = () => state("Nothing here yet", el("p", {}, "What shops sell will appear here."));

function price(product) {
    const from = product.price_max.amount > product.price.amount ? "from " : "";
    return el("span", { class: "price" }, from ? el("span", { class: "quiet" }, from) : null, money(product.price));
}

function isComing(product) {
    return Boolean(product.opens_at) && new Date(product.opens_at) > Date.now();
}

function badge(product) {
    if (isComing(product)) return el("span", { class: "badge drop" }, "Opens ", time(product.opens_at));
    if (product.available === 0) return el("span", { class: "badge" }, "Sold out");
    if (product.available !== null && product.available <= 10) return el("span", { class: "badge few" }, `${product.available} left`);
    return null;
}

function picture(product) {
    return product.picture ? shown(product.picture, product.title) : el("span", { class: "missing" }, icon("bag"));
}

function tile(product) {
    return el("a", { class: "card tile", href: `#/products/${part(product.id)}` },
        el("div", { class: "frame" }, picture(product), badge(product)),
        el("div", { class: "label" },
            el("span", { class: "title" }, product.title), el("span", { class: "quiet" }, product.shop.name), price(product)));
}

/** A row of products, and the way to all of them. Empty where there are none. */
export function shelf(title, parameters, { link = "#/shop", without = null } = {}) {
    const box = el("section", { class: "shelf", "aria-label": title });
    call("GET", `/v1/products?${new URLSearchParams({ limit: "5", ...parameters })}`).then(({ items }) => {
        const products = items.filter((item) => item.id !== without).slice(0, 4);
        if (!products.length) return;
        box.append(
            el("div", { class: "heading" }, el("h2", {}, title), link ? el("a", { href: link }, "See all") : null),
            el("div", { class: "tiles four" }, ...products.map(tile)));
    }).catch(() => null);
    return box;
}

function chip(label, href, isCurrent) {
    return el("a", { class: "chip", href, "aria-current": isCurrent ? "true" : null }, label);
}

/** Everything that is for sale: `parameters` are those of the API. */
export async function shopView(parameters) {
    const { type, sort } = parameters;
    const link = (changes) => {
        const query = new URLSearchParams(Object.entries({ type, sort, ...changes }).filter(([, value]) => value));
        return `#/shop?${query}`;
    };
    const { facets, items } = await call("GET", "/v1/products?facets=true&limit=1");
    const types = el("nav", { class: "chips", "aria-label": "Types" },
        chip("All", link({ type: null }), !type),
        ...facets.types.map(({ value }) => chip(value, link({ type: value }), value.toLowerCase() === type?.toLowerCase())));
    const sorts = el("nav", { class: "chips quiet", "aria-label": "Order" },
        ...[["trending", "Trending"], ["newest", "Newest"], ["price", "Cheapest"]].map(([value, label]) =>
            chip(label, link({ sort: value }), value === (sort ?? "trending"))));
    // Prices of two currencies do not compare.
    const currency = sort === "price" ? items[0]?.price.currency : null;
    const query = Object.fromEntries(Object.entries({ type, sort, currency }).filter(([, value]) => value));
    const products = list((cursor) => page("/v1/products", cursor, query), tile, nothing(), "tiles three");
    return ["Shop", el("div", { class: "heading" }, el("h1", {}, "Shop"), sorts), types, products];
}

/** One shop, with its collections. */
export async function storeView(handle, collection) {
    const [shop, { items }] = await Promise.all([
        call("GET", `/v1/shops/${part(handle)}`), call("GET", `/v1/shops/${part(handle)}/collections`),
    ]);
    const here = `#/shops/${part(shop.handle)}`;
    const chips = el("nav", { class: "chips", "aria-label": "Collections" },
        chip("Everything", here, !collection),
        ...items.map(({ id, title }) => chip(title, `${here}?collection=${part(id)}`, id === collection)));
    const query = collection ? { shop: shop.handle, collection } : { shop: shop.handle };
    const products = list((cursor) => page("/v1/products", cursor, query), tile, nothing(), "tiles three");
    return [shop.name, el("h1", {}, shop.name), items.length ? chips : null, products];
}

/** A group of buttons of which one is pressed. */
function choice(name, values, current, choose) {
    const buttons = values.map((value) => {
        const button = el("button", { class: "chip", type: "button", "aria-pressed": String(value === current) }, value);
        button.addEventListener("click", () => {
            for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
            choose(value);
        });
        return button;
    });
    return el("div", { class: "choice", role: "group", "aria-label": name }, el("span", { class: "quiet" }, name), ...buttons);
}

function availability(product, variant) {
    if (isComing(product)) return el("p", { class: "stock" }, "Opens ", time(product.opens_at));
    if (variant.available === 0) return el("p", { class: "stock none" }, "Sold out");
    return el("p", { class: "stock" }, variant.available === null ? "In stock" : `${variant.available} in stock`);
}

/** What can be chosen of a product, and what the choice costs. */
function chooser(product, showPicture) {
    const start = product.variants.find((variant) => variant.available !== 0) ?? product.variants[0];
    const chosen = [...start.options];
    const box = el("div", { class: "offer", "aria-live": "polite" });
    function draw() {
        const variant = product.variants.find(({ options }) => options.every((value, index) => value === chosen[index]));
        if (!variant) return box.replaceChildren(el("p", { class: "stock none" }, "Not made in this combination"));
        const before = variant.compare_at ? el("s", { class: "quiet" }, money(variant.compare_at)) : "";
        box.replaceChildren(el("p", { class: "amount" }, money(variant.price), " ", before), availability(product, variant));
        if (variant.picture) showPicture(variant.picture);
    }
    draw();
    const choices = product.options.map((name, index) => {
        const values = [...new Set(product.variants.map(({ options }) => options[index]))];
        return choice(name, values, chosen[index], (value) => {
            chosen[index] = value;
            draw();
        });
    });
    return [box, ...choices];
}

/** Descriptions are HTML of the shop's: their words are shown, never their markup. */
function words(html) {
    return new DOMParser().parseFromString(html, "text/html").body.textContent;
}

export async function productView(id) {
    const product = await call("GET", `/v1/products/${part(id)}`);
    const frame = el("div", { class: "frame" }, picture(product), badge(product));
    const showPicture = (url) => frame.firstChild.replaceWith(shown(url, product.title));
    const thumbs = product.pictures.length < 2 ? null : el("div", { class: "thumbs" }, ...product.pictures.map(({ url, alt }) =>
        el("button", { type: "button", "aria-label": alt || "Picture", onclick: () => showPicture(url) }, shown(url, ""))));
    const about = el("section", { class: "card product", "aria-label": product.title },
        el("div", {}, frame, thumbs),
        el("div", { class: "about" },
            el("a", { class: "quiet", href: `#/shops/${part(product.shop.handle)}` }, product.shop.name),
            el("h1", {}, product.title), ...chooser(product, showPicture), el("p", { class: "text" }, words(product.body)),
            el("p", { class: "quiet" }, [product.type, ...product.tags].filter(Boolean).join(" · "))));
    const posts = list((cursor) => page(`/v1/products/${part(id)}/posts`, cursor), (post) => card(post), el("span"), "posts");
    const shop = `#/shops/${part(product.shop.handle)}`;
    const more = shelf(`More from ${product.shop.name}`, { shop: product.shop.handle }, { link: shop, without: product.id });
    return [`${product.title} from ${product.shop.name}`, about, more,
        product.posts.count ? el("h2", {}, "In posts") : null, product.posts.count ? posts : null];
}
