// Signing out: it ends the session at the server and removes its data from every tab of this browser, even if the
// network fails. Other devices stay signed in.
import { test, type BrowserContext, type Page, type Route } from "@playwright/test";
import { expect } from "../support/at-once";
import { contextOf, live, open } from "../support/people";
import { sql } from "../support/facts";
import { value } from "../support/made";
import { get } from "../support/raw";
import { complaints } from "../support/watch";
import { BASE, cookieAt } from "../support/server";

const ADA = "ada@smartai.example";
const PATH = "/smartai-it/customers";

async function sessionCookie(context: BrowserContext): Promise<string> {
  const cookie = (await context.cookies()).find((c) => c.name === cookieAt());
  return `${cookie?.name}=${cookie?.value}`;
}

async function signOut(page: Page): Promise<void> {
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("sign-out").click();
}

/** Asserts that the document and its source contain no name, no row and none of `secrets`. */
async function showsNothing(page: Page, secrets: string[], where: string): Promise<void> {
  await expect(page.getByTestId("workspace-name"), `${where}: the name of a workspace is shown`).toHaveCount(0);
  await expect(page.getByTestId("row"), `${where}: rows are shown`).toHaveCount(0);
  const source = await page.content();
  for (const secret of secrets) expect(source, `${where}: the page contains ${secret}`).not.toContain(secret);
}

async function names(page: Page): Promise<string[]> {
  const found = await page.getByTestId("row").locator(".row-link").allTextContents();
  expect(found.length, "control: there are names to search for").toBeGreaterThan(5);
  return found;
}

test("signing out leads the second tab to sign-in within a second, and Back shows nothing in either tab", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const [one, two] = [await context.newPage(), await context.newPage()];
  const noise = complaints(two);
  for (const page of [one, two]) {
    await open(page, "/home");
    await open(page, "/smartai-it/overview");
    await page.locator(`nav a[href="${PATH}"]`).first().click();
    await expect(page.getByTestId("row").first()).toBeVisible();
  }
  const secrets = await names(two);
  // A tab in the background draws frames too rarely to be clicked at once.
  await one.bringToFront();
  await one.getByTestId("profile-menu").click();
  // Measure from the time of the click in the page, because the test driver takes long to click on a busy machine.
  let from = 0;
  await one.exposeFunction("noteClick", (at: number) => void (from ||= at));
  await one.evaluate(() => addEventListener("click", () => void (globalThis as unknown as { noteClick(at: number): void }).noteClick(Date.now()), { capture: true }));
  const arrived = two.waitForURL(/\/sign-in/, { waitUntil: "commit" }).then(() => Date.now());
  await one.getByTestId("sign-out").click();
  const took = (await arrived) - from;
  expect(from, "control: the click was recorded").toBeGreaterThan(0);
  console.log(`    tab 2 left ${took.toFixed(0)} ms after the click in tab 1`);
  expect(took, "the second tab took too long to leave, in ms").toBeLessThan(1_000);
  await expect(one, "tab 1 is not on the sign-in page").toHaveURL(/\/sign-in/);
  for (const page of [one, two]) {
    await showsNothing(page, secrets, "after signing out");
    for (let back = 1; back <= 3; back++) {
      await page.goBack();
      await expect(page, `Back ${back} leads into the console`).toHaveURL(/\/sign-in|about:blank/);
      await showsNothing(page, secrets, `after Back ${back}`);
    }
  }
  expect(noise, "tab 2 reports errors").toEqual([]);
  await context.close();
});

test("each tab explains why it was signed out", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const [one, two] = [await context.newPage(), await context.newPage()];
  await open(one, PATH);
  await open(two, PATH);
  await signOut(one);
  await expect(two.getByRole("status"), "tab 2 does not explain it").toHaveText("You were signed out in another tab or on another device.");
  await expect(one.getByRole("status"), "tab 1 shows the message for other tabs").toHaveText("You’re signed out.");
  await context.close();
});

test("signing out ends the session at the server and adds an audit line; another device stays signed in", async ({ browser }) => {
  const [here, elsewhere] = [await contextOf(browser, ADA), await contextOf(browser, ADA)];
  const [page, other] = [await here.newPage(), await elsewhere.newPage()];
  await open(page, PATH);
  await open(other, PATH);
  const cookie = await sessionCookie(here);
  expect((await get(PATH, { cookie })).status, "control: the cookie opens the page before").toBe(200);
  const lines = () => value<string>("select count(*) from account.audit_log a join account.users u on u.id = a.user_id where u.email = $1 and action = 'signed_out'", [ADA]);
  const before = Number(await lines());
  await signOut(page);
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await here.cookies()).map((c) => c.name), "the browser still has the cookie").not.toContain(cookieAt());
  const after = await get(PATH, { cookie });
  expect([after.status, after.headers.location], "the old cookie still opens the console").toEqual([303, `/sign-in?next=${encodeURIComponent(PATH)}`]);
  expect(Number(await lines()) - before, "expected one line in the audit log").toBe(1);
  const [line] = await sql<{ ended: boolean; reason: string }>(
    `select s.ended_at is not null as ended, s.end_reason as reason from account.audit_log a join account.sessions s on s.id = a.session_id
     where a.action = 'signed_out' order by a.at desc, a.id desc limit 1`,
  );
  expect(line, "the audit line names another session").toEqual({ ended: true, reason: "signed_out" });
  await other.reload();
  await expect(other.getByTestId("row").first(), "another device was signed out too").toBeVisible();
  await here.close();
  await elsewhere.close();
});

