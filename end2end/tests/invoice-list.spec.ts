// The list of invoices: Due is visible at 1280 px, drafts have neither issue date nor number, and overdue invoices can
// be listed. The overview links to that list and does not add up usage in different units.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, sql } from "../support/facts";
import { value } from "../support/made";
import { contextOf, open } from "../support/people";

const of = "from workspace.invoices t join account.workspaces w on w.id = t.workspace_id where w.slug = $1";

for (const slug of [IT, FINANCE]) {
  test(`${slug}: overdue invoices can be filtered, and the overview counts the same ones`, async ({ as, browser }) => {
    const overdue = (await sql<{ number: string }>(`select number ${of} and status = 'open' and due_on < (now() at time zone w.time_zone)::date order by issued_on desc, t.id desc`, [slug])).map((i) => i.number);
    expect(overdue.length, "control: some invoices are overdue").toBeGreaterThan(0);
    const page = await as(ADA);
    await open(page, `/${slug}/overview`);
    const link = page.getByTestId("all-overdue");
    await expect(link).toHaveText(overdue.length === 1 ? "1 overdue invoice" : `All ${overdue.length} overdue invoices`);
    await link.click();
    await expect(page).toHaveURL(`/${slug}/invoices?status=overdue`);
    await expect(page.getByTestId("count")).toHaveText(String(overdue.length));
    expect(await page.getByTestId("row").locator(".row-link").allTextContents()).toEqual(overdue.slice(0, 20));
    expect(new Set(await page.getByTestId("row").locator(".status").allTextContents())).toEqual(new Set(["Overdue"]));
    const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`/${slug}/invoices`);
    await plain.selectOption("[name=status]", "overdue");
    await plain.getByRole("button", { name: "Apply" }).click();
    await expect(plain.getByTestId("count")).toHaveText(String(overdue.length));
    await context.close();
  });
}

test("drafts have no issue date and no number in the list, on the page and in the data", async ({ as }) => {
  const drafts = await sql<{ number: string }>(`select number ${of} and status = 'draft'`, [IT]);
  expect(drafts.length, "control: there are drafts").toBeGreaterThan(0);
  const page = await as(ADA);
  await page.setViewportSize({ width: 1440, height: 900 });
  await open(page, `/${IT}/invoices?status=draft`);
  await expect(page.getByTestId("row")).toHaveCount(Math.min(drafts.length, 20));
  expect(new Set(await page.getByTestId("row").locator(".row-link").allTextContents())).toEqual(new Set(["Draft"]));
  expect(new Set(await page.getByTestId("row").locator("td:nth-child(4)").allTextContents()), "a draft has an issue date").toEqual(new Set(["—"]));
  await page.getByTestId("row").first().locator(".row-link").click();
  await expect(page.locator("#main h1")).toHaveText(/^Draft for /);
  await expect(page.getByText("Issued", { exact: true })).toHaveCount(0);
  const content = await page.content();
  expect(drafts.filter((draft) => content.includes(`>${draft.number}<`)), "the page contains the preliminary number of a draft").toEqual([]);
  await open(page, `/${IT}/invoices?q=${drafts[0].number}`);
  await expect(page.getByRole("heading", { name: "No invoices match" })).toBeVisible();
});

test("Due is a column at 1280 px, and the lists of the overview are aligned", async ({ as }) => {
  const page = await as(ADA);
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, `/${IT}/invoices`);
  await expect(page.getByRole("columnheader", { name: "Due" })).toBeVisible();
  await expect(page.getByRole("columnheader", { name: "Total" })).toBeVisible();
  await open(page, `/${IT}/overview`);
  const tops = await page.locator(".two-up .line-list").evaluateAll((lists) => lists.map((list) => list.getBoundingClientRect().top));
  expect(tops).toHaveLength(2);
  expect(tops[0], "the two lists start at different heights").toBe(tops[1]);
  for (const list of await page.locator(".two-up .line-list").all()) {
    const lefts = await list.locator(".status").evaluateAll((all) => all.map((status) => status.getBoundingClientRect().left));
    expect(new Set(lefts).size, "the statuses are not aligned").toBe(1);
  }
});

test("the overview counts events and lists usage by unit", async ({ as }) => {
  const since = "day >= (now() at time zone w.time_zone)::date - 29";
  const from = "from workspace.usage_days u join account.workspaces w on w.id = u.workspace_id join workspace.meters m on m.workspace_id = w.id and m.id = u.meter_id";
  const units = await sql<{ unit: string; n: string }>(`select m.unit, sum(quantity)::float8 as n ${from} where slug = $1 and ${since} and m.aggregation in ('count', 'sum') group by 1 order by sum(u.events) desc, 1`, [IT]);
  const events = await value(`select count(*) as n from workspace.events e join account.workspaces w on w.id = e.workspace_id where slug = $1 and ${since}`, [IT]);
  expect(units.length, "control: there are several units").toBeGreaterThan(1);
  const page = await as(ADA);
  await open(page, `/${IT}/overview`);
  await expect(page.locator(".figure", { hasText: "Events" }).locator("dd.value")).toHaveText(Number(events).toLocaleString("en-US"));
  for (const { unit, n } of units.slice(0, 6)) {
    await expect(page.getByTestId("used")).toContainText(`${Number(n).toLocaleString("en-US")} ${unit}`);
  }
});
