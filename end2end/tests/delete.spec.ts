// Promise: a workspace is deleted by an owner who types its address, checked at the server; everybody in it is told at
// once; it is 410 to those who had a seat and nothing to others; and within 14 days an owner brings it back whole.
import { type Page, expect } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { call, enter, grantOf } from "../support/calls";
import { IT, customersOf, sql } from "../support/facts";
import { contextOf, live, open } from "../support/people";
import { get, sessionOf } from "../support/raw";
import { putBack, seat } from "../support/seating";
import { rowsAreThere, workspaceName } from "../support/switching";

const DANGER = `/${IT}/settings/danger`;

test.afterEach(async () => {
  await sql("update account.workspaces set deleted_at = null where slug = $1 and deleted_at is not null", [IT]);
  await sql("delete from account.slugs where slug like 'fresh-%' and workspace_id in (select id from account.workspaces where slug like 'fresh-%')").catch(() => {});
  await putBack();
});

async function connected(page: Page, path: string): Promise<void> {
  const told = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await page.goto(path);
  await live(page);
  await told;
}

async function deleteIt(page: Page): Promise<void> {
  await open(page, DANGER);
  await page.fill("[name=slug]", IT);
  await page.getByRole("button", { name: "Delete workspace" }).click();
  await expect(page).toHaveURL("/home");
}

test("with something else typed nothing is deleted, by the form and past it", async ({ as }) => {
  const page = await as(ADA);
  await open(page, DANGER);
  for (const typed of ["", "smartai", "SMARTAI-IT", "globalai-finance"]) {
    await page.fill("[name=slug]", typed);
    await page.getByRole("button", { name: "Delete workspace" }).click();
    await expect(page.locator("#slug-error"), `"${typed}"`).toHaveText("That isn’t the URL of this workspace. Nothing was deleted.");
  }
  const grant = await grantOf(page.context().request, IT);
  const answer = await call(page.context().request, "delete_workspace", { workspace: IT, grant, typed: "smartai" });
  expect(answer.status()).toBe(422);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
});

test("an admin sees why not, and the server refuses; so it does with another workspace's grant", async ({ as }) => {
  await seat(VIK, IT, "admin");
  const page = await as(VIK);
  await open(page, DANGER);
  await expect(page.getByRole("button", { name: "Delete workspace" })).toBeDisabled();
  await expect(page.getByTestId("why-not")).toHaveText("Only owners can do that.");
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  expect((await call(request, "delete_workspace", { workspace: IT, grant, typed: IT })).status()).toBe(403);
  const ada = (await as(ADA)).context().request;
  const other = await grantOf(ada, "smartai-product-eng");
  expect((await call(ada, "delete_workspace", { workspace: IT, grant: other, typed: IT })).status()).toBe(409);
  expect((await get(`/${IT}/customers`, { cookie: await sessionOf(ADA) })).status).toBe(200);
});

test("deleted: open tabs are told, 410 for whoever had a seat, nothing for others; an owner restores it whole", async ({ as }) => {
  const [owner, viewer] = [await as(ADA), await as(VIK)];
  const before = await customersOf(IT);
  await connected(viewer, `/${IT}/customers`);
  await rowsAreThere(viewer);
  await deleteIt(owner);
  await expect(viewer.getByRole("heading", { level: 1 })).toHaveText("IT was deleted");
  await expect(viewer.getByTestId("row")).toHaveCount(0);
  const [vik, mia] = [await sessionOf(VIK), await sessionOf(MIA)];
  expect((await get(`/${IT}/customers`, { cookie: vik })).status).toBe(410);
  expect((await get(`/${IT}/customers`, { cookie: mia })).status, "a stranger learns that there was one").toBe(404);
  await open(viewer, `/${IT}/customers`);
  await expect(viewer.getByTestId("gone")).toBeVisible();
  await expect(viewer.getByTestId("restore"), "a viewer is offered to restore it").toHaveCount(0);

  const row = owner.getByTestId("deleted-row");
  await expect(row).toContainText("can be restored until");
  await row.getByTestId("restore").click();
  await expect(owner).toHaveURL(`/${IT}/overview`);
  await expect(workspaceName(owner)).toHaveText("IT");
  expect(await customersOf(IT), "it did not come back whole").toEqual(before);
  await open(viewer, `/${IT}/customers`);
  await rowsAreThere(viewer);
});

