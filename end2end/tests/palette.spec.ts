// The palette: ctrl+K opens it everywhere, and it works with the keyboard alone. It finds, navigates, runs actions and
// returns the focus. It offers only what the role allows.
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { contextOf, live, open } from "../support/people";
import { complaints } from "../support/watch";
import { cookieAt } from "../support/server";

const ADA = "ada@smartai.example";
let context: BrowserContext;
let page: Page;
let noise: string[];

test.beforeEach(async ({ browser }) => {
  context = await contextOf(browser, ADA);
  page = await context.newPage();
  noise = complaints(page);
});
test.afterEach(async () => {
  await context.close();
  expect(noise, "the page reports errors").toEqual([]);
});

const palette = (at = page) => at.getByTestId("palette");
const input = (at = page) => at.getByTestId("palette-input");
/** Reads the names of all items. Only visible items are rendered, so this scrolls from the top to the end and back. */
const labels = (at = page) =>
  at.locator("#palette-list").evaluate(async (list) => {
    const names: string[] = [];
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const note = () => list.querySelectorAll<HTMLElement>(".palette-item").forEach((row) => (names[Number(row.dataset.line)] = row.querySelector<HTMLElement>(".name")?.innerText ?? ""));
    for (let top = 0; top <= list.scrollHeight; top += 200) {
      list.scrollTop = top;
      await frame();
      note();
    }
    list.scrollTop = 0;
    await frame();
    return names;
  });
const selected = () => page.locator("[data-testid=palette-item][aria-selected=true] .name");
async function summon(at = page): Promise<void> {
  await at.keyboard.press("Control+k");
  await expect(palette(at), "ctrl+K does not open the palette").toBeVisible();
}

for (const path of ["/smartai-it/customers", "/smartai-it/customers/new", "/home", "/account/tokens"]) {
  test(`ctrl+K opens the palette on ${path} with the focus in its field, and closes it`, async () => {
    await open(page, path);
    await expect(palette()).toBeHidden();
    await summon();
    await expect(input(), "the focus is not in the field").toBeFocused();
    expect(await labels()).toEqual(expect.arrayContaining(["Finance", "Product Eng", "Sign out"]));
    await page.keyboard.press("Control+k");
    await expect(palette()).toBeHidden();
  });
}

test("the button and cmd+K open it; a click outside and, on a phone, Cancel close it", async () => {
  await open(page, "/smartai-it/overview");
  await page.getByRole("button", { name: "Search or jump to" }).click();
  await expect(input()).toBeFocused();
  await page.mouse.click(5, 5);
  await expect(palette(), "a click outside does not close it").toBeHidden();
  await page.keyboard.press("Meta+k");
  await expect(palette(), "cmd+K does not open it").toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(palette(), "Cancel does not close it").toBeHidden();
});

test("Escape closes it and returns the focus; the query is empty the next time", async () => {
  await open(page, "/smartai-it/customers");
  const field = page.getByRole("searchbox", { name: "Search customers" });
  await field.focus();
  await summon();
  await input().fill("fin");
  await page.keyboard.press("Escape");
  await expect(palette()).toBeHidden();
  await expect(field, "the focus was lost").toBeFocused();
  await expect(field, "the query was typed into the page").toHaveValue("");
  await summon();
  await expect(input()).toHaveValue("");
});

test("typing filters by name, address and organization, and an empty result is reported", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  const all = await labels();
  expect(all, "the current workspace is offered").not.toContain("IT");
  for (const query of ["fnc", "globalai-fin", "GlobalAI"]) {
    await input().fill(query);
    await expect(page.getByTestId("palette-item").first(), `${query} does not find Finance first`).toHaveAttribute("data-slug", "globalai-finance");
    expect((await labels()).length, `${query} does not filter`).toBeLessThan(all.length);
  }
  await input().fill("fnc");
  await expect(page.getByTestId("palette-item").first()).toContainText("Finance");
  const matched = await page.getByTestId("palette-item").first().locator("mark").allTextContents();
  expect(matched.join("").toLowerCase(), "the marked letters are not the matching ones").toBe("fnc");
  await input().fill("zzzzqq");
  await expect(palette()).toContainText("No results for");
  await expect(page.getByTestId("palette-item")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page, "Enter without a result leads to another page").toHaveURL("/smartai-it/customers");
});

