//! Promise: a day of a subscription has one invoice, however often and by however many it is drafted, and nobody issues
//! what they have not seen.

use super::*;
use crate::support::{done, execute};
use model::{
    field::FieldErrors,
    id::CustomerId,
    invoice::{Blocker, InvoiceStatus, Invoicing, LineInput, NewInvoice, Skipped},
};
use std::sync::Arc;
use store::{Written, invoicing};
use time::macros::date;
use tokio::task::JoinSet;

#[tokio::test]
async fn what_is_due_is_what_is_drafted_and_issued() {
    let (world, stock, mut superuser) = shop().await;
    used(&mut superuser, &world, &stock, "may", "2026-05-10", "250").await;
    let due = invoices::due(&mut world.read(&world.ann, &world.a1).await).await.unwrap();
    let first: Vec<_> = due
        .rows
        .iter()
        .filter(|row| row.customer_id == stock.customers[0])
        .map(|row| (row.cut_on, row.net.map(|net| net.minor)))
        .collect();
    // The fee of May in advance; usage of May and the fee of June.
    assert_eq!(first, [(date!(2026 - 05 - 01), Some(900)), (date!(2026 - 06 - 01), Some(1_150))]);
    let subscription = subscription(&world, &stock, 0).await;
    let may = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    assert_eq!(amounts(&document(&world, may).await), [900]);
    assert_eq!(issued(&world, may).await, "Alpha-3");
    let june = drafted(&world, subscription, date!(2026 - 06 - 01)).await;
    let draft = document(&world, june).await;
    assert_eq!((amounts(&draft), draft.totals.tax_minor, draft.totals.total_minor), (vec![250, 900], 219, 1_369));
    assert_eq!(draft.next_number.as_deref(), Some("Alpha-4"));
    assert_eq!(issued(&world, june).await, "Alpha-4");
    let after = document(&world, june).await;
    assert_eq!((amounts(&after), after.totals, after.taxes.clone()), (amounts(&draft), draft.totals, draft.taxes));
    assert_eq!(
        (after.row.status, after.basis, after.row.issued_on),
        (InvoiceStatus::Open, None, Some(date!(2026 - 06 - 02)))
    );
    assert_eq!(after.row.due_on, Some(date!(2026 - 07 - 02)), "30 days");
    assert!(after.lines.iter().all(|line| line.working.is_some()), "with the steps");
}

/// A retried or concurrent run billed the same period twice.
#[tokio::test]
async fn sixteen_runs_at_once_and_one_more_make_one_draft() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let world = Arc::new(world);
    let wanted = Run { cuts: vec![(subscription, date!(2026 - 05 - 01))] };
    let mut runs = JoinSet::new();
    for _ in 0..16 {
        let (world, wanted) = (Arc::clone(&world), wanted.clone());
        runs.spawn(async move { run(&world, &wanted).await });
    }
    let results = runs.join_all().await;
    assert_eq!(results.iter().map(|result| result.drafted.len()).sum::<usize>(), 1);
    let again = run(&world, &wanted).await;
    assert_eq!(again.skipped, [(subscription, date!(2026 - 05 - 01), Skipped::Exists)]);
    let drafts = format!("workspace.invoices where subscription_id = '{subscription}'");
    assert_eq!(count(&mut superuser, &drafts).await, 1);
}

/// Idempotency by time of day made one invoice of two customers, and two of one.
#[tokio::test]
async fn two_customers_get_an_invoice_each_and_a_day_only_one() {
    let (world, stock, _superuser) = shop().await;
    let all = run(&world, &Run::default()).await;
    assert_eq!(all.drafted.len(), 2, "the first due day of each customer");
    let mut customers: Vec<CustomerId> = Vec::new();
    for id in &all.drafted {
        customers.push(document(&world, *id).await.row.customer_id);
    }
    customers.sort();
    let mut expected = stock.customers.clone();
    expected.sort();
    assert_eq!(customers, expected);
    let again = run(&world, &Run::default()).await;
    assert!(again.drafted.is_empty());
    assert!(again.skipped.iter().any(|(_, _, why)| *why == Skipped::Earlier), "June waits for May");
}