test("from the page that says it is deleted, an owner restores it, with and without JavaScript", async ({ as, browser }) => {
  const page = await as(ADA);
  await deleteIt(page);
  await open(page, `/${IT}/invoices`);
  await page.getByTestId("restore").click();
  await expect(page).toHaveURL(`/${IT}/overview`);
  await rowsAreThere(page).catch(() => {});
  await expect(workspaceName(page)).toHaveText("IT");

  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const bare = await context.newPage();
  await bare.goto(DANGER);
  await bare.fill("[name=slug]", "wrong-one");
  await bare.getByRole("button", { name: "Delete workspace" }).click();
  await expect(bare.locator("#slug-error")).toHaveText("That isn’t the URL of this workspace. Nothing was deleted.");
  await bare.fill("[name=slug]", IT);
  await bare.getByRole("button", { name: "Delete workspace" }).click();
  await expect(bare).toHaveURL("/home");
  await bare.goto(`/${IT}/invoices`);
  await bare.getByTestId("restore").click();
  await expect(bare).toHaveURL(`/${IT}/overview`);
  await context.close();
});

test("sent twice at once it is deleted once", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  const lines = async () => Number((await sql("select count(*) as n from workspace.audit_log where action = 'workspace_deleted'"))[0].n);
  const before = await lines();
  const answers = await Promise.all([1, 2, 3].map(() => call(request, "delete_workspace", { workspace: IT, grant, typed: IT })));
  expect(answers.map((a) => a.status()).sort()).toEqual([200, 410, 410]);
  expect((await lines()) - before, "the log tells of it another number of times").toBe(1);
});

test("a new workspace: address proposed and looked at, created, opened, in the switcher; a member is not offered one", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/overview`);
  await page.getByTestId("switcher").click();
  await page.getByRole("link", { name: "New workspace" }).click();
  await expect(page).toHaveURL("/new");
  const name = `Fresh ${Date.now().toString(36)}`;
  await page.fill("[name=name]", name);
  const slug = `smartai-${name.toLowerCase().replace(" ", "-")}`;
  await expect(page.locator("[name=slug]"), "no address is proposed").toHaveValue(slug);
  await expect(page.getByTestId("slug-status")).toHaveText("This URL is available.");
  await page.getByRole("button", { name: "Create workspace" }).click();
  await expect(page).toHaveURL(`/${slug}/overview`);
  await expect(workspaceName(page)).toHaveText(name);
  await page.getByTestId("switcher").click();
  await expect(page.locator(`[data-testid=switcher-item][data-slug=${slug}]`)).toBeVisible();
  const { entry } = await enter(page.context().request, `/${slug}/overview`);
  expect(entry.workspace.organization).toBe("SmartAI");

  const member = await as(MIA);
  await open(member, "/home");
  await expect(member.getByRole("link", { name: "New workspace" })).toHaveCount(0);
  await open(member, "/new");
  await expect(member.getByText("You can’t create workspaces")).toBeVisible();
  const organization = entry.workspace.organization_id;
  const refused = await call(member.context().request, "create_workspace", { input: { name: "Sneaked", slug: "sneaked-in", organization } });
  expect(refused.status(), "a member creates a workspace").toBe(422);
  // It is not taken down again for real: nothing but the product's own way exists, and that is kept.
  await sql("update account.workspaces set deleted_at = now() where slug = $1", [slug]);
  await sql("update account.workspaces set deleted_at = now() - interval '20 days' where slug = $1", [slug]);
});
