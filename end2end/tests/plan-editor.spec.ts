// The editor of rate plans: with the keyboard alone, from a new plan to its publication. What it shows of prices equals
// the page of the plan. Nothing typed is lost by errors, by another person's save, or by leaving. It works without
// JavaScript.
import { type Locator, type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT, sql } from "../support/facts";
import { forgetCatalogue, makeMeter, makePlan, value } from "../support/made";
import { contextOf, open } from "../support/people";

const NAME = "Edited";
let meter: string;

test.beforeEach(async () => {
  ({ meter } = await makeMeter(IT, `${NAME} tokens`));
});
test.afterEach(() => forgetCatalogue(NAME));

const control = (page: Page, name: string) => page.locator(`[name="${name}"]`);
const total = (page: Page) => page.getByTestId("total");
const charges = (plan: string) => sql("select position, name, model from workspace.rate_plan_charges where plan_id = $1 order by position", [plan]);
const dialog = (page: Page) => page.getByTestId("unsaved-dialog");

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  await expect(target, "Tab does not reach it").toBeFocused();
}

/** Adds a charge for the meter with two tiers. */
async function tiers(page: Page, model: string, bound: string, prices: [string, string]): Promise<void> {
  await page.getByRole("button", { name: "Add charge" }).click();
  await control(page, "charges.0.name").fill("Tokens");
  await control(page, "charges.0.model").selectOption(model);
  await control(page, "charges.0.meter").selectOption(meter);
  await control(page, "charges.0.tiers.0.up_to").fill(bound);
  await control(page, "charges.0.tiers.0.unit_price").fill(prices[0]);
  await page.getByRole("button", { name: "Add tier" }).click();
  await control(page, "charges.0.tiers.1.unit_price").fill(prices[1]);
}

test("a plan is created, priced and published with the keyboard alone, and its page shows the price of the preview", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans`);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("New rate plan");
  await expect(page.getByTestId("palette-item").first()).toContainText("New rate plan");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/${IT}/rate-plans/new`);
  await tabTo(page, page.getByLabel("Name", { exact: true }));
  await page.keyboard.type(`${NAME} by keys`);
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("Code"), "no code is suggested").toHaveValue("edited-by-keys");
  await page.keyboard.press("Tab");
  await page.keyboard.type("EUR");
  await expect(page.getByLabel("Currency")).toHaveValue("EUR");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/rate-plans\/[0-9a-f-]{36}\/edit$/);

  await tabTo(page, page.getByRole("button", { name: "Add charge" }));
  await page.keyboard.press("Enter");
  await expect(control(page, "charges.0.name"), "the focus is not in the new charge").toBeFocused();
  await page.keyboard.type("Tokens");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Graduated");
  await expect(control(page, "charges.0.model")).toHaveValue("graduated");
  await tabTo(page, control(page, "charges.0.meter"));
  await page.keyboard.type(NAME);
  await expect(control(page, "charges.0.meter")).toHaveValue(meter);
  await tabTo(page, control(page, "charges.0.tiers.0.up_to"));
  for (const text of ["10", "5", "1"]) {
    await page.keyboard.type(text);
    await page.keyboard.press("Tab");
  }
  await expect(control(page, "charges.0.tiers.1.up_to"), "Tab in the last field adds no tier").toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.type("4");
  await tabTo(page, page.getByLabel("Quantity of each meter"));
  await page.keyboard.press("Control+a");
  await page.keyboard.type("25");
  // 10 × 5 + 1 + 15 × 4
  await expect(total(page)).toHaveText("€111.00");

  await page.keyboard.press("Control+Enter");
  await expect(page).toHaveURL(/\/publish$/);
  await expect(page.getByTestId("stay")).toContainText("Customers can then subscribe");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByTestId("toast").last()).toHaveText("Version 1 published");
  await expect(page.getByRole("heading", { name: "Version 1" })).toBeVisible();
  await expect(page.getByTestId("charge")).toContainText("above 10");
  await page.getByLabel("Quantity").fill("25");
  await expect(total(page), "the page shows another price than the editor").toHaveText("€111.00");
  const answer = await page.request.get(`${page.url()}?quantity=25`);
  expect(await answer.text(), "without JavaScript, the page shows another price").toContain("€111.00");
});

