// Keys as input methods, other layouts and held keys send them, which no keyboard of Playwright's does.
import type { Page } from "@playwright/test";

/** A key press as a browser tells it. */
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

/** Tells what has the focus of a press. Whether the page kept it from the browser. */
export function press(page: Page, press: Press): Promise<boolean> {
  return page.evaluate((press) => {
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...press });
    (document.activeElement ?? document.body).dispatchEvent(event);
    return event.defaultPrevented;
  }, press);
}

/** The same press as part of a composition: as browsers tell it, and as Safari tells the Enter that ends one. */
export function composed(key: string): { what: string; press: Press }[] {
  return [
    { what: "isComposing", press: { key, isComposing: true } },
    { what: "key code 229", press: { key, keyCode: 229 } },
  ];
}

/** Has the page believe that it is on a Mac. To be called before it is opened. */
export async function onMac(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "userAgentData", { get: () => ({ platform: "macOS" }) });
    Object.defineProperty(Navigator.prototype, "platform", { get: () => "MacIntel" });
  });
}
