// The program and the server speak by position, so one of another build is never understood wrongly: it is told from
// one's own by its first bytes, and a person reads that the page is to be loaded again.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { open } from "../support/people";

test("answers of another build are not shown; Try again loads the page anew", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("row").first().waitFor();
  await page.route("**/api/fn/load_page", async (route) => {
    const response = await route.fetch();
    const body = (await response.body()).toString("latin1").replace(/^stile [0-9a-f]{16}\n/, "stile 0123456789abcdef\n");
    expect(body.startsWith("stile 0123456789abcdef\n"), "the answer began with its build").toBe(true);
    await route.fulfill({ response, body: Buffer.from(body, "latin1") });
  });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Stile was updated since this page was opened");
  await page.unroute("**/api/fn/load_page");
  await page.evaluate(() => (window.stileMark = "here"));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("row").first(), "the page is not there after a reload").toBeVisible();
  expect(await page.evaluate(() => window.stileMark), "no new document was loaded").toBeUndefined();
});
