// An issued invoice is mailed to the contacts of its customer who get invoices, with the PDF that the page offers. Nobody
// mails a draft, or an invoice without the right to.
import { randomUUID } from "node:crypto";
import { expect, test } from "@playwright/test";
import { call, grantOf } from "../support/calls";
import { sql } from "../support/facts";
import { fresh, register } from "../support/invites";
import { issueInvoice } from "../support/issued";
import { mailTo, mailsTo } from "../support/mailbox";
import { textOf } from "../support/pdf";
import { contextOf } from "../support/people";
import { type Shop, openShop } from "../support/shop";

let shop: Shop;

test.beforeEach(async () => {
  shop = await openShop("post");
});

const contact = (email: string, getsInvoices: boolean) =>
  sql("insert into workspace.customer_contacts (workspace_id, id, customer_id, name, email, gets_invoices) values ($1, $2, $3, 'Contact', $4, $5)", [shop.id, randomUUID(), shop.customer, email, getsInvoices]);

test("contacts who get invoices get the mail with the PDF of the page", async ({ browser }) => {
  const [first, second, none] = [fresh("pays"), fresh("checks"), fresh("reads")];
  await Promise.all([contact(first, true), contact(second, true), contact(none, false)]);
  const { id, number } = await issueInvoice(shop, "Acme");
  const context = await contextOf(browser, shop.owner);
  const grant = await grantOf(context.request, shop.slug);
  const answer = await call(context.request, "send_invoice", { workspace: shop.slug, grant, id });
  expect([answer.status(), await answer.text()]).toEqual([200, "2"]);
  const file = await (await context.request.get(`/${shop.slug}/invoices/${id}/pdf`)).body();
  for (const address of [first, second]) {
    const mail = await mailTo(address);
    expect(mail.subject).toBe(`Invoice ${number} from Shop GmbH`);
    expect(mail.text).toContain(`Shop GmbH sent you invoice ${number} of €119.00. Please pay it by`);
    expect(mail.html).toContain("It is attached as a PDF.");
    expect(mail.attachments.map(({ name, type }) => [name, type])).toEqual([[`${number}.pdf`, "application/pdf"]]);
    expect(mail.attachments[0].bytes.equals(file), "the mail has another file than the page").toBe(true);
    expect(await textOf(mail.attachments[0].bytes)).toContain(number);
  }
  expect(mailsTo(none), "a contact who gets no invoices got one").toEqual([]);
  const [{ sent }] = await sql<{ sent: boolean }>("select sent_at is not null as sent from workspace.invoices where id = $1", [id]);
  expect(sent).toBe(true);
  await context.close();
});

test("without such a contact, the customer gets the mail", async ({ browser }) => {
  const address = fresh("customer");
  await sql("update workspace.customers set email = $2 where id = $1", [shop.customer, address]);
  const { id, number } = await issueInvoice(shop, "Acme");
  const context = await contextOf(browser, shop.owner);
  const answer = await call(context.request, "send_invoice", { workspace: shop.slug, grant: await grantOf(context.request, shop.slug), id });
  expect(answer.status(), await answer.text()).toBe(200);
  expect((await mailTo(address)).subject).toContain(number);
  await context.close();
});

test("a draft is not mailed, and a viewer mails nothing", async ({ browser }) => {
  const draft = randomUUID();
  await sql("insert into workspace.invoices (workspace_id, id, customer_id, status, currency, total_minor) values ($1, $2, $3, 'draft', 'EUR', 0)", [shop.id, draft, shop.customer]);
  const address = fresh("nobody");
  await contact(address, true);
  const context = await contextOf(browser, shop.owner);
  const refused = await call(context.request, "send_invoice", { workspace: shop.slug, grant: await grantOf(context.request, shop.slug), id: draft });
  expect(refused.status()).toBe(422);
  expect(await refused.text()).toContain("Issue the invoice before you mail it.");
  const viewer = await register(fresh("post-viewer"), "Viewer");
  await sql("insert into account.workspace_members (workspace_id, user_id, role) select $1, id, 'viewer' from account.users where email = $2", [shop.id, viewer]);
  const { id } = await issueInvoice(shop, "Acme");
  const theirs = await contextOf(browser, viewer);
  const denied = await call(theirs.request, "send_invoice", { workspace: shop.slug, grant: await grantOf(theirs.request, shop.slug), id });
  expect(denied.status()).toBe(403);
  expect(mailsTo(address)).toEqual([]);
  await Promise.all([context.close(), theirs.close()]);
});
