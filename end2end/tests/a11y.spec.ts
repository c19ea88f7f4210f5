// Accessibility: every page and state, in the light and dark theme and at two widths. axe finds no violation, nothing
// is wider than the screen, and the browser reports no error (violations of the Content-Security-Policy included).
import AxeBuilder from "@axe-core/playwright";
import { expect, test, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { contextOf, live, open } from "../support/people";
import { type Priced, openPriced, pagesOf } from "../support/priced";
import { butForStatus, complaints } from "../support/watch";
import { BASE } from "../support/server";
import { type Shop, openShop } from "../support/shop";

const ADA = "ada@smartai.example";
// Each theme loads the page at the first width and checks it at both widths.
const WIDTHS: Record<string, number[]> = { light: [1280, 390], dark: [390, 1280] };
const DEAD = `/reset/${"a".repeat(43)}`;
const ABSENT = "/smartai-it/customers/018f4d9e-0000-7000-8000-000000000000";

interface Scene {
  name: string;
  path: string;
  signedOut?: boolean;
  /** The person who looks at it: Ada, unless it is a page of a shop. */
  who?: string;
  /** The page loads no program. */
  still?: boolean;
  /** The response that is meant to be an error. The browser reports each error response. */
  refused?: [status: number, path: string];
  /** Brings the page into the state to check. */
  act?: (page: Page) => Promise<unknown>;
  /** The element that must be visible before the check starts. */
  shows: (page: Page) => ReturnType<Page["locator"]>;
}
const heading = (name: string) => (page: Page) => page.getByRole("heading", { level: 1, name });
const firstRow = (page: Page) => page.getByTestId("row").first();
const openFirst = async (page: Page) => {
  await firstRow(page).locator(".row-link").click();
  await page.getByRole("heading", { name: "Details" }).waitFor();
};
const list = (noun: string): Scene => ({ name: `list of ${noun}`, path: `/smartai-it/${noun}`, shows: firstRow });
const detail = (noun: string): Scene => ({ name: `one of ${noun}`, path: `/smartai-it/${noun}`, act: openFirst, shows: (page) => page.getByRole("heading", { name: "Details" }) });

const settings = (title: string): Scene => ({ name: `settings, ${title}`, path: `/smartai-it/settings/${title.split(" ")[0].toLowerCase()}`, shows: (page) => page.getByRole("heading", { name: title }).first() });
const organization = (title: string): Scene => ({
  name: `organization, ${title}`, path: "/home",
  act: async (page) => {
    await page.getByRole("link", { name: "Organization" }).first().click();
    await live(page);
    await page.locator("main, nav, aside").getByRole("link", { name: title, exact: true }).first().click();
  },
  shows: (page) => page.getByRole("heading", { name: title }).first(),
});

const SCENES: Scene[] = [
  { name: "sign-in", path: "/sign-in", signedOut: true, shows: heading("Sign in to Stile") },
  {
    name: "sign-in with errors", path: "/sign-in?notice=ended", signedOut: true,
    act: (page) => page.click("button[type=submit]"),
    refused: [422, "/api/fn/sign_in"],
    shows: (page) => page.locator("[name=password][aria-invalid=true]"),
  },
  { name: "picker", path: "/home?refused=expired", shows: (page) => page.getByTestId("picker-row").first() },
  { name: "picker, nothing found", path: "/home", act: (page) => page.fill("#picker-search", "zzzz"), shows: (page) => page.getByText("No results for") },
  { name: "overview", path: "/smartai-it/overview", shows: heading("Overview") },
  ...["products", "rate-plans", "customers", "usage", "usage/events", "invoices"].map(list),
  ...["products", "rate-plans", "customers", "usage/events", "invoices"].map(detail),
  {
    name: "a new subscription", path: "/smartai-it/customers?status=active",
    act: async (page) => {
      await openFirst(page);
      await page.getByRole("link", { name: "New subscription" }).click();
    },
    shows: (page) => page.getByTestId("preview").getByTestId("bill").first(),
  },
  { name: "list, nothing found", path: "/smartai-it/customers?q=zzzz", shows: (page) => page.getByRole("heading", { name: "No customers match" }) },
  { name: "no such row", path: ABSENT, refused: [404, ABSENT], shows: (page) => page.getByTestId("row-not-found") },
  {
    name: "a form with errors", path: "/smartai-it/customers/new",
    act: (page) => page.getByRole("button", { name: "Create customer" }).click(),
    refused: [422, "/api/fn/act_on_customer"],
    shows: (page) => page.locator("[name=country][aria-invalid=true]"),
  },
  { name: "tokens", path: "/account/tokens", shows: heading("Tokens") },
  { name: "sign-up", path: "/sign-up", signedOut: true, shows: heading("Create an account") },
  {
    name: "sign-up with an error", path: "/sign-up", signedOut: true,
    act: (page) => page.click("button[type=submit]"),
    refused: [422, "/api/fn/ask_sign_up"],
    shows: (page) => page.locator("[name=email][aria-invalid=true]"),
  },
  { name: "reset", path: "/reset", signedOut: true, shows: heading("Reset your password") },
  { name: "a dead link", path: DEAD, signedOut: true, refused: [410, DEAD], shows: (page) => page.getByTestId("dead-link") },
  { name: "welcome", path: "/welcome", act: (page) => page.fill("[name=slug]", "smartai-it"), shows: (page) => page.getByRole("button", { name: "Use smartai-it-2" }) },
  { name: "profile", path: "/account/profile", shows: heading("Profile") },
  { name: "preferences", path: "/account/preferences", shows: heading("Preferences") },
  ...["Sessions", "Security"].map((title) => ({ name: title, path: `/account/${title.toLowerCase()}`, shows: heading(title) })),
  { name: "new workspace", path: "/new", shows: heading("New workspace") },
  ...["Members", "Invites", "Workspaces", "Domains", "Audit log"].map(organization),
  ...["General", "Members", "Security", "Audit log", "Danger zone"].map(settings),
  { name: "settings, API keys", path: "/smartai-it/settings/keys", shows: (page) => page.getByRole("heading", { name: "API keys" }).first() },
  { name: "settings, Webhooks", path: "/smartai-it/settings/webhooks", shows: (page) => page.getByRole("button", { name: "Create webhook" }) },
  ...["products", "customers"].map((noun): Scene => ({
    name: `editing one of ${noun}`, path: `/smartai-it/${noun}`,
    act: async (page) => { await openFirst(page); await page.getByRole("link", { name: "Edit", exact: true }).click(); },
    shows: (page) => page.getByRole("button", { name: "Save" }),
  })),
  { name: "a form of rate plans", path: "/smartai-it/rate-plans/new", shows: (page) => page.getByRole("button", { name: "Create rate plan" }) },
  { name: "a form of products", path: "/smartai-it/products/new", shows: (page) => page.getByRole("button", { name: "Create product" }) },
  { name: "imports", path: "/smartai-it/usage/import", shows: heading("Import usage") },
  { name: "a dead invite", path: `/invite/${"a".repeat(43)}`, refused: [404, `/invite/${"a".repeat(43)}`], shows: (page) => page.getByRole("heading", { level: 1 }) },
  { name: "gallery", path: "/dev/gallery", still: true, shows: (page) => page.getByRole("heading", { name: "Gallery" }) },
  { name: "404", path: "/no-such-workspace", refused: [404, "/no-such-workspace"], shows: (page) => page.getByTestId("not-found") },
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

let priced: Priced;
/** A shop without events. */
let bare: Shop;

test.beforeAll(async ({ browser }) => {
  priced = await openPriced(browser, "a11y-priced");
  bare = await openShop("a11y-bare");
});

/** Lists the scenes of the shops. */
function ofShops(): Scene[] {
  const scenes = pagesOf(priced).map(({ name, path, shows }): Scene => ({ name, path, who: priced.owner, shows: (page) => page.locator(shows).first() }));
  const { slug, owner, customer } = priced;
  return [
    ...scenes,
    {
      name: "an adjustment with errors", path: `/${slug}/customers/${customer}/usage/adjust`, who: owner,
      act: (page) => page.locator(".save-bar [type=submit]").click(),
      refused: [422, "/api/fn/adjust_usage"],
      shows: (page) => page.locator("[name=quantity][aria-invalid=true]"),
    },
    {
      name: "a step of an import with errors", path: `/${slug}/usage/import/${priced.imports.uploaded}/mapping`, who: owner,
      act: async (page) => {
        await page.locator("[name=role_1]").selectOption("");
        await page.getByRole("button", { name: "Check the file" }).click();
      },
      refused: [422, "/api/fn/act_on_import"],
      shows: (page) => page.locator("[name=customer][aria-invalid=true]"),
    },
    { name: "usage without events", path: `/${bare.slug}/usage`, who: bare.owner, shows: (page) => page.getByTestId("no-events") },
    { name: "no events", path: `/${bare.slug}/usage/events`, who: bare.owner, shows: (page) => page.getByRole("heading", { name: "No events yet" }) },
    { name: "no imports", path: `/${bare.slug}/usage/import`, who: bare.owner, shows: (page) => page.getByRole("heading", { name: "No imports yet" }) },
  ];
}

async function stage(browser: Browser, theme: string): Promise<(scene: Scene) => Promise<{ page: Page; noise: string[]; done: () => Promise<void> }>> {
  const options = { viewport: { width: WIDTHS[theme][0], height: 844 }, colorScheme: theme as "light" | "dark" };
  const contexts: Record<string, BrowserContext> = {
    signedOut: await browser.newContext({ baseURL: BASE, ...options }),
  };
  for (const who of [ADA, priced.owner, bare.owner]) contexts[who] = await contextOf(browser, who, options);
  for (const context of Object.values(contexts)) await context.addCookies([{ name: "theme", value: theme, url: BASE }]);
  return async (scene) => {
    const page = await contexts[scene.signedOut ? "signedOut" : (scene.who ?? ADA)].newPage();
    const noise = complaints(page);
    await (scene.still ? page.goto(scene.path) : open(page, scene.path));
    await scene.act?.(page);
    await expect(scene.shows(page), `${scene.name} does not appear`).toBeVisible();
    return { page, noise, done: () => page.close() };
  };
}

/** Lists what is wider than the screen: nothing, or the page's width and the first elements that overflow. */
const sticksOut = (page: Page) =>
  page.evaluate(() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5);
    return [`${root.scrollWidth} px`, ...out.slice(0, 5).map((e) => `${e.tagName}.${e.className} ${e.textContent?.slice(0, 30)}`)];
  });

