// Passkeys: adding, signing in without a password, counting as both factors, and removing. Each challenge works once
// (docs/SECURITY.md, I-17). Chromium simulates the authenticator.
import { expect, test, type Page } from "@playwright/test";
import { NAMED, addPasskey, authenticator, demand, enterCode, forgetFactors, passwordOf } from "../support/factors";
import { IT } from "../support/facts";
import { value } from "../support/made";
import { live } from "../support/people";
import { send } from "../support/raw";

const MIA = "mia@smartai.example";
const VIK = "vik@smartai.example";
test.use({ baseURL: NAMED });
test.afterEach(async () => {
  await forgetFactors(MIA);
  await forgetFactors(VIK);
  await demand(IT, false);
});

async function signedIn(page: Page, who: string): Promise<void> {
  await passwordOf(page, who, "/account/security", NAMED);
  await page.waitForURL(`${NAMED}/account/security`);
  await live(page);
}

async function signOut(page: Page): Promise<void> {
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("sign-out").click();
  await page.waitForURL(/\/sign-in/);
  await live(page);
}

test("a passkey signs in without a password, counts as both factors, and stops working once removed", async ({ page }) => {
  await authenticator(page);
  await signedIn(page, MIA);
  await page.fill("#passkey-name", "Nothing");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.locator("#passkey-password"), "the first factor is added without a password").toHaveAccessibleDescription("Enter your password.");
  await addPasskey(page, "Laptop");
  await expect(page.getByTestId("new-codes").locator("code"), "no recovery codes are shown").toHaveCount(10);
  await page.fill("#passkey-name", "Laptop again");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByRole("alert"), "one authenticator can be added twice").toHaveText("This device already has a passkey for your account.");
  await signOut(page);

  await page.getByTestId("passkey-sign-in").click();
  await expect(page).toHaveURL(/\/smartai-product-eng\/|\/home/);
  await expect(page.getByTestId("profile-menu")).toBeVisible();
  const proven = await value("select factor_at is not null from account.sessions where user_id = (select id from account.users where email = $1) and ended_at is null order by created_at desc limit 1", [MIA]);
  expect(proven, "a passkey does not count as the second factor").toBe(true);

  await page.goto("/account/security");
  await live(page);
  const row = page.getByTestId("passkeys").getByTestId("row");
  await expect(row).toContainText("Laptop");
  await expect(row, "the last use is not recorded").not.toContainText("Never");
  await row.getByRole("button", { name: "Remove Laptop" }).click();
  await expect(row).toHaveCount(0);
  await signOut(page);
  await page.getByTestId("passkey-sign-in").click();
  await expect(page.getByRole("alert")).toHaveText("That passkey wasn’t accepted. Try again, or use another method.");
  await expect(page, "a removed passkey signs in").toHaveURL(/\/sign-in/);
});

test("after the password, the person's own passkey is a second factor; another person's is refused", async ({ page, browser }) => {
  await authenticator(page);
  await signedIn(page, MIA);
  await addPasskey(page, "Phone");
  await signOut(page);
  await passwordOf(page, MIA, "/smartai-product-eng/customers", NAMED);
  await page.waitForURL(/\/account\/factor/);
  await live(page);
  await page.getByTestId("use-passkey").click();
  await expect(page).toHaveURL(`${NAMED}/smartai-product-eng/customers`);

  // Vik adds a passkey on his own device. Then he signs in with his password in the tab with Mia's authenticator.
  const own = await browser.newContext({ baseURL: NAMED });
  const his = await own.newPage();
  await authenticator(his);
  await signedIn(his, VIK);
  await addPasskey(his, "Key");
  await own.close();
  await signOut(page);
  await passwordOf(page, VIK, "/home", NAMED);
  await page.waitForURL(/\/account\/factor/);
  await live(page);
  await page.getByTestId("use-passkey").click();
  await expect(page.getByRole("alert")).toHaveText(/No passkey was used/);
  await expect(page, "Mia's passkey let Vik in").toHaveURL(/\/account\/factor/);
});

test("a passkey answer works once, for its own challenge and purpose", async ({ page, browser }) => {
  await authenticator(page);
  await signedIn(page, MIA);
  await addPasskey(page, "Phone");
  await signOut(page);
  const sent = page.waitForRequest("**/api/fn/sign_in_by_passkey");
  await page.getByTestId("passkey-sign-in").click();
  const answer = (await sent).postDataJSON() as { handle: string; credential: string; next: string };
  await expect(page.getByTestId("profile-menu")).toBeVisible();
  const post = (name: string, json: unknown, cookie = "") =>
    send("POST", `/api/fn/${name}`, { base: NAMED, headers: { origin: NAMED, ...(cookie ? { cookie } : {}) }, json });
  const replay = await post("sign_in_by_passkey", answer);
  expect(replay.status, "a recorded answer signs in").toBe(422);
  expect(replay.cookies).toEqual([]);

  // A new challenge with the old signature.
  const challenge = JSON.parse((await post("begin_passkey_sign_in", {})).body) as { handle: string };
  const stale = await post("sign_in_by_passkey", { ...answer, handle: challenge.handle });
  expect(stale.status, "an old signature is accepted for a new challenge").toBe(422);
  // An answer for a sign-in does not prove a factor in another person's session.
  const vik = await browser.newContext({ baseURL: NAMED });
  const signIn = await vik.request.post("/api/fn/sign_in", { headers: { "content-type": "application/json", origin: NAMED }, data: { email: VIK, password: "stile-demo-2026", next: "" } });
  expect(signIn.status()).toBe(200);
  const crossed = await vik.request.post("/api/fn/prove_factor_by_passkey", { headers: { "content-type": "application/json", origin: NAMED }, data: { ...answer } });
  expect(crossed.status()).toBe(422);
  await vik.close();
  for (const credential of ["", "{}", "null", answer.credential.slice(0, 50), answer.credential.replace(/"clientDataJSON":"...../, '"clientDataJSON":"AAAAA')]) {
    const handle = (JSON.parse((await post("begin_passkey_sign_in", {})).body) as { handle: string }).handle;
    const bad = await post("sign_in_by_passkey", { handle, credential, next: "" });
    expect(bad.status, credential.slice(0, 30)).toBe(422);
  }
});

test("a recovery code replaces a lost passkey", async ({ page, browser }) => {
  await authenticator(page);
  await signedIn(page, MIA);
  await addPasskey(page, "Phone");
  const code = (await page.getByTestId("new-codes").locator("code").first().textContent()) ?? "";
  const elsewhere = await browser.newContext({ baseURL: NAMED });
  const tab = await elsewhere.newPage();
  await passwordOf(tab, MIA, "/home", NAMED);
  await tab.waitForURL(/\/account\/factor/);
  await live(tab);
  await enterCode(tab, code);
  await expect(tab).toHaveURL(`${NAMED}/home`);
  await elsewhere.close();
});
