// Renaming a workspace and its address while people work in it: open tabs continue and keep all input. Old links
// redirect members and answer strangers with 404. No other workspace can ever take an old address (docs/SECURITY.md,
// I-13).
import { type Page } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { IT, sql } from "../support/facts";
import { live, open } from "../support/people";
import { get, sessionOf } from "../support/raw";
import { rowsAreThere, workspaceName } from "../support/switching";

const NEW = "smartai-tech";

test.afterEach(async () => {
  await sql("update account.workspaces set slug = $1, name = 'IT', description = '', time_zone = 'UTC' where id = (select workspace_id from account.slugs where slug = $1)", [IT]);
  await sql("delete from account.slugs where retired_at is not null and workspace_id = (select workspace_id from account.slugs where slug = $1)", [IT]);
  await sql("delete from workspace.customers where starts_with(name, 'Rename')");
});

async function connected(page: Page, path: string): Promise<void> {
  const told = page.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await page.goto(path);
  await live(page);
  await told;
}

async function rename(page: Page, to: string): Promise<void> {
  await open(page, `/${IT}/settings/general`);
  await page.fill("[name=slug]", to);
  await expect(page.getByTestId("slug-status")).toHaveText("This URL is available.");
  await expect(page.getByTestId("slug-warning")).toContainText(`from /${IT} to /${to}`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(`/${to}/settings/general`);
}

test("two open tabs continue after a rename, and a half-filled form still saves", async ({ as }) => {
  const admin = await as(ADA);
  const [list, form] = [await as(VIK), await as(ADA)];
  await connected(list, `/${IT}/customers?q=a`);
  await rowsAreThere(list);
  await connected(form, `/${IT}/customers/new`);
  await form.fill("[name=name]", "Rename survivor");
  await form.fill("[name=email]", "a@rename.example");
  await list.evaluate(() => ((window as Window & { stileMark?: string }).stileMark = "here"));
  await rename(admin, NEW);

  await expect(list).toHaveURL(`/${NEW}/customers?q=a`);
  await expect(list.getByTestId("toast")).toContainText(`/${NEW}`);
  expect(await list.evaluate(() => (window as Window & { stileMark?: string }).stileMark), "a document was loaded").toBe("here");
  await list.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(list).toHaveURL(`/${NEW}/invoices`);
  await rowsAreThere(list);
  await list.goBack();
  await expect(list).toHaveURL(`/${NEW}/customers?q=a`);
  await expect(workspaceName(list)).toHaveText("IT");

  await expect(form).toHaveURL(`/${NEW}/customers/new`);
  await expect(form.locator("[name=name]"), "the input was lost").toHaveValue("Rename survivor");
  await form.selectOption("[name=country]", "DE");
  await form.getByRole("button", { name: "Create customer" }).click();
  await expect(form.getByRole("heading", { level: 1 })).toHaveText("Rename survivor");
  await expect(form).toHaveURL(new RegExp(`^[^/]*//[^/]*/${NEW}/customers/[0-9a-f-]{36}$`));
});

test("old links redirect members with path and query, and answer strangers with 404", async ({ as }) => {
  await rename(await as(ADA), NEW);
  const [vik, mia] = [await sessionOf(VIK), await sessionOf(MIA)];
  const moved = await get(`/${IT}/customers?q=acme&status=active`, { cookie: vik });
  expect([moved.status, moved.headers.location]).toEqual([301, `/${NEW}/customers?q=acme&status=active`]);
  expect((await get(`/${IT}/customers`, { cookie: mia })).status, "a stranger learns of the rename").toBe(404);
  expect((await get(`/${NEW}/customers`, { cookie: mia })).status).toBe(404);
  const settings = await as(ADA);
  await open(settings, `/${NEW}/settings/general`);
  const row = settings.getByRole("table", { name: "Old URLs" }).getByTestId("row");
  await expect(row).toHaveCount(1);
  await expect(row, "the last use of the old address is not shown").toContainText(IT);
  await expect(row).toContainText("just now");
});

test("unavailable addresses are refused at the field, for any reason", async ({ as }) => {
  const page = await as(ADA);
  await rename(page, NEW);
  await open(page, `/new`);
  for (const [typed, says] of [
    [IT, "That URL is taken. Try another."],
    [NEW, "That URL is taken. Try another."],
    ["globalai-finance", "That URL is taken. Try another."],
    ["admin", "That URL is taken. Try another."],
    ["No", "Use only lowercase letters, numbers and hyphens."],
    ["ab", "Use at least 3 characters."],
    ["a--b", "Use single hyphens, between letters or numbers."],
  ]) {
    await page.fill("[name=slug]", typed);
    await expect(page.locator("#slug-error"), typed).toHaveText(says);
    await page.fill("[name=name]", "Taken");
    await page.getByRole("button", { name: "Create workspace" }).click();
    await expect(page.locator("#slug-error"), `error for ${typed} after sending`).toHaveText(says);
    await expect(page).toHaveURL("/new");
  }
  expect(await sql("select from account.workspaces where name = 'Taken'")).toHaveLength(0);
  // A workspace may take back its own old address.
  await open(page, `/${NEW}/settings/general`);
  await page.fill("[name=slug]", IT);
  await expect(page.getByTestId("slug-status")).toHaveText("This URL is available.");
});

test("name, description and time zone are saved, and other tabs show the new name", async ({ as }) => {
  const [page, other] = [await as(ADA), await as(VIK)];
  await connected(other, `/${IT}/overview`);
  await open(page, `/${IT}/settings/general`);
  await page.fill("[name=name]", "Tech");
  await page.fill("[name=description]", "Laptops and licences");
  await page.selectOption("[name=time_zone]", "Europe/Berlin");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByTestId("toast")).toContainText("Settings saved");
  await expect(workspaceName(page)).toHaveText("Tech");
  await expect(workspaceName(other)).toHaveText("Tech");
  await page.reload();
  await expect(page.locator("[name=description]")).toHaveValue("Laptops and licences");
  await expect(page.locator("[name=time_zone]")).toHaveValue("Europe/Berlin");
});

test("a viewer is told why settings are not available, and the server refuses them", async ({ as }) => {
  const page = await as(VIK);
  for (const name of ["general", "audit", "danger"]) {
    await open(page, `/${IT}/settings/${name}`);
    await expect(page.getByTestId("why-not"), name).toContainText("owners and admins");
    await expect(page.locator(".settings form"), name).toHaveCount(0);
  }
});

test("general settings can be saved without JavaScript", async ({ browser }) => {
  const { contextOf } = await import("../support/people");
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/settings/general`);
  await page.fill("[name=slug]", "globalai-finance");
  await page.fill("[name=name]", "Tech");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#slug-error")).toHaveText("That URL is taken. Try another.");
  await expect(page.locator("[name=name]"), "the input was lost").toHaveValue("Tech");
  await page.fill("[name=slug]", NEW);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(`/${NEW}/settings/general`);
  await context.close();
});
