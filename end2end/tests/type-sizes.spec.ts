// Sizes of text and rows: every kind of page has the sizes of the design, in pixels, on desktop and phone.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { contextOf, open } from "../support/people";
import { LONG, openPriced, pagesOf } from "../support/priced";
import { BASE } from "../support/server";
import { rowsAreThere } from "../support/switching";

/** Returns the computed font size of the first visible match, in pixels. */
const size = (page: Page, selector: string) =>
  page.locator(selector).filter({ visible: true }).first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize));

/** Checks the expected size of each selector. */
async function hasSizes(page: Page, sizes: Record<string, number>): Promise<void> {
  for (const [selector, expected] of Object.entries(sizes)) {
    expect.soft(await size(page, selector), `size of ${selector} on ${new URL(page.url()).pathname}`).toBeCloseTo(expected, 1);
  }
}

// The sizes on desktop and phone.
const TEXT = { desktop: { body: 14, ui: 13, small: 12, head: 14, figure: 28 }, phone: { body: 16, ui: 15, small: 13, head: 16, figure: 24 } };
const SCREENS = [
  { name: "desktop", width: 1280, row: 36, ...TEXT.desktop },
  { name: "phone", width: 390, row: 56, ...TEXT.phone },
];

for (const screen of SCREENS) {
  test(`on a ${screen.name} (${screen.width} px) texts have the sizes of the design`, async ({ browser }) => {
    const viewport = { width: screen.width, height: 844 };
    const context = await contextOf(browser, ADA, { viewport });
    const page = await context.newPage();
    const desktop = screen.name === "desktop";

    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    await hasSizes(page, { body: screen.body, h1: 20, ".data-table": screen.ui, ".row-link": screen.ui, "thead th": 12, ".btn": screen.ui });
    expect(await page.getByTestId("row").nth(1).evaluate((row) => row.getBoundingClientRect().height), "height of a row").toBeCloseTo(screen.row, 0);
    if (desktop) await hasSizes(page, { ".topbar .kbd": 11, ".nav-item": 13, ".rail-hint": 12, ".input": 13 });
    else await hasSizes(page, { ".row-sub": screen.small, ".input": 16, ".nav-item": 11 });

    await page.getByTestId("switcher").click();
    await hasSizes(page, { ".switcher-item": screen.ui, ".switcher-item .org": screen.small });
    await page.keyboard.press("Escape");
    await page.locator(".palette-button").click();
    await hasSizes(page, { ".palette-input": 16, ".palette-item": desktop ? 14 : 16, ".palette-label": 12 });
    if (desktop) await hasSizes(page, { ".palette .kbd": 11 });
    await page.keyboard.press("Escape");

    await open(page, `/${FINANCE}/overview`);
    await hasSizes(page, { h1: 20, ".figure .value": screen.figure, ".figure dt": screen.ui, ".section-head h2": screen.head, ".line": screen.ui, ".chart": 12 });
    await open(page, `/${IT}/settings/general`);
    await hasSizes(page, { h1: 20, "h2": 16, ".field label": screen.ui, ".settings .nav-item": screen.ui });
    await open(page, "/home");
    await hasSizes(page, { h1: 20, ".picker-row .name": desktop ? 14 : 16, ".picker-row .role": screen.ui, ".picker .input": screen.body });
    if (desktop) await hasSizes(page, { ".picker-row .kbd": 11 });
    await open(page, "/account/profile");
    await hasSizes(page, { h1: 20, ".lead": screen.body, ".field label": screen.ui });
    await context.close();

    const signedOut = await browser.newContext({ baseURL: BASE, viewport });
    const door = await signedOut.newPage();
    await open(door, "/sign-in");
    await hasSizes(door, { h1: 20, "header p": screen.body, ".field label": screen.ui, ".btn": screen.ui, ".input": screen.body });
    await signedOut.close();
  });
}

test("the last column ends with the page's padding at every width", async ({ as }) => {
  const page = await as(ADA);
  for (const noun of ["customers", "products", "rate-plans", "usage/events", "invoices"]) {
    await open(page, `/${IT}/${noun}`);
    await rowsAreThere(page);
    for (const width of [1440, 1280, 1000, 800, 390]) {
      await page.setViewportSize({ width, height: 844 });
      const padding = await page.getByTestId("row").first().evaluate((row) => {
        const last = [...row.children].filter((cell) => getComputedStyle(cell).display !== "none").at(-1);
        return last ? getComputedStyle(last).paddingInlineEnd : "";
      });
      expect.soft(padding, `padding of the last column, ${noun} at ${width} px`).toBe(width > 640 ? "24px" : "16px");
    }
  }
});

