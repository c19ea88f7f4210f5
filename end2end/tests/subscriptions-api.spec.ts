// The JSON API of customers' billing details, contacts, subjects and subscriptions. A customer, contact or subscription
// of another workspace gets the same answer as one that does not exist (docs/SECURITY.md, I-7).
import { expect, test } from "@playwright/test";
import { FINANCE, IT, customersOf, sql, workspaceOf } from "../support/facts";
import { fresh, register } from "../support/invites";
import { forget, forgetTokens } from "../support/made";
import { problem, send } from "../support/raw";
import { putBack, seat } from "../support/seating";
import { tokenOf } from "../support/tokens";

const NAME = "Subscriber API";
const ADA = "ada@smartai.example";
const ROOT = `/api/v1/workspaces/${IT}`;
let token: string;
let plan: string;

async function ask(method: string, path: string, json?: unknown, by = token) {
  const answer = await send(method, path.startsWith("/api") ? path : `${ROOT}/${path}`, { headers: { authorization: `Bearer ${by}` }, json });
  return { status: answer.status, answer, body: answer.body ? JSON.parse(answer.body) : null };
}

// Each test has a token of its own, because a token's requests are limited by second.
test.beforeEach(async ({ browser }) => {
  token = await tokenOf(browser, ADA, NAME);
  const { id } = await workspaceOf(IT);
  [{ id: plan }] = await sql(
    `select p.id from workspace.rate_plans p join workspace.rate_plan_versions v on v.workspace_id = p.workspace_id and v.plan_id = p.id
     where p.workspace_id = $1 and p.status = 'active' and v.state = 'published' order by p.name limit 1`, [id]);
});
test.afterEach(async () => {
  await forget(NAME);
  await forgetTokens(NAME);
  await putBack();
});

const draft = { name: NAME, email: "a@api.example", country: "DE" };
const fields = (body: { errors: { pointer: string }[] }) => body.errors.map((error) => error.pointer);

test("a customer is created and replaced by its external id", async () => {
  const path = "customers/by-external-id/api%2F17";
  const first = await ask("PUT", path, { ...draft, legal_name: "API GmbH", address: "Main Street 1\nBerlin", tax_id: "DE1" });
  expect([first.status, first.body.external_id, first.body.subjects]).toEqual([201, "api/17", ["api/17"]]);
  const second = await ask("PUT", path, { ...draft, legal_name: "API AG" });
  expect([second.status, second.body.id, second.body.legal_name, second.body.tax_id]).toEqual([200, first.body.id, "API AG", ""]);
  const other = await ask("POST", "customers", { ...draft, external_id: "api/17" });
  expect([other.status, fields(other.body)]).toEqual([422, ["/external_id"]]);
  const patched = await ask("PATCH", `customers/${first.body.id}`, { external_id: null });
  expect([patched.status, patched.body.external_id, patched.body.subjects]).toEqual([200, null, []]);
  const wrong = await ask("PUT", path, { ...draft, external_id: "another" });
  expect([wrong.status, fields(wrong.body)]).toEqual([422, ["/external_id"]]);
});

test("contacts and subjects are added, changed and removed", async () => {
  const { id } = (await ask("POST", "customers", draft)).body;
  const contact = await ask("POST", `customers/${id}/contacts`, { name: "Ada", email: "Ada@api.example" });
  expect([contact.status, contact.body.email, contact.body.gets_invoices]).toEqual([201, "ada@api.example", true]);
  const twice = await ask("POST", `customers/${id}/contacts`, { name: "Ada", email: "ada@api.example" });
  expect([twice.status, fields(twice.body)]).toEqual([422, ["/email"]]);
  const path = `customers/${id}/contacts/${contact.body.id}`;
  expect((await ask("PATCH", path, { gets_invoices: false })).body.gets_invoices).toBe(false);
  expect((await ask("DELETE", path)).status).toBe(204);
  expect((await ask("DELETE", path)).status).toBe(404);
  expect((await ask("POST", `customers/${id}/subjects`, { subject: "api-device" })).body.items).toEqual(["api-device"]);
  expect((await ask("DELETE", `customers/${id}/subjects/api-device`)).status).toBe(204);
  expect((await ask("GET", `customers/${id}/subjects`)).body.items).toEqual([]);
});

