// Sessions: a person sees where they are signed in and can end each session. An ended session stops working at once, in
// every tab and at the server. Nobody can end another person's session.
import { MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { call } from "../support/calls";
import { PRODUCT_ENG, sql } from "../support/facts";
import { contextOf, open } from "../support/people";
import { get, sessionOf } from "../support/raw";
import { value } from "../support/made";
import { cookieAt } from "../support/server";

const rows = (page: import("@playwright/test").Page) => page.getByTestId("session");

test.beforeEach(async () => {
  // The demo and other tests leave sessions behind.
  await sql("update account.sessions set ended_at = now(), end_reason = 'ended' where ended_at is null and user_id = (select id from account.users where email = $1)", [MIA]);
});

test("each session is listed by device with this one marked; ending one signs out its tab", async ({ as, browser }) => {
  const phone = await contextOf(browser, MIA, { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1" });
  const other = await phone.newPage();
  const told = other.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await open(other, `/${PRODUCT_ENG}/customers`);
  await told;
  const page = await as(MIA);
  await open(page, "/account/sessions");
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("This device");
  await expect(rows(page).nth(1)).toContainText("Safari on iPhone");
  await expect(rows(page).nth(1)).toContainText("127.0.0.1");
  await page.getByRole("button", { name: "End the session in Safari on iPhone" }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(other).toHaveURL(/\/sign-in\?next=.*notice=ended/);
  await expect(rows(page).first(), "control: this session continues").toContainText("This device");
  expect(await value("select detail ->> 'device' from account.audit_log where action = 'ended' order by id desc limit 1")).toBe("Safari on iPhone");
  await phone.close();
});

test("ending all other sessions keeps this one", async ({ as }) => {
  const others = [await sessionOf(MIA), await sessionOf(MIA), await sessionOf(MIA)];
  const page = await as(MIA);
  await open(page, "/account/sessions");
  await expect(rows(page)).toHaveCount(4);
  await page.getByTestId("end-others").click();
  await expect(rows(page)).toHaveCount(1);
  for (const cookie of others) expect((await get("/home", { cookie })).status, "an ended session opens the picker").toBe(303);
  await open(page, `/${PRODUCT_ENG}/customers`);
  await expect(page.getByTestId("row").first()).toBeVisible();
});

test("signing out all devices signs out every tab", async ({ as }) => {
  const [page, other] = [await as(MIA), await as(MIA)];
  const told = other.waitForEvent("websocket").then((socket) => socket.waitForEvent("framereceived"));
  await open(other, `/${PRODUCT_ENG}/customers`);
  await told;
  await open(page, "/account/sessions");
  await page.getByTestId("sign-out-everywhere").click();
  await expect(page).toHaveURL("/sign-in?notice=signed-out");
  await expect(page.getByRole("status")).toHaveText("You’re signed out.");
  await expect(other).toHaveURL(/\/sign-in/);
  await expect(other.getByRole("status")).toContainText("You were signed out");
  expect(await value<string>("select count(*) from account.sessions s join account.users u on u.id = s.user_id where u.email = $1 and ended_at is null", [MIA])).toBe("0");
});

test("nobody can end another person's session", async ({ as }) => {
  const [vik, mia] = [await as(VIK), await as(MIA)];
  const id = await value("select s.id from account.sessions s join account.users u on u.id = s.user_id where u.email = $1 and ended_at is null limit 1", [MIA]);
  expect((await call(vik.context().request, "end_session", { id })).status()).toBe(404);
  await open(mia, "/home");
  expect((await call(mia.context().request, "list_sessions", {})).status(), "control: Mia's session works").toBe(200);
});

test("the sessions page works without JavaScript", async ({ browser }) => {
  const other = await sessionOf(MIA);
  const context = await contextOf(browser, MIA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto("/account/sessions");
  await rows(page).nth(1).getByRole("button").click();
  await expect(rows(page)).toHaveCount(1);
  expect((await get("/home", { cookie: other })).status).toBe(303);
  await page.getByTestId("sign-out-everywhere").click();
  await expect(page).toHaveURL("/sign-in?notice=signed-out");
  await context.close();
});

test("a request records the last use of its session, also if it opens nothing", async ({ as }) => {
  const page = await as(VIK);
  const cookie = (await page.context().cookies()).find((c) => c.name === cookieAt())?.value ?? "";
  await sql("update account.sessions set last_seen_at = now() - interval '1 hour' where token_hash = sha256(convert_to($1, 'UTF8'))", [cookie]);
  expect((await page.context().request.get("/no-such-workspace/customers")).status()).toBe(404);
  const seen = await value<boolean>("select last_seen_at > now() - interval '1 minute' from account.sessions where token_hash = sha256(convert_to($1, 'UTF8'))", [cookie]);
  expect(seen).toBe(true);
});
