// The reference of the API at /api: every operation has its entry, without JavaScript, at any width.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { get } from "../support/raw";

interface Operation {
  operationId: string;
  summary: string;
}

test("every operation has its entry and is in the contents, without JavaScript", async ({ browser }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  const answer = await page.goto("/api");
  expect(answer?.status()).toBe(200);
  const document = (await (await page.request.get("/api/v1/openapi.json")).json()) as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, one]) => ({ path, method, ...one })));
  expect(operations.length, "control: there are operations").toBeGreaterThan(60);
  const text = new Map(await page.locator("[data-operation]").evaluateAll((all) => all.map((one) => [one.id, one.textContent ?? ""] as const)));
  expect([...text.keys()].sort()).toEqual(operations.map(({ operationId }) => operationId).sort());
  const links = await page.locator("nav a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  for (const { operationId, path, method, summary } of operations) {
    const entry = text.get(operationId);
    for (const part of [summary.replace(/\.$/, ""), `${method.toUpperCase()} ${path}`, "curl ", "unauthenticated"]) expect(entry, operationId).toContain(part);
    expect(links).toContain(`#${operationId}`);
  }
  const anchors = await page.evaluate(() => [...document.querySelectorAll("nav a")].filter((link) => !document.querySelector(link.getAttribute("href") ?? "")).length);
  expect(anchors, "links of the contents that lead nowhere").toBe(0);
  await context.close();
});

for (const width of [320, 390, 1280]) {
  test(`nothing is wider than a screen of ${width} px`, async ({ page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto("/api");
    await page.getByRole("heading", { level: 1, name: "API" }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds no violation in the ${colorScheme} theme`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto("/api");
    // Axe takes minutes for the whole page. The entries of all nouns have the same parts.
    const left = await page.evaluate(() => {
      const nouns = [...document.querySelectorAll("section[id^=noun-]")];
      nouns.slice(2).forEach((noun) => noun.remove());
      return document.querySelectorAll("[data-operation]").length;
    });
    expect(left, "control: entries are left").toBeGreaterThan(5);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.flatMap((one) => one.nodes.slice(0, 2).map((node) => `${one.id}: ${node.html.slice(0, 120)}`))).toEqual([]);
    await context.close();
  });
}

test("the page has no script and its style sheet is served as one", async () => {
  const page = await get("/api");
  expect(page.body).not.toContain("<script");
  const style = await get("/api/reference.css");
  expect([style.status, style.headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"]);
});
