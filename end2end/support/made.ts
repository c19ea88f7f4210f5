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
  ${["subscription_phases", "subscriptions", "customer_contacts", "customer_subjects", "customer_shares"]
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

/** Removes operator tokens whose name starts with the prefix. */
export async function forgetTokens(prefix: string): Promise<void> {
  if (prefix.length < 4) throw new Error("that prefix could be somebody's name");
  await sql("delete from account.operator_tokens where starts_with(name, $1)", [prefix]);
}
