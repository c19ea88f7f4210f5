// The four lists with JavaScript: rows and order match the database, the count is correct, typing searches without
// losing the focus, and no page repeats or skips a row.
import { test, type BrowserContext, type Page } from "@playwright/test";
import { expect } from "../support/at-once";
import { sql } from "../support/facts";
import { contextOf, live, open } from "../support/people";

interface List {
  path: string;
  /** The SQL statement for the text of the first cell's link, in the list's initial order. */
  statement: string;
  /** A column, and the SQL order after the first click on it. */
  sort: [head: string, order: string, direction: "ascending" | "descending"];
}
const of = (table: string, shown: string, order: string) =>
  `select ${shown} as shown from workspace.${table} t join account.workspaces w on w.id = t.workspace_id
   where w.slug = $1 order by ${order}`;
// A draft has no number yet.
const NUMBER = "case when t.status = 'draft' then 'Draft' when t.kind = 'credit_note' then t.number || ' · Credit note' else t.number end";
const named = (table: string): Pick<List, "statement" | "sort"> => ({
  statement: of(table, "t.name", "t.name_key, t.id"),
  sort: ["Created", of(table, "t.name", "t.created_at desc, t.id desc"), "descending"],
});
const LISTS: List[] = [
  { path: "products", ...named("products") },
  { path: "rate-plans", ...named("rate_plans"), sort: ["Name", of("rate_plans", "t.name", "t.name_key desc, t.id desc"), "descending"] },
  { path: "customers", ...named("customers") },
  { path: "invoices", statement: of("invoices", NUMBER, "t.issued_on desc, t.id desc"), sort: ["Total", of("invoices", NUMBER, "t.total_minor desc, t.id desc"), "descending"] },
];
const SLUG = "smartai-it";

let context: BrowserContext;
let page: Page;
test.beforeAll(async ({ browser }) => {
  context = await contextOf(browser, "ada@smartai.example");
  page = await context.newPage();
});
test.afterAll(() => context.close());

const shown = () => page.getByTestId("row").locator(".row-link").allTextContents();
const facts = async (statement: string) => (await sql<{ shown: string }>(statement, [SLUG])).map((row) => row.shown);
const grouped = (n: number) => n.toLocaleString("en-US");

for (const list of LISTS) {
  test(`${list.path}: rows, count and order match the database, also on other pages and in another order`, async () => {
    const all = await facts(list.statement);
    await open(page, `/${SLUG}/${list.path}`);
    await expect(page.getByTestId("count"), "the count differs from the database").toHaveText(grouped(all.length));
    expect(await shown()).toEqual(all.slice(0, 20));
    const next = page.getByRole("link", { name: "Next" });
    const previous = page.getByRole("link", { name: "Previous" });
    const pages = Math.ceil(all.length / 20);
    for (let at = 1; at < Math.min(pages, 4); at++) {
      await next.click();
      await expect.poll(shown, { message: `page ${at + 1} does not start at row ${at * 20 + 1}` }).toEqual(all.slice(at * 20, at * 20 + 20));
    }
    for (let at = Math.min(pages, 4) - 2; at >= 0; at--) {
      await previous.click();
      await expect.poll(shown, { message: `back on page ${at + 1}, the rows differ` }).toEqual(all.slice(at * 20, at * 20 + 20));
    }
    if (pages > 1) {
      await page.goBack();
      await page.goForward();
      await expect.poll(shown, { message: "the history leads to another page" }).toEqual(all.slice(0, 20));
    }

    const [label, statement, direction] = list.sort;
    const head = page.getByRole("columnheader", { name: label });
    const other = await facts(statement);
    expect(other.join(), "control: the two orders differ").not.toBe(all.join());
    await head.getByRole("link").click();
    await expect(head).toHaveAttribute("aria-sort", direction);
    await expect.poll(shown, { message: `the list is not sorted by ${label}` }).toEqual(other.slice(0, 20));
    await expect(page, "the address of a sorted list lacks the order").toHaveURL(/sort=/);
    await page.reload();
    expect(await shown(), "the address does not give the same list").toEqual(other.slice(0, 20));
  });
}

