// From what is due to an issued and paid invoice, with and without JavaScript. A draft that changed between opening and
// issuing is not issued; the page shows both versions.
import { type Page, expect, test } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf, live } from "../support/people";
import { type Priced, openPriced } from "../support/priced";
import { keyOf, post, tokens } from "../support/shop";

const total = (page: Page) => page.getByTestId("total").innerText();

/** Fills in what an invoice needs: the seller and a tax rate. */
async function settings(page: Page, slug: string, scripted: boolean): Promise<void> {
  const go = async () => {
    await page.goto(`/${slug}/settings/invoicing`);
    if (scripted) await live(page);
  };
  await go();
  await page.fill("#rate-new-name", "VAT 19 %");
  await page.fill("#rate-new-percent", "19");
  await page.getByRole("button", { name: "Add tax rate" }).click();
  await expect(page.getByTestId("tax-rate")).toContainText("VAT 19 %");
  await go();
  await page.fill("[name=seller_name]", "Shop GmbH");
  await page.fill("[name=seller_address]", "Street 1\n10115 Berlin");
  await page.selectOption("[name=tax_rate]", { label: "VAT 19 %" });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.poll(async () => (await sql("select seller_name from workspace.billing_settings where workspace_id = (select id from account.workspaces where slug = $1)", [slug]))[0]?.seller_name).toBe("Shop GmbH");
}

for (const javaScriptEnabled of [true, false]) {
  test(`nothing is issued that was not on screen, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const shop: Priced = await openPriced(browser, "issuing");
    // The first invoice is due, and none before it.
    await sql("update workspace.subscriptions set bills_from = starts_on where workspace_id = $1", [shop.id]);
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    const go = async (path: string) => {
      await page.goto(path);
      if (javaScriptEnabled) await live(page);
    };
    await settings(page, shop.slug, javaScriptEnabled);

    await go(`/${shop.slug}/invoices/due`);
    const cuts = await page.getByTestId("row").count();
    expect(cuts, "control: something is due").toBeGreaterThan(0);
    await page.getByRole("button", { name: "Draft", exact: true }).click();
    await expect(page.getByRole("link", { name: /^Draft for/ }).first()).toBeVisible();
    const drafts = async () => (await sql("select count(*)::int as n from workspace.invoices where workspace_id = $1", [shop.id]))[0].n;
    const made = await drafts();
    expect(made).toBeGreaterThan(0);

    await page.getByRole("link", { name: /^Draft for/ }).first().click();
    await expect(page.getByTestId("document")).toBeVisible();
    if (javaScriptEnabled) await live(page);
    const before = await total(page);
    const issue = page.getByRole("button", { name: "Issue", exact: true });
    await expect(issue).toBeEnabled();

    // Another person adds a line meanwhile, which is what late usage does too.
    const id = page.url().split("/").pop() ?? "";
    const second = await contextOf(browser, shop.owner, { javaScriptEnabled: false });
    const other = await second.newPage();
    await other.goto(`/${shop.slug}/invoices/${id}`);
    await other.fill("#name", "Setup");
    await other.fill("#amount", "100");
    await other.getByRole("button", { name: "Add line" }).click();
    await expect(other.getByTestId("line").filter({ hasText: "Setup" })).toBeVisible();
    const after = await total(other);
    expect(after, "control: the total changed").not.toBe(before);
    await second.close();

    await issue.click();
    await expect(page.getByTestId("total")).toHaveText(after);
    expect((await sql("select status from workspace.invoices where id = $1", [id]))[0].status, "a draft was issued that was not on screen").toBe("draft");
    await page.getByRole("button", { name: /^Issue/ }).click();
    await expect(page.locator("#main h1")).toHaveText(/^INV-\d{4}-0001$/);
    expect(await total(page)).toBe(after);

    await page.locator("summary", { hasText: "Record payment" }).click();
    await page.getByRole("button", { name: "Save payment" }).click();
    await expect(page.locator(".page-head .status")).toHaveText("Paid");
    await expect(page.getByTestId("payment")).toHaveCount(1);
    await page.getByRole("button", { name: /^Reverse/ }).click();
    await expect(page.locator(".page-head .status")).not.toHaveText("Paid");
    await expect(page.getByTestId("payment")).toContainText("reversed");
    await context.close();
  });
}

test("an event that arrives between opening and issuing stops it, with both totals", async ({ browser }) => {
  const shop = await openPriced(browser, "late-event");
  // Only the period that ended last is invoiced.
  await sql("update workspace.subscriptions set bills_from = (date_trunc('month', now()) - interval '1 month' + interval '1 day')::date where workspace_id = $1", [shop.id]);
  const context = await contextOf(browser, shop.owner);
  const page = await context.newPage();
  await settings(page, shop.slug, true);
  const key = await keyOf(context.request, shop.slug, { events_write: "on" }, "Late");
  await page.goto(`/${shop.slug}/invoices/due`);
  await live(page);
  await page.getByRole("button", { name: "Draft", exact: true }).click();
  const links = page.getByRole("link", { name: /^Draft for/ });
  await links.click();
  await expect(page.getByTestId("document")).toBeVisible();
  const before = await total(page);
  const [{ time }] = await sql("select (date_trunc('month', now()) - interval '1 day')::timestamptz as time");
  const sent = await post(shop.slug, key, JSON.stringify([tokens("late", { time: new Date(time as unknown as string).toISOString(), data: { tokens: 100_000 } })]));
  expect(sent.status, sent.text).toBe(200);
  const issue = page.getByRole("button", { name: "Issue", exact: true });
  await issue.click();
  await expect(page.getByTestId("moved")).toBeVisible();
  await expect(page.getByTestId("moved-before")).toHaveText(before);
  const after = await page.getByTestId("moved-after").innerText();
  expect(after).not.toBe(before);
  await page.getByRole("button", { name: "Issue the new version" }).click();
  await expect(page.locator("#main h1")).toHaveText(/^INV-/);
  expect(await total(page)).toBe(after);
  await context.close();
});
