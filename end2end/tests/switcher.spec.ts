// The switcher: pins that apply on every device, recent workspaces, number keys, letters, new tabs and former
// addresses, and how the palette lists them.
import { type Page, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { FINANCE, IT, PRODUCT_ENG, personOf, sql } from "../support/facts";
import { contextOf, open } from "../support/people";
import { workspaceName } from "../support/switching";

const items = (page: Page) => page.getByTestId("switcher-item");
const slugs = (page: Page) => items(page).evaluateAll((rows) => rows.map((row) => row.getAttribute("data-slug")));

test.afterEach(async () => {
  await sql("update account.visits set pinned_at = null where user_id = $1", [await personOf(ADA)]);
});

test("a pin is kept over a reload and on another device, in menu, palette and picker", async ({ as, browser }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  const kept = page.waitForResponse((r) => r.url().endsWith("/api/fn/pin_workspace"));
  await page.getByRole("button", { name: "Pin Product Eng" }).click();
  expect((await kept).status()).toBe(200);
  await expect(page.locator("#switcher-menu").getByRole("group", { name: "Pinned" }).getByTestId("switcher-item")).toHaveAttribute("data-slug", PRODUCT_ENG);
  await expect(page.getByRole("button", { name: "Unpin Product Eng" }), "the focus does not stay on the pinned workspace").toBeFocused();
  expect(await slugs(page), "a workspace is listed twice").toHaveLength(3);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
  await page.keyboard.press("Control+k");
  await expect(page.locator("#palette").getByRole("group", { name: "Pinned" }).getByTestId("palette-item")).toHaveAttribute("data-slug", PRODUCT_ENG);

  const elsewhere = await contextOf(browser, ADA);
  const tab = await elsewhere.newPage();
  await open(tab, "/home");
  await expect(tab.getByTestId("picker-pinned").getByTestId("picker-row")).toHaveAttribute("data-slug", PRODUCT_ENG);
  await expect(tab.getByTestId("picker-row")).toHaveCount(3);
  await tab.getByRole("button", { name: "Unpin Product Eng" }).click();
  await expect(tab.getByTestId("picker-pinned")).toHaveCount(0);
  await elsewhere.close();
});

test("a workspace without a seat can't be pinned, and the answer is that of a missing one", async ({ as }) => {
  const { request } = (await as(VIK)).context();
  const pin = (slug: string) => request.post("/api/fn/pin_workspace", { data: { slug, pinned: "yes" }, headers: { "content-type": "application/json", origin: new URL(test.info().project.use.baseURL ?? "").origin } });
  const [foreign, absent, own] = [await pin(FINANCE), await pin("no-such-workspace"), await pin(IT)];
  expect([foreign.status(), absent.status(), own.status()]).toEqual([404, 404, 200]);
  expect(await foreign.body()).toEqual(await absent.body());
  await sql("update account.visits set pinned_at = null where user_id = $1", [await personOf(VIK)]);
});

test("digits open rows, letters find rows, Home and End go to the ends, and Escape returns the focus", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  await expect(items(page).first(), "the current workspace is not the first row").toHaveAttribute("data-slug", IT);
  await expect(items(page).first()).toBeFocused();
  await page.keyboard.press("End");
  await expect(items(page).last()).toBeFocused();
  await page.keyboard.press("Home");
  await page.keyboard.press("f");
  await expect(page.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByTestId("switcher")).toBeFocused();
  await page.keyboard.press("Enter");
  const order = await slugs(page);
  await page.keyboard.press("2");
  await expect(page).toHaveURL(`/${order[1]}/customers`);
});

test("recent workspaces come first, also after a reload and on another device", async ({ as, browser }) => {
  const page = await as(ADA);
  await open(page, `/${FINANCE}/customers`);
  await open(page, `/${IT}/customers`);
  await page.reload();
  await page.getByTestId("switcher").click();
  await expect(page.locator("#switcher-menu").getByRole("group", { name: "Recent" }).getByTestId("switcher-item").first()).toHaveAttribute("data-slug", FINANCE);
  const elsewhere = await contextOf(browser, ADA);
  const tab = await elsewhere.newPage();
  await open(tab, `/${IT}/customers`);
  await tab.getByTestId("switcher").click();
  await expect(tab.locator("#switcher-menu").getByRole("group", { name: "Recent" }).getByTestId("switcher-item").first()).toHaveAttribute("data-slug", FINANCE);
  await elsewhere.close();
});

