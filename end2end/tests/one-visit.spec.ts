// Entering a workspace: every way makes one request to enter it and one to confirm it. A view of a workspace that was
// left does not enter the next one again.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { open } from "../support/people";
import { byPalette, byPicker, bySwitcher, rowsAreThere, workspaceName } from "../support/switching";

/** Counts the calls that enter or confirm a workspace until the network is idle. */
async function calls(page: Page, go: () => Promise<void>, name: string): Promise<Record<string, number>> {
  const made: Record<string, number> = {};
  const count = (request: { url(): string }) => {
    const called = /\/api\/fn\/(open_workspace|stage_workspace|arrive_in_workspace|load_page)$/.exec(request.url())?.[1];
    if (called) made[called] = (made[called] ?? 0) + 1;
  };
  page.on("request", count);
  await go();
  await expect(workspaceName(page)).toHaveText(name);
  await rowsAreThere(page);
  await page.waitForLoadState("networkidle");
  page.off("request", count);
  return made;
}

const STAGED = { stage_workspace: 1, arrive_in_workspace: 1 };

const ways: [string, (page: Page) => Promise<void>][] = [
  ["the switcher", (page) => bySwitcher(page, FINANCE)],
  ["the palette", (page) => byPalette(page, FINANCE)],
  ["a link in the page", (page) =>
    page.evaluate((href) => {
      const link = Object.assign(document.createElement("a"), { href });
      document.querySelector("#main")?.append(link);
      link.click();
      link.remove();
    }, `/${FINANCE}/customers`)],
  ["Back", async (page) => void (await page.goBack())],
];

for (const [way, go] of ways) {
  test(`by ${way} a workspace is entered once and confirmed once`, async ({ as }) => {
    const page = await as(ADA);
    await open(page, `/${way === "Back" ? FINANCE : IT}/customers`);
    if (way === "Back") await bySwitcher(page, IT);
    await expect(workspaceName(page)).toHaveText("IT");
    await rowsAreThere(page);
    await page.waitForLoadState("networkidle");
    expect(await calls(page, () => go(page), "Finance")).toEqual(STAGED);
  });
}

test("a workspace that was left through the picker makes no further calls", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  for (const [slug, name] of [[FINANCE, "Finance"], [IT, "IT"], [FINANCE, "Finance"], [IT, "IT"]]) {
    const made = await calls(page, () => byPicker(page, slug), name);
    const entered = (made.open_workspace ?? 0) + (made.stage_workspace ?? 0);
    expect(entered, `a former view entered ${name}: ${JSON.stringify(made)}`).toBe(1);
    expect(made.arrive_in_workspace ?? 0, `a former view confirmed ${name}`).toBeLessThanOrEqual(1);
  }
});

test("after Back and Forward, a link to the previous page still adds a history entry", async ({ as }) => {
  const page = await as(ADA);
  const rail = page.getByRole("navigation", { name: "Main" });
  await open(page, `/${IT}/overview`);
  for (const section of ["Customers", "Products", "Invoices"]) {
    await rail.getByRole("link", { name: section }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(section);
  }
  await page.goBack();
  await expect(page).toHaveURL(`/${IT}/products`);
  await page.goForward();
  await expect(page).toHaveURL(`/${IT}/invoices`);
  await rail.getByRole("link", { name: "Products" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Products");
  await expect(page, "the address belongs to another page").toHaveURL(`/${IT}/products`);
  await page.goBack();
  await expect(page, "the history entry was replaced").toHaveURL(`/${IT}/invoices`);
});

test("a document is complete and has the correct length, compressed and uncompressed", async ({ as }) => {
  const page = await as(ADA);
  const request = page.context().request;
  const plain = await request.get(`/${IT}/customers`, { headers: { "accept-encoding": "identity" } });
  expect(Number(plain.headers()["content-length"])).toBe((await plain.body()).length);
  const text = await plain.text();
  expect(text.startsWith("<!DOCTYPE html>")).toBe(true);
  expect(text.endsWith("</html>"), "the document continues after its end").toBe(true);
  const site = { "accept-encoding": "br", "sec-fetch-site": "same-origin" };
  const packed = await request.get(`/${IT}/customers`, { headers: site });
  expect(packed.headers()["content-encoding"]).toBe("br");
  expect((await packed.text()).endsWith("</html>"), "the compressed document is incomplete").toBe(true);
});
