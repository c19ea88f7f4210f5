// Versions of rate plans: a published one never changes. The next one starts as its copy, marks what it changes, and is
// published or discarded. People without the right see versions and can't edit them.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { IT, PRODUCT_ENG, sql } from "../support/facts";
import { forget, forgetCatalogue, makeMeter, makePlan } from "../support/made";
import { open } from "../support/people";

const NAME = "Versioned";
const CUSTOMER = "Customer of a versioned plan";
let plan: string;

test.beforeEach(async () => {
  const { product, meter } = await makeMeter(IT, `${NAME} tokens`);
  plan = await makePlan(IT, `${NAME} plan`);
  await sql(
    `insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, meter_id, model, unit_price, included)
     select workspace_id, id, 1, 0, 'Tokens', $2::uuid, $3::uuid, 'per_unit', 0.10, 0 from workspace.rate_plans where id = $1`,
    [plan, product, meter],
  );
  await sql("update workspace.rate_plan_versions set state = 'published', published_at = now() where plan_id = $1", [plan]);
});
test.afterEach(async () => {
  await forget(CUSTOMER);
  await forgetCatalogue(NAME);
});

const control = (page: Page, name: string) => page.locator(`[name="${name}"]`);

test("version 1 stays as it was after version 2 is published", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans/${plan}`);
  await expect(page.getByTestId("prices")).toContainText("€0.10");
  await page.getByRole("button", { name: "New version" }).click();
  await expect(page).toHaveURL(/\/edit$/);
  await expect(control(page, "charges.0.unit_price"), "the draft is no copy").toHaveValue("0.1");
  await expect(page.locator(".charge .was:not(:empty)"), "an unchanged field is marked").toHaveCount(0);
  await control(page, "charges.0.unit_price").fill("0.2");
  await expect(control(page, "charges.0.unit_price")).toHaveAccessibleDescription(/Was 0\.1/);
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByTestId("impact")).toBeVisible();
  await page.getByRole("button", { name: "Review and publish" }).click();
  await expect(page.getByTestId("stay")).toContainText("version 2");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("heading", { name: "Version 2", exact: true })).toBeVisible();
  await expect(page.getByTestId("prices")).toContainText("€0.20");
  await page.getByRole("link", { name: "Version 1", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/rate-plans/${plan}/versions/1$`));
  await expect(page.getByTestId("prices"), "version 1 has another price").toContainText("€0.10");
  await page.getByLabel("Quantity").fill("100");
  await expect(page.getByTestId("total")).toHaveText("€10.00");
  expect((await page.goto(`/${IT}/rate-plans/${plan}/versions/3`))?.status(), "control: a version that does not exist").toBe(404);
});

test("subscribers stay on their version when another is published, and the plan's page leads to moving them", async ({ as }) => {
  await sql(
    `with c as (insert into workspace.customers (workspace_id, id, name, email, country)
        select id, gen_random_uuid(), $2, 'a@versioned.example', 'DE' from account.workspaces where slug = $1 returning workspace_id, id),
      s as (insert into workspace.subscriptions (workspace_id, id, customer_id, currency, anchor_on, starts_on, bills_from)
        select workspace_id, gen_random_uuid(), id, 'EUR', day, day, day from c, (select date_trunc('month', now() - interval '2 months')::date as day) d returning *)
     insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
     select workspace_id, id, starts_on, customer_id, $3, 1 from s`, [IT, CUSTOMER, plan]);
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans/${plan}`);
  await expect(page.getByTestId("earlier"), "there is no other version yet").toHaveCount(0);
  await page.getByRole("button", { name: "New version" }).click();
  await control(page, "charges.0.unit_price").fill("0.2");
  await page.getByRole("button", { name: "Review and publish" }).click();
  await expect(page.getByTestId("stay")).toContainText("1 customer stays on version 1 or earlier");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByTestId("earlier")).toContainText("1 customer is on earlier versions.");
  const versions = () => sql("select version from workspace.subscription_phases where plan_id = $1 order by from_on", [plan]);
  expect(await versions(), "publishing moved a subscriber").toEqual([{ version: 1 }]);
  await page.getByRole("link", { name: "Move subscriptions to version 2" }).click();
  await expect(page).toHaveURL(`/${IT}/rate-plans/${plan}/versions/2/move`);
  await expect(page.locator("[name=from]")).toContainText("v1: 1 subscription");
  await page.getByRole("button", { name: "Move", exact: true }).click();
  await expect(page).toHaveURL(`/${IT}/rate-plans/${plan}`);
  expect(await versions(), "the period that has begun keeps its prices").toEqual([{ version: 1 }, { version: 2 }]);
  await page.goto(`/${IT}/rate-plans/${plan}/versions/2/move`);
  await expect(page.getByTestId("none-to-move")).toContainText("from its next period");
  const viewer = await as(VIK);
  await open(viewer, `/${IT}/rate-plans/${plan}`);
  await expect(viewer.getByTestId("earlier"), "control: a Viewer sees it").toBeVisible();
  await expect(viewer.getByRole("link", { name: /Move subscriptions/ })).toHaveCount(0);
});

test("a draft is discarded, and the published version stays", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans/${plan}`);
  await page.getByRole("button", { name: "New version" }).click();
  await expect(page).toHaveURL(/\/edit$/);
  await page.getByRole("link", { name: "Close" }).click();
  await page.getByRole("button", { name: "Discard draft" }).click();
  await expect(page.getByRole("button", { name: "New version" })).toBeVisible();
  expect(await sql("select version, state from workspace.rate_plan_versions where plan_id = $1", [plan])).toEqual([{ version: 1, state: "published" }]);
  expect((await page.goto(`/${IT}/rate-plans/${plan}/edit`))?.status(), "a published version can be edited").toBe(404);
});

