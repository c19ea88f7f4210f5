// Switching workspaces: a switch loads no document. Afterwards the tab contains only the new workspace: no row, text or
// request of the former one (docs/SECURITY.md, I-10).
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
  test(`a switch by ${way.name} shows the new workspace and nothing of the former one`, async () => {
    const ofIt = await stringsOf(IT);
    const ofFinance = await stringsOf(FINANCE);
    await open(page, `/${IT}/customers`);
    await rowsAreThere(page);
    expect(await found(page, ofIt), "control: data of IT is found before the switch").not.toEqual([]);
    expect(await found(page, ofFinance), "IT contains data of Finance before the switch").toEqual([]);
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
    await expect.poll(() => found(page, ofFinance), "the data of Finance is not shown").not.toEqual([]);
    if (way.lands === "customers") {
      await rowsAreThere(page);
      const names = (await customersOf(FINANCE)).map((c) => c.name);
      expect(await rowNames(page), "the rows are not the first ones of Finance").toEqual(names.slice(0, (await rowNames(page)).length));
      await expect(page.getByTestId("count"), "the count is not that of Finance").toHaveText(String(names.length));
    }

    await watch.expectNoDocument();
    expect(await found(page, ofIt), "the tab still contains data of IT").toEqual([]);
    expect(await page.locator(".strip").getAttribute("data-hue"), "the accent did not change").not.toBe(accent);
    expect(await mainColor(), "the colour of the accent did not change").not.toBe(color);
    expect(watch.naming(IT), "a request names IT after the switch").toEqual([]);
    expect(watch.naming(FINANCE), "control: the requests that name Finance are recorded").not.toEqual([]);
    for (const [response, text] of await Promise.all(answers)) {
      expect(ofIt.filter((s) => text.includes(s)), `the answer of ${response.url()} contains data of IT`).toEqual([]);
    }
    const entering = (await Promise.all(answers)).map(([r]) => r).filter((r) => /(open|enter|stage)_workspace$/.test(r.url()));
    expect(entering, "expected one request to enter Finance").toHaveLength(1);
    expect(entering[0].headers()["stile-workspace"], "the answer does not name Finance").toBe((await workspaceOf(FINANCE)).id);
  });
}

test("after a switch, every page shows the new workspace's data only", async () => {
  const ofIt = await stringsOf(IT);
  const id = (await workspaceOf(FINANCE)).id;
  await open(page, `/${IT}/overview`);
  expect(await found(page, ofIt), "control: data of IT is found before the switch").not.toEqual([]);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  for (const section of ["Products", "Rate plans", "Customers", "Usage", "Invoices"]) {
    const answer = page.waitForResponse((r) => r.url().endsWith("/api/fn/load_page"));
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: section }).click();
    expect((await answer).headers()["stile-workspace"], `the answer for ${section} names another workspace`).toBe(id);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(section);
    await rowsAreThere(page);
    expect(await found(page, ofIt), `${section} of Finance contains data of IT`).toEqual([]);
  }
});

test("Back and Forward across a switch restore the right workspace", async () => {
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
  expect(await found(page, ofFinance), "IT contains data of Finance after Back").toEqual([]);

  await page.goForward();
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await expectFinance(page);
  await rowsAreThere(page);
  expect(await rowNames(page)).toContain((await customersOf(FINANCE))[0].name);
  expect(await found(page, ofIt), "Finance contains data of IT after Forward").toEqual([]);
  await watch.expectNoDocument();
});

test("a search is not carried into another workspace", async () => {
  await open(page, `/${IT}/customers?sort=created&dir=desc`);
  const search = page.locator("input[name=q]");
  await search.fill("kestrel");
  await expect(page).toHaveURL(/\?q=kestrel/);
  await expect(page.getByTestId("row")).toHaveCount(1);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await expect(page, "the address of Finance contains the search or order").toHaveURL(`/${FINANCE}/customers`);
  await expect(search, "the search field of Finance contains the search").toHaveValue("");
  await expect(page.getByTestId("count")).toHaveText(String((await customersOf(FINANCE)).length));
  await page.getByTestId("switcher").click();
  await expect(page.getByLabel("Find a workspace")).toHaveValue("");
});

test("text in a search that was not sent is dropped with a switch, even while the field has the focus", async () => {
  await open(page, `/${IT}/customers`);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  const search = page.locator("input[name=q]");
  const watch = await Watch.begin(page);
  await search.focus();
  await page.keyboard.type("kestrel");
  // Go back in the history, which keeps the focus, before the search's delay is over.
  await page.evaluate(() => history.back());
  await expect(workspaceName(page)).toHaveText("IT");
  await expect(search, "the search field of IT contains the text from Finance").toHaveValue("");
  await search.fill("harbour");
  await expect(page).toHaveURL(/\?q=harbour/);
  await expect.poll(() => watch.naming("harbour"), "control: a search is recorded").not.toEqual([]);
  expect(watch.naming("kestrel"), "IT was searched for the text from Finance").toEqual([]);
});

test("text in a list's search is neither in the next list's search nor in a control that replaces it", async () => {
  await open(page, `/${IT}/customers`);
  const search = page.locator("input[name=q]");
  await search.fill("kestrel");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Invoices" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Invoices");
  await expect(search, "the search of the invoices contains the text for customers").toHaveValue("");
  await expect(page).toHaveURL(`/${IT}/invoices`);
  // Simulate an element that is rendered again: its name is removed and set, while the browser keeps the value.
  const redrawn = (name: string) => search.evaluate(async (input: HTMLInputElement, name) => {
    input.value = "a secret";
    input.removeAttribute("name");
    input.setAttribute("name", name);
    await Promise.resolve();
    return input.value;
  }, name);
  expect(await redrawn("q"), "the same control lost its value").toBe("a secret");
  expect(await redrawn("code"), "another control has the value of the former one").toBe("");
});

test("a switch on a detail page opens the list of the same section, without the former record's id", async () => {
  const customer = (await customersOf(IT))[0];
  await open(page, `/${IT}/customers/${customer.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(customer.name);
  const watch = await Watch.begin(page);
  await bySwitcher(page, FINANCE);
  await expect(page).toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(page);
  expect(watch.naming(customer.id), "Finance was asked for the customer of IT").toEqual([]);
  expect(await found(page, [customer.id, customer.name]), "the tab still contains the customer of IT").toEqual([]);
});

test("a switch on a form opens an empty form if the role allows it, and the list otherwise", async () => {
  await open(page, `/${IT}/customers/new`);
  await page.fill("[name=name]", "Typed in IT");
  expect(await found(page, ["Typed in IT"]), "control: the typed text is found").toHaveLength(1);
  await byPalette(page, PRODUCT_ENG, "product eng");
  await page.getByTestId("unsaved-dialog").getByRole("button", { name: "Discard" }).click();
  await expect(page, "an Admin does not get the form").toHaveURL(`/${PRODUCT_ENG}/customers/new`);
  await expect(workspaceName(page)).toHaveText("Product Eng");
  await expect(page.locator("[name=name]")).toHaveValue("");
  expect(await found(page, ["Typed in IT"]), "Product Eng contains the text from IT").toEqual([]);
  await byPalette(page, FINANCE, "finance");
  await expect(page, "a Billing admin does not get the list").toHaveURL(`/${FINANCE}/customers`);
  await rowsAreThere(page);
});
