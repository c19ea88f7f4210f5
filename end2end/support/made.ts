// Reads one value from the database, and removes rows that a test created.
import { sql } from "./facts";

/** Returns the only value of a statement. */
export async function value<T = string>(statement: string, values: unknown[] = []): Promise<T> {
  const found = await sql<Record<string, T>>(statement, values);
  if (found.length !== 1) throw new Error(`${found.length} rows instead of one: ${statement}`);
  return Object.values(found[0])[0];
}

/**
 * Removes customers and products of all workspaces whose name starts with the prefix. Each test uses its own prefix.
 */
export async function forget(prefix: string): Promise<void> {
  if (prefix.length < 4) throw new Error("that prefix could be somebody's name");
  await sql("delete from workspace.customers where starts_with(name, $1)", [prefix]);
  await sql("delete from workspace.products where starts_with(name, $1)", [prefix]);
}

/** Removes operator tokens whose name starts with the prefix. */
export async function forgetTokens(prefix: string): Promise<void> {
  if (prefix.length < 4) throw new Error("that prefix could be somebody's name");
  await sql("delete from account.operator_tokens where starts_with(name, $1)", [prefix]);
}
