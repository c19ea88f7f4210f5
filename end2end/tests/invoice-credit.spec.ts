// Manual invoices, credit notes and void invoices on their pages; who may change them; other workspaces.
import { type Page, expect } from "@playwright/test";
import { test } from "../support/as";
import { sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { contextOf, live } from "../support/people";
import { type Shop, openShop } from "../support/shop";

let shop: Shop;
test.beforeEach(async () => {
  shop = await openShop("crediting");
  await sql(
    `with r as (insert into workspace.tax_rates (workspace_id, id, name, percent, category) values ($1, gen_random_uuid(), 'VAT', 19, 'S') returning workspace_id, id)
     insert into workspace.billing_settings (workspace_id, seller_name, seller_address, tax_rate_id) select workspace_id, 'Shop GmbH', 'Berlin', id from r`,
    [shop.id],
  );
});

/** Makes and issues an invoice of 100.00 before tax. */
async function issued(page: Page, scripted: boolean): Promise<string> {
  await page.goto(`/${shop.slug}/invoices/new?customer=${shop.customer}`);
  if (scripted) await live(page);
  await page.selectOption("[name=currency]", "EUR");
  await page.getByRole("button", { name: "Create draft" }).click();
  await expect(page.getByTestId("blocker")).toHaveText(/Add a line/);
  await expect(page.getByRole("button", { name: "Issue", exact: true })).toBeDisabled();
  await page.fill("#name", "Consulting");
  await page.fill("#amount", "100");
  await page.getByRole("button", { name: "Add line" }).click();
  await expect(page.getByTestId("total")).toHaveText("€119.00");
  await page.getByRole("button", { name: "Issue", exact: true }).click();
  await expect(page.locator("#main h1")).toHaveText(/^INV-/);
  return page.url().split("/").pop() ?? "";
}

for (const javaScriptEnabled of [true, false]) {
  test(`a part is credited with its tax, and no more than is left, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    const id = await issued(page, javaScriptEnabled);
    await page.getByRole("link", { name: "Credit", exact: true }).click();
    await expect(page.getByTestId("credit-line")).toContainText("€100.00");
    await page.fill("[name=amount-0]", "200");
    await page.getByRole("button", { name: "Issue credit note" }).click();
    await expect(page.locator("[name=amount-0]"), "more is credited than invoiced").toHaveAttribute("aria-invalid", "true");
    await page.fill("[name=amount-0]", "40");
    await page.getByRole("button", { name: "Update preview" }).click();
    await expect(page.getByTestId("preview-total")).toHaveText("€47.60");
    await page.getByRole("button", { name: "Issue credit note" }).click();
    await expect(page.locator("#main h1")).toHaveText(/^CN-/);
    await expect(page.locator(".page-head .status"), "a credit note awaits no payment").toHaveText("Issued");
    await expect(page.getByTestId("total")).toHaveText("€47.60");
    await page.goto(`/${shop.slug}/invoices/${id}`);
    await expect(page.getByTestId("balance")).toHaveText("€71.40");
    await expect(page.locator("summary", { hasText: "Void this invoice" }), "a credited invoice can be voided").toHaveCount(0);
    await context.close();
  });

  test(`an invoice is voided with a reason, and drafted again, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    await issued(page, javaScriptEnabled);
    await page.locator("summary", { hasText: "Void this invoice" }).click();
    await page.getByRole("button", { name: "Void", exact: true }).click();
    await expect(page.locator("#reason")).toHaveAttribute("aria-invalid", "true");
    await page.fill("#reason", "Wrong address");
    await page.getByRole("button", { name: "Void", exact: true }).click();
    await expect(page.getByTestId("timeline")).toContainText("Void: Wrong address");
    await page.getByRole("button", { name: "Draft again" }).click();
    await expect(page.locator("#main h1")).toHaveText(/^Draft for/);
    await expect(page.getByTestId("total")).toHaveText("€119.00");
    await context.close();
  });
}

test("roles: who may read a document gets no actions without the capability, and a foreign one is absent", async ({ browser }) => {
  const own = await contextOf(browser, shop.owner);
  const page = await own.newPage();
  const id = await issued(page, true);
  const email = await register(fresh("reading"), "Reader");
  const theirs = await contextOf(browser, email);
  const other = await theirs.newPage();
  const at = `/${shop.slug}/invoices/${id}`;
  const absent = await other.goto(at);
  expect(absent?.status(), "a stranger reads the document").toBe(404);
  await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, 'viewer' from account.users where email = $2", [shop.id, email]);
  for (const [role, may] of [["viewer", false], ["member", false], ["billing_admin", true]] as const) {
    await sql("update account.workspace_members set role = $2 where workspace_id = $1", [shop.id, role]);
    await other.goto(at);
    await expect(other.getByTestId("total"), role).toHaveText("€119.00");
    await expect(other.getByRole("link", { name: "Credit", exact: true }), role).toHaveCount(may ? 1 : 0);
    await expect(other.locator("summary", { hasText: "Record payment" }), role).toHaveCount(may ? 1 : 0);
    expect((await other.goto(`${at}/credit`))?.status(), role).toBe(may ? 200 : 403);
    expect((await other.goto(`/${shop.slug}/invoices/new`))?.status(), role).toBe(may ? 200 : 403);
  }
  const foreign = await openShop("crediting-other");
  const context = await contextOf(browser, foreign.owner);
  const answers = [];
  for (const path of [`/${foreign.slug}/invoices/${id}`, `/${foreign.slug}/invoices/018f4d9e-0000-7000-8000-000000000000`]) {
    answers.push((await context.request.get(path)).status());
  }
  expect(answers, "a foreign document differs from none").toEqual([404, 404]);
  await Promise.all([own.close(), theirs.close(), context.close()]);
});
