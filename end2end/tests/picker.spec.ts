// The picker and its JSON version: they show every workspace that the person can reach, under its organization and with
// the person's role, and nothing else.
import { type Page } from "@playwright/test";
import { ADA, MIA, VIK, test } from "../support/as";
import { expect } from "../support/at-once";
import { FINANCE, IT, PRODUCT_ENG, personOf, sql, workspaceOf } from "../support/facts";
import { Watch } from "../support/network";
import { PASSWORD, open } from "../support/people";
import { workspaceName } from "../support/switching";

/** Reads the visible content of the picker. */
function read(page: Page) {
  return page.getByTestId("picker-org").evaluateAll((sections) =>
    sections.map((section) => ({
      organization: section.querySelector("h2")?.textContent,
      chips: [...section.querySelectorAll("header .chip")].map((chip) => chip.textContent),
      rows: [...section.querySelectorAll<HTMLElement>("[data-testid=picker-row]")].map((row) =>
        [".name", ".slug", ".role", "[data-testid=picker-open]"].map((part) => row.querySelector(part)?.textContent),
      ),
    })),
  );
}

const ADAS = [
  { organization: "GlobalAI", chips: [], rows: [["Finance", FINANCE, "Billing admin", "Open"]] },
  {
    organization: "SmartAI",
    chips: ["Org admin"],
    rows: [["IT", IT, "Owner", "Open"], ["Product Eng", PRODUCT_ENG, "Admin", "Open"]],
  },
];

test("Ada's picker shows three workspaces under two organizations, and a chip only where she has an organization role", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  expect(await read(page)).toEqual(ADAS);
  await expect(page.getByTestId("picker-row"), "a row is outside of the organizations").toHaveCount(3);
  await page.getByTestId("refresh").click();
  await expect(page.getByTestId("refresh")).not.toHaveAttribute("aria-busy", "true");
  expect(await read(page), "Refresh changed the content").toEqual(ADAS);
});

test("the JSON version returns the same to Ada's token, and nothing without a token", async ({ as, playwright, baseURL }) => {
  const page = await as(ADA);
  await open(page, "/account/tokens");
  await page.fill("[name=name]", "Twin");
  await page.fill("[name=password]", PASSWORD);
  await page.getByRole("button", { name: "Create token" }).click();
  const token = (await page.getByTestId("token").textContent()) ?? "";
  expect(token).toMatch(/^stile_.{40,}$/);

  // A separate client, so that no cookie is sent.
  const api = await playwright.request.newContext({ baseURL });
  const get = (bearer?: string) =>
    api.get("/api/v1/me/workspaces", { headers: bearer === undefined ? {} : { authorization: `Bearer ${bearer}` } });
  const answer = await get(token);
  expect(answer.status()).toBe(200);
  const [it, eng, finance] = [await workspaceOf(IT), await workspaceOf(PRODUCT_ENG), await workspaceOf(FINANCE)];
  const organization = async (name: string) => (await sql("select id from account.organizations where name = $1", [name]))[0].id;
  expect(await answer.json()).toEqual({
    organizations: [
      {
        id: await organization("GlobalAI"), name: "GlobalAI", role: null,
        workspaces: [{ id: finance.id, name: "Finance", slug: FINANCE, role: "billing_admin", via: ["direct"] }],
      },
      {
        id: await organization("SmartAI"), name: "SmartAI", role: "admin",
        workspaces: [
          { id: it.id, name: "IT", slug: IT, role: "owner", via: ["direct", "organization"] },
          { id: eng.id, name: "Product Eng", slug: PRODUCT_ENG, role: "admin", via: ["organization"] },
        ],
      },
    ],
  });
  for (const bearer of [undefined, "stile_0123456789012345678901234567890123456789", `${token.slice(0, -1)}~`]) {
    expect((await get(bearer)).status(), `the list is returned to ${bearer ?? "nobody"}`).toBe(401);
  }
  expect((await page.request.get("/api/v1/me/workspaces")).status(), "a cookie opens the JSON API").toBe(401);

  await page.getByRole("button", { name: "Revoke Twin" }).click();
  await expect(page.getByRole("button", { name: "Revoke Twin" })).toHaveCount(0);
  expect((await get(token)).status(), "a revoked token still opens the list").toBe(401);
  await api.dispose();
});

