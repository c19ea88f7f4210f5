// A person's own account: name, address, password and preferences. Changes that could take over the account need the
// password, and a mail reports them to the current address.
import { test, type BrowserContext, type Page } from "@playwright/test";
import { expect } from "../support/at-once";
import { linkIn, mailTo, mailsTo } from "../support/mailbox";
import { GOOD_PASSWORD, forgetNewcomers, freshEmail, signInWith, signUp } from "../support/newcomer";
import { contextOf, live, open } from "../support/people";
import { BASE, cookieAt } from "../support/server";

const NEW_PASSWORD = "eleven dry glass marbles";
let context: BrowserContext;
let page: Page;
let email: string;

test.beforeEach(async ({ browser }) => {
  context = await browser.newContext({ baseURL: BASE });
  email = freshEmail("self");
  await signUp(context.request, email, "Pat Profile");
  page = await context.newPage();
});
test.afterEach(() => context.close());
test.afterAll(forgetNewcomers);

const block = (name: string) => page.getByRole("region", { name });
const session = async () => (await context.cookies()).filter((cookie) => cookie.name === cookieAt());
const signedIn = async (who: BrowserContext) => (await who.request.get("/account/profile", { maxRedirects: 0 })).status() === 200;

test("a new name appears everywhere at once, and markup in it is shown as text", async () => {
  await open(page, "/account/profile");
  const name = `Pat "O'Neill" <img src=x onerror=alert(1)> & co`;
  await block("Name").locator("[name=name]").fill(name);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("toast")).toContainText("Name saved");
  await page.reload();
  await live(page);
  await expect(block("Name").locator("[name=name]")).toHaveValue(name);
  await expect(page.getByTestId("profile-menu")).toContainText(name);
  await expect(page.locator("img")).toHaveCount(0);
  await block("Name").locator("[name=name]").fill("  ");
  await page.keyboard.press("Enter");
  await expect(block("Name").locator("[name=name]")).toHaveAccessibleDescription(/Enter your name/);
});

test("a new password needs the old one, signs out other devices and keeps this one signed in", async ({ browser }) => {
  const phone = await browser.newContext({ baseURL: BASE });
  const other = await phone.newPage();
  await open(other, "/sign-in");
  await signInWith(other, email, GOOD_PASSWORD);
  await other.waitForURL("/home");
  await open(page, "/account/profile");
  const form = block("Password");
  const [before] = await session();
  await form.locator("[name=current_password]").fill("not the password");
  await form.locator("[name=password]").fill(NEW_PASSWORD);
  await page.keyboard.press("Enter");
  await expect(form.locator("[name=current_password]")).toHaveAccessibleDescription(/Incorrect password/);
  expect(await signedIn(phone), "a wrong password signed out another device").toBe(true);
  await form.locator("[name=current_password]").fill(GOOD_PASSWORD);
  const told = mailsTo(email).length;
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByTestId("toast")).toContainText("Password changed");
  expect((await mailTo(email, told)).subject).toBe("Your Stile password was changed");
  expect(await signedIn(phone), "another device is still signed in").toBe(false);
  const [after] = await session();
  expect(after.value, "the session kept its old secret").not.toBe(before.value);
  await page.reload();
  await expect(page, "this device was signed out too").toHaveURL("/account/profile");
  const stale = await browser.newContext({ baseURL: BASE });
  await stale.addCookies([before]);
  expect(await signedIn(stale), "the old secret still works").toBe(false);
  await stale.close();
  await phone.close();
});

test("a new address counts once its link is opened; the old address gets a mail", async () => {
  const moved = freshEmail("moved");
  await open(page, "/account/profile");
  const form = block("Email");
  await form.locator("[name=email]").fill(moved);
  await form.locator("[name=address_password]").fill("not the password");
  await page.keyboard.press("Enter");
  await expect(form.locator("[name=address_password]")).toHaveAccessibleDescription(/Incorrect password/);
  expect(mailsTo(moved), "a mail was sent without the password").toEqual([]);
  const told = mailsTo(email).length;
  await form.locator("[name=address_password]").fill(GOOD_PASSWORD);
  await page.getByRole("button", { name: "Send confirmation link" }).click();
  await expect(page.getByTestId("pending-address")).toContainText(moved);
  await expect(page.getByTestId("address"), "the address changed before it was proven").toHaveText(email);
  expect((await mailTo(email, told)).subject).toBe("Request to change the email of your Stile account");
  const link = linkIn(await mailTo(moved), "/account/address/");

  await open(page, link);
  await expect(page.getByRole("main")).toContainText(`from ${email} to ${moved}`);
  await page.getByRole("button", { name: "Use new email" }).click();
  await expect(page).toHaveURL("/account/profile?saved=address");
  await expect(page.getByTestId("address")).toHaveText(moved);
  expect((await mailTo(email, told + 1)).subject).toBe("The email of your Stile account was changed");
  await context.clearCookies();
  await open(page, "/sign-in");
  await signInWith(page, email, GOOD_PASSWORD);
  await expect(page.getByRole("alert"), "the old address still signs in").toContainText("don’t match");
  await signInWith(page, moved, GOOD_PASSWORD);
  await expect(page).toHaveURL("/home");
});

