// Missing and forbidden pages within a workspace: people with a seat get an explanation inside of the shell. Everybody
// else gets the answer for a missing workspace (docs/SECURITY.md, I-7).
import { type Page, expect } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { FINANCE, IT, customersOf } from "../support/facts";
import { Watch } from "../support/network";
import { contextOf, open } from "../support/people";
import { seat, putBack } from "../support/seating";
import { workspaceName } from "../support/switching";
import { complaints, butForStatus } from "../support/watch";

test.afterEach(putBack);

const UNKNOWN = ["nope", "customers/nope", "customers/new/x", "settings/nope", "nope/", "a%20b", "NOPE/x?q=1"];
const main = (page: Page) => page.getByRole("main");

/** Asserts that the page is inside of the shell of IT. */
async function inShell(page: Page): Promise<void> {
  await expect(workspaceName(page)).toHaveText("IT");
  await expect(page.getByRole("navigation", { name: "Main" })).toBeVisible();
  await expect(page.getByText(/request access/i)).toHaveCount(0);
}

for (const javaScriptEnabled of [true, false]) {
  test(`a missing page of an own workspace is a 404 in its shell, ${javaScriptEnabled ? "with" : "without"} JavaScript`, async ({ browser }) => {
    const context = await contextOf(browser, VIK, { javaScriptEnabled });
    const page = await context.newPage();
    const noise = complaints(page);
    for (const path of UNKNOWN) {
      const answer = await page.goto(`/${IT}/${path}`);
      expect(answer?.status(), path).toBe(404);
      if (javaScriptEnabled) await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
      await inShell(page);
      await expect(main(page).getByRole("heading", { level: 1 })).toHaveText("No such page in IT");
      await expect(page).toHaveTitle("Not found · IT · Stile");
      expect(page.url(), "the address changed").toContain(path.split("?")[0].replace(/\/$/, ""));
      await expect(page.locator("[aria-current=page]").filter({ hasText: "Overview" }), "the navigation marks Overview as the current page").toHaveCount(0);
    }
    await main(page).getByRole("link", { name: "Open IT" }).click();
    await expect(page).toHaveURL(`/${IT}/overview`);
    expect(UNKNOWN.reduce((left, path) => butForStatus(left, 404, new URL(`/${IT}/${path}`, page.url()).href), noise)).toEqual([]);
    await context.close();
  });
}

test("a link to a missing page keeps the shell and its address, and Back leads back", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/customers`);
  const watch = await Watch.begin(page);
  await main(page).evaluate((main, href) => {
    main.insertAdjacentHTML("afterbegin", `<a id="stray" href="${href}">stray</a>`);
    document.getElementById("stray")?.click();
  }, `/${IT}/nope`);
  await expect(main(page).getByRole("heading", { level: 1 })).toHaveText("No such page in IT");
  await expect(page).toHaveURL(`/${IT}/nope`);
  await inShell(page);
  await page.goBack();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await expect(page.getByTestId("row").first()).toBeVisible();
  await watch.expectNoDocument();
});

test("without a seat, a missing page, an existing one and a missing workspace get the same answer", async ({ as }) => {
  const { request } = (await as(MIA)).context();
  const answer = async (path: string) => {
    const response = await request.get(path, { maxRedirects: 0 });
    const { date, "x-request-id": _, ...headers } = response.headers();
    return { status: response.status(), headers, body: await response.text() };
  };
  const nothing = await answer("/no-such-workspace/nope");
  expect(nothing.status).toBe(404);
  expect(nothing.body).toContain("request_access");
  for (const path of [`/${IT}/nope`, `/${IT}/customers`, `/${IT}`]) expect(await answer(path), path).toEqual(nothing);
});

test("a page that the role does not allow says so and links to an allowed page", async ({ as }) => {
  const page = await as(VIK);
  const [customer] = await customersOf(IT);
  for (const path of ["customers/new", "products/new", "rate-plans/new", `customers/${customer.id}/edit`]) {
    const answer = await page.goto(`/${IT}/${path}`);
    expect(answer?.status(), path).toBe(403);
    await inShell(page);
    await expect(page).toHaveURL(`/${IT}/${path}`);
    await expect(main(page).getByTestId("why-not")).toContainText("Only owners, admins and members can open it. Your role in IT is Viewer");
    await expect(main(page).locator("form"), "the page contains a form that can't be sent").toHaveCount(0);
  }
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
  await main(page).getByRole("link", { name: "Go to a page you can open" }).click();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await seat(VIK, IT, "member");
  expect((await page.goto(`/${IT}/customers/new`))?.status(), "control: a Member gets the form").toBe(200);
  await expect(main(page).locator("form")).toHaveCount(1);
});

test("a guest enters at an allowed page and gets an explanation for other sections", async ({ as }) => {
  await seat(VIK, IT, "guest");
  const page = await as(VIK);
  await page.goto(`/${IT}`);
  await expect(page).toHaveURL(`/${IT}/customers`);
  for (const path of ["products", "rate-plans"]) {
    expect((await page.goto(`/${IT}/${path}`))?.status(), path).toBe(403);
    await expect(main(page).getByTestId("why-not")).toContainText("Your role in IT is Guest");
  }
  await expect(page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link", { name: "IT" })).toHaveAttribute("href", `/${IT}/customers`);
});

test("settings that the role does not allow are listed with the reason and without a link", async ({ as }) => {
  const page = await as(VIK);
  await open(page, `/${IT}/customers`);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page, "the link does not lead to an allowed page").toHaveURL(`/${IT}/settings/members`);
  const nav = page.getByRole("navigation", { name: "Settings" });
  await expect(nav.getByRole("link")).toHaveText(["Members"]);
  await expect(nav).toContainText("General (for owners and admins)");
  expect((await page.goto(`/${IT}/settings/general`))?.status()).toBe(403);
  await expect(page.getByTestId("why-not")).toContainText("Only owners and admins can change these settings");
  const ada = await as(ADA);
  await open(ada, `/${IT}/settings/general`);
  await expect(ada.getByRole("navigation", { name: "Settings" }).getByRole("link"), "control: an owner gets all links").toHaveCount(9);
});

test("a switch to a page that the role there does not allow is explained", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/overview`);
  // Simulates a history entry from before a role was lowered.
  await page.evaluate((path) => {
    history.pushState(null, "", path);
    dispatchEvent(new PopStateEvent("popstate"));
  }, `/${FINANCE}/customers/new`);
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expect(page.getByTestId("toast")).toContainText("You don’t have access to New customer. Your role in Finance is Billing admin");
});
