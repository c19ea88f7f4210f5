// Foreign changes of texts: a translator or an extension may change the texts on screen. After a switch, no text of the
// former workspace is on screen, and every link and form belongs to the current workspace.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, customersOf, found, rowNames, sql, stringsOf } from "../support/facts";
import { TEXT_MEDDLERS, type TextMeddler, meddleWithTexts } from "../support/meddling";
import { contextOf, open } from "../support/people";
import { openPriced, pagesOf } from "../support/priced";
import { byPalette, byPicker, bySwitcher, expectFinance, rowsAreThere, workspaceName } from "../support/switching";

let page: Page;

test.beforeEach(async ({ as }) => {
  page = await as(ADA);
});

/** Asserts that the whole page belongs to the workspace: name, breadcrumb, title, links and forms. */
async function expectAllOf(slug: string, name: string, former: string[]): Promise<void> {
  await expect(workspaceName(page)).toHaveText(name);
  await expect(page.locator(".crumbs li").first(), "the breadcrumb names another workspace").toHaveText(name);
  await expect(page, "the title names another workspace").toHaveTitle(new RegExp(` · ${name} · Stile$`));
  await expect.poll(() => found(page, former), "the page still contains data of the former workspace").toEqual([]);
  const elsewhere = await page.evaluate((slug) => {
    const main = document.querySelector("#main")!;
    const links = [...main.querySelectorAll("a[href^='/']"), ...document.querySelectorAll(".rail > .nav a")].map((a) => a.getAttribute("href")!);
    const forms = [...main.querySelectorAll("form")].map((form) => form.getAttribute("action") ?? "");
    return [...links, ...forms].filter((url) => url.split("/")[1] !== slug);
  }, slug);
  expect(elsewhere, "links or forms lead to another workspace").toEqual([]);
}

const ofIt = () => stringsOf(IT);
const ofFinance = () => stringsOf(FINANCE);

for (const [name, how] of Object.entries(TEXT_MEDDLERS)) {
  test(`customers, ${name}: a switch by the palette and back shows only data of the current workspace`, async () => {
    const [it, finance] = [await ofIt(), await ofFinance()];
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    await meddleWithTexts(page, how);
    await byPalette(page, FINANCE);
    await expectFinance(page);
    await rowsAreThere(page);
    await expectAllOf(FINANCE, "Finance", it);
    const names = (await customersOf(FINANCE)).map((c) => c.name);
    expect(await rowNames(page), "the rows are not those of Finance").toEqual(names.slice(0, (await rowNames(page)).length));
    await expect(page.getByTestId("count")).toHaveText(String(names.length));

    await meddleWithTexts(page, how);
    await page.goBack();
    await expect(page).toHaveURL(`/${IT}/customers`);
    await expect(page.getByTestId("role")).toHaveText("Owner");
    await rowsAreThere(page);
    await expectAllOf(IT, "IT", finance);
    expect(await rowNames(page)).toContain((await customersOf(IT))[0].name);
  });
}

const ways: [string, (page: Page) => Promise<void>][] = [
  ["the switcher", (page) => bySwitcher(page, FINANCE)],
  ["the picker", (page) => byPicker(page, FINANCE)],
  ["a number key", async (page) => {
    await page.getByTestId("switcher").click();
    const items = page.getByTestId("switcher-item");
    await expect(items.first()).toBeVisible();
    const at = (await items.evaluateAll((all) => all.map((item) => item.getAttribute("data-slug")))).indexOf(FINANCE);
    await page.keyboard.press(String(at + 1));
  }],
];
for (const [name, go] of ways) {
  test(`a switch by ${name} on a translated page shows nothing of the former workspace`, async () => {
    const it = await ofIt();
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    await meddleWithTexts(page, "translated");
    await go(page);
    await expectFinance(page);
    await rowsAreThere(page);
    await expectAllOf(FINANCE, "Finance", it);
  });
}

