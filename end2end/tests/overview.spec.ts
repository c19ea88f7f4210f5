// The overview: its figures are those of the workspace and match SQL statements that compute them in another way.
import { expect, test } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf, open } from "../support/people";

const SYMBOLS: Record<string, string> = { USD: "$", EUR: "€", GBP: "£", JPY: "¥" };
function money(minor: string, currency: string): string {
  const digits = currency === "JPY" ? 0 : 2;
  const amount = (Number(minor) / 10 ** digits).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${SYMBOLS[currency]}${amount}`;
}
const grouped = (n: string) => Number(n).toLocaleString("en-US");

/** Computes the figures in SQL with one statement each. */
async function figures(slug: string): Promise<Record<string, string>> {
  const one = async (statement: string, ...more: unknown[]) => Object.values((await sql(`${statement}`, [slug, ...more]))[0])[0];
  const of = (table: string) => `from workspace.${table} t join account.workspaces w on w.id = t.workspace_id where w.slug = $1`;
  const currency = await one(`select mode() within group (order by currency) ${of("invoices")}`);
  const invoiced = await one(`select coalesce(sum(total_minor), 0) ${of("invoices")} and kind = 'invoice' and status in ('open', 'paid') and currency = $2
    and issued_on between current_date - 29 and current_date`, currency);
  const events = await one(`select count(*) ${of("events")} and day between current_date - 29 and current_date`);
  const customers = await one(`select count(*) ${of("customers")} and t.status = 'active' and t.created_at::date between current_date - 29 and current_date`);
  const open = await one(`select coalesce(sum(total_minor - paid_minor - credited_minor), 0) ${of("invoices")} and kind = 'invoice' and status = 'open' and currency = $2`, currency);
  const openCount = await one(`select count(*) ${of("invoices")} and kind = 'invoice' and status = 'open'`);
  const active = await one(`select count(*) ${of("customers")} and t.status = 'active'`);
  return {
    Invoiced: money(invoiced, currency),
    Events: grouped(events),
    "New customers": grouped(customers),
    "Open invoices": money(open, currency),
    sentence: `${grouped(openCount)} invoices, ${grouped(active)} active customers`,
  };
}

for (const slug of ["smartai-it", "smartai-product-eng", "globalai-finance"]) {
  test(`${slug}: the four figures, the newest customers and the open tasks match the database`, async ({ browser }) => {
    const context = await contextOf(browser, "ada@smartai.example");
    const page = await context.newPage();
    await open(page, `/${slug}/overview`);
    const { sentence, ...expected } = await figures(slug);
    const shown: Record<string, string> = {};
    for (const figure of await page.locator(".figures .figure").all()) {
      shown[await figure.locator("dt").innerText()] = await figure.locator("dd.value").innerText();
    }
    expect(shown).toEqual(expected);
    expect(Number(expected.Events.replaceAll(",", "")), "control: there is usage").toBeGreaterThan(0);
    await expect(page.getByText(sentence, { exact: true })).toBeVisible();

    const newest = await sql<{ name: string }>(
      "select t.name from workspace.customers t join account.workspaces w on w.id = t.workspace_id where slug = $1 order by t.created_at desc, t.id desc limit 5", [slug]);
    expect(await page.getByRole("region", { name: "Newest customers" }).locator(".text").allInnerTexts()).toEqual(newest.map((c) => c.name));
    const overdue = await sql<{ number: string }>(
      `select number from workspace.invoices t join account.workspaces w on w.id = t.workspace_id
       where slug = $1 and kind = 'invoice' and status = 'open' and due_on < current_date order by due_on, t.id limit 5`, [slug]);
    const waits = await page.getByRole("region", { name: "Needs attention" }).locator(".text").allInnerTexts();
    expect(waits.filter((text) => text.includes(" · ")).map((text) => text.split(" · ")[0])).toEqual(overdue.map((i) => i.number));
    await context.close();
  });
}

test("the three workspaces have different overviews", async () => {
  const all = await Promise.all(["smartai-it", "smartai-product-eng", "globalai-finance"].map(figures));
  expect(new Set(all.map((f) => JSON.stringify(f))).size).toBe(3);
});
