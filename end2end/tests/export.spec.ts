// Export of a workspace: everything as one archive, for owners only, with and without JavaScript and by the API.
import { createHash } from "node:crypto";
import { type Page, expect, test } from "@playwright/test";
import { grantOf } from "../support/calls";
import { sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { contextOf, live } from "../support/people";
import { send } from "../support/raw";
import { BASE } from "../support/server";
import { type Shop, keyOf, openShop, post, tokens } from "../support/shop";
import { tokenOf } from "../support/tokens";
import { unzip } from "../support/zip";

let shop: Shop;
test.beforeEach(async () => {
  shop = await openShop("export");
});

interface Manifest {
  workspace: { id: string; slug: string };
  tables: { name: string; rows: number; csv: string; jsonl: string; columns: string[]; left_out: { column: string }[] }[];
  files: { path: string; bytes: number; sha256: string }[];
}

async function downloaded(page: Page): Promise<Buffer> {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export everything" }).click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(new RegExp(`^${shop.slug}-\\d{4}-\\d\\d-\\d\\d\\.zip$`));
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Checks the archive against its manifest and the tables. */
async function check(archive: Buffer): Promise<void> {
  const files = unzip(archive);
  const manifest = JSON.parse(String(files.get("manifest.json"))) as Manifest;
  expect(manifest.workspace).toMatchObject({ id: shop.id, slug: shop.slug });
  expect(manifest.files.map(({ path }) => path).sort()).toEqual([...files.keys()].filter((path) => path !== "manifest.json").sort());
  for (const { path, bytes, sha256 } of manifest.files) {
    const content = files.get(path);
    expect(content?.length, path).toBe(bytes);
    expect(createHash("sha256").update(content ?? "").digest("hex"), path).toBe(sha256);
  }
  const tables = await sql<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'workspace' and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
  );
  expect(manifest.tables.map(({ name }) => name).sort()).toEqual(tables.map(({ name }) => name).sort());
  for (const { name, rows, jsonl, csv, columns } of manifest.tables) {
    const lines = String(files.get(jsonl)).split("\n").slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.length, `lines of ${name}`).toBe(rows);
    for (const line of lines) {
      expect(Object.keys(line), name).toEqual(columns);
      expect(line.workspace_id, `a row of another workspace in ${name}`).toBe(shop.id);
    }
    expect(String(files.get(csv)).startsWith(`\ufeff${columns.join(",")}\r\n`), `head of ${csv}`).toBe(true);
  }
  const events = String(files.get("jsonl/events.jsonl")).trim().split("\n").map((line) => JSON.parse(line) as { data: { tokens: number } });
  expect(events.map(({ data }) => data.tokens)).toEqual([7]);
  expect(String(files.get("csv/customers.csv")), "a formula").toContain("\"'=1+1\"");
}

async function fill(page: Page): Promise<void> {
  const key = await keyOf(page.request, shop.slug, { events_write: "on" });
  expect((await post(shop.slug, key, JSON.stringify([tokens("1", { data: { tokens: 7 } })]))).status).toBe(200);
  await sql("update workspace.customers set name = '=1+1' where workspace_id = $1", [shop.id]);
}

const logged = async () => (await sql("select id from workspace.audit_log where workspace_id = $1 and action = 'workspace_exported'", [shop.id])).length;

for (const javaScriptEnabled of [true, false]) {
  test(`an owner downloads everything, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    await fill(page);
    await page.goto(`/${shop.slug}/settings/general`);
    if (javaScriptEnabled) await live(page);
    await check(await downloaded(page));
    expect(await logged()).toBe(1);
    await expect(page.getByRole("button", { name: "Export everything" }), "the page stays").toBeEnabled();
    await context.close();
  });
}

test("a form with the grant of another workspace, or with none, exports nothing", async ({ browser }) => {
  const context = await contextOf(browser, shop.owner);
  const other = `${shop.slug}-two`;
  await sql(
    "insert into account.workspaces (id, organization_id, slug, name) values (gen_random_uuid(), $1, $2, 'Shop two')", [shop.organization, other]);
  const session = (await context.cookies()).find(({ name }) => /^(__Host-)?stile(-\d+)?$/.test(name));
  const headers = { cookie: `${session?.name}=${session?.value}`, origin: BASE, "sec-fetch-site": "same-origin" };
  const ask = (grant: string) => send("POST", `/${shop.slug}/settings/general`, { headers, form: { action: "export", grant } });
  for (const grant of [await grantOf(context.request, other), ""]) {
    const refused = await ask(grant);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.headers["content-type"]).toBe("text/html; charset=utf-8");
  }
  expect(await logged()).toBe(0);
  const granted = await ask(await grantOf(context.request, shop.slug));
  expect([granted.status, granted.headers["content-type"]], "control").toEqual([200, "application/zip"]);
  await context.close();
});

test("the API exports for an owner's token, and for no key and no one else", async ({ browser }) => {
  const context = await contextOf(browser, shop.owner);
  const page = await context.newPage();
  await fill(page);
  const path = `${BASE}/api/v1/workspaces/${shop.slug}/exports`;
  const ask = (secret: string) => fetch(path, { method: "POST", headers: { authorization: `Bearer ${secret}` } });
  const answer = await ask(await tokenOf(browser, shop.owner, "Export"));
  expect([answer.status, answer.headers.get("content-type"), answer.headers.get("content-encoding")]).toEqual([200, "application/zip", null]);
  await check(Buffer.from(await answer.arrayBuffer()));
  expect((await ask(await keyOf(context.request, shop.slug, { read: "on" }, "Reader"))).status, "a key with the scope read").toBe(403);
  await context.close();
  for (const role of ["admin", "billing_admin", "member"]) {
    const who = await register(fresh(`export-${role.replace("_", "-")}`), "No Owner");
    await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, $2 from account.users where email = $3", [shop.id, role, who]);
    expect((await ask(await tokenOf(browser, who, "Export"))).status, role).toBe(403);
    const theirs = await contextOf(browser, who);
    const form = { action: "export", grant: await grantOf(theirs.request, shop.slug) };
    const session = (await theirs.cookies()).find(({ name }) => /^(__Host-)?stile(-\d+)?$/.test(name));
    const headers = { cookie: `${session?.name}=${session?.value}`, origin: BASE, "sec-fetch-site": "same-origin" };
    const refused = await send("POST", `/${shop.slug}/settings/general`, { headers, form });
    expect([refused.status, refused.headers["content-type"]], role).toEqual([403, "text/html; charset=utf-8"]);
    await theirs.close();
  }
  const stranger = await register(fresh("export-stranger"), "Stranger");
  expect((await ask(await tokenOf(browser, stranger, "Export"))).status).toBe(404);
  expect(await logged(), "a refused export is logged as one").toBe(1);
});
