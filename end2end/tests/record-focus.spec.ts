// Announcing pages to screen readers: opening a record moves the focus to its heading, and the title and breadcrumb
// name the record. A list announces the result of a search, filter or page in one polite live region, and nothing when
// it loads.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, found, sql } from "../support/facts";
import { open } from "../support/people";
import { bySwitcher } from "../support/switching";

const focusedTag = (page: Page) => page.evaluate(() => document.activeElement?.tagName);
const status = (page: Page) => page.getByTestId("status-message");
const here = (page: Page) => page.getByRole("navigation", { name: "Breadcrumb" }).locator("[aria-current=page]");

for (const [noun, title] of [["customers", "Customers"], ["products", "Products"], ["rate-plans", "Rate plans"], ["invoices", "Invoices"]]) {
  test(`${noun}: opening a row moves the focus to the heading and names the record`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${IT}/${noun}`);
    await expect(page).toHaveTitle(`${title} · IT · Stile`);
    const link = page.getByTestId("row").first().locator(".row-link");
    await link.focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "Details" })).toBeVisible();
    await expect(page.locator("#main h1")).toBeFocused();
    const name = await here(page).innerText();
    expect(name.length).toBeGreaterThan(0);
    await expect(page).toHaveTitle(`${name} · ${title} · IT · Stile`);
    await expect(page.locator("#main h1")).toHaveText(name);
    // The document has the same title and does not move the focus.
    await page.reload();
    await expect(page).toHaveTitle(`${name} · ${title} · IT · Stile`);
    await expect(here(page)).toHaveText(name);
    expect(await focusedTag(page)).toBe("BODY");
    await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
    expect(await focusedTag(page), "loading a document moves the focus").toBe("BODY");
  });
}

test("Back moves the focus to the list's heading, and a switch removes the record's name", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  const name = await page.getByTestId("row").first().locator(".row-link").innerText();
  await page.getByTestId("row").first().locator(".row-link").click();
  await expect(page).toHaveTitle(`${name} · Customers · IT · Stile`);
  await page.goBack();
  await expect(page.locator("#main h1")).toBeFocused();
  await expect(page).toHaveTitle("Customers · IT · Stile");
  await page.goForward();
  await expect(page).toHaveTitle(`${name} · Customers · IT · Stile`);
  expect(await found(page, [name]), "control: the record is on screen").toEqual([name]);
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveTitle("Customers · Finance · Stile");
  await expect(here(page)).toHaveText("Customers");
  await expect.poll(() => found(page, [name]), "the page contains the record of the former workspace").toEqual([]);
});

test("an edit form is named after its record, a form for a new one is not", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  const name = await page.getByTestId("row").first().locator(".row-link").innerText();
  await page.getByTestId("row").first().locator(".row-link").click();
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await expect(page).toHaveTitle(`Edit ${name} · Customers · IT · Stile`);
  await open(page, `/${IT}/customers/new`);
  await expect(page).toHaveTitle("New customer · IT · Stile");
  await expect(here(page)).toHaveText("New customer");
});

test("a list announces the result of a search, filter, sort and page, and nothing when it loads", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await expect(status(page)).toHaveCount(1);
  await expect(status(page)).toHaveAttribute("aria-live", "polite");
  await expect(status(page)).toBeEmpty();
  const region = await status(page).elementHandle();
  const total = Number(await page.getByTestId("count").innerText());
  await page.getByRole("link", { name: "Next" }).click();
  await expect(status(page)).toHaveText(`Rows 21–40 of ${total}`);
  await page.getByRole("searchbox").fill("hal");
  const [{ n }] = await sql<{ n: string }>(
    `select count(*) as n from workspace.customers c join account.workspaces w on w.id = c.workspace_id
     where slug = $1 and (position('hal' in c.name_key) > 0 or position('hal' in c.email) > 0)`, [IT]);
  await expect(status(page)).toHaveText(n === "1" ? "1 customer matches" : `${n} customers match`);
  await page.getByRole("searchbox").fill("no customer is called so");
  await expect(status(page)).toHaveText("No customers match");
  await page.getByRole("link", { name: "Clear filters" }).click();
  await expect(status(page)).toHaveText(`${total} customers`);
  await page.getByRole("columnheader", { name: "Created" }).getByRole("link").click();
  await expect(status(page)).toHaveText(/^Sorted by created, descending\. Rows 1–20 of /);
  expect(await region?.evaluate((element) => element.isConnected), "the live region was replaced, so screen readers don't announce it").toBe(true);
  // A message must not stay after a switch or on another list.
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveTitle("Customers · Finance · Stile");
  await expect(status(page)).toBeEmpty();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(status(page)).toHaveText(/^Rows 21–/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(page).toHaveTitle("Invoices · Finance · Stile");
  await expect(status(page)).toBeEmpty();
});
