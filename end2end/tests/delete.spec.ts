// Deleting and restoring a workspace: an owner deletes it by typing its address, which the server checks. Open tabs
// learn of it at once. It answers 410 to people who had a seat and 404 to others. An owner can restore all of it within
// 14 days.
import { type Page } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
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

test("a wrong address deletes nothing, with the form and with a direct call", async ({ as }) => {
  const page = await as(ADA);
  await open(page, DANGER);
  for (const typed of ["", "smartai", "SMARTAI-IT", "globalai-finance"]) {
    await page.fill("[name=slug]", typed);
    await page.getByRole("button", { name: "Delete workspace" }).click();
    await expect(page.locator("#slug-error"), `error for "${typed}"`).toHaveText("That isn’t the URL of this workspace. Nothing was deleted.");
  }
  const grant = await grantOf(page.context().request, IT);
  const answer = await call(page.context().request, "delete_workspace", { workspace: IT, grant, typed: "smartai" });
  expect(answer.status()).toBe(422);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
});

test("an admin sees why deleting is disabled, and the server refuses an admin and a grant of another workspace", async ({ as }) => {
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

test("after a deletion open tabs show it, people with a seat get 410, others get 404, and an owner restores everything", async ({ as }) => {
  const [owner, viewer] = [await as(ADA), await as(VIK)];
  const before = await customersOf(IT);
  await connected(viewer, `/${IT}/customers`);
  await rowsAreThere(viewer);
  await deleteIt(owner);
  await expect(viewer.getByRole("heading", { level: 1 })).toHaveText("IT was deleted");
  await expect(viewer.getByTestId("row")).toHaveCount(0);
  const [vik, mia] = [await sessionOf(VIK), await sessionOf(MIA)];
  expect((await get(`/${IT}/customers`, { cookie: vik })).status).toBe(410);
  expect((await get(`/${IT}/customers`, { cookie: mia })).status, "a stranger learns that the workspace existed").toBe(404);
  await open(viewer, `/${IT}/customers`);
  await expect(viewer.getByTestId("gone")).toBeVisible();
  await expect(viewer.getByTestId("restore"), "a viewer sees the restore button").toHaveCount(0);

  const row = owner.getByTestId("deleted-row");
  await expect(row).toContainText("can be restored until");
  await row.getByTestId("restore").click();
  await expect(owner).toHaveURL(`/${IT}/overview`);
  await expect(workspaceName(owner)).toHaveText("IT");
  expect(await customersOf(IT), "the restored workspace lacks data").toEqual(before);
  await open(viewer, `/${IT}/customers`);
  await rowsAreThere(viewer);
});

test("an owner restores a workspace from its 410 page, with and without JavaScript", async ({ as, browser }) => {
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

test("simultaneous requests delete the workspace once", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  const lines = async () => Number((await sql("select count(*) as n from workspace.audit_log where action = 'workspace_deleted'"))[0].n);
  const before = await lines();
  const answers = await Promise.all([1, 2, 3].map(() => call(request, "delete_workspace", { workspace: IT, grant, typed: IT })));
  expect(answers.map((a) => a.status()).sort()).toEqual([200, 410, 410]);
  expect((await lines()) - before, "expected one line in the audit log").toBe(1);
});

test("a new workspace gets a checked address, opens, and is in the switcher; a member can't create one", async ({ as }) => {
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
  expect(refused.status(), "a member can create a workspace").toBe(422);
  // There is no way to remove a workspace completely, so mark it as deleted long ago.
  await sql("update account.workspaces set deleted_at = now() where slug = $1", [slug]);
  await sql("update account.workspaces set deleted_at = now() - interval '20 days' where slug = $1", [slug]);
});
