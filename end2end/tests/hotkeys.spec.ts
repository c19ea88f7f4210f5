// Keyboard shortcuts: they follow the keyboard layout, leave keys to the focused field, and are shown only where they
// work.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { onMac, press } from "../support/keys";
import { withMany } from "../support/many";
import { settled } from "../support/network";
import { contextOf, open } from "../support/people";
import { complaints } from "../support/watch";

/** Compare visible text only, because hints for both kinds of keyboard are in the document. */
const SEEN = { useInnerText: true };
const palette = (page: Page) => page.getByTestId("palette");

/** Tells whether a key press opens the palette, and closes it again. */
async function opens(page: Page, what: Parameters<typeof press>[1]): Promise<boolean> {
  await press(page, what);
  await settled(page);
  const open = await palette(page).isVisible();
  if (open) await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  return open;
}

test("ctrl+K follows the letter, and the key's position on layouts without Latin letters", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  for (const [key, code] of [["k", "KeyK"], ["K", "KeyK"], ["k", "KeyV"], ["л", "KeyK"], ["Л", "KeyK"], ["κ", "KeyK"], ["ל", "KeyK"], ["ن", "KeyK"]]) {
    expect(await opens(page, { key, code, ctrlKey: true }), `ctrl and ${key} at ${code} do not open the palette`).toBe(true);
    expect(await opens(page, { key, code, metaKey: true }), `cmd and ${key} at ${code} do not open the palette`).toBe(true);
  }
  for (const [key, code] of [["t", "KeyK"], ["л", "KeyV"], ["ł", "KeyK"], ["j", "KeyJ"]]) {
    expect(await opens(page, { key, code, ctrlKey: true }), `ctrl and ${key} at ${code} open the palette`).toBe(false);
  }
  for (const more of [{ shiftKey: true }, { altKey: true }]) {
    expect(await opens(page, { key: "k", code: "KeyK", ctrlKey: true, ...more }), JSON.stringify(more)).toBe(false);
  }
});

test("a held key toggles the palette once, and a handled key press is ignored", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await press(page, { key: "k", code: "KeyK", ctrlKey: true });
  for (let i = 0; i < 5; i++) {
    expect(await press(page, { key: "k", code: "KeyK", ctrlKey: true, repeat: true }), "the browser's own action is not prevented").toBe(true);
    await settled(page);
    await expect(palette(page)).toBeVisible();
  }
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await page.evaluate(() => addEventListener("keydown", (event) => event.preventDefault(), { capture: true, once: true }));
  expect(await opens(page, { key: "k", code: "KeyK", ctrlKey: true })).toBe(false);
  expect(await opens(page, { key: "k", code: "KeyK", ctrlKey: true }), "control: an unhandled key press opens it").toBe(true);
});

test("on a Mac, ctrl+K in a field is left to the field, cmd+K opens the palette, and hints show ⌘", async ({ as }) => {
  const page = await as(ADA);
  await onMac(page);
  const noise = complaints(page);
  await open(page, `/${IT}/customers`);
  const button = page.getByRole("button", { name: "Search or jump to" });
  await expect(button).toHaveAttribute("aria-keyshortcuts", /Meta\+K/);
  for (const hint of [button.locator("kbd"), page.locator(".rail-hint kbd")]) await expect(hint).toHaveText("⌘K", SEEN);
  await page.locator("#list-search").focus();
  expect(await press(page, { key: "k", code: "KeyK", ctrlKey: true }), "the field's own shortcut was taken").toBe(false);
  await expect(palette(page)).toBeHidden();
  expect(await opens(page, { key: "k", code: "KeyK", metaKey: true })).toBe(true);
  await page.locator("#main").focus();
  expect(await opens(page, { key: "k", code: "KeyK", ctrlKey: true }), "ctrl+K outside of a field does not open the palette").toBe(true);
  await page.keyboard.press("Meta+k");
  await page.getByTestId("palette-input").fill("?");
  await expect(page.getByTestId("palette-keys")).toContainText("⌘K", SEEN);
  await expect(page.getByTestId("palette-keys")).not.toContainText("Ctrl", SEEN);
  expect(noise, "the page reports errors, such as a text that differs from the server's").toEqual([]);
});

test("on other systems hints show Ctrl, and ctrl+K opens the palette from a field too", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await expect(page.locator(".rail-hint kbd")).toHaveText("Ctrl K", SEEN);
  await expect(page.getByRole("button", { name: "Search or jump to" })).toHaveAttribute("aria-keyshortcuts", /Control\+K/);
  await page.locator("#list-search").focus();
  expect(await opens(page, { key: "k", code: "KeyK", ctrlKey: true })).toBe(true);
});

