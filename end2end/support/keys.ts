// Sends key events as input methods, other layouts and held keys do. Playwright's keyboard can't send these.
import type { Page } from "@playwright/test";

/** Properties of a keydown event. */
export interface Press {
  key: string;
  code?: string;
  keyCode?: number;
  ctrlKey?: boolean;
  metaKey?: boolean;
  altKey?: boolean;
  shiftKey?: boolean;
  isComposing?: boolean;
  repeat?: boolean;
}

/** Sends a keydown event to the focused element. Returns whether the page prevented its default action. */
export function press(page: Page, press: Press): Promise<boolean> {
  return page.evaluate((press) => {
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...press });
    (document.activeElement ?? document.body).dispatchEvent(event);
    return event.defaultPrevented;
  }, press);
}

/** Returns the key press as part of a composition, as most browsers report it and as Safari reports the final Enter. */
export function composed(key: string): { what: string; press: Press }[] {
  return [
    { what: "isComposing", press: { key, isComposing: true } },
    { what: "key code 229", press: { key, keyCode: 229 } },
  ];
}

/** Makes the page detect a Mac. Must be called before the page is opened. */
export async function onMac(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "userAgentData", { get: () => ({ platform: "macOS" }) });
    Object.defineProperty(Navigator.prototype, "platform", { get: () => "MacIntel" });
  });
}
