// Reads one value from the database, and removes rows that a test created.
import { sql } from "./facts";

/** Returns the only value of a statement. */
export async function value<T = string>(statement: string, values: unknown[] = []): Promise<T> {
  const found = await sql<Record<string, T>>(statement, values);
  if (found.length !== 1) throw new Error(`${found.length} rows instead of one: ${statement}`);
  return Object.values(found[0])[0];
}

/** Removes a customer's subscriptions, contacts and subjects, and then the customer. `$1` is the start of the name. */
const FORGET_CUSTOMERS = `with gone as (select workspace_id, id from workspace.customers where starts_with(name, $1)),
  ${["subscription_phases", "subscriptions", "usage_adjustments", "customer_contacts", "customer_subjects", "customer_shares"]
    .map((table) => `${table} as (delete from workspace.${table} t using gone g where t.workspace_id = g.workspace_id and t.customer_id = g.id)`)
    .join(", ")}
  delete from workspace.customers c using gone g where c.workspace_id = g.workspace_id and c.id = g.id`;

/**
 * Removes customers and products of all workspaces whose name starts with the prefix. Each test uses its own prefix.
 */
export async function forget(prefix: string): Promise<void> {
  if (prefix.length < 4) throw new Error("that prefix could be somebody's name");
  await sql(FORGET_CUSTOMERS, [prefix]);
  await sql("delete from workspace.products where starts_with(name, $1)", [prefix]);
}

/**
 * Removes products, meters and rate plans of all workspaces whose name starts with the prefix, also published versions,
 * which a trigger keeps otherwise. Nothing may refer to them.
 */
export async function forgetCatalogue(prefix: string): Promise<void> {
  if (!/^[\w -]{4,}$/.test(prefix)) throw new Error("that prefix could be somebody's name");
  const plans = `(workspace_id, plan_id) in (select workspace_id, id from workspace.rate_plans where starts_with(name, '${prefix}'))`;
  await sql(`
    set session_replication_role = replica;
    delete from workspace.rate_plan_tiers where ${plans};
    delete from workspace.rate_plan_charges where ${plans};
    delete from workspace.rate_plan_versions where ${plans};
    delete from workspace.rate_plans where starts_with(name, '${prefix}');
    delete from workspace.meters where starts_with(name, '${prefix}');
    delete from workspace.products where starts_with(name, '${prefix}');
  `);
}

/** Creates a product with a meter that sums the property `count` of events, and returns the ids. */
export async function makeMeter(workspace: string, name: string): Promise<{ product: string; meter: string }> {
  const code = name.toLowerCase().replaceAll(" ", "-");
  const product = await value(
    "insert into workspace.products (workspace_id, id, name, code) select id, gen_random_uuid(), $2, $3 from account.workspaces where slug = $1 returning id",
    [workspace, name, code],
  );
  const meter = await value(
    `insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit, counts_from)
     select w.id, gen_random_uuid(), $4::uuid, $2, $3, $3, 'sum', 'count', 'token', '2000-01-01' from account.workspaces w where slug = $1 returning id`,
    [workspace, name, code, product],
  );
  return { product, meter };
}

/** Creates a rate plan in euros with an empty draft, and returns its id. */
export async function makePlan(workspace: string, name: string): Promise<string> {
  return value(
    `with plan as (
       insert into workspace.rate_plans (workspace_id, id, name, code, currency, interval)
       select id, gen_random_uuid(), $2, $3, 'EUR', 'month' from account.workspaces where slug = $1 returning workspace_id, id)
     insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state) select workspace_id, id, 1, 'draft' from plan returning plan_id`,
    [workspace, name, name.toLowerCase().replaceAll(" ", "-")],
  );
}

/** Removes operator tokens whose name starts with the prefix. */
export async function forgetTokens(prefix: string): Promise<void> {
  if (prefix.length < 4) throw new Error("that prefix could be somebody's name");
  await sql("delete from account.operator_tokens where starts_with(name, $1)", [prefix]);
}
