// Subscriptions: what the preview shows is what is saved, a change within a period adds up to the cent, and a guest sees
// the subscriptions of shared customers without prices.
import { expect, type Page } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { IT, sql, workspaceOf } from "../support/facts";
import { forget, forgetCatalogue } from "../support/made";
import { contextOf, open } from "../support/people";
import { putBack, seat } from "../support/seating";

const NAME = "Subscribed";
/** Fees of the plans in minor units, per month and in advance. */
const FEES = { small: 3_100, large: 6_200 };
let customer: string;
const plans: Record<string, string> = {};

test.beforeAll(async () => {
  await clean();
  const { id } = await workspaceOf(IT);
  for (const [name, fee] of Object.entries(FEES)) {
    const [plan] = await sql(
      `insert into workspace.rate_plans (workspace_id, id, name, code, currency, "interval")
       values ($1, gen_random_uuid(), $2, $3, 'USD', 'month') returning id`, [id, `${NAME} ${name}`, `subscribed-${name}`]);
    plans[name] = plan.id;
    await sql("insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state) values ($1, $2, 1, 'draft')", [id, plan.id]);
    await sql(
      `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, model, timing, fee_minor)
       select $1, $2, 1, 0, 'Base fee', (select p.id from workspace.products p where p.workspace_id = $1 limit 1), 'fee', 'advance', $3`,
      [id, plan.id, fee]);
    await sql("update workspace.rate_plan_versions set state = 'published', published_at = now() where plan_id = $1", [plan.id]);
  }
});

test.beforeEach(async () => {
  const { id } = await workspaceOf(IT);
  [{ id: customer }] = await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country)
     values ($1, gen_random_uuid(), $2, 'a@subscribed.example', 'DE') returning id`, [id, `${NAME} ${Date.now()}`]);
});

test.afterEach(async () => {
  try {
    await putBack();
  } finally {
    await forget(NAME);
  }
});
test.afterAll(clean);

/** Removes the customers and plans. */
async function clean(): Promise<void> {
  await forget(NAME);
  await forgetCatalogue(NAME);
}

/** Fills in the form of a new subscription that starts on 17 January 2031, in periods that begin on the first. */
async function fillIn(page: Page): Promise<void> {
  await page.selectOption("[name=plan]", plans.small);
  await page.fill("[name=starts_on]", "2031-01-17");
  await page.selectOption("[name=billing_day]", "first");
}

const totals = (page: Page) => page.getByTestId("bill-total").allTextContents();
const phases = () =>
  sql("select from_on::text, plan_id, seats from workspace.subscription_phases where customer_id = $1 order by from_on", [customer]);

test("the prorated first invoices are shown before a subscription is saved, and are those of its page", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers/${customer}`);
  await page.getByRole("link", { name: "New subscription" }).click();
  await fillIn(page);
  // 15 of 31 days in advance, then February.
  await expect(page.getByTestId("bill-total")).toHaveText(["$15.00", "$31.00"]);
  await page.getByText("How it is computed").first().click();
  await expect(page.getByText("15 of 31 days (17–31 Jan 2031)")).toBeVisible();
  await page.getByRole("button", { name: "Start subscription" }).click();
  await expect(page).toHaveURL(/\/subscriptions\/[0-9a-f-]{36}$/);
  await expect(page.getByText("Planned").first()).toBeVisible();
  await expect.poll(() => totals(page), { message: "the page shows other invoices than the preview" }).toEqual(["$15.00", "$31.00"]);
  expect(await phases()).toEqual([{ from_on: "2031-01-17", plan_id: plans.small, seats: 1 }]);
});

