// A workspace that demands a second factor asks whoever enters, and nobody else: by link, by switch, in an open tab, for
// programs; and whoever sets one up lands where they wanted (docs/SECURITY.md, I-17). Finance demands, IT doesn't.
import { expect, test } from "@playwright/test";
import { ADA } from "../support/as";
import { codeOf, demand, enterCode, forgetFactors, freshCode, setUpApp } from "../support/factors";
import { FINANCE, IT, customersOf, found, sql, stringsOf } from "../support/facts";
import { forget, forgetTokens, value } from "../support/made";
import { call, enter, grantOf } from "../support/calls";
import { PASSWORD, contextOf, live, open } from "../support/people";
import { get } from "../support/raw";
import { bySwitcher, expectFinance, rowsAreThere } from "../support/switching";

const VIK = "vik@smartai.example";

test.beforeEach(async () => demand(FINANCE, true));
test.afterEach(async () => {
  await demand(FINANCE, false);
  await demand(IT, false);
  await forgetFactors(ADA);
  await forgetTokens("Demand");
  await forget("Demanded");
});

test("a switch into it asks, shows nothing of it before, and then lands there; the other workspace never asks", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveURL(`/account/factor?next=%2F${FINANCE}%2Fcustomers`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Finance requires two-factor authentication");
  expect(await found(page, await stringsOf(FINANCE)), "something of Finance is on the page that asks").toEqual([]);
  await page.getByTestId("set-up").click();
  await expect(page).toHaveURL(/\/account\/security\?next=/);
  await live(page);
  const { secret } = await setUpApp(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(page);
  await expectFinance(page);
  await bySwitcher(page, IT);
  await rowsAreThere(page);
  await bySwitcher(page, FINANCE);
  await rowsAreThere(page);
  await expectFinance(page);
  await context.close();

  // The next sign-in, with the choice to be asked only there.
  await sql("insert into account.preferences (user_id, factor_asked) select id, 'workspace' from account.users where email = $1 on conflict (user_id) do update set factor_asked = 'workspace'", [ADA]);
  const next = await contextOf(browser, ADA);
  const tab = await next.newPage();
  await open(tab, `/${IT}/customers`);
  await rowsAreThere(tab);
  await bySwitcher(tab, FINANCE);
  await expect(tab).toHaveURL(/\/account\/factor/);
  await live(tab);
  await enterCode(tab, codeOf(secret, 40));
  await expect(tab.locator("#code")).toHaveAttribute("aria-invalid", "true");
  await enterCode(tab, await freshCode(ADA, secret));
  await expect(tab).toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(tab);
  await expectFinance(tab);
  await next.close();
});

test("every way in asks: documents, server functions, programs; strangers learn nothing", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const request = context.request;
  const link = await request.get(`/${FINANCE}/customers?q=a`, { maxRedirects: 0 });
  expect([link.status(), link.headers().location]).toEqual([303, `/account/factor?next=%2F${FINANCE}%2Fcustomers%3Fq%3Da`]);
  for (const [name, data] of [
    ["switch_workspace", { to: FINANCE }],
    ["open_workspace", { to: FINANCE, page: "overview" }],
  ] as const) {
    const answer = await call(request, name, data);
    expect([answer.status(), await answer.json()], name).toEqual([403, "factor"]);
  }
  expect((await call(request, "switch_workspace", { to: IT })).status(), "the control: IT asks for nothing").toBe(200);

  const made = await call(request, "create_token", { name: "Demand", password: PASSWORD });
  const { secret: token } = (await made.json()) as { secret: string };
  const api = (slug: string) => get(`/api/v1/workspaces/${slug}/customers`, { authorization: `Bearer ${token}` });
  const refused = await api(FINANCE);
  expect(refused.status, "a token goes round the demand").toBe(403);
  expect(JSON.parse(refused.body).error.code).toBe("second_factor_required");
  expect((await api(IT)).status, "the control: it opens IT").toBe(200);

  const stranger = await contextOf(browser, VIK);
  expect((await stranger.request.get(`/${FINANCE}/customers`)).status(), "the demand tells a stranger that there is a workspace").toBe(404);
  const asked = await stranger.request.get(`/account/factor?next=%2F${FINANCE}%2Fcustomers`);
  expect(await asked.text(), "the page that asks names it to a stranger").not.toContain("Finance");
  await stranger.close();
  await context.close();
});

