// Lost connections: a page that failed to load says so and loads by itself when the server can be reached again. A
// person who was signed out meanwhile returns to the same page after sign-in.
import { type Page } from "@playwright/test";
import { ADA, MIA, test } from "../support/as";
import { expect } from "../support/at-once";
import { IT, customersOf } from "../support/facts";
import { PASSWORD, contextOf, live, open } from "../support/people";
import { rowsAreThere } from "../support/switching";

const FAILED = "This page didn’t load";
const mark = (page: Page) => page.getByTestId("offline");
const section = (page: Page, name: string) => page.getByRole("navigation", { name: "Main" }).getByRole("link", { name, exact: true });

for (const [name, url] of [["Invoices", `/${IT}/invoices`], ["Overview", `/${IT}/overview`]] as const) {
  test(`offline: ${name} reports the lost connection and loads by itself when the device is online again`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await expect(mark(page), "control: no message is shown while the connection works").toBeHidden();
    await page.context().setOffline(true);
    await expect(mark(page)).toHaveText(/No connection/);
    await section(page, name).click();
    await expect(page.getByText(FAILED)).toBeVisible();
    await page.context().setOffline(false);
    await expect(page.getByText(FAILED)).toHaveCount(0);
    await expect(page).toHaveURL(url);
    await expect(page.getByRole("main").getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(mark(page)).toBeHidden();
  });
}

test("the page loads again without an online event of the browser", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.route("**/api/fn/load_page", (route) => route.abort());
  await section(page, "Invoices").click();
  await expect(page.getByText(FAILED)).toBeVisible();
  await expect(mark(page)).toBeVisible();
  await page.unroute("**/api/fn/load_page");
  await rowsAreThere(page);
  await expect(mark(page)).toBeHidden();
});

test("returning to the tab tries again at once", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.context().setOffline(true);
  await section(page, "Invoices").click();
  await expect(page.getByText(FAILED)).toBeVisible();
  // The network returns, but the browser reports nothing.
  await page.evaluate(() => addEventListener("online", (event) => event.stopImmediatePropagation(), true));
  // The connection is also checked by itself, after 2 s and then less and less often.
  const waited = await page.evaluate(
    () =>
      new Promise<number>((done) => {
        const [send, from] = [globalThis.fetch, performance.now()];
        globalThis.fetch = (...given) => {
          const url = given[0] instanceof Request ? given[0].url : String(given[0]);
          if (url.endsWith("/api/fn/load_page")) done(performance.now() - from);
          return send(...given);
        };
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }),
  );
  expect(waited, "the tab waits for the next check, in ms").toBeLessThan(500);
  await page.context().setOffline(false);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await rowsAreThere(page);
});

test("text in a form stays when the connection returns", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers/new`);
  await page.fill("[name=name]", "Typed While Away");
  await page.context().setOffline(true);
  await page.getByRole("main").locator("form button[type=submit], form .btn.primary").first().click();
  await expect(mark(page)).toBeVisible();
  await page.context().setOffline(false);
  await expect(mark(page)).toBeHidden();
  await expect(page.locator("[name=name]")).toHaveValue("Typed While Away");
});

for (const how of ["here, in another tab", "from another device"]) {
  test(`signed out ${how}: the address is kept without the search, and no warning is shown`, async ({ browser }) => {
    const context = await contextOf(browser, ADA);
    const [page, other] = [await context.newPage(), await context.newPage()];
    const [customer] = await customersOf(IT);
    await open(page, `/${IT}/customers?q=${encodeURIComponent(customer.name)}`);
    await rowsAreThere(page);
    await open(other, `/${IT}/overview`);
    if (how.startsWith("here")) {
      await other.getByTestId("profile-menu").click();
      await other.getByRole("button", { name: "Sign out" }).click();
      await expect(other.getByRole("status")).toHaveText("You’re signed out.");
      expect(new URL(other.url()).search, "signing out keeps an address to return to").toBe("?notice=signed-out");
    } else {
      const elsewhere = await contextOf(browser, ADA);
      const ended = await elsewhere.request.post("/api/fn/end_other_sessions", { headers: { "content-type": "application/json", origin: new URL(page.url()).origin }, data: {} });
      expect(ended.ok()).toBe(true);
      await elsewhere.close();
    }
    await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent(`/${IT}/customers`)}&notice=ended`);
    await expect(page.getByRole("status").locator("svg path[d^='m21.73']"), "the message shows a warning icon").toHaveCount(0);
    await expect(page.locator("body"), "the sign-in page contains the search text").not.toContainText(customer.name);
    await live(page);
    await page.fill("[name=email]", ADA);
    await page.fill("[name=password]", PASSWORD);
    await page.click("button[type=submit]");
    await expect(page).toHaveURL(`/${IT}/customers`);
    await rowsAreThere(page);
    await context.close();
  });
}

test("signing in as another person at such an address shows none of its data", async ({ browser, baseURL }) => {
  const [customer] = await customersOf(IT);
  const context = await browser.newContext({ baseURL });
  const page = await context.newPage();
  await page.goto(`/sign-in?notice=ended&next=${encodeURIComponent(`/${IT}/customers/${customer.id}`)}`);
  await live(page);
  await page.fill("[name=email]", MIA);
  await page.fill("[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await expect(page.getByTestId("not-found")).toBeVisible();
  for (const text of ["IT ·", customer.name, "SmartAI"]) await expect(page.locator("body"), text).not.toContainText(text);
  await context.close();
});
