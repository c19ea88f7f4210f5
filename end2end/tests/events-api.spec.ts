// POST /api/v1/workspaces/{slug}/events: results per event, whole-request errors, sizes and media types. An acknowledged
// event is counted once (docs/SECURITY.md, I-29).
import { gzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { sql } from "../support/facts";
import { contextOf } from "../support/people";
import { BASE } from "../support/server";
import { type Shop, counted, keyOf, openShop, post, tokens } from "../support/shop";

let shop: Shop;
let key: string;
let reads: string;

test.beforeAll(async ({ browser }) => {
  shop = await openShop("events-api");
  const context = await contextOf(browser, shop.owner);
  key = await keyOf(context.request, shop.slug, { events_write: "on" });
  reads = await keyOf(context.request, shop.slug, { read: "on" });
  await context.close();
});
test.beforeEach(async () => {
  for (const table of ["events", "usage_days", "usage_totals", "event_days", "refusals"]) await sql(`delete from workspace.${table} where workspace_id = $1`, [shop.id]);
});

const codes = (results: Record<string, unknown>[] = []) => results.map(({ id, status, code }) => [id, code ?? status]);

/** Events that are refused with each of the codes. */
async function refusedEvents(): Promise<unknown[]> {
  const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();
  await sql("insert into workspace.customers (workspace_id, id, name, email, country, status) values ($1, gen_random_uuid(), 'Gone', 'a@gone.example', 'DE', 'archived') on conflict do nothing", [shop.id]);
  const [{ id: archived }] = await sql("select id from workspace.customers where workspace_id = $1 and status = 'archived' limit 1", [shop.id]);
  expect((await post(shop.slug, key, JSON.stringify([tokens("stored")]))).json.accepted, "control: an event is stored").toBe(1);
  return [
    tokens("stored", { data: { tokens: 6 } }), tokens("nobody", { subject: "nobody" }), tokens("gone", { subject: archived }), tokens("unheard", { type: "unheard" }),
    tokens("missing", { data: {} }), tokens("minus", { data: { tokens: -1 } }), tokens("old", { time: days(-37) }), tokens("future", { time: days(1) }), 7,
  ];
}

test("each event of a batch has its own result, and a repeated batch counts nothing twice", async () => {
  const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();
  await sql("insert into workspace.customers (workspace_id, id, name, email, country, status) values ($1, gen_random_uuid(), 'Gone', 'a@gone.example', 'DE', 'archived') on conflict do nothing", [shop.id]);
  const [{ id: archived }] = await sql("select id from workspace.customers where workspace_id = $1 and status = 'archived' limit 1", [shop.id]);
  const batch = [
    tokens("ok"), tokens("by-id", { subject: shop.customer, data: { tokens: 0.1 } }), tokens("ok"), tokens("ok", { data: { tokens: 6 } }),
    tokens("nobody", { subject: "nobody" }), tokens("gone", { subject: archived }), tokens("unheard", { type: "unheard" }),
    tokens("missing", { data: {} }), tokens("text", { data: { tokens: "12abc" } }), tokens("fine", { data: { tokens: 0.1234567 } }),
    tokens("minus", { data: { tokens: -1 } }), tokens("old", { time: days(-37) }), tokens("future", { time: days(1) }),
    tokens("", {}), 7,
  ];
  const first = await post(shop.slug, key, JSON.stringify(batch));
  expect(first.status, first.text).toBe(200);
  expect(first.json).toMatchObject({ accepted: 2, duplicate: 1, refused: 12 });
  expect(codes(first.json.results)).toEqual([
    ["ok", "duplicate"], ["ok", "id_reused"], ["nobody", "unknown_customer"], ["gone", "customer_archived"], ["unheard", "unknown_type"],
    ["missing", "bad_value"], ["text", "bad_value"], ["fine", "bad_value"], ["minus", "negative_value"], ["old", "too_old"],
    ["future", "in_the_future"], ["", "malformed"], ["", "malformed"],
  ]);
  expect(first.json.results?.find(({ code }) => code === "bad_value")).toMatchObject({ index: 7, field: "tokens", status: "refused" });
  expect(first.headers.get("stile-workspace")).toBe(shop.id);
  expect(await counted(shop.id)).toBe("5.1");
  const again = await post(shop.slug, key, JSON.stringify(batch.slice(0, 2)), {}, "?results=all");
  expect(again.json).toMatchObject({ accepted: 0, duplicate: 2, results: [{ status: "duplicate" }, { status: "duplicate" }] });
  expect(await counted(shop.id)).toBe("5.1");
});

test("each code of a refused event is described by OpenAPI, and is in the health strip with what to do", async ({ browser }) => {
  const { components } = await (await fetch(`${BASE}/api/v1/openapi.json`)).json();
  const described: string[] = components.schemas.EventReport.properties.code.enum;
  const sent = (await post(shop.slug, key, JSON.stringify(await refusedEvents()))).json.results ?? [];
  expect([...new Set(sent.map(({ code }) => String(code)))].sort(), "a code is never sent, or not described").toEqual([...described].sort());
  const context = await contextOf(browser, shop.owner);
  const page = await context.newPage();
  await page.goto(`/${shop.slug}/usage`);
  for (const code of described) {
    const reason = page.getByTestId("reason").filter({ has: page.getByText(code, { exact: true }) });
    await expect(reason, code).toHaveCount(1);
    await expect(reason, code).toContainText(/[a-z]\. [A-Z].*\./);
  }
  await expect(page.getByTestId("refused-today")).toHaveText(String(sent.length));
  await context.close();
});

test("one event, a batch and a compressed batch are accepted by their media types", async () => {
  const one = await post(shop.slug, key, JSON.stringify(tokens("1")), { "content-type": "application/cloudevents+json; charset=utf-8" }, "?results=all");
  expect([one.status, codes(one.json.results)]).toEqual([200, [["1", "accepted"]]]);
  const plain = { "content-type": "application/json" };
  expect((await post(shop.slug, key, JSON.stringify(tokens("2")), plain)).status).toBe(200);
  expect((await post(shop.slug, key, JSON.stringify([tokens("3")]), plain)).status).toBe(200);
  const packed = await post(shop.slug, key, gzipSync(JSON.stringify([tokens("4"), tokens("5")])), { "content-encoding": "gzip" });
  expect([packed.status, packed.json.accepted]).toEqual([200, 2]);
  expect(await counted(shop.id)).toBe("25");
});

test("a request that is no batch is refused as a whole, and stores nothing", async () => {
  const many = (count: number) => JSON.stringify(Array.from({ length: count }, (_, n) => tokens(`many-${n}`)));
  const large = JSON.stringify([tokens("large", { data: { tokens: 5, text: "x".repeat(2 * 1024 * 1024) } })]);
  const bomb = gzipSync(JSON.stringify([tokens("bomb", { data: { text: " ".repeat(9 * 1024 * 1024) } })]));
  for (const [what, body, headers, status, code] of [
    ["no JSON", "[1", {}, 400, "malformed_json"],
    ["no events", "[]", {}, 400, "malformed"],
    ["one event as a batch", JSON.stringify(tokens("x")), {}, 400, "malformed"],
    ["broken gzip", "x", { "content-encoding": "gzip" }, 400, "malformed"],
    ["too large", large, {}, 413, "too_large"],
    ["too large when unpacked", bomb, { "content-encoding": "gzip" }, 413, "too_large"],
    ["a form", "a=b", { "content-type": "application/x-www-form-urlencoded" }, 415, "unsupported_media_type"],
    ["another compression", "x", { "content-encoding": "zstd" }, 415, "unsupported_media_type"],
    ["too many events", many(1_001), {}, 422, "too_many_events"],
  ] as const) {
    const answer = await post(shop.slug, key, body, headers);
    expect([answer.status, answer.json.code], what).toEqual([status, code]);
    // Who may not send learns nothing about the body.
    expect((await post(shop.slug, "stile_key_00000000_00000000000000000000000000000000000000000000", body, headers)).status, what).toBe(status === 413 && what === "too large" ? 413 : 401);
  }
  expect(await counted(shop.id)).toBe("0");
  const most = await post(shop.slug, key, many(1_000));
  expect([most.status, most.json.accepted], "control: 1,000 events").toEqual([200, 1_000]);
});

test("numbers keep all their digits", async () => {
  const digits = '[{"specversion":"1.0","id":"d","source":"s","type":"tokens","subject":"acme","data":{"tokens":9007199254740993}}]';
  expect((await post(shop.slug, key, digits)).json.accepted).toBe(1);
  expect(await counted(shop.id)).toBe("9007199254740993");
  const [{ data }] = await sql("select data->>'tokens' as data from workspace.events where workspace_id = $1", [shop.id]);
  expect(data).toBe("9007199254740993");
});

test("a customer of another workspace is as unknown as none", async () => {
  const [{ id: foreign }] = await sql("select id from workspace.customers where workspace_id <> $1 limit 1", [shop.id]);
  const result = async (subject: string) => (await post(shop.slug, key, JSON.stringify([tokens("x", { subject })]))).json.results;
  const unknown = await result(foreign);
  expect(codes(unknown)).toEqual([["x", "unknown_customer"]]);
  expect(unknown).toEqual(await result("018f4d9e-0000-7000-8000-000000000000"));
});

test("a key without the scope, and no key, send nothing", async () => {
  const body = JSON.stringify([tokens("scope")]);
  const denied = await post(shop.slug, reads, body);
  expect([denied.status, denied.json.code]).toEqual([403, "missing_scope"]);
  expect((await post(shop.slug, "", body)).status).toBe(401);
  expect(await counted(shop.id)).toBe("0");
  expect((await post(shop.slug, key, body)).json.accepted, "control: the other key").toBe(1);
});
