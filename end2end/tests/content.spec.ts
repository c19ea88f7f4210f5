// Creating, editing and archiving with JavaScript: errors stand at their fields, nothing typed is lost, the focus goes
// to the first bad field; what was done is said and shown; and only those who may are offered it.
import { expect, test, type Page } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf, live, open } from "../support/people";
import { forget, value } from "../support/made";

const NAME = "Tested";
const ADA = "ada@smartai.example";
const count = () => value<string>("select (select count(*) from workspace.customers where starts_with(name, $1)) + (select count(*) from workspace.products where starts_with(name, $1))", [NAME]);

test.afterEach(() => forget(NAME));

/** The documents that are loaded from now on. */
function documents(page: Page): string[] {
  const loaded: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loaded.push(request.url()));
  return loaded;
}

test("a customer, from bad input to archived and back, without loading a document", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/smartai-it/customers");
  const total = Number((await page.getByTestId("count").textContent())?.replace(",", ""));
  const loaded = documents(page);
  await page.getByRole("link", { name: "New customer" }).click();
  const typed = { name: `${NAME} customer`, email: "billing at tested", note: "line one\nline two" };
  for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text);
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("alert")).toContainText("Fix 2 fields to save.");
  await expect(page.locator("[name=email]")).toHaveAccessibleDescription(/Enter a valid email, like name@example\.com\./);
  await expect(page.locator("[name=country]")).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("[name=name]"), "a good field is marked").not.toHaveAttribute("aria-invalid");
  for (const [name, text] of Object.entries(typed)) await expect.soft(page.locator(`[name=${name}]`), `${name} was changed or lost`).toHaveValue(text);
  await expect.soft(page.locator("[name=email]"), "the focus is not on the first bad field").toBeFocused();
  expect(await count(), "a refused form made something").toBe("0");

  await page.fill("[name=email]", "Billing@Tested.example");
  await page.selectOption("[name=country]", "FR");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByTestId("toast"), "it does not say that it is done").toHaveText("Customer created");
  await expect(page).toHaveURL(/\/smartai-it\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} customer`);
  await expect(page.getByRole("definition").filter({ hasText: "billing@tested.example" })).toBeVisible();
  expect(await value("select note from workspace.customers where starts_with(name, $1)", [NAME])).toBe(typed.note);

  await page.getByRole("link", { name: "Edit" }).click();
  await expect(page.locator("[name=country]")).toHaveValue("FR");
  await expect.soft(page.locator("[name=note]"), "the note is not what is stored").toHaveValue(typed.note);
  await page.fill("[name=name]", `${NAME} and renamed`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} and renamed`);
  await page.goBack();
  await expect(page, "Back leads to the form that is done with").not.toHaveURL(/edit|new/);
  await page.goForward();

  const status = page.locator(".page-head .status");
  for (const [button, said, reads] of [["Archive", "archived", "Archived"], ["Restore", "restored", "Active"]]) {
    await page.getByRole("button", { name: button }).click();
    await expect(page.getByTestId("toast").last()).toHaveText(`${NAME} and renamed ${said}`);
    await expect(status).toHaveText(reads);
    expect(await value("select status from workspace.customers where starts_with(name, $1)", [NAME])).toBe(reads.toLowerCase());
  }
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Customers" }).click();
  await expect(page.getByTestId("count"), "the list is as old as before").toHaveText(String(total + 1));
  expect(loaded, "a document was loaded").toEqual([]);
  await context.close();
});

test("a mark goes away when its field is mended", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/smartai-it/customers/new");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("alert")).toContainText("Fix 3 fields to save.");
  await page.fill("[name=name]", `${NAME} by half`);
  await page.selectOption("[name=country]", "FR");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("alert")).toContainText("Fix 1 field to save.");
  await expect(page.locator("[name=name]")).not.toHaveAttribute("aria-invalid");
  await expect(page.locator("[name=email]")).toHaveAttribute("aria-invalid", "true");
  await context.close();
});

test("a product with a taken code is refused at that field; with another it goes through", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  const [{ code: taken }] = await sql("select code from workspace.products p join account.workspaces w on w.id = p.workspace_id where slug = 'smartai-it' order by code limit 1");
  await open(page, "/smartai-it/products/new");
  await page.fill("[name=name]", `${NAME} product`);
  await page.fill("[name=code]", taken);
  await page.fill("[name=unit]", "seat");
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.locator("[name=code]")).toHaveAccessibleDescription(/Another product of this workspace has that code\./);
  await expect(page.locator("[name=code]"), "the code was lost").toHaveValue(taken);
  await expect.soft(page.locator("[name=code]"), "the focus is not on the first bad field").toBeFocused();
  await page.fill("[name=code]", "tested-code");
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} product`);
  await page.getByRole("link", { name: "Edit" }).click();
  await page.fill("[name=unit]", "GB");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("definition").filter({ hasText: /^GB$/ })).toBeVisible();
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.locator(".page-head .status")).toHaveText("Archived");
  await context.close();
});

test("the same code is free in another workspace", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  for (const slug of ["smartai-it", "smartai-product-eng"]) {
    await open(page, `/${slug}/products/new`);
    await page.fill("[name=name]", `${NAME} twin`);
    await page.fill("[name=code]", "tested-twin");
    await page.fill("[name=unit]", "seat");
    await page.getByRole("button", { name: "Create product" }).click();
    await expect(page, slug).toHaveURL(new RegExp(`/${slug}/products/[0-9a-f-]{36}$`));
  }
  await context.close();
});

/** What one seat is offered: links and buttons that change something, on a list, on a detail. */
async function offered(page: Page, slug: string): Promise<string[]> {
  const all: string[] = [];
  for (const noun of ["customers", "products"]) {
    await open(page, `/${slug}/${noun}`);
    await page.getByTestId("row").first().waitFor();
    const look = () => page.getByRole("main").locator("a.btn.primary, form[method=post] button, a[href$='/edit'], a[href$='/new']").allInnerTexts();
    all.push(...(await look()));
    await page.getByTestId("row").first().locator(".row-link").click();
    await page.getByRole("heading", { name: "Details" }).waitFor();
    all.push(...(await look()));
  }
  return all.map((text) => text.trim());
}

for (const [who, slug, what] of [
  ["vik@smartai.example", "smartai-it", "a Viewer"],
  [ADA, "globalai-finance", "a Billing admin"],
] as const) {
  test(`${what} is offered nothing to create, edit or archive, and gets to no form`, async ({ browser }) => {
    const context = await contextOf(browser, who);
    const page = await context.newPage();
    expect(await offered(page, slug)).toEqual([]);
    const [{ id }] = await sql("select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 limit 1", [slug]);
    for (const path of ["customers/new", "products/new", `customers/${id}/edit`]) {
      const answer = await page.goto(`/${slug}/${path}`);
      expect(answer?.status(), path).toBe(403);
      await live(page);
      await expect(page.getByTestId("why-not"), `${path} does not say that the seat does not allow it`).toBeVisible();
      await expect(page.locator("form[method=post] [name=name]")).toHaveCount(0);
    }
    await context.close();
  });
}

test("the control: an Owner is offered all of it", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const found = await offered(await context.newPage(), "smartai-it");
  for (const text of ["New customer", "New product", "Edit", "Archive"]) expect(found).toContain(text);
  await context.close();
});
