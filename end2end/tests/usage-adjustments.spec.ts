// Adjustments of usage: made on a form with and without JavaScript, and by the API; counted on the customer's page and in
// the sums; not offered to people who can't edit. A meter that counts from an earlier day counts the stored events.
import { type Page, expect } from "@playwright/test";
import { VIK, test } from "../support/as";
import { sql } from "../support/facts";
import { forgetTokens } from "../support/made";
import { contextOf, live, open } from "../support/people";
import { get, send } from "../support/raw";
import { putBack, seat } from "../support/seating";
import { type Shop, counted, openShop } from "../support/shop";
import { tokenOf } from "../support/tokens";

const NAME = "Adjusting";
let shop: Shop;

test.beforeEach(async () => {
  shop = await openShop("adjusting");
});
test.afterEach(async () => {
  try {
    await putBack();
  } finally {
    await forgetTokens(NAME);
  }
});

const meterOf = async () => (await sql("select id from workspace.meters where workspace_id = $1 and code = 'tokens'", [shop.id]))[0].id;
const made = () =>
  sql("select trim_scale(quantity)::text as quantity, reason, day::text as day from workspace.usage_adjustments where workspace_id = $1 order by id", [shop.id]);
const totals = async () =>
  (await sql("select trim_scale(coalesce(sum(quantity), 0))::text as sum, coalesce(sum(events), 0)::text as events from workspace.usage_totals where workspace_id = $1", [shop.id]))[0];
const row = (page: Page, reason: string) => page.getByTestId("adjustment").filter({ hasText: reason });