test("a digit opens its row without loading a document", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const watch = await Watch.begin(page);
  await page.keyboard.press("3");
  await expect(page).toHaveURL(`/${PRODUCT_ENG}/overview`);
  await expect(workspaceName(page)).toHaveText("Product Eng");
  await page.goBack();
  await expect(page.getByTestId("picker-row")).toHaveCount(3);
  await page.keyboard.press("9");
  await page.keyboard.press("1");
  await expect(page, "expected 9 to do nothing and 1 to open the first row").toHaveURL(`/${FINANCE}/overview`);
  await watch.expectNoDocument();
});

test("arrows move between rows, and Enter opens the focused one", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const row = (slug: string) => page.locator(`[data-testid=picker-row][data-slug=${slug}]`);
  await page.keyboard.press("ArrowDown");
  await expect(row(FINANCE)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(row(IT)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(row(PRODUCT_ENG), "ArrowDown leaves the last row").toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(row(IT)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/${IT}/overview`);
});

test("typing filters by name, address and organization; Escape shows all rows; Enter opens the first", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  await page.keyboard.press("/");
  const search = page.locator("#picker-search");
  await expect(search).toBeFocused();
  const shown = () => page.getByTestId("picker-row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset.slug));
  for (const [typed, slugs] of [["prod", [PRODUCT_ENG]], ["globalai", [FINANCE]], ["smartai", [IT, PRODUCT_ENG]], ["xyzzy", []]] as const) {
    await search.fill(typed);
    await expect.poll(shown, `rows for "${typed}"`).toEqual(slugs);
  }
  await expect(page.getByText("No results for “xyzzy”")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect.poll(shown, "Escape does not show all rows").toEqual([FINANCE, IT, PRODUCT_ENG]);
  await expect(search).toHaveValue("");
  await search.fill("1");
  await expect.poll(shown, "a digit in the search is not treated as text").toEqual([]);
  await expect(page).toHaveURL("/home");
  await search.fill("finan");
  await expect.poll(shown).toEqual([FINANCE]);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/${FINANCE}/overview`);
});

test("a ctrl- or cmd-click opens a second tab and keeps the first", async ({ as }) => {
  const page = await as(ADA);
  await open(page, "/home");
  const watch = await Watch.begin(page);
  const [second] = await Promise.all([
    page.context().waitForEvent("page"),
    page.locator(`[data-testid=picker-row][data-slug=${FINANCE}]`).click({ modifiers: ["ControlOrMeta"] }),
  ]);
  await second.waitForURL(`**/${FINANCE}/overview`);
  await expect(workspaceName(second)).toHaveText("Finance");
  await expect(page, "the first tab switched too").toHaveURL("/home");
  await expect(page.getByTestId("picker-row")).toHaveCount(3);
  await watch.expectNoDocument();
});

test("a person with one seat is told that it is their only workspace", async ({ as }) => {
  const page = await as(VIK);
  await open(page, "/home");
  expect(await read(page)).toEqual([{ organization: "SmartAI", chips: [], rows: [["IT", IT, "Viewer", "Open"]] }]);
  await expect(page.getByText("This is your only workspace")).toBeVisible();
  await expect(page.locator("#picker-search"), "a search is shown for one row").toHaveCount(0);
  const ada = await as(ADA);
  await open(ada, "/home");
  await expect(ada.getByText("This is your only workspace"), "the note is shown to a person with several seats").toHaveCount(0);
});

test("a person without a seat sees what to do, and Refresh shows a new seat at once", async ({ as }) => {
  const [mia, eng] = [await personOf(MIA), (await workspaceOf(PRODUCT_ENG)).id];
  const page = await as(MIA);
  const taken = await sql("delete from account.workspace_members where user_id = $1 and workspace_id = $2 returning role", [mia, eng]);
  try {
    await open(page, "/");
    await expect(page, "a person without a seat does not land on the picker").toHaveURL("/home");
    await expect(page.getByRole("heading", { name: "No workspaces yet" })).toBeVisible();
    await expect(page.locator("main")).toContainText(MIA);
    await expect(page.getByTestId("picker-row")).toHaveCount(0);
    await expect(page.locator("main"), "an organization is shown without a seat").not.toContainText("SmartAI");
  } finally {
    await sql("insert into account.workspace_members (workspace_id, user_id, role) values ($1, $2, $3)", [eng, mia, taken[0].role]);
  }
  await page.getByTestId("refresh").click();
  await expect.poll(() => read(page)).toEqual([{ organization: "SmartAI", chips: [], rows: [["Product Eng", PRODUCT_ENG, "Member", "Open"]] }]);
});
