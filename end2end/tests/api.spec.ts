// The JSON API: it accepts only operator tokens, with the access that the token's person has now. A foreign and a
// missing workspace get the same answer (docs/SECURITY.md, I-7). No cookie opens the API (I-18).
import { expect, test, type Browser } from "@playwright/test";
import { sql } from "../support/facts";
import { PASSWORD, contextOf, open } from "../support/people";
import { forgetTokens } from "../support/made";
import { get, problem, sessionOf } from "../support/raw";
import { cookieAt } from "../support/server";

const NAME = "Api test";
const [ADA, MIA] = ["ada@smartai.example", "mia@smartai.example"];
const CUSTOMERS = "/api/v1/workspaces/smartai-it/customers";

/** Creates a token on the page, as a person does. */
async function tokenOf(browser: Browser, who: string, name: string): Promise<string> {
  const context = await contextOf(browser, who);
  const page = await context.newPage();
  await open(page, "/account/tokens");
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.getByTestId("token").textContent()) ?? "";
  expect(token).toMatch(/^stile_[\w-]{40,}$/);
  await context.close();
  return token;
}
const as = (token: string) => ({ authorization: `Bearer ${token}` });
let ada: string;
let mia: string;

test.beforeAll(async ({ browser }) => {
  ada = await tokenOf(browser, ADA, `${NAME} ada`);
  mia = await tokenOf(browser, MIA, `${NAME} mia`);
});
test.afterAll(() => forgetTokens(NAME));

test("openapi.json lists the endpoints, needs no token, and describes the authentication", async () => {
  const answer = await get("/api/v1/openapi.json");
  expect(answer.status).toBe(200);
  const description = JSON.parse(answer.body);
  expect(description.openapi).toMatch(/^3\./);
  expect(Object.keys(description.paths)).toEqual(expect.arrayContaining(["/api/v1/me/workspaces", "/api/v1/workspaces/{slug}/customers"]));
  for (const [path, methods] of Object.entries(description.paths) as [string, Record<string, { security: unknown }>][]) {
    for (const [method, operation] of Object.entries(methods)) expect(operation.security, `${method} ${path}`).toContainEqual({ operator_token: [] });
  }
  expect(description.components.securitySchemes.operator_token).toMatchObject({ type: "http", scheme: "bearer" });
});

test("the API lists Ada's workspaces in the order and form of the picker", async () => {
  const answer = await get("/api/v1/me/workspaces", as(ada));
  const { organizations } = JSON.parse(answer.body);
  const seen = organizations.map((o: { name: string; role: string; workspaces: { name: string; slug: string; role: string; via: string[] }[] }) => ({
    name: o.name, role: o.role, workspaces: o.workspaces.map(({ name, slug, role, via }) => ({ name, slug, role, via })),
  }));
  expect(seen).toEqual([
    { name: "GlobalAI", role: null, workspaces: [{ name: "Finance", slug: "globalai-finance", role: "billing_admin", via: ["direct"] }] },
    { name: "SmartAI", role: "admin", workspaces: [
      { name: "IT", slug: "smartai-it", role: "owner", via: ["direct", "organization"] },
      { name: "Product Eng", slug: "smartai-product-eng", role: "admin", via: ["organization"] },
    ] },
  ]);
});

test("paging through customers returns each customer once and in order", async () => {
  const names: string[] = [];
  let after = "";
  for (let pages = 0; pages < 20; pages++) {
    const answer = await get(`${CUSTOMERS}${after}`, as(ada));
    expect(answer.status, answer.body).toBe(200);
    const page = JSON.parse(answer.body);
    expect(answer.headers["stile-workspace"]).toBe(page.workspace.id);
    names.push(...page.items.map((c: { name: string }) => c.name));
    if (page.next === null) break;
    after = `?after=${encodeURIComponent(page.next)}`;
  }
  const all = await sql("select c.name from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = 'smartai-it' order by c.name_key, c.id");
  expect(names).toEqual(all.map((c) => c.name));
});