for (const javaScriptEnabled of [true, false]) {
  test(`usage is added and taken back on the form, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    const go = async () => {
      await page.getByRole("link", { name: "Adjust usage" }).click();
      await expect(page).toHaveURL(`/${shop.slug}/customers/${shop.customer}/usage/adjust`);
    };
    await page.goto(`/${shop.slug}/customers/${shop.customer}`);
    if (javaScriptEnabled) await live(page);
    await go();
    const today = await page.locator("[name=day]").inputValue();
    expect(today, "the day is not today").toBe((await sql("select (now() at time zone time_zone)::date::text as day from account.workspaces where id = $1", [shop.id]))[0].day);

    // Errors keep the input.
    await page.selectOption("[name=meter]", await meterOf());
    await page.fill("[name=quantity]", "0");
    await page.fill("[name=reason]", "Nothing");
    await page.getByRole("button", { name: "Adjust usage" }).click();
    await expect(page.locator("[name=quantity]"), "an adjustment by nothing is accepted").toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("[name=reason]")).toHaveValue("Nothing");
    await expect(page.locator("[name=meter]")).toHaveValue(await meterOf());
    expect(await made()).toEqual([]);

    await page.fill("[name=quantity]", "20");
    await page.fill("[name=reason]", "Sent by mail");
    await page.getByRole("button", { name: "Adjust usage" }).click();
    await expect(row(page, "Sent by mail")).toContainText("20 tokens");
    await expect(page).toHaveURL(`/${shop.slug}/customers/${shop.customer}`);
    await go();
    await page.selectOption("[name=meter]", await meterOf());
    await page.fill("[name=quantity]", "-25");
    await page.fill("[name=reason]", "Counted twice");
    await page.getByRole("button", { name: "Adjust usage" }).click();
    await expect(row(page, "Counted twice")).toContainText("−25 tokens");
    await expect(page.getByTestId("meter").filter({ hasText: "Tokens" }), "the sum is not shown").toContainText("−5 tokens");
    expect(await made()).toEqual([{ quantity: "20", reason: "Sent by mail", day: today }, { quantity: "-25", reason: "Counted twice", day: today }]);
    expect([await counted(shop.id), await totals()]).toEqual(["-5", { sum: "-5", events: "0" }]);
    await context.close();
  });
}

test("a Viewer sees the adjustments, but can't make one", async ({ as, browser }) => {
  await seat(VIK, shop.slug, "viewer");
  const context = await contextOf(browser, shop.owner, { javaScriptEnabled: false });
  const own = await context.newPage();
  await own.goto(`/${shop.slug}/customers/${shop.customer}/usage/adjust`);
  await own.selectOption("[name=meter]", await meterOf());
  await own.fill("[name=quantity]", "3");
  await own.fill("[name=reason]", "Seen by all");
  await own.getByRole("button", { name: "Adjust usage" }).click();
  await expect(row(own, "Seen by all"), "control: the owner makes one").toBeVisible();
  await context.close();

  const page = await as(VIK);
  await open(page, `/${shop.slug}/customers/${shop.customer}`);
  await expect(row(page, "Seen by all")).toBeVisible();
  await expect(page.getByRole("link", { name: "Adjust usage" })).toHaveCount(0);
  expect((await page.goto(`/${shop.slug}/customers/${shop.customer}/usage/adjust`))?.status()).toBe(403);
  expect(await made()).toHaveLength(1);
});

test("the API adjusts usage, lists it by customer, and names the field of an error", async ({ browser }) => {
  const headers = { authorization: `Bearer ${await tokenOf(browser, shop.owner, `${NAME} token`)}` };
  const at = `/api/v1/workspaces/${shop.slug}/usage-adjustments`;
  const body = { meter_id: await meterOf(), customer_id: shop.customer, day: "2026-03-01", quantity: "-1.5", reason: "By the API" };
  const absent = "018f4d9e-0000-7000-8000-000000000000";
  for (const [field, wrong] of [["meter_id", { meter_id: absent }], ["customer_id", { customer_id: absent }], ["quantity", { quantity: "0" }], ["day", { day: "2019-01-01" }], ["reason", { reason: "" }]] as const) {
    const answer = await send("POST", at, { headers, json: { ...body, ...wrong } });
    expect([answer.status, answer.body.includes(`/${field}`)], `${field}: ${answer.body}`).toEqual([422, true]);
  }
  expect(await made()).toEqual([]);
  const answer = await send("POST", at, { headers, json: body });
  expect(answer.status, answer.body).toBe(201);
  const created = JSON.parse(answer.body);
  expect(created).toMatchObject({ ...body, made_by: "Shop Owner" });
  expect(JSON.parse((await get(`${at}/${created.id}`, headers)).body)).toEqual(created);
  const list = async (query: string) => JSON.parse((await get(`${at}?${query}`, headers)).body).items;
  expect(await list(`customer=${shop.customer}`)).toEqual([created]);
  expect(await list(`customer=${absent}`)).toEqual([]);
  expect(await list(`after=${created.id}`)).toEqual([]);
  expect(await counted(shop.id)).toBe("-1.5");
});

test("a new meter counts stored events only from a chosen day, and says how many", async ({ browser }) => {
  const [{ product_id: product }] = await sql("select product_id from workspace.meters where workspace_id = $1", [shop.id]);
  await sql(
    `insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day, data, fingerprint, origin)
     select $1, gen_random_uuid(), 'tests', 'old-' || i, 'tokens', 'acme', $2, now() - interval '7 days', current_date - 7,
       jsonb_build_object('tokens', case when i > 500 then -1 else 1 end), 0, 'api' from generate_series(1, 503) i`,
    [shop.id, shop.customer],
  );
  const [{ first }] = await sql("select (current_date - 30)::text as first");
  const context = await contextOf(browser, shop.owner);
  const page = await context.newPage();
  for (const [code, from, message] of [["default", "", "Meter created"], ["chosen", first, "Meter created. It counted 500 stored events. It left out 3 stored events"]]) {
    await open(page, `/${shop.slug}/products/${product}/meters/new`);
    for (const [name, text] of Object.entries({ name: `Meter ${code}`, code, unit: "token", event_type: "tokens", counts_from: from })) await page.fill(`[name=${name}]`, text);
    await page.selectOption("[name=aggregation]", "sum");
    await page.fill("[name=property]", "tokens");
    await page.getByRole("button", { name: "Create meter" }).click();
    await expect(page.getByTestId("toast").last()).toContainText(message);
  }
  const sums = await sql(
    `select m.code, trim_scale(sum(d.quantity))::text as sum from workspace.usage_totals d join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
     where d.workspace_id = $1 group by m.code`, [shop.id]);
  expect(sums).toEqual([{ code: "chosen", sum: "500" }]);
  await context.close();
});
