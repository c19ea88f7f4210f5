// A shop with every page of prices and usage: a plan with two published versions and a draft, a subscription on the first
// version, counted events, an adjustment, an API key, and an import in each state.
import { type Browser, expect } from "@playwright/test";
import { sql } from "./facts";
import { forgetTokens, value } from "./made";
import { contextOf } from "./people";
import { type Raw, send } from "./raw";
import { type Shop, keyOf, openShop, post, tokens } from "./shop";
import { tokenOf } from "./tokens";

export interface Priced extends Shop {
  product: string;
  /** A product without meters. */
  empty: string;
  meter: string;
  plan: string;
  subscription: string;
  /** Imports whose columns are not mapped, whose rows are checked, and that is done. The last two have refused rows. */
  imports: { uploaded: string; checked: string; done: string };
}

/** A name of 69 characters in which only one line can break. */
export const LONG = "Verteilungsgesellschaft".repeat(3);
const FILE = "time,account,tokens\r\n2026-01-01 10:00:00,acme,1\r\n2026-01-02 10:00:00,acme,2\r\nnever,acme,3\r\n2026-01-03,stranger,4\r\n";

/** Creates the shop. With `long`, everything that has a name has a long one, and quantities and sums are large. */
export async function openPriced(browser: Browser, name: string, long = false): Promise<Priced> {
  const shop = await openShop(name);
  const product = await value("select id from workspace.products where workspace_id = $1", [shop.id]);
  const meter = await value("select id from workspace.meters where workspace_id = $1", [shop.id]);
  const empty = await value("insert into workspace.products (workspace_id, id, name, code) values ($1, gen_random_uuid(), $2, 'empty') returning id", [shop.id, long ? LONG : "Empty"]);
  if (long) {
    for (const table of ["products", "meters", "customers"]) await sql(`update workspace.${table} set name = $2 where workspace_id = $1`, [shop.id, LONG]);
  }
  const plan = await planOf(shop, product, meter, long);
  const subscription = await value(
    `with s as (
       insert into workspace.subscriptions (workspace_id, id, customer_id, currency, anchor_on, starts_on, bills_from)
       select $1::uuid, gen_random_uuid(), $2::uuid, 'EUR', day, day, day from (select date_trunc('month', now() - interval '2 months')::date as day) d returning *)
     insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version, seats)
     select s.workspace_id, s.id, s.starts_on, s.customer_id, $3::uuid, 1, 2 from s returning subscription_id`,
    [shop.id, shop.customer, plan],
  );
  const context = await contextOf(browser, shop.owner);
  const key = await keyOf(context.request, shop.slug, { events_write: "on", read: "on" }, long ? LONG : "Gateway");
  await context.close();
  const events = Array.from({ length: 6 }, (_, n) => tokens(`event-${n}`, long ? { data: { tokens: 123_456_789_012 } } : {}));
  const sent = await post(shop.slug, key, JSON.stringify(events));
  expect([sent.status, sent.json.accepted], sent.text).toEqual([200, 6]);
  return { ...shop, product, empty, meter, plan, subscription, imports: await importsOf(browser, shop, meter, long) };
}

/** Creates the plan: two published versions and a draft, each with a fee and a price in tiers. */
async function planOf(shop: Shop, product: string, meter: string, long: boolean): Promise<string> {
  const plan = await value(
    `insert into workspace.rate_plans (workspace_id, id, name, code, currency, "interval") values ($1, gen_random_uuid(), $2, 'plan', 'EUR', 'month') returning id`,
    [shop.id, long ? LONG : "Plan"],
  );
  for (const version of [1, 2, 3]) {
    const of = [shop.id, plan, version];
    await sql("insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state, note) values ($1, $2, $3, 'draft', $4)", [...of, long ? LONG : "Other prices"]);
    await sql(
      `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, model, timing, per_seat, fee_minor)
       values ($1, $2, $3, 0, $4, $5, 'fee', 'advance', true, $6)`,
      [...of, long ? LONG : "Base fee", product, (long ? 123_456_789 : 2_000) + version],
    );
    await sql(
      `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, meter_id, model, included)
       values ($1, $2, $3, 1, $4, $5, $6, 'graduated', 10)`,
      [...of, long ? `${LONG} 2` : "Tokens", product, meter],
    );
    await sql(
      `insert into workspace.rate_plan_tiers (workspace_id, plan_id, version, position, tier, up_to, unit_price, flat_minor)
       values ($1, $2, $3, 1, 0, 1000000, 0.0375, 100), ($1, $2, $3, 1, 1, null, 0.0125, 0)`, of);
    if (version < 3) await sql("update workspace.rate_plan_versions set state = 'published', published_at = now() where workspace_id = $1 and plan_id = $2 and version = $3", of);
  }
  return plan;
}

