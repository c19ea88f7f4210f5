// Two tabs of one session: they show two workspaces at once and never affect each other, also when they are reloaded
// and used in turn (docs/SECURITY.md, I-10).
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf, found, rowNames, stringsOf, workspaceOf } from "../support/facts";
import { open } from "../support/people";
import { rowsAreThere, workspaceName } from "../support/switching";

interface Tab {
  page: Page;
  slug: string;
  name: string;
  role: string;
  own: string[];
  customers: { id: string; name: string }[];
}

async function tab(page: Page, slug: string, role: string): Promise<Tab> {
  const { id, name } = await workspaceOf(slug);
  page.on("response", (response) => {
    const served = response.headers()["stile-workspace"];
    if (served !== undefined) expect.soft(served, `${response.url()} was answered for another workspace`).toBe(id);
  });
  return { page, slug, name, role, own: await stringsOf(slug), customers: await customersOf(slug) };
}

/** The actions of a person in a tab. Each waits until the tab has finished loading. */
const steps: { what: string; does: (tab: Tab, turn: number) => Promise<void> }[] = [
  {
    what: "opens the list",
    does: async ({ page, slug, customers }) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Customers" }).click();
      await expect(page).toHaveURL(`/${slug}/customers`);
      await rowsAreThere(page);
      expect(await rowNames(page)).toContain(customers[0].name);
    },
  },
  {
    what: "searches",
    does: async ({ page, customers }, turn) => {
      const wanted = customers[10 + turn].name;
      await page.locator("input[name=q]").fill(wanted.slice(0, 12));
      await expect(page.getByTestId("row")).toHaveCount(1);
      expect(await rowNames(page)).toEqual([wanted]);
    },
  },
  {
    what: "opens what was found",
    does: async ({ page, customers }, turn) => {
      await page.getByTestId("row").locator(".row-link").click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(customers[10 + turn].name);
      await expect(page.locator(".skeleton")).toHaveCount(0);
    },
  },
  {
    what: "reloads",
    does: async ({ page, customers }, turn) => {
      const url = page.url();
      await open(page, url);
      await expect(page).toHaveURL(url);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(customers[10 + turn].name);
    },
  },
  {
    what: "goes to another section",
    does: async ({ page, slug }) => {
      await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
      await expect(page).toHaveURL(`/${slug}/invoices`);
      await rowsAreThere(page);
    },
  },
  {
    what: "goes back",
    does: async ({ page, slug, customers }, turn) => {
      await page.goBack();
      await expect(page).toHaveURL(`/${slug}/customers/${customers[10 + turn].id}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(customers[10 + turn].name);
      await expect(page.locator(".skeleton")).toHaveCount(0);
    },
  },
];

test("two tabs in two workspaces that are reloaded and used in turn never show each other's data", async ({ as }) => {
  const first = await as(ADA);
  const tabs = [await tab(first, IT, "Owner"), await tab(await first.context().newPage(), FINANCE, "Billing admin")];
  for (const { page, slug } of tabs) await open(page, `/${slug}/overview`);

  const check = async (what: string) => {
    for (const [mine, other] of [tabs, [...tabs].reverse()]) {
      const where = `after the ${what}, ${mine.name}'s tab`;
      await expect(workspaceName(mine.page), where).toHaveText(mine.name);
      await expect(mine.page.getByTestId("role"), where).toHaveText(mine.role);
      expect(new URL(mine.page.url()).pathname.split("/")[1], where).toBe(mine.slug);
      expect(await found(mine.page, mine.own), `${where} does not show its own data`).not.toEqual([]);
      expect(await found(mine.page, other.own), `${where} shows data of ${other.name}`).toEqual([]);
    }
  };
  await check("first load");
  for (const turn of [0, 1]) {
    for (const { what, does } of steps) {
      // Change the order of the tabs in the second turn.
      for (const tab of turn === 0 ? tabs : [...tabs].reverse()) {
        await tab.page.bringToFront();
        await does(tab, turn);
        await check(`tab of ${tab.name} ${what}`);
      }
    }
  }
});

test("two tabs that load at once get only their own answers", async ({ as }) => {
  const first = await as(ADA);
  const tabs = [await tab(first, IT, "Owner"), await tab(await first.context().newPage(), FINANCE, "Billing admin")];
  await Promise.all(tabs.map(({ page, slug }) => open(page, `/${slug}/customers`)));
  for (const section of ["Products", "Usage", "Customers"]) {
    await Promise.all(
      tabs.map(async ({ page }) => {
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: section }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(section);
        await rowsAreThere(page);
      }),
    );
    for (const [mine, other] of [tabs, [...tabs].reverse()]) {
      expect(await found(mine.page, mine.own), `${mine.name}'s ${section} don't show their own data`).not.toEqual([]);
      expect(await found(mine.page, other.own), `${mine.name}'s ${section} show data of ${other.name}`).toEqual([]);
    }
  }
});

test("a switch in one tab does not change the other, and its grant still works", async ({ as }) => {
  const first = await as(ADA);
  const second = await first.context().newPage();
  await open(first, `/${IT}/customers`);
  await open(second, `/${IT}/customers`);
  await second.getByTestId("switcher").click();
  await second.locator(`[data-testid=switcher-item][data-slug=${FINANCE}]`).click();
  await expect(workspaceName(second)).toHaveText("Finance");
  await rowsAreThere(second);

  await expect(workspaceName(first), "the other tab switched too").toHaveText("IT");
  await expect(first).toHaveURL(`/${IT}/customers`);
  await first.getByRole("link", { name: "Invoices" }).click();
  await rowsAreThere(first);
  expect(await found(first, await stringsOf(FINANCE)), "the tab of IT contains data of Finance").toEqual([]);
  await open(first, first.url());
  await expect(workspaceName(first), "a reload opens the last entered workspace instead of the address").toHaveText("IT");
});