async function axe(page: Page, rules?: string[]): Promise<{ found: string[]; looked: number }> {
  // Wait for transitions, because colours in transition have no reliable contrast. Do not wait for endless animations.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    return Promise.allSettled(ending.map((a) => a.finished));
  });
  const builder = new AxeBuilder({ page });
  const { violations, passes } = await (rules ? builder.withRules(rules) : builder).analyze();
  const found = violations.flatMap((v) => v.nodes.slice(0, 3).map((n) => `${v.id}: ${n.html.slice(0, 160)} | ${n.failureSummary?.replace(/\s+/g, " ").slice(0, 200)}`));
  return { found, looked: passes.reduce((sum, rule) => sum + rule.nodes.length, 0) };
}

for (const theme of ["light", "dark"]) {
  test(`${theme} theme, wide and narrow: axe finds no violation, nothing overflows, the browser reports no error`, async ({ browser }) => {
    test.setTimeout(700_000);
    const enter = await stage(browser, theme);
    for (const scene of [...SCENES, ...ofShops()]) {
      await test.step(scene.name, async () => {
        const { page, noise, done } = await enter(scene);
        await expect(page.locator("html")).toHaveAttribute("data-theme", theme);
        for (const width of WIDTHS[theme]) {
          const here = `${scene.name} at ${width} px`;
          await page.setViewportSize({ width, height: 844 });
          await expect(scene.shows(page), `${here} is not visible`).toBeVisible();
          // The dark theme differs from the light one only in colours.
          const { found, looked } = await axe(page, theme === "dark" ? ["color-contrast"] : undefined);
          expect.soft(found, `${here}: axe finds violations`).toEqual([]);
          expect(looked, `${here}: axe checks no element`).toBeGreaterThan(3);
          expect.soft(await sticksOut(page), `${here} scrolls horizontally`).toEqual([]);
        }
        const left = scene.refused ? butForStatus(noise, scene.refused[0], `${BASE}${scene.refused[1]}`) : noise;
        expect.soft(left, `${scene.name}: the browser reports errors`).toEqual([]);
        await done();
      });
    }
  });
}