test("a change of plan within a period charges each plan for its days, and can be undone", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers/${customer}/subscriptions/new`);
  await fillIn(page);
  await expect(page.getByTestId("bill-total").first()).toHaveText("$15.00");
  await page.getByRole("button", { name: "Start subscription" }).click();
  await page.getByRole("link", { name: "Change plan" }).click();
  await page.selectOption("[name=plan]", plans.large);
  await page.fill("[name=from_on]", "2031-02-11");
  await page.getByRole("button", { name: "Update preview" }).click();
  // 10 of 28 days of 31.00, and 18 of 28 days of 62.00.
  await expect(page.getByTestId("preview-total")).toHaveText(["$50.93", "$62.00"]);
  await expect(page.getByTestId("preview")).toContainText("Instead of $31.00");
  await page.getByTestId("preview").getByTestId("bill-line").nth(1).waitFor();
  await page.locator(".save-bar").getByRole("button", { name: "Change plan" }).click();
  await expect(page).toHaveURL(/\/subscriptions\/[0-9a-f-]{36}$/);
  expect((await phases()).map((phase) => phase.from_on)).toEqual(["2031-01-17", "2031-02-11"]);
  await expect.poll(() => totals(page)).toEqual(["$15.00", "$50.93"]);
  await page.getByRole("button", { name: "Undo the change on 11 Feb 2031" }).click();
  await expect(page.getByTestId("phases").getByRole("listitem")).toHaveCount(1);
  await expect.poll(() => totals(page)).toEqual(["$15.00", "$31.00"]);
});

test("without JavaScript, a subscription is previewed, started and ended today", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/customers/${customer}/subscriptions/new`);
  await page.fill("[name=seats]", "0");
  await page.getByRole("button", { name: "Update preview" }).click();
  await expect(page.locator("[name=seats]")).toHaveAttribute("aria-invalid", "true");
  await page.goto(`/${IT}/customers/${customer}/subscriptions/new`);
  await fillIn(page);
  await page.getByRole("button", { name: "Update preview" }).click();
  await expect(page).toHaveURL(/subscriptions\/new\?/);
  expect(page.url(), "the grant is in the address").not.toContain("grant");
  await expect(page.getByTestId("bill-total")).toHaveText(["$15.00", "$31.00"]);
  expect(await phases(), "a preview saved something").toEqual([]);

  const [{ today }] = await sql("select (now() at time zone w.time_zone)::date::text as today from account.workspaces w where w.slug = $1", [IT]);
  await page.fill("[name=starts_on]", `${today.slice(0, 8)}01`);
  await page.getByRole("button", { name: "Start subscription" }).click();
  await expect(page).toHaveURL(/\/subscriptions\/[0-9a-f-]{36}$/);
  await page.getByRole("link", { name: "End subscription" }).click();
  await expect(page.getByText("until the end of this day")).toBeVisible();
  await page.fill("[name=last_on]", today);
  await page.locator(".save-bar").getByRole("button", { name: "End subscription" }).click();
  await expect(page.locator(".page-head .status"), "it ended before the day is over").toHaveText("Ending");
  const [{ left }] = await sql("select (ends_on - $2::date)::text as left from workspace.subscriptions where customer_id = $1", [customer, today]);
  expect(left).toBe("1");
  await page.getByRole("button", { name: "Remove the last day" }).click();
  await expect(page.locator(".page-head .status")).toHaveText("Active");
  await context.close();
});

