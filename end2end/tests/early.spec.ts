// The time between a page's first paint and the program taking over belongs to the person: what they type stays, links
// work, and Back leads back. The program's arrival is held up here, as a slow network would.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { customersOf } from "../support/facts";
import { contextOf, live, open } from "../support/people";

let context: BrowserContext;
let page: Page;
let release: () => void;

/** Holds the program back until `release` is called. */
async function holdBack(): Promise<void> {
  const held = new Promise<void>((done) => (release = done));
  await page.route("**/stile.wasm", async (route) => {
    await held;
    await route.continue();
  });
}

test.beforeEach(async ({ browser }) => {
  context = await contextOf(browser, "ada@smartai.example");
  page = await context.newPage();
});
test.afterEach(() => context.close());

test("what is typed into a form before stays", async () => {
  await holdBack();
  await page.goto("/smartai-it/customers/new", { waitUntil: "commit" });
  const typed = { name: "Typed early", email: "early@typed.example", note: "a note" };
  for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text);
  await page.selectOption("[name=country]", "DE");
  release();
  await live(page);
  for (const [name, text] of Object.entries({ ...typed, country: "DE" })) {
    await expect.soft(page.locator(`[name=${name}]`), `${name} was lost when the program took over`).toHaveValue(text);
  }
});

test("what is typed into sign-in before stays", async ({ browser }) => {
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

test("a link, clicked before, works", async () => {
  await holdBack();
  await page.goto("/smartai-it/customers", { waitUntil: "commit" });
  await page.getByTestId("row").first().locator(".row-link").click({ noWaitAfter: true });
  await expect(page).toHaveURL(/\/customers\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { name: "Facts" })).toBeVisible();
  release();
});