test("turned on under an open tab: nothing more is read or written, and what was typed stays", async ({ browser }) => {
  await demand(FINANCE, false);
  await demand(IT, false);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, `/${IT}/customers/new`);
  await page.fill("[name=name]", "Demanded & Sons");
  await page.fill("[name=email]", "a@demanded.example");
  await page.selectOption("[name=country]", "DE");
  const grant = await grantOf(context.request, IT);
  await demand(IT, true);
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByTestId("toast"), "the open tab does not hear of it").toHaveText(/IT now requires two-factor authentication\./);
  await expect(page.locator(".banner.bad")).toHaveText(/Two-factor authentication is now required here\./);
  await expect(page.locator("[name=name]"), "what was typed is lost").toHaveValue("Demanded & Sons");
  expect(await value("select count(*) from workspace.customers where name = 'Demanded & Sons'"), "it was written").toBe("0");
  const read = await call(context.request, "load_page", { workspace: IT, grant, page: "customers" });
  expect(read.status(), "a grant of before the demand still reads").toBe(403);
  await demand(IT, false);
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("heading", { level: 1 }), "the control: without the demand it is saved").toHaveText("Demanded & Sons");
  await context.close();
});

test("without JavaScript: asked, and let in by a code", async ({ browser }) => {
  const set = await contextOf(browser, ADA);
  const first = await set.newPage();
  await open(first, "/account/security");
  const { secret } = await setUpApp(first);
  await sql("insert into account.preferences (user_id, factor_asked) select id, 'workspace' from account.users where email = $1 on conflict (user_id) do update set factor_asked = 'workspace'", [ADA]);
  await set.close();
  const context = await contextOf(browser, ADA, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/${FINANCE}/customers`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Finance requires two-factor authentication");
  await enterCode(page, "nonsense");
  await expect(page.locator("#code")).toHaveAccessibleDescription(/Enter the 6-digit code/);
  await enterCode(page, await freshCode(ADA, secret));
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  const [customer] = await customersOf(FINANCE);
  await expect(page.getByRole("link", { name: customer.name })).toBeVisible();
  expect((await enter(context.request, `/${IT}/customers`)).entry.workspace.slug, "and into the other as ever").toBe(IT);
  await context.close();
});

test("an admin turns it on in the settings, but not before proving a factor; open tabs are asked at once", async ({ browser }) => {
  await demand(FINANCE, false);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  const settings = `/${IT}/settings/security`;
  await open(page, settings);
  await expect(page.getByRole("button", { name: "Require for everyone" }), "an admin can lock herself out").toHaveCount(0);
  const grant = await grantOf(context.request, IT);
  const early = await call(context.request, "demand_factor", { workspace: IT, grant, demand: true });
  expect([early.status(), await early.json()]).toEqual([403, "factor"]);
  await page.getByTestId("prove-first").click();
  await page.getByTestId("set-up").click();
  await live(page);
  await setUpApp(page);
  await page.getByRole("link", { name: "Continue" }).click();
  await expect(page).toHaveURL(settings);
  await live(page);

  const other = await contextOf(browser, VIK);
  const reader = await other.newPage();
  await open(reader, `/${IT}/customers`);
  await rowsAreThere(reader);
  await page.getByRole("button", { name: "Require for everyone" }).click();
  await expect(page.getByTestId("demand").getByText("Required", { exact: true })).toBeVisible();
  await expect(reader, "an open tab goes on showing the workspace").toHaveURL(/\/account\/factor/);
  await expect(reader.getByRole("heading", { level: 1 })).toHaveText("IT requires two-factor authentication");
  // She is let in; a viewer may not take it back.
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  const log = await value("select detail::text from workspace.audit_log where action = 'second_factor_demanded' order by id desc limit 1");
  expect(log).toContain("on");
  await open(page, settings);
  await page.getByRole("button", { name: "Stop requiring" }).click();
  await expect(page.getByTestId("demand").getByText("Not required")).toBeVisible();
  await open(reader, `/${IT}/customers`);
  await rowsAreThere(reader);
  await other.close();
  await context.close();
});
