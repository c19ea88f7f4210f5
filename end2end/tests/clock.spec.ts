// Relative times ("2 h ago") use the server's clock, also when the device's clock is wrong.
import { type BrowserContext, type Page, expect, test } from "@playwright/test";
import { ADA } from "../support/as";
import { IT, sql } from "../support/facts";
import { contextOf, live, open } from "../support/people";

const HOUR = 3_600_000;
const opened = (page: Page) => page.locator(`[data-testid=picker-row][data-slug=${IT}] .opened`);

/** Sets the clock of a context's pages wrong by a number of hours. A test can change it while a page is open. */
async function wrongBy(context: BrowserContext, hours: number): Promise<void> {
  await context.addInitScript((off) => {
    const real = Date;
    const clock = { off };
    Object.assign(globalThis, { clock });
    class Wrong extends real {
      constructor(...given: []) {
        if (given.length === 0) super(real.now() + clock.off);
        else super(...given);
      }
      static now(): number {
        return real.now() + clock.off;
      }
    }
    globalThis.Date = Wrong as DateConstructor;
    // The console reads the clock every 30 s. Run that timer 20 times faster.
    const later = globalThis.setTimeout;
    globalThis.setTimeout = ((task: () => void, millis?: number) => later(task, (millis ?? 0) >= 30_000 ? millis! / 20 : millis)) as typeof setTimeout;
  }, hours * HOUR);
}

/** Waits until the console has read the clock again. */
async function ticked(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 35_000)));
}

for (const hours of [3, -3, 24 * 400]) {
  test(`a device clock that is ${hours} h ahead does not change relative times`, async ({ browser }) => {
    const context = await contextOf(browser, ADA);
    await wrongBy(context, hours);
    const page = await context.newPage();
    await open(page, `/${IT}/customers`);
    await open(page, "/home");
    expect(Math.abs((await page.evaluate(() => Date.now())) - Date.now()), "control: the device's clock is wrong").toBeGreaterThan(2 * HOUR);
    await expect(opened(page)).toHaveText("Opened just now");
    await ticked(page);
    await expect(opened(page)).toHaveText("Opened just now");
    // Entering a workspace on this page makes the page record the time.
    const entered = page.waitForResponse((response) => /\/(arrive_in_workspace|open_workspace)$/.test(response.url()));
    await page.keyboard.press("1");
    await page.waitForURL(/overview$/);
    await entered;
    await expect(page.getByRole("heading", { name: "Newest customers" })).toBeVisible();
    await page.goBack();
    await expect(page.getByTestId("picker-row").first().locator(".opened")).toHaveText("Opened just now");
    await expect(page.locator(".age")).toHaveText(/Updated (just now|\d+ s ago)/);
    await context.close();
  });

  test(`moving the clock by ${hours} h while a page is open does not change relative times`, async ({ browser }) => {
    const context = await contextOf(browser, ADA);
    await wrongBy(context, 0);
    const page = await context.newPage();
    await open(page, `/${IT}/customers`);
    await open(page, "/home");
    await ticked(page);
    await page.evaluate((off) => Object.assign((globalThis as unknown as { clock: { off: number } }).clock, { off }), hours * HOUR);
    await ticked(page);
    await expect(opened(page)).toHaveText("Opened just now");
    await context.close();
  });
}

test("control: an old time is shown as old", async ({ browser }) => {
  const context = await contextOf(browser, ADA);
  await wrongBy(context, 3);
  const page = await context.newPage();
  await open(page, `/${IT}/customers`);
  const before = await sql("select v.user_id, v.workspace_id, v.entered_at::text as opened_at from account.visits v join account.workspaces w on w.id = v.workspace_id join account.users u on u.id = v.user_id where w.slug = $1 and u.email = $2", [IT, ADA]);
  expect(before).toHaveLength(1);
  try {
    await sql("update account.visits set entered_at = now() - interval '2 hours' where user_id = $1 and workspace_id = $2", [before[0].user_id, before[0].workspace_id]);
    await sql("update account.users set seat_epoch = seat_epoch + 1 where email = $1", [ADA]);
    await page.goto("/home");
    await live(page);
    await expect(opened(page)).toHaveText("Opened 2 h ago");
    await ticked(page);
    await expect(opened(page)).toHaveText("Opened 2 h ago");
  } finally {
    await sql("update account.visits set entered_at = $3::timestamptz where user_id = $1 and workspace_id = $2", [before[0].user_id, before[0].workspace_id, before[0].opened_at]);
  }
  await context.close();
});
