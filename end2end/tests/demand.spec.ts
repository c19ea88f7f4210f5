// A workspace that requires a second factor: it asks everybody who enters, by link, by switch, in an open tab and
// through the API. Other workspaces don't ask. After setup the person reaches the page they wanted (docs/SECURITY.md,
// I-17). Finance requires a factor, IT does not.
import { test } from "@playwright/test";
import { ADA } from "../support/as";
import { expect } from "../support/at-once";
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

test("a switch to Finance asks for a factor, shows no data before, and then opens it; IT never asks", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveURL(`/account/factor?next=%2F${FINANCE}%2Fcustomers`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Finance requires two-factor authentication");
  expect(await found(page, await stringsOf(FINANCE)), "the factor page contains data of Finance").toEqual([]);
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

  // The next sign-in, with the preference to be asked only by workspaces that require it.
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

test("documents, server functions and the API all ask for a factor; a stranger learns nothing", async ({ browser }) => {
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
  expect((await call(request, "switch_workspace", { to: IT })).status(), "control: IT does not ask for a factor").toBe(200);

  const made = await call(request, "create_token", { name: "Demand", password: PASSWORD });
  const { secret: token } = (await made.json()) as { secret: string };
  const api = (slug: string) => get(`/api/v1/workspaces/${slug}/customers`, { authorization: `Bearer ${token}` });
  const refused = await api(FINANCE);
  expect(refused.status, "a token bypasses the requirement").toBe(403);
  expect(JSON.parse(refused.body).code).toBe("second_factor_required");
  expect((await api(IT)).status, "control: the token opens IT").toBe(200);

  const stranger = await contextOf(browser, VIK);
  expect((await stranger.request.get(`/${FINANCE}/customers`)).status(), "the requirement tells a stranger that the workspace exists").toBe(404);
  const asked = await stranger.request.get(`/account/factor?next=%2F${FINANCE}%2Fcustomers`);
  expect(await asked.text(), "the factor page names the workspace to a stranger").not.toContain("Finance");
  await stranger.close();
  await context.close();
});

test("turning the requirement on stops reads and writes of an open tab and keeps the input", async ({ browser }) => {
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
  await expect(page.getByTestId("toast"), "the open tab does not report the new requirement").toHaveText(/IT now requires two-factor authentication\./);
  await expect(page.locator(".banner.bad")).toHaveText(/Two-factor authentication is now required here\./);
  await expect(page.locator("[name=name]"), "the input was lost").toHaveValue("Demanded & Sons");
  expect(await value("select count(*) from workspace.customers where name = 'Demanded & Sons'"), "the refused form was saved").toBe("0");
  const read = await call(context.request, "load_page", { workspace: IT, grant, page: "customers" });
  expect(read.status(), "a grant from before the requirement still reads").toBe(403);
  await demand(IT, false);
  await page.getByRole("button", { name: "Create customer" }).click();
  await expect(page.getByRole("heading", { level: 1 }), "control: without the requirement the form is saved").toHaveText("Demanded & Sons");
  await context.close();
});

test("without JavaScript, the workspace asks for a code and opens with a valid one", async ({ browser }) => {
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
  expect((await enter(context.request, `/${IT}/customers`)).entry.workspace.slug, "control: IT opens as before").toBe(IT);
  await context.close();
});

test("an admin turns the requirement on only after proving a factor; open tabs ask at once", async ({ browser }) => {
  await demand(FINANCE, false);
  const context = await contextOf(browser, ADA);
  const page = await context.newPage();
  const settings = `/${IT}/settings/security`;
  await open(page, settings);
  await expect(page.getByRole("button", { name: "Require for everyone" }), "an admin without a factor can turn it on").toHaveCount(0);
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
  await expect(reader, "an open tab still shows the workspace").toHaveURL(/\/account\/factor/);
  await expect(reader.getByRole("heading", { level: 1 })).toHaveText("IT requires two-factor authentication");
  // Ada is let in and turns the requirement off again.
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
