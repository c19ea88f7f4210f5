// Signing in: errors appear at their fields, and input stays. The session's cookie can't be read by scripts and is new
// at every sign-in (docs/SECURITY.md, I-15). Afterwards the person reaches the requested address, and never another
// site (I-19).
import { expect, test } from "@playwright/test";
import { PASSWORD, live, signIn } from "../support/people";
import { get, send, sessionOf } from "../support/raw";
import { BASE, cookieAt } from "../support/server";

const ADA = "ada@smartai.example";
const WRONG = "That email and password don’t match. Check both and try again.";
const COOKIE = cookieAt();

/** Signs in with the form as a plain HTTP request, without JavaScript. */
const post = (form: Record<string, string>, headers: Record<string, string> = {}) =>
  send("POST", "/sign-in", { form, headers: { origin: BASE, ...headers } });

test("a wrong password and an unknown address get the same message, and the address stays", async ({ page }) => {
  const answers: string[] = [];
  for (const email of [ADA, "nobody@smartai.example"]) {
    await page.goto("/sign-in");
    await live(page);
    await page.fill("[name=email]", email);
    await page.fill("[name=password]", "not the password");
    const answer = page.waitForResponse("**/api/fn/sign_in");
    await page.click("button[type=submit]");
    const status = (await answer).status();
    await expect(page.getByRole("alert"), `${email}: the message is missing or wrong`).toHaveText(WRONG);
    await expect(page.locator("[name=email]"), "the typed address was lost").toHaveValue(email);
    await expect(page.locator("[name=password]"), "the password field does not have the focus").toBeFocused();
    answers.push(`${status} ${await page.locator("main").innerHTML()}`);
  }
  expect(answers[1], "the page distinguishes an unknown address from a wrong password").toBe(answers[0]);
});

