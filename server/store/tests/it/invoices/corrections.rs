//! Promises: a void invoice is made again with the same lines, credit notes never return more than was charged, and
//! payments settle an invoice.

use super::*;
use crate::support::{done, line};
use model::{
    Currency, Money,
    invoice::{CreditDraft, InvoiceStatus, LineDraft, NewInvoice, PaymentDraft, PaymentMethod, VoidReason},
};
use store::Written;
use time::macros::date;

/// Issues an invoice of the first customer with lines of these amounts, at 19 %.
async fn invoice(world: &World, stock: &Stock, amounts: &[i64]) -> InvoiceId {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let new = NewInvoice { customer: stock.customers[0], currency: Currency::EUR };
    let id = done(invoices::create(&mut tx, &can, &new).await.unwrap());
    for minor in amounts {
        let net = Money { minor: *minor, currency: Currency::EUR };
        let new = LineDraft { name: line("Service"), net, tax_rate: None };
        done(invoices::add_line(&mut tx, &can, id, &new).await.unwrap());
    }
    tx.commit().await.unwrap();
    issued(world, id).await;
    id
}

async fn credit(world: &World, id: InvoiceId, amounts: &[(u16, i64)], rebill: bool) -> Written<InvoiceId> {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let new = CreditDraft { amounts: amounts.to_vec(), rebill, note: String::new() };
    let written = invoices::credit(&mut tx, &can, id, &new).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn pay(world: &World, id: InvoiceId, minor: i64) -> Written<model::id::PaymentId> {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let payment = PaymentDraft {
        amount: Money { minor, currency: Currency::EUR },
        received_on: date!(2026 - 06 - 02),
        method: PaymentMethod::Transfer,
        reference: String::new(),
    };
    let written = invoices::pay(&mut tx, &can, id, &payment).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn void(world: &World, id: InvoiceId) -> Written<()> {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let written = invoices::void(&mut tx, &can, id, &VoidReason(line("Wrong address"))).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn remake(world: &World, id: InvoiceId) -> Written<InvoiceId> {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let written = invoices::remake(&mut tx, &can, id).await.unwrap();
    tx.commit().await.unwrap();
    written
}

/// The state of an invoice: status, paid, credited and balance.
async fn state(world: &World, id: InvoiceId) -> (InvoiceStatus, i64, i64, i64) {
    let document = document(world, id).await;
    let totals = document.totals;
    (document.row.status, totals.paid_minor, totals.credited_minor, totals.balance().minor)
}

#[tokio::test]
async fn a_void_invoice_is_made_again_with_the_same_lines_and_the_next_number() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let may = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    issued(&world, may).await;
    used(&mut superuser, &world, &stock, "may", "2026-05-10", "100").await;
    let first = drafted(&world, subscription, date!(2026 - 06 - 01)).await;
    assert_eq!(issued(&world, first).await, "Alpha-4");
    let before = document(&world, first).await;
    done(void(&world, first).await);
    let second = done(remake(&world, first).await);
    assert!(matches!(remake(&world, first).await, Written::Invalid(_)), "only once");
    assert_eq!(issued(&world, second).await, "Alpha-5");
    let after = document(&world, second).await;
    assert_eq!((&after.lines, &after.taxes, after.totals), (&before.lines, &before.taxes, before.totals));
    assert_eq!(after.replaces.map(|link| link.id), Some(first));
    assert_eq!(document(&world, first).await.replaced_by.map(|link| link.id), Some(second));
    // One late unit in between: exactly its line differs.
    done(void(&world, second).await);
    used(&mut superuser, &world, &stock, "late", "2026-05-11", "50").await;
    let third = done(remake(&world, second).await);
    issued(&world, third).await;
    let differences: Vec<i64> = document(&world, third).await.lines.iter().zip(&after.lines)
        .map(|(new, old)| new.net_minor - old.net_minor).collect();
    assert_eq!(differences, [50, 0]);
}

/// Credit notes, rounded one by one, exceeded the invoice.
#[tokio::test]
async fn credit_notes_of_all_lines_return_exactly_the_total() {
    let (world, stock, _superuser) = shop().await;
    let lines = [6_833, 5_750, 8_500, 6_833];
    let id = invoice(&world, &stock, &lines).await;
    let total = document(&world, id).await.totals.total_minor;
    let mut credited = 0;
    for (position, minor) in (0_u16..).zip(lines) {
        let note = done(credit(&world, id, &[(position, minor)], false).await);
        credited += document(&world, note).await.totals.total_minor;
    }
    assert_eq!(credited, total);
    assert_eq!(state(&world, id).await, (InvoiceStatus::Paid, 0, total, 0));
}

/// One cent too much was credited "because of rounding".
#[tokio::test]
async fn nothing_is_credited_once_the_line_is_used_up() {
    let (world, stock, mut superuser) = shop().await;
    let id = invoice(&world, &stock, &[1_000, 500]).await;
    done(credit(&world, id, &[(0, 1_000)], false).await);
    assert!(matches!(credit(&world, id, &[(0, 1)], false).await, Written::Invalid(_)));
    assert!(matches!(credit(&world, id, &[(7, 1)], false).await, Written::Invalid(_)), "no such line");
    // The database refuses it as well.
    let cheat = format!(
        "begin;
        insert into workspace.invoices (workspace_id, id, kind, customer_id, status, total_minor, net_minor, currency, credits_id)
            select workspace_id, '00000000-0000-7000-8000-000000000001', 'credit_note', customer_id, 'draft', 1, 1, currency, id
            from workspace.invoices where id = '{id}';
        insert into workspace.invoice_lines (workspace_id, invoice_id, position, customer_id, name, net_minor, percent, category,
                credits_position)
            select workspace_id, '00000000-0000-7000-8000-000000000001', 0, customer_id, 'Cheat', 1, 0, 'O', 0
            from workspace.invoices where id = '{id}';
        insert into workspace.invoice_taxes (workspace_id, invoice_id, category, percent, customer_id, net_minor, tax_minor)
            select workspace_id, '00000000-0000-7000-8000-000000000001', 'O', 0, customer_id, 1, 0
            from workspace.invoices where id = '{id}';
        update workspace.invoices set credited_minor = credited_minor + 1 where id = '{id}';
        update workspace.series set next = next + 1 where kind = 'credit_note';
        update workspace.invoices i set status = 'open', number = 'CN-X', series_year = s.series_year, series_no = s.next - 1,
                issued_on = s.last_on, due_on = s.last_on, issued_at = now()
            from workspace.series s
            where s.workspace_id = i.workspace_id and s.kind = 'credit_note' and i.id = '00000000-0000-7000-8000-000000000001';
        commit"
    );
    let refused = execute(&mut superuser, &cheat).await;
    let Err(sqlx::Error::Database(error)) = refused else { panic!("it was credited: {refused:?}") };
    assert_eq!(error.constraint(), Some("document_credits"));
    execute(&mut superuser, "rollback").await.unwrap();
    done(credit(&world, id, &[(1, 1)], false).await);
}

#[tokio::test]
async fn credited_usage_is_due_again_only_if_it_is_invoiced_again() {
    let (world, stock, _superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let may = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    issued(&world, may).await;
    done(credit(&world, may, &[(0, 300)], false).await);
    let june = drafted(&world, subscription, date!(2026 - 06 - 01)).await;
    assert_eq!(amounts(&document(&world, june).await), [900], "goodwill is not charged again");
    done(credit(&world, may, &[(0, 200)], true).await);
    assert_eq!(amounts(&document(&world, june).await), [200, 900]);
}

#[tokio::test]
async fn payments_refunds_and_reversals_settle_an_invoice() {
    let (world, stock, _superuser) = shop().await;
    let id = invoice(&world, &stock, &[1_000]).await;
    let first = done(pay(&world, id, 1_000).await);
    assert_eq!(state(&world, id).await, (InvoiceStatus::Open, 1_000, 0, 190));
    assert!(matches!(pay(&world, id, 191).await, Written::Invalid(_)), "more than is left");
    done(pay(&world, id, 190).await);
    assert_eq!(state(&world, id).await, (InvoiceStatus::Paid, 1_190, 0, 0));
    assert!(matches!(void(&world, id).await, Written::Invalid(_)), "a paid invoice is not void");
    // What is paid and then credited is owed to the customer, and paid back.
    done(credit(&world, id, &[(0, 100)], false).await);
    assert_eq!(state(&world, id).await, (InvoiceStatus::Paid, 1_190, 119, -119));
    done(pay(&world, id, -119).await);
    assert_eq!(state(&world, id).await, (InvoiceStatus::Paid, 1_071, 119, 0));
    assert!(matches!(pay(&world, id, -1_072).await, Written::Invalid(_)), "more than was paid");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    done(invoices::reverse_payment(&mut tx, &can, id, first).await.unwrap());
    assert!(matches!(invoices::reverse_payment(&mut tx, &can, id, first).await.unwrap(), Written::Invalid(_)));
    tx.commit().await.unwrap();
    assert_eq!(state(&world, id).await, (InvoiceStatus::Open, 71, 119, 1_000));
}

#[tokio::test]
async fn an_invoice_of_0_is_paid_when_it_is_issued() {
    let (world, stock, _superuser) = shop().await;
    let id = invoice(&world, &stock, &[1_000, -1_000]).await;
    assert_eq!(state(&world, id).await, (InvoiceStatus::Paid, 0, 0, 0));
}
