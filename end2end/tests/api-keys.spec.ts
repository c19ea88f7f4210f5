// API keys of a workspace: shown once, refused in the next request after anything that they depend on is gone, with and
// without JavaScript (docs/SECURITY.md, I-28).
import { expect, test } from "@playwright/test";
import { call, grantOf } from "../support/calls";
import { IT, sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { PASSWORD, contextOf, live } from "../support/people";
import { get, send } from "../support/raw";
import { type Shop, keyOf, openShop, post, tokens } from "../support/shop";

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const body = JSON.stringify([tokens("1")]);
let shop: Shop;

test.beforeEach(async () => {
  shop = await openShop("api-keys");
});

/** Returns the status of sending events and of reading customers. */
async function statuses(key: string, slug = shop.slug): Promise<number[]> {
  return [(await post(slug, key, body)).status, (await get(`/api/v1/workspaces/${slug}/customers`, as(key))).status];
}

for (const javaScriptEnabled of [true, false]) {
  test(`a key is shown once, works at once and is dead once revoked, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`/${shop.slug}/settings/keys`);
    if (javaScriptEnabled) await live(page);
    await page.fill("[name=name]", "Gateway");
    await page.getByRole("checkbox", { name: /Read what/ }).check();
    await page.fill("[name=password]", "not the password");
    await page.getByRole("button", { name: "Create key" }).click();
    await expect(page.locator("#password-error")).toContainText("Incorrect password");
    await expect(page.locator("[name=name]"), "the typed name is lost").toHaveValue("Gateway");
    await page.fill("[name=password]", PASSWORD);
    await page.getByRole("button", { name: "Create key" }).click();
    const key = (await page.getByTestId("api-key").textContent()) ?? "";
    expect(key).toMatch(/^stile_key_[0-9a-f]{8}_[\w-]{43}$/);
    await expect(page.getByTestId("row")).toContainText("Gateway");
    await expect(page.getByTestId("row")).toContainText(key.slice(0, 18));
    const [{ text }] = await sql("select k::text as text from account.api_keys k where workspace_id = $1", [shop.id]);
    expect(text, "the database holds the key").not.toContain(key.slice(20));
    expect(await statuses(key)).toEqual([200, 200]);
    await page.goto(`/${shop.slug}/settings/keys`);
    expect(await page.content(), "the key is shown again").not.toContain(key);
    if (javaScriptEnabled) await live(page);
    await page.getByRole("button", { name: "Revoke Gateway" }).click();
    await expect(page.getByTestId("row")).toHaveCount(0);
    expect(await statuses(key)).toEqual([401, 401]);
    await context.close();
  });
}

test("a key is refused in the next request after its expiry, its owner's seat or its workspace is gone", async ({ browser }) => {
  const context = await contextOf(browser, shop.owner);
  const key = await keyOf(context.request, shop.slug, { events_write: "on", read: "on" });
  for (const [undone, done, values] of [
    ["update account.api_keys set expires_at = now() where workspace_id = $1", "update account.api_keys set expires_at = null where workspace_id = $1", [shop.id]],
    ["update account.workspaces set deleted_at = now() where id = $1", "update account.workspaces set deleted_at = null where id = $1", [shop.id]],
    ["update account.users set disabled_at = now() where id = $1", "update account.users set disabled_at = null where id = $1", [shop.ownerId]],
  ] as const) {
    await sql(undone, [...values]);
    expect(await statuses(key), undone).toEqual([401, 401]);
    await sql(done, [...values]);
    expect(await statuses(key), `control: ${done}`).toEqual([200, 200]);
  }
  const other = await register(fresh("key-admin"), "Key Admin");
  await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, 'admin' from account.users where email = $2", [shop.id, other]);
  const theirs = await contextOf(browser, other);
  const second = await keyOf(theirs.request, shop.slug, { events_write: "on", read: "on" });
  expect(await statuses(second)).toEqual([200, 200]);
  await sql("delete from account.workspace_members where workspace_id = $1", [shop.id]);
  expect(await statuses(second)).toEqual([401, 401]);
  expect(await statuses(key), "control: another owner's key").toEqual([200, 200]);
  await theirs.close();
  await context.close();
});

test("a key of another workspace gets the same answer as one that does not exist", async ({ browser }) => {
  const context = await contextOf(browser, shop.owner);
  const key = await keyOf(context.request, shop.slug, { events_write: "on", read: "on" });
  const madeUp = `${key.slice(0, -6)}AAAAAA`;
  for (const slug of [IT, "no-such-workspace", "Not A Slug"]) {
    const [foreign, none] = [await post(encodeURIComponent(slug), key, body), await post(encodeURIComponent(slug), madeUp, body)];
    for (const answer of [foreign, none]) delete answer.json.request_id;
    expect([foreign.status, foreign.json], slug).toEqual([none.status, none.json]);
    expect(foreign.status).toBe(401);
  }
  expect((await get("/api/v1/me/workspaces", as(key))).status, "the key reads its owner's account").toBe(401);
  expect(await statuses(key)).toEqual([200, 200]);
  await context.close();
});

test("scopes limit a key, and a key can't change anything else", async ({ browser }) => {
  const context = await contextOf(browser, shop.owner);
  const sends = await keyOf(context.request, shop.slug, { events_write: "on" });
  const reads = await keyOf(context.request, shop.slug, { read: "on" });
  expect([await statuses(sends), await statuses(reads)]).toEqual([[200, 403], [403, 200]]);
  const answer = await send("POST", `/api/v1/workspaces/${shop.slug}/customers`, { headers: as(reads), json: { name: "By key", email: "a@b.example", country: "DE" } });
  expect(answer.status).toBe(403);
  await context.close();
});

test("creating a key needs the role and the password, and a removed person's keys go to the chosen admin", async ({ browser }) => {
  const member = await register(fresh("key-member"), "Key Member");
  await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, 'member' from account.users where email = $2", [shop.id, member]);
  const theirs = await contextOf(browser, member);
  const input = { name: "Not allowed", life: "90", read: "on", password: PASSWORD };
  expect((await call(theirs.request, "create_api_key", { workspace: shop.slug, grant: await grantOf(theirs.request, shop.slug), input })).status()).toBe(403);
  const context = await contextOf(browser, shop.owner);
  const bare = await call(context.request, "create_api_key", { workspace: shop.slug, grant: await grantOf(context.request, shop.slug), input: { ...input, password: "" } });
  expect(bare.status(), "a session alone created a key").toBe(422);
  await sql("update account.workspace_members set role = 'admin' where workspace_id = $1", [shop.id]);
  const key = await keyOf(theirs.request, shop.slug, { events_write: "on", read: "on" }, "Theirs");
  const page = await context.newPage();
  await page.goto(`/${shop.slug}/settings/members`);
  await live(page);
  const row = page.getByTestId("row").filter({ hasText: "Key Member" });
  await row.getByTestId("seat-menu").click();
  const removing = page.getByRole("dialog", { name: "Actions for Key Member" });
  await removing.getByText("Remove from workspace…").click();
  await expect(removing.getByLabel("Their API keys")).toHaveValue(shop.ownerId);
  await removing.getByRole("button", { name: "Remove Key Member" }).click();
  await expect(row).toHaveCount(0);
  expect(await statuses(key)).toEqual([200, 200]);
  const [{ owner }] = await sql("select owner from account.api_keys where workspace_id = $1", [shop.id]);
  expect(owner).toBe(shop.ownerId);
  await context.close();
  await theirs.close();
});
