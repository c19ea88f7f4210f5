// Unsaved input: links, switches, the palette, the history and closing the tab ask before they discard it. Without
// unsaved input nothing asks.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, sql } from "../support/facts";
import { forgetTokens } from "../support/made";
import { Watch } from "../support/network";
import { PASSWORD, open } from "../support/people";
import { png } from "../support/png";
import { putBack, seat } from "../support/seating";
import { byPalette, bySwitcher, workspaceName } from "../support/switching";

test.afterEach(putBack);

const dialog = (page: Page) => page.getByTestId("unsaved-dialog");
const name = (page: Page) => page.locator("main [name=name]");
const stay = async (page: Page) => {
  await expect(dialog(page)).toContainText("Discard changes?");
  await page.keyboard.press("Escape");
  await expect(dialog(page)).toHaveCount(0);
  await expect(name(page), "the input was lost").toHaveValue("Half a name");
};
const discard = async (page: Page) => {
  await dialog(page).getByRole("button", { name: "Discard" }).click();
  await expect(dialog(page)).toHaveCount(0);
};

async function typing(page: Page): Promise<void> {
  await open(page, `/${IT}/customers`);
  await page.getByRole("link", { name: "New customer" }).click();
  await name(page).fill("Half a name");
}

const ways: [string, (page: Page) => Promise<unknown>, RegExp][] = [
  ["a link", (page) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click(), /\/invoices$/],
  ["a switch by the switcher", (page) => bySwitcher(page, FINANCE), new RegExp(`/${FINANCE}/`)],
  ["a switch by the palette", (page) => byPalette(page, FINANCE), new RegExp(`/${FINANCE}/`)],
  ["a number key", async (page) => {
    await page.getByTestId("switcher").click();
    await page.keyboard.press("2");
  }, /./],
  ["Back", (page) => page.goBack(), new RegExp(`/${IT}/customers$`)],
  ["the form's own Cancel", (page) => page.getByRole("link", { name: "Cancel" }).click(), new RegExp(`/${IT}/customers$`)],
];

for (const [way, leave, to] of ways) {
  test(`leaving by ${way} asks; staying keeps the input, discarding continues`, async ({ as }) => {
    const page = await as(ADA);
    await typing(page);
    const here = page.url();
    await leave(page);
    await stay(page);
    expect(page.url(), "the address changed although the page stayed").toBe(here);
    await page.keyboard.press("Escape");
    await leave(page);
    await expect(dialog(page)).toBeVisible();
    await discard(page);
    await expect(page).toHaveURL(to);
    await expect(page.locator("main [name=name]")).toHaveCount(0);
  });
}

test("nothing asks if nothing was typed, if the input was reverted, or if it was saved", async ({ as }) => {
  const page = await as(ADA);
  await typing(page);
  await name(page).fill("");
  await bySwitcher(page, FINANCE);
  await expect(workspaceName(page)).toHaveText("Finance");
  await expect(dialog(page)).toHaveCount(0);
  await open(page, "/account/profile");
  await page.fill("#name", "Ada Moreau ");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByTestId("toast")).toBeVisible();
  await page.getByRole("link", { name: "Preferences" }).first().click();
  await expect(page).toHaveURL("/account/preferences");
  await expect(dialog(page)).toHaveCount(0);
});

test("a created token with another lifetime than the default is not unsaved input", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/account/tokens");
  await page.fill("#name", "Unsaved");
  await page.locator("#life").selectOption({ index: 2 });
  await page.getByRole("link", { name: "Preferences" }).first().click();
  await expect(dialog(page), "control: before, it is unsaved input").toBeVisible();
  await dialog(page).getByRole("button", { name: "Stay" }).click();
  await page.fill("#password", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByTestId("token")).toBeVisible();
  await expect(page.locator("#name")).toHaveValue("");
  await page.getByRole("link", { name: "Preferences" }).first().click();
  await expect(page).toHaveURL("/account/preferences");
  await expect(dialog(page)).toHaveCount(0);
  await forgetTokens("Unsaved");
});

