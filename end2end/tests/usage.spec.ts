// The usage page: charts, their tables and the database agree, for every range and grouping, with and without
// JavaScript. A guest sees the events of shared customers only.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { FINANCE, IT, customersOf, found, sql, stringsOf, workspaceOf } from "../support/facts";
import { contextOf, live, open } from "../support/people";
import { afterwards, putBack, seat } from "../support/seating";
import { bySwitcher, expectFinance } from "../support/switching";

test.afterEach(putBack);

const charts = (page: Page) => page.getByTestId("chart");
/** The charts of meters that are added up. */
const summed = (page: Page) => charts(page).filter({ hasText: "added up." }).filter({ hasNotText: "Peaks" });
const number = (text: string) => Number(text.replaceAll(",", "").replace("−", "-"));

/** Returns the sum of each unit of meters that add up, over the days of the range. */
async function sums(slug: string, from: string, until: string): Promise<Record<string, number>> {
  const rows = await sql<{ unit: string; n: number }>(
    `select m.unit, sum(d.quantity)::float8 as n from workspace.usage_days d join account.workspaces w on w.id = d.workspace_id
     join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
     where w.slug = $1 and m.aggregation in ('count', 'sum') and d.day >= ${from} and d.day < ${until} group by 1`,
    [slug],
  );
  return Object.fromEntries(rows.filter((row) => row.n > 0).map((row) => [row.unit, row.n]));
}
const TODAY = "(now() at time zone w.time_zone)::date";

/** Returns the totals on screen. */
async function totals(page: Page): Promise<number[]> {
  const texts = await summed(page).getByTestId("total").allInnerTexts();
  return texts.map((text) => number(text.split(" ")[0]));
}
const sorted = (numbers: number[]) => [...numbers].sort((a, b) => a - b);

for (const javaScriptEnabled of [true, false]) {
  test(`each chart, its table and its groups have the sum of the database, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    for (const [query, from] of [["", `${TODAY} - 29`], ["?range=7d", `${TODAY} - 6`], ["?range=90d&by=product", `${TODAY} - 89`], ["?by=customer", `${TODAY} - 29`]]) {
      await page.goto(`/${IT}/usage${query}`);
      if (javaScriptEnabled) await live(page);
      const expected = await sums(IT, from, `${TODAY} + 1`);
      expect(Object.keys(expected).length, "control: there is usage").toBeGreaterThan(0);
      expect(sorted(await totals(page)), `totals of ${query}`).toEqual(sorted(Object.values(expected)));
      for (const chart of await summed(page).all()) {
        const total = number((await chart.getByTestId("total").innerText()).split(" ")[0]);
        await chart.getByTestId("twin").locator("summary").click();
        const table = chart.locator(".twin-table");
        await expect(table).toBeVisible();
        const days = await table.locator("tbody tr td:last-child").allInnerTexts();
        expect(days.map(number).reduce((a, b) => a + b, 0), `the table of ${query} has another sum`).toBeCloseTo(total, 4);
        expect(number(await table.locator("tfoot td").last().innerText())).toBe(total);
        const groups = await chart.getByTestId("row").locator("td:nth-child(2)").allInnerTexts();
        expect(groups.map(number).reduce((a, b) => a + b, 0), `the groups of ${query} have another sum`).toBeCloseTo(total, 4);
        expect(await chart.locator("svg .hit").count(), "one bar for each day").toBe(days.length);
        const titles = await chart.locator("svg .hit > title").evaluateAll((all) => all.map((title) => title.textContent ?? ""));
        const bars = titles.map((title) => number(/: ([\d,.−]+)/.exec(title)?.[1] ?? "NaN"));
        expect(bars, "the bars and the table differ").toEqual(days.map(number));
      }
    }
    await context.close();
  });
}

test("a chart has at most eight colours and a rest, in the order of its legend", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/usage?by=customer`);
  const chart = charts(page).first();
  const legend = await chart.locator(".legend > li").count();
  expect(legend).toBeGreaterThan(1);
  expect(legend).toBeLessThanOrEqual(8);
  const classes = await chart.locator(".legend .key").evaluateAll((keys) => keys.map((key) => key.className.split(" ")[1]));
  expect(new Set(classes).size, "two series have the same colour").toBe(classes.length);
});

