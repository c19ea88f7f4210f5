// The time between a page's first paint and the start of the program: input stays, links work, and Back leads back.
// These tests delay the program, as a slow network does.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { customersOf } from "../support/facts";
import { contextOf, live, open } from "../support/people";

let context: BrowserContext;
let page: Page;
let release: () => void;

/** Delays the program until `release` is called. */
async function holdBack(): Promise<void> {
  const held = new Promise<void>((done) => (release = done));
  await page.route("**/stile_bg.wasm", async (route) => {
    await held;
    await route.continue();
  });
}

test.beforeEach(async ({ browser }) => {
  context = await contextOf(browser, "ada@smartai.example");
  page = await context.newPage();
});
test.afterEach(() => context.close());

test("text in a form that was typed before the program starts stays", async () => {
  await holdBack();
  await page.goto("/smartai-it/customers/new", { waitUntil: "commit" });
  const typed = { name: "Typed early", email: "early@typed.example", note: "a note" };
  for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text);
  await page.selectOption("[name=country]", "DE");
  release();
  await live(page);
  for (const [name, text] of Object.entries({ ...typed, country: "DE" })) {
    await expect.soft(page.locator(`[name=${name}]`), `${name} was lost when the program started`).toHaveValue(text);
  }
});

test("text in the sign-in form that was typed before the program starts stays", async ({ browser }) => {
  const fresh = await browser.newContext();
  page = await fresh.newPage();
  await holdBack();
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.fill("[name=email]", "ada@smartai.example");
  await page.fill("[name=password]", "half a pass");
  release();
  await live(page);
  await expect(page.locator("[name=email]"), "the address was lost").toHaveValue("ada@smartai.example");
  await expect(page.locator("[name=password]"), "the password was lost").toHaveValue("half a pass");
  await fresh.close();
});

test("a search that was typed before the program starts is done", async () => {
  const all = await customersOf("smartai-it");
  const name = all[7].name;
  await holdBack();
  await page.goto("/smartai-it/customers", { waitUntil: "commit" });
  await page.fill("#list-search", name);
  release();
  await live(page);
  await expect(page.locator("#list-search"), "the search was lost when the program started").toHaveValue(name);
  await expect(page.getByTestId("row"), "the search text stays, but the list is not filtered").toHaveCount(all.filter((c) => c.name.includes(name)).length);
  await expect(page.getByTestId("row").first()).toContainText(name);
});

test("a filter that was chosen before the program starts is applied", async () => {
  await holdBack();
  await page.goto("/smartai-it/customers", { waitUntil: "commit" });
  await page.selectOption("#list-status", "archived");
  release();
  await live(page);
  await expect(page.locator("#list-status"), "the choice was lost when the program started").toHaveValue("archived");
  await expect(page).toHaveURL(/status=archived/);
});

test("a search in the picker that was typed before the program starts is done", async () => {
  await holdBack();
  await page.goto("/home", { waitUntil: "commit" });
  await page.locator("#picker-search").pressSequentially("fin");
  release();
  await live(page);
  await expect(page.locator("#picker-search")).toHaveValue("fin");
  await expect(page.getByTestId("picker-row")).toHaveCount(1);
});

test("a token's name that was typed before the program starts stays", async () => {
  await holdBack();
  await page.goto("/account/tokens", { waitUntil: "commit" });
  await page.fill("#name", "Nightly");
  release();
  await live(page);
  await expect(page.locator("#name")).toHaveValue("Nightly");
});

test("Back that was pressed before the program starts leads back", async () => {
  await open(page, "/smartai-it/customers");
  await page.locator('nav a[href="/smartai-it/products"]').first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Products" })).toBeVisible();
  await holdBack();
  await page.reload({ waitUntil: "commit" });
  await expect(page.getByRole("heading", { level: 1, name: "Products" })).toBeVisible();
  await page.evaluate(() => history.back());
  await expect(page).toHaveURL("/smartai-it/customers");
  release();
  await live(page);
  await expect(page.getByRole("heading", { level: 1 }), "the page does not match its address").toHaveText("Customers");
  await expect(page.getByTestId("row").first()).toBeVisible();
});

test("a link that was clicked before the program starts works", async () => {
  await holdBack();
  await page.goto("/smartai-it/customers", { waitUntil: "commit" });
  await page.getByTestId("row").first().locator(".row-link").click({ noWaitAfter: true });
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();
  release();
});