#[tokio::test]
async fn usage_that_arrives_between_opening_a_draft_and_issuing_it_is_shown_and_nothing_is_issued() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let may = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    issued(&world, may).await;
    used(&mut superuser, &world, &stock, "may", "2026-05-10", "100").await;
    let june = drafted(&world, subscription, date!(2026 - 06 - 01)).await;
    let seen = document(&world, june).await;
    assert_eq!((amounts(&seen), seen.moved.is_none()), (vec![100, 900], true));
    used(&mut superuser, &world, &stock, "late", "2026-05-31", "10").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let outcome = invoices::issue(&mut tx, &can, june, &seen.basis.unwrap()).await.unwrap();
    let Issued::Moved(moved) = outcome else { panic!("issued: {outcome:?}") };
    let before = moved.moved.as_ref().expect("what was stored");
    assert_eq!(before.lines.iter().map(|line| line.net_minor).collect::<Vec<_>>(), [100, 900]);
    assert_eq!((before.before.minor, moved.totals.total_minor), (1_190, 1_202));
    tx.commit().await.unwrap();
    assert_eq!(document(&world, june).await.row.status, InvoiceStatus::Draft);
    issued(&world, june).await;
    assert_eq!(amounts(&document(&world, june).await), [110, 900]);
}

#[tokio::test]
async fn late_usage_is_on_the_next_invoice_as_a_difference() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    for on in [date!(2026 - 05 - 01), date!(2026 - 06 - 01)] {
        let draft = drafted(&world, subscription, on).await;
        issued(&world, draft).await;
    }
    used(&mut superuser, &world, &stock, "late", "2026-05-31", "50").await;
    set_clock(&mut superuser, "2026-07-02 12:00Z").await;
    let july = drafted(&world, subscription, date!(2026 - 07 - 01)).await;
    let draft = document(&world, july).await;
    assert_eq!(amounts(&draft), [50, 900]);
    let line = &draft.lines[0];
    assert_eq!(line.service.map(|days| days.from), Some(date!(2026 - 05 - 01)));
    assert_eq!((line.due_minor, line.billed_minor), (Some(50), Some(0)));
}

#[tokio::test]
async fn lines_of_a_person_are_on_the_invoice_and_in_its_tax() {
    let (world, stock, _superuser) = shop().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let new = NewInvoice { customer: stock.customers[1], currency: model::Currency::EUR };
    let id = done(invoices::create(&mut tx, &can, &new).await.unwrap());
    let line = |name: &str, amount: &str| {
        let input = LineInput { name: name.to_owned(), amount: amount.to_owned(), tax_rate: String::new() };
        input.parse(model::Currency::EUR).map_err(|errors: FieldErrors| errors.0).unwrap()
    };
    let empty = invoices::document(&mut tx, id).await.unwrap().unwrap();
    assert!(empty.blockers.contains(&Blocker::NoLines));
    done(invoices::add_line(&mut tx, &can, id, &line("Set-up", "100")).await.unwrap());
    done(invoices::add_line(&mut tx, &can, id, &line("Discount", "-20")).await.unwrap());
    done(invoices::add_line(&mut tx, &can, id, &line("Mistake", "-500")).await.unwrap());
    let negative = invoices::document(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(negative.blockers, [Blocker::Negative]);
    let mistake = negative.lines[2].position;
    done(invoices::remove_line(&mut tx, &can, id, mistake).await.unwrap());
    assert_eq!(invoices::remove_line(&mut tx, &can, id, mistake).await.unwrap(), Written::Absent);
    tx.commit().await.unwrap();
    issued(&world, id).await;
    let document = document(&world, id).await;
    assert_eq!((amounts(&document), document.totals.total_minor), (vec![10_000, -2_000], 9_520));
    assert_eq!(document.lines.iter().map(|line| line.position).collect::<Vec<_>>(), [0, 1]);
}

#[tokio::test]
async fn without_a_seller_nothing_is_issued() {
    let (world, stock, mut superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let id = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    let untaxed = format!("update workspace.customers set tax_rate_id = null where workspace_id = '{}'", world.a1.id);
    execute(&mut superuser, &untaxed).await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let settings = invoicing::settings(&mut tx).await.unwrap();
    let none = Invoicing {
        seller: Default::default(),
        payment_details: String::new(),
        footer: String::new(),
        payment_days: 14,
        tax_rate: None,
        grace_days: settings.grace_days,
        auto_draft: true,
        auto_issue: false,
        zero_invoices: true,
    };
    done(invoicing::save_settings(&mut tx, &can, &none).await.unwrap());
    let basis = invoices::document(&mut tx, id).await.unwrap().unwrap().basis.unwrap();
    let outcome = invoices::issue(&mut tx, &can, id, &basis).await.unwrap();
    let Issued::Blocked(blockers) = outcome else { panic!("issued: {outcome:?}") };
    assert_eq!(blockers, [Blocker::NoSeller, Blocker::NoTaxRate]);
}
