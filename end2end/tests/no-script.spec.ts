// Reading without JavaScript: picker, switcher, navigation, search, sorting and paging work. Rows are links, filters
// are a GET form, and controls that need a script are hidden.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { customersOf } from "../support/facts";
import { contextOf } from "../support/people";
import { openPriced, pagesOf } from "../support/priced";

let context: BrowserContext;
let page: Page;

test.beforeEach(async ({ browser }) => {
  context = await contextOf(browser, "ada@smartai.example", { javaScriptEnabled: false });
  page = await context.newPage();
});

test.afterEach(() => context.close());

const names = () => page.getByTestId("row").locator(".row-link").allTextContents();

test("the picker lists every workspace, and a row opens it", async () => {
  await page.goto("/home");
  const listed = await page.getByTestId("picker-row").evaluateAll((all) => all.map((row) => `${row.dataset.slug} ${row.getAttribute("href")}`));
  expect(listed.toSorted()).toEqual(["globalai-finance /globalai-finance/overview", "smartai-it /smartai-it/overview", "smartai-product-eng /smartai-product-eng/overview"]);
  await page.locator('[data-testid=picker-row][data-slug="globalai-finance"]').click();
  await expect(page).toHaveURL("/globalai-finance/overview");
  await expect(page.getByTestId("workspace-name")).toHaveText("Finance");
});

test("Refresh loads the picker again", async () => {
  await page.goto("/home");
  await page.getByTestId("refresh").click();
  await expect(page).toHaveURL("/home");
  await expect(page.getByTestId("picker-row")).toHaveCount(3);
});

test("the switcher opens, and its rows lead to the same page of another workspace", async () => {
  await page.goto("/smartai-it/customers?q=a");
  const item = page.locator('[data-testid=switcher-item][data-slug="globalai-finance"]');
  await expect(item, "the menu is open before a click").toBeHidden();
  await page.getByTestId("switcher").click();
  await expect(item, "the menu does not open").toBeVisible();
  await expect(page.getByPlaceholder("Find a workspace"), "a search that needs a script is shown").toBeHidden();
  await item.click();
  await expect(page, "the link does not lead to the same page without the search").toHaveURL("/globalai-finance/customers");
  await expect(page.getByTestId("workspace-name")).toHaveText("Finance");
  const expected = (await customersOf("globalai-finance")).slice(0, 20).map((c) => c.name);
  expect(await names(), "the rows are not those of Finance").toEqual(expected);
});

test("the navigation opens every section and marks the current one", async () => {
  await page.goto("/smartai-it/overview");
  for (const [title, path] of [["Products", "products"], ["Rate plans", "rate-plans"], ["Customers", "customers"], ["Usage", "usage"], ["Invoices", "invoices"], ["Overview", "overview"]]) {
    const link = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: title });
    await link.click();
    await expect(page).toHaveURL(`/smartai-it/${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
    await expect(link, `${title} is not marked as the current page`).toHaveAttribute("aria-current", "page");
  }
});

test("the profile menu opens and leads to the picker and the tokens", async () => {
  await page.goto("/smartai-it/overview");
  for (const [name, url] of [["Switch workspace", "/home"], ["Tokens", "/account/tokens"]]) {
    await page.getByTestId("profile-menu").click();
    await page.locator("#profile-menu").getByRole("link", { name }).click();
    await expect(page).toHaveURL(url);
    await page.goBack();
  }
});

test("controls that need a script are hidden", async () => {
  await page.goto("/smartai-it/customers");
  await expect(page.getByRole("button", { name: "Apply" }), "control: the button to apply the filter is visible").toBeVisible();
  for (const button of await page.locator("[data-script]").all()) await expect(button).toBeHidden();
  expect(await page.locator("[data-script]").count(), "control: there are hidden controls").toBeGreaterThan(2);
});

test("the form searches and filters a list", async () => {
  await page.goto("/smartai-it/customers");
  const all = await customersOf("smartai-it");
  await expect(page.getByTestId("count")).toHaveText(String(all.length));
  const word = all[3].name.split(" ")[0];
  await page.fill("[name=q]", word);
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(`/smartai-it/customers?q=${encodeURIComponent(word)}&status=`);
  const found = await names();
  expect(found, `${word} is not found`).toContain(all[3].name);
  expect(found.length, "the search did not filter").toBeLessThan(all.length);
  await expect(page.getByTestId("count")).toHaveText(String(found.length));
  await expect(page.locator("[name=q]"), "the search field lost its text").toHaveValue(word);

  await page.fill("[name=q]", "");
  await page.selectOption("[name=status]", "archived");
  await page.getByRole("button", { name: "Apply" }).click();
  const statuses = await page.getByTestId("row").locator(".status").allTextContents();
  expect(new Set(statuses), "the filter shows other statuses, or no row").toEqual(new Set(["Archived"]));
  await expect(page.locator("[name=status]")).toHaveValue("archived");

  await page.fill("[name=q]", "no customer is called so");
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(page.getByRole("heading", { name: "No customers match" })).toBeVisible();
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(page.getByTestId("count")).toHaveText(String(all.length));
});

test("column heads sort in both directions", async () => {
  await page.goto("/smartai-it/customers");
  const head = page.getByRole("columnheader", { name: "Name" });
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  const ascending = (await customersOf("smartai-it")).map((c) => c.name);
  expect(await names()).toEqual(ascending.slice(0, 20));
  await head.getByRole("link").click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  expect(await names(), "the rows are not in reverse order").toEqual(ascending.toReversed().slice(0, 20));
});

test("Next and Previous visit every row once and in order", async () => {
  await page.goto("/smartai-it/customers");
  const all = (await customersOf("smartai-it")).map((c) => c.name);
  const [previous, next] = ["Previous", "Next"].map((name) => page.getByRole("navigation", { name: "Pages" }).getByText(name, { exact: true }));
  await expect(previous, "Previous is enabled on the first page").toHaveAttribute("aria-disabled", "true");
  const pages: string[][] = [await names()];
  while ((await next.getAttribute("href")) !== null) {
    await next.click();
    pages.push(await names());
    expect(pages.length, "the paging does not end").toBeLessThan(20);
  }
  expect(pages.length, "control: there are several pages").toBeGreaterThan(1);
  expect(pages.flat(), "the pages together differ from the list").toEqual(all);
  for (let at = pages.length - 2; at >= 0; at--) {
    await previous.click();
    expect(await names(), `going back, page ${at + 1} has other rows`).toEqual(pages[at]);
  }
});

test("pages of prices and usage show their content and their own buttons, and no control that needs a script", async ({ browser }) => {
  const priced = await openPriced(browser, "no-script");
  const owner = await contextOf(browser, priced.owner, { javaScriptEnabled: false });
  const plain = await owner.newPage();
  let [hidden, own] = [0, 0];
  for (const { name, path, shows } of pagesOf(priced)) {
    expect((await plain.goto(path))?.status(), name).toBe(200);
    await expect(plain.locator(shows).first(), name).toBeVisible();
    for (const control of await plain.locator("[data-script]").all()) await expect(control, name).toBeHidden();
    for (const control of await plain.locator("main [data-no-script]").all()) await expect(control, name).toBeVisible();
    hidden += await plain.locator("[data-script]").count();
    own += await plain.locator("main [data-no-script]").count();
  }
  expect(hidden, "control: there are hidden controls").toBeGreaterThan(2);
  expect(own, "control: there are buttons for pages without a script").toBeGreaterThan(2);
  await owner.close();
});