test("input of a form is not in the same form of another workspace", async ({ as }) => {
  await seat(ADA, FINANCE, "member");
  const page = await as(ADA);
  await typing(page);
  await bySwitcher(page, FINANCE);
  await discard(page);
  await expect(workspaceName(page)).toHaveText("Finance");
  const visit = await Watch.begin(page);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Customers" }).click();
  await page.getByRole("link", { name: "New customer" }).click();
  await expect(page).toHaveURL(`/${FINANCE}/customers/new`);
  await expect(name(page), "the input was carried into another workspace").toHaveValue("");
  await visit.expectNoDocument();
});

test("saving one form keeps another form's input unsaved", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/account/profile");
  // A failed attempt to save must not count as saved.
  await page.fill("#name", "");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.locator("#name-error")).toBeVisible();
  await page.fill("#name", "Half a name");
  await page.getByRole("navigation", { name: "Account" }).getByRole("link", { name: "Security" }).click();
  await expect(dialog(page), "a failed save counts as saved").toBeVisible();
  await dialog(page).getByRole("button", { name: "Stay" }).click();
  // The browser itself sends the picture's form and asks before the other input is lost.
  const asked: string[] = [];
  page.on("dialog", async (question) => {
    asked.push(question.type());
    await question.dismiss();
  });
  const picture = page.locator("form[enctype='multipart/form-data']");
  await picture.locator("[name=picture]").setInputFiles({ name: "me.png", mimeType: "image/png", buffer: png(8, 8, [9, 9, 9]) });
  await picture.getByRole("button", { name: "Upload picture" }).click();
  await expect.poll(() => asked, "sending another form discards the input without a question").toEqual(["beforeunload"]);
  await expect(page.locator("#name")).toHaveValue("Half a name");
});

test("input that is typed while a form is being saved is unsaved", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/general`);
  const description = page.locator("main [name=description]");
  const before = await description.inputValue();
  let release = () => {};
  const held = new Promise<void>((go) => (release = go));
  await page.route("**/api/fn/save_general", async (route) => {
    await held;
    await route.continue();
  });
  await description.fill("Half a description");
  await page.getByRole("button", { name: "Save" }).first().click();
  await description.fill("Half a description, and more");
  release();
  await expect(page.getByTestId("toast")).toBeVisible();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Members" }).click();
  try {
    await expect(dialog(page), "input that was not sent counts as saved").toBeVisible();
  } finally {
    await sql("update account.workspaces set description = $1 where slug = $2", [before, IT]);
  }
});

test("a link to the current page does not ask, and a following link does", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/general`);
  await page.locator("main [name=description]").fill("Half a description");
  const settings = page.getByRole("navigation", { name: "Settings" });
  await settings.getByRole("link", { name: "General" }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.locator("main [name=description]")).toHaveValue("Half a description");
  await settings.getByRole("link", { name: "Members" }).click();
  await expect(dialog(page)).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.locator("#palette"), "the palette opens over the question").toBeHidden();
});

test("closing or reloading the tab asks only with unsaved input", async ({ as }) => {
  const page = await as(ADA);
  const asked: string[] = [];
  page.on("dialog", async (question) => {
    asked.push(question.type());
    await question.accept();
  });
  await open(page, `/${IT}/customers/new`);
  await page.reload();
  expect(asked, "the browser asks without unsaved input").toEqual([]);
  await open(page, `/${IT}/settings/general`);
  await page.locator("main [name=description]").fill("Half a description");
  await page.reload();
  expect(asked).toEqual(["beforeunload"]);
});

test("leaving or signing out asks if a setting was changed", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/settings/general`);
  await page.locator("main [name=description]").fill("Half a description");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Members" }).click();
  await expect(dialog(page)).toBeVisible();
  await dialog(page).getByRole("button", { name: "Stay" }).click();
  await expect(page.locator("main [name=description]")).toHaveValue("Half a description");
  await page.locator("[popovertarget=profile-menu]").click();
  await page.getByTestId("sign-out").click();
  await expect(dialog(page)).toBeVisible();
  await discard(page);
  await expect(page).toHaveURL(/sign-in/);
});
