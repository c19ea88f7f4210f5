// Requests from other sites change nothing: foreign origins get 403 before any other check. Bodies that a plain form
// could send get 415 where JSON or one of our forms is expected. The same requests from our own pages work
// (docs/SECURITY.md, I-18, F-3).
import { expect, test } from "@playwright/test";
import { PASSWORD, contextOf } from "../support/people";
import { sql } from "../support/facts";
import { forget, forgetCatalogue, forgetTokens, value } from "../support/made";
import { get, send, sessionOf } from "../support/raw";
import { BASE, PORT, cookieAt } from "../support/server";

const OLU = "olu@smartai.example";
const NAME = "Cross-site";
const FOREIGN: [string, Record<string, string>][] = [
  ["a foreign Origin", { origin: "https://evil.example" }],
  ["Origin: null", { origin: "null" }],
  ["our host under another scheme", { origin: BASE.replace("http:", "https:") }],
  ["our host on another port", { origin: "http://127.0.0.1:1" }],
  ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }],
  ["Sec-Fetch-Site: cross-site with our Origin", { "sec-fetch-site": "cross-site", origin: BASE }],
  ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site", origin: BASE }],
];

interface Target {
  name: string;
  path: string;
  body: (grant: string) => { json?: unknown; form?: Record<string, string> };
  /** The status that our own page gets. */
  own: number;
}
const customer = { name: `${NAME} customer`, email: "x@cross.example", country: "DE", note: "" };
const product = { name: `${NAME} product`, code: "cross-site", description: "" };
const plan = { name: `${NAME} plan`, code: "cross-site", currency: "EUR", interval: "month" };
const TARGETS: Target[] = [
  { name: "create_token", path: "/api/fn/create_token", body: () => ({ json: { name: `${NAME} token`, password: PASSWORD } }), own: 200 },
  { name: "the form of tokens", path: "/account/tokens", body: () => ({ form: { action: "create", name: `${NAME} form`, password: PASSWORD } }), own: 200 },
  { name: "act_on_customer", path: "/api/fn/act_on_customer", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: null, action: { action: "save", ...customer } } }), own: 200 },
  { name: "the form of a customer", path: "/smartai-it/customers/new", body: (grant) => ({ form: { action: "save", ...customer, grant } }), own: 303 },
  { name: "save_contact", path: "/api/fn/save_contact", body: (grant) => ({ json: { workspace: "smartai-it", grant, customer: "018f4d9e-0000-7000-8000-000000000000", contact: null, input: { name: NAME, email: "x@cross.example" } } }), own: 404 },
  { name: "start_subscription", path: "/api/fn/start_subscription", body: (grant) => ({ json: { workspace: "smartai-it", grant, customer: "018f4d9e-0000-7000-8000-000000000000", input: { plan: "018f4d9e-0000-7000-8000-000000000000", starts_on: "2031-01-01", seats: "1" } } }), own: 404 },
  { name: "change_subscription", path: "/api/fn/change_subscription", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", input: { kind: "seats", seats: "2", from_on: "2031-01-01" } } }), own: 404 },
  { name: "send_invoice", path: "/api/fn/send_invoice", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000" } }), own: 404 },
  { name: "adjust_usage", path: "/api/fn/adjust_usage", body: (grant) => ({ json: { workspace: "smartai-it", grant, customer: "018f4d9e-0000-7000-8000-000000000000", input: { meter: "018f4d9e-0000-7000-8000-000000000000", day: "2026-03-01", quantity: "-1", reason: NAME } } }), own: 404 },
  { name: "adjust_subscription", path: "/api/fn/adjust_subscription", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", action: { action: "cancel-end" } } }), own: 404 },
  { name: "move_subscriptions", path: "/api/fn/move_subscriptions", body: (grant) => ({ json: { workspace: "smartai-it", grant, plan: "018f4d9e-0000-7000-8000-000000000000", to: 1, from: "2" } }), own: 404 },
  { name: "act_on_product", path: "/api/fn/act_on_product", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: null, action: { action: "save", ...product } } }), own: 200 },
  { name: "act_on_invoice", path: "/api/fn/act_on_invoice", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", action: { action: "delete" } } }), own: 404 },
  { name: "create_invoice", path: "/api/fn/create_invoice", body: (grant) => ({ json: { workspace: "smartai-it", grant, input: { customer: "018f4d9e-0000-7000-8000-000000000000", currency: "EUR" } } }), own: 422 },
  { name: "credit_invoice", path: "/api/fn/credit_invoice", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", input: { amounts: ["1"], rebill: "", note: "" } } }), own: 404 },
  { name: "draft_due", path: "/api/fn/draft_due", body: (grant) => ({ json: { workspace: "smartai-it", grant, run: { cuts: [] } } }), own: 422 },
  { name: "act_on_invoicing", path: "/api/fn/act_on_invoicing", body: (grant) => ({ json: { workspace: "smartai-it", grant, action: { action: "archive-rate", id: "018f4d9e-0000-7000-8000-000000000000" } } }), own: 404 },
  { name: "create_api_key", path: "/api/fn/create_api_key", body: (grant) => ({ json: { workspace: "smartai-it", grant, input: { name: `${NAME} key`, read: "on", life: "90", password: PASSWORD } } }), own: 200 },
  { name: "create_webhook", path: "/api/fn/create_webhook", body: (grant) => ({ json: { workspace: "smartai-it", grant, input: { url: "https://hooks.example.com/", description: NAME, import_done: "on" } } }), own: 200 },
  { name: "save_webhook", path: "/api/fn/save_webhook", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", input: { url: "https://hooks.example.com/", import_done: "on" } } }), own: 404 },
  { name: "act_on_webhook", path: "/api/fn/act_on_webhook", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", act: "test" } }), own: 404 },
  { name: "act_on_rate_plan", path: "/api/fn/act_on_rate_plan", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: null, action: { action: "create", ...plan } } }), own: 200 },
  { name: "act_on_import", path: "/api/fn/act_on_import", body: (grant) => ({ json: { workspace: "smartai-it", grant, id: "018f4d9e-0000-7000-8000-000000000000", action: { action: "stop" } } }), own: 404 },
  { name: "the form of an import", path: "/smartai-it/usage/import", body: (grant) => ({ form: { action: "upload", grant } }), own: 422 },
  { name: "the form of an export", path: "/smartai-it/settings/general", body: (grant) => ({ form: { action: "export", grant } }), own: 200 },
  { name: "switch_workspace", path: "/api/fn/switch_workspace", body: () => ({ json: { to: "smartai-it" } }), own: 200 },
];

