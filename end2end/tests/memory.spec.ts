// Leaving a workspace frees its memory, and undo (Ctrl+Z) does not restore its input.
import { expect, type Page } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT } from "../support/facts";
import { open } from "../support/people";
import { byPalette, bySwitcher, expectFinance, rowsAreThere, workspaceName } from "../support/switching";

type Counting = Window & { closures: WeakRef<object>[] };

/** Makes the tab's documents record each closure that the program registers with a FinalizationRegistry. */
const counting = (page: Page) =>
  page.addInitScript(() => {
    const noted = ((window as unknown as Counting).closures = []) as WeakRef<object>[];
    const own = FinalizationRegistry.prototype.register;
    FinalizationRegistry.prototype.register = function (closure: object, ...rest: [unknown, object?]) {
      noted.push(new WeakRef(closure));
      own.call(this, closure, ...rest);
    };
  });

/** Counts the nodes and the program's closures that remain after a garbage collection. */
async function held(page: Page): Promise<{ nodes: number; closures: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.enable");
  await session.send("HeapProfiler.collectGarbage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  await session.detach();
  const closures = await page.evaluate(() => (window as unknown as Counting).closures.filter((closure) => closure.deref()).length);
  return { nodes, closures };
}

test("switching and typing leave nothing in memory", async ({ as }) => {
  const page = await as(ADA);
  await counting(page);
  await open(page, `/${IT}/customers`);
  await rowsAreThere(page);
  const there = async () => {
    for (const [slug, name] of [[FINANCE, "Finance"], [IT, "IT"]]) {
      await byPalette(page, slug);
      await expect(workspaceName(page)).toHaveText(name);
      await rowsAreThere(page);
    }
  };
  for (let i = 0; i < 3; i++) await there();
  const before = await held(page);
  expect(before.closures, "control: the program's closures are counted").toBeGreaterThan(5);
  for (let i = 0; i < 10; i++) await there();
  await expect(async () => {
    const after = await held(page);
    // Twenty switches and about 250 letters would exceed the limit if each kept one.
    expect(after.nodes - before.nodes, "nodes remain in memory").toBeLessThan(15);
    expect(after.closures - before.closures, "closures remain in memory").toBeLessThan(15);
  }).toPass();
});

test("undo does not restore a search text of the former workspace", async ({ as }) => {
  const page = await as(ADA);
  await open(page, `/${IT}/customers`);
  const search = page.locator("input[name=q]");
  await search.focus();
  await page.keyboard.type("kestrel");
  await page.keyboard.press("Control+z");
  await expect(search, "control: undo works").not.toHaveValue("kestrel");
  await page.keyboard.press("Control+Shift+z");
  await expect(search).toHaveValue("kestrel");
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await rowsAreThere(page);
  await search.focus();
  for (const keys of ["Control+z", "Control+Shift+z"]) {
    await page.keyboard.press(keys);
    await expect(search, `${keys} restores the text from IT`).toHaveValue("");
  }
});
