// The palette: ctrl+K from anywhere, by keyboard alone; it finds, goes, acts, and gives the focus back. It offers what
// the seat allows and nothing else.
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
  expect(noise, "the page complains").toEqual([]);
});

const palette = (at = page) => at.getByTestId("palette");
const input = (at = page) => at.getByTestId("palette-input");
/** The names of all its lines: only those in sight are drawn, so it is scrolled from its top to its end and back. */
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
  await expect(palette(at), "ctrl+K opens nothing").toBeVisible();
}

for (const path of ["/smartai-it/customers", "/smartai-it/customers/new", "/home", "/account/tokens"]) {
  test(`ctrl+K opens it on ${path}, with the focus in its field, and closes it`, async () => {
    await open(page, path);
    await expect(palette()).toBeHidden();
    await summon();
    await expect(input(), "the focus is not in the field").toBeFocused();
    expect(await labels()).toEqual(expect.arrayContaining(["Finance", "Product Eng", "Sign out"]));
    await page.keyboard.press("Control+k");
    await expect(palette()).toBeHidden();
  });
}

test("its button opens it, cmd+K too; a click beside it and, on a phone, Cancel close it", async () => {
  await open(page, "/smartai-it/overview");
  await page.getByRole("button", { name: "Search or jump to" }).click();
  await expect(input()).toBeFocused();
  await page.mouse.click(5, 5);
  await expect(palette(), "a click beside it leaves it open").toBeHidden();
  await page.keyboard.press("Meta+k");
  await expect(palette(), "cmd+K opens nothing").toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(palette(), "Cancel leaves it open").toBeHidden();
});

test("Escape closes it and gives the focus back to where it was; what was typed is gone the next time", async () => {
  await open(page, "/smartai-it/customers");
  const field = page.getByRole("searchbox", { name: "Search customers" });
  await field.focus();
  await summon();
  await input().fill("fin");
  await page.keyboard.press("Escape");
  await expect(palette()).toBeHidden();
  await expect(field, "the focus is lost").toBeFocused();
  await expect(field, "what was typed went into the page").toHaveValue("");
  await summon();
  await expect(input()).toHaveValue("");
});

test("typing narrows, by name, address and organization; nothing found is said", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  const all = await labels();
  expect(all, "the workspace on screen is offered as another").not.toContain("IT");
  for (const query of ["fnc", "globalai-fin", "GlobalAI"]) {
    await input().fill(query);
    await expect(page.getByTestId("palette-item").first(), `${query} does not find Finance first`).toHaveAttribute("data-slug", "globalai-finance");
    expect((await labels()).length, `${query} narrows nothing`).toBeLessThan(all.length);
  }
  await input().fill("fnc");
  await expect(page.getByTestId("palette-item").first()).toContainText("Finance");
  const matched = await page.getByTestId("palette-item").first().locator("mark").allTextContents();
  expect(matched.join("").toLowerCase(), "not the letters that matched are marked").toBe("fnc");
  await input().fill("zzzzqq");
  await expect(palette()).toContainText("No results for");
  await expect(page.getByTestId("palette-item")).toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page, "Enter on nothing goes somewhere").toHaveURL("/smartai-it/customers");
});

test("arrows move and wrap; the field names the selected row; Enter goes there", async () => {
  await open(page, "/smartai-it/overview");
  await summon();
  const all = await labels();
  await expect(selected()).toHaveText(all[0]);
  for (let at = 1; at <= 3; at++) {
    await page.keyboard.press("ArrowDown");
    await expect(selected()).toHaveText(all[at]);
    const active = await input().getAttribute("aria-activedescendant");
    await expect(page.locator(`#${active} .name`), "the field names another row").toHaveText(all[at]);
  }
  for (let at = 3; at > 0; at--) await page.keyboard.press("ArrowUp");
  await expect(selected()).toHaveText(all[0]);
  await page.keyboard.press("ArrowUp");
  await expect(selected(), "the first row's neighbour above is not the last").toHaveText(all.at(-1) ?? "");
  await page.keyboard.press("ArrowDown");
  await expect(selected()).toHaveText(all[0]);
  await input().fill("invoices");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/smartai-it/invoices");
  await expect(palette()).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invoices");
});

test("Enter on a workspace switches to the same page there; ctrl+Enter opens it in a tab and leaves this one", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await input().fill("finance");
  const opened = context.waitForEvent("page");
  await page.keyboard.press("Control+Enter");
  const tab = await opened;
  await expect(tab, "the tab is elsewhere").toHaveURL("/globalai-finance/customers");
  await expect(tab.getByTestId("workspace-name")).toHaveText("Finance");
  await expect(page, "this tab went along").toHaveURL("/smartai-it/customers");
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

test("actions are those of the seat: an Owner may create, a Viewer and a Billing admin may not", async ({ browser }) => {
  const creating = ["New customer", "New product"];
  await open(page, "/smartai-it/overview");
  await summon();
  expect(await labels(), "the control: an Owner is offered them").toEqual(expect.arrayContaining(creating));
  await input().fill("new cust");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/smartai-it/customers/new");
  await open(page, "/globalai-finance/overview");
  await summon();
  for (const label of creating) expect(await labels(), "a Billing admin is offered it").not.toContain(label);
  const other = await contextOf(browser, "vik@smartai.example");
  const viewer = await other.newPage();
  await open(viewer, "/smartai-it/overview");
  await summon(viewer);
  const offered = await labels(viewer);
  for (const label of [...creating, "Finance", "Product Eng"]) expect(offered, "a Viewer of IT is offered it").not.toContain(label);
  expect(offered).toContain("Customers");
  await other.close();
});

test("the theme changes at once, and is there from the first byte of the next page", async () => {
  await open(page, "/smartai-it/overview");
  const html = page.locator("html");
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const seen: string[] = [];
  for (const theme of ["dark", "light"]) {
    await summon();
    await input().fill(`${theme} theme`);
    await page.keyboard.press("Enter");
    await expect(html, "nothing changed").toHaveAttribute("data-theme", theme);
    seen.push(await background());
    const source = await (await context.request.get("/smartai-it/overview")).text();
    expect(source.slice(0, 120), "the server's page starts in another theme, so it flashes").toContain(`<html lang="en" data-theme="${theme}">`);
    await page.reload();
    expect(await background(), "after a reload the theme is another").toBe(seen.at(-1));
    await live(page);
    await expect(html).toHaveAttribute("data-theme", theme);
  }
  expect(seen[0], "light and dark look the same").not.toBe(seen[1]);
  await summon();
  await input().fill("system theme");
  await page.keyboard.press("Enter");
  await expect(html, "the device's theme is not followed").not.toHaveAttribute("data-theme");
});

test("Enter goes where the selected line leads, also when it was scrolled out of sight", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await page.locator("#palette-list").evaluate((list) => (list.scrollTop = list.scrollHeight));
  await expect(page.locator("#palette-0"), "the control: the first line is drawn no more").toHaveCount(0);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/(globalai-finance|smartai-product-eng)\/customers$/);
});

test("it signs out", async () => {
  await open(page, "/smartai-it/customers");
  await summon();
  await input().fill("sign out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await context.cookies()).map((c) => c.name)).not.toContain(cookieAt());
});

test("with Shift or Alt it stays closed: those keys belong to others", async () => {
  await open(page, "/smartai-it/overview");
  await page.keyboard.press("Control+Shift+k");
  await page.keyboard.press("Control+Alt+k");
  await page.keyboard.press("k");
  await expect(palette()).toBeHidden();
  await summon();
});
