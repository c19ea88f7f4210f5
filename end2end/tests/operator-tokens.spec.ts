// Operator tokens: a password reset revokes all of them. A changed password and signing out everywhere revoke them
// unless the person keeps them. Creating one needs the password or a recently proven factor. Each expires and is then
// refused.
import { type APIRequestContext, expect, test } from "@playwright/test";
import { call } from "../support/calls";
import { sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { mailTo, linkIn, mailsTo } from "../support/mailbox";
import { PASSWORD, contextOf, open } from "../support/people";
import { get } from "../support/raw";
import { BASE } from "../support/server";

const NEW_PASSWORD = "seven wet paper lanterns";
let who = "";

test.beforeEach(async () => {
  who = await register(fresh("token-holder"), "Token Holder");
});

const idOf = async () => (await sql("select id from account.users where email = $1", [who]))[0].id;
const api = (token: string) => get("/api/v1/me/workspaces", { authorization: `Bearer ${token}` });

async function make(request: APIRequestContext, name: string, more: Record<string, unknown> = { password: PASSWORD }): Promise<string> {
  const answer = await call(request, "create_token", { name, ...more });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()).secret;
}

test("creating a token needs the password or a recently proven factor", async ({ browser }) => {
  const context = await contextOf(browser, who);
  const held = async () => (await sql<{ n: number }>("select count(*)::int as n from account.operator_tokens where user_id = $1", [await idOf()]))[0].n;
  for (const more of [{}, { password: "" }, { password: "not the password" }]) {
    const answer = await call(context.request, "create_token", { name: "Stolen", ...more });
    expect(answer.status(), JSON.stringify(more)).toBe(422);
  }
  const posted = await context.request.post(`${BASE}/account/tokens`, { form: { action: "create", name: "Stolen" }, headers: { origin: BASE, "sec-fetch-site": "same-origin" } });
  expect(posted.status()).toBe(422);
  expect(await held(), "a session alone created a token").toBe(0);
  expect((await api(await make(context.request, "By password"))).status).toBe(200);
  await sql("insert into account.totp (user_id, secret, confirmed_at) values ($1, $2, now())", [await idOf(), Buffer.alloc(60)]);
  await sql("update account.sessions set factor_at = now() where user_id = $1", [await idOf()]);
  expect((await api(await make(context.request, "By factor", {}))).status).toBe(200);
  await sql("update account.sessions set factor_at = now() - interval '1 hour' where user_id = $1", [await idOf()]);
  expect((await call(context.request, "create_token", { name: "Stale" })).status(), "a factor that was proven an hour ago is accepted").toBe(422);
  await context.close();
});

