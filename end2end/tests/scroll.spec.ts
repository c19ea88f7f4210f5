// Scroll positions: a page keeps its position over a reload and after leaving and returning. Another workspace starts
// at the top. The text of a list can be selected.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf } from "../support/facts";
import { Watch, settled } from "../support/network";
import { contextOf, live, open } from "../support/people";
import { bySwitcher, rowsAreThere, workspaceName } from "../support/switching";

const top = (page: Page) => page.evaluate(() => Math.round(scrollY));
const DOWN = 260;

/** Scrolls down and waits until the scrolling has ended. */
async function scrollDown(page: Page, by = DOWN): Promise<void> {
  const ended = page.evaluate(() => new Promise((done) => addEventListener("scrollend", done, { once: true })));
  await page.mouse.move(700, 400);
  await page.mouse.wheel(0, by);
  await ended;
  await settled(page);
  expect(await top(page), "control: the page is scrolled").toBeGreaterThan(by - 40);
}


async function at(as: (email: string) => Promise<Page>, path: string): Promise<Page> {
  const page = await as(ADA);
  // The viewport is higher than a short screen, where the bar scrolls with the page.
  await page.setViewportSize({ width: 1280, height: 520 });
  await open(page, path);
  return page;
}

test("a reload keeps the scroll position", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  await scrollDown(page);
  const left = await top(page);
  await page.reload();
  await live(page);
  await expect.poll(() => top(page)).toBe(left);
  await page.reload();
  await live(page);
  await expect.poll(() => top(page), "the position changed with the second reload").toBe(left);
});

test("Back and Forward restore the position of each history entry", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  const watch = await Watch.begin(page);
  await scrollDown(page);
  const list = await top(page);
  await page.getByTestId("row").nth(12).locator(".row-link").click();
  await expect(page).toHaveURL(/customers\/[0-9a-f-]{36}$/);
  await expect.poll(() => top(page), "another page does not start at the top").toBe(0);
  await scrollDown(page, 120);
  const record = await top(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(page);
  await expect.poll(() => top(page)).toBe(0);
  await page.goBack();
  await expect.poll(() => top(page), "the position of the record was lost").toBe(record);
  await page.goBack();
  await expect.poll(() => top(page), "the position of the list was lost").toBe(list);
  await page.goForward();
  await expect.poll(() => top(page), "the position of the record was lost after Forward").toBe(record);
  await watch.expectNoDocument();
});

test("returning from the picker or another document restores the scroll position", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  await scrollDown(page);
  const left = await top(page);
  // Use keys, because a click of the test driver may scroll to its target.
  await page.keyboard.press("Control+k");
  await page.keyboard.type("all workspaces");
  await expect(page.getByTestId("palette-item").first()).toContainText("All workspaces");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("picker-row").first()).toBeVisible();
  await expect.poll(() => top(page)).toBe(0);
  await page.goBack();
  await rowsAreThere(page);
  await expect.poll(() => top(page), "the position was lost after the picker").toBe(left);
  await page.goto("/healthz");
  await page.goBack();
  await live(page);
  await rowsAreThere(page);
  await expect.poll(() => top(page), "the position was lost after another document").toBe(left);
});

test("reloading a history entry keeps the positions of the entries before it", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  await scrollDown(page);
  const left = await top(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(page);
  await page.reload();
  await live(page);
  await page.goBack();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await rowsAreThere(page);
  await expect.poll(() => top(page)).toBe(left);
});

test("a switch, the next page of a list and another search start at the top", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  await scrollDown(page);
  await page.getByRole("link", { name: "Next" }).click();
  await expect.poll(() => top(page)).toBe(0);
  await rowsAreThere(page);
  await scrollDown(page);
  await bySwitcher(page, FINANCE);
  await expect(workspaceName(page)).toHaveText("Finance");
  await expect.poll(() => top(page)).toBe(0);
});

test("dragging over a row selects text without opening it; a click anywhere in the row opens its record", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  const row = page.getByTestId("row").nth(1);
  const watch = await Watch.begin(page);
  const selected = () => page.evaluate(() => getSelection()?.toString() ?? "");
  const cells = row.locator("td:visible");
  for (let n = 0; n < Math.min(3, await cells.count()); n++) {
    const cell = cells.nth(n);
    const text = (await cell.innerText()).split("\n")[0].trim();
    const box = await cell.evaluate((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell.querySelector("a") ?? cell);
      const { x, y, width, height } = range.getBoundingClientRect();
      return { x, y: y + height / 2, width };
    });
    await page.mouse.move(box.x + 1, box.y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y, { steps: 4 });
    await page.mouse.move(box.x + box.width - 1, box.y, { steps: 4 });
    await page.mouse.up();
    expect((await selected()).length, `nothing of “${text}” was selected`).toBeGreaterThan(text.length / 2);
    expect(text, "the selected text is not the text under the pointer").toContain((await selected()).trim());
    await settled(page);
    await expect(page, `selecting “${text}” opened the record`).toHaveURL(`/${IT}/customers`);
  }
  const [, second] = await customersOf(IT);
  const last = cells.last();
  await last.click();
  await expect(page, "a click beside the name does not open the record").toHaveURL(`/${IT}/customers/${second.id}`);
  await watch.expectNoDocument();
});

test("a ctrl-click or middle click beside the name opens a tab", async ({ as }) => {
  const page = await at(as, `/${IT}/customers`);
  const cell = page.getByTestId("row").nth(1).locator("td:visible").last();
  const [, second] = await customersOf(IT);
  for (const options of [{ modifiers: ["Control" as const] }, { button: "middle" as const }]) {
    const [tab] = await Promise.all([page.context().waitForEvent("page"), cell.click(options)]);
    await expect(tab).toHaveURL(`/${IT}/customers/${second.id}`);
    await tab.close();
    await expect(page).toHaveURL(`/${IT}/customers`);
  }
});

test("without JavaScript the whole row links to its record", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${IT}/customers`);
  const [, second] = await customersOf(IT);
  const row = page.getByTestId("row").nth(1);
  const box = await row.boundingBox();
  await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) - 40, (box?.y ?? 0) + (box?.height ?? 0) / 2);
  await expect(page).toHaveURL(`/${IT}/customers/${second.id}`);
  await context.close();
});