test("range, grouping and comparison are chosen with and without JavaScript", async ({ browser, as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/usage`);
  await page.getByLabel("Range", { exact: true }).selectOption("7d");
  await expect(page).toHaveURL(`/${IT}/usage?range=7d`);
  await page.getByLabel("Group by").selectOption("customer");
  await expect(page).toHaveURL(`/${IT}/usage?range=7d&by=customer`);
  await expect(charts(page).first().getByRole("columnheader", { name: "Customer" })).toBeAttached();
  await page.getByLabel("Compare with the days before").check();
  await expect(page).toHaveURL(`/${IT}/usage?range=7d&by=customer&compare=before`);
  await expect(charts(page).first().locator("svg .before")).toHaveCount(7);
  await page.getByLabel("First day").fill("2026-01-01");
  await page.getByLabel("Last day").fill("2026-01-31");
  await page.getByRole("button", { name: "Show days" }).click();
  await expect(page).toHaveURL(`/${IT}/usage?from=2026-01-01&to=2026-01-31&by=customer&compare=before`);
  await expect(page.locator(".page-head .count")).toHaveText("1 Jan 2026 to 31 Jan 2026");

  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(`/${IT}/usage`);
  await plain.selectOption("[name=range]", "7d");
  await plain.selectOption("[name=by]", "product");
  await plain.getByRole("button", { name: "Apply" }).click();
  expect(new URL(plain.url()).searchParams.get("range")).toBe("7d");
  await expect(charts(plain).first().getByRole("columnheader", { name: "Product" })).toBeVisible();
  await plain.fill("[name=from][type=date]", "2026-01-01");
  await plain.fill("[name=to][type=date]", "2026-01-31");
  await plain.getByRole("button", { name: "Show days" }).click();
  await expect(plain.locator(".page-head .count")).toHaveText("1 Jan 2026 to 31 Jan 2026");
  await context.close();
});

test("the change against the days before is that of the database", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/usage`);
  const [now, before] = [await sums(IT, `${TODAY} - 29`, `${TODAY} + 1`), await sums(IT, `${TODAY} - 59`, `${TODAY} - 29`)];
  let compared = 0;
  for (const chart of await summed(page).all()) {
    const total = number((await chart.getByTestId("total").innerText()).split(" ")[0]);
    const unit = Object.keys(now).find((unit) => now[unit] === total) ?? "";
    const words = await chart.getByTestId("change").innerText();
    if (!before[unit]) continue;
    const change = Math.trunc(((now[unit] - before[unit]) * 100) / before[unit]);
    expect(words).toBe(`${change === 0 ? "0" : change > 0 ? `+${change}` : `−${-change}`}% against the days before`);
    compared += 1;
  }
  expect(compared, "control: there is usage before").toBeGreaterThan(0);
});

test("refused events and unknown customers are listed, and lead to the form of a customer", async ({ as }) => {
  const { id } = await workspaceOf(IT);
  const subject = "usage-spec stranger";
  await sql(
    `insert into workspace.refusals (workspace_id, id, code, source, event_id, type, subject, excerpt)
     values ($1, gen_random_uuid(), 'unknown_customer', 'usage-spec', 'ev-1', 'api.request', $2, '{"a":1}')`,
    [id, subject],
  );
  afterwards(() => sql("delete from workspace.refusals where source = 'usage-spec'"));
  const page = await as(ADA);
  await open(page, `/${IT}/usage`);
  await expect(page.getByTestId("reason").filter({ hasText: "unknown_customer" })).toContainText("Unknown customer");
  await page.getByTestId("refusals").locator("summary").click();
  await expect(page.getByTestId("refusal").filter({ hasText: subject })).toContainText("ev-1");
  const unknown = page.getByTestId("unknown-subject").filter({ hasText: subject });
  await unknown.getByRole("link", { name: "Create customer" }).click();
  await expect(page).toHaveURL(`/${IT}/customers/new?external_id=usage-spec+stranger`);
  await expect(page.locator("[name=external_id]")).toHaveValue(subject);

  await open(page, `/${FINANCE}/usage`);
  expect(await found(page, [subject, "usage-spec"]), "refused events of another workspace are shown").toEqual([]);
});

test("a guest sees the events of the shared customer only, and no refused events", async ({ as }) => {
  await seat(VIK, IT, "guest");
  const [shared, other] = await sql<{ id: string; name: string; n: string }>(
    `select c.id, c.name, count(*) as n from workspace.events e join workspace.customers c on c.workspace_id = e.workspace_id and c.id = e.customer_id
     join account.workspaces w on w.id = e.workspace_id where w.slug = $1 and e.day >= ${TODAY} - 29 group by 1, 2 order by 3 desc limit 2`,
    [IT],
  );
  await sql(
    `insert into workspace.customer_shares (workspace_id, customer_id, user_id)
     select c.workspace_id, c.id, u.id from workspace.customers c, account.users u where c.id = $1 and u.email = $2 on conflict do nothing`,
    [shared.id, VIK],
  );
  afterwards(() => sql("delete from workspace.customer_shares where customer_id = $1 and user_id = (select id from account.users where email = $2)", [shared.id, VIK]));
  const page = await as(VIK);
  await open(page, `/${IT}/usage`);
  await expect(charts(page).first()).toBeVisible();
  expect(new Set(await page.getByTestId("row").locator("td:first-child").allInnerTexts())).toEqual(new Set([shared.name]));
  await expect(page.getByTestId("health")).toHaveCount(0);
  const others = (await customersOf(IT)).filter((customer) => customer.id !== shared.id).flatMap(({ id, name }) => [id, name]);
  expect(await found(page, others), "a guest sees other customers").toEqual([]);
  await page.locator(".page-head").getByRole("link", { name: "Events" }).click();
  await expect(page.getByTestId("row").first()).toBeVisible();
  expect(await found(page, others), "a guest sees events of other customers").toEqual([]);
  await open(page, `/${IT}/usage/events?customer=${other.id}`);
  await expect(page.getByRole("heading", { name: "No events match" })).toBeVisible();
  expect(await found(page, [other.name])).toEqual([]);
});

test("a switch from the usage page shows the usage of the new workspace only", async ({ as }) => {
  const page = await as(ADA);
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/usage?by=customer&range=90d`);
  expect(await found(page, ofIt), "control: usage of IT is on screen").not.toEqual([]);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await expect(page).toHaveURL(`/${FINANCE}/usage`);
  await expect(charts(page).first()).toBeVisible();
  expect(await found(page, ofIt), "usage of IT stays after the switch").toEqual([]);
});

test("on a phone the page does not scroll sideways", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  for (const path of ["usage?by=customer&compare=before", "usage/events"]) {
    await open(page, `/${IT}/${path}`);
    await page.locator("details > summary").evaluateAll((all) => all.forEach((summary) => (summary as HTMLElement).click()));
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), path).toBe(true);
  }
  await context.close();
});
