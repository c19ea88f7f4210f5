// Server functions, called without a page: with the cookies of a context, from this origin.
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";
import { BASE } from "./server";

/** Calls a server function as this console's own pages do. */
export function call(request: APIRequestContext, name: string, data: Record<string, unknown>): Promise<APIResponse> {
  return request.post(`${BASE}/api/fn/${name}`, { headers: { "content-type": "application/json", origin: BASE }, data });
}

/** Mints a handoff. */
export async function mint(request: APIRequestContext, to: string): Promise<string> {
  const answer = await call(request, "switch_workspace", { to });
  expect(answer.status(), `a handoff for ${to} is minted`).toBe(200);
  return (await answer.json()) as string;
}

/** Presents a handoff. */
export function redeem(request: APIRequestContext, to: string, code: string): Promise<APIResponse> {
  return call(request, "enter_workspace", { to, code, url: `/${to}/overview` });
}

/** The data that a document carries for its page. */
export async function bootOf(request: APIRequestContext, path: string) {
  const answer = await request.get(path);
  expect(answer.status(), path).toBe(200);
  const json = /<script type="application\/json" id="boot">(.*?)<\/script>/s.exec(await answer.text())?.[1];
  return JSON.parse(json ?? "{}");
}

/** The grant that a page of the workspace holds. */
export async function grantOf(request: APIRequestContext, slug: string): Promise<string> {
  const grant = (await bootOf(request, `/${slug}/customers`)).content.workspace.entry.grant as string;
  expect(grant, `a page of ${slug} carries a grant`).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  return grant;
}
