// Keys during input composition (IME): no field and no row that listens for keys reacts to them.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { composed, press } from "../support/keys";
import { withMany } from "../support/many";
import { settled } from "../support/network";
import { open } from "../support/people";
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
