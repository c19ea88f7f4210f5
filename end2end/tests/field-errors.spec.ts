// An error goes when its field changes, in every form: the summary counts what is left and goes with the last, and a field
// never says two things at once.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { IT } from "../support/facts";
import { forgetNewcomers, freshEmail, signUp } from "../support/newcomer";
import { live, open } from "../support/people";

test.afterEach(forgetNewcomers);

const field = (page: Page, name: string) => page.locator(`main [name=${name}]`);
const wrong = (page: Page, name: string) => expect(field(page, name)).toHaveAttribute("aria-invalid", "true");
const right = (page: Page, name: string) => expect(field(page, name), `${name} is still marked`).not.toHaveAttribute("aria-invalid");

for (const [path, button, mends] of [
  [`/${IT}/customers/new`, "Create customer", { name: "Kind & Co", email: "a@kind.example", country: "FR" }],
  [`/${IT}/products/new`, "Create product", { name: "Kind", code: "kind", unit: "seat" }],
] as const) {
  test(`${path}: each field's error goes with a change, the summary counts down and goes`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, path);
    await page.getByRole("button", { name: button }).click();
    const summary = page.getByTestId("error-summary");
    const names = Object.entries(mends);
    await expect(summary).toContainText(`Fix ${names.length} fields to save.`);
    await summary.getByRole("link").last().click();
    await expect(field(page, names[names.length - 1][0]), "the link does not lead to its field").toBeFocused();
    for (const [at, [name, value]] of names.entries()) {
      await wrong(page, name);
      if (name === "country") await field(page, name).selectOption(value);
      else await field(page, name).fill(value);
      await right(page, name);
      await expect(page.locator(`#${name}-error`)).toBeEmpty();
      const left = names.length - at - 1;
      if (left > 0) await expect(summary).toContainText(left === 1 ? "Fix 1 field to save." : `Fix ${left} fields to save.`);
    }
    await expect(summary, "it stays without a mistake").toHaveCount(0);
  });
}

test("general settings, tokens, profile, members: the error goes with a change", async ({ as }) => {
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
  await expect(page.locator(".seats-said"), "it is said twice").toBeEmpty();
  await page.fill("#domain", "gmail.co");
  await right(page, "domain");
});

test("the address of a workspace speaks with one voice: live check or error, never both", async ({ page, request }) => {
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
  await expect(page.locator("#slug-error"), "the old error and the live check at once").toBeEmpty();
  await expect(page.getByTestId("error-summary")).toHaveCount(0);
  await page.getByRole("button", { name: "Create organization" }).click();
  await expect(page.locator("#slug-error")).not.toBeEmpty();
  await expect(page.locator("#slug-status"), "two voices after sending").toBeEmpty();
  await field(page, "slug").focus();
  const ring = await page.locator(".affix").evaluate((affix) => getComputedStyle(affix).outlineColor);
  const bad = await field(page, "organization").evaluate((input) => {
    input.setAttribute("aria-invalid", "true");
    return getComputedStyle(input).borderColor;
  });
  expect(ring, "a ring in the colour of what is right around an error").toBe(bad);
  void request;
});

test("after a wrong password the field is selected and marked, and typing takes the mark and the message away", async ({ page }) => {
  await page.goto("/sign-in");
  await live(page);
  await page.fill("[name=email]", ADA);
  await page.fill("[name=password]", "not the password");
  await page.click("button[type=submit]");
  await wrong(page, "password");
  await expect(field(page, "password")).toBeFocused();
  const [from, to] = await field(page, "password").evaluate((input: HTMLInputElement) => [input.selectionStart, input.selectionEnd]);
  expect([from, to], "it is not selected").toEqual([0, "not the password".length]);
  await page.keyboard.type("x");
  await right(page, "password");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("without JavaScript a wrong password marks the field, too", async ({ browser, baseURL }) => {
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
