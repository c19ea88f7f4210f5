// A workspace's colour inside it: the switcher's current row and tick, the focus rings of rail, top bar and page, panels,
// targets and sections have that workspace's hue, also after a switch; outside of workspaces it is Stile's own.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { contextOf, open } from "../support/people";
import { byPalette, bySwitcher, expectFinance, rowsAreThere, workspaceName } from "../support/switching";

const BRAND = 150;
const PLACES = [
  ["a navigation item that is not current", ".rail .nav-item:not([aria-current])"],
  ["the switcher's trigger", ".rail .switcher"],
  ["the palette's button", ".topbar .palette-button"],
  ["a crumb", ".crumbs a"],
  ["a field", "#list-search"],
  ["a column's head", ".sort"],
] as const;

/** The hue of a colour as the browser writes it, in degrees. */
const hueOf = (colour: string) => Number(/oklch\([\d.%]+ [\d.]+ ([\d.]+)/.exec(colour)?.[1] ?? NaN);

/** The workspace's hue, as its icon has it. */
const hueHere = (page: Page) => page.locator(".switcher .ws-icon").getAttribute("data-hue").then((hue) => Number(hue) * 10);

/** The hue of an element's colour of that kind. */
const drawn = (page: Page, selector: string, property: string, pseudo?: string) =>
  page.locator(selector).first().evaluate((element, [property, pseudo]) => getComputedStyle(element, pseudo || null).getPropertyValue(property), [property, pseudo ?? ""]).then(hueOf);

async function ringsAre(page: Page, hue: number): Promise<void> {
  for (const [what, selector] of PLACES) {
    await page.keyboard.press("Tab");
    await page.locator(selector).first().focus();
    expect.soft(await drawn(page, selector, "outline-color"), `the focus ring of ${what}`).toBe(hue);
  }
  await page.locator(".row-link").first().focus();
  expect.soft(await drawn(page, ".row-link", "outline-color", "::after"), "the focus ring of a row").toBe(hue);
}

async function menuIs(page: Page, hue: number): Promise<void> {
  await page.getByTestId("switcher").click();
  const row = "#switcher-menu .switcher-item[aria-current=true]";
  await expect(page.locator(row)).toBeVisible();
  expect.soft(await drawn(page, row, "background-color"), "the current row").toBe(hue);
  expect.soft(await drawn(page, `${row} > .icon:last-child`, "color"), "the tick").toBe(hue);
  await page.locator("#switcher-menu .foot a").first().focus();
  await page.keyboard.press("Escape");
}

for (const [way, go] of [["palette", byPalette], ["switcher", bySwitcher]] as const) {
  test(`rings, ticks and targets have the workspace's hue, before and after a switch by ${way}`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    const it = await hueHere(page);
    expect(it, "the control: the workspace is not green by chance").not.toBe(BRAND);
    await menuIs(page, it);
    await ringsAre(page, it);
    await page.evaluate(() => {
      const row = document.querySelector("tbody tr");
      if (row) row.id = "there";
      location.hash = "there";
    });
    await page.locator("tbody tr").nth(2).hover();
    expect.soft(await drawn(page, "#there", "background-color"), "the target of a link").toBe(it);
    await page.evaluate(() => document.querySelector("#there")?.removeAttribute("id"));

    await go(page, FINANCE);
    await expectFinance(page);
    await rowsAreThere(page);
    const finance = await hueHere(page);
    expect(finance, "the two workspaces differ").not.toBe(it);
    await ringsAre(page, finance);
    await menuIs(page, finance);
    expect.soft(await drawn(page, ".strip", "background-color").then(Math.round), "the strip").toBe(finance);

    await go(page, IT);
    await expect(workspaceName(page)).toHaveText("IT");
    await rowsAreThere(page);
    await ringsAre(page, it);
  });
}

test("a panel in a workspace's settings has its hue, and outside it is Stile's", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/members`);
  const it = await hueHere(page);
  const panel = await page.locator(".settings-page").evaluate((settings) => {
    const made = Object.assign(document.createElement("div"), { className: "invite-results" });
    settings.append(made);
    const colour = getComputedStyle(made).backgroundColor;
    made.remove();
    return colour;
  });
  expect(hueOf(panel)).toBe(it);
  await page.locator("textarea").first().focus();
  expect(await drawn(page, "textarea", "outline-color")).toBe(it);
  await open(page, "/account/tokens");
  await page.locator("#name").focus();
  expect(await drawn(page, "#name", "outline-color"), "in the account").toBe(BRAND);
});

test("a device may tell workspaces apart without colour: kept there, with and without a script", async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    const go = (path: string) => (javaScriptEnabled ? open(page, path) : page.goto(path));
    await go(`/${IT}/overview`);
    const strip = () => page.locator(".strip").evaluate((element) => getComputedStyle(element).backgroundImage);
    expect(await strip(), "the control: a plain colour at first").toBe("none");
    await go("/account/preferences");
    await page.getByRole("radio", { name: "By pattern" }).check();
    await page.getByRole("button", { name: "Save preferences" }).click();
    await expect(page.getByText("saved")).toBeVisible();
    await go(`/${IT}/overview`);
    await expect(page.locator("html")).toHaveAttribute("data-accent", "pattern");
    expect(await strip(), "the strip has a pattern").toContain("repeating-linear-gradient");
    expect(await page.locator(".switcher .ws-icon").evaluate((icon) => getComputedStyle(icon).backgroundColor), "and no colour").toMatch(/oklch\([\d.]+ 0 /);
    await go("/account/preferences");
    await expect(page.getByRole("radio", { name: "By pattern" }), "what was chosen is shown").toBeChecked();
    await context.close();
  }
});
