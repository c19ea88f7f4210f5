// Errors of form fields: in every form an error disappears when its field changes, the summary counts the remaining
// errors and disappears with the last one, and a field never shows two messages.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { forgetNewcomers, freshEmail, signUp } from "../support/newcomer";
import { live, open } from "../support/people";

test.afterEach(forgetNewcomers);

const field = (page: Page, name: string) => page.locator(`main [name=${name}]`);
const wrong = (page: Page, name: string) => expect(field(page, name)).toHaveAttribute("aria-invalid", "true");
const right = (page: Page, name: string) => expect(field(page, name), `${name} is still marked as wrong`).not.toHaveAttribute("aria-invalid");

for (const [path, button, mends] of [
  [`/${IT}/customers/new`, "Create customer", { name: "Kind & Co", email: "a@kind.example", country: "FR" }],
  [`/${IT}/products/new`, "Create product", { name: "Kind", code: "kind" }],
  [`/${IT}/rate-plans/new`, "Create rate plan", { code: "kind", name: "Kind", currency: "EUR" }],
] as const) {
  test(`${path}: each field's error disappears with a change, and the summary counts down and disappears`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, path);
    await page.getByRole("button", { name: button }).click();
    const summary = page.getByTestId("error-summary");
    const names = Object.entries(mends);
    await expect(summary).toContainText(`Fix ${names.length} fields to save.`);
    await summary.getByRole("link").last().click();
    await expect(field(page, names[names.length - 1][0]), "the link does not move the focus to its field").toBeFocused();
    for (const [at, [name, value]] of names.entries()) {
      await wrong(page, name);
      if (["country", "currency"].includes(name)) await field(page, name).selectOption(value);
      else await field(page, name).fill(value);
      await right(page, name);
      await expect(page.locator(`#${name}-error`)).toBeEmpty();
      const left = names.length - at - 1;
      if (left > 0) await expect(summary).toContainText(left === 1 ? "Fix 1 field to save." : `Fix ${left} fields to save.`);
    }
    await expect(summary, "the summary stays without an error").toHaveCount(0);
  });
}

test("general settings, tokens, profile, members: the error disappears with a change", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/general`);
  await field(page, "name").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await wrong(page, "name");
  await field(page, "name").fill("IT");
  await right(page, "name");
  await open(page, "/account/tokens");
  await page.getByRole("button", { name: "Create token" }).click();
  await wrong(page, "name");
  await field(page, "name").fill("x");
  await right(page, "name");
  await open(page, "/account/profile");
  await page.fill("#name", "");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("#name")).toHaveAttribute("aria-invalid", "true");
  await page.fill("#name", "Ada Moreau");
  await expect(page.locator("#name")).not.toHaveAttribute("aria-invalid");
  await open(page, `/${IT}/settings/members`);
  await page.fill("#domain", "gmail.com");
  await page.getByRole("button", { name: "Add domain" }).click();
  await wrong(page, "domain");
  await expect(page.locator(".seats-messages"), "the error is shown twice").toBeEmpty();
  await page.fill("#domain", "gmail.co");
  await right(page, "domain");
});

test("the address of a new workspace shows the live check or the error, never both", async ({ page, request }) => {
  const email = freshEmail("voice");
  await signUp(page.context().request, email, "Vera Voice");
  await open(page, "/welcome");
  await page.getByRole("button", { name: "Create organization" }).click();
  for (const name of ["organization", "name"]) await wrong(page, name);
  await field(page, "organization").fill("Voice");
  await right(page, "organization");
  await field(page, "name").fill("Voices");
  await field(page, "slug").fill(IT);
  await expect(page.locator("#slug-status")).toContainText("taken");
  await expect(page.locator("#slug-error"), "the old error and the live check are both shown").toBeEmpty();
  await expect(page.getByTestId("error-summary")).toHaveCount(0);
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page.locator("#slug-error")).not.toBeEmpty();
  await expect(page.locator("#slug-status"), "the live check is shown with the error").toBeEmpty();
  await field(page, "slug").focus();
  const ring = await page.locator(".affix").evaluate((affix) => getComputedStyle(affix).outlineColor);
  const bad = await field(page, "organization").evaluate((input) => {
    input.setAttribute("aria-invalid", "true");
    return getComputedStyle(input).borderColor;
  });
  expect(ring, "the focus ring does not have the error colour").toBe(bad);
  void request;
});

test("after a wrong password the field is selected and marked; typing removes mark and message", async ({ page }) => {
  await page.goto("/sign-in");
  await live(page);
  await page.fill("[name=email]", ADA);
  await page.fill("[name=password]", "not the password");
  await page.click("button[type=submit]");
  await wrong(page, "password");
  await expect(field(page, "password")).toBeFocused();
  const [from, to] = await field(page, "password").evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd]);
  expect([from, to], "the password is not selected").toEqual([0, "not the password".length]);
  await page.keyboard.type("x");
  await right(page, "password");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("without JavaScript a wrong password marks the field", async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.fill("[name=email]", ADA);
  await page.fill("[name=password]", "not the password");
  await page.click("button[type=submit]");
  await wrong(page, "password");
  await expect(page.getByRole("alert")).toContainText("don’t match");
  await context.close();
});
