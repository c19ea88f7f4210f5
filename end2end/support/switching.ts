// Switches workspaces in the three ways that a person can, and checks the result.
import { type Page, expect } from "@playwright/test";
import { FINANCE } from "./facts";

/** Switches by the menu at the top left. */
export async function bySwitcher(page: Page, slug: string): Promise<void> {
  await page.getByTestId("switcher").click();
  await page.locator(`[data-testid=switcher-item][data-slug=${slug}]`).click();
}

/** Switches by the palette, with the keyboard only. */
export async function byPalette(page: Page, slug: string, typed = slug): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByTestId("palette-input")).toBeFocused();
  await page.keyboard.type(typed);
  const first = page.getByTestId("palette-item").first();
  await expect(first, `the palette finds ${slug} by "${typed}"`).toHaveAttribute("data-slug", slug);
  await page.keyboard.press("Enter");
}

/** Switches by the picker, which it opens from the profile menu. */
export async function byPicker(page: Page, slug: string): Promise<void> {
  await page.getByTestId("profile-menu").click();
  await page.getByTestId("switch-workspace").click();
  await page.locator(`[data-testid=picker-row][data-slug=${slug}]`).getByTestId("picker-open").click();
}

/** Waits until the open list shows its rows. */
export async function rowsAreThere(page: Page): Promise<void> {
  await expect(page.getByTestId("row").first()).toBeVisible();
  await expect(page.locator(".skeleton, tbody[aria-hidden=true]")).toHaveCount(0);
}

/** Returns the locator of the name in the switcher. */
export function workspaceName(page: Page) {
  return page.getByTestId("workspace-name");
}

/** Asserts that name, role, title and address are those of Finance. */
export async function expectFinance(page: Page): Promise<void> {
  await expect(workspaceName(page), "the switcher names the new workspace").toHaveText("Finance");
  await expect(page.getByTestId("role"), "the role is the one of the new workspace").toHaveText("Billing admin");
  await expect(page, "the title names the new workspace").toHaveTitle(/ · Finance · Stile$/);
  expect(new URL(page.url()).pathname.split("/")[1]).toBe(FINANCE);
}
