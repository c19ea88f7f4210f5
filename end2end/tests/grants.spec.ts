// Grants: a write carries the grant of the workspace that its page was rendered for. If the grant does not match the
// address, or the role lacks the right, the write is refused and changes nothing (docs/SECURITY.md, I-8, I-9).
import { type APIRequestContext, expect } from "@playwright/test";
import { ADA, VIK, test } from "../support/as";
import { call, grantOf } from "../support/calls";
import { FINANCE, IT, PRODUCT_ENG, customersOf, sql, workspaceOf } from "../support/facts";
import { PASSWORD } from "../support/people";
import { addWebhook } from "../support/receiver";

const NAME = "Written by a test";
const INPUT = { name: NAME, email: "written@customer.example", country: "NL", note: "" };

const written = () =>
  sql<{ slug: string; id: string }>(
    "select w.slug, c.id from workspace.customers c join account.workspaces w on w.id = c.workspace_id where c.name = $1", [NAME]);

function save(request: APIRequestContext, workspace: string, grant: string, id: string | null = null) {
  return call(request, "act_on_customer", { workspace, grant, id, action: { action: "save", ...INPUT } });
}

test.afterEach(async () => {
  await sql("delete from workspace.customers where name = $1", [NAME]);
  await sql("delete from workspace.webhooks where description = 'Grants'");
});

test("a grant of the same workspace writes a customer once, in that workspace", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const answer = await save(request, IT, await grantOf(request, IT));
  expect(answer.status()).toBe(200);
  expect(answer.headers()["stile-workspace"]).toBe((await workspaceOf(IT)).id);
  expect(await written()).toEqual([{ slug: IT, id: await answer.json() }]);
});

test("a grant of another workspace gets 409, and neither workspace changes", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const grants: Record<string, string> = { [IT]: await grantOf(request, IT), [PRODUCT_ENG]: await grantOf(request, PRODUCT_ENG), [FINANCE]: await grantOf(request, FINANCE) };
  for (const [of, to] of [[IT, PRODUCT_ENG], [PRODUCT_ENG, IT], [IT, FINANCE], [FINANCE, IT]]) {
    const answer = await save(request, to, grants[of]);
    expect([answer.status(), await answer.json()], `a grant of ${of} is accepted for ${to}`).toEqual([409, "mismatch"]);
    expect(await written(), `a grant of ${of} wrote to ${to}`).toEqual([]);
  }
  for (const slug of [IT, PRODUCT_ENG]) {
    expect((await save(request, slug, grants[slug])).status(), `control: the grant of ${slug} writes to ${slug}`).toBe(200);
  }
  expect((await written()).map((row) => row.slug).sort()).toEqual([IT, PRODUCT_ENG]);
});

