// Questions that people ask when something looks wrong, with one test each, and two ways in which a person A gives
// access to a person B.
import { expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { mint, redeem } from "../support/calls";
import { FINANCE, IT, PRODUCT_ENG, found, stringsOf } from "../support/facts";
import { forgetSeats, fresh, invite, mailedLink, register, stateOf } from "../support/invites";
import { contextOf, open, signIn } from "../support/people";
import { afterwards, putBack } from "../support/seating";
import { value } from "../support/made";
import { BASE, cookieAt } from "../support/server";
import { bySwitcher, expectFinance, rowsAreThere } from "../support/switching";

test.afterEach(putBack);

const slugs = (page: import("@playwright/test").Page) =>
  page.getByTestId("picker-row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.slug));

test("“A workspace I was just given doesn’t appear in the picker”: it appears on the next load after the invite is accepted", async ({ as, browser }) => {
  const b = await register(fresh("given"), "Gil Given");
  afterwards(() => forgetSeats(b));
  const context = await contextOf(browser, b);
  const page = await context.newPage();
  await open(page, "/home");
  await expect(page.getByText("No workspaces yet")).toBeVisible();
  await invite(await as(ADA), IT, b, "member");
  await page.reload();
  expect(await slugs(page), "an open invite counts as a seat").toEqual([]);
  await expect(page.getByTestId("notices")).toContainText("1 invitation");
  await page.getByRole("button", { name: /^Accept: IT/ }).click();
  await expect(page).toHaveURL(`/${IT}/overview`);
  await open(page, "/home");
  expect(await slugs(page)).toEqual([IT]);
  await context.close();
});

test("“A teammate I invited can’t see the workspace”: the invite is listed as open", async ({ as }) => {
  const b = fresh("teammate");
  afterwards(() => forgetSeats(b));
  const a = await as(ADA);
  await invite(a, IT, b, "member");
  await expect(a.locator(`[data-invite="${b}"]`)).toContainText("by Ada Moreau");
  expect(await stateOf(b)).toBe("open");
});

test("“After switching, I briefly saw the old workspace’s data”: a switch shows nothing of the former workspace", async ({ as }) => {
  const page = await as(ADA);
  const ofIt = await stringsOf(IT);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  expect(await found(page, ofIt), "control: data of IT is found before the switch").not.toEqual([]);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  expect(await found(page, ofIt)).toEqual([]);
});

test("“Switch Workspace sends me somewhere I can’t pick a workspace”: the picker explains that there is only one", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/overview`);
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("switch-workspace").click();
  await expect(page).toHaveURL("/home");
  await expect.poll(() => slugs(page)).toEqual([IT]);
  await expect(page.getByText("This is your only workspace, so it opens automatically")).toBeVisible();
});

test("“I got handed back to the picker after clicking a workspace”: the picker shows the reason, and choosing again works", async ({ as }) => {
  const page = await as(ADA);
  const { request } = page.context();
  const code = await mint(request, IT);
  expect((await redeem(request, IT, code)).status()).toBe(200);
  expect((await redeem(request, IT, code)).status(), "a handoff code works twice").toBe(403);
  await open(page, "/home?refused=used");
  await expect(page.getByText("That link was already used. Choose the workspace again.")).toBeVisible();
  await page.locator(`[data-testid=picker-row][data-slug=${IT}]`).click();
  await expect(page).toHaveURL(`/${IT}/overview`);
});

test("an organization invite is accepted at B’s first sign-in and shows both workspaces of SmartAI", async ({ as, browser }) => {
  const b = fresh("bee");
  afterwards(() => forgetSeats(b));
  const a = await as(ADA);
  await open(a, `/org/${await value("select id::text from account.organizations where name = 'SmartAI'")}/invites`);
  await a.fill("[name=emails]", b);
  await a.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(a.getByTestId("invite-result")).toContainText("Invited.");
  await register(b, "Bee");
  const context = await browser.newContext({ baseURL: BASE });
  const page = await context.newPage();
  await signIn(page, b);
  expect(await slugs(page)).toEqual([IT, PRODUCT_ENG]);
  await expect(page.getByTestId("picker-org").getByText("Org member")).toBeVisible();
  expect(await stateOf(b)).toBe("accepted");
  await context.close();
});

test("a workspace invite shows that one workspace after B accepts it, without a new sign-in", async ({ as, browser }) => {
  const b = await register(fresh("beedirect"), "Bee Direct");
  afterwards(() => forgetSeats(b));
  const context = await contextOf(browser, b);
  const page = await context.newPage();
  await open(page, "/home");
  const session = (await context.cookies()).find((cookie) => cookie.name === cookieAt())?.value;
  await invite(await as(ADA), IT, b, "admin");
  await open(page, await mailedLink(b));
  await page.getByRole("button", { name: "Join IT" }).click();
  await expect(page.getByTestId("role")).toHaveText("Admin");
  await open(page, "/home");
  expect(await slugs(page)).toEqual([IT]);
  expect((await context.cookies()).find((cookie) => cookie.name === cookieAt())?.value, "B had to sign in again").toBe(session);
  await context.close();
});