test("a change of address can be cancelled; another person's link or a taken address changes nothing", async ({ browser }) => {
  const wish = freshEmail("wish");
  const ask = async (to: string) => {
    await open(page, "/account/profile");
    await page.locator("[name=email]").fill(to);
    await page.locator("[name=address_password]").fill(GOOD_PASSWORD);
    await page.getByRole("button", { name: "Send confirmation link" }).click();
    await expect(page.getByTestId("pending-address")).toContainText(to);
  };
  await ask(wish);
  const link = linkIn(await mailTo(wish), "/account/address/");
  const ada = await contextOf(browser, "ada@smartai.example");
  const hers = await ada.newPage();
  await hers.goto(link);
  await expect(hers.getByTestId("dead-link"), "the link works for another person").toBeVisible();
  await ada.close();
  await page.getByRole("button", { name: "Cancel change" }).click();
  await expect(page.getByTestId("pending-address")).toBeHidden();
  await page.goto(link);
  await expect(page.getByTestId("dead-link")).toBeVisible();

  const taken = mailsTo("olu@smartai.example").length;
  await ask("olu@smartai.example");
  const mail = await mailTo("olu@smartai.example", taken);
  expect(mail.subject).toBe("You already have a Stile account");
  expect(mail.text).not.toContain("/account/address/");
});

test("preferences for the start page, the order of workspaces and the theme apply on every device", async ({ browser }) => {
  const mine = await contextOf(browser, "ada@smartai.example");
  const tab = await mine.newPage();
  const choose = async (...labels: string[]) => {
    await open(tab, "/account/preferences");
    for (const label of labels) await tab.getByRole("main").getByLabel(label, { exact: true }).check();
    await tab.getByRole("button", { name: "Save preferences" }).click();
    await expect(tab.getByTestId("toast").last()).toContainText("Preferences saved");
  };
  const rows = () => tab.getByTestId("picker-row").evaluateAll((all) => all.map((row) => row.dataset.slug));
  try {
    await open(tab, "/smartai-product-eng/overview");
    await open(tab, "/globalai-finance/overview");
    await choose("Workspace list", "Recently opened first", "Dark");
    await expect(tab.locator("html")).toHaveAttribute("data-theme", "dark");
    await tab.goto("/");
    await expect(tab).toHaveURL("/home");
    expect((await rows()).slice(0, 2)).toEqual(["globalai-finance", "smartai-product-eng"]);
    await choose("By name");
    await open(tab, "/home");
    expect(await rows()).toEqual(["globalai-finance", "smartai-it", "smartai-product-eng"]);
    await expect(tab.getByTestId("picker-row").first(), "a row does not name its organization").toContainText("GlobalAI");

    const elsewhere = await contextOf(browser, "ada@smartai.example");
    const fresh = await elsewhere.newPage();
    await fresh.goto("/home");
    await expect(fresh.locator("html"), "another device does not use the theme").toHaveAttribute("data-theme", "dark");
    await elsewhere.close();
  } finally {
    await choose("Last workspace", "By organization", "System");
    await mine.close();
  }
});

test("the account pages work without JavaScript", async ({ browser }) => {
  const plain = await browser.newContext({ baseURL: BASE, javaScriptEnabled: false, storageState: await context.storageState() });
  const tab = await plain.newPage();
  await tab.goto("/account/profile");
  await tab.locator("[name=name]").fill("Pat Plain");
  await tab.getByRole("button", { name: "Save" }).click();
  await expect(tab).toHaveURL("/account/profile?saved=name");
  await expect(tab.getByRole("status")).toHaveText("Name saved");
  await tab.locator("[name=current_password]").fill("wrong");
  await tab.locator("[name=password]").fill(NEW_PASSWORD);
  await tab.getByRole("button", { name: "Change password" }).click();
  await expect(tab.locator("[name=current_password]")).toHaveAccessibleDescription(/Incorrect password/);
  await expect(tab.locator("[name=name]"), "the other form lost its name").toHaveValue("Pat Plain");
  expect(await tab.content(), "the page contains the password").not.toContain(NEW_PASSWORD);
  await tab.locator("[name=current_password]").fill(GOOD_PASSWORD);
  await tab.locator("[name=password]").fill(NEW_PASSWORD);
  await tab.getByRole("button", { name: "Change password" }).click();
  await expect(tab).toHaveURL("/account/profile?saved=password");
  await tab.goto("/account/preferences");
  await tab.getByRole("main").getByLabel("Dark", { exact: true }).check();
  await tab.getByRole("button", { name: "Save preferences" }).click();
  await expect(tab).toHaveURL("/account/preferences?saved=preferences");
  await expect(tab.locator("html")).toHaveAttribute("data-theme", "dark");
  await plain.close();
});
