// The colour of a workspace: the current row and tick of the switcher, focus rings, panels, link targets and sections
// have its hue, also after a switch. Pages outside of workspaces have Stile's own hue.
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

/** Reads the hue of a computed colour, in degrees. */
const hueOf = (colour: string) => Number(/oklch\([\d.%]+ [\d.]+ ([\d.]+)/.exec(colour)?.[1] ?? NaN);

/** Reads the workspace's hue from its icon. */
const hueHere = (page: Page) => page.locator(".switcher .ws-icon").getAttribute("data-hue").then((hue) => Number(hue) * 10);

/** Reads the hue of one colour property of an element. */
const drawn = (page: Page, selector: string, property: string, pseudo?: string) =>
  page.locator(selector).first().evaluate((element, [property, pseudo]) => getComputedStyle(element, pseudo || null).getPropertyValue(property), [property, pseudo ?? ""]).then(hueOf);

async function ringsAre(page: Page, hue: number): Promise<void> {
  for (const [what, selector] of PLACES) {
    await page.keyboard.press("Tab");
    await page.locator(selector).first().focus();
    expect.soft(await drawn(page, selector, "outline-color"), `hue of the focus ring of ${what}`).toBe(hue);
  }
  await page.locator(".row-link").first().focus();
  expect.soft(await drawn(page, ".row-link", "outline-color", "::after"), "hue of the focus ring of a row").toBe(hue);
}

async function menuIs(page: Page, hue: number): Promise<void> {
  await page.getByTestId("switcher").click();
  const row = "#switcher-menu .switcher-item[aria-current=true]";
  await expect(page.locator(row)).toBeVisible();
  expect.soft(await drawn(page, row, "background-color"), "hue of the current row").toBe(hue);
  expect.soft(await drawn(page, `${row} > .icon:last-child`, "color"), "hue of the tick").toBe(hue);
  await page.locator("#switcher-menu .foot a").first().focus();
  await page.keyboard.press("Escape");
}

for (const [way, go] of [["palette", byPalette], ["switcher", bySwitcher]] as const) {
  test(`focus rings, ticks and link targets have the workspace's hue, before and after a switch by ${way}`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    const it = await hueHere(page);
    expect(it, "control: the workspace's hue differs from Stile's").not.toBe(BRAND);
    await menuIs(page, it);
    await ringsAre(page, it);
    await page.evaluate(() => {
      const row = document.querySelector("tbody tr");
      if (row) row.id = "there";
      location.hash = "there";
    });
    await page.locator("tbody tr").nth(2).hover();
    expect.soft(await drawn(page, "#there", "background-color"), "hue of the link target").toBe(it);
    await page.evaluate(() => document.querySelector("#there")?.removeAttribute("id"));

    await go(page, FINANCE);
    await expectFinance(page);
    await rowsAreThere(page);
    const finance = await hueHere(page);
    expect(finance, "control: the hues of the two workspaces differ").not.toBe(it);
    await ringsAre(page, finance);
    await menuIs(page, finance);
    expect.soft(await drawn(page, ".strip", "background-color").then(Math.round), "hue of the strip").toBe(finance);

    await go(page, IT);
    await expect(workspaceName(page)).toHaveText("IT");
    await rowsAreThere(page);
    await ringsAre(page, it);
  });
}

test("a panel in a workspace's settings has its hue, and account pages have Stile's", async ({ as }) => {
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
  expect(await drawn(page, "#name", "outline-color"), "hue of a focus ring in the account").toBe(BRAND);
});

test("a device can mark workspaces by pattern instead of colour, with and without JavaScript", async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    const go = (path: string) => (javaScriptEnabled ? open(page, path) : page.goto(path));
    await go(`/${IT}/overview`);
    const strip = () => page.locator(".strip").evaluate((element) => getComputedStyle(element).backgroundImage);
    expect(await strip(), "control: the strip has no pattern at first").toBe("none");
    await go("/account/preferences");
    await page.getByRole("radio", { name: "By pattern" }).check();
    await page.getByRole("button", { name: "Save preferences" }).click();
    await expect(page.getByText("saved")).toBeVisible();
    await go(`/${IT}/overview`);
    await expect(page.locator("html")).toHaveAttribute("data-accent", "pattern");
    expect(await strip(), "the strip has no pattern").toContain("repeating-linear-gradient");
    expect(await page.locator(".switcher .ws-icon").evaluate((icon) => getComputedStyle(icon).backgroundColor), "the icon still has a colour").toMatch(/oklch\([\d.]+ 0 /);
    await go("/account/preferences");
    await expect(page.getByRole("radio", { name: "By pattern" }), "the saved choice is not shown").toBeChecked();
    await context.close();
  }
});
