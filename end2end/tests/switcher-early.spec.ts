// The switcher before the program is there: its rows are in the document as text and become rows when it is opened, and
// the program draws its own in their place.
import { expect, type Page } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { live } from "../support/people";
import { workspaceName } from "../support/switching";

const PROGRAM = "**/stile_bg.wasm";
const SEATS = 3;

/** Opens a page whose program does not come before it is let go. */
async function held(page: Page, path: string): Promise<() => void> {
  let release = () => {};
  const go = new Promise<void>((done) => (release = done));
  await page.route(PROGRAM, async (route) => {
    await go;
    await route.continue();
  });
  await page.goto(path);
  return release;
}

test("nobody's start draws rows that nobody looks at", async ({ as }) => {
  const page = await as(ADA);
  const release = await held(page, `/${IT}/customers`);
  await expect(page.getByTestId("row").first(), "the control: the list is there").toBeVisible();
  await expect(page.getByTestId("switcher-item"), "rows of a closed menu are elements").toHaveCount(0);
  release();
  await live(page);
  await expect(page.getByTestId("switcher-item"), "the program draws rows of a closed menu").toHaveCount(0);
});

test("without the program the menu opens, and its rows lead to the other workspace", async ({ as }) => {
  const page = await as(ADA);
  await page.route(PROGRAM, (route) => route.abort());
  await page.goto(`/${IT}/customers`);
  const items = page.getByTestId("switcher-item");
  for (let opened = 0; opened < 2; opened++) {
    await page.getByTestId("switcher").click();
    await expect(items, "a row is missing or there twice").toHaveCount(SEATS);
    await expect(items.first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(items.first()).toBeHidden();
  }
  await page.getByTestId("switcher").click();
  await page.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`).click();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expect(workspaceName(page)).toHaveText("Finance");
});

test("a menu that is open when the program comes stays open, has each row once, and takes keys", async ({ as }) => {
  const page = await as(ADA);
  const release = await held(page, `/${IT}/customers`);
  const items = page.getByTestId("switcher-item");
  await page.getByTestId("switcher").click();
  await expect(items).toHaveCount(SEATS);
  release();
  await live(page);
  await expect(items, "a row is missing or there twice").toHaveCount(SEATS);
  await expect(items.first(), "the menu has closed").toBeVisible();
  await expect(items.first(), "no row has the focus").toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(workspaceName(page), "the second row does not open").not.toHaveText("IT");
});