test("an invalid address and an empty password are reported at their fields", async ({ page }) => {
  await page.goto("/sign-in");
  await live(page);
  await page.fill("[name=email]", "ada at smartai");
  await page.click("button[type=submit]");
  for (const [field, message] of [["email", "Enter a valid email, like name@example.com."], ["password", "Enter your password."]]) {
    const control = page.locator(`[name=${field}]`);
    await expect(control, `${field} is not marked as wrong`).toHaveAttribute("aria-invalid", "true");
    await expect(control, `the error does not describe ${field}`).toHaveAccessibleDescription(message);
  }
  await expect(page.locator("[name=email]"), "the input was lost").toHaveValue("ada at smartai");
  await expect(page.locator("[name=email]"), "the focus is not on the first wrong field").toBeFocused();
  // Control: the corrected form signs in.
  await page.fill("[name=email]", ADA);
  await page.fill("[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await expect(page, "control: the corrected form signs in").not.toHaveURL(/sign-in/);
});

test("the session cookie is HttpOnly and Lax, has the path /, and is not visible to scripts", async ({ page, context }) => {
  await signIn(page, ADA);
  const cookie = (await context.cookies()).find((c) => c.name === COOKIE);
  expect(cookie, "there is no session cookie").toBeDefined();
  expect({ httpOnly: cookie?.httpOnly, sameSite: cookie?.sameSite, path: cookie?.path }).toEqual({ httpOnly: true, sameSite: "Lax", path: "/" });
  expect(await page.evaluate(() => document.cookie), "a script can read the session cookie").not.toContain(cookie?.value);
  expect(await page.content(), "the page contains the session's secret").not.toContain(cookie?.value);
});

test("each sign-in creates a session and ends the former one of this browser", async () => {
  const first = await sessionOf(ADA);
  expect((await get("/home", { cookie: first })).status, "control: the first session works").toBe(200);
  const again = await post({ email: ADA, password: PASSWORD, next: "" }, { cookie: first });
  expect(again.status).toBe(303);
  const second = again.cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`))?.split(";")[0] ?? "";
  expect(second, "the cookie did not change").not.toBe(first);
  expect((await get("/home", { cookie: second })).status, "the second session does not work").toBe(200);
  expect((await get("/home", { cookie: first })).headers.location, "the first session still works").toMatch(/^\/sign-in/);
});

test("a planted session cookie is not adopted", async ({ page, context }) => {
  const planted = "A".repeat(43);
  await context.addCookies([{ name: COOKIE, value: planted, url: BASE }]);
  await page.goto("/home");
  await expect(page, "an invented session is accepted").toHaveURL(/\/sign-in/);
  await signIn(page, ADA);
  const now = (await context.cookies()).filter((c) => c.name === COOKIE);
  expect(now.map((c) => c.value), "the planted value became the session").not.toContain(planted);
  expect(now, "expected exactly one session cookie").toHaveLength(1);
  expect((await get("/home", { cookie: `${COOKIE}=${planted}` })).status, "the planted cookie is signed in").toBe(303);
});

test("a signed-out request leads to exactly the requested address after sign-in", async ({ page }) => {
  const path = "/smartai-it/customers?q=a&sort=created&dir=desc";
  await page.goto(path);
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.fill("[name=email]", ADA);
  await page.fill("[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await expect(page, "the requested address was lost").toHaveURL(path);
});

const ELSEWHERE = [
  "//evil.example", "//evil.example/home", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "https:evil.example",
  "javascript:alert(1)", "/\t/evil.example", "/%09/evil.example", "///evil.example", "/sign-in?next=//evil.example", "@evil.example", ".evil.example",
];

test("`next` never leads to another site: neither the form, nor the call, nor when signed in", async () => {
  const cookie = await sessionOf(ADA);
  const here = (location: string) => new URL(location, `${BASE}/sign-in`).origin === BASE && !location.startsWith("//") && !location.includes("evil");
  for (const next of ELSEWHERE) {
    const form = await post({ email: ADA, password: PASSWORD, next });
    expect(form.status).toBe(303);
    expect(here(form.headers.location), `the form leads ${JSON.stringify(next)} to ${form.headers.location}`).toBe(true);
    const call = await send("POST", "/api/fn/sign_in", { headers: { origin: BASE }, json: { email: ADA, password: PASSWORD, next } });
    expect(here(JSON.parse(call.body)), `the call leads ${JSON.stringify(next)} to ${call.body}`).toBe(true);
    const already = await get(`/sign-in?next=${encodeURIComponent(next)}`, { cookie });
    expect(here(already.headers.location), `when signed in, ${JSON.stringify(next)} leads to ${already.headers.location}`).toBe(true);
  }
  // Control: all three follow an address of this console.
  const next = "/smartai-it/invoices?status=open";
  expect((await post({ email: ADA, password: PASSWORD, next })).headers.location).toBe(next);
  const call = await send("POST", "/api/fn/sign_in", { headers: { origin: BASE }, json: { email: ADA, password: PASSWORD, next } });
  expect(JSON.parse(call.body)).toBe(next);
  expect((await get(`/sign-in?next=${encodeURIComponent(next)}`, { cookie })).headers.location).toBe(next);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the form signs in and leads to the requested address", async ({ page }) => {
    await page.goto("/smartai-it/products");
    await page.fill("[name=email]", ADA);
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[type=submit]");
    await expect(page).toHaveURL("/smartai-it/products");
    await expect(page.getByTestId("workspace-name")).toHaveText("IT");
  });

  test("errors are shown, the address and the target stay, and the password is not sent back", async ({ page }) => {
    await page.goto("/smartai-it/products");
    await page.fill("[name=email]", "ada at smartai");
    await page.click("button[type=submit]");
    await expect(page.locator("[name=email]")).toHaveAccessibleDescription("Enter a valid email, like name@example.com.");
    await expect(page.locator("[name=password]")).toHaveAccessibleDescription("Enter your password.");
    await expect(page.locator("[name=email]"), "the input was lost").toHaveValue("ada at smartai");
    await page.fill("[name=email]", ADA);
    await page.fill("[name=password]", "not the password");
    await page.click("button[type=submit]");
    await expect(page.getByRole("alert")).toHaveText(WRONG);
    await expect(page.locator("[name=email]")).toHaveValue(ADA);
    await expect(page.locator("[name=password]"), "the page contains the password").toHaveValue("");
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[type=submit]");
    await expect(page, "the requested address was lost after an error").toHaveURL("/smartai-it/products");
  });
});
