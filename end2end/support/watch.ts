// What a page complains about: console errors (violations of the content security policy among them) and exceptions.
import type { Page } from "@playwright/test";

/** Collects complaints from now on. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") found.push(`console: ${message.text()} (${message.location().url})`);
  });
  return found;
}

/** The complaints but for the one about a document that was meant to be answered with `status`. */
export function butForStatus(found: string[], status: number, url: string): string[] {
  return found.filter((line) => !(line.includes(`the server responded with a status of ${status}`) && line.endsWith(`(${url})`)));
}