test("all other writes and page loads refuse a grant of another workspace", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const grant = await grantOf(request, IT);
  const [customer] = await customersOf(PRODUCT_ENG);
  const [product] = await sql("select p.id from workspace.products p where p.workspace_id = $1 limit 1", [(await workspaceOf(PRODUCT_ENG)).id]);
  const [subscription] = await sql("select s.id, s.customer_id from workspace.subscriptions s where s.workspace_id = $1 limit 1", [(await workspaceOf(PRODUCT_ENG)).id]);
  const [plan] = await sql("select p.id from workspace.rate_plans p where p.workspace_id = $1 limit 1", [(await workspaceOf(PRODUCT_ENG)).id]);
  const [meter] = await sql("select m.id, m.product_id from workspace.meters m where m.workspace_id = $1 limit 1", [(await workspaceOf(PRODUCT_ENG)).id]);
  const webhook = await addWebhook((await workspaceOf(PRODUCT_ENG)).id, "Grants");
  const [invoice] = await sql("select i.id from workspace.invoices i where i.workspace_id = $1 limit 1", [(await workspaceOf(PRODUCT_ENG)).id]);
  const state = () =>
    sql(`select (select md5(string_agg(h::text, '' order by h.id)) from workspace.webhooks h) as webhooks,
      (select md5(string_agg(r::text, '' order by r.id)) from workspace.rate_plans r) as plans,
      (select md5(string_agg(v::text, '' order by v.plan_id, v.version)) from workspace.rate_plan_versions v) as versions,
      (select md5(string_agg(m::text, '' order by m.id)) from workspace.meters m) as meters,
      (select md5(string_agg(c::text, '' order by c.id)) from workspace.customers c) as customers,
      (select md5(string_agg(f::text, '' order by f.subscription_id, f.from_on)) from workspace.subscription_phases f) as phases,
      (select md5(string_agg(k::text, '' order by k.id)) from workspace.customer_contacts k) as contacts,
      (select count(*) from workspace.usage_adjustments) as adjustments,
      (select md5(string_agg(i::text, '' order by i.id)) from workspace.invoices i) as invoices,
      (select md5(string_agg(s::text, '' order by s.workspace_id, s.kind)) from workspace.series s) as series,
      (select md5(string_agg(p::text, '' order by p.id)) from workspace.products p) as products`);
  const before = await state();
  const input = { name: NAME, code: "written-by-a-test", description: "" };
  for (const [name, data] of [
    ["act_on_customer", { id: customer.id, action: { action: "save", ...INPUT } }],
    ["act_on_customer", { id: customer.id, action: { action: "archive" } }],
    ["act_on_customer", { id: customer.id, action: { action: "add-subject", subject: "grants" } }],
    ["save_contact", { customer: customer.id, contact: null, input: { name: NAME, email: "x@grants.example" } }],
    ["start_subscription", { customer: customer.id, input: { plan: plan.id, starts_on: "2031-01-01", seats: "1" } }],
    ["change_subscription", { id: subscription.id, input: { kind: "seats", seats: "99", from_on: "2031-01-01" } }],
    ["adjust_usage", { customer: customer.id, input: { meter: meter.id, day: "2026-03-01", quantity: "-1", reason: NAME } }],
    ["adjust_subscription", { id: subscription.id, action: { action: "cancel-end" } }],
    ["move_subscriptions", { plan: plan.id, to: 1, from: "2" }],
    ["act_on_product", { id: null, action: { action: "save", ...input } }],
    ["act_on_product", { id: product.id, action: { action: "save", ...input } }],
    ["act_on_product", { id: product.id, action: { action: "archive" } }],
    ["act_on_invoice", { id: invoice.id, action: { action: "delete" } }],
    ["create_invoice", { input: { customer: customer.id, currency: "EUR" } }],
    ["credit_invoice", { id: invoice.id, input: { amounts: ["1"], rebill: "", note: "" } }],
    ["draft_due", { run: { cuts: [] } }],
    ["act_on_invoicing", { action: { action: "save-series", kind: "invoice", prefix: "X-", width: "4" } }],
    ["create_api_key", { input: { name: NAME, read: "on", life: "90", password: PASSWORD } }],
    ["create_webhook", { input: { url: "https://hooks.example.com/", description: NAME, import_done: "on" } }],
    ["save_webhook", { id: webhook, input: { url: "https://hooks.example.com/", description: NAME, import_done: "on" } }],
    ["act_on_webhook", { id: webhook, act: "turn_off" }],
    ["act_on_webhook", { id: webhook, act: "delete" }],
    ["act_on_meter", { product: product.id, id: null, action: { action: "create", name: NAME, code: "written", event_type: "x", aggregation: "count", unit: "call" } }],
    ["act_on_meter", { product: meter.product_id, id: meter.id, action: { action: "archive" } }],
    ["act_on_rate_plan", { id: null, action: { action: "create", name: NAME, code: "written", currency: "EUR", interval: "month" } }],
    ["act_on_rate_plan", { id: plan.id, action: { action: "archive" } }],
    ["save_draft", { id: plan.id, base: "any", input: [] }],
    ["draft_impact", { id: plan.id, input: [] }],
    ["act_on_import", { id: customer.id, action: { action: "stop" } }],
    ["load_page", { page: "customers" }],
  ] as const) {
    const answer = await call(request, name, { workspace: PRODUCT_ENG, grant, ...data });
    expect([answer.status(), await answer.json()], name).toEqual([409, "mismatch"]);
  }
  // A valid grant does not reach a customer of another workspace.
  const foreign = await save(request, IT, grant, customer.id);
  expect([foreign.status(), await foreign.json()]).toEqual([404, "absent"]);
  expect(await state(), "a refused request changed something").toEqual(before);
});

test("a missing or forged grant, or one of another session or person, is refused and writes nothing", async ({ as }) => {
  const { request } = (await as(ADA)).context();
  const elsewhere = await grantOf((await as(ADA)).context().request, IT);
  const viks = await grantOf((await as(VIK)).context().request, IT);
  const own = await grantOf(request, IT);
  const [head, claims, signature] = own.split(".");
  const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${claims}.`;
  const flipped = `${head}.${claims}.${signature[0] === "A" ? "B" : "A"}${signature.slice(1)}`;
  for (const [what, grant] of Object.entries({ elsewhere, viks, unsigned, flipped, none: "" })) {
    const answer = await save(request, IT, grant);
    expect([answer.status(), await answer.json()], what).toEqual([409, "mismatch"]);
    expect(await written(), `the grant "${what}" wrote a customer`).toEqual([]);
  }
  expect((await save(request, IT, own)).status(), "control: her own grant is accepted").toBe(200);
});

test("a Viewer's write gets 403 and writes nothing", async ({ as }) => {
  const { request } = (await as(VIK)).context();
  const grant = await grantOf(request, IT);
  const [customer] = await customersOf(IT);
  for (const id of [null, customer.id]) {
    const answer = await save(request, IT, grant, id);
    expect(answer.status(), "a Viewer can save a customer").toBe(403);
    expect(await answer.json()).toEqual({ denied: "edit_content" });
  }
  const archived = await call(request, "act_on_customer", { workspace: IT, grant, id: customer.id, action: { action: "archive" } });
  expect(archived.status(), "a Viewer can archive a customer").toBe(403);
  expect(await written(), "a Viewer's write was stored").toEqual([]);
  expect((await customersOf(IT))[0], "the customer changed").toEqual(customer);

  const [ada] = [(await as(ADA)).context().request];
  expect((await save(ada, IT, await grantOf(ada, IT))).status(), "control: an Owner can save the same customer").toBe(200);
  expect(await written()).toHaveLength(1);
});