test("both models with tiers are compared, and a price that falls is reported", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans/${await makePlan(IT, `${NAME} compared`)}/edit`);
  await tiers(page, "graduated", "100", ["3", "1"]);
  await expect(page.getByTestId("both-models")).toHaveText("101 cost €301.00 graduated, and €101.00 by volume.");
  await expect(page.locator(".jumps li")).toHaveCount(0);
  await control(page, "charges.0.model").selectOption("volume");
  await expect(page.locator(".jumps li"), "the jump of a volume price is not reported").toContainText("falls from €300.00");
  await control(page, "charges.0.model").selectOption("per_unit");
  await expect(control(page, "charges.0.tiers.0.up_to")).toBeHidden();
  await control(page, "charges.0.model").selectOption("graduated");
  await expect(control(page, "charges.0.tiers.0.up_to"), "the tiers were lost").toHaveValue("100");
});

test("a bound that does not rise is reported at its field while it is typed", async ({ as }) => {
  const page = await as(ADA);
  const plan = await makePlan(IT, `${NAME} wrong`);
  await open(page, `/${IT}/rate-plans/${plan}/edit`);
  await tiers(page, "graduated", "100", ["3", "1"]);
  await page.getByRole("button", { name: "Add tier" }).click();
  await control(page, "charges.0.tiers.2.unit_price").fill("0.5");
  const second = control(page, "charges.0.tiers.1.up_to");
  await second.fill("50");
  await expect(second).toHaveAttribute("aria-invalid", "true");
  await expect(second).toHaveAccessibleDescription(/Enter a larger quantity than in the tier before\./);
  await page.getByRole("button", { name: "Save draft" }).click();
  expect(await charges(plan), "an invalid draft was saved").toEqual([]);
  await second.fill("500");
  await expect(second).not.toHaveAttribute("aria-invalid");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByTestId("toast").last()).toHaveText("Draft saved");
  expect(await charges(plan)).toEqual([{ position: 0, name: "Tokens", model: "graduated" }]);
});

test("charges move with Alt and the arrow keys, and keep what was typed", async ({ as }) => {
  const page = await as(ADA);
  const plan = await makePlan(IT, `${NAME} moved`);
  await open(page, `/${IT}/rate-plans/${plan}/edit`);
  for (const [at, name] of ["First", "Second"].entries()) {
    await page.getByRole("button", { name: "Add charge" }).click();
    await control(page, `charges.${at}.name`).fill(name);
  }
  await control(page, "charges.1.name").press("Alt+ArrowUp");
  await expect(control(page, "charges.0.name")).toHaveValue("Second");
  await expect(control(page, "charges.0.name"), "the focus did not move with the charge").toBeFocused();
  await expect(control(page, "charges.1.name")).toHaveValue("First");
  await page.getByRole("button", { name: "Remove charge 1" }).click();
  await expect(control(page, "charges.0.name")).toHaveValue("First");
  await expect(page.getByTestId("charge")).toHaveCount(1);
});

test("a draft that somebody else saved is not overwritten, and nothing typed is lost", async ({ as }) => {
  const plan = await makePlan(IT, `${NAME} shared`);
  const [mine, theirs] = [await as(ADA), await as(ADA)];
  for (const page of [mine, theirs]) {
    await open(page, `/${IT}/rate-plans/${plan}/edit`);
    await tiers(page, "graduated", "100", ["3", "1"]);
  }
  await theirs.getByRole("button", { name: "Save draft" }).click();
  await expect(theirs.getByTestId("toast").last()).toHaveText("Draft saved");
  await control(mine, "charges.0.name").fill("Mine");
  await mine.getByRole("button", { name: "Save draft" }).click();
  const message = mine.getByTestId("stale");
  await expect(message).toContainText("Somebody else saved this draft");
  await expect(message.getByRole("link", { name: "Open theirs in another tab" })).toHaveAttribute("target", "_blank");
  await expect(control(mine, "charges.0.name"), "what was typed is lost").toHaveValue("Mine");
  expect(await charges(plan), "their draft was overwritten").toEqual([{ position: 0, name: "Tokens", model: "graduated" }]);
  await message.getByRole("button", { name: "Replace theirs with mine" }).click();
  await expect(mine.getByTestId("toast").last()).toHaveText("Draft saved");
  await expect(message).toHaveCount(0);
  expect(await charges(plan)).toEqual([{ position: 0, name: "Mine", model: "graduated" }]);
});

test("leaving with unsaved input or an unsaved charge asks, and after a save nothing asks", async ({ as }) => {
  const plan = await makePlan(IT, `${NAME} left`);
  const page = await as(ADA);
  await open(page, `/${IT}/rate-plans/${plan}/edit`);
  const leave = () => page.getByRole("link", { name: "Close" }).click();
  await page.getByLabel("Quantity of each meter").fill("5");
  await leave();
  await expect(page, "a quantity to price counts as unsaved input").toHaveURL(new RegExp(`/rate-plans/${plan}$`));
  await page.getByRole("link", { name: "Edit draft" }).click();
  await page.getByRole("button", { name: "Add charge" }).click();
  await expect(control(page, "charges.0.name")).toBeFocused();
  await leave();
  await expect(dialog(page), "an added charge is no unsaved input").toBeVisible();
  await dialog(page).getByRole("button", { name: "Stay" }).click();
  await control(page, "charges.0.name").fill("Tokens");
  await control(page, "charges.0.meter").selectOption(meter);
  await control(page, "charges.0.unit_price").fill("0.01");
  await leave();
  await dialog(page).getByRole("button", { name: "Stay" }).click();
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(page.getByTestId("toast").last()).toHaveText("Draft saved");
  await leave();
  await expect(page).toHaveURL(new RegExp(`/rate-plans/${plan}$`));
  expect(await charges(plan)).toHaveLength(1);
});

test("without JavaScript, charges and tiers are added, moved and removed, and the draft is saved and published", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/rate-plans`);
  await page.getByRole("link", { name: "New rate plan" }).click();
  await page.fill("[name=name]", `${NAME} plain`);
  await page.fill("[name=code]", "edited-plain");
  await page.selectOption("[name=currency]", "JPY");
  await page.getByRole("button", { name: "Create rate plan" }).click();
  await expect(page).toHaveURL(/\/edit$/);
  const plan = new URL(page.url()).pathname.split("/")[3];

  await page.getByRole("button", { name: "Add charge" }).click();
  await control(page, "charges.0.name").fill("Tokens");
  await control(page, "charges.0.model").selectOption("volume");
  await page.getByRole("button", { name: "Update fields and preview" }).click();
  await control(page, "charges.0.meter").selectOption(meter);
  await control(page, "charges.0.tiers.0.up_to").fill("100");
  await control(page, "charges.0.tiers.0.unit_price").fill("4.5");
  await page.getByRole("button", { name: "Add tier" }).click();
  await expect(control(page, "charges.0.tiers.0.unit_price"), "what was typed is lost").toHaveValue("4.5");
  await control(page, "charges.0.tiers.1.unit_price").fill("4");
  await page.getByRole("button", { name: "Add charge" }).click();
  await control(page, "charges.1.name").fill("Unwanted");
  await page.getByRole("button", { name: "Move charge 2 up" }).click();
  await expect(control(page, "charges.0.name")).toHaveValue("Unwanted");
  await page.getByRole("button", { name: "Save draft" }).click();
  await expect(control(page, "charges.0.meter"), "a charge without a meter is accepted").toHaveAttribute("aria-invalid", "true");
  await expect(control(page, "charges.1.tiers.1.unit_price"), "what was typed is lost").toHaveValue("4");
  expect(await charges(plan)).toEqual([]);
  await page.getByRole("button", { name: "Remove charge 1" }).click();
  await page.fill("[name=quantity]", "101");
  await page.getByRole("button", { name: "Update fields and preview" }).click();
  await expect(total(page)).toHaveText("¥404");
  await page.getByRole("button", { name: "Review and publish" }).click();
  await expect(page).toHaveURL(/\/publish$/);
  expect(await charges(plan)).toEqual([{ position: 0, name: "Tokens", model: "volume" }]);
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page).toHaveURL(`/${IT}/rate-plans/${plan}`);
  await expect(page.getByTestId("prices")).toContainText("¥4.5");
  await page.fill("[name=quantity]", "101");
  await page.getByRole("button", { name: "Compute" }).click();
  await expect(page).toHaveURL(/\?quantity=101$/);
  await expect(total(page)).toHaveText("¥404");
  expect(await value("select state from workspace.rate_plan_versions where plan_id = $1", [plan])).toBe("published");
  await context.close();
});