test("a pin that could not be saved is removed again with a message", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.route("**/api/fn/pin_workspace", (route) => route.abort());
  await page.getByTestId("switcher").click();
  await page.getByRole("button", { name: "Pin Product Eng" }).click();
  await expect(page.getByTestId("toast")).toBeVisible();
  await expect(page.getByRole("button", { name: "Pin Product Eng", exact: true, includeHidden: true })).toHaveCount(1);
});

test("ten or more workspaces get a search field that takes letters and digits", async ({ as }) => {
  const names = Array.from({ length: 9 }, (_, i) => `Depot ${i + 1}`);
  await sql(
    `insert into account.workspaces (id, organization_id, name, slug)
     select gen_random_uuid(), w.organization_id, n, lower(replace(n, ' ', '-')) from account.workspaces w, unnest($2::text[]) n where w.slug = $1`,
    [IT, names],
  );
  try {
    const page = await as(ADA);
    await open(page, `/${IT}/customers`);
    await page.getByTestId("switcher").click();
    await expect(items(page)).toHaveCount(12);
    await expect(items(page).first()).toBeFocused();
    await page.keyboard.type("depot 7");
    await expect(page.locator("#switcher-search")).toHaveValue("depot 7");
    await expect(items(page).first()).toHaveAttribute("data-slug", "depot-7");
    await page.locator("#switcher-search").fill("");
    await page.keyboard.type("3");
    await expect(page.locator("#switcher-search"), "a digit in the search opened a row").toHaveValue("3");
    await expect(page).toHaveURL(`/${IT}/customers`);
    await expect(items(page).first()).toHaveAttribute("data-slug", "depot-3");
  } finally {
    await sql(`do $do$ begin set local session_replication_role = replica;
      delete from account.slugs where slug like 'depot-_'; delete from account.workspaces where slug like 'depot-_';
      update account.users set seat_epoch = seat_epoch + 1; end $do$`);
  }
});

