// Collects the errors of a page: exceptions and console errors, which include violations of the content security
// policy.
import type { Page } from "@playwright/test";

/** Starts to collect errors. Returns the list, which grows. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on("pageerror", (error) => found.push(`exception: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") found.push(`console: ${message.text()} (${message.location().url})`);
  });
  return found;
}

/** Returns the errors without those for an expected `status` of `url`. */
export function butForStatus(found: string[], status: number, url: string): string[] {
  return found.filter((line) => !(line.includes(`the server responded with a status of ${status}`) && line.endsWith(`(${url})`)));
}