test("typing searches, the field keeps focus and text, and the old rows stay until the new ones arrive", async () => {
  await open(page, `/${SLUG}/customers`);
  const all = await facts(LISTS[2].statement);
  const field = page.getByRole("searchbox", { name: "Search customers" });
  const wanted = all[5].slice(0, 5);
  await field.click();
  let fewest = Infinity;
  await page.exposeFunction("rowsNow", (count: number) => (fewest = Math.min(fewest, count)));
  await page.evaluate(() => {
    const count = () => (window as unknown as { rowsNow(n: number): void }).rowsNow(document.querySelectorAll("[data-testid=row]").length);
    new MutationObserver(count).observe(document.querySelector("#main") as Element, { childList: true, subtree: true });
  });
  await page.keyboard.type(wanted, { delay: 60 });
  await expect(page).toHaveURL(new RegExp(`q=${encodeURIComponent(wanted).replace(/%20/g, "(\\+|%20)")}$`));
  await expect(field, "letters were lost").toHaveValue(wanted);
  await expect(field, "the focus was lost").toBeFocused();
  const matching = await sql<{ name: string }>(
    `select t.name from workspace.customers t join account.workspaces w on w.id = t.workspace_id
     where w.slug = $1 and (strpos(lower(t.name), lower($2)) > 0 or strpos(t.email, lower($2)) > 0) order by t.name_key, t.id`,
    [SLUG, wanted],
  );
  expect(matching.length, "control: the search finds a row").toBeGreaterThan(0);
  await expect.poll(shown, { message: "the rows don't match the search" }).toEqual(matching.slice(0, 20).map((row) => row.name));
  await expect(page.getByTestId("count")).toHaveText(grouped(matching.length));
  expect(fewest, "the list was empty for a moment").toBeGreaterThan(0);
  await page.keyboard.type(" zzzz", { delay: 30 });
  await expect(page.getByRole("heading", { name: "No customers match" })).toBeVisible();
  await expect(field).toBeFocused();
});

test("clearing the filters shows all rows and empties the field", async () => {
  await open(page, `/${SLUG}/customers?q=nobody+is+called+so&status=archived`);
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect.poll(shown).toEqual((await facts(LISTS[2].statement)).slice(0, 20));
  await expect(page.getByRole("combobox", { name: "Status" }), "the filter still shows archived").toHaveValue("");
  await expect(page.getByRole("searchbox", { name: "Search customers" }), "the field still contains the search").toHaveValue("");
});

test("the status filter takes effect at once", async () => {
  await open(page, `/${SLUG}/invoices`);
  for (const status of ["paid", "draft"]) {
    await page.getByRole("combobox", { name: "Status" }).selectOption(status);
    await expect(page).toHaveURL(`/${SLUG}/invoices?status=${status}`);
    const [{ count }] = await sql("select count(*) from workspace.invoices t join account.workspaces w on w.id = t.workspace_id where slug = $1 and status = $2", [SLUG, status]);
    await expect(page.getByTestId("count")).toHaveText(grouped(Number(count)));
  }
});

test("the first row of each list opens its page with the details of that row", async () => {
  for (const list of LISTS) {
    await open(page, `/${SLUG}/${list.path}`);
    const link = page.getByTestId("row").first().locator(".row-link");
    const [text, href] = [await link.textContent(), await link.getAttribute("href")];
    await link.click();
    await expect(page, `${list.path}: the row leads to another page`).toHaveURL(href ?? "");
    await expect(page.getByRole("main"), `${list.path}: the page does not show that row`).toContainText(text ?? "");
    await expect(page.getByRole("heading", { name: "Details" }), `${list.path}: the page has no details`).toBeVisible();
    // Minutes may pass between the two texts.
    const textOf = async () => (await page.getByRole("main").innerText()).replace(/just now|\d+ (min|h) ago/g, "recently");
    const drawn = await textOf();
    await page.reload();
    await live(page);
    expect(await textOf(), `${list.path}: the document and the program render different texts`).toBe(drawn);
    await page.goBack();
    await expect(page.getByTestId("row").first(), `${list.path}: Back does not lead to the list`).toBeVisible();
  }
});

test("an id of another workspace answers like an unknown id", async () => {
  const [{ id }] = await sql("select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = 'globalai-finance' limit 1");
  const pages: string[] = [];
  for (const which of [id, "018f4d9e-0000-7000-8000-000000000000"]) {
    const answer = await page.goto(`/${SLUG}/customers/${which}`);
    expect(answer?.status(), `status of id ${which}`).toBe(404);
    await expect(page.getByTestId("row-not-found")).toBeVisible();
    pages.push((await page.getByRole("main").innerText()).trim());
  }
  expect(pages[0]).toBe(pages[1]);
  const own = await sql("select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 limit 1", [SLUG]);
  expect((await page.goto(`/${SLUG}/customers/${own[0].id}`))?.status(), "control: an id of the same workspace opens").toBe(200);
});
