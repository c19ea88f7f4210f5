// A database outage: every page answers 503 and says so, and shows neither a sign-in form nor an empty list. Input and
// sessions are kept. Everything works again when the database is back. The tests use a server of their own and stop and
// start its PostgreSQL.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { discard, killPostgres, postmaster, startPostgres, stopPostgres } from "../support/cluster";
import { PASSWORD, open } from "../support/people";
import { get, send, sessionOf } from "../support/raw";
import { PORT, type Running, database, start, stop } from "../support/server";

const HERE = PORT + 42;
const base = `http://127.0.0.1:${HERE}`;
const ADA = "ada@smartai.example";
const DOWN = "Stile is temporarily unavailable";
const PAGES = ["/", "/home", "/sign-in", "/account/tokens", "/smartai-it/overview", "/smartai-it/customers", "/globalai-finance/invoices", "/no-such-workspace"];

let running: Running;
let cookie: string;
let context: BrowserContext;
let page: Page;
let stopped = false;

const ready = async () => (await get("/readyz", {}, base)).status;
function takeDown(): void {
  stopPostgres(running.data);
  stopped = true;
}
async function bringBack(): Promise<void> {
  startPostgres(running.data);
  stopped = false;
  await expect.poll(ready, { message: "the server does not reconnect to its database", timeout: 15_000 }).toBe(200);
}

test.beforeAll(async () => {
  running = await start(undefined, HERE);
  cookie = await sessionOf(ADA, base);
});

test.beforeEach(async ({ browser }) => {
  if (stopped) await bringBack();
  context = await browser.newContext({ baseURL: base });
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: base }]);
  page = await context.newPage();
});
test.afterEach(() => context.close());

test.afterAll(async () => {
  if (!running) return;
  // The server does not stop a PostgreSQL that a test started.
  if (!stopped) takeDown();
  await stop(running);
  discard(running.data);
});

test("every page answers 503, readiness fails and liveness stays; afterwards the same session works", async () => {
  for (const path of PAGES) expect((await get(path, { cookie }, base)).status, `control: ${path} works before the outage`).toBeLessThan(500);
  takeDown();
  expect((await get("/healthz", {}, base)).status, "the liveness check fails").toBe(200);
  await expect.poll(ready, { message: "the readiness check still succeeds" }).toBe(503);
  for (const path of PAGES) {
    const answer = await get(path, { cookie }, base);
    expect(answer.status, path).toBe(503);
    expect(answer.headers["retry-after"], `${path} has no Retry-After header`).toBeDefined();
    expect(answer.headers["cache-control"], path).toBe("no-store");
    expect(answer.body, `${path} does not name the problem`).toContain(DOWN);
    expect(answer.body, `${path} shows a sign-in form`).not.toContain('name="password"');
    expect(answer.body, `${path} shows an empty list`).not.toMatch(/No workspaces|yet<|data-table/);
    expect(answer.cookies, `${path} changes cookies`).toEqual([]);
  }
  const token = await get("/api/v1/me/workspaces", { authorization: `Bearer stile_${"A".repeat(43)}` }, base);
  expect([token.status, JSON.parse(token.body).code], "the API does not answer 503").toEqual([503, "unavailable"]);
  const call = await send("POST", "/api/fn/load_picker", { base, headers: { cookie, origin: base }, json: { past_cache: false } });
  expect(call.status, "a server function does not answer 503").toBe(503);
  await bringBack();
  for (const path of PAGES) expect((await get(path, { cookie }, base)).status, `${path} fails after the outage`).toBeLessThan(500);
  expect((await get("/smartai-it/customers", { cookie }, base)).status, "the session was lost").toBe(200);
});

test("sign-in reports the outage, keeps the input, and works afterwards", async ({ browser }) => {
  const fresh = await browser.newContext({ baseURL: base });
  const tab = await fresh.newPage();
  await open(tab, "/sign-in");
  await tab.fill("[name=email]", ADA);
  await tab.fill("[name=password]", PASSWORD);
  takeDown();
  await tab.click("button[type=submit]");
  await expect(tab.getByRole("alert"), "the message does not name the problem").toHaveText(`${DOWN}. Nothing was changed. Try again in a moment.`, { timeout: 15_000 });
  await expect(tab.locator("[name=email]")).toHaveValue(ADA);
  await expect(tab.locator("[name=password]")).toHaveValue(PASSWORD);
  await bringBack();
  await tab.click("button[type=submit]");
  await expect(tab, "signing in fails after the outage").not.toHaveURL(/sign-in/);
  await fresh.close();
});

test("an open console reports the outage, Try again loads the page, and the session stays", async () => {
  await open(page, "/smartai-it/customers");
  await page.getByTestId("row").first().waitFor();
  takeDown();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  const alert = page.getByRole("alert");
  await expect(alert, "no message appears").toContainText(`${DOWN}.`, { timeout: 15_000 });
  await expect(page, "the page went to another address").toHaveURL(`${base}/smartai-it/invoices`);
  await expect(page.getByText("No invoices yet"), "an empty list is shown").toHaveCount(0);
  await expect(page.getByTestId("workspace-name"), "the console disappeared").toHaveText("IT");
  await bringBack();
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("row").first(), "Try again does not load the page").toBeVisible();
  await expect(page.getByTestId("workspace-name")).toHaveText("IT");
});

test("a form that can't be saved during the outage keeps its input and is saved later", async () => {
  await open(page, "/smartai-it/customers/new");
  const typed = { name: "Typed while down", email: "typed@down.example", note: "kept" };
  for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text);
  await page.selectOption("[name=country]", "DE");
  takeDown();
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("alert")).toContainText(DOWN, { timeout: 15_000 });
  for (const [name, text] of Object.entries({ ...typed, country: "DE" })) await expect(page.locator(`[name=${name}]`), `${name} was lost`).toHaveValue(text);
  await bringBack();
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(typed.name);
  const client = await database(running.data);
  const { rows } = await client.query("select count(*)::int as n from workspace.customers where name = $1", [typed.name]);
  await client.end();
  expect(rows, "expected the form to be saved once").toEqual([{ n: 1 }]);
});

test("without JavaScript, Try again opens the form that was asked for", async ({ browser }) => {
  const plain = await browser.newContext({ baseURL: base, javaScriptEnabled: false });
  const [name, value] = cookie.split("=");
  await plain.addCookies([{ name, value, url: base }]);
  const tab = await plain.newPage();
  await tab.goto("/smartai-it/customers");
  takeDown();
  await tab.getByRole("link", { name: "New customer" }).click();
  await expect(tab.getByTestId("unavailable")).toBeVisible({ timeout: 15_000 });
  await bringBack();
  await tab.getByRole("link", { name: "Try again" }).click();
  await expect(tab.getByRole("heading", { level: 1 }), "Try again leads to another page").toHaveText("New customer");
  await plain.close();
});

test("Try again on the 503 page opens the page that was asked for", async () => {
  takeDown();
  await open(page, "/smartai-it/customers");
  await expect(page.getByTestId("unavailable")).toBeVisible();
  await bringBack();
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(page.getByTestId("row").first(), "Try again does not load the page").toBeVisible();
  await expect(page).toHaveURL("/smartai-it/customers");
});
