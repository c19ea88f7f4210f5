// Forced colours (Windows high contrast): selected, current and clickable elements stay distinguishable although the
// browser removes our tints and shadows.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { contextOf, open } from "../support/people";
import { openPriced, pagesOf } from "../support/priced";

const of = (page: Page, selector: string, property: string) =>
  page.locator(selector).filter({ visible: true }).first().evaluate((element, property) => getComputedStyle(element).getPropertyValue(property), property);

/** Tells whether an element has a visible edge: a width, a style, and a colour other than the background. */
const edge = (page: Page, selector: string) =>
  page.locator(selector).filter({ visible: true }).first().evaluate((element) => {
    const { borderTopWidth, borderTopStyle, borderTopColor } = getComputedStyle(element);
    return parseFloat(borderTopWidth) >= 1 && borderTopStyle !== "none" && borderTopColor !== getComputedStyle(document.documentElement).backgroundColor;
  });

/** Reads a system colour in the browser's notation. */
const system = (page: Page, name: string) =>
  page.evaluate((name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.cssText = `forced-color-adjust: none; background-color: ${name}`;
    const colour = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return colour;
  }, name);

for (const colorScheme of ["light", "dark"] as const) {
  test(`${colorScheme}: selected and clickable elements are distinguishable`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { forcedColors: "active", colorScheme });
    const page = await context.newPage();
    await open(page, `/${IT}/customers`);
    const [highlight, onHighlight] = [await system(page, "Highlight"), await system(page, "HighlightText")];

    const current = ".rail .nav-item[aria-current=page]";
    expect(await of(page, current, "background-color"), "the current page is not highlighted in the navigation").toBe(highlight);
    expect(await of(page, current, "color")).toBe(onHighlight);
    expect(await of(page, ".rail .nav-item:not([aria-current])", "background-color"), "control: other pages are not highlighted").not.toBe(highlight);
    for (const pressed of [".btn.primary", ".input", ".palette-button", ".select > select"]) {
      expect.soft(await edge(page, pressed), `${pressed} has no visible edge`).toBe(true);
    }

    await page.keyboard.press("Control+k");
    await expect(page.getByTestId("palette-item").first()).toBeVisible();
    expect(await of(page, ".palette-item[aria-selected=true]", "background-color"), "the selected item of the palette is not highlighted").toBe(highlight);
    expect(await of(page, ".palette-item[aria-selected=true] .name", "color")).toBe(onHighlight);
    expect(await of(page, ".palette-item[aria-selected=false]", "background-color"), "control: other items are not highlighted").not.toBe(highlight);
    expect(await edge(page, ".palette-panel"), "the palette has no visible edge").toBe(true);
    await page.keyboard.press("Escape");

    await page.getByTestId("switcher").click();
    await page.keyboard.press("ArrowDown");
    expect(await of(page, ".switcher-item:focus", "background-color"), "the focused row of the switcher is not highlighted").toBe(highlight);
    expect(await edge(page, ".switcher-menu"), "the switcher's menu has no visible edge").toBe(true);
    await page.keyboard.press("Escape");

    await page.getByTestId("profile-menu").click();
    const [chosen, other] = [".segments label:has(:checked)", ".segments label:not(:has(:checked))"];
    expect(await of(page, chosen, "background-color"), "the chosen theme is not highlighted").toBe(highlight);
    expect(await of(page, other, "background-color")).not.toBe(highlight);

    await open(page, `/${IT}/settings/branding`);
    const swatches = page.locator(".swatch:not(.own) > span");
    const colours = await swatches.evaluateAll((all) => all.map((swatch) => getComputedStyle(swatch).backgroundColor));
    expect(new Set(colours).size, "swatches have the same colour").toBe(colours.length);
    const ring = (state: string) => of(page, `.swatch > input${state} + span`, "outline-style");
    expect([await ring(":checked"), await ring(":not(:checked)")], "the chosen swatch has no ring, or another has one").toEqual(["solid", "none"]);
    expect(await edge(page, ".settings-page .btn.primary")).toBe(true);

    await open(page, "/account/preferences");
    const radio = page.locator("input[type=radio][name=order]");
    const look = (state: string) => page.locator(`input[name=order]${state}`).first().screenshot();
    expect(await radio.first().evaluate((input) => getComputedStyle(input).appearance), "radio buttons don't have the browser's appearance").toBe("auto");
    expect((await look(":checked")).equals(await look(":not(:checked)")), "a chosen radio button looks like one that is not chosen").toBe(false);
    await context.close();
  });

  test(`${colorScheme}: on pages of prices and usage, controls have edges and series of a chart are distinguishable`, async ({ browser }) => {
    const priced = await openPriced(browser, "forced-colours");
    const owner = await contextOf(browser, priced.owner, { forcedColors: "active", colorScheme });
    const page = await owner.newPage();
    const edges: Record<string, string[]> = {
      "a rate plan": ["main .btn.primary", "main .input"],
      "the editor of a rate plan": ["main .btn.primary", "main .input", "main .select > select", "main textarea"],
      "a customer with subscriptions": ["main .btn:not(.quiet)", "main .input"],
      "a new subscription": ["main .btn.primary", "main .input", "main .select > select"],
      "a subscription": ["main .btn.primary"],
      "usage": ["main .btn", "main .input", "main .select > select"],
      "events": ["main .btn", "main .input"],
      "the columns of an import": ["main .btn.primary", "main .input", "main .select > select"],
    };
    const current = ".rail .nav-item[aria-current=page]";
    for (const { name, path, shows } of pagesOf(priced, Object.keys(edges))) {
      await open(page, path);
      await expect(page.locator(shows).first(), path).toBeVisible();
      expect(await of(page, current, "background-color"), `${name}: its section is not highlighted in the navigation`).toBe(await system(page, "Highlight"));
      for (const pressed of edges[name]) expect.soft(await edge(page, pressed), `${name}: ${pressed} has no visible edge`).toBe(true);
    }
    await owner.close();

    const context = await contextOf(browser, ADA, { forcedColors: "active", colorScheme });
    const usage = await context.newPage();
    await open(usage, `/${IT}/usage?by=customer`);
    const keys = usage.getByTestId("chart").first().locator(".legend .key:not(.before)");
    const looks = await keys.evaluateAll((all) => all.map((key) => {
      const { backgroundColor, borderTopStyle, borderTopWidth } = getComputedStyle(key);
      return { backgroundColor, edge: borderTopStyle !== "none" && parseFloat(borderTopWidth) >= 1 };
    }));
    expect(looks.length, "control: there are several series").toBeGreaterThan(1);
    expect(looks.every((look) => look.edge), "a key of the legend has no edge").toBe(true);
    for (const [at, look] of looks.entries()) expect.soft(look.backgroundColor, `series ${at} looks like the one below it`).not.toBe(looks[at - 1]?.backgroundColor);
    await context.close();
  });
}
