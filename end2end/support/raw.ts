// Sends requests with exactly the given headers, without a cookie jar and without following redirects.
import { request, type APIResponse } from "@playwright/test";
import { PASSWORD } from "./people";
import { BASE } from "./server";

export interface Raw {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** Values of all Set-Cookie headers. */
  cookies: string[];
}

async function read(response: APIResponse): Promise<Raw> {
  const cookies = response.headersArray().filter((h) => h.name.toLowerCase() === "set-cookie").map((h) => h.value);
  return { status: response.status(), headers: response.headers(), body: await response.text(), cookies };
}

/** Sends one request. */
export async function send(
  method: string,
  path: string,
  options: { headers?: Record<string, string>; json?: unknown; form?: Record<string, string>; text?: string; base?: string } = {},
): Promise<Raw> {
  const context = await request.newContext({ baseURL: options.base ?? BASE });
  try {
    const headers: Record<string, string> = {};
    let data: string | Buffer | undefined;
    if (options.json !== undefined) [headers["content-type"], data] = ["application/json", JSON.stringify(options.json)];
    if (options.form) [headers["content-type"], data] = ["application/x-www-form-urlencoded", new URLSearchParams(options.form).toString()];
    // Playwright encodes a string as JSON if the content type is JSON, but no buffer.
    if (options.text !== undefined) [headers["content-type"], data] = ["text/plain", Buffer.from(options.text)];
    return await read(await context.fetch(path, { method, headers: { ...headers, ...options.headers }, data, maxRedirects: 0 }));
  } finally {
    await context.dispose();
  }
}

export const get = (path: string, headers: Record<string, string> = {}, base?: string): Promise<Raw> => send("GET", path, { headers, base });

/** Returns the error in the body, without the id of its request, which is different each time. */
export function problem(answer: Raw): Record<string, unknown> {
  const { request_id: id, ...error } = JSON.parse(answer.body) as Record<string, unknown>;
  if (id !== answer.headers["x-request-id"]) throw new Error(`the error names the request ${id}: ${answer.body}`);
  return error;
}

/** The same of an answer that a page's context got. */
export async function problemOf(answer: APIResponse): Promise<Record<string, unknown>> {
  return problem({ status: answer.status(), headers: answer.headers(), body: await answer.text(), cookies: [] });
}

/** Signs in by HTTP and returns the session cookie as `name=value`. */
export async function sessionOf(who: string, base = BASE): Promise<string> {
  const answer = await send("POST", "/api/fn/sign_in", { base, headers: { origin: base }, json: { email: who, password: PASSWORD, next: "" } });
  const session = answer.cookies.find((cookie) => /^(__Host-)?stile(-\d+)?=./.test(cookie));
  if (answer.status !== 200 || !session) throw new Error(`signing ${who} in answers ${answer.status}: ${answer.body}`);
  return session.split(";")[0];
}
