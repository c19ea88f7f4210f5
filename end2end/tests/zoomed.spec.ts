// 400 % zoom (320 x 256) and short screens: the focused element is completely visible, bars leave room for the page,
// menus show their rows, and amounts don't wrap.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { contextOf, open } from "../support/people";
import { MAIN, type Priced, openPriced, pagesOf } from "../support/priced";

const VIEWPORTS = [{ width: 320, height: 256 }, { width: 640, height: 400 }, { width: 844, height: 390 }];

/** Describes what hides the focused element: it is off the screen or under another element. */
const hidden = (page: Page) =>
  page.evaluate(() => {
    const active = document.activeElement;
    if (!active || active === document.body) return "nothing has the focus";
    const name = `${active.tagName} ${active.getAttribute("name") ?? active.textContent?.slice(0, 20)}`;
    const box = active.getBoundingClientRect();
    if (box.height > innerHeight) return null;
    if (box.top < -1 || box.bottom > innerHeight + 1) return `${name} is off the screen: ${box.top} to ${box.bottom}`;
    // The name of a record that is too long for its cell is cut there. The whole row is its link.
    const row = active.matches(".row-link") ? active.closest("tr") : null;
    for (const y of [box.top + 3, box.bottom - 3]) {
      const hit = document.elementFromPoint(box.left + box.width / 2, y);
      if (hit && hit !== active && !active.contains(hit) && !hit.contains(active) && !row?.contains(hit) && !hit.closest("label, .search, .select, .affix, .reveal")) return `${name} is under ${hit.tagName}.${hit.className}`;
    }
    return null;
  });

/** Moves the focus through the page and asserts that each focused element is visible. */
async function walk(page: Page, path: string): Promise<void> {
  await open(page, path);
  const controls = await page.locator("main :is(input:not([type=hidden]), textarea, select, button, a[href])").filter({ visible: true }).count();
  expect(controls, `control: ${path} has controls`).toBeGreaterThan(2);
  for (let step = 0; step < Math.min(controls + 12, 40); step++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(() => document.activeElement === document.body)) break;
    expect.soft(await hidden(page), `${path}: the focused element is hidden after Tab ${step + 1}`).toBeNull();
  }
}

/** Scrolls, and returns the share of the height that bars then cover. */
async function taken(page: Page): Promise<number> {
  await page.evaluate(() => scrollTo(0, 120));
  return page.evaluate(() => {
    const x = innerWidth * 0.7;
    const rows = Array.from({ length: Math.floor(innerHeight / 4) }, (_, i) => document.elementFromPoint(x, i * 4 + 2));
    return rows.filter((hit) => !hit?.closest("#main, .main-column > :not(.topbar)") || hit.closest(".save-bar, thead")).filter((hit) => {
      for (let at: Element | null = hit; at; at = at.parentElement) if (["fixed", "sticky"].includes(getComputedStyle(at).position)) return true;
      return false;
    }).length * 4 / innerHeight;
  });
}

let priced: Priced;
test.beforeAll(async ({ browser }) => {
  priced = await openPriced(browser, "zoomed", true);
});

for (const viewport of VIEWPORTS) {
  const size = `${viewport.width} x ${viewport.height}`;
  test(`${size}: every focused field and button is visible`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { viewport });
    const page = await context.newPage();
    for (const path of [`/${IT}/customers/new`, `/${IT}/customers`, `/${IT}/settings/general`, "/account/profile", "/home"]) await walk(page, path);
    await context.close();
  });

  test(`${size}: on pages of prices and usage, every focused control is visible, and bars leave the screen to the page`, async ({ browser }) => {
    test.setTimeout(240_000);
    const context = await contextOf(browser, priced.owner, { viewport });
    const page = await context.newPage();
    for (const { path, shows } of pagesOf(priced, MAIN)) {
      await walk(page, path);
      await expect(page.locator(shows).first(), path).toBeAttached();
      expect.soft(await taken(page), `${path}: share of the height that bars cover`).toBeLessThan(0.05);
    }
    await context.close();
  });

  test(`${size}: bars leave the screen to the page, and amounts are complete`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { viewport });
    const page = await context.newPage();
    for (const path of [`/${IT}/customers/new`, `/${IT}/invoices`, `/${IT}/overview`]) {
      await open(page, path);
      expect.soft(await taken(page), `${path}: share of the height that bars cover`).toBeLessThan(0.05);
    }
    const lines = await page.locator(".figure .value").evaluateAll((values) => values.map((value) => {
      const range = document.createRange();
      range.selectNodeContents(value);
      const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      return { text: value.textContent, lines: tops.size, cut: value.scrollWidth > value.clientWidth + 1 };
    }));
    expect(lines.length).toBe(4);
    for (const { text, lines: count, cut } of lines) expect.soft({ count, cut }, `${text} wraps or is cut off`).toEqual({ count: 1, cut: false });
    await context.close();
  });
}

test("320 x 256: the switcher and the palette show rows", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { viewport: VIEWPORTS[0] });
  const page = await context.newPage();
  await open(page, `/${IT}/overview`);
  const whole = (selector: string) => page.locator(selector).evaluateAll((rows) => rows.filter((row) => {
    const box = row.getBoundingClientRect();
    const hit = document.elementFromPoint(box.left + box.width / 2, box.bottom - 4);
    return box.top >= 0 && box.bottom <= innerHeight && !!hit && row.contains(hit);
  }).length);
  await page.getByTestId("switcher").click();
  await expect(page.getByTestId("switcher-item").first()).toBeVisible();
  expect(await whole(".switcher-item")).toBeGreaterThanOrEqual(2);
  await page.keyboard.press("Escape");
  await page.locator(".palette-button").click();
  await page.keyboard.type("s");
  await expect(page.getByTestId("palette-item").nth(2), "control: there are several items").toBeAttached();
  expect(await whole(".palette-item")).toBeGreaterThanOrEqual(2);
  await context.close();
});

test("on phones, the current tab is visible, with and without JavaScript, and More is marked for the pages behind it", async ({ browser }) => {
  for (const javaScriptEnabled of [true, false]) {
    const context = await contextOf(browser, ADA, { viewport: { width: 390, height: 844 }, javaScriptEnabled });
    const page = await context.newPage();
    for (const [path, nav] of [[`/${IT}/settings/danger`, ".settings"], [`/${IT}/settings/audit`, ".settings"], ["/account/tokens", ".account-page"], ["/account/security", ".account-page"]]) {
      await (javaScriptEnabled ? open(page, path) : page.goto(path));
      const tab = page.locator(`${nav} > .nav > [aria-current=page]`);
      const place = async () => {
        const box = await tab.boundingBox();
        return !!box && box.x >= 0 && box.x + box.width <= 390;
      };
      await expect.poll(place, `current tab of ${path} is visible, JavaScript ${javaScriptEnabled}`).toBe(true);
    }
    for (const [path, marked] of [["usage", true], ["rate-plans", true], ["settings/general", true], ["customers", false]] as const) {
      await (javaScriptEnabled ? open(page, `/${IT}/${path}`) : page.goto(`/${IT}/${path}`));
      expect(await page.locator(".nav-more").getAttribute("aria-current"), path).toBe(marked ? "true" : null);
    }
    await context.close();
  }
});