/** Counts everything that these requests could create. */
const made = () =>
  value<string>(
    `select (select count(*) from account.operator_tokens where starts_with(name, $1)) || ' tokens, '
      || (select count(*) from account.api_keys where starts_with(name, $1)) || ' keys, '
      || (select count(*) from workspace.webhooks where starts_with(description, $1)) || ' webhooks, '
      || (select count(*) from workspace.customers where starts_with(name, $1)) || ' customers, '
      || (select count(*) from workspace.products where starts_with(name, $1)) || ' products, '
      || (select count(*) from workspace.rate_plans where starts_with(name, $1)) || ' plans, '
      || (select count(*) from account.handoffs h join account.users u on u.id = h.user_id
          where u.email = $2 and redeemed_at is null) || ' handoffs'`,
    [NAME, OLU],
  );
const sessions = (of: string) =>
  value<string>("select count(*) from account.sessions s join account.users u on u.id = s.user_id where u.email = $1", [of]);

/** Reads the grant on a page of IT for a session. */
async function grantOf(cookie: string): Promise<string> {
  const page = await get("/smartai-it/customers/new", { cookie });
  return /name="grant" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
}

test.afterEach(async () => {
  await forget(NAME);
  await forgetCatalogue(NAME);
  await forgetTokens(NAME);
  await sql("delete from account.api_keys where starts_with(name, $1)", [NAME]);
  await sql("delete from workspace.webhooks where starts_with(description, $1)", [NAME]);
});

test("signed in, no foreign request has an effect, and each request works from our own pages", async () => {
  const cookie = await sessionOf(OLU);
  const grant = await grantOf(cookie);
  expect(grant, "the page contains no grant").not.toBe("");
  const before = await made();
  for (const target of TARGETS) {
    for (const [what, headers] of FOREIGN) {
      const answer = await send("POST", target.path, { headers: { ...headers, cookie }, ...target.body(grant) });
      expect(answer.status, `status of ${target.name} with ${what}`).toBe(403);
      expect(answer.cookies, `${target.name} with ${what} sets a cookie`).toEqual([]);
    }
    const bare = await send("POST", target.path, { headers: { cookie }, ...target.body(grant) });
    expect(bare.status, `status of ${target.name} with a session but without an origin`).toBe(403);
    const { json, form } = target.body(grant);
    const text = json === undefined ? new URLSearchParams(form).toString() : JSON.stringify(json);
    const plain = await send("POST", target.path, { headers: { cookie, origin: BASE }, text });
    expect(plain.status, `status of ${target.name} as text/plain`).toBe(415);
  }
  expect(await made(), "a refused request had an effect").toBe(before);

  for (const target of TARGETS) {
    const answer = await send("POST", target.path, { headers: { cookie, origin: BASE, "sec-fetch-site": "same-origin" }, ...target.body(grant) });
    expect(answer.status, `control: ${target.name} is accepted from our own page: ${answer.body.slice(0, 200)}`).toBe(target.own);
  }
  expect(await made(), "control: the requests from our own pages have an effect").not.toBe(before);
  expect(await made()).toContain("2 tokens, 1 keys, 1 webhooks, 2 customers, 1 products, 1 plans");
});

