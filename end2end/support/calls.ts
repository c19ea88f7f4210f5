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
  return call(request, "enter_workspace", { to, code, page: "overview" });
}

/** The page that a path of a workspace names: `/a/customers?q=x` gives `customers?q=x`. */
const pageOf = (path: string): string => path.split("/").slice(2).join("/");

/** Enters a workspace and opens the page at a path of it, in one call. */
export async function enter(request: APIRequestContext, path: string) {
  const answer = await call(request, "open_workspace", { to: path.split("/")[1], page: pageOf(path) });
  expect(answer.status(), path).toBe(200);
  return await answer.json();
}

/** Opens a page of a workspace with a grant that was had before. */
export function load(request: APIRequestContext, path: string, grant: string): Promise<APIResponse> {
  return call(request, "load_page", { workspace: path.split("/")[1], grant, page: pageOf(path) });
}

/** The grant that a page of the workspace holds. */
export async function grantOf(request: APIRequestContext, slug: string): Promise<string> {
  const grant = (await enter(request, `/${slug}/customers`)).entry.grant as string;
  expect(grant, `a page of ${slug} carries a grant`).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  return grant;
}