test("a published version can't be saved, by whatever request", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const grant = await grantOf(request, IT);
  const charges = [["charges.0.name", "Cheap"], ["charges.0.model", "per_unit"], ["charges.0.unit_price", "0"]];
  const before = await sql("select c.* from workspace.rate_plan_charges c where plan_id = $1", [plan]);
  for (const base of [{ revision: 1 }, "any"]) {
    const answer = await call(request, "save_draft", { workspace: IT, grant, id: plan, base, input: charges });
    expect(answer.status()).toBe(422);
    expect(await answer.text(), "it is refused for another reason").toContain("revision");
  }
  const published = await call(request, "act_on_rate_plan", { workspace: IT, grant, id: plan, action: { action: "publish", revision: 1 } });
  expect(published.status()).toBe(404);
  expect(await sql("select c.* from workspace.rate_plan_charges c where plan_id = $1", [plan]), "a published version changed").toEqual(before);
});

test("a plan of one workspace is absent in another", async ({ as }) => {
  const page = await as(ADA);
  for (const path of ["", "/versions/1", "/details", "/edit", "/publish", "?quantity=5"]) {
    expect((await page.goto(`/${PRODUCT_ENG}/rate-plans/${plan}${path}`))?.status(), path).toBe(404);
  }
  const { request } = page.context();
  const grant = await grantOf(request, PRODUCT_ENG);
  for (const action of [{ action: "archive" }, { action: "new-version" }]) {
    const answer = await call(request, "act_on_rate_plan", { workspace: PRODUCT_ENG, grant, id: plan, action });
    expect([answer.status(), await answer.json()], action.action).toEqual([404, "absent"]);
  }
  const own = await grantOf(request, IT);
  const answer = await call(request, "act_on_rate_plan", { workspace: IT, grant: own, id: plan, action: { action: "new-version" } });
  expect(answer.status(), "control: it is found in its own").toBe(200);
});

test("a Viewer sees the prices of a plan and can't edit, publish or archive", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/rate-plans/${plan}`);
  await expect(page.getByTestId("prices")).toContainText("€0.10");
  await expect(page.locator("main form[method=post]")).toHaveCount(0);
  for (const path of ["edit", "publish", "details"]) {
    expect((await page.goto(`/${IT}/rate-plans/${plan}/${path}`))?.status(), path).toBe(403);
  }
  const { request } = page.context();
  const grant = await grantOf(request, IT);
  for (const [name, data] of [
    ["act_on_rate_plan", { id: plan, action: { action: "archive" } }],
    ["act_on_rate_plan", { id: plan, action: { action: "new-version" } }],
    ["save_draft", { id: plan, base: "any", input: [] }],
    ["draft_impact", { id: plan, input: [] }],
  ] as const) {
    const answer = await call(request, name, { workspace: IT, grant, ...data });
    expect([answer.status(), await answer.json()], name).toEqual([403, { denied: "edit_content" }]);
  }
  expect(await sql("select version, state from workspace.rate_plan_versions where plan_id = $1", [plan])).toEqual([{ version: 1, state: "published" }]);
});
