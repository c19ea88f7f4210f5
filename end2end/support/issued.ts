// Issues an invoice in a shop by SQL, as the database allows it: lines and taxes of a draft first, then its number.
import { randomUUID } from "node:crypto";
import { sql } from "./facts";
import type { Shop } from "./shop";

export interface IssuedInvoice {
  id: string;
  number: string;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Issues an invoice of one line of 100.00 and 19 % tax in EUR. */
export async function issueInvoice(shop: Shop, buyer: string, line = "Tokens", customer = shop.customer): Promise<IssuedInvoice> {
  const [workspace, id] = [quoted(shop.id), randomUUID()];
  const seller = JSON.stringify({ name: "Shop GmbH", address: "Hauptstraße 1\n10115 Berlin", country: "DE", tax_id: "DE123456789", email: "" });
  // Several statements at once are one transaction.
  await sql(`
    insert into workspace.series (workspace_id, kind, prefix, yearly, series_year, next, last_on)
    values (${workspace}, 'invoice', 'INV-', false, 0, 1, current_date) on conflict do nothing;
    update workspace.series set next = next + 1, last_on = current_date, series_year = 0 where workspace_id = ${workspace} and kind = 'invoice';
    insert into workspace.invoices (workspace_id, id, customer_id, status, currency, net_minor, tax_minor, total_minor, seller, buyer)
    values (${workspace}, '${id}', '${customer}', 'draft', 'EUR', 10000, 1900, 11900, ${quoted(seller)}, ${quoted(JSON.stringify({ name: buyer }))});
    insert into workspace.invoice_lines (workspace_id, invoice_id, position, customer_id, name, net_minor, percent, category)
    values (${workspace}, '${id}', 0, '${customer}', ${quoted(line)}, 10000, 19, 'S');
    insert into workspace.invoice_taxes (workspace_id, invoice_id, category, percent, customer_id, net_minor, tax_minor)
    values (${workspace}, '${id}', 'S', 19, '${customer}', 10000, 1900);
    update workspace.invoices i set status = 'open', number = 'INV-' || lpad((s.next - 1)::text, 4, '0'), series_year = 0,
      series_no = s.next - 1, issued_on = s.last_on, issued_at = now(), due_on = s.last_on + 14
    from workspace.series s where s.workspace_id = i.workspace_id and s.kind = 'invoice' and i.id = '${id}'`);
  const [{ number }] = await sql("select number from workspace.invoices where id = $1", [id]);
  return { id, number };
}