test("a subscription is started, changed, ended and undone, and its next invoice has steps", async () => {
  const { id } = (await ask("POST", "customers", draft)).body;
  const bad = await ask("POST", `customers/${id}/subscriptions`, { rate_plan_id: "x", starts_on: "2026-02-30", seats: 0 });
  expect([bad.status, fields(bad.body)]).toEqual([422, ["/rate_plan_id", "/starts_on", "/seats"]]);
  const made = await ask("POST", `customers/${id}/subscriptions`, { rate_plan_id: plan, starts_on: "2031-01-17", billing_day: "first", seats: 2 });
  expect([made.status, made.body.state, made.body.seats, made.body.anchor_on]).toEqual([201, "planned", 2, "2031-01-01"]);
  const path = `subscriptions/${made.body.id}`;
  const changed = await ask("POST", `${path}/phases`, { from_on: "2031-03-01", seats: 5 });
  expect(changed.body.phases.map((phase: { from_on: string; seats: number }) => [phase.from_on, phase.seats])).toEqual([["2031-01-17", 2], ["2031-03-01", 5]]);
  expect((await ask("POST", `${path}/phases`, { from_on: "2031-03-01", seats: 5, rate_plan_id: plan })).status).toBe(422);
  expect((await ask("POST", `${path}/phases`, { from_on: "2030-03-01", seats: 9 })).status, "before its first day").toBe(422);
  expect((await ask("DELETE", `${path}/phases/2031-03-01`)).status).toBe(204);
  expect((await ask("POST", `${path}/end`, { last_on: "2031-06-30" })).body.last_on).toBe("2031-06-30");
  expect((await ask("DELETE", `${path}/end`)).status).toBe(204);
  expect((await ask("GET", path)).body).toEqual(made.body);
  expect((await ask("GET", `customers/${id}/subscriptions`)).body.items).toHaveLength(1);

  const upcoming = await ask("GET", `customers/${id}/upcoming`);
  const [{ subscription_id, invoice, problem: none }] = upcoming.body.items;
  expect([subscription_id, none]).toEqual([made.body.id, null]);
  expect(["2031-01-17", "2031-02-01"]).toContain(invoice.on);
  for (const line of invoice.lines) expect(line.steps.length, line.name).toBeGreaterThan(0);
  const cents = (text: string) => Math.round(Number(text) * 100);
  expect(invoice.lines.reduce((sum: number, line: { amount: string }) => sum + cents(line.amount), 0)).toBe(cents(invoice.total));
});

test("the list of subscriptions is paged and has each one once", async () => {
  const seen: string[] = [];
  let after = "";
  for (let pages = 0; pages < 50; pages++) {
    const page = await ask("GET", `subscriptions?limit=7${after}`);
    expect(page.status).toBe(200);
    seen.push(...page.body.items.map((item: { id: string }) => item.id));
    if (page.body.next === null) break;
    after = `&after=${page.body.next}`;
  }
  const rows = await sql("select id from workspace.subscriptions where workspace_id = $1", [(await workspaceOf(IT)).id]);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.sort()).toEqual(rows.map((row) => row.id).sort());
  expect((await ask("GET", "subscriptions?limit=101")).status).toBe(400);
  expect((await ask("GET", "subscriptions?after=x")).status).toBe(400);
});

test("customers and subscriptions of another workspace are as if absent", async () => {
  const { id: finance } = await workspaceOf(FINANCE);
  const [foreign] = await customersOf(FINANCE);
  const [subscription] = await sql("select id from workspace.subscriptions where workspace_id = $1 limit 1", [finance]);
  const missing = "018f4d9e-0000-7000-8000-000000000000";
  const requests = (customer: string, id: string): [string, string, unknown?][] => [
    ["GET", `customers/${customer}/contacts`],
    ["POST", `customers/${customer}/contacts`, { name: "x", email: "x@api.example" }],
    ["GET", `customers/${customer}/subjects`],
    ["POST", `customers/${customer}/subjects`, { subject: "x" }],
    ["GET", `customers/${customer}/subscriptions`],
    ["POST", `customers/${customer}/subscriptions`, { rate_plan_id: plan, starts_on: "2031-01-01" }],
    ["GET", `customers/${customer}/upcoming`],
    ["GET", `subscriptions/${id}`],
    ["POST", `subscriptions/${id}/phases`, { from_on: "2031-01-01", seats: 3 }],
    ["DELETE", `subscriptions/${id}/phases/2031-01-01`],
    ["POST", `subscriptions/${id}/end`, { last_on: "2031-01-01" }],
    ["DELETE", `subscriptions/${id}/end`],
  ];
  const absent = requests(missing, missing);
  for (const [index, [method, path, json]] of requests(foreign.id, subscription.id).entries()) {
    const here = await ask(method, path, json);
    const none = await ask(absent[index][0], absent[index][1], absent[index][2]);
    expect(here.status, `${method} ${path}`).toBe(404);
    expect(problem(here.answer), `${method} ${path} tells that it exists`).toEqual(problem(none.answer));
  }
  expect((await ask("GET", `customers/${(await customersOf(IT))[0].id}/contacts`)).status, "control").toBe(200);
});

