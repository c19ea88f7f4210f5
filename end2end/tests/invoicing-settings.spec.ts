// Settings of invoicing: numbers with their preview, and tax rates, with and without JavaScript.
import { expect, test } from "@playwright/test";
import { contextOf, live } from "../support/people";
import { openShop } from "../support/shop";

for (const javaScriptEnabled of [true, false]) {
  test(`numbers and tax rates are set up, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const shop = await openShop("invoicing");
    const context = await contextOf(browser, shop.owner, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`/${shop.slug}/settings/invoicing`);
    if (javaScriptEnabled) await live(page);
    await expect(page.getByTestId("next-invoice")).toHaveText(/^INV-\d{4}-0001$/);
    await expect(page.getByTestId("next-credit_note")).toHaveText(/^CN-\d{4}-0001$/);
    await page.fill("#invoice-prefix", "no spaces");
    await page.getByRole("button", { name: "Save numbers" }).first().click();
    await expect(page.locator("#invoice-prefix")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#credit_note-prefix"), "the error is in the other form").not.toHaveAttribute("aria-invalid", "true");
    await page.fill("#invoice-prefix", "R/");
    await page.fill("#invoice-width", "3");
    await page.fill("#invoice-next", "42");
    await page.getByRole("button", { name: "Save numbers" }).first().click();
    await expect(page.getByTestId("next-invoice")).toHaveText(/^R\/\d{4}-042$/);

    await page.fill("#rate-new-name", "Reverse charge");
    await page.fill("#rate-new-percent", "0");
    await page.selectOption("#rate-new-category", "AE");
    await page.getByRole("button", { name: "Add tax rate" }).click();
    await expect(page.locator("#rate-new-note"), "a reverse charge needs a reason").toHaveAttribute("aria-invalid", "true");
    await page.fill("#rate-new-note", "Reverse charge, Article 196");
    await page.getByRole("button", { name: "Add tax rate" }).click();
    await expect(page.getByTestId("tax-rate")).toContainText("Reverse charge · 0 %");
    await page.getByRole("button", { name: "Archive Reverse charge" }).click();
    await expect(page.getByTestId("tax-rate")).toContainText("Archived");
    await context.close();
  });
}
