// Signs people in and opens pages.
import { type Browser, type BrowserContext, type Page, expect } from "@playwright/test";
import { BASE } from "./server";

export const PASSWORD = "stile-demo-2026";

/** Signs in through the form and waits for the page at `path`. */
export async function signIn(page: Page, who: string, path = "/home"): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(path)}`);
  await page.fill("[name=email]", who);
  await page.fill("[name=password]", PASSWORD);
  await page.click("button[type=submit]");
  await page.waitForURL((url) => url.pathname + url.search === path);
  await live(page);
}

/** Waits until the program has started. Before that, links load documents and keyboard shortcuts do nothing. */
export async function live(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.hasAttribute("data-live"));
}

/** Returns a new context with that person signed in by HTTP, which is faster than the form. */
export async function contextOf(browser: Browser, who: string, options = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: BASE, viewport: { width: 1280, height: 900 }, ...options });
  const answer = await context.request.post(`${BASE}/api/fn/sign_in`, {
    headers: { "content-type": "application/json", origin: BASE },
    data: { email: who, password: PASSWORD, next: "" },
  });
  expect(answer.status()).toBe(200);
  return context;
}

/** Opens a path and waits until the program has started. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await live(page);
}
