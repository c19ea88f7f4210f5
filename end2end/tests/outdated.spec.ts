// A program and a server of different builds: the program recognizes an answer of another build by its first bytes and
// asks the person to reload the page, because the binary format depends on the build.
import { expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { open } from "../support/people";

test("answers of another build are not shown; Try again reloads the page", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("row").first().waitFor();
  await page.route("**/api/fn/load_page", async (route) => {
    const response = await route.fetch();
    const body = (await response.body()).toString("latin1").replace(/^stile [0-9a-f]{16}\n/, "stile 0123456789abcdef\n");
    expect(body.startsWith("stile 0123456789abcdef\n"), "control: the answer starts with its build").toBe(true);
    await route.fulfill({ response, body: Buffer.from(body, "latin1") });
  });
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Stile was updated since this page was opened");
  await page.unroute("**/api/fn/load_page");
  await page.evaluate(() => (window.stileMark = "here"));
  await alert.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByTestId("row").first(), "the page does not appear after the reload").toBeVisible();
  expect(await page.evaluate(() => window.stileMark), "no new document was loaded").toBeUndefined();
});