test("arrows move and wrap, the field names the selected item, and Enter opens it", async () => {
  await open(page, "/smartai-it/overview");
  await summon();
  const all = await labels();
  await expect(selected()).toHaveText(all[0]);
  for (let at = 1; at <= 3; at++) {
    await page.keyboard.press("ArrowDown");
    await expect(selected()).toHaveText(all[at]);
    const active = await input().getAttribute("aria-activedescendant");
    await expect(page.locator(`#${active} .name`), "the field names another item").toHaveText(all[at]);
  }
  for (let at = 3; at > 0; at--) await page.keyboard.press("ArrowUp");
  await expect(selected()).toHaveText(all[0]);
  await page.keyboard.press("ArrowUp");
  await expect(selected(), "ArrowUp on the first item does not select the last one").toHaveText(all.at(-1) ?? "");
  await page.keyboard.press("ArrowDown");
  await expect(selected()).toHaveText(all[0]);
  await input().fill("invoices");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/smartai-it/invoices");
  await expect(palette()).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invoices");
});

test("Enter on a workspace opens the same page there; ctrl+Enter opens it in a new tab", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await input().fill("finance");
  const opened = context.waitForEvent("page");
  await page.keyboard.press("Control+Enter");
  const tab = await opened;
  await expect(tab, "the new tab shows another page").toHaveURL("/globalai-finance/customers");
  await expect(tab.getByTestId("workspace-name")).toHaveText("Finance");
  await expect(page, "this tab switched too").toHaveURL("/smartai-it/customers");
  await tab.close();
  await page.bringToFront();
  await input().press("Enter");
  await expect(page).toHaveURL("/globalai-finance/customers");
  await expect(page.getByTestId("workspace-name")).toHaveText("Finance");
});

test("a click works like Enter, and a ctrl-click opens a tab", async () => {
  await open(page, "/smartai-it/overview");
  await summon();
  const item = page.locator('[data-testid=palette-item][data-slug="smartai-product-eng"]');
  const opened = context.waitForEvent("page");
  await item.click({ modifiers: ["Control"] });
  const tab = await opened;
  await expect(tab).toHaveURL("/smartai-product-eng/overview");
  await tab.close();
  await page.bringToFront();
  if (!(await palette().isVisible())) await summon();
  await item.click();
  await expect(page).toHaveURL("/smartai-product-eng/overview");
  await expect(palette()).toBeHidden();
});

test("actions depend on the role: an Owner can create, a Viewer and a Billing admin can't", async ({ browser }) => {
  const creating = ["New customer", "New product", "New subscription of a customer"];
  await open(page, "/smartai-it/overview");
  await summon();
  expect(await labels(), "control: an Owner is offered the actions").toEqual(expect.arrayContaining(creating));
  await input().fill("new cust");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/smartai-it/customers/new");
  await open(page, "/globalai-finance/overview");
  await summon();
  for (const label of creating) expect(await labels(), "a Billing admin is offered the action").not.toContain(label);
  const other = await contextOf(browser, "vik@smartai.example");
  const viewer = await other.newPage();
  await open(viewer, "/smartai-it/overview");
  await summon(viewer);
  const offered = await labels(viewer);
  for (const label of [...creating, "Finance", "Product Eng"]) expect(offered, "a Viewer of IT is offered the item").not.toContain(label);
  expect(offered).toContain("Customers");
  await other.close();
});

test("the theme changes at once and is in the next document from the start", async () => {
  await open(page, "/smartai-it/overview");
  const html = page.locator("html");
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const seen: string[] = [];
  for (const theme of ["dark", "light"]) {
    await summon();
    await input().fill(`${theme} theme`);
    await page.keyboard.press("Enter");
    await expect(html, "the theme did not change").toHaveAttribute("data-theme", theme);
    seen.push(await background());
    const source = await (await context.request.get("/smartai-it/overview")).text();
    expect(source.slice(0, 120), "the server renders another theme").toContain(`<html lang="en" data-theme="${theme}">`);
    await page.reload();
    expect(await background(), "the theme differs after a reload").toBe(seen.at(-1));
    await live(page);
    await expect(html).toHaveAttribute("data-theme", theme);
  }
  expect(seen[0], "light and dark look the same").not.toBe(seen[1]);
  await summon();
  await input().fill("system theme");
  await page.keyboard.press("Enter");
  await expect(html, "the page does not follow the device's theme").not.toHaveAttribute("data-theme");
});

test("Enter opens the selected item, also when it is scrolled out of view", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await page.locator("#palette-list").evaluate((list) => (list.scrollTop = list.scrollHeight));
  await expect(page.locator("#palette-0"), "control: the first item is not rendered").toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/(globalai-finance|smartai-product-eng)\/customers$/);
});

test("the palette can sign out", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await input().fill("sign out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await context.cookies()).map((c) => c.name)).not.toContain(cookieAt());
});

test("ctrl+K with Shift or Alt does not open it", async () => {
  await open(page, "/smartai-it/overview");
  await page.keyboard.press("Control+Shift+k");
  await page.keyboard.press("Control+Alt+k");
  await page.keyboard.press("k");
  await expect(palette()).toBeHidden();
  await summon();
});
