// The time zone of a workspace: list, page, overview, audit log, export and JSON answer show the same day for a moment.
// The document and the hydrated page show the same text. An invoice that is due today is not overdue. The two
// workspaces use clocks that are 19 to 21 hours apart.
import { type Page } from "@playwright/test";
import { ADA, test } from "../support/as";
import { expect } from "../support/at-once";
import { FINANCE, IT, sql, workspaceOf } from "../support/facts";
import { forget, value } from "../support/made";
import { contextOf, live, open } from "../support/people";
import { get, sessionOf } from "../support/raw";
import { putBack, seat } from "../support/seating";
import { bySwitcher } from "../support/switching";

const ZONES = { [IT]: "Pacific/Auckland", [FINANCE]: "America/Los_Angeles" };
const NAME = "Zoned customer";
// A minute before and after midnight in each zone, in summer and winter.
const MOMENTS = ["2026-01-14T10:59:30Z", "2026-01-14T11:00:30Z", "2026-01-15T07:59:30Z", "2026-01-15T08:00:30Z", "2026-07-14T11:59:30Z", "2026-07-15T06:59:30Z", "2026-03-08T10:00:00Z"];

test.beforeEach(async () => {
  for (const [slug, zone] of Object.entries(ZONES)) await sql("update account.workspaces set time_zone = $2 where slug = $1", [slug, zone]);
});
test.afterEach(async () => {
  await putBack();
  await sql("update account.workspaces set time_zone = 'UTC' where slug = any($1)", [Object.keys(ZONES)]);
  await sql("delete from workspace.audit_log where actor = 'Zoned'");
  await sql("with off as (select set_config('session_replication_role', 'replica', true)) delete from workspace.invoices using off where number like 'ZONED-%'");
  await forget(NAME);
});

/** Formats a moment with an independent implementation. */
function local(moment: string, zone: string): { day: string; minute: string } {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
    .formatToParts(new Date(moment));
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? "";
  const day = `${of("day")} ${of("month").slice(0, 3)} ${of("year")}`;
  return { day, minute: `${day}, ${of("hour")}:${of("minute")}` };
}

const created = (page: Page) => page.getByTestId("row").first().locator("td").last().locator("time");

test("list, page, audit log and export show the same day for a moment", async ({ as, browser }) => {
  test.slow();
  // Only owners and admins see the log.
  await seat(ADA, FINANCE, "admin");
  const page = await as(ADA);
  const cookie = await sessionOf(ADA);
  const ada = await value("select id from account.users where email = $1", [ADA]);
  const plainContext = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const plain = await plainContext.newPage();
  for (const [slug, zone] of Object.entries(ZONES)) {
    const { id } = await workspaceOf(slug);
    for (const moment of MOMENTS) {
      await forget(NAME);
      await sql("delete from workspace.audit_log where actor = 'Zoned'");
      await sql("insert into workspace.customers (workspace_id, id, name, email, country, created_at) values ($1, gen_random_uuid(), $2, 'z@zone.example', 'NZ', $3)", [id, NAME, moment]);
      await sql("insert into workspace.audit_log (workspace_id, id, user_id, actor, action, at) values ($1, 'ffffffff-0000-7000-8000-000000000000', $2, 'Zoned', 'seat_left', $3)", [id, ada, moment]);
      const { day, minute } = local(moment, zone);
      const path = `/${slug}/customers?q=${encodeURIComponent(NAME)}`;
      await plain.goto(path);
      await expect(created(plain), `day of ${moment} in ${zone} without JavaScript`).toHaveText(day);
      const exact = (await created(plain).getAttribute("title")) ?? "";
      expect(exact).toMatch(new RegExp(`^${minute} UTC[+−]\\d`));
      await open(page, path);
      await expect(created(page)).toHaveText(day);
      expect(await created(page).getAttribute("title"), "the exact time differs after hydration").toBe(exact);
      await page.getByTestId("row").locator(".row-link").click();
      const fact = page.locator(".facts div", { hasText: "Created" }).locator("time");
      await expect(fact).toHaveText(day);
      expect(await fact.getAttribute("title")).toBe(exact);
      await open(page, `/${slug}/settings/audit`);
      const line = page.getByTestId("row").filter({ hasText: "Zoned" }).locator("time");
      await expect(line).toHaveText(minute);
      expect(await line.getAttribute("title")).toBe(exact);
      await expect(page.getByText(`Times are in ${zone.replace("_", " ")}.`)).toBeVisible();
      const file = (await get(`/${slug}/settings/audit/export`, { cookie })).body.toString();
      expect(file).toContain(`time (${zone}),who`);
      const stamp = file.split("\r\n").find((row) => row.includes("Zoned"))?.split(",")[0].replaceAll('"', "") ?? "";
      expect(new Date(stamp).getTime(), "the export contains another moment").toBe(new Date(moment).getTime());
      expect(local(`${stamp.slice(0, 19)}Z`, "UTC").minute, "the export uses another time zone").toBe(minute);
    }
  }
  await plainContext.close();
});

