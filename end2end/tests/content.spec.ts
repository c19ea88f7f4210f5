// Creating, editing and archiving with JavaScript: errors appear at their fields, all input stays, and the focus moves
// to the first wrong field. A message confirms each change, and the page shows it. Only people with the right see the
// controls.
import { expect, test, type Page } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf, live, open } from "../support/people";
import { forget, value } from "../support/made";

const NAME = "Tested";
const ADA = "ada@smartai.example";
const count = () => value<string>("select (select count(*) from workspace.customers where starts_with(name, $1)) + (select count(*) from workspace.products where starts_with(name, $1))", [NAME]);

test.afterEach(() => forget(NAME));

/** Records the documents that load from now on. */
function documents(page: Page): string[] {
  const loaded: string[] = [];
  page.on("request", (request) => request.isNavigationRequest() && loaded.push(request.url()));
  return loaded;
}

test("a customer is created after wrong input, edited, archived and restored without loading a document", async ({ browser }) => {
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
  await expect(page.locator("[name=name]"), "a correct field is marked as wrong").not.toHaveAttribute("aria-invalid");
  for (const [name, text] of Object.entries(typed)) await expect.soft(page.locator(`[name=${name}]`), `${name} was changed or lost`).toHaveValue(text);
  await expect.soft(page.locator("[name=email]"), "the focus is not on the first wrong field").toBeFocused();
  expect(await count(), "a refused form created a row").toBe("0");

  await page.fill("[name=email]", "Billing@Tested.example");
  await page.selectOption("[name=country]", "FR");
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByTestId("toast"), "no message confirms the creation").toHaveText("Customer created");
  await expect(page).toHaveURL(/\/smartai-it\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} customer`);
  await expect(page.getByRole("definition").filter({ hasText: "billing@tested.example" })).toBeVisible();
  expect(await value("select note from workspace.customers where starts_with(name, $1)", [NAME])).toBe(typed.note);

  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page.locator("[name=country]")).toHaveValue("FR");
  await expect.soft(page.locator("[name=note]"), "the form does not show the stored note").toHaveValue(typed.note);
  await page.fill("[name=name]", `${NAME} and renamed`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} and renamed`);
  await page.goBack();
  await expect(page, "Back leads to a form that was already saved").not.toHaveURL(/edit|new/);
  await page.goForward();

  const status = page.locator(".page-head .status");
  for (const [button, verb, reads] of [["Archive", "archived", "Archived"], ["Restore", "restored", "Active"]]) {
    await page.getByRole("button", { name: button }).click();
    await expect(page.getByTestId("toast").last()).toHaveText(`${NAME} and renamed ${verb}`);
    await expect(status).toHaveText(reads);
    expect(await value("select status from workspace.customers where starts_with(name, $1)", [NAME])).toBe(reads.toLowerCase());
  }
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Customers" }).click();
  await expect(page.getByTestId("count"), "the list does not include the new customer").toHaveText(String(total + 1));
  expect(loaded, "a document was loaded").toEqual([]);
  await context.close();
});

test("the error mark disappears when its field is corrected", async ({ browser }) => {
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

test("a product code that is taken is refused at its field; another code is accepted", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  const [{ code: taken }] = await sql("select code from workspace.products p join account.workspaces w on w.id = p.workspace_id where slug = 'smartai-it' order by code limit 1");
  await open(page, "/smartai-it/products/new");
  await page.fill("[name=name]", `${NAME} product`);
  await page.fill("[name=code]", taken);
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.locator("[name=code]")).toHaveAccessibleDescription(/Another product of this workspace has that code\./);
  await expect(page.locator("[name=code]"), "the code was lost").toHaveValue(taken);
  await expect.soft(page.locator("[name=code]"), "the focus is not on the first wrong field").toBeFocused();
  await page.fill("[name=code]", "tested-code");
  await page.getByRole("button", { name: "Create product" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${NAME} product`);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.fill("[name=description]", "Sold by weight");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("definition").filter({ hasText: /^Sold by weight$/ })).toBeVisible();
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.locator(".page-head .status")).toHaveText("Archived");
  await context.close();
});

test("two workspaces can use the same product code", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  for (const slug of ["smartai-it", "smartai-product-eng"]) {
    await open(page, `/${slug}/products/new`);
    await page.fill("[name=name]", `${NAME} twin`);
    await page.fill("[name=code]", "tested-twin");
    await page.getByRole("button", { name: "Create product" }).click();
    await expect(page, slug).toHaveURL(new RegExp(`/${slug}/products/[0-9a-f-]{36}$`));
  }
  await context.close();
});

/** Lists the links and buttons of a list and a detail page that change something. */
async function offered(page: Page, slug: string): Promise<string[]> {
  const all: string[] = [];
  for (const noun of ["customers", "products", "rate-plans"]) {
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
  test(`${what} sees no control to create, edit or archive, and can't open a form`, async ({ browser }) => {
    const context = await contextOf(browser, who);
    const page = await context.newPage();
    expect(await offered(page, slug)).toEqual([]);
    const [{ id }] = await sql("select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 limit 1", [slug]);
    const [plan] = await sql("select p.id from workspace.rate_plans p join account.workspaces w on w.id = p.workspace_id where slug = $1 limit 1", [slug]);
    const [goods] = await sql("select p.id from workspace.products p join account.workspaces w on w.id = p.workspace_id where slug = $1 limit 1", [slug]);
    const ofCatalogue = ["rate-plans/new", `rate-plans/${plan.id}/details`, `rate-plans/${plan.id}/edit`, `rate-plans/${plan.id}/publish`, `products/${goods.id}/meters/new`];
    for (const path of ["customers/new", "products/new", `customers/${id}/edit`, ...ofCatalogue]) {
      const answer = await page.goto(`/${slug}/${path}`);
      expect(answer?.status(), path).toBe(403);
      await live(page);
      await expect(page.getByTestId("why-not"), `${path} does not explain that the role lacks the right`).toBeVisible();
      await expect(page.locator("form[method=post] [name=name]")).toHaveCount(0);
    }
    await context.close();
  });
}

test("control: an owner sees all controls", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const found = await offered(await context.newPage(), "smartai-it");
  for (const text of ["New customer", "New product", "New rate plan", "Edit", "Archive"]) expect(found).toContain(text);
  await context.close();
});
