// Keys during input composition (IME): no field and no row that listens for keys reacts to them.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { composed, press } from "../support/keys";
import { withMany } from "../support/many";
import { settled } from "../support/network";
import { contextOf, open } from "../support/people";
import { MAIN, type Priced, openPriced, pagesOf } from "../support/priced";
import { workspaceName } from "../support/switching";

const KEYS = ["Enter", "ArrowDown", "ArrowUp", "Home", "End", "Escape", "Tab", "1", "/", "f"];

/** Sends every key as part of a composition and asserts that nothing changes. */
async function nothingHappens(page: Page, where: string, state: () => Promise<unknown>): Promise<void> {
  const before = await state();
  for (const key of KEYS) {
    for (const { what, press: composing } of composed(key)) {
      expect(await press(page, composing), `${where}: ${key} (${what}) was not left to the input method`).toBe(false);
      await settled(page);
      expect(await state(), `${where}: ${key} (${what}) changed the page`).toEqual(before);
    }
  }
}

/** Reads everything that a key could change. */
const seen = (page: Page) => async () =>
  page.evaluate(() => ({
    url: location.href,
    focus: [document.activeElement?.id, document.activeElement?.getAttribute("data-slug")],
    selected: document.querySelector("[aria-selected=true]")?.id,
    typed: [...document.querySelectorAll("input")].map((input) => input.value),
    open: [...document.querySelectorAll(":popover-open")].map((element) => element.id),
  }));

test("control: key codes arrive as browsers send them", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const codes = page.evaluate(() => new Promise((done) => addEventListener("keydown", (event) => done([event.keyCode, event.isComposing]), { once: true })));
  await press(page, { key: "Enter", keyCode: 229 });
  expect(await codes).toEqual([229, false]);
});

test("the palette ignores keys during composition", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("finance");
  await expect(page.getByTestId("palette-item").first()).toHaveAttribute("data-slug", FINANCE);
  await nothingHappens(page, "palette", seen(page));
  expect(await press(page, { key: "Enter" }), "control: a plain Enter is handled").toBe(true);
  await expect(workspaceName(page)).toHaveText("Finance");
});

test("the picker's search and rows ignore keys during composition", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  await nothingHappens(page, "picker", seen(page));
  await press(page, { key: "/" });
  await expect(page.locator("#picker-search"), "control: a plain slash moves the focus to the search").toBeFocused();
  await page.keyboard.type("fin");
  await expect(page.getByTestId("picker-row")).toHaveCount(1);
  await nothingHappens(page, "picker's search", seen(page));
  await press(page, { key: "Enter" });
  await expect(page, "control: a plain Enter opens the workspace").toHaveURL(`/${FINANCE}/overview`);
});

test("the switcher's rows and search ignore keys during composition", async ({ as }) => {
  await withMany("Wharf", 9, IT, async () => {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await page.getByTestId("switcher").click();
    await expect(page.getByTestId("switcher-item").first()).toBeFocused();
    await nothingHappens(page, "switcher's rows", seen(page));
    await page.locator("#switcher-search").focus();
    await page.keyboard.type("finance");
    await expect(page.getByTestId("switcher-item").first()).toHaveAttribute("data-slug", FINANCE);
    await nothingHappens(page, "switcher's search", seen(page));
    await press(page, { key: "Enter" });
    await expect(workspaceName(page), "control: a plain Enter switches the workspace").toHaveText("Finance");
  });
});

test("a list and its search ignore keys during composition, and so does ctrl+K", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await nothingHappens(page, "list", seen(page));
  await page.locator("#list-search").focus();
  await nothingHappens(page, "list's search", seen(page));
  expect(await press(page, { key: "k", code: "KeyK", ctrlKey: true, isComposing: true })).toBe(false);
  await expect(page.getByTestId("palette")).toBeHidden();
  expect(await press(page, { key: "k", code: "KeyK", ctrlKey: true }), "control: a plain ctrl+K is handled").toBe(true);
  await expect(page.getByTestId("palette")).toBeVisible();
});

test.describe("pages of prices and usage", () => {
  let priced: Priced;
  test.beforeAll(async ({ browser }) => {
    priced = await openPriced(browser, "composition");
  });

  /** Reads everything that a key could change, also rows of a form and choices. */
  const shown = (page: Page) => async () => ({
    ...(await seen(page)()),
    rows: await page.locator("main :is([data-testid=charge], [data-testid=tier], [data-testid=bill-total], [data-testid=total])").allInnerTexts(),
    chosen: await page.locator("main select").evaluateAll((all) => all.map((select) => (select as HTMLSelectElement).value)),
  });

  for (const name of MAIN) {
    test(`${name} ignores keys during composition, also in a field`, async ({ browser }) => {
      const context = await contextOf(browser, priced.owner);
      const page = await context.newPage();
      const [{ path, shows }] = pagesOf(priced, [name]);
      await open(page, path);
      await expect(page.locator(shows).first()).toBeVisible();
      await nothingHappens(page, name, shown(page));
      const field = page.locator("main input:is([type=text], [type=search], [type=number], :not([type])):visible").first();
      if (await field.count()) {
        await field.focus();
        await nothingHappens(page, `a field of ${name}`, shown(page));
      }
      await page.locator("h1").first().click();
      expect(await press(page, { key: "k", code: "KeyK", ctrlKey: true }), "control: a plain ctrl+K is handled").toBe(true);
      await expect(page.getByTestId("palette")).toBeVisible();
      await context.close();
    });
  }

  test("the editor adds no tier, moves no charge and saves nothing during composition", async ({ browser }) => {
    const context = await contextOf(browser, priced.owner);
    const page = await context.newPage();
    await open(page, pagesOf(priced, ["the editor of a rate plan"])[0].path);
    await page.locator('[name="charges.1.tiers.1.up_to"]').fill("2000000");
    await page.locator('[name="charges.1.tiers.1.flat"]').focus();
    const state = shown(page);
    await nothingHappens(page, "the last tier", state);
    const before = await state();
    for (const commanded of [{ key: "ArrowUp", altKey: true }, { key: "ArrowDown", altKey: true }, { key: "Enter", ctrlKey: true }]) {
      for (const { what, press: composing } of composed(commanded.key)) {
        expect(await press(page, { ...commanded, ...composing }), `${commanded.key} (${what}) was not left to the input method`).toBe(false);
        await settled(page);
        expect(await state(), `${commanded.key} (${what}) changed the page`).toEqual(before);
      }
    }
    const tiers = page.getByTestId("charge").nth(1).getByTestId("tier");
    await expect(tiers).toHaveCount(2);
    expect(await press(page, { key: "Tab" }), "control: a plain Tab adds a tier").toBe(true);
    await expect(tiers).toHaveCount(3);
    await page.locator('[name="charges.1.name"]').focus();
    expect(await press(page, { key: "ArrowUp", altKey: true }), "control: alt and an arrow move the charge").toBe(true);
    await expect(page.locator('[name="charges.0.name"]')).toHaveValue("Tokens");
    await context.close();
  });

  test("a plain slash on the events moves the focus to the search, and one during composition does not", async ({ browser }) => {
    const context = await contextOf(browser, priced.owner);
    const page = await context.newPage();
    await open(page, pagesOf(priced, ["events"])[0].path);
    for (const { what, press: composing } of composed("/")) {
      expect(await press(page, composing), what).toBe(false);
      await expect(page.locator("#list-search"), what).not.toBeFocused();
    }
    expect(await press(page, { key: "/" }), "control: a plain slash is handled").toBe(true);
    await expect(page.locator("#list-search")).toBeFocused();
    await context.close();
  });
});
