// A workspace of its own for tests of usage: a person who owns it, one meter and one customer.
import { randomBytes, randomUUID } from "node:crypto";
import { type APIRequestContext, expect } from "@playwright/test";
import { call, grantOf } from "./calls";
import { sql } from "./facts";
import { fresh, register } from "./invites";
import { PASSWORD } from "./people";
import { BASE } from "./server";

export interface Shop {
  slug: string;
  id: string;
  owner: string;
  ownerId: string;
  organization: string;
  customer: string;
}

/** Creates the workspace. Its meter sums the property `tokens` of events of the type `tokens`; the subject is `acme`. */
export async function openShop(name: string): Promise<Shop> {
  const owner = await register(fresh(name), "Shop Owner");
  const [{ id: ownerId }] = await sql("select id from account.users where email = $1", [owner]);
  const [organization, id, product, customer] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const slug = `${name}-${randomBytes(4).toString("hex")}`;
  await sql("insert into account.organizations (id, name) values ($1, 'Shop')", [organization]);
  await sql("insert into account.organization_members (organization_id, user_id, role) values ($1, $2, 'owner')", [organization, ownerId]);
  await sql("insert into account.workspaces (id, organization_id, slug, name) values ($1, $2, $3, 'Shop')", [id, organization, slug]);
  await sql("insert into workspace.products (workspace_id, id, name, code) values ($1, $2, 'Model', 'model')", [id, product]);
  await sql(
    `insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit, counts_from)
      values ($1, $2, $3, 'Tokens', 'tokens', 'tokens', 'sum', 'tokens', 'token', '2020-01-01')`, [id, randomUUID(), product]);
  await sql("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, $2, 'Acme', 'billing@acme.example', 'DE')", [id, customer]);
  await sql("insert into workspace.customer_subjects (workspace_id, subject, customer_id) values ($1, 'acme', $2)", [id, customer]);
  return { slug, id, owner, ownerId, organization, customer };
}

/** Creates an API key by its server function. */
export async function keyOf(request: APIRequestContext, slug: string, scopes: Record<string, string>, name = "Meter"): Promise<string> {
  const input = { name, life: "365", password: PASSWORD, ...scopes };
  const answer = await call(request, "create_api_key", { workspace: slug, grant: await grantOf(request, slug), input });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()) as string;
}

export interface Answer {
  status: number;
  json: Record<string, unknown> & { code?: string; results?: Record<string, unknown>[] };
  headers: Headers;
  text: string;
}

/** Sends a body to the events of a workspace. */
export async function post(slug: string, key: string, body: string | Uint8Array, headers: Record<string, string> = {}, query = ""): Promise<Answer> {
  const answer = await fetch(`${BASE}/api/v1/workspaces/${slug}/events${query}`, {
    method: "POST", redirect: "manual", body: typeof body === "string" ? body : new Uint8Array(body),
    headers: { "content-type": "application/cloudevents-batch+json", ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
  });
  const text = await answer.text();
  let json: Answer["json"] = {};
  try {
    json = JSON.parse(text);
  } catch {
    // Without a body.
  }
  return { status: answer.status, json, headers: answer.headers, text };
}

/** An event of 5 tokens. */
export const tokens = (id: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
  ({ specversion: "1.0", id, source: "gateway", type: "tokens", subject: "acme", data: { tokens: 5 }, ...more });

/** Returns the sum that the meter has counted. */
export async function counted(id: string): Promise<string> {
  const [{ sum }] = await sql("select trim_scale(coalesce(sum(quantity), 0))::text as sum from workspace.usage_days where workspace_id = $1", [id]);
  return sum;
}
