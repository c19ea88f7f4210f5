// The switcher before the program starts: the document contains its rows as text, which become elements when it is
// opened. The program then replaces them by its own.
import { expect, type Page } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { live } from "../support/people";
import { workspaceName } from "../support/switching";

const PROGRAM = "**/stile_bg.wasm";
const SEATS = 3;

/** Opens a page and delays its program until the returned function is called. */
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

test("the rows of the closed switcher are not rendered during the start", async ({ as }) => {
  const page = await as(ADA);
  const release = await held(page, `/${IT}/customers`);
  await expect(page.getByTestId("row").first(), "control: the list is there").toBeVisible();
  await expect(page.getByTestId("switcher-item"), "the document has elements for rows of the closed menu").toHaveCount(0);
  release();
  await live(page);
  await expect(page.getByTestId("switcher-item"), "the program renders rows of the closed menu").toHaveCount(0);
});

test("without the program the menu opens, and its rows lead to the other workspace", async ({ as }) => {
  const page = await as(ADA);
  await page.route(PROGRAM, (route) => route.abort());
  await page.goto(`/${IT}/customers`);
  const items = page.getByTestId("switcher-item");
  for (let opened = 0; opened < 2; opened++) {
    await page.getByTestId("switcher").click();
    await expect(items, "a row is missing or duplicated").toHaveCount(SEATS);
    await expect(items.first()).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(items.first()).toBeHidden();
  }
  await page.getByTestId("switcher").click();
  await page.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`).click();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expect(workspaceName(page)).toHaveText("Finance");
});

test("a menu that is open when the program starts stays open, has each row once, and handles keys", async ({ as }) => {
  const page = await as(ADA);
  const release = await held(page, `/${IT}/customers`);
  const items = page.getByTestId("switcher-item");
  await page.getByTestId("switcher").click();
  await expect(items).toHaveCount(SEATS);
  release();
  await live(page);
  await expect(items, "a row is missing or duplicated").toHaveCount(SEATS);
  await expect(items.first(), "the menu closed").toBeVisible();
  await expect(items.first(), "no row has the focus").toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(workspaceName(page), "the second row does not open").not.toHaveText("IT");
});
