// The JSON API of usage and events: the numbers of the database, by the workspace's days, and nothing of another
// workspace.
import { expect, test } from "@playwright/test";
import { FINANCE, IT, sql } from "../support/facts";
import { forgetTokens } from "../support/made";
import { get } from "../support/raw";
import { tokenOf } from "../support/tokens";

const NAME = "Usage api test";
const BASE = `/api/v1/workspaces/${IT}`;

let ada: Record<string, string>;
test.beforeAll(async ({ browser }) => {
  ada = { authorization: `Bearer ${await tokenOf(browser, "ada@smartai.example", NAME)}` };
});
test.afterAll(() => forgetTokens(NAME));

const read = async (path: string) => {
  const answer = await get(path, ada);
  expect(answer.status, `${path}: ${answer.body}`).toBe(200);
  return JSON.parse(answer.body);
};

test("usage has the quantities of the database by day, meter and customer, and names the time zone", async () => {
  const [{ time_zone, until, from }] = await sql<{ time_zone: string; until: string; from: string }>(
    `select time_zone, ((now() at time zone time_zone)::date + 1)::text as until, ((now() at time zone time_zone)::date - 6)::text as from
     from account.workspaces where slug = $1`, [IT]);
  for (const group of ["meter", "day", "day,meter", "customer", "day,customer,meter"]) {
    const usage = await read(`${BASE}/usage?from=${from}&until=${until}&group_by=${group}`);
    expect(usage.workspace).toMatchObject({ slug: IT, time_zone });
    expect([usage.from, usage.until]).toEqual([from, until]);
    const columns = [group.includes("day") ? "d.day::text" : "null", "m.code", group.includes("customer") ? "d.customer_id::text" : "null"];
    const rows = await sql<{ day: string | null; code: string; customer: string | null; quantity: number; events: string }>(
      `select ${columns[0]} as day, ${columns[1]} as code, ${columns[2]} as customer, sum(d.quantity)::float8 as quantity, sum(d.events) as events
       from workspace.usage_days d join account.workspaces w on w.id = d.workspace_id
       join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
       where w.slug = $1 and m.aggregation in ('count', 'sum') and d.day >= $2 and d.day < $3 group by 1, 2, 3`, [IT, from, until]);
    expect(rows.length, "control: there is usage").toBeGreaterThan(0);
    type Item = { day?: string; meter: { code: string; aggregation: string }; customer?: { id: string }; quantity: string; events: number };
    const said = (usage.items as Item[])
      .filter((item) => ["count", "sum"].includes(item.meter.aggregation))
      .map((item) => [item.day ?? null, item.meter.code, item.customer?.id ?? null, Number(item.quantity), item.events].join("|"));
    expect(said.sort(), group).toEqual(rows.map((row) => [row.day, row.code, row.customer, row.quantity, Number(row.events)].join("|")).sort());
  }
});

test("a bad parameter is an error, and not another answer", async () => {
  for (const query of ["from=yesterday", "from=2026-01-01&until=2026-01-01", "from=2020-01-01&until=2026-01-01", "group_by=hour"]) {
    const answer = await get(`${BASE}/usage?${query}`, ada);
    expect(answer.status, query).toBe(400);
    expect(JSON.parse(answer.body).code, query).toBe("invalid_parameter");
  }
  for (const query of ["after=x", "customer=acme", "limit=0", "limit=101", "count=exact"]) expect((await get(`${BASE}/events?${query}`, ada)).status, query).toBe(400);
});

test("events are listed by cursor without gaps, filtered, and read one by one", async () => {
  const all = await sql<{ key: string; event_id: string; type: string }>(
    `select e.key, e.event_id, e.type from workspace.events e join account.workspaces w on w.id = e.workspace_id where w.slug = $1
     order by e.received_at desc, e.key desc limit 120`, [IT]);
  expect((await read(`${BASE}/events`)).items.length, "the default of all lists").toBe(20);
  const keys: string[] = [];
  let path = `${BASE}/events?limit=30`;
  while (keys.length < 100) {
    const page = await read(path);
    expect(page.items).toHaveLength(30);
    keys.push(...page.items.map((item: { key: string }) => item.key));
    path = `${BASE}/events?limit=30&after=${page.next}`;
  }
  expect(keys.slice(0, 100)).toEqual(all.slice(0, 100).map((event) => event.key));
  const filtered = await read(`${BASE}/events?id=${encodeURIComponent(all[0].event_id)}&type=${encodeURIComponent(all[0].type)}`);
  expect(filtered.items.map((item: { key: string }) => item.key)).toContain(all[0].key);
  const event = await read(`${BASE}/events/${all[0].key}`);
  expect(event.event).toMatchObject({ key: all[0].key, id: all[0].event_id, type: all[0].type });
  const [{ data }] = await sql<{ data: unknown }>("select data from workspace.events where key = $1", [all[0].key]);
  expect(event.data).toEqual(data);
  expect(event.counted_by.length).toBeGreaterThan(0);
});

test("an event of another workspace is absent, and its customer filters nothing in", async () => {
  const [foreign] = await sql<{ key: string; customer_id: string }>(
    "select e.key, e.customer_id from workspace.events e join account.workspaces w on w.id = e.workspace_id where w.slug = $1 limit 1", [FINANCE]);
  const [one, other] = [await get(`${BASE}/events/${foreign.key}`, ada), await get(`${BASE}/events/018f4d9e-0000-7000-8000-000000000000`, ada)];
  expect([one.status, other.status]).toEqual([404, 404]);
  const body = (text: string) => ({ ...JSON.parse(text), request_id: "" });
  expect(body(one.body)).toEqual(body(other.body));
  expect((await read(`${BASE}/events?customer=${foreign.customer_id}`)).items).toEqual([]);
  for (const path of ["usage", "usage/health", "events"]) expect((await get(`/api/v1/workspaces/no-such/${path}`, ada)).status, path).toBe(404);
});

test("health has the counts of today", async () => {
  const health = await read(`${BASE}/usage/health`);
  const [counts] = await sql<Record<string, string>>(
    `select coalesce(sum(accepted), 0) as accepted, coalesce(sum(duplicate), 0) as duplicate, coalesce(sum(late), 0) as late, coalesce(sum(refused), 0) as refused
     from workspace.event_days d join account.workspaces w on w.id = d.workspace_id where w.slug = $1 and d.day = (now() at time zone w.time_zone)::date`, [IT]);
  expect(health.today).toEqual(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])));
  expect(Date.parse(health.last_event_at)).not.toBeNaN();
});
