// Invariant: a switch loads no document, and after it the tab holds the new workspace and nothing of the old one:
// no row, no string, no request (docs/SECURITY.md, I-10).
import { type Page, type Response, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, PRODUCT_ENG, customersOf, found, rowNames, stringsOf, workspaceOf } from "../support/facts";
import { Watch } from "../support/network";
import { open } from "../support/people";
import { byPalette, byPicker, bySwitcher, expectFinance, rowsAreThere, workspaceName } from "../support/switching";

let page: Page;

test.beforeEach(async ({ as }) => {
  page = await as(ADA);
});

const ways = [
  { name: "switcher", go: bySwitcher, lands: "customers" },
  { name: "palette", go: byPalette, lands: "customers" },
  { name: "picker", go: byPicker, lands: "customers" },
];

for (const way of ways) {
  test(`from IT to Finance by ${way.name}: Finance is there, and nothing of IT`, async () => {
    const ofIt = await stringsOf(IT);
    const ofFinance = await stringsOf(FINANCE);
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    expect(await found(page, ofIt), "before: IT's strings can be found").not.toEqual([]);
    expect(await found(page, ofFinance), "before: something of Finance is in IT").toEqual([]);
    await expect(page.getByTestId("role")).toHaveText("Owner");
    const accent = await page.locator(".strip").getAttribute("data-hue");
    const mainColor = () => page.locator(".rail .ws-icon").first().evaluate((icon) => getComputedStyle(icon).backgroundColor);
    const color = await mainColor();

    const watch = await Watch.begin(page);
    const answers: Promise<[Response, string]>[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/api/fn/")) answers.push(response.text().then((text) => [response, text]));
    });
    await way.go(page, FINANCE);
    await page.waitForURL((url) => url.pathname + url.search === `/${FINANCE}/${way.lands}`);
    await expectFinance(page);
    await expect.poll(() => found(page, ofFinance), "Finance's data are there").not.toEqual([]);
    if (way.lands === "customers") {
      await rowsAreThere(page);
      const names = (await customersOf(FINANCE)).map((c) => c.name);
      expect(await rowNames(page), "the rows are Finance's first").toEqual(names.slice(0, (await rowNames(page)).length));
      await expect(page.getByTestId("count"), "the count is Finance's").toHaveText(String(names.length));
    }

    await watch.expectNoDocument();
    expect(await found(page, ofIt), "something of IT is left in the tab").toEqual([]);
    expect(await page.locator(".strip").getAttribute("data-hue"), "the accent is the old one").not.toBe(accent);
    expect(await mainColor(), "the accent's colour is the old one").not.toBe(color);
    expect(watch.naming(IT), "a request names IT after the switch").toEqual([]);
    expect(watch.naming(FINANCE), "the watch sees the requests that name Finance").not.toEqual([]);
    for (const [response, text] of await Promise.all(answers)) {
      expect(ofIt.filter((s) => text.includes(s)), `${response.url()} answered with something of IT`).toEqual([]);
    }
    const entering = (await Promise.all(answers)).map(([r]) => r).filter((r) => /(open|enter|stage)_workspace$/.test(r.url()));
    expect(entering, "Finance was entered once").toHaveLength(1);
    expect(entering[0].headers()["stile-workspace"], "the answer names Finance").toBe((await workspaceOf(FINANCE)).id);
  });
}

test("the next pages of the new workspace are its own, too", async () => {
  const ofIt = await stringsOf(IT);
  const id = (await workspaceOf(FINANCE)).id;
  await open(page, `/${IT}/overview`);
  expect(await found(page, ofIt), "before: IT's strings can be found").not.toEqual([]);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  for (const section of ["Products", "Rate plans", "Customers", "Usage", "Invoices"]) {
    const answer = page.waitForResponse((r) => r.url().endsWith("/api/fn/load_page"));
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: section }).click();
    expect((await answer).headers()["stile-workspace"], `${section} names the workspace that served it`).toBe(id);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(section);
    await rowsAreThere(page);
    expect(await found(page, ofIt), `something of IT is in Finance's ${section}`).toEqual([]);
  }
});

