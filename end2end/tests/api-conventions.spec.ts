// Conventions of the JSON API (docs/API.md): errors, pages, versions, repeated requests, limits.
import { rmSync } from "node:fs";
import { type Browser, expect, test } from "@playwright/test";
import { FINANCE, IT, PRODUCT_ENG, sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { forget, value } from "../support/made";
import { type Raw, get, problem, send } from "../support/raw";
import { putBack, seat, unseat } from "../support/seating";
import { PORT, start, stop } from "../support/server";
import { tokenOf } from "../support/tokens";

const NAME = "Conventions";
const CUSTOMERS = `/api/v1/workspaces/${IT}/customers`;
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const json = (answer: Raw) => JSON.parse(answer.body);
const customer = (name: string, more: Record<string, unknown> = {}) => ({ name: `${NAME} ${name}`, email: "billing@conventions.example", country: "DE", ...more });
const created = (name: string) => value<string>("select count(*) from workspace.customers where name = $1", [`${NAME} ${name}`]);

/** A new person with a seat in IT, and their token: each test has its own limits and keys. */
async function member(browser: Browser, role = "member"): Promise<{ who: string; token: string }> {
  const who = await register(fresh("conventions"), "Conny Conventions");
  await seat(who, IT, role);
  return { who, token: await tokenOf(browser, who, NAME) };
}

const post = (token: string, body: unknown, key?: string, path = CUSTOMERS) =>
  send("POST", path, { headers: { ...as(token), ...(key === undefined ? {} : { "idempotency-key": key }) }, json: body });

test.afterEach(async () => {
  await forget(NAME);
  await putBack();
});

test("every error is a problem with a code and the id of its request", async ({ browser }) => {
  const { token } = await member(browser);
  const headers = as(token);
  const name = "a".repeat(1_100_000);
  const answers: [string, Raw, number, string][] = [
    ["an unknown path", await get("/api/v1/nothing", headers), 404, "not_found"],
    ["an unknown workspace", await get("/api/v1/workspaces/no-such-place/customers", headers), 404, "not_found"],
    ["an unknown customer", await get(`${CUSTOMERS}/00000000-0000-7000-8000-000000000000`, headers), 404, "not_found"],
    ["an id that is none", await get(`${CUSTOMERS}/x`, headers), 404, "not_found"],
    ["an unknown method", await send("DELETE", CUSTOMERS, { headers }), 405, "method_not_allowed"],
    ["no token", await get(CUSTOMERS), 401, "unauthenticated"],
    ["a parameter", await get(`${CUSTOMERS}?limit=0`, headers), 400, "invalid_parameter"],
    ["a form", await send("POST", CUSTOMERS, { headers, form: { name } }), 413, "too_large"],
    ["text", await send("POST", CUSTOMERS, { headers, text: "{}" }), 415, "unsupported_media_type"],
    ["broken JSON", await send("POST", CUSTOMERS, { headers: { ...headers, "content-type": "application/json" }, text: "{" }), 400, "malformed_json"],
    ["fields", await post(token, customer("", { name: "", email: "x" })), 422, "invalid"],
    ["another type", await post(token, customer("x", { country: 49 })), 422, "invalid"],
    ["an unknown member", await post(token, customer("x", { colour: "red" })), 422, "invalid"],
  ];
  for (const [what, answer, status, code] of answers) {
    expect(answer.headers["content-type"], what).toBe("application/problem+json");
    expect(problem(answer), what).toMatchObject({ type: "about:blank", status, code });
    expect(answer.status, what).toBe(status);
  }
  const pointers = (at: number) => json(answers[at][1]).errors.map((fault: { pointer: string }) => fault.pointer);
  expect(pointers(10)).toEqual(["/name", "/email"]);
  expect(pointers(11)).toEqual(["/country"]);
  expect((await post(token, customer("control"))).status, "control: a customer without fault is created").toBe(201);
});

test("a guest creates nothing, and a foreign id answers like a missing one", async ({ browser }) => {
  const { token } = await member(browser, "guest");
  expect(problem(await post(token, customer("guest")))).toMatchObject({ status: 403, code: "forbidden" });
  expect(await created("guest")).toBe("0");
  const [{ id: foreign }] = await sql("select c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 limit 1", [FINANCE]);
  const { token: other } = await member(browser);
  const [hidden, absent] = [await get(`${CUSTOMERS}/${foreign}`, as(other)), await get(`${CUSTOMERS}/00000000-0000-7000-8000-000000000000`, as(other))];
  expect([hidden.status, problem(hidden)]).toEqual([absent.status, problem(absent)]);
  expect(hidden.status).toBe(404);
});

test("pages have the wanted size, cursors in both directions, and a total only if it is asked for", async ({ browser }) => {
  const { token } = await member(browser);
  const all = (await sql("select c.name from workspace.customers c join account.workspaces w on w.id = c.workspace_id where slug = $1 order by c.name_key, c.id", [IT])).map((row) => row.name);
  const page = async (query: string) => json(await get(`${CUSTOMERS}?${query}`, as(token)));
  const names = (page: { items: { name: string }[] }) => page.items.map((item) => item.name);
  const first = await page("limit=3&count=exact");
  expect([names(first), first.total, first.previous]).toEqual([all.slice(0, 3), all.length, null]);
  const second = await page(`limit=3&after=${encodeURIComponent(first.next)}`);
  expect(names(second)).toEqual(all.slice(3, 6));
  expect(second).not.toHaveProperty("total");
  expect(names(await page(`limit=3&before=${encodeURIComponent(second.previous)}`))).toEqual(all.slice(0, 3));
  expect(names(await page(""))).toEqual(all.slice(0, 20));
  const wide = await page("limit=100");
  expect(names(wide)).toEqual(all.slice(0, 100));
});

test("a change with the tag of an older version is refused, and absent members stay", async ({ browser }) => {
  const { token } = await member(browser);
  const made = await post(token, customer("tagged", { note: "Net 30" }));
  expect(made.status, made.body).toBe(201);
  const path = made.headers.location;
  expect(path).toBe(`${CUSTOMERS}/${json(made).id}`);
  const read = await get(path, as(token));
  expect([read.headers.etag, read.body]).toEqual([made.headers.etag, made.body]);
  expect(read.headers.etag).toMatch(/^"[\w-]+"$/);
  const same = await get(path, { ...as(token), "if-none-match": read.headers.etag });
  expect([same.status, same.body, same.headers.etag]).toEqual([304, "", read.headers.etag]);

  const patch = (body: unknown, tag?: string) => send("PATCH", path, { headers: { ...as(token), ...(tag === undefined ? {} : { "if-match": tag }) }, json: body });
  const changed = await patch({ country: "FR" }, read.headers.etag);
  expect([changed.status, json(changed)]).toEqual([200, { ...json(read), country: "FR" }]);
  const stale = await patch({ country: "IT" }, read.headers.etag);
  expect(problem(stale)).toMatchObject({ status: 412, code: "changed" });
  expect(json(await get(path, as(token))).country, "the refused change was written").toBe("FR");
  expect((await get(path, { ...as(token), "if-none-match": read.headers.etag })).status, "an older version counts as the same").toBe(200);
  expect(json(await patch({ note: null }, changed.headers.etag)).note).toBe("");
  expect(json(await patch({ country: "IT" }, "*")).country).toBe("IT");
  expect(problem(await patch({ email: null }))).toMatchObject({ status: 422, errors: [{ pointer: "/email" }] });

  const to = async (action: string) => json(await post(token, {}, undefined, `${path}/${action}`)).status;
  expect([await to("archive"), await to("archive"), await to("restore")]).toEqual(["archived", "archived", "active"]);
});

test("a repeated POST with a key is carried out once and gets the same answer", async ({ browser }) => {
  const { token } = await member(browser);
  const first = await post(token, customer("once"), "key-1");
  expect([first.status, first.headers["idempotent-replayed"]], first.body).toEqual([201, undefined]);
  const second = await post(token, customer("once"), "key-1");
  expect([second.status, second.body, second.headers.location, second.headers["idempotent-replayed"]]).toEqual([201, first.body, first.headers.location, "true"]);
  expect(await created("once")).toBe("1");
  expect(problem(await post(token, customer("another"), "key-1"))).toMatchObject({ status: 422, code: "key_reused" });
  expect(problem(await post(token, customer("once"), "key-1", `${first.headers.location}/archive`))).toMatchObject({ code: "key_reused" });
  expect(await created("another")).toBe("0");
  const refused = [await post(token, customer("", { name: "" }), "key-2"), await post(token, customer("", { name: "" }), "key-2")];
  expect(refused.map((answer) => answer.status)).toEqual([422, 422]);
  expect(refused[1].body, "the kept error is not the same").toBe(refused[0].body);
  expect((await post(token, customer("once"))).status, "control: without a key, it is carried out again").toBe(201);
  expect(await created("once")).toBe("2");
  for (const key of ["", "a b", "x".repeat(256)]) expect(problem(await post(token, customer("key"), key)), key).toMatchObject({ status: 400, code: "invalid_parameter" });
});

test("of many simultaneous requests with one key, one is carried out", async ({ browser }) => {
  const { token } = await member(browser);
  const answers = await Promise.all(Array.from({ length: 16 }, () => post(token, customer("crowd"), "key-1")));
  for (const answer of answers) {
    if (answer.status !== 201) expect(problem(answer)).toMatchObject({ status: 409, code: "key_in_use" });
  }
  const bodies = new Set(answers.filter((answer) => answer.status === 201).map((answer) => answer.body));
  expect(bodies.size, "the requests got different customers").toBe(1);
  expect(await created("crowd")).toBe("1");
});

test("a kept answer is shown to nobody else, and to no revoked token or seat", async ({ browser }) => {
  const { who, token } = await member(browser);
  const { token: other } = await member(browser);
  const first = await post(token, customer("mine"), "shared-key");
  expect(first.status).toBe(201);
  const theirs = await post(other, customer("mine"), "shared-key");
  expect([theirs.status, theirs.headers["idempotent-replayed"]], "another person's key").toEqual([201, undefined]);
  expect(json(theirs).id).not.toBe(json(first).id);
  await seat(who, PRODUCT_ENG, "member");
  const elsewhere = await post(token, customer("mine"), "shared-key", `/api/v1/workspaces/${PRODUCT_ENG}/customers`);
  expect(problem(elsewhere), "the key of another workspace").toMatchObject({ code: "key_reused" });

  await seat(who, IT, "guest");
  expect(problem(await post(token, customer("mine"), "shared-key"))).toMatchObject({ status: 403, code: "forbidden" });
  await seat(who, IT, "member");
  expect((await post(token, customer("mine"), "shared-key")).headers["idempotent-replayed"], "control: the answer is still kept").toBe("true");
  await unseat(who, IT);
  const unseated = await post(token, customer("mine"), "shared-key");
  expect([unseated.status, unseated.body.includes(json(first).id)]).toEqual([404, false]);
  await seat(who, IT, "member");
  const second = await tokenOf(browser, who, NAME);
  await sql("update account.operator_tokens t set revoked_at = now() from account.users u where u.id = t.user_id and u.email = $1 and t.id = (select min(id::text)::uuid from account.operator_tokens o where o.user_id = u.id)", [who]);
  const revoked = await post(token, customer("mine"), "shared-key");
  expect([revoked.status, revoked.body.includes(json(first).id)]).toEqual([401, false]);
  expect((await post(second, customer("mine"), "shared-key")).body, "control: the person's other token gets the answer").toBe(first.body);
});

test("a token that used up its requests is told when there are more, and other tokens go on", async ({ browser }) => {
  const { token } = await member(browser);
  const answer = await get(CUSTOMERS, as(token));
  expect(answer.headers["ratelimit-policy"]).toBe('"default";q=40;w=2');
  expect(answer.headers.ratelimit).toMatch(/^"default";r=\d+;t=\d+$/);
  const port = PORT + 431;
  const strict = await start(undefined, port, true, { STILE_API_RATE: "1" });
  try {
    const base = `http://127.0.0.1:${port}`;
    const ask = (letter: string) => get("/api/v1/me/workspaces", as(`stile_${letter.repeat(43)}`), base);
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask("A")));
    const limited = answers.filter((answer) => answer.status === 429);
    expect(limited.length, "more than the burst is answered").toBeGreaterThanOrEqual(4);
    for (const answer of limited) {
      expect(problem(answer)).toMatchObject({ code: "rate_limited" });
      expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(1);
      expect(answer.headers.ratelimit).toMatch(/^"default";r=0;t=2$/);
    }
    expect((await ask("B")).status, "another token is limited, too").toBe(401);
  } finally {
    await stop(strict);
    rmSync(strict.data, { recursive: true, force: true });
  }
});