test("a workspace without a seat answers like a missing one", async () => {
  const seen: string[] = [];
  for (const slug of ["smartai-it", "globalai-finance", "no-such-workspace", "x", "Not%20A%20Slug"]) {
    const answer = await get(`/api/v1/workspaces/${slug}/customers?status=nonsense`, as(mia));
    const { date: _, "x-request-id": __, ratelimit: ___, ...headers } = answer.headers;
    expect(answer.status, slug).toBe(404);
    seen.push(JSON.stringify([problem(answer), headers]));
  }
  expect(new Set(seen).size, "the answers differ, so they tell which workspaces exist").toBe(1);
  expect((await get("/api/v1/workspaces/smartai-product-eng/customers", as(mia))).status, "control: a workspace opens where Mia has a seat").toBe(200);
});

test("only a live token opens the API", async () => {
  const cookie = await sessionOf(ADA);
  const session = cookie.split("=")[1];
  for (const path of ["/api/v1/me/workspaces", CUSTOMERS]) {
    for (const [what, headers] of [
      ["nothing", {}],
      ["a session's cookie", { cookie }],
      ["a session's secret as a token", as(session)],
      ["a made-up token", as(`stile_${"A".repeat(43)}`)],
      ["a token that is cut", as(ada.slice(0, -1))],
      ["Basic", { authorization: `Basic ${Buffer.from(`${ADA}:${ada}`).toString("base64")}` }],
    ] as [string, Record<string, string>][]) {
      const answer = await get(path, headers);
      expect(answer.status, `status of ${path} with ${what}`).toBe(401);
      expect(answer.headers["www-authenticate"], `www-authenticate header of ${path} with ${what}`).toMatch(/^Bearer/);
      expect(JSON.parse(answer.body).code).toBe("unauthenticated");
    }
    expect((await get(`${path}?token=${ada}&access_token=${ada}`)).status, `${path} accepts a token in the address`).toBe(401);
    expect((await get(path, as(ada))).status, `control: ${path} opens with a token`).toBe(200);
  }
  expect((await get("/home", { cookie: `${cookieAt()}=${ada}` })).status, "a token signs in to the console").toBe(303);
});

test("a revoked token stops working at once; other tokens keep working", async ({ browser }) => {
  const token = await tokenOf(browser, ADA, `${NAME} short-lived`);
  expect((await get(CUSTOMERS, as(token))).status, "control: the token works before it is revoked").toBe(200);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/account/tokens");
  expect(await page.content(), "the page shows the token a second time").not.toContain(token);
  await page.getByRole("button", { name: `Revoke ${NAME} short-lived` }).click();
  await expect(page.getByTestId("row").filter({ hasText: `${NAME} short-lived` })).toHaveCount(0);
  expect((await get(CUSTOMERS, as(token))).status, "the revoked token still opens the API").toBe(401);
  expect((await get(CUSTOMERS, as(ada))).status, "another token stopped working").toBe(200);
  await context.close();
});

test("nobody can revoke another person's token", async ({ browser }) => {
  const [{ id }] = await sql("select id from account.operator_tokens where name = $1", [`${NAME} ada`]);
  const context = await contextOf(browser, MIA);
  const origin = new URL((await context.request.get("/home")).url()).origin;
  const answer = await context.request.post("/api/fn/revoke_token", { headers: { origin }, data: { id } });
  expect(answer.status()).toBe(404);
  expect((await get(CUSTOMERS, as(ada))).status, "the token was revoked").toBe(200);
  await context.close();
});

test("a misspelt filter is an error and does not return the whole list", async () => {
  for (const query of ["status=archive", "sort=email", "dir=down", "after=x"]) {
    const answer = await get(`${CUSTOMERS}?${query}`, as(ada));
    expect([answer.status, JSON.parse(answer.body).code], query).toEqual([400, "invalid_parameter"]);
  }
  const archived = JSON.parse((await get(`${CUSTOMERS}?status=archived`, as(ada))).body);
  expect(new Set(archived.items.map((c: { status: string }) => c.status))).toEqual(new Set(["archived"]));
});
