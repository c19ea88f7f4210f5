// Seats count at once: a new seat appears on Refresh and a removed one is refused from the next request, without a new
// sign-in (docs/SECURITY.md, I-4).
import { type Page } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { call, grantOf, mint, redeem } from "../support/calls";
import { FINANCE, IT, PRODUCT_ENG, found, personOf, sql, stringsOf, workspaceOf } from "../support/facts";
import { open } from "../support/people";
import { expectFinance, rowsAreThere, workspaceName } from "../support/switching";

const statusOf = async (page: Page, path: string) => (await page.context().request.get(path, { maxRedirects: 0 })).status();
const listed = (page: Page) => page.getByTestId("picker-row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.slug));
const organization = async (name: string) => (await sql("select id from account.organizations where name = $1", [name]))[0].id;

/** Restores the rows that a test changed. */
let undo: (() => Promise<unknown>)[] = [];

test.afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
});

async function seat(email: string, slug: string, role: string): Promise<void> {
  const key = [(await workspaceOf(slug)).id, await personOf(email)];
  undo.push(() => sql("delete from account.workspace_members where workspace_id = $1 and user_id = $2", key));
  await sql("insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)", [...key, role]);
}

async function unseat(email: string, slug: string): Promise<void> {
  const key = [(await workspaceOf(slug)).id, await personOf(email)];
  const [{ role }] = await sql("delete from account.workspace_members where workspace_id = $1 and user_id = $2 returning role", key);
  undo.push(() => sql("insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)", [...key, role]));
}

async function join(email: string, name: string, role: string): Promise<void> {
  const key = [await organization(name), await personOf(email)];
  undo.push(() => sql("delete from account.organization_members where organization_id = $1 and user_id = $2", key));
  await sql("insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3)", [...key, role]);
}

async function unjoin(email: string, name: string): Promise<void> {
  const key = [await organization(name), await personOf(email)];
  const [{ role }] = await sql("delete from account.organization_members where organization_id = $1 and user_id = $2 returning role", key);
  undo.push(() => sql("insert into account.organization_members (organization_id, user_id, role) values ($1, $2, $3)", [...key, role]));
}

test("a seat that is added in the database appears on Refresh and opens without a new sign-in", async ({ as }) => {
  const page = await as(VIK);
  await open(page, "/home");
  expect(await listed(page)).toEqual([IT]);
  expect(await statusOf(page, `/${FINANCE}/customers`), "control: without a seat the workspace is not found").toBe(404);
  await seat(VIK, FINANCE, "billing_admin");
  await page.getByTestId("refresh").click();
  await expect.poll(() => listed(page), "Refresh does not show the new seat").toEqual([FINANCE, IT]);
  await page.locator(`[data-testid=picker-row][data-slug=${FINANCE}]`).click();
  await expectFinance(page);
  expect(await statusOf(page, `/${FINANCE}/customers`)).toBe(200);
});

test("a seat that is added while its not-found page is open can be entered from there", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${FINANCE}/overview`);
  await expect(page.getByTestId("not-found")).toBeVisible();
  await seat(VIK, FINANCE, "billing_admin");
  await page.getByRole("link", { name: "All workspaces" }).click();
  await page.getByTestId("refresh").click();
  await page.locator(`[data-testid=picker-row][data-slug=${FINANCE}]`).click();
  await expect(page).toHaveURL(`/${FINANCE}/overview`);
  await expect(page.getByTestId("not-found"), "the page still says not found").toHaveCount(0);
  await expectFinance(page);
});

test("an organization role that is added in the database appears on Refresh with its chip", async ({ as }) => {
  const page = await as(VIK);
  await open(page, "/home");
  await join(VIK, "GlobalAI", "admin");
  await page.getByTestId("refresh").click();
  await expect.poll(() => listed(page)).toEqual([FINANCE, IT]);
  const section = page.getByTestId("picker-org").filter({ hasText: "GlobalAI" });
  await expect(section.locator(".chip")).toHaveText("Org admin");
  await expect(section.locator(".role")).toHaveText("Admin");
  expect(await statusOf(page, `/${FINANCE}/customers`), "the role does not apply to the organization's workspace").toBe(200);
});

test("a removed seat is refused from the next request, whatever grants the tab holds", async ({ as }) => {
  const page = await as(VIK);
  const { request } = page.context();
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  expect(await found(page, ofIt), "control: the data of IT is on screen").not.toEqual([]);
  const [grant, code] = [await grantOf(request, IT), await mint(request, IT)];
  const load = () => call(request, "load_page", { workspace: IT, grant, page: "customers" });
  expect((await load()).status(), "control: the grant works before the removal").toBe(200);

  await unseat(VIK, IT);
  expect((await load()).status(), "the grant still works").toBe(404);
  expect((await redeem(request, IT, code)).status(), "the handoff still works").toBe(404);
  expect((await call(request, "switch_workspace", { to: IT })).status()).toBe(404);
  expect((await call(request, "open_workspace", { to: IT, page: "customers" })).status()).toBe(404);
  await expect(page.getByTestId("not-found"), "the tab does not learn of the removal").toBeVisible();
  expect(await found(page, ofIt), "the tab still contains data of IT").toEqual([]);
  expect(await statusOf(page, `/${IT}/customers`)).toBe(404);
  await page.getByRole("link", { name: "All workspaces" }).click();
  await expect(page.getByRole("heading", { name: "No workspaces yet" }), "the picker still shows the seat").toBeVisible();
});

test("the tab's title does not name a workspace whose seat was removed", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/customers`);
  await expect(page, "control: the title names the workspace").toHaveTitle("Customers · IT · Stile");
  await unseat(VIK, IT);
  await expect(page.getByTestId("not-found")).toBeVisible();
  await expect(page, "the title does not match the page").toHaveTitle("Not found · Stile");
});

test("Back shows no page of a workspace whose seat was removed", async ({ as }) => {
  const page = await as(VIK);
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  await page.getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(page);
  await unseat(VIK, IT);
  await page.goBack();
  await expect(page.getByTestId("not-found")).toBeVisible();
  expect(await found(page, ofIt), "Back shows data of IT").toEqual([]);
});

test("a removed organization role removes its workspaces at once and keeps direct seats", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${PRODUCT_ENG}/overview`);
  await expect(workspaceName(page)).toHaveText("Product Eng");
  await unjoin(ADA, "SmartAI");
  await expect(page.getByTestId("not-found")).toBeVisible();
  expect(await statusOf(page, `/${PRODUCT_ENG}/invoices`)).toBe(404);
  expect(await statusOf(page, `/${IT}/invoices`), "control: the direct seat in IT stays").toBe(200);
  await page.getByRole("link", { name: "All workspaces" }).click();
  await expect.poll(() => listed(page)).toEqual([FINANCE, IT]);
  await expect(page.getByTestId("picker-org").locator(".chip"), "the chip of the removed role is still shown").toHaveCount(0);
});

test("a changed role counts from the next request and is shown", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/customers`);
  await expect(page.getByTestId("role")).toHaveText("Viewer");
  await expect(page.getByRole("link", { name: "New customer" })).toHaveCount(0);
  expect(await statusOf(page, `/${IT}/customers/new`), "control: a Viewer gets no form").not.toBe(200);
  await unseat(VIK, IT);
  await seat(VIK, IT, "member");
  expect(await statusOf(page, `/${IT}/customers/new`), "a Member does not get the form").toBe(200);
  await open(page, `/${IT}/customers`);
  await expect(page.getByTestId("role")).toHaveText("Member");
  await expect(page.getByRole("link", { name: "New customer" })).toBeVisible();
});
