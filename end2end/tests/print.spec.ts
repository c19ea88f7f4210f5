// Printing: a page prints its content with all columns on white in both themes, without bars and buttons. The manifest,
// icons and colours that browsers request exist.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { contextOf, open } from "../support/people";
import { MAIN, openPriced, pagesOf } from "../support/priced";
import { BASE } from "../support/server";
import { rowsAreThere } from "../support/switching";

const PRESSED = ".rail, .topbar, .account-bar, .filter-bar, .save-bar, .toasts, .palette, .menu, nav, button, .btn";

/** Asserts that the page prints a dark heading, and nothing that stays in place. */
async function onPaper(page: Page, path: string): Promise<void> {
  await expect(page.locator("h1").first(), path).toBeVisible();
  const paper = await page.evaluate(() => {
    const seen = document.createElement("canvas").getContext("2d");
    const light = (colour: string) => {
      if (!seen) return 0;
      seen.fillStyle = colour;
      seen.fillRect(0, 0, 1, 1);
      return seen.getImageData(0, 0, 1, 1).data[0];
    };
    return { text: light(getComputedStyle(document.querySelector("h1") ?? document.body).color), sticky: [...document.querySelectorAll("body *")].filter((e) => e.getClientRects().length > 0 && ["sticky", "fixed"].includes(getComputedStyle(e).position)).length };
  });
  expect.soft(paper.text, `${path}: the printed text is not dark`).toBeLessThan(80);
  expect.soft(paper.sticky, `${path}: a printed element is sticky or fixed`).toBe(0);
}

for (const theme of ["light", "dark"]) {
  test(`${theme} theme: lists print all columns, and no page prints bars or buttons`, async ({ browser }) => {
    const context = await contextOf(browser, ADA, { viewport: { width: 720, height: 1000 } });
    await context.addCookies([{ name: "theme", value: theme, url: BASE }]);
    const page = await context.newPage();
    for (const noun of ["customers", "products", "rate-plans", "usage/events", "invoices"]) {
      await open(page, `/${IT}/${noun}`);
      await rowsAreThere(page);
      const columns = page.locator("thead th");
      const visible = () => columns.evaluateAll((heads) => heads.filter((head) => head.getClientRects().length > 0).length);
      const onScreen = await visible();
      await page.emulateMedia({ media: "print" });
      expect(await visible(), `${noun}: not all columns are printed`).toBe(await columns.count());
      if (noun === "customers") expect(onScreen, "control: a narrow screen hides some columns").toBeLessThan(await columns.count());
      const cells = await page.getByTestId("row").first().locator("td").evaluateAll((all) => all.map((cell) => ({ shown: cell.getClientRects().length > 0, cut: cell.scrollWidth > cell.clientWidth + 1 })));
      expect(cells.every((cell) => cell.shown && !cell.cut), `${noun}: a printed cell is hidden or cut off`).toBe(true);
      await expect(page.locator(`main :is(${PRESSED}):not(.pager)`).filter({ visible: true })).toHaveCount(0);
      await page.emulateMedia({ media: "screen" });
    }
    for (const path of [`/${IT}/overview`, `/${IT}/customers/new`, `/${IT}/settings/members`, "/home", "/account/profile"]) {
      await open(page, path);
      await page.emulateMedia({ media: "print" });
      await expect(page.locator(PRESSED).filter({ visible: true }), path).toHaveCount(0);
      await onPaper(page, path);
      await page.emulateMedia({ media: "screen" });
    }
    await context.close();
  });

  test(`${theme} theme: pages of prices and usage print their tables with all columns, and no bars or buttons`, async ({ browser }) => {
    const priced = await openPriced(browser, "print");
    const context = await contextOf(browser, priced.owner, { viewport: { width: 720, height: 1000 } });
    await context.addCookies([{ name: "theme", value: theme, url: BASE }]);
    const page = await context.newPage();
    let tables = 0;
    for (const { path, shows } of pagesOf(priced, MAIN)) {
      await open(page, path);
      await expect(page.locator(shows).first(), path).toBeVisible();
      await page.emulateMedia({ media: "print" });
      await expect(page.locator(`:is(${PRESSED}):not(.pager)`).filter({ visible: true }), path).toHaveCount(0);
      await onPaper(page, path);
      for (const table of await page.locator("main table.data-table").filter({ visible: true }).all()) {
        const heads = await table.locator("thead th").evaluateAll((all) => all.map((head) => head.getClientRects().length > 0));
        expect.soft(heads, `${path}: not all columns are printed`).not.toContain(false);
        const cut = await table.locator("tbody td").evaluateAll((all) => all.filter((cell) => cell.getClientRects().length === 0 || cell.scrollWidth > cell.clientWidth + 1).map((cell) => cell.textContent));
        expect.soft(cut, `${path}: a printed cell is hidden or cut off`).toEqual([]);
        tables += 1;
      }
      await page.emulateMedia({ media: "screen" });
    }
    expect(tables, "control: the pages have tables").toBeGreaterThanOrEqual(5);
    await context.close();
  });
}

test("the manifest, icons, preview picture and colours of the document exist", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const attribute = (selector: string, name: string) => page.locator(selector).getAttribute(name);
  const manifest = await page.request.get(String(await attribute("link[rel=manifest]", "href")));
  expect(manifest.headers()["content-type"]).toContain("manifest+json");
  const { icons, start_url: start } = await manifest.json();
  expect((await page.request.get(start)).status()).toBe(200);
  const picture = await attribute("meta[property='og:image']", "content");
  expect(picture).toMatch(/^https?:\/\//);
  const pictures = [await attribute("link[rel=apple-touch-icon]", "href"), new URL(String(picture)).pathname, ...icons.map((icon: { src: string }) => icon.src)];
  for (const src of pictures) {
    const answer = await page.request.get(String(src));
    expect(answer.status(), String(src)).toBe(200);
    expect(answer.headers()["content-type"], String(src)).toMatch(/^image\//);
  }

  const colour = () => page.evaluate(() => [...document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")].filter((meta) => matchMedia(meta.media).matches).map((meta) => meta.content));
  const canvas = () => page.evaluate(() => {
    const seen = document.createElement("canvas").getContext("2d");
    if (!seen) return "";
    seen.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    seen.fillRect(0, 0, 1, 1);
    return `#${[...seen.getImageData(0, 0, 1, 1).data.slice(0, 3)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await colour(), `theme-color differs from the background in the ${colorScheme} scheme`).toEqual([await canvas()]);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.getByTestId("profile-menu").click();
  await page.getByRole("radio", { name: "Dark" }).check();
  const dark = await canvas();
  expect(await colour(), "theme-color does not follow the theme that was chosen on the page").toEqual([dark]);
  await page.reload();
  expect(await colour(), "theme-color is wrong after a reload").toEqual([dark]);
});
