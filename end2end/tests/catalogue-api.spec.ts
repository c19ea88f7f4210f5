// Products, meters and rate plans by the JSON API: a plan is created, priced, published and then frozen. Foreign ids answer
// like missing ones, and each role may do what it may do in the console.
import { type Browser, expect, test } from "@playwright/test";
import { FINANCE, IT, sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { forgetCatalogue, value } from "../support/made";
import { type Raw, get, problem, send } from "../support/raw";
import { putBack, seat } from "../support/seating";
import { tokenOf } from "../support/tokens";

const NAME = "Catalogue API";
const AT = `/api/v1/workspaces/${IT}`;
const NOBODY = "00000000-0000-7000-8000-000000000000";
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const json = (answer: Raw) => JSON.parse(answer.body);
const post = (token: string, path: string, body: unknown = {}, more: Record<string, string> = {}) => send("POST", `${AT}${path}`, { headers: { ...as(token), ...more }, json: body });
const patch = (token: string, path: string, body: unknown, more: Record<string, string> = {}) => send("PATCH", `${AT}${path}`, { headers: { ...as(token), ...more }, json: body });

/** A new person with a seat in IT, and their token. */
async function person(browser: Browser, role: string): Promise<string> {
  const who = await register(fresh("catalogue"), "Cat Catalogue");
  await seat(who, IT, role);
  return tokenOf(browser, who, NAME);
}

/** Creates a product with a meter, and a rate plan with an empty draft. */
async function catalogue(token: string, code: string): Promise<{ product: string; meter: string; plan: string }> {
  const product = await post(token, "/products", { name: `${NAME} ${code}`, code: `capi-${code}` });
  expect(product.status, product.body).toBe(201);
  const meter = await post(token, "/meters", {
    product_id: json(product).id, name: `${NAME} ${code}`, code: `capi-${code}`, event_type: "call", aggregation: "sum", property: "quantity",
    filter: { kind: "prompt" }, unit: "call", counts_from: "2026-03-01",
  });
  expect(meter.status, meter.body).toBe(201);
  const plan = await post(token, "/rate-plans", { name: `${NAME} ${code}`, code: `capi-${code}`, currency: "USD", interval: "month" });
  expect(plan.status, plan.body).toBe(201);
  return { product: json(product).id, meter: json(meter).id, plan: json(plan).id };
}

const charges = (product: string, meter: string) => [
  { name: "Base fee", model: "fee", product_id: product, timing: "advance", per_seat: true, fee: "20.00" },
  { name: "Calls", model: "graduated", meter_id: meter, included: "100", tiers: [{ up_to: "100", unit_price: "3" }, { unit_price: "1" }] },
];

test.afterEach(async () => {
  await forgetCatalogue(NAME);
  await putBack();
});

test("a plan is created, priced, published and then frozen; its next version is a draft", async ({ browser }) => {
  const token = await person(browser, "member");
  const { product, meter, plan } = await catalogue(token, "life");
  expect(json(await get(`${AT}/meters/${meter}`, as(token)))).toMatchObject({ product_id: product, filter: { kind: "prompt" }, counts_from: "2026-03-01", status: "active" });

  const draft = `/rate-plans/${plan}/versions/1`;
  const empty = await get(`${AT}${draft}`, as(token));
  expect(json(empty)).toMatchObject({ number: 1, state: "draft", currency: "USD", minimum: null, charges: [] });
  expect(problem(await post(token, `${draft}/publish`))).toMatchObject({ status: 409, code: "conflict" });
  const saved = await patch(token, draft, { minimum: "50.00", charges: charges(product, meter) }, { "if-match": empty.headers.etag });
  expect(saved.status, saved.body).toBe(200);
  expect(json(saved)).toMatchObject({ minimum: "50.00", charges: charges(product, meter) });
  const stale = await patch(token, draft, { note: "late" }, { "if-match": empty.headers.etag });
  expect(problem(stale)).toMatchObject({ status: 412, code: "changed" });

  // 100 are included, so 201 are 100 at 3.00 and 1 at 1.00.
  const price = await post(token, `${draft}/price`, { seats: 2, usage: [{ charge: 1, quantity: "201" }] });
  expect(price.status, price.body).toBe(200);
  expect(json(price)).toMatchObject({ currency: "USD", total: "341.00", lines: [{ amount: "40.00" }, { amount: "301.00", exact: "301", steps: [{ quantity: "100", unit_price: "3", amount: "300" }, { quantity: "1", above: "100", amount: "1" }] }] });
  expect(json(await post(token, `${draft}/price`)).lines.at(-1), "the minimum is reached by a line of its own").toMatchObject({ name: "Minimum", charge: null, amount: "30.00" });

  const published = await post(token, `${draft}/publish`, {}, { "if-match": saved.headers.etag });
  expect(published.status, published.body).toBe(200);
  expect(json(published)).toMatchObject({ state: "published", published_by: "Cat Catalogue" });
  for (const refused of [await patch(token, draft, { note: "x" }), await post(token, `${draft}/publish`), await send("DELETE", `${AT}${draft}`, { headers: as(token) })]) {
    expect(problem(refused)).toMatchObject({ status: 409, code: "frozen" });
  }
  expect((await get(`${AT}${draft}`, as(token))).body, "a published version changed").toBe(published.body);

  const next = await post(token, `/rate-plans/${plan}/versions`);
  expect([next.status, next.headers.location], next.body).toEqual([201, `${AT}/rate-plans/${plan}/versions/2`]);
  expect(json(next).charges, "the draft is no copy").toEqual(json(published).charges);
  expect(problem(await post(token, `/rate-plans/${plan}/versions`))).toMatchObject({ status: 409, code: "conflict" });
  expect(json(await post(token, `/rate-plans/${plan}/versions/2/impact`))).toMatchObject({ subscriptions: 0, before: "0.00", after: "0.00", moves: [] });
  expect(json(await get(`${AT}/rate-plans/${plan}`, as(token)))).toMatchObject({ version: 1, has_draft: true, customers: 0 });
  expect((await send("DELETE", `${AT}/rate-plans/${plan}/versions/2`, { headers: as(token) })).status).toBe(204);
  expect(json(await get(`${AT}/rate-plans/${plan}/versions`, as(token))).items.map((version: { number: number }) => version.number)).toEqual([1]);
});

test("errors point to the member of the body", async ({ browser }) => {
  const token = await person(browser, "member");
  const { product, meter, plan } = await catalogue(token, "wrong");
  const [fee, usage] = charges(product, meter);
  const pointers = async (body: unknown) => json(await patch(token, `/rate-plans/${plan}/versions/1`, body)).errors.map((fault: { pointer: string }) => fault.pointer);
  expect(await pointers({ minimum: "1.000" })).toEqual(["/minimum"]);
  expect(await pointers({ charges: [{ ...fee, fee: "1,00", product_id: undefined }] })).toEqual(["/charges/0/product_id", "/charges/0/fee"]);
  expect(await pointers({ charges: [fee, { ...usage, tiers: [{ up_to: "10", unit_price: "x" }] }] })).toEqual(["/charges/1/tiers/0/unit_price"]);
  expect(await pointers({ charges: [usage, usage] })).toEqual(["/charges/1/meter_id"]);
  expect(await pointers({ charges: [{ ...usage, meter_id: NOBODY }] })).toEqual(["/charges/0/meter_id"]);
  const again = await post(token, "/rate-plans", { name: `${NAME} again`, code: "capi-wrong", currency: "USD", interval: "month" });
  expect(problem(again)).toMatchObject({ status: 422, errors: [{ pointer: "/code" }] });
  expect(problem(await patch(token, `/rate-plans/${plan}`, { currency: "EUR" })), "a currency changed").toMatchObject({ status: 422 });
  expect(problem(await patch(token, `/meters/${meter}`, { event_type: "other" })), "what a meter counts changed").toMatchObject({ status: 422 });
});

test("ids of another workspace answer like missing ones", async ({ browser }) => {
  const token = await person(browser, "member");
  const of = (table: string) => value(`select t.id from workspace.${table} t join account.workspaces w on w.id = t.workspace_id where slug = $1 limit 1`, [FINANCE]);
  const { plan } = await catalogue(token, "foreign");
  for (const [noun, table] of [["products", "products"], ["meters", "meters"], ["rate-plans", "rate_plans"]]) {
    const foreign = await of(table);
    for (const [method, rest, body] of [["GET", "", undefined], ["PATCH", "", { name: "Taken" }], ["POST", "/archive", {}]] as const) {
      const [hidden, absent] = await Promise.all([foreign, NOBODY].map((id) => send(method, `${AT}/${noun}/${id}${rest}`, { headers: as(token), json: body })));
      expect(hidden.status, `${method} ${noun}${rest}`).toBe(404);
      expect(problem(hidden)).toEqual(problem(absent));
    }
  }
  const foreign = await of("rate_plans");
  for (const rest of ["/versions", "/versions/1/publish", "/versions/1/price", "/versions/1/impact"]) {
    const [hidden, absent, none] = [await post(token, `/rate-plans/${foreign}${rest}`), await post(token, `/rate-plans/${NOBODY}${rest}`), await post(token, `/rate-plans/x${rest}`)];
    expect(hidden.status, rest).toBe(404);
    expect([problem(hidden), problem(none)]).toEqual([problem(absent), problem(absent)]);
  }
  expect((await get(`${AT}/rate-plans/${plan}/versions/9`, as(token))).status, "a version that is not there").toBe(404);
});

test("a viewer reads the catalogue and changes nothing; a guest sees nothing of it", async ({ browser }) => {
  const { product, meter, plan } = await catalogue(await person(browser, "member"), "roles");
  const writes: [string, string, unknown][] = [
    ["POST", "/products", { name: `${NAME} no`, code: "capi-no" }],
    ["PATCH", `/products/${product}`, { name: `${NAME} no` }],
    ["POST", `/products/${product}/archive`, {}],
    ["POST", "/meters", { product_id: product, name: `${NAME} no`, code: "capi-no", event_type: "call", aggregation: "count", unit: "call" }],
    ["PATCH", `/meters/${meter}`, { name: `${NAME} no` }],
    ["POST", `/meters/${meter}/archive`, {}],
    ["POST", "/rate-plans", { name: `${NAME} no`, code: "capi-no", currency: "USD", interval: "month" }],
    ["PATCH", `/rate-plans/${plan}`, { name: `${NAME} no` }],
    ["POST", `/rate-plans/${plan}/archive`, {}],
    ["POST", `/rate-plans/${plan}/versions`, {}],
    ["PATCH", `/rate-plans/${plan}/versions/1`, { note: "no" }],
    ["POST", `/rate-plans/${plan}/versions/1/publish`, {}],
    ["DELETE", `/rate-plans/${plan}/versions/1`, undefined],
  ];
  const reads: [string, string, unknown, number][] = [
    ["GET", `/products/${product}`, undefined, 200],
    ["GET", `/meters/${meter}`, undefined, 200],
    ["GET", `/rate-plans/${plan}`, undefined, 200],
    ["GET", `/rate-plans/${plan}/versions`, undefined, 200],
    ["GET", `/rate-plans/${plan}/versions/1`, undefined, 200],
    ["POST", `/rate-plans/${plan}/versions/1/price`, {}, 200],
    ["POST", `/rate-plans/${plan}/versions/1/impact`, {}, 409],
  ];
  const facts = () => sql("select name, status from workspace.rate_plans where starts_with(name, $1) union all select name, status from workspace.products where starts_with(name, $1)", [NAME]);
  const before = await facts();
  for (const role of ["viewer", "billing_admin", "guest"]) {
    const token = await person(browser, role);
    const to = (method: string, path: string, body: unknown) => send(method, `${AT}${path}`, { headers: as(token), json: body });
    for (const [method, path, body] of writes) {
      expect(problem(await to(method, path, body)), `${role}: ${method} ${path}`).toMatchObject({ status: 403, code: "forbidden" });
    }
    for (const [method, path, body, status] of reads) {
      expect((await to(method, path, body)).status, `${role}: ${method} ${path}`).toBe(role === "guest" ? 404 : status);
    }
    const total = json(await get(`${AT}/rate-plans?count=exact`, as(token))).total;
    if (role === "guest") expect([total, json(await get(`${AT}/meters`, as(token))).items]).toEqual([0, []]);
    else expect(total).toBeGreaterThan(1);
  }
  expect(await facts(), "a refused request changed something").toEqual(before);
});