test("contacts and subjects are added and removed, and a subject belongs to one customer", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers/${customer}`);
  await page.getByRole("link", { name: "Add contact" }).click();
  await page.fill("[name=name]", "Noor Haddad");
  await page.fill("[name=email]", "Noor@subscribed.example");
  await page.getByRole("button", { name: "Add contact" }).click();
  await expect(page.getByTestId("contacts")).toContainText("noor@subscribed.example");
  await expect(page.getByTestId("contacts")).toContainText("gets invoices");
  await page.getByRole("link", { name: "Edit Noor Haddad" }).click();
  await page.getByLabel("Gets invoices").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByTestId("contacts")).not.toContainText("gets invoices");
  await page.getByRole("button", { name: "Remove Noor Haddad" }).click();
  await expect(page.getByText("No contacts yet")).toBeVisible();

  const [taken] = await sql("select external_id from workspace.customers where external_id is not null and workspace_id = $1 limit 1", [(await workspaceOf(IT)).id]);
  await page.fill("[name=subject]", taken.external_id);
  await page.getByRole("button", { name: "Add subject" }).click();
  await expect(page.locator("[name=subject]")).toHaveAccessibleDescription(/Another customer has this subject/);
  await page.fill("[name=subject]", "subscribed-device");
  await page.getByRole("button", { name: "Add subject" }).click();
  await expect(page.getByTestId("subjects")).toContainText("subscribed-device");
  await page.getByRole("button", { name: "Remove subscribed-device" }).click();
  await expect(page.getByTestId("subjects")).not.toContainText("subscribed-device");
});

test("a guest sees the subscriptions of shared customers, without prices and without forms", async ({ as }) => {
  const { id: workspace } = await workspaceOf(IT);
  const start = async (of: string) =>
    (await sql(
      `with s as (
         insert into workspace.subscriptions (workspace_id, id, customer_id, currency, anchor_on, starts_on, bills_from)
         values ($1, gen_random_uuid(), $2, 'USD', '2026-01-01', '2026-01-01', '2026-01-01') returning *)
       insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
       select s.workspace_id, s.id, s.starts_on, s.customer_id, $3, 1 from s returning subscription_id as id`,
      [workspace, of, plans.small]))[0].id;
  const [{ id: other }] = await sql(
    `insert into workspace.customers (workspace_id, id, name, email, country)
     values ($1, gen_random_uuid(), $2, 'b@subscribed.example', 'DE') returning id`, [workspace, `${NAME} hidden`]);
  const [shown, hidden] = [await start(customer), await start(other)];
  await seat(VIK, IT, "guest");
  await sql("insert into workspace.customer_shares (workspace_id, customer_id, user_id) select $1, $2, u.id from account.users u where u.email = $3", [workspace, customer, VIK]);
  const page = await as(VIK);
  await open(page, `/${IT}/customers/${customer}`);
  await expect(page.getByTestId("subscription")).toHaveCount(1);
  await expect(page.getByRole("link", { name: "New subscription" })).toHaveCount(0);
  await open(page, `/${IT}/subscriptions/${shown}`);
  await expect(page.getByRole("heading", { name: "Phases" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Upcoming invoices" }), "a guest sees prices").toHaveCount(0);
  await expect(page.getByText(`${NAME} small`), "a guest sees the name of a plan").toHaveCount(0);
  await open(page, `/${IT}/subscriptions/${hidden}`);
  await expect(page.getByTestId("row-not-found"), "a guest opens another customer's subscription").toBeVisible();
  await open(page, `/${IT}/subscriptions/${shown}/change?kind=seats`);
  await expect(page.getByTestId("why-not")).toBeVisible();
});

test("all subscriptions of a version move to the next one from their next period", async ({ as }) => {
  const { id: workspace } = await workspaceOf(IT);
  const page = await as(ADA);
  await open(page, `/${IT}/customers/${customer}/subscriptions/new`);
  await fillIn(page);
  await expect(page.getByTestId("bill-total").first()).toHaveText("$15.00");
  await page.getByRole("button", { name: "Start subscription" }).click();
  await expect(page).toHaveURL(/\/subscriptions\/[0-9a-f-]{36}$/);
  await sql("insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state) values ($1, $2, 2, 'draft')", [workspace, plans.small]);
  await sql(
    `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, model, timing, fee_minor)
     select workspace_id, plan_id, 2, position, name, product_id, model, timing, 4100 from workspace.rate_plan_charges where plan_id = $1 and version = 1`, [plans.small]);
  await sql("update workspace.rate_plan_versions set state = 'published', published_at = now() where plan_id = $1 and version = 2", [plans.small]);
  await open(page, `/${IT}/rate-plans/${plans.small}/versions/2/move`);
  await expect(page.locator("[name=from]")).toContainText("v1: 1 subscription");
  await page.getByRole("button", { name: "Move" }).click();
  await expect(page).toHaveURL(new RegExp(`/rate-plans/${plans.small}$`));
  const [{ version }] = await sql("select version::text from workspace.subscription_phases where customer_id = $1", [customer]);
  expect(version, "a subscription that has not started is on the new version from its start").toBe("2");
});