test("a Viewer and a billing admin read customers and subscriptions and change none; a guest sees none of them", async ({ browser }) => {
  const { id } = (await ask("POST", "customers", draft)).body;
  const contact = (await ask("POST", `customers/${id}/contacts`, { name: "Ada", email: "ada@api.example" })).body.id;
  await ask("POST", `customers/${id}/subjects`, { subject: "api-device" });
  const subscription = (await ask("POST", `customers/${id}/subscriptions`, { rate_plan_id: plan, starts_on: "2031-01-01" })).body.id;
  const writes: [string, string, unknown?][] = [
    ["POST", "customers", draft],
    ["PATCH", `customers/${id}`, { country: "FR" }],
    ["POST", `customers/${id}/archive`, {}],
    ["PUT", "customers/by-external-id/api%2Froles", draft],
    ["POST", `customers/${id}/contacts`, { name: "x", email: "x@api.example" }],
    ["PATCH", `customers/${id}/contacts/${contact}`, { name: "x" }],
    ["DELETE", `customers/${id}/contacts/${contact}`],
    ["POST", `customers/${id}/subjects`, { subject: "x" }],
    ["DELETE", `customers/${id}/subjects/api-device`],
    ["POST", `customers/${id}/subscriptions`, { rate_plan_id: plan, starts_on: "2031-02-01" }],
    ["POST", `subscriptions/${subscription}/phases`, { from_on: "2031-02-01", seats: 3 }],
    ["DELETE", `subscriptions/${subscription}/phases/2031-02-01`],
    ["POST", `subscriptions/${subscription}/end`, { last_on: "2031-06-30" }],
    ["DELETE", `subscriptions/${subscription}/end`],
  ];
  const reads = [`customers/${id}`, `customers/${id}/contacts`, `customers/${id}/subjects`, `customers/${id}/subscriptions`, `customers/${id}/upcoming`, `subscriptions/${subscription}`];
  const facts = async () => JSON.stringify(await Promise.all(reads.map(async (path) => (await ask("GET", path)).body)));
  const before = await facts();
  for (const role of ["viewer", "billing_admin", "guest"]) {
    const who = await register(fresh("subscriber"), "Sue Subscriber");
    await seat(who, IT, role);
    const by = await tokenOf(browser, who, NAME);
    for (const [method, path, json] of writes) {
      expect(problem((await ask(method, path, json, by)).answer), `${role}: ${method} ${path}`).toMatchObject({ status: 403, code: "forbidden" });
    }
    for (const path of reads) expect((await ask("GET", path, undefined, by)).status, `${role}: GET ${path}`).toBe(role === "guest" ? 404 : 200);
    const listed = (await ask("GET", "subscriptions?limit=100", undefined, by)).body.items;
    if (role === "guest") expect(listed).toEqual([]);
    else expect(listed.length).toBeGreaterThan(0);
  }
  expect(await facts(), "a refused request changed something").toBe(before);
});

test("a cursor of another workspace leads to rows of the own workspace only", async () => {
  const { id } = await workspaceOf(IT);
  for (const [noun, key] of [["customers", "id"], ["subscriptions", "id"], ["events", "key"]]) {
    const foreign = await ask("GET", `/api/v1/workspaces/${FINANCE}/${noun}?limit=1`);
    expect(foreign.body.next, `control: ${noun} of Finance have a second page`).not.toBeNull();
    const answer = await ask("GET", `${noun}?limit=100&after=${encodeURIComponent(foreign.body.next)}`);
    expect([200, 400], noun).toContain(answer.status);
    const seen: string[] = (answer.body.items ?? []).map((item: Record<string, string>) => item[key]);
    const [{ own }] = await sql<{ own: string }>(`select count(*) as own from workspace.${noun} where workspace_id = $1 and ${key} = any($2)`, [id, seen]);
    expect(Number(own), `${noun} of another workspace are listed`).toBe(seen.length);
  }
});

test("a rate plan of another workspace is refused like one that does not exist", async () => {
  const { id } = (await ask("POST", "customers", draft)).body;
  const [{ id: foreign }] = await sql("select id from workspace.rate_plans where workspace_id = $1 and status = 'active' limit 1", [(await workspaceOf(FINANCE)).id]);
  const missing = "018f4d9e-0000-7000-8000-000000000000";
  const start = (rate_plan_id: string) => ask("POST", `customers/${id}/subscriptions`, { rate_plan_id, starts_on: "2031-01-01" });
  const [theirs, none] = [await start(foreign), await start(missing)];
  expect([theirs.status, problem(theirs.answer)]).toEqual([422, problem(none.answer)]);
  const own = await start(plan);
  expect(own.status, "control: a plan of the own workspace").toBe(201);
  const change = (rate_plan_id: string) => ask("POST", `subscriptions/${own.body.id}/phases`, { from_on: "2031-02-01", rate_plan_id });
  const [to, nowhere] = [await change(foreign), await change(missing)];
  expect([to.status, problem(to.answer)]).toEqual([422, problem(nowhere.answer)]);
});
