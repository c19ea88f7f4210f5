// A read-only database: every page opens and every switch works, with and without JavaScript, although the usual
// records of use can't be written. Every change is refused with a message that nothing can be changed.
import { expect, test } from "@playwright/test";
import { discard } from "../support/cluster";
import { live, PASSWORD } from "../support/people";
import { send, sessionOf } from "../support/raw";
import { database, PORT, type Running, start, stop } from "../support/server";

const HERE = PORT + 44;
const base = `http://127.0.0.1:${HERE}`;
const SAYS = /read-only at the moment/;
let running: Running;
let cookie: string;

async function readOnly(on: boolean): Promise<void> {
  const client = await database(running.data);
  try {
    // Make the records of use due.
    if (on) await client.query("update account.sessions set last_seen_at = now() - interval '1 hour'");
    await client.query(`alter role stile_app ${on ? "set default_transaction_read_only = on" : "reset default_transaction_read_only"}`);
    await client.query("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'stile_app'");
  } finally {
    await client.end();
  }
  await expect.poll(async () => (await send("GET", "/readyz", { base })).status, "the server is not ready again").toBe(200);
}

test.beforeAll(async () => {
  running = await start(undefined, HERE);
  cookie = await sessionOf("ada@smartai.example", base);
  await readOnly(true);
});

test.afterAll(async () => {
  if (!running) return;
  await readOnly(false);
  await stop(running);
  discard(running.data);
});

for (const path of ["/", "/home", "/smartai-it/overview", "/smartai-it/customers", "/smartai-it/settings/members", "/account/profile", "/account/tokens"]) {
  test(`${path} opens on a read-only database`, async () => {
    const answer = await send("GET", path, { base, headers: { cookie } });
    expect(answer.status === 303 ? 200 : answer.status, answer.body.slice(0, 200)).toBe(200);
  });
}

test("entering and navigation work in the browser, and a form explains why it is not saved", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: base });
  const [name, value] = cookie.split("=");
  await context.addCookies([{ name, value, url: base }]);
  const page = await context.newPage();
  await page.goto("/smartai-it/customers");
  await live(page);
  await page.getByRole("link", { name: "Products" }).first().click();
  await expect(page).toHaveURL(/\/smartai-it\/products/);
  await expect(page.locator("tbody tr").first()).toBeVisible();
  await page.goto("/smartai-it/customers/new");
  await live(page);
  await page.fill("[name=name]", "Read Only Ltd");
  await page.fill("[name=email]", "read@only.example");
  await page.selectOption("[name=country]", "DE");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByText(SAYS).first(), "the form does not explain why nothing is saved").toBeVisible();
  await expect(page.locator("[name=name]"), "the input was lost").toHaveValue("Read Only Ltd");
  await context.close();
});

test("a switch is answered, and every write is refused as read-only", async () => {
  const call = (name: string, json: unknown) => send("POST", `/api/fn/${name}`, { base, headers: { cookie, origin: base }, json });
  for (const name of ["open_workspace", "stage_workspace"]) {
    const answer = await call(name, { to: "smartai-product-eng", page: "customers" });
    expect(answer.status, `${name} failed: ${answer.body}`).toBe(200);
  }
  const grant = JSON.parse((await call("open_workspace", { to: "smartai-it", page: "customers" })).body).entry.grant;
  const input = { name: "New", email: "new@x.example", country: "DE", note: "" };
  for (const [name, json] of [
    ["act_on_customer", { workspace: "smartai-it", grant, id: null, action: { action: "save", ...input } }],
    ["pin_workspace", { workspace: "smartai-it", pinned: true }],
    ["sign_in", { email: "mia@smartai.example", password: PASSWORD, next: "" }],
  ] as const) {
    const answer = await call(name, json);
    if (answer.status === 400) continue;
    expect(answer.status, `${name} is not refused: ${answer.body}`).toBe(503);
    expect(answer.body, name).toContain("read_only");
  }
});