test("back and forward across a switch restore the right workspace", async () => {
  const [ofIt, ofFinance] = [await stringsOf(IT), await stringsOf(FINANCE)];
  await open(page, `/${IT}/customers`);
  const watch = await Watch.begin(page);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);

  await page.goBack();
  await expect(page).toHaveURL(`/${IT}/customers`);
  await expect(workspaceName(page)).toHaveText("IT");
  await expect(page.getByTestId("role")).toHaveText("Owner");
  await rowsAreThere(page);
  expect(await rowNames(page)).toContain((await customersOf(IT))[0].name);
  expect(await found(page, ofFinance), "something of Finance is left after going back to IT").toEqual([]);

  await page.goForward();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expectFinance(page);
  await rowsAreThere(page);
  expect(await rowNames(page)).toContain((await customersOf(FINANCE))[0].name);
  expect(await found(page, ofIt), "something of IT is left after going forward to Finance").toEqual([]);
  await watch.expectNoDocument();
});

test("what was searched for in one workspace is not carried into the other", async () => {
  await open(page, `/${IT}/customers?sort=created&dir=desc`);
  const search = page.locator("input[name=q]");
  await search.fill("kestrel");
  await expect(page).toHaveURL(/\?q=kestrel/);
  await expect(page.getByTestId("row")).toHaveCount(1);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await expect(page, "the search or the order is in Finance's address").toHaveURL(`/${FINANCE}/customers`);
  await expect(search, "the search is in Finance's field").toHaveValue("");
  await expect(page.getByTestId("count")).toHaveText(String((await customersOf(FINANCE)).length));
  await page.getByTestId("switcher").click();
  await expect(page.getByLabel("Find a workspace")).toHaveValue("");
});

test("what is typed and not yet searched for ends with its workspace, even under somebody's fingers", async () => {
  await open(page, `/${IT}/customers`);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  const search = page.locator("input[name=q]");
  const watch = await Watch.begin(page);
  await search.focus();
  await page.keyboard.type("kestrel");
  // By history, as that leaves the focus where it is; sooner than the pause after the last key is over.
  await page.evaluate(() => history.back());
  await expect(workspaceName(page)).toHaveText("IT");
  await expect(search, "Finance's search is in IT's field").toHaveValue("");
  await search.fill("harbour");
  await expect(page).toHaveURL(/\?q=harbour/);
  await expect.poll(() => watch.naming("harbour"), "the watch sees a search").not.toEqual([]);
  expect(watch.naming("kestrel"), "IT was searched for what was typed in Finance").toEqual([]);
});

test("what is typed into one list's search is not in the next list's, nor in a control that takes another's place", async () => {
  await open(page, `/${IT}/customers`);
  const search = page.locator("input[name=q]");
  await search.fill("kestrel");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invoices");
  await expect(search, "what was typed for customers is in the invoices' search").toHaveValue("");
  await expect(page).toHaveURL(`/${IT}/invoices`);
  // An element that is drawn into again: its attributes are taken off and put on, and the browser keeps what was typed.
  const redrawn = (name: string) => search.evaluate(async (input: HTMLInputElement, name) => {
    input.value = "a secret";
    input.removeAttribute("name");
    input.setAttribute("name", name);
    await Promise.resolve();
    return input.value;
  }, name);
  expect(await redrawn("q"), "the same control keeps what is typed").toBe("a secret");
  expect(await redrawn("code"), "another control has what was typed into the former").toBe("");
});

test("a detail page opens the list of the same section, never another workspace's id", async () => {
  const customer = (await customersOf(IT))[0];
  await open(page, `/${IT}/customers/${customer.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(customer.name);
  const watch = await Watch.begin(page);
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(page);
  expect(watch.naming(customer.id), "Finance was asked for IT's customer").toEqual([]);
  expect(await found(page, [customer.id, customer.name]), "IT's customer is left in the tab").toEqual([]);
});

test("a form opens where the seat allows it, empty, and elsewhere the list", async () => {
  await open(page, `/${IT}/customers/new`);
  await page.fill("[name=name]", "Typed in IT");
  expect(await found(page, ["Typed in IT"]), "before: what is typed can be found").toHaveLength(1);
  await byPalette(page, PRODUCT_ENG, "product eng");
  await page.getByTestId("unsaved-dialog").getByRole("button", { name: "Discard" }).click();
  await expect(page, "an Admin may add customers").toHaveURL(`/${PRODUCT_ENG}/customers/new`);
  await expect(workspaceName(page)).toHaveText("Product Eng");
  await expect(page.locator("[name=name]")).toHaveValue("");
  expect(await found(page, ["Typed in IT"]), "what was typed in IT is in Product Eng").toEqual([]);
  await byPalette(page, FINANCE, "finance");
  await expect(page, "a Billing admin may not").toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(page);
});
