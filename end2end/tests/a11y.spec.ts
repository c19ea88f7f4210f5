// Every page, in every state that a person meets, light and dark, wide and narrow: axe finds nothing, nothing is wider
// than the screen, and the browser has nothing to complain about (violations of the content security policy included).
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { contextOf, open } from "../support/people";
import { butForStatus, complaints } from "../support/watch";
import { BASE } from "../support/server";

const ADA = "ada@smartai.example";

interface Scene {
  name: string;
  path: string;
  signedOut?: boolean;
  /** The status of its document, if not 200. */
  status?: number;
  /** Brings it into its state. */
  act?: (page: Page) => Promise<unknown>;
  /** What is to be on screen before anything is looked at. */
  shows: (page: Page) => ReturnType<Page["locator"]>;
}
const heading = (name: string) => (page: Page) => page.getByRole("heading", { level: 1, name });
const firstRow = (page: Page) => page.getByTestId("row").first();
const openFirst = async (page: Page) => {
  await firstRow(page).locator(".row-link").click();
  await page.getByRole("heading", { name: "Facts" }).waitFor();
};
const list = (noun: string): Scene => ({ name: `list of ${noun}`, path: `/smartai-it/${noun}`, shows: firstRow });
const detail = (noun: string): Scene => ({ name: `one of ${noun}`, path: `/smartai-it/${noun}`, act: openFirst, shows: (page) => page.getByRole("heading", { name: "Facts" }) });

const SCENES: Scene[] = [
  { name: "sign-in", path: "/sign-in", signedOut: true, shows: heading("Sign in to Stile") },
  {
    name: "sign-in with errors", path: "/sign-in?notice=ended", signedOut: true,
    act: (page) => page.click("button[type=submit]"),
    shows: (page) => page.locator("[name=password][aria-invalid=true]"),
  },
  { name: "picker", path: "/home?refused=expired", shows: (page) => page.getByTestId("picker-row").first() },
  { name: "picker, nothing found", path: "/home", act: (page) => page.fill("#picker-search", "zzzz"), shows: (page) => page.getByText("No workspace matches") },
  { name: "overview", path: "/smartai-it/overview", shows: heading("Overview") },
  ...["products", "rate-plans", "customers", "usage", "invoices"].map(list),
  ...["products", "customers", "invoices"].map(detail),
  { name: "list, nothing found", path: "/smartai-it/customers?q=zzzz", shows: (page) => page.getByRole("heading", { name: "No customers match" }) },
  { name: "no such row", path: "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000", status: 404, shows: (page) => page.getByTestId("row-not-found") },
  {
    name: "a form with errors", path: "/smartai-it/customers/new",
    act: (page) => page.getByRole("button", { name: "Create customer" }).click(),
    shows: (page) => page.locator("[name=country][aria-invalid=true]"),
  },
  { name: "tokens", path: "/account/tokens", shows: heading("Tokens") },
  { name: "404", path: "/no-such-workspace", status: 404, shows: (page) => page.getByTestId("not-found") },
  {
    name: "palette", path: "/smartai-it/customers",
    act: (page) => page.keyboard.press("Control+k"),
    shows: (page) => page.getByTestId("palette-item").first(),
  },
  {
    name: "switcher", path: "/globalai-finance/overview",
    act: (page) => page.getByTestId("switcher").click(),
    shows: (page) => page.getByTestId("switcher-item").first(),
  },
  {
    name: "profile menu", path: "/smartai-it/overview",
    act: (page) => page.getByTestId("profile-menu").click(),
    shows: (page) => page.getByTestId("sign-out"),
  },
];

async function stage(browser: Browser, theme: string, width: number): Promise<(scene: Scene) => Promise<{ page: Page; noise: string[]; done: () => Promise<void> }>> {
  const options = { viewport: { width, height: 844 }, colorScheme: theme as "light" | "dark" };
  const contexts: Record<string, BrowserContext> = {
    signedOut: await browser.newContext({ baseURL: BASE, ...options }),
    signedIn: await contextOf(browser, ADA, options),
  };
  for (const context of Object.values(contexts)) await context.addCookies([{ name: "theme", value: theme, url: BASE }]);
  return async (scene) => {
    const page = await contexts[scene.signedOut ? "signedOut" : "signedIn"].newPage();
    const noise = complaints(page);
    await open(page, scene.path);
    await scene.act?.(page);
    await expect(scene.shows(page), `${scene.name} does not come up`).toBeVisible();
    return { page, noise, done: () => page.close() };
  };
}

for (const theme of ["light", "dark"]) {
  for (const width of [1280, 390]) {
    test(`${theme}, ${width} px: axe finds nothing, nothing sticks out, nothing complains`, async ({ browser }) => {
      test.setTimeout(240_000);
      const enter = await stage(browser, theme, width);
      for (const scene of SCENES) {
        await test.step(scene.name, async () => {
          const { page, noise, done } = await enter(scene);
          await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
          // Colours on their way to others have no contrast of their own.
          await page.evaluate(() => Promise.allSettled(document.getAnimations().map((a) => a.finished)));
          const { violations, passes } = await new AxeBuilder({ page }).analyze();
          const found = violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} | ${n.failureSummary?.replace(/\s+/g, " ").slice(0, 200)}`).join("\n  ")}`);
          expect.soft(found, `${scene.name}: axe`).toEqual([]);
          expect(passes.length, `${scene.name}: axe looked at nothing`).toBeGreaterThan(10);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect.soft(over, `${scene.name} scrolls sideways`).toBe(0);
          const left = scene.status ? butForStatus(noise, scene.status, `${BASE}${scene.path}`) : noise;
          expect.soft(left, `${scene.name}: the browser complains`).toEqual([]);
          await done();
        });
      }
    });
  }
}

test("at 360 px nothing is wider than the screen", async ({ browser }) => {
  test.setTimeout(120_000);
  const enter = await stage(browser, "light", 360);
  for (const scene of SCENES) {
    const { page, done } = await enter(scene);
    const wide = await page.evaluate(() => {
      const root = document.documentElement;
      if (root.scrollWidth <= root.clientWidth) return [];
      const all = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5);
      return [`${root.scrollWidth} px`, ...all.slice(0, 5).map((e) => `${e.tagName}.${e.className}`)];
    });
    expect.soft(wide, scene.name).toEqual([]);
    await done();
  }
});

test("the controls: axe sees a fault, the watch sees a violation, the ruler sees what sticks out", async ({ browser }) => {
  const enter = await stage(browser, "light", 390);
  const { page, noise } = await enter(SCENES[0]);
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.setAttribute("width", "2000");
    document.body.append(image);
    const script = document.createElement("style");
    script.textContent = "body { color: red }";
    document.head.append(script);
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((v) => v.id)).toContain("image-alt");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeGreaterThan(390);
  await expect.poll(() => noise.join()).toContain("Content Security Policy");
});
