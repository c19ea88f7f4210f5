// A second factor by authenticator app: setup, the question at sign-in, codes and recovery codes that work once,
// limited guesses (docs/SECURITY.md, I-17), and a new session secret after the proof (I-15). Tested with and without
// JavaScript.
import { expect, test } from "@playwright/test";
import { call } from "../support/calls";
import { codeOf, enterCode, forgetFactors, freshCode, passwordOf, sessionCookie, setUpApp } from "../support/factors";
import { sql } from "../support/facts";
import { PASSWORD, contextOf, live, open } from "../support/people";
import { get } from "../support/raw";

const VIK = "vik@smartai.example";

test.afterEach(async () => forgetFactors(VIK));

test("an authenticator app is set up, asked for at sign-in, and disabled", async ({ browser }) => {
  const context = await contextOf(browser, VIK);
  const page = await context.newPage();
  await open(page, "/account/security");
  const before = await sessionCookie(context);
  await page.fill("#app-password", "not the password");
  await page.getByRole("button", { name: "Set up authenticator app" }).click();
  await expect(page.locator("#app-password")).toHaveAccessibleDescription("Incorrect password.");
  await expect(page.getByTestId("totp-secret"), "a wrong password sets up an app").toHaveCount(0);
  const { secret, codes } = await setUpApp(page);
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([a-z2-7]{4}-){5}[a-z2-7]{4}$/);
  const after = await sessionCookie(context);
  expect(after, "the session kept its secret after the proof").not.toBe(before);
  expect((await get("/home", { cookie: before })).status, "the old secret opens the picker").toBe(303);
  expect((await get("/home", { cookie: after })).status, "control: the new secret opens the picker").toBe(200);
  await page.goto("/account/security");
  expect(await page.content(), "recovery codes are shown a second time").not.toContain(codes[0]);
  expect(await page.content(), "the app's secret is shown a second time").not.toContain(secret);
  await expect(page.getByText("10 of 10 codes left")).toBeVisible();

  const elsewhere = await browser.newContext({ baseURL: new URL(page.url()).origin });
  const tab = await elsewhere.newPage();
  await passwordOf(tab, VIK, "/smartai-it/customers");
  await expect(tab).toHaveURL("/account/factor?next=%2Fsmartai-it%2Fcustomers");
  await expect(tab.getByRole("heading", { level: 1 })).toHaveText("One more step");
  const waiting = await sessionCookie(elsewhere);
  for (const path of ["/home", "/smartai-it/customers", "/account/security", "/account/tokens"]) {
    const answer = await get(path, { cookie: waiting });
    expect(answer.status, `the password alone opens ${path}`).toBe(303);
    expect(answer.headers.location).toMatch(/^\/sign-in/);
  }
  expect((await call(elsewhere.request, "load_picker", { past_cache: true })).status()).toBe(401);
  // Every other address leads to the same question.
  await tab.goto("/smartai-it/overview");
  await expect(tab).toHaveURL(/\/account\/factor\?next=%2Fsmartai-it%2Foverview/);
  await live(tab);
  await enterCode(tab, codeOf(secret, 40));
  await expect(tab.locator("#code")).toHaveAccessibleDescription(/That code is incorrect or was already used\./);
  await expect(tab.locator("#code")).toBeFocused();
  await enterCode(tab, await freshCode(VIK, secret));
  await expect(tab).toHaveURL("/smartai-it/overview");
  expect(await sessionCookie(elsewhere), "the session has the secret from before the code").not.toBe(waiting);
  await elsewhere.close();

  await open(page, "/account/security");
  await page.fill("#off-code", "000 000 0");
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.locator("#off-code")).toHaveAccessibleDescription(/Enter the 6-digit code from your app/);
  await page.fill("#off-code", codes[1].toUpperCase());
  await page.getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("button", { name: "Set up authenticator app" }), "the app is still enabled").toBeVisible();
  await context.close();
  const plain = await contextOf(browser, VIK);
  expect((await plain.request.get("/home")).status(), "a code is asked for although the factor is disabled").toBe(200);
  await plain.close();
});

