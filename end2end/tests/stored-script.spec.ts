// Stored text stays text (docs/SECURITY.md, I-20, F-2): in lists, pages, forms, titles, menus, the palette and the data
// of a document, with and without JavaScript.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf, open } from "../support/people";
import { forget } from "../support/made";
import { complaints } from "../support/watch";

const MARK = "Xss ";
const NAME = `${MARK}"><img src=x onerror=window.pwned=1>{{7*7}}`;
const NOTE = "</textarea><script>window.pwned=1</script></script><!--<svg onload=window.pwned=1>]]>&lt;b&gt;";
// The switcher's rows are inside of <noscript> in the document. Their text must not close it.
const WORKSPACE = `</noscript><img src=x onerror=window.pwned=1>`;
let id: string;
let product: string;
let renamed: string;

test.beforeAll(async () => {
  const [made] = await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country, note)
     select id, gen_random_uuid(), $1, 'xss@script.example', 'DE', $2 from account.workspaces where slug = 'smartai-it' returning id`,
    [NAME, NOTE],
  );
  const [goods] = await sql(
    `insert into workspace.products (workspace_id, id, name, code, description)
     select id, gen_random_uuid(), $1, 'xss-code', $2 from account.workspaces where slug = 'smartai-it' returning id`,
    [NAME, NOTE],
  );
  [id, product] = [made.id, goods.id];
  // The name of the workspace appears in switcher, picker, palette and title.
  renamed = (await sql("select name from account.workspaces where slug = 'smartai-product-eng'"))[0].name;
  await sql("update account.workspaces set name = $1 where slug = 'smartai-product-eng'", [WORKSPACE]);
});

test.afterAll(async () => {
  await forget(MARK);
  await sql("update account.workspaces set name = $1 where slug = 'smartai-product-eng'", [renamed]);
});

/** Asserts that no stored markup became an element. */
async function inert(page: Page, where: string): Promise<void> {
  await expect(page.locator("img, svg[onload], script:not([src]):not([type='application/vnd.stile'])"), `${where}: markup came to life`).toHaveCount(0);
}

async function ran(page: Page): Promise<unknown> {
  return page.evaluate(() => (window as unknown as { pwned?: number }).pwned);
}

async function visit(page: Page, go: (path: string) => Promise<unknown>, scripted: boolean): Promise<void> {
  const checked = async (where: string) => {
    await inert(page, where);
    if (scripted) expect(await ran(page), `${where}: a stored script ran`).toBeUndefined();
  };
  await go("/smartai-it/customers?q=Xss");
  await expect(page.getByTestId("row").locator(".row-link")).toHaveText(NAME);
  await expect(page.getByRole("searchbox", { name: "Search customers" })).toHaveValue("Xss");
  await checked("list");
  await go(`/smartai-it/customers/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(NAME);
  await expect(page.getByRole("definition").filter({ hasText: "window.pwned" })).toHaveText(NOTE);
  await checked("detail");
  await go(`/smartai-it/customers/${id}/edit`);
  await expect(page.locator("[name=name]")).toHaveValue(NAME);
  await expect(page.locator("[name=note]")).toHaveValue(NOTE);
  await checked("form");
  await go(`/smartai-it/products/${product}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(NAME);
  await checked("product");
  await go(`/smartai-it/products/${product}/edit`);
  await expect(page.locator("[name=description]")).toHaveValue(NOTE);
  await checked("product's form");
  await go("/smartai-it/overview");
  await checked("overview");
  await go(`/smartai-it/customers?q=${encodeURIComponent('"><script>window.pwned=1</script>')}`);
  await expect(page.getByRole("searchbox", { name: "Search customers" })).toHaveValue('"><script>window.pwned=1</script>');
  await checked("what was searched");
  await go("/home");
  await expect(page.locator('[data-testid=picker-row][data-slug="smartai-product-eng"] .name')).toHaveText(WORKSPACE);
  await checked("picker");
  await go("/smartai-product-eng/overview");
  await expect(page.getByTestId("workspace-name")).toHaveText(WORKSPACE);
  await expect(page).toHaveTitle(new RegExp(WORKSPACE.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  await checked("a workspace's name");
}

async function tab(context: BrowserContext): Promise<Page> {
  return context.newPage();
}

test("stored markup stays text in documents with JavaScript", async ({ browser }) => {
  const context = await contextOf(browser, "ada@smartai.example");
  const page = await tab(context);
  const noise = complaints(page);
  await visit(page, (path) => open(page, path), true);
  expect(noise, "the page reports errors").toEqual([]);
  await context.close();
});

test("stored markup stays text in documents without JavaScript", async ({ browser }) => {
  const context = await contextOf(browser, "ada@smartai.example", { javaScriptEnabled: false });
  const page = await tab(context);
  await visit(page, (path) => page.goto(path), false);
  await context.close();
});

test("stored markup stays text in pages that the program renders, in the switcher and in the palette", async ({ browser }) => {
  const context = await contextOf(browser, "ada@smartai.example");
  const page = await tab(context);
  const noise = complaints(page);
  await open(page, "/smartai-it/customers?q=Xss");
  await page.getByTestId("row").locator(".row-link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(NAME);
  await inert(page, "detail");
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page.locator("[name=name]")).toHaveValue(NAME);
  await expect.soft(page.locator("[name=note]"), "the form does not show the stored note").toHaveValue(NOTE);
  await inert(page, "form");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByTestId("toast")).toHaveText(`${NAME} saved`);
  await inert(page, "toast");
  await page.getByTestId("switcher").click();
  await expect(page.locator('[data-testid=switcher-item][data-slug="smartai-product-eng"]')).toContainText(WORKSPACE);
  await inert(page, "switcher");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-input").fill("onerror");
  await expect(page.getByTestId("palette-item").first()).toContainText(WORKSPACE);
  await inert(page, "palette");
  expect(await ran(page), "a stored script ran").toBeUndefined();
  expect(await sql("select note from workspace.customers where id = $1", [id]), "saving changed the stored note").toEqual([{ note: NOTE }]);
  expect(noise, "the page reports errors").toEqual([]);
  await context.close();
});

test("control: the same text runs as markup, and the checks detect it", async ({ page }) => {
  await page.setContent(`<textarea>${NOTE}</textarea>${NAME}`);
  await expect.poll(() => ran(page)).toBe(1);
  await expect(inert(page, "control")).rejects.toThrow("markup came to life");
});
