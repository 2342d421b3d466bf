// The API, as a client sees it: requests, problems in words, and the session of this tab.

const sessionKey = "plaza.session";
const refreshPath = "/v1/sessions/refresh";
export let session = JSON.parse(sessionStorage.getItem(sessionKey) ?? "null");
let refreshing = null;

/** What the API refused, in words for people. */
export class Failure extends Error {
    constructor(message, status = 0) {
        super(message);
        this.status = status;
    }
}

export function keep(next) {
    session = next;
    if (next) sessionStorage.setItem(sessionKey, JSON.stringify(next));
    else sessionStorage.removeItem(sessionKey);
    dispatchEvent(new Event("session"));
}

export async function request(method, path, body) {
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

export async function call(method, path, body) {
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
    throw new Failure("Your session has ended. Sign in again.", 401);
}

export const part = encodeURIComponent;

export function page(path, cursor, parameters = {}) {
    const query = new URLSearchParams({ ...parameters, limit: "20" });
    if (cursor) query.set("cursor", cursor);
    return call("GET", `${path}?${query}`);
}