/** Adjusts the usage, and uploads the file three times, by the JSON API. */
async function importsOf(browser: Browser, shop: Shop, meter: string, long: boolean): Promise<Priced["imports"]> {
  const name = `Priced ${shop.slug}`;
  const headers = { authorization: `Bearer ${await tokenOf(browser, shop.owner, name)}` };
  const at = `/api/v1/workspaces/${shop.slug}`;
  const json = (answer: Raw, status: number) => {
    expect(answer.status, answer.body).toBe(status);
    return JSON.parse(answer.body);
  };
  const ask = (method: string, path: string, body?: unknown) => send(method, `${at}${path}`, { headers, json: body });
  const upload = async () => {
    const query = new URLSearchParams({ name: `${long ? LONG : "gateway"}.csv` });
    return json(await send("POST", `${at}/imports?${query}`, { text: FILE, headers: { ...headers, "content-type": "text/csv" } }), 201).id as string;
  };
  // A file of four rows is done in a few steps.
  const until = async (state: string, path: string, body?: unknown) => {
    for (let step = 0; step < 10; step++) {
      const now = json(await ask("POST", path, body), 200);
      if (now.state === state) return now;
    }
    throw new Error(`${path} does not lead to ${state}`);
  };
  const check = async () => {
    const id = await upload();
    const columns = [{ role: "time", property: "time" }, { role: "customer", property: "account" }, { role: "number", property: "tokens" }];
    const mapping = json(await ask("GET", `/imports/${id}/mapping`), 200).mapping;
    json(await ask("PUT", `/imports/${id}/mapping`, { ...mapping, type: "tokens", columns }), 200);
    expect((await until("previewed", `/imports/${id}/check`)).check.refused, "control: rows are refused").toBe(2);
    return id;
  };
  try {
    const day = await value("select (now() at time zone time_zone)::date::text from account.workspaces where id = $1", [shop.id]);
    const adjusted = { meter_id: meter, customer_id: shop.customer, day, quantity: long ? "-1234567.5" : "-1.5", reason: long ? LONG : "Counted twice" };
    json(await ask("POST", "/usage-adjustments", adjusted), 201);
    const done = await check();
    await until("done", `/imports/${done}/run`, { refused: 2 });
    return { done, checked: await check(), uploaded: await upload() };
  } finally {
    await forgetTokens(name);
  }
}

/** A page of prices and usage, with what shows that it is complete. */
export interface PricedPage {
  name: string;
  path: string;
  /** Selector of an element that only the complete page has. */
  shows: string;
}

/** The pages where people type, read prices or look at usage most. */
export const MAIN = [
  "a rate plan", "the editor of a rate plan", "a customer with subscriptions", "a new subscription", "a subscription", "usage", "events", "the columns of an import",
];

/** Lists the pages of the shop, or those with the names, in their order. */
export function pagesOf(shop: Priced, names?: string[]): PricedPage[] {
  const all = every(shop);
  return names?.map((name) => {
    const found = all.find((page) => page.name === name);
    if (!found) throw new Error(`the shop has no page ${name}`);
    return found;
  }) ?? all;
}

function every(shop: Priced): PricedPage[] {
  const page = (name: string, path: string, shows: string): PricedPage => ({ name, path: `/${shop.slug}/${path}`, shows });
  const { customer, subscription, plan, product, meter, imports } = shop;
  return [
    page("a product with meters", `products/${product}`, "[data-testid=row]"),
    page("a product without meters", `products/${shop.empty}`, ".teaches"),
    page("a form of meters", `products/${product}/meters/new`, "[data-testid=example]"),
    page("an edited meter", `products/${product}/meters/${meter}/edit`, "[name=unit]"),
    page("a rate plan", `rate-plans/${plan}`, "[data-testid=prices]"),
    page("a version of a rate plan", `rate-plans/${plan}/versions/1`, "[data-testid=prices]"),
    page("the editor of a rate plan", `rate-plans/${plan}/edit`, "[data-testid=preview] [data-testid=total]"),
    page("the publication of a draft", `rate-plans/${plan}/publish`, "[data-testid=stay]"),
    page("moving subscriptions", `rate-plans/${plan}/versions/2/move`, "[name=from]"),
    page("a customer with subscriptions", `customers/${customer}`, "[data-testid=subscription]"),
    page("a new subscription", `customers/${customer}/subscriptions/new?plan=${plan}&starts_on=2031-01-17&seats=1`, "[data-testid=bill]"),
    page("a subscription", `subscriptions/${subscription}`, "[data-testid=bill]"),
    page("another plan of a subscription", `subscriptions/${subscription}/change?kind=plan`, "[name=plan]"),
    page("other seats of a subscription", `subscriptions/${subscription}/change?kind=seats`, "[name=seats]"),
    page("the end of a subscription", `subscriptions/${subscription}/change?kind=end`, "[name=last_on]"),
    page("an adjustment of usage", `customers/${customer}/usage/adjust`, "[name=reason]"),
    page("usage", "usage?by=customer&compare=before", "[data-testid=chart]"),
    page("events", "usage/events", "[data-testid=row]"),
    page("imports", "usage/import", "[data-testid=row]"),
    page("the columns of an import", `usage/import/${imports.uploaded}/mapping`, "[data-testid=column]"),
    page("the check of an import with refused rows", `usage/import/${imports.checked}`, "[data-testid=refusal]"),
    page("the report of an import with refused rows", `usage/import/${imports.done}`, "[data-testid=refusal]"),
    page("to bill", "invoices/due", "[data-testid=row]"),
    page("a new invoice", "invoices/new", "[name=currency]"),
    page("settings of invoicing", "settings/invoicing", "[data-testid=next-invoice]"),
    page("API keys", "settings/keys", "[data-testid=row]"),
  ];
}
