// Events: the list in the order of receipt, its filters, and the page of an event, with and without JavaScript.
import { type Page, expect } from "@playwright/test";
import { ADA, test } from "../support/as";
import { FINANCE, IT, found, sql, stringsOf } from "../support/facts";
import { contextOf, live, open } from "../support/people";
import { bySwitcher, expectFinance, rowsAreThere } from "../support/switching";

interface Event {
  key: string;
  event_id: string;
  source: string;
  type: string;
  customer_id: string;
  customer: string;
}
const eventsOf = (slug: string, condition = "true") =>
  sql<Event>(
    `select e.key, e.event_id, e.source, e.type, e.customer_id, c.name as customer from workspace.events e
     join account.workspaces w on w.id = e.workspace_id
     join workspace.customers c on c.workspace_id = e.workspace_id and c.id = e.customer_id
     where w.slug = $1 and ${condition} order by e.received_at desc, e.key desc limit 120`,
    [slug],
  );
const ids = (page: Page) => page.getByTestId("row").locator(".row-link").allTextContents();

for (const javaScriptEnabled of [true, false]) {
  test(`pages go through the events in the order of receipt and back, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const all = (await eventsOf(IT)).map((event) => event.event_id);
    expect(all.length, "control: there are several pages").toBeGreaterThan(100);
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`/${IT}/usage/events`);
    if (javaScriptEnabled) await live(page);
    expect(await ids(page)).toEqual(all.slice(0, 50));
    await expect(page.getByRole("link", { name: "Newer" })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("link", { name: "Older" }).click();
    await expect.poll(() => ids(page)).toEqual(all.slice(50, 100));
    await page.getByRole("link", { name: "Newer" }).click();
    await expect.poll(() => ids(page)).toEqual(all.slice(0, 50));
    await context.close();
  });

  test(`filters find events by id, type, source and customer, JavaScript ${javaScriptEnabled}`, async ({ browser }) => {
    const [event] = await eventsOf(IT);
    const context = await contextOf(browser, ADA, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(`/${IT}/usage/events`);
    if (javaScriptEnabled) await live(page);
    await page.fill("#list-search", event.event_id);
    await page.fill("[name=type]", event.type);
    await page.getByRole("button", { name: "Apply" }).click();
    await expect.poll(async () => (await ids(page)).every((id) => id.startsWith(event.event_id))).toBe(true);
    expect(await ids(page)).toContain(event.event_id);
    expect(new URL(page.url()).searchParams.get("type")).toBe(event.type);
    await page.goto(`/${IT}/usage/events?customer=${event.customer_id}`);
    const own = (await eventsOf(IT, `e.customer_id = '${event.customer_id}'`)).map((e) => e.event_id);
    expect(await ids(page)).toEqual(own.slice(0, 50));
    await expect(page.getByTestId("customer-filter")).toHaveText(event.customer);
    await page.goto(`/${IT}/usage/events?source=nobody`);
    await expect(page.getByRole("heading", { name: "No events match" })).toBeVisible();
    await page.getByRole("link", { name: "Clear filters" }).click();
    await expect(page).toHaveURL(`/${IT}/usage/events`);
    await context.close();
  });
}

test("the page of an event has its data, its customer and the meters that count it", async ({ as }) => {
  const [event] = await eventsOf(IT);
  const page = await as(ADA);
  await open(page, `/${IT}/usage/events`);
  await page.getByTestId("row").first().locator(".row-link").click();
  await expect(page).toHaveURL(`/${IT}/usage/events/${event.key}`);
  await expect(page.locator("#main h1")).toHaveText(event.event_id);
  await expect(page.locator("#main h1")).toBeFocused();
  await expect(page).toHaveTitle(`${event.event_id} · Usage · IT · Stile`);
  const [{ data }] = await sql<{ data: string }>("select jsonb_pretty(data) as data from workspace.events where key = $1", [event.key]);
  await expect(page.getByTestId("data")).toHaveText(data);
  await expect(page.getByTestId("counted").first()).toBeVisible();
  await page.getByRole("link", { name: event.customer, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(event.customer);
  await page.getByRole("link", { name: "All events" }).click();
  await expect(page).toHaveURL(`/${IT}/usage/events?customer=${event.customer_id}`);
});

test("an event of another workspace and an absent one look alike", async ({ as }) => {
  const [foreign] = await eventsOf(FINANCE);
  const [own] = await eventsOf(IT);
  const page = await as(ADA);
  const texts: string[] = [];
  for (const key of [foreign.key, "018f4d9e-0000-7000-8000-000000000000"]) {
    expect((await page.goto(`/${IT}/usage/events/${key}`))?.status()).toBe(404);
    texts.push(await page.locator("#main").innerText());
  }
  expect(texts[0]).toBe(texts[1]);
  expect((await page.goto(`/${IT}/usage/events/${own.key}`))?.status(), "control").toBe(200);
});

test("a switch from the events shows the events of the new workspace, without the filter", async ({ as }) => {
  const [event] = await eventsOf(IT);
  const ofIt = await stringsOf(IT);
  const page = await as(ADA);
  await open(page, `/${IT}/usage/events?customer=${event.customer_id}`);
  expect(await found(page, ofIt), "control").not.toEqual([]);
  await bySwitcher(page, FINANCE);
  await expectFinance(page);
  await expect(page).toHaveURL(`/${FINANCE}/usage/events`);
  await rowsAreThere(page);
  expect(await found(page, ofIt), "events of IT stay after the switch").toEqual([]);
});

test("an id in the palette leads to its event, and only in a workspace where events may be read", async ({ as }) => {
  const [event] = await eventsOf(IT);
  const page = await as(ADA);
  await open(page, `/${IT}/overview`);
  const offered = page.getByTestId("palette-item").filter({ hasText: `Event ${event.event_id}` });
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-input").fill("usage");
  await expect(page.getByTestId("palette-item").first(), "control: other queries find something").toBeVisible();
  await expect(page.getByTestId("palette-item").filter({ hasText: /^Event / })).toHaveCount(0);
  await page.getByTestId("palette-input").fill(` ${event.event_id}`);
  await expect(offered).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`/${IT}/usage/events?id=${encodeURIComponent(event.event_id)}`);
  await expect.poll(() => ids(page)).toContain(event.event_id);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  expect(kept, "the id of an event is kept on the device").not.toContain(event.event_id);
  await open(page, "/home");
  await page.keyboard.press("Control+k");
  await page.getByTestId("palette-input").fill(event.event_id);
  await expect(page.getByTestId("palette")).toContainText("No results for");
});
