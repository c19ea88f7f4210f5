// Fixture `as`: `as(ADA)` opens a tab in a new browser context where that person is signed in. All contexts are closed
// after the test.
import { type BrowserContext, type Page, test as base } from "@playwright/test";
import { contextOf } from "./people";

export const ADA = "ada@smartai.example";
export const VIK = "vik@smartai.example";
export const MIA = "mia@smartai.example";

export const test = base.extend<{ as: (email: string) => Promise<Page> }>({
  as: async ({ browser }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (email) => {
      const context = await contextOf(browser, email);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
});
