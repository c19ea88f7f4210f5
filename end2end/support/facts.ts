// Reads the database, and searches a page for its values. Leak tests use this.
import { type Page, expect } from "@playwright/test";
import { database } from "./server";

export const IT = "smartai-it";
export const PRODUCT_ENG = "smartai-product-eng";
export const FINANCE = "globalai-finance";

/** Runs one statement as the superuser and returns its rows. */
export async function sql<Row = Record<string, string>>(statement: string, values: unknown[] = []): Promise<Row[]> {
  const client = await database();
  try {
    return (await client.query(statement, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Returns the id and name of a workspace. */
export async function workspaceOf(slug: string): Promise<{ id: string; name: string }> {
  const rows = await sql<{ id: string; name: string }>("select id, name from account.workspaces where slug = $1", [slug]);
  expect(rows, `the workspace ${slug} is in the database`).toHaveLength(1);
  return rows[0];
}

/** Returns the customers of a workspace, in the order of its list. */
export async function customersOf(slug: string): Promise<{ id: string; name: string }[]> {
  return sql(
    `select c.id, c.name from workspace.customers c join account.workspaces w on w.id = c.workspace_id
     where w.slug = $1 order by c.name_key, c.id`,
    [slug],
  );
}

/** Returns the id of a person. */
export async function personOf(email: string): Promise<string> {
  return (await sql("select id from account.users where email = $1", [email]))[0].id;
}

/** Returns the strings that occur only in the data of this workspace: names, addresses, ids, numbers. */
export async function stringsOf(slug: string): Promise<string[]> {
  const rows = await sql<{ slug: string; text: string }>(
    `select w.slug, t.text from account.workspaces w join lateral (
       select unnest(array[c.id::text, c.name, c.email]) from workspace.customers c where c.workspace_id = w.id
       union select unnest(array[c.external_id, c.legal_name, nullif(c.tax_id, '')]) from workspace.customers c where c.workspace_id = w.id
       union select unnest(array[k.id::text, k.email]) from workspace.customer_contacts k where k.workspace_id = w.id
       union select s.id::text from workspace.subscriptions s where s.workspace_id = w.id
       union select unnest(array[p.id::text, p.name, p.description]) from workspace.products p where p.workspace_id = w.id
       union select unnest(array[m.id::text, m.name, m.code]) from workspace.meters m where m.workspace_id = w.id
       union select unnest(array[r.id::text, r.name]) from workspace.rate_plans r where r.workspace_id = w.id
       union select unnest(array[i.id::text, i.number]) from workspace.invoices i where i.workspace_id = w.id
       union select unnest(array[f.id::text, f.name]) from workspace.imports f where f.workspace_id = w.id
       union select unnest(array[k.id::text, k.name, k.prefix]) from account.api_keys k where k.workspace_id = w.id
       union select unnest(array[h.id::text, h.url, h.description]) from workspace.webhooks h where h.workspace_id = w.id
       union select d.id::text from workspace.webhook_deliveries d where d.workspace_id = w.id
       union select unnest(array[a.id::text, a.reason]) from workspace.usage_adjustments a where a.workspace_id = w.id
       union select unnest(array[e.key::text, e.event_id]) from workspace.events e where e.workspace_id = w.id
     ) t (text) on true`,
  );
  const others = rows.filter((row) => row.slug !== slug).map((row) => row.text).join("\n");
  const own = rows.filter((row) => row.slug === slug && row.text?.length > 5).map((row) => row.text);
  const telling = own.filter((text) => !others.includes(text));
  expect(telling.length, `${slug} has strings that no other workspace has`).toBeGreaterThan(100);
  return telling;
}

/**
 * Searches the tab for the strings: markup, text, form controls, title, address, history, storage. Returns at most
 * twelve that it contains.
 */
export async function found(page: Page, strings: string[]): Promise<string[]> {
  return page.evaluate((strings) => {
    const root = document.documentElement;
    const controls = [...document.querySelectorAll<HTMLInputElement>("input, textarea, select")].map((c) => c.value);
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), JSON.stringify(history.state)];
    const all = [root.outerHTML, root.textContent, document.title, location.href, ...controls, ...kept].join("\n");
    return strings.filter((text) => all.includes(text)).slice(0, 12);
  }, strings);
}

/** Returns the names in the first column of the open list. */
export async function rowNames(page: Page): Promise<string[]> {
  return page.getByTestId("row").locator(".row-link").allTextContents();
}