test("a password reset revokes all tokens", async ({ browser }) => {
  const context = await contextOf(browser, who);
  const token = await make(context.request, "Before the reset");
  expect((await api(token)).status, "control: the token works before the reset").toBe(200);
  const before = mailsTo(who).length;
  await call(context.request, "ask_reset", { email: who });
  const link = linkIn(await mailTo(who, before), "/reset/");
  const reset = await call(context.request, "reset_password", { token: link.split("/").pop(), password: NEW_PASSWORD });
  expect(reset.status(), await reset.text()).toBe(200);
  expect((await api(token)).status).toBe(401);
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a changed password lists and revokes the tokens, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, who, { javaScriptEnabled });
    const token = await make(context.request, "Nightly export");
    const page = await context.newPage();
    const change = async (from: string, to: string, keep: boolean) => {
      await page.goto("/account/profile");
      if (javaScriptEnabled) await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
      const asks = page.getByTestId("keep-tokens");
      await expect(asks).toContainText("Nightly export");
      await page.fill("[name=current_password]", from);
      await page.fill("#password", to);
      if (keep) await asks.getByRole("checkbox").check();
      const posted = page.waitForResponse((response) => response.request().method() === "POST");
      await page.getByRole("button", { name: "Change password" }).click();
      expect((await posted).status()).toBeLessThan(400);
    };
    await change(PASSWORD, NEW_PASSWORD, true);
    await expect.poll(async () => (await api(token)).status, { message: "a token that should be kept was revoked" }).toBe(200);
    await change(NEW_PASSWORD, "eight dry paper lanterns", false);
    await expect.poll(async () => (await api(token)).status).toBe(401);
    await context.close();
  });

  test(`signing out everywhere lists and revokes the tokens, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    for (const keep of [true, false]) {
      const context = await contextOf(browser, who, { javaScriptEnabled });
      const token = await make(context.request, "Nightly export");
      const page = await context.newPage();
      await page.goto("/account/sessions");
      if (javaScriptEnabled) await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
      await expect(page.getByTestId("keep-tokens")).toContainText("Nightly export");
      if (keep) await page.getByTestId("keep-tokens").getByRole("checkbox").check();
      await page.getByTestId("sign-out-everywhere").click();
      await expect(page).toHaveURL(/notice=signed-out/);
      expect((await api(token)).status, keep ? "a token that should be kept was revoked" : "the revoked token still opens the API").toBe(keep ? 200 : 401);
      await context.close();
      await sql("delete from account.operator_tokens where user_id = $1", [await idOf()]);
    }
  });
}

test("a token has a chosen, visible expiry date and is refused afterwards", async ({ browser }) => {
  const context = await contextOf(browser, who);
  const token = await make(context.request, "Short", { password: PASSWORD, life: "month" });
  const days = async (name: string) => {
    const rows = await sql<{ days: number }>("select round(extract(epoch from expires_at - created_at) / 86400)::int as days from account.operator_tokens where name = $1 and user_id = $2", [name, await idOf()]);
    return rows[0].days;
  };
  expect(await days("Short")).toBe(30);
  await make(context.request, "Default");
  expect(await days("Default")).toBe(90);
  const page = await context.newPage();
  await open(page, "/account/tokens");
  await page.fill("[name=name]", "Long");
  await expect(page.locator("#life")).toHaveValue("90");
  await page.selectOption("#life", "365");
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByTestId("token")).toBeVisible();
  expect(await days("Long")).toBe(365);
  await expect(page.locator("[name=password]"), "the password stays on the page").toHaveValue("");
  const forever = await call(context.request, "create_token", { name: "Forever", password: PASSWORD, life: "forever" });
  expect(forever.status(), "an unknown lifetime is accepted").toBe(400);

  expect((await api(token)).status, "control: the token works before it expires").toBe(200);
  await sql("update account.operator_tokens set expires_at = now() - interval '1 second' where name = 'Short' and user_id = $1", [await idOf()]);
  const refused = await api(token);
  expect([refused.status, JSON.parse(refused.body).code]).toEqual([401, "unauthenticated"]);
  expect((await get("/api/v1/workspaces/smartai-it/customers", { authorization: `Bearer ${token}` })).status).toBe(401);
  await page.reload();
  await expect(page.getByTestId("row").filter({ hasText: "Short" })).toContainText("Expired");
  await context.close();
});

test("a created token empties the form, also if the server returned it with typed values", async ({ browser }) => {
  const context = await contextOf(browser, who);
  const page = await context.newPage();
  const program = /stile\.js/;
  await page.route(program, (route) => route.abort());
  await page.goto("/account/tokens");
  await page.fill("[name=name]", "Returned");
  await page.fill("[name=password]", "not the password");
  await page.unroute(program);
  await page.getByRole("button", { name: "Create token" }).click();
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
  await expect(page.locator("[name=name]"), "control: the server returned the name").toHaveAttribute("value", "Returned");
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  await expect(page.getByTestId("token")).toBeVisible();
  await expect(page.locator("[name=name]")).toHaveValue("");
  await expect(page.locator("[name=password]")).toHaveValue("");
  await context.close();
});

test("of many simultaneous requests, twenty create a token", async ({ browser }) => {
  const context = await contextOf(browser, who);
  const answers = await Promise.all(Array.from({ length: 26 }, (_, i) => call(context.request, "create_token", { name: `Many ${i}`, password: PASSWORD })));
  const made = answers.filter((answer) => answer.status() === 200).length;
  const held = await sql<{ n: number }>("select count(*)::int as n from account.operator_tokens where user_id = $1", [await idOf()]);
  expect([made, held[0].n]).toEqual([20, 20]);
  await context.close();
});
