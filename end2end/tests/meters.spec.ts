// Meters: each kind is created, with an event that it counts as an example. What a meter counts never changes, an
// archived one is restored, and all of it works without JavaScript.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { IT, sql } from "../support/facts";
import { forgetCatalogue, makeMeter, value } from "../support/made";
import { contextOf, open } from "../support/people";

const NAME = "Metered";
const meters = () => sql("select name, code, event_type, aggregation, property, filter::text as filter, unit from workspace.meters where starts_with(name, $1) order by code", [NAME]);
const example = async (page: Page) => JSON.parse((await page.getByTestId("example").textContent()) ?? "");

let product: string;

test.beforeEach(async () => {
  product = await value("insert into workspace.products (workspace_id, id, name, code) select id, gen_random_uuid(), $2, 'metered' from account.workspaces where slug = $1 returning id", [IT, `${NAME} product`]);
});
test.afterEach(() => forgetCatalogue(NAME));

test("an empty product says what can be counted, and a meter of each kind is created", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/products/${product}`);
  await expect(page.getByRole("heading", { name: "What do you count?" })).toBeVisible();
  for (const [aggregation, property, shown] of [["count", "", undefined], ["sum", "amount", 1200], ["max", "size", 42.5], ["unique", "user", "user-17"]] as const) {
    await page.getByRole("link", { name: "New meter" }).click();
    await page.getByLabel("Name", { exact: true }).fill(`${NAME} ${aggregation}`);
    await expect(page.getByLabel("Code"), "no code is suggested").toHaveValue(`metered-${aggregation}`);
    await page.getByLabel("Unit").fill("thing");
    await page.getByLabel("Event type").fill(`thing.${aggregation}`);
    await page.getByLabel("Quantity").selectOption(aggregation);
    if (property) await page.getByLabel("Property").fill(property);
    await page.getByLabel("Only events with").fill("region=eu");
    const event = await example(page);
    expect([event.type, event.data.region, event.data[property]], "the example does not follow the fields").toEqual([`thing.${aggregation}`, "eu", shown]);
    await page.getByRole("button", { name: "Create meter" }).click();
    await expect(page.getByRole("row").filter({ hasText: `${NAME} ${aggregation}` })).toContainText("Active");
  }
  expect(await meters()).toEqual(["count", "max", "sum", "unique"].map((aggregation) => ({
    name: `${NAME} ${aggregation}`, code: `metered-${aggregation}`, event_type: `thing.${aggregation}`, aggregation,
    property: { count: null, max: "size", sum: "amount", unique: "user" }[aggregation], filter: '{"region": "eu"}', unit: "thing",
  })));
});

test("the property is kept while the number of events is chosen", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/products/${product}/meters/new`);
  await expect(page.getByLabel("Property"), "the property of a count can be typed").toBeHidden();
  await page.getByLabel("Quantity").selectOption("sum");
  await page.getByLabel("Property").fill("amount");
  await page.getByLabel("Quantity").selectOption("count");
  await expect(page.getByLabel("Property")).toBeHidden();
  expect((await example(page)).data).toEqual({});
  await page.getByLabel("Quantity").selectOption("max");
  await expect(page.getByLabel("Property"), "the property was lost").toHaveValue("amount");
});

test("name and unit of a meter change, and nothing else can", async ({ as }) => {
  const { product, meter } = await makeMeter(IT, `${NAME} fixed`);
  const page = await as(ADA);
  await open(page, `/${IT}/products/${product}`);
  await page.getByRole("link", { name: `${NAME} fixed` }).click();
  await expect(page.locator("main form.form-page")).toBeVisible();
  expect(await page.locator("main form.form-page input:not([type=hidden])").evaluateAll((all) => all.map((input) => (input as HTMLInputElement).name))).toEqual(["name", "unit"]);
  await page.getByLabel("Name", { exact: true }).fill(`${NAME} renamed`);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: `${NAME} renamed` })).toBeVisible();
  const grant = await page.locator("[name=grant]").first().inputValue();
  const form = { action: "save", grant, name: `${NAME} renamed`, unit: "call", aggregation: "count", event_type: "other", code: "other" };
  const answer = await page.request.post(`/${IT}/products/${product}/meters/${meter}/edit`, { headers: { origin: new URL(page.url()).origin }, form, maxRedirects: 0 });
  expect(answer.status(), "control: the form is accepted").toBe(303);
  expect(await sql("select unit, aggregation, event_type, code from workspace.meters where id = $1", [meter])).toEqual([
    { unit: "call", aggregation: "sum", event_type: "metered-fixed", code: "metered-fixed" },
  ]);
});

test("a meter is archived and restored, and is not in another product", async ({ as }) => {
  const { product: own, meter } = await makeMeter(IT, `${NAME} kept`);
  const page = await as(ADA);
  await open(page, `/${IT}/products/${own}`);
  const row = page.getByRole("row").filter({ hasText: `${NAME} kept` });
  await row.getByRole("button", { name: "Archive" }).click();
  await expect(row).toContainText("Archived");
  expect(await value("select status from workspace.meters where id = $1", [meter])).toBe("archived");
  await row.getByRole("button", { name: "Restore" }).click();
  await expect(row).toContainText("Active");
  const answer = await page.goto(`/${IT}/products/${product}/meters/${meter}/edit`);
  expect(answer?.status(), "the meter is shown below another product").toBe(404);
});

test("without JavaScript, errors keep the input, and a meter is created, archived and restored", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/products/${product}`);
  await page.getByRole("link", { name: "New meter" }).click();
  const typed = { name: `${NAME} plain`, code: "metered-plain", unit: "GB", event_type: "storage.measured", property: "", filter: "region=eu" };
  for (const [name, text] of Object.entries(typed)) await page.fill(`[name=${name}]`, text);
  await page.selectOption("[name=aggregation]", "max");
  await page.getByRole("button", { name: "Create meter" }).click();
  await expect(page.locator("[name=property]"), "a maximum without a property is accepted").toHaveAttribute("aria-invalid", "true");
  for (const [name, text] of Object.entries(typed)) await expect(page.locator(`[name=${name}]`), `${name} was lost`).toHaveValue(text);
  expect((await example(page)).type, "the example is not that of the posted values").toBe("storage.measured");
  await page.fill("[name=property]", "gigabytes");
  await page.getByRole("button", { name: "Create meter" }).click();
  await expect(page).toHaveURL(`/${IT}/products/${product}`);
  const row = page.getByRole("row").filter({ hasText: `${NAME} plain` });
  await row.getByRole("button", { name: "Archive" }).click();
  await expect(row).toContainText("Archived");
  await row.getByRole("button", { name: "Restore" }).click();
  await expect(row).toContainText("Active");
  await context.close();
});

test("a Viewer sees the meters of a product, but no control to change them", async ({ as }) => {
  const { product: own } = await makeMeter(IT, `${NAME} seen`);
  const page = await as(VIK);
  await open(page, `/${IT}/products/${own}`);
  const row = page.getByRole("row").filter({ hasText: `${NAME} seen` });
  await expect(row).toBeVisible();
  await expect(row.getByRole("button")).toHaveCount(0);
  await expect(page.getByRole("link", { name: "New meter" })).toHaveCount(0);
  expect((await page.goto(`/${IT}/products/${own}/meters/new`))?.status()).toBe(403);
});