for (const path of ["customers", "products", "rate-plans", "usage/events", "invoices"]) {
  test(`/ moves the focus to the search of ${path}`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${IT}/${path}`);
    const search = page.locator("#list-search");
    await expect(search).not.toBeFocused();
    await page.keyboard.press("/");
    await expect(search).toBeFocused();
    await expect(search, "the slash was typed").toHaveValue("");
    await page.keyboard.press("/");
    await expect(search, "a slash in the field was not typed").toHaveValue("/");
  });
}

test("/ works with Shift on layouts that need it, and is ignored in fields, with modifiers and in an open menu", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  const search = page.locator("#list-search");
  for (const modifier of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    expect(await press(page, { key: "/", ...modifier }), JSON.stringify(modifier)).toBe(false);
  }
  await page.locator("#list-status").focus();
  expect(await press(page, { key: "/" }), "/ was taken from another field").toBe(false);
  await page.locator("#main").focus();
  await page.getByTestId("switcher").click();
  await expect(page.getByTestId("switcher-item").first()).toBeFocused();
  expect(await press(page, { key: "/" }), "/ was taken while a menu is open").toBe(false);
  await expect(search).not.toBeFocused();
  await page.keyboard.press("Escape");
  await page.locator("#main").focus();
  expect(await press(page, { key: "/", code: "Digit7", shiftKey: true }), "/ of a German keyboard is ignored").toBe(true);
  await expect(search).toBeFocused();
});

test("the picker shows digits unless a field has the focus, and the shown digits work", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const chips = page.getByTestId("picker-row").locator("kbd");
  await expect(chips.first()).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.locator("#picker-search")).toBeFocused();
  for (const chip of await chips.all()) await expect(chip).toBeHidden();
  await page.keyboard.type("1");
  await expect(page.locator("#picker-search")).toHaveValue("1");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ArrowDown");
  await expect(chips.first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette-input")).toBeFocused();
  await press(page, { key: "1" });
  await expect(page, "the digit opened a workspace behind the palette").toHaveURL("/home");
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await expect(page).toHaveURL(`/${FINANCE}/overview`);
});

test("the switcher shows digits unless its search has the focus, and its end tells how many rows are left", async ({ as, browser }) => {
  await withMany("Jetty", 70, IT, async () => {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await page.getByTestId("switcher").click();
    const rows = page.getByTestId("switcher-item");
    await expect(rows.first()).toBeFocused();
    await expect(rows.first().locator("kbd")).toBeVisible();
    const left = 73 - (await rows.count());
    expect(left, "control: more workspaces exist than are shown").toBeGreaterThan(5);
    const end = page.getByTestId("switcher-end");
    await expect(end).toHaveText(`${left} more: type to search, or open All workspaces`);
    await page.locator("#switcher-search").focus();
    await expect(rows.first().locator("kbd")).toBeHidden();
    await page.keyboard.type("jetty");
    await expect(end, "expected 60 of 70 rows").toHaveText("10 more: keep typing to narrow them down, or open All workspaces");
    await page.keyboard.type(" 7");
    await expect(end).toHaveCount(0);
    await page.locator("#switcher-search").fill("");
    await end.getByRole("link").click();
    await expect(page).toHaveURL("/home");

    const plain = await contextOf(browser, ADA, { javaScriptEnabled: false });
    const tab = await plain.newPage();
    await tab.goto(`/${IT}/customers`);
    await tab.getByTestId("switcher").click();
    await expect(tab.getByTestId("switcher-end").getByRole("link")).toHaveAttribute("href", "/home");
    await expect(tab.getByTestId("switcher-end"), "the end offers a search where nothing can be typed").not.toContainText("type", SEEN);
    await plain.close();
  });
});

test("the palette's keyboard help can't be chosen: no query finds its lines, and the command lists them", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.keyboard.press("Control+k");
  const items = page.getByTestId("palette-item");
  const keys = page.getByTestId("palette-keys");
  for (const query of ["", "fin", "first nine", "search on", "esc"]) {
    await page.getByTestId("palette-input").fill(query);
    await expect(items.filter({ hasText: /first nine|Workspaces only|^Close/ }), `“${query}” finds a line of the help`).toHaveCount(0);
    await expect(keys).toHaveCount(0);
  }
  await page.getByTestId("palette-input").fill("sign");
  await expect(items, "the query finds unrelated items").toHaveText([/Sign out/]);
  await page.getByTestId("palette-input").fill("keyboard");
  await page.keyboard.press("Enter");
  await expect(keys).toContainText("Open or close search");
  for (const row of await keys.getByRole("option").all()) await expect(row).toHaveAttribute("aria-disabled", "true");
  await expect(items, "a line of the help can be chosen").toHaveCount(0);
  await expect(page.getByTestId("palette-input")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(keys, "Enter ran a line of the help").toBeVisible();
  await page.keyboard.press("Backspace");
  await expect(items.first()).toBeVisible();
});

test("Enter in the palette's keyboard help runs nothing, even if lines appear right after it", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-input").fill("?");
  await expect(page.getByTestId("palette-keys")).toBeVisible();
  // Both in one task, so that no frame is drawn in between.
  await page.getByTestId("palette-input").evaluate((input: HTMLInputElement) => {
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, cancelable: true }));
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await settled(page);
  await expect(page.getByTestId("palette-item").first(), "Enter ran a line that was not there").toBeVisible();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await page.keyboard.press("Enter");
  await expect(page, "control: Enter runs a line that is there").not.toHaveURL(`/${IT}/customers`);
});
