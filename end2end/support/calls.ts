// Calls server functions without a page, with the cookies of a context and the origin of the server.
import { type APIRequestContext, type APIResponse, expect } from "@playwright/test";
import { BASE } from "./server";

/** Calls a server function with the headers that the console's own pages send. */
export function call(request: APIRequestContext, name: string, data: Record<string, unknown>): Promise<APIResponse> {
  return request.post(`${BASE}/api/fn/${name}`, { headers: { "content-type": "application/json", origin: BASE }, data });
}

/** Creates a handoff code. */
export async function mint(request: APIRequestContext, to: string): Promise<string> {
  const answer = await call(request, "switch_workspace", { to });
  expect(answer.status(), `a handoff for ${to} is minted`).toBe(200);
  return (await answer.json()) as string;
}

/** Redeems a handoff code. */
export function redeem(request: APIRequestContext, to: string, code: string): Promise<APIResponse> {
  return call(request, "enter_workspace", { to, code, page: "overview" });
}

/** Returns the page in a path of a workspace: `customers?q=x` for `/a/customers?q=x`. */
const pageOf = (path: string): string => path.split("/").slice(2).join("/");

/** Enters a workspace and opens the page at the path, in one call. */
export async function enter(request: APIRequestContext, path: string) {
  const answer = await call(request, "open_workspace", { to: path.split("/")[1], page: pageOf(path) });
  expect(answer.status(), path).toBe(200);
  return await answer.json();
}

/** Opens a page of a workspace with an existing grant. */
export function load(request: APIRequestContext, path: string, grant: string): Promise<APIResponse> {
  return call(request, "load_page", { workspace: path.split("/")[1], grant, page: pageOf(path) });
}

/** Returns the grant of a page in the workspace. */
export async function grantOf(request: APIRequestContext, slug: string): Promise<string> {
  const grant = (await enter(request, `/${slug}/customers`)).entry.grant as string;
  expect(grant, `a page of ${slug} carries a grant`).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  return grant;
}