test("without JavaScript, an app can be set up after an error, and a recovery code signs in once", async ({ browser }) => {
  const context = await contextOf(browser, VIK, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/account/security");
  await expect(page.getByRole("button", { name: "Add a passkey" }), "a button that needs a script is shown").toBeHidden();
  await page.fill("#app-password", PASSWORD);
  await page.getByRole("button", { name: "Set up authenticator app" }).click();
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  const secret = (await page.getByTestId("totp-secret").textContent()) ?? "";
  await page.fill("#app-code", "123");
  await page.getByRole("button", { name: "Enable" }).click();
  await expect(page.locator("#app-code")).toHaveAccessibleDescription("Enter the 6-digit code from your app.");
  await expect(page.getByTestId("totp-secret"), "the error changed the secret").toHaveText(secret);
  await page.fill("#app-code", codeOf(secret));
  await page.getByRole("button", { name: "Enable" }).click();
  const codes = await page.getByTestId("new-codes").locator("code").allTextContents();
  expect(codes).toHaveLength(10);
  await page.goto("/home");
  await expect(page, "the browser does not have the new session secret").toHaveURL("/home");

  for (const [code, through] of [[codes[0], true], [codes[0], false], [codes[1].replaceAll("-", ""), true]] as const) {
    const elsewhere = await browser.newContext({ baseURL: new URL(page.url()).origin, javaScriptEnabled: false });
    const tab = await elsewhere.newPage();
    await passwordOf(tab, VIK, "/smartai-it/customers");
    await enterCode(tab, code);
    if (through) {
      await expect(tab).toHaveURL("/smartai-it/customers");
    } else {
      await expect(tab.locator("#code"), "a recovery code works twice").toHaveAccessibleDescription(/was already used/);
      await tab.getByRole("button", { name: "Use another account" }).click();
      await expect(tab).toHaveURL("/sign-in?notice=signed-out");
      await tab.goto("/account/factor");
      await expect(tab, "the cancelled sign-in still waits for a code").toHaveURL(/\/sign-in/);
    }
    await elsewhere.close();
  }
  await page.goto("/account/security");
  await expect(page.getByText("8 of 10 codes left")).toBeVisible();
  await page.getByRole("radio", { name: /Only when a workspace requires it/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("radio", { name: /Only when a workspace requires it/ }), "the choice was not saved").toBeChecked();
  await context.close();
  const plain = await contextOf(browser, VIK);
  expect((await plain.request.get("/home")).status(), "a code is asked for at sign-in").toBe(200);
  // That session has not proven a factor, so it may read and not change the settings.
  const stale = await plain.request.post("/account/security", {
    form: { action: "renew" },
    headers: { origin: new URL(page.url()).origin },
    maxRedirects: 0,
  });
  expect(stale.headers().location, "a session without a proven factor creates recovery codes").toBe("/account/factor?next=%2Faccount%2Fsecurity");
  for (const [name, data] of [
    ["renew_recovery_codes", {}],
    ["start_totp", { password: PASSWORD }],
    ["set_factor_asked", { asked: "sign_in" }],
    ["begin_passkey", { name: "Mine now", password: PASSWORD }],
  ] as const) {
    const answer = await call(plain.request, name, data);
    expect(answer.status(), name).toBe(403);
    expect(await answer.json()).toBe("factor");
  }
  await plain.close();
});

test("another tab continues when this one proves a factor", async ({ browser }) => {
  const context = await contextOf(browser, VIK);
  const [page, other] = [await context.newPage(), await context.newPage()];
  await open(other, "/smartai-it/customers");
  await expect(other.getByTestId("row").first()).toBeVisible();
  await open(page, "/account/security");
  await setUpApp(page);
  // Make both sockets check their session with the secret that they were opened with.
  await sql("update account.users set name = name || '.' where email = $1", [VIK]);
  await sql("update account.users set name = rtrim(name, '.') where email = $1", [VIK]);
  await other.getByRole("link", { name: "Invoices" }).first().click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Invoices");
  await expect(other.getByTestId("row").first()).toBeVisible();
  await other.getByRole("link", { name: "Overview" }).first().click();
  await expect(other).toHaveURL("/smartai-it/overview");
  await page.getByRole("button", { name: "Create new recovery codes" }).click();
  await expect(page, "the tab that proved the factor was signed out").toHaveURL("/account/security");
  await context.close();
});

test("a code works in one of two browsers, and guesses are limited", async ({ browser }) => {
  const context = await contextOf(browser, VIK);
  const page = await context.newPage();
  await open(page, "/account/security");
  const { secret } = await setUpApp(page);
  const code = await freshCode(VIK, secret);
  const statuses: number[] = [];
  const waiting = [];
  for (let i = 0; i < 2; i++) waiting.push(await contextOf(browser, VIK));
  const answers = await Promise.all(waiting.map((c) => call(c.request, "prove_factor", { code, next: "" })));
  for (const answer of answers) statuses.push(answer.status());
  expect(statuses.sort(), "expected one of two simultaneous uses of a code to succeed").toEqual([200, 422]);

  const guesser = await contextOf(browser, VIK);
  await sql("update account.factor_tries set failed = 0");
  const seen: number[] = [];
  for (let i = 0; i < 7; i++) seen.push((await call(guesser.request, "prove_factor", { code: codeOf(secret, 50 + i), next: "" })).status());
  expect(seen).toEqual([422, 422, 422, 422, 422, 429, 429]);
  const right = await call(guesser.request, "prove_factor", { code: await freshCode(VIK, secret), next: "" });
  expect(right.status(), "the right code is accepted during the wait").toBe(429);
  expect(Number(right.headers()["retry-after"])).toBeGreaterThan(800);
  for (const c of [context, guesser, ...waiting]) await c.close();
});