for (const section of ["overview", "products", "rate-plans", "usage", "usage?by=customer&compare=before", "usage/events", "usage/import", "rate-plans/new", "invoices", "settings/general", "customers/new"]) {
  for (const how of ["translated", "half", "annotated"] as TextMeddler[]) {
    test(`${section}, ${how}: a switch shows nothing of the former workspace`, async () => {
      const it = await ofIt();
      await open(page, `/${IT}/${section}`);
      await expect(page.locator("h1")).toBeVisible();
      await meddleWithTexts(page, how);
      await bySwitcher(page, FINANCE);
      await expectFinance(page);
      await expect(page.locator("#main h1")).toBeVisible();
      await expect(page.locator(".skeleton, tbody[aria-hidden=true]")).toHaveCount(0);
      await expectAllOf(FINANCE, "Finance", it);
    });
  }
}

test("a switch on a translated detail page opens the list of the new workspace", async () => {
  const [it, customer] = [await ofIt(), (await customersOf(IT))[0]];
  await open(page, `/${IT}/customers/${customer.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(customer.name);
  await meddleWithTexts(page, "translated");
  await byPalette(page, FINANCE);
  await rowsAreThere(page);
  await expectAllOf(FINANCE, "Finance", it);
});

const RECORDS: Record<string, string> = {
  "a rate plan": "select 'rate-plans/' || r.id as path from workspace.rate_plans r join account.workspaces w on w.id = r.workspace_id where w.slug = $1 order by r.id limit 1",
  "a subscription": "select 'subscriptions/' || s.id as path from workspace.subscriptions s join account.workspaces w on w.id = s.workspace_id where w.slug = $1 order by s.id limit 1",
  "a new subscription": "select 'customers/' || c.id || '/subscriptions/new' as path from workspace.customers c join account.workspaces w on w.id = c.workspace_id where w.slug = $1 and c.status = 'active' order by c.id limit 1",
  "an event": "select 'usage/events/' || e.key as path from workspace.events e join account.workspaces w on w.id = e.workspace_id where w.slug = $1 order by e.received_at desc limit 1",
};
for (const [name, statement] of Object.entries(RECORDS)) {
  test(`a switch on the translated page of ${name} opens the section of the new workspace`, async () => {
    const [it, [{ path }]] = [await ofIt(), await sql(statement, [IT])];
    await open(page, `/${IT}/${path}`);
    await expect(page.locator("#main h1")).toBeVisible();
    expect(await found(page, it), "control: data of IT is on screen").not.toEqual([]);
    await meddleWithTexts(page, "translated");
    await bySwitcher(page, FINANCE);
    await expectFinance(page);
    await expect(page.locator("#main h1")).toBeVisible();
    await expect(page.locator(".skeleton, tbody[aria-hidden=true]")).toHaveCount(0);
    await expectAllOf(FINANCE, "Finance", it);
  });
}

for (const [name, field, sums] of [
  ["a rate plan", "[name=quantity]", "[data-testid=total]"],
  ["the editor of a rate plan", "[name=quantity]", "[data-testid=total]"],
  ["a new subscription", "[name=seats]", "[data-testid=bill-total]"],
]) {
  test(`${name}, translated: a price follows what is typed`, async ({ browser }) => {
    const priced = await openPriced(browser, "translated");
    const context = await contextOf(browser, priced.owner);
    const own = await context.newPage();
    await open(own, pagesOf(priced, [name])[0].path);
    const price = own.locator(sums).first();
    const type = async (text: string) => {
      await own.locator(field).fill(text);
      await own.locator(field).press("Tab");
    };
    await expect(price).toBeVisible();
    const first = await price.innerText();
    await type("2345");
    await expect(price, "control: the price depends on it").not.toHaveText(first);
    const second = await price.innerText();
    await type("1");
    await expect(price).not.toHaveText(second);
    await meddleWithTexts(own, "translated", "#main");
    await type("2345");
    await expect(price, "the translated price stays").toHaveText(second);
    await context.close();
  });
}

test("a switch replaces a translated empty list by the rows of the new workspace", async () => {
  await open(page, `/${IT}/customers?q=nobody-is-called-that`);
  await expect(page.locator("#main .empty h2")).toHaveText("No customers match");
  await meddleWithTexts(page, "translated");
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  await expect(page.locator("#main .empty")).toHaveCount(0);
  await expect(page.locator("#main font")).toHaveCount(0);
});

test("a translated row still opens the record that it names after a search", async () => {
  const customers = await customersOf(IT);
  const wanted = customers[7];
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await meddleWithTexts(page, "translated", "#main");
  await page.fill("#list-search", wanted.name);
  await expect(page.getByTestId("row")).toHaveCount(customers.filter((c) => c.name.includes(wanted.name)).length);
  const link = page.getByTestId("row").first().locator(".row-link");
  await expect(link).toHaveText(wanted.name);
  await expect(link).toHaveAttribute("href", `/${IT}/customers/${wanted.id}`);
});

test("a translated item of the palette names the workspace that it opens", async () => {
  await open(page, `/${IT}/customers`);
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette-item").first()).toBeVisible();
  await meddleWithTexts(page, "translated", "#palette");
  await page.keyboard.type("finance");
  const first = page.getByTestId("palette-item").first();
  await expect(first).toHaveAttribute("data-slug", FINANCE);
  await expect(first.locator(".name"), "the item names another workspace").toHaveText("Finance");
});

test("a translated row of the picker names the workspace that it opens", async () => {
  await open(page, "/home");
  await expect(page.getByTestId("picker-row").first()).toBeVisible();
  await meddleWithTexts(page, "translated", "#main");
  await page.fill("#picker-search", "finance");
  const row = page.getByTestId("picker-row");
  await expect(row).toHaveCount(1);
  await expect(row).toHaveAttribute("data-slug", FINANCE);
  await expect(row.locator(".name"), "the row names another workspace").toHaveText("Finance");
});

test("a live change of a name replaces the translated text", async ({ as }) => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  await meddleWithTexts(page, "translated");
  const other = await as(ADA);
  await open(other, `/${IT}/settings/general`);
  const name = other.getByRole("textbox", { name: "Name" });
  try {
    await name.fill("Renamed");
    await name.press("Enter");
    await expect(workspaceName(page), "the translated name stays").toHaveText("Renamed");
    await expect(page.locator(".crumbs li").first()).toHaveText("Renamed");
  } finally {
    await name.fill("IT");
    await name.press("Enter");
    await expect(workspaceName(page)).toHaveText("IT");
  }
});

test("control: without foreign changes, a switch keeps the elements of shell, list and rows", async () => {
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  // Announcements of a search to screen readers must not cause elements to be replaced.
  await page.fill("#list-search", (await customersOf(IT))[7].name);
  await expect(page.getByTestId("status-message")).toContainText("match");
  await page.fill("#list-search", "");
  await expect(page.getByTestId("row")).not.toHaveCount(1);
  await expect(page.getByTestId("status-message")).not.toContainText("match");
  const kept = [".console", "[data-testid=status-message]", ".rail > .switcher", ".topbar", "#main .page-head", "#main table", "#main tbody", "#main tbody tr:nth-child(2)", "#main tbody .row-link", "#palette", ".nav-item[href$=customers]"];
  await page.evaluate((kept) => kept.forEach((selector) => (document.querySelector<HTMLElement>(selector)!.dataset.mine = "")), kept);
  for (const slug of [FINANCE, IT, FINANCE]) {
    await byPalette(page, slug);
    await expect(page).toHaveURL(`/${slug}/customers`);
    await rowsAreThere(page);
    const gone = await page.evaluate((kept) => kept.filter((selector) => !document.querySelector<HTMLElement>(selector)?.matches("[data-mine]")), kept);
    expect(gone, "elements were replaced").toEqual([]);
  }
});