test("on narrow phones, numbers, sums and dates in a list are not cut off", async ({ browser }) => {
  for (const width of [390, 320]) {
    const context = await contextOf(browser, ADA, { viewport: { width, height: 844 } });
    const page = await context.newPage();
    for (const noun of ["invoices", "rate-plans", "usage/events", "products"]) {
      await open(page, `/${IT}/${noun}`);
      await rowsAreThere(page);
      const cut = await page.locator("tbody td:is(.num, .fit), tbody .row-link.mono").evaluateAll((cells) =>
        cells.filter((cell) => cell.getClientRects().length > 0 && cell.scrollWidth > cell.clientWidth + 1 && getComputedStyle(cell).display !== "inline").map((cell) => cell.textContent));
      expect.soft(cut, `cut cells, ${noun} at ${width} px`).toEqual([]);
    }
    await context.close();
  }
});

test("on narrow phones, pages of prices and usage with long names don't scroll sideways, and cut off no quantity or sum", async ({ browser }) => {
  test.setTimeout(180_000);
  const priced = await openPriced(browser, "type-sizes", true);
  let [named, measured] = [0, 0];
  for (const width of [390, 320]) {
    const context = await contextOf(browser, priced.owner, { viewport: { width, height: 844 } });
    const page = await context.newPage();
    for (const { name, path, shows } of pagesOf(priced)) {
      await open(page, path);
      await expect(page.locator(shows).first(), path).toBeVisible();
      named += await page.locator("main").getByText(LONG).count();
      const wide = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      expect.soft(wide[0], `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(wide[1]);
      const cells = await page.locator("tbody td:is(.num, .fit), [data-testid=total], [data-testid=bill-total], [data-testid=preview-total]").evaluateAll((all) =>
        all.filter((cell) => cell.getClientRects().length > 0 && getComputedStyle(cell).display !== "inline").map((cell) => ({ text: cell.textContent, cut: cell.scrollWidth > cell.clientWidth + 1 })));
      measured += cells.length;
      expect.soft(cells.filter((cell) => cell.cut).map((cell) => cell.text), `cut cells, ${name} at ${width} px`).toEqual([]);
    }
    await context.close();
  }
  expect(named, "control: the pages show the long names").toBeGreaterThan(20);
  expect(measured, "control: the pages show quantities and sums").toBeGreaterThan(20);
});

for (const screen of SCREENS) {
  test(`on a ${screen.name} (${screen.width} px) texts of prices and usage have the sizes of the design`, async ({ browser }) => {
    const priced = await openPriced(browser, "type-sizes");
    const context = await contextOf(browser, priced.owner, { viewport: { width: screen.width, height: 844 } });
    const page = await context.newPage();
    const filter = screen.name === "desktop" ? screen.ui : 16;
    const SIZES: Record<string, Record<string, number>> = {
      "a rate plan": { h1: 20, ".section-head h2": screen.head, ".data-table": screen.ui, ".btn": screen.ui, ".input": screen.body },
      "the editor of a rate plan": { h1: 20, ".field label": screen.ui, ".btn": screen.ui, ".input": screen.body },
      "a customer with subscriptions": { h1: 20, ".section-head h2": screen.head, ".row-link": screen.ui },
      "a new subscription": { h1: 20, ".field label": screen.ui, ".data-table": screen.ui, ".input": screen.body },
      "usage": { h1: 20, ".section-head h2": screen.head, ".btn": screen.ui, ".input": filter },
      "events": { h1: 20, ".data-table": screen.ui, "thead th": 12, ".input": filter },
      "the columns of an import": { h1: 20, ".section-head h2": screen.head, ".field label": screen.ui, ".btn": screen.ui, ".input": screen.body },
    };
    for (const { name, path, shows } of pagesOf(priced, Object.keys(SIZES))) {
      await open(page, path);
      await expect(page.locator(shows).first(), path).toBeVisible();
      await hasSizes(page, Object.fromEntries(Object.entries(SIZES[name]).map(([selector, expected]) => [`main ${selector}`, expected])));
    }
    await context.close();
  });
}