test("an invoice that is due today in the workspace is not overdue, and one that was due yesterday is", async ({ as }) => {
  const page = await as(ADA);
  for (const slug of Object.keys(ZONES)) {
    const { id } = await workspaceOf(slug);
    const customer = await value("select id from workspace.customers where workspace_id = $1 order by id limit 1", [id]);
    await sql(
      // Without the triggers, which take documents in the order of their days only.
      `with off as (select set_config('session_replication_role', 'replica', true) as is_off)
       insert into workspace.invoices (workspace_id, id, number, customer_id, status, net_minor, total_minor, currency, issued_on,
         due_on, issued_at, series_year, series_no)
       select w.id, gen_random_uuid(), 'ZONED-' || n, $2, 'open', 100, 100, 'USD', day - 40, day - n, now(), -2, n + 1
       from off, account.workspaces w, generate_series(0, 1) n, lateral (select (now() at time zone w.time_zone)::date as day) d where w.id = $1`,
      [id, customer],
    );
    await open(page, `/${slug}/invoices?q=ZONED-`);
    const status = (number: string) => page.getByTestId("row").filter({ hasText: number }).locator(".status");
    await expect(status("ZONED-0")).toHaveText("Open");
    await expect(status("ZONED-1")).toHaveText("Overdue");
    await open(page, `/${slug}/invoices?q=ZONED-&status=overdue`);
    await expect(page.getByTestId("row")).toHaveCount(1);
  }
});

test("the overview ends with the workspace's current day, also right after a switch", async ({ as }) => {
  const page = await as(ADA);
  const today = (slug: string) => value("select to_char(now() at time zone time_zone, 'FMDD Mon YYYY') as d from account.workspaces where slug = $1", [slug]);
  const lastDay = page.locator(".chart .x span").last();
  await open(page, `/${IT}/overview`);
  await expect(lastDay).toHaveText(await today(IT));
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveTitle("Overview · Finance · Stile");
  await expect(lastDay).toHaveText(await today(FINANCE));
  await page.reload();
  await live(page);
  await expect(lastDay).toHaveText(await today(FINANCE));
});

test("a saved time zone applies at once, without a reload", async ({ as }) => {
  const page = await as(ADA);
  const { id } = await workspaceOf(IT);
  await sql("insert into workspace.customers (workspace_id, id, name, email, country, created_at) values ($1, gen_random_uuid(), $2, 'z@zone.example', 'NZ', '2026-01-14T11:30:00Z')", [id, NAME]);
  await open(page, `/${IT}/customers?q=${encodeURIComponent(NAME)}`);
  await expect(created(page)).toHaveText("15 Jan 2026");
  await sql("update account.workspaces set time_zone = 'UTC' where slug = $1", [IT]);
  await page.getByTestId("row").locator(".row-link").click();
  await expect(page.locator(".facts time")).toHaveText("14 Jan 2026");
  await page.goBack();
  await expect(created(page), "kept rows still show the former time zone").toHaveText("14 Jan 2026");
});
