// The audit log of a workspace: each change of people, settings and content adds a line. People with the right to read
// it can filter, page and export it. A name can neither break the export nor become a formula in it (docs/SECURITY.md,
// I-22).
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { FINANCE, IT, sql, workspaceOf } from "../support/facts";
import { open } from "../support/people";
import { get, sessionOf } from "../support/raw";

const LOG = `/${IT}/settings/audit`;
const rows = (page: Page) => page.getByTestId("row");

test.afterEach(async () => {
  await sql("delete from workspace.customers where name like '%Audited%'");
});

test("a change adds a line with person and time, newest first; a refused change adds none", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  const { id } = await workspaceOf(IT);
  const created = async () => Number((await sql("select count(*) as n from workspace.audit_log where workspace_id = $1 and action = 'customer_created'", [id]))[0].n);
  const before = await created();
  const input = { name: "Audited", email: "a@b.example", country: "DE", note: "" };
  expect((await call(request, "act_on_customer", { workspace: IT, grant, id: null, action: { action: "save", ...input } })).status()).toBe(200);
  await open(page, LOG);
  await expect(rows(page).first()).toHaveAttribute("data-action", "customer_created");
  await expect(rows(page).first()).toContainText("Created customer Audited");
  await expect(rows(page).first()).toContainText("Ada");
  const refused = await call(request, "act_on_customer", { workspace: IT, grant, id: null, action: { action: "save", ...input, email: "x" } });
  expect(refused.status()).toBe(422);
  expect((await created()) - before, "expected one line: for the change, and none for the refused one").toBe(1);
});

test("filters limit the list and the address, and paging shows each line once", async ({ as }) => {
  const { id } = await workspaceOf(IT);
  const [{ id: ada }] = await sql("select id from account.users where email = $1", [ADA]);
  await sql(
    `insert into workspace.audit_log (workspace_id, id, user_id, actor, action, detail)
     select $1, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $2, 'Audit filler', 'invite_sent', jsonb_build_object('n', n::text)
     from generate_series(1, 120) n on conflict do nothing`,
    [id, ada],
  );
  const page = await as(ADA);
  await open(page, LOG);
  await page.selectOption("select[name=kind]", "invites");
  await expect(page).toHaveURL(`${LOG}?kind=invites`);
  await expect(rows(page)).toHaveCount(50);
  const seen = new Set<string>();
  for (;;) {
    for (const text of await rows(page).locator(".col-main").allTextContents()) seen.add(text);
    const older = page.getByRole("link", { name: "Older" });
    if (await older.getAttribute("aria-disabled")) break;
    const first = await rows(page).first().textContent();
    await older.click();
    await expect(rows(page).first()).not.toHaveText(first ?? "");
  }
  expect(seen.size).toBe(120);
  await page.selectOption("select[name=kind]", "tokens");
  await expect(page.getByRole("heading", { name: "No results" })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page).toHaveURL(LOG);
});

test("the export contains the filtered lines, and no cell is a formula", async ({ as }) => {
  const { id } = await workspaceOf(IT);
  const [{ id: ada }] = await sql("select id from account.users where email = $1", [ADA]);
  const evil = `=HYPERLINK("http://evil.example","click")`;
  await sql(
    `insert into workspace.audit_log (workspace_id, id, user_id, actor, action, detail) values ($1, '00000000-0000-7000-8000-00000000beef', $2, $3, 'seat_granted', $4)
     on conflict do nothing`,
    [id, ada, evil, JSON.stringify({ name: "@SUM(A1), \"x\"" })],
  );
  const page = await as(ADA);
  await open(page, `${LOG}?kind=people`);
  const download = page.waitForEvent("download");
  await page.getByTestId("export").click();
  const file = await download.then((d) => d.createReadStream());
  const chunks: Buffer[] = [];
  for await (const chunk of file) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  expect(text.startsWith("\ufefftime (UTC),who,action,what,detail\r\n"), "the export lacks the byte order mark, so a spreadsheet reads it as Latin-1").toBe(true);
  expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""click"")",seat_granted`);
  for (const line of text.split("\r\n")) expect(line, "a cell starts a formula").not.toMatch(/(^|,)"?[=+\-@]/);
  expect(text, "the export contains lines of another kind").not.toContain("customer_created");
});

test("a viewer and a stranger get neither page nor export, and nobody gets lines of another workspace", async ({ as }) => {
  const page = await as(VIK);
  await open(page, LOG);
  await expect(page.getByTestId("why-not")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  const cookie = await sessionOf(VIK);
  const file = await get(`${LOG}/export`, { cookie });
  expect([file.status, file.headers["content-type"]]).toEqual([403, "text/html; charset=utf-8"]);
  await open(page, `${LOG}/export`);
  await expect(page.getByTestId("why-not"), "the export's address does not explain the refusal").toBeVisible();
  expect((await get(`/${FINANCE}/settings/audit/export`, { cookie })).status).toBe(404);
  expect((await get(`${LOG}/export`)).status, "a signed-out request is not redirected to sign-in").toBe(303);
  const ada = await sessionOf(ADA);
  expect((await get(`${LOG}/export`, { cookie: ada })).status, "control: an owner gets the export").toBe(200);
  expect((await get(`/${FINANCE}/settings/audit/export`, { cookie: ada })).status, "a billing admin gets the export").toBe(403);
});

test("an organization's log is shown to its owners and admins only", async ({ as }) => {
  const [{ id }] = await sql("select id from account.organizations where name = 'SmartAI'");
  const [{ id: ada }] = await sql("select id from account.users where email = $1", [ADA]);
  const line = "00000000-0000-7000-8000-00000000feed";
  await sql(
    `insert into account.organization_audit_log (organization_id, id, user_id, actor, action, detail)
     values ($1, $2, $3, 'Ada', 'member_added', '{"email":"new@smartai.example"}') on conflict do nothing`,
    [id, line, ada],
  );
  const page = await as(ADA);
  await open(page, "/home");
  await page.getByRole("link", { name: "Organization", exact: true }).click();
  await page.getByRole("link", { name: "Audit log" }).click();
  await expect(page).toHaveURL(`/org/${id}/audit`);
  await expect(page.locator("[data-action=member_added]").filter({ hasText: "new@smartai.example" })).toContainText("Added an organization member · email: new@smartai.example");
  await page.selectOption("select[name=kind]", "tokens");
  await expect(page.getByRole("heading", { name: "No results" })).toBeVisible();
  expect((await get(`/org/${id}/audit`, { cookie: await sessionOf(VIK) })).status, "a person without a role there reads the log").toBe(404);
  expect((await get(`/org/00000000-0000-7000-8000-000000000000/audit`, { cookie: await sessionOf(ADA) })).status).toBe(404);
  expect((await get(`/org/${id}/audit`)).status, "a signed-out request is not redirected to sign-in").toBe(303);
});