test("a foreign sign-in creates no session", async () => {
  const before = await sessions(OLU);
  const json = { email: OLU, password: PASSWORD, next: "" };
  for (const [what, headers] of FOREIGN) {
    for (const [name, answer] of [
      ["sign_in", await send("POST", "/api/fn/sign_in", { headers, json })],
      ["the form", await send("POST", "/sign-in", { headers, form: json })],
    ] as const) {
      expect(answer.status, `status of ${name} with ${what}`).toBe(403);
      expect(answer.cookies, `${name} with ${what} sets a session cookie`).toEqual([]);
    }
  }
  for (const path of ["/api/fn/sign_in", "/sign-in"]) {
    const plain = await send("POST", path, { headers: { origin: BASE }, text: JSON.stringify(json) });
    expect(plain.status, `status of ${path} as text/plain`).toBe(415);
    expect(plain.cookies, `${path} as text/plain sets a session cookie`).toEqual([]);
  }
  const formCall = await send("POST", "/api/fn/sign_in", { headers: { origin: BASE }, form: json });
  expect(formCall.status, "the server function accepts a form body").toBe(415);
  expect(await sessions(OLU), "a session was created").toBe(before);
  const own = await send("POST", "/sign-in", { headers: { origin: BASE }, form: json });
  const names = own.cookies.map((cookie) => cookie.split("=")[0]);
  const known = new RegExp(`^stile-known-${PORT}-`);
  expect([own.status, names.filter((name) => !known.test(name)), names.length], "control: our own form signs in").toEqual([303, [cookieAt()], 2]);
});

test("a foreign sign-out ends no session", async () => {
  const cookie = await sessionOf(OLU);
  const alive = async () => (await get("/home", { cookie })).status;
  for (const [what, headers] of FOREIGN) {
    for (const [path, body] of [["/sign-out", { form: {} }], ["/api/fn/sign_out", { json: {} }]] as const) {
      const answer = await send("POST", path, { headers: { ...headers, cookie }, ...body });
      expect(answer.status, `status of ${path} with ${what}`).toBe(403);
      expect(answer.cookies, `${path} with ${what} deletes the cookie`).toEqual([]);
      expect(await alive(), `${path} with ${what} ended the session`).toBe(200);
    }
  }
  for (const path of ["/sign-out", "/api/fn/sign_out"]) {
    const plain = await send("POST", path, { headers: { cookie, origin: BASE }, text: "" });
    expect([plain.status, await alive()], `${path} as text/plain is accepted or ended the session`).toEqual([415, 200]);
    const link = await get(path, { cookie });
    expect([link.status >= 400, await alive()], `a link to ${path} has an effect: ${link.status}`).toEqual([true, 200]);
  }
  const own = await send("POST", "/sign-out", { headers: { cookie, origin: BASE }, form: {} });
  expect([own.status, await alive()], "control: our own form signs out").toEqual([303, 303]);
});

test("in a real browser, a form of another site is refused for a signed-in person", async ({ browser }) => {
  const context = await contextOf(browser, OLU);
  const page = await context.newPage();
  await page.route("http://evil.example/", (route) =>
    route.fulfill({ contentType: "text/html", body: `<form method="post" action="${BASE}/sign-out"><button>Win</button></form>` }),
  );
  await page.goto("http://evil.example/");
  const answer = page.waitForResponse(`${BASE}/sign-out`);
  await page.click("button");
  expect((await answer).status()).toBe(403);
  expect(await (await answer).headerValue("set-cookie"), "the cookie was deleted").toBeNull();
  await page.goto("/home");
  await expect(page.getByTestId("picker-row").first(), "the person was signed out").toBeVisible();
  await context.close();
});

test("in a real browser, no link of another site signs the person out", async ({ browser }) => {
  const context = await contextOf(browser, OLU);
  const page = await context.newPage();
  const paths = ["/sign-out", "/api/fn/sign_out", "/sign-in?notice=signed-out", "/sign-in?notice=ended"];
  await page.route("http://evil.example/", (route) =>
    route.fulfill({ contentType: "text/html", body: paths.map((path) => `<a href="${BASE}${path}">${path}</a>`).join("<br>") }),
  );
  const cookie = (await context.cookies()).map((c) => `${c.name}=${c.value}`).join("; ");
  for (const path of paths) {
    await page.goto("http://evil.example/");
    await page.getByRole("link", { name: path, exact: true }).click();
    await page.waitForURL(`${BASE}/**`);
    await page.waitForLoadState("networkidle");
    expect((await get("/home", { cookie })).status, `a link to ${path} signed the person out`).toBe(200);
  }
  await context.close();
});
