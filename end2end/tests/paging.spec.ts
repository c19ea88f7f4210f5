// Paging: the list tells which rows of how many it shows and keeps the focus. A position stays valid when rows change:
// while the list has rows, some are shown. Tested with and without JavaScript, in two workspaces.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { FINANCE, IT, sql, workspaceOf } from "../support/facts";
import { forget } from "../support/made";
import { contextOf, open } from "../support/people";

const PREFIX = "Paged away";
const pager = (page: Page) => page.getByRole("navigation", { name: "Pages" });
const range = (page: Page) => pager(page).locator(".range");
const next = (page: Page) => pager(page).getByText("Next", { exact: true });
const previous = (page: Page) => pager(page).getByText("Previous", { exact: true });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? document.activeElement?.tagName);

/** Adds 41 customers: two full pages and one row. */
async function fill(slug: string): Promise<void> {
  const { id } = await workspaceOf(slug);
  await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country)
     select $1, gen_random_uuid(), '${PREFIX} ' || lpad(n::text, 2, '0'), 'p' || n || '@paged.example', 'DE' from generate_series(1, 41) n`,
    [id],
  );
}

test.beforeEach(async () => {
  await forget(PREFIX);
  await fill(IT);
  await fill(FINANCE);
});
test.afterEach(() => forget(PREFIX));

test("the pager tells which rows are shown and keeps the focus to the last page and back", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers?q=${encodeURIComponent(PREFIX)}`);
  await expect(range(page)).toHaveText("1–20 of 41");
  await next(page).focus();
  await page.keyboard.press("Enter");
  await expect(range(page)).toHaveText("21–40 of 41");
  expect(await focused(page), "the focus left the pager").toBe("Next");
  await page.keyboard.press("Enter");
  await expect(range(page)).toHaveText("41 of 41");
  await expect(next(page)).toHaveAttribute("aria-disabled", "true");
  expect(await focused(page), "the focus left Next on the last page").toBe("Next");
  await previous(page).click();
  await expect(range(page)).toHaveText("21–40 of 41");
  await previous(page).click();
  await expect(range(page)).toHaveText("1–20 of 41");
  expect(await focused(page), "the focus left Previous on the first page").toBe("Previous");
});

test("archiving the only row of the last page shows the last page with rows", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  await open(page, `/${IT}/customers?status=active&q=${encodeURIComponent(PREFIX)}`);
  await next(page).click();
  await expect(range(page)).toHaveText("21–40 of 41");
  await next(page).click();
  await expect(range(page)).toHaveText("41 of 41");
  const place = page.url();
  await page.getByTestId("row").locator(".row-link").click();
  await page.getByRole("button", { name: "Archive" }).click();
  await expect(page.getByRole("button", { name: "Restore" })).toBeVisible();
  await page.goBack();
  await expect(range(page), "the page shows no rows beside its count").toHaveText("21–40 of 40");
  await expect(page.getByTestId("row")).toHaveCount(20);
  await expect(page.getByRole("heading", { name: "No customers match" })).toHaveCount(0);
  // The same address as a document and in the JSON answer. The list of the other workspace is unchanged.
  await page.goto(place);
  await expect(range(page)).toHaveText("21–40 of 40");
  const grant = await grantOf(request, FINANCE);
  const list = `customers?status=active&q=${encodeURIComponent(PREFIX)}`;
  const other = await (await call(request, "load_page", { workspace: FINANCE, grant, page: list })).json();
  expect(other.value.customers.total, "control: the other workspace still has all rows").toBe(41);
});

test("a position from another filter shows rows and the correct range", async ({ as, browser }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  const all = Number(await page.getByTestId("count").innerText());
  const last = (await sql<{ id: string; name_key: string }>(
    "select c.id, c.name_key from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 order by name_key desc limit 1", [IT]))[0];
  const behind = `after=${last.id.replaceAll("-", "")}.${encodeURIComponent(last.name_key)}`;
  const start = Math.floor((all - 1) / 20) * 20 + 1;
  const expected = start === all ? `${all} of ${all}` : `${start}–${all} of ${all}`;
  for (const javaScriptEnabled of [true, false]) {
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const tab = await context.newPage();
    await tab.goto(`/${IT}/customers?${behind}`);
    await expect(range(tab)).toHaveText(expected);
    await tab.goto(`/${IT}/customers?q=${encodeURIComponent(PREFIX)}&${behind}`);
    await expect(tab.getByTestId("row").first(), "a position after all rows shows no row").toBeVisible();
    await tab.goto(`/${IT}/customers?after=nonsense`);
    await expect(range(tab)).toHaveText(`1–20 of ${all}`);
    await context.close();
  }
});

test("without JavaScript the filter keeps the order, and the order keeps the filter", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/customers?sort=created&dir=asc`);
  await page.fill("[name=q]", PREFIX);
  await page.selectOption("[name=status]", "active");
  await page.getByRole("button", { name: "Apply" }).click();
  const asked = new URL(page.url()).searchParams;
  expect(Object.fromEntries(asked)).toEqual({ q: PREFIX, status: "active", sort: "created", dir: "asc" });
  await expect(page.getByRole("columnheader", { name: "Created" })).toHaveAttribute("aria-sort", "ascending");
  await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
  const sorted = new URL(page.url()).searchParams;
  expect([sorted.get("q"), sorted.get("status")]).toEqual([PREFIX, "active"]);
  await next(page).click();
  await expect(range(page)).toHaveText("21–40 of 41");
  // The default order is not in the address.
  await page.goto(`/${IT}/customers`);
  await page.getByRole("button", { name: "Apply" }).click();
  expect(new URL(page.url()).searchParams.has("sort")).toBe(false);
  await context.close();
});