test("ctrl-click and ctrl-Enter open another tab and keep this one", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  const [tab] = await Promise.all([page.context().waitForEvent("page"), page.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`).click({ modifiers: ["Control"] })]);
  await expect(workspaceName(tab)).toHaveText("Finance");
  await tab.close();
  await expect(workspaceName(page)).toHaveText("IT");
  await page.keyboard.press("Escape");
  await page.getByTestId("switcher").click();
  await expect(items(page).first()).toBeFocused();
  await page.keyboard.press("ArrowDown");
  const there = await page.evaluate(() => document.activeElement?.getAttribute("data-slug"));
  const [second] = await Promise.all([page.context().waitForEvent("page"), page.keyboard.press("Control+Enter")]);
  await expect(second).toHaveURL(`/${there}/customers`);
  await expect(workspaceName(page)).toHaveText("IT");
});

test("a search for a former address finds its workspace", async ({ as }) => {
  const page = await as(ADA);
  await sql("insert into account.slugs (slug, workspace_id, retired_at) select 'paper-mill', id, now() from account.workspaces where slug = $1", [FINANCE]);
  try {
    await open(page, `/${IT}/customers`);
    await page.request.post("/api/fn/load_picker", { data: { past_cache: true }, headers: { "content-type": "application/json", origin: new URL(page.url()).origin } });
    await page.reload();
    await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
    await page.keyboard.press("Control+k");
    await page.keyboard.type("paper-mill");
    await expect(page.getByTestId("palette-item").first()).toHaveAttribute("data-slug", FINANCE);
    await page.goto("/home");
    await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
    await page.fill("#picker-search", "paper-mill");
    await expect(page.getByTestId("picker-row")).toHaveCount(1);
    await expect(page.getByTestId("picker-row")).toHaveAttribute("data-slug", FINANCE);
  } finally {
    await sql("delete from account.slugs where slug = 'paper-mill'");
  }
});

test("@ lists workspaces, > lists the actions of the role, and ? lists the keys", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await page.keyboard.press("Control+k");
  const sections = () => page.locator("#palette [role=group]").evaluateAll((groups) => groups.map((group) => group.firstElementChild?.textContent));
  await page.keyboard.type("@");
  await expect.poll(async () => (await sections()).filter((name) => !["Pinned", "Recent", "Workspaces"].includes(name ?? ""))).toEqual([]);
  await expect(page.getByTestId("palette-item"), "expected both other workspaces and nothing else").toHaveCount(2);
  await page.getByTestId("palette-input").fill(">");
  await expect.poll(sections).toEqual(["Actions"]);
  await expect(page.getByTestId("palette-item").filter({ hasText: "New product" })).toHaveCount(1);
  await expect(page.getByTestId("palette-item").filter({ hasText: "New rate plan" })).toHaveCount(1);
  await expect(page.getByTestId("palette-item").filter({ hasText: "New meter" })).toHaveCount(1);
  await expect(page.getByTestId("palette-item").filter({ hasText: "Invite people" })).toHaveCount(1);
  await page.getByTestId("palette-input").fill("?");
  await expect(page.getByTestId("palette-keys")).toContainText("Open or close search");

  const viewer = await as(VIK);
  await open(viewer, `/${IT}/customers`);
  await viewer.keyboard.press("Control+k");
  await viewer.keyboard.type(">");
  await expect(viewer.getByTestId("palette-item").filter({ hasText: "Sign out" })).toHaveCount(1);
  await expect(viewer.getByTestId("palette-item").filter({ hasText: /New product|New rate plan|New meter|Invite people/ })).toHaveCount(0);
});

test("cleared recent workspaces stay cleared on every device until a workspace is entered again", async ({ as, browser }) => {
  const page = await as(ADA);
  const recent = (at: Page) => at.locator("#switcher-menu").getByRole("group", { name: "Recent" });
  await open(page, `/${FINANCE}/customers`);
  await open(page, `/${IT}/customers`);
  await page.getByTestId("switcher").click();
  await expect(recent(page).locator(`[data-slug=${FINANCE}]`), "control: the workspace was entered a moment ago").toBeVisible();
  const cleared = page.waitForResponse((r) => r.url().endsWith("/api/fn/clear_recents"));
  await page.getByTestId("clear-recents").click();
  expect((await cleared).status()).toBe(200);
  await expect(recent(page)).toHaveCount(0);
  expect(await slugs(page), "clearing removed a workspace from the list").toContain(FINANCE);

  const elsewhere = await contextOf(browser, ADA);
  const tab = await elsewhere.newPage();
  await open(tab, `/${IT}/customers`);
  await tab.getByTestId("switcher").click();
  await expect(tab.getByTestId("switcher-item").first()).toBeVisible();
  await expect(recent(tab), "another device still lists them").toHaveCount(0);
  await open(tab, `/${FINANCE}/customers`);
  await open(tab, `/${IT}/customers`);
  await tab.getByTestId("switcher").click();
  await expect(recent(tab).locator(`[data-slug=${FINANCE}]`)).toBeVisible();
  await elsewhere.close();
  await sql("update account.preferences set recents_since = null where user_id = $1", [await personOf(ADA)]);
});

test("frequently chosen items come first on this device, until sign-out", async ({ as }) => {
  const page = await as(ADA);
  const first = page.locator("[data-testid=palette-item] .name").first();
  const look = async () => {
    await page.keyboard.press("Control+k");
    await page.getByTestId("palette-input").fill(">theme");
    await expect(first).toBeVisible();
  };
  await open(page, `/${IT}/customers`);
  await look();
  const before = await first.innerText();
  const other = before.includes("Dark") ? "Light" : "Dark";
  await page.keyboard.press("Escape");
  for (let i = 0; i < 3; i++) {
    await look();
    await page.getByTestId("palette-item").filter({ hasText: `${other} theme` }).click();
    await expect(page.getByTestId("palette")).toBeHidden();
  }
  await page.reload();
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
  await look();
  await expect(first).toContainText(`${other} theme`);
  const kept = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("stile.uses.")));
  expect(await kept()).toHaveLength(1);
  await page.getByTestId("palette-input").fill("sign out");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in/);
  expect(await kept(), "the choices of one person are kept after sign-out").toEqual([]);
});