for (const failure of ["aborted", "500"] as const) {
  test(`signing out leaves the page even if the call is ${failure}, and ends the session as soon as possible`, async ({ browser }) => {
    const context = await contextOf(browser, ADA);
    const [one, two] = [await context.newPage(), await context.newPage()];
    await open(one, PATH);
    await open(two, PATH);
    const secrets = await names(one);
    const cookie = await sessionCookie(context);
    const fail = (route: Route) => (failure === "aborted" ? route.abort() : route.fulfill({ status: 500, body: "" }));
    await one.route("**/api/fn/sign_out", fail, { times: 1 });
    await signOut(one);
    for (const [page, name] of [[one, "tab 1"], [two, "tab 2"]] as const) {
      await expect(page, `${name} did not leave`).toHaveURL(/\/sign-in/);
      await expect(page.locator("[name=password]"), `${name} shows no sign-in form`).toBeVisible();
      await showsNothing(page, secrets, name);
    }
    // Only the first call fails. The next person at this browser must not find an open console.
    await expect.poll(async () => (await get(PATH, { cookie })).status, { message: "the session is still alive at the server" }).toBe(303);
    await one.goto(PATH);
    await expect(one, "the next person is signed in as the former one").toHaveURL(/\/sign-in/);
    await context.close();
  });
}

test("signing out leaves the page even if the call is never answered", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, PATH);
  await page.route("**/api/fn/sign_out", () => {});
  await signOut(page);
  await expect(page, "the console stays on screen while the network hangs").toHaveURL(/\/sign-in/, { timeout: 10_000 });
  await context.close();
});

test("a tab that is still loading when a page without JavaScript signs out leaves, too", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  // The tab has its document, but not yet its program, and so no socket.
  let start = () => {};
  const held = new Promise<void>((lift) => (start = lift));
  await page.route("**/*.wasm*", async (route) => (await held, route.continue()));
  await page.goto(PATH, { waitUntil: "commit" });
  await expect(page.getByTestId("row").first(), "control: the tab shows rows").toBeVisible();
  // Posts the form as a page without JavaScript does: it tells the other tabs nothing, and the cookie is deleted.
  const answer = await context.request.post(`${BASE}/sign-out`, { headers: { origin: BASE }, form: { action: "sign-out" }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  expect(await context.cookies(), "control: the cookie is gone").not.toContainEqual(expect.objectContaining({ name: cookieAt() }));
  start();
  await expect(page, "the tab that was loading still shows the workspace").toHaveURL(/\/sign-in/);
  await expect(page.getByTestId("row")).toHaveCount(0);
  await context.close();
});

test("a session that ended elsewhere leads to sign-in at the next click, with the address to return to", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, "/smartai-it/products");
  await sql("update account.sessions set ended_at = now(), end_reason = 'ended' where user_id = (select id from account.users where email = $1) and ended_at is null", [ADA]);
  await page.locator('nav a[href="/smartai-it/invoices"]').first().click();
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent("/smartai-it/invoices")}&notice=ended`);
  await expect(page.getByTestId("row")).toHaveCount(0);
  await context.close();
});

test("signing out works without JavaScript", async ({ browser }) => {
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(PATH);
  const secrets = await names(page);
  const cookie = await sessionCookie(context);
  await signOut(page);
  await expect(page).toHaveURL("/sign-in?notice=signed-out");
  await expect(page.getByRole("status")).toHaveText("You’re signed out.");
  expect((await get(PATH, { cookie })).status, "the session still works").toBe(303);
  await page.goBack();
  await expect(page, "Back leads into the console").toHaveURL(/\/sign-in/);
  await showsNothing(page, secrets, "after Back");
  await context.close();
});

test("signing out without a session succeeds", async ({ page }) => {
  await page.goto("/sign-in");
  await live(page);
  const status = await page.evaluate(() => fetch("/api/fn/sign_out", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }).then((r) => r.status));
  expect(status).toBe(200);
});
