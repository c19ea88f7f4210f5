//! Promise: the numbers of documents have no gaps, follow the days, and begin again at the workspace's New Year.

use super::*;
use crate::support::{change, done};
use model::invoice::{CreditDraft, DocumentKind, NewInvoice, SeriesDraft};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{StoreError, door::Door, invoicing};
use tokio::task::JoinSet;

const AT_ONCE: usize = 50;

/// Creates drafts of 1.00.
async fn drafts(world: &World, stock: &Stock, count: usize) -> Vec<InvoiceId> {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let mut all = Vec::new();
    for _ in 0..count {
        let new = NewInvoice { customer: stock.customers[0], currency: model::Currency::EUR };
        let id = done(invoices::create(&mut tx, &can, &new).await.unwrap());
        let input = model::invoice::LineInput { name: "Service".into(), amount: "1".into(), tax_rate: String::new() };
        done(invoices::add_line(&mut tx, &can, id, &input.parse(model::Currency::EUR).unwrap()).await.unwrap());
        all.push(id);
    }
    tx.commit().await.unwrap();
    all
}

/// Issues a draft until it is acknowledged; an attempt may be cut off at any moment.
async fn insist(world: &World, id: InvoiceId) {
    loop {
        let attempt = async {
            let target = crate::support::write_target(&world.ann, &world.a1);
            let Door::Open(mut tx) = world.store.workspace_write(&world.ann.session(), &world.a1.slug, target).await?
            else {
                panic!("the session opened nothing")
            };
            let can = tx.can::<ManageInvoices>().unwrap();
            let Some(document) = invoices::document(&mut tx, id).await? else { panic!("no document") };
            // An attempt whose answer was lost.
            let Some(basis) = document.basis else { return Ok(()) };
            let outcome = invoices::issue(&mut tx, &can, id, &basis).await?;
            assert!(matches!(outcome, Issued::Done(_)), "{outcome:?}");
            tx.commit().await?;
            Ok::<_, StoreError>(())
        };
        match tokio::time::timeout(Duration::from_secs(60), attempt).await.expect("an answer") {
            Ok(()) => return,
            Err(StoreError::Unavailable(_) | StoreError::Database(_) | StoreError::Busy(_)) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// Aborted and concurrent issues, and documents of other kinds, left holes.
#[tokio::test]
async fn fifty_issues_at_once_with_connections_cut_have_contiguous_numbers_in_the_order_of_their_days() {
    let (world, stock, mut superuser) = shop().await;
    let ids = drafts(&world, &stock, AT_ONCE).await;
    let world = Arc::new(world);
    let done_issuing = Arc::new(AtomicBool::new(false));
    let mut killer = world.db.superuser().await;
    let killing = tokio::spawn({
        let done_issuing = Arc::clone(&done_issuing);
        async move {
            let mut killed = 0;
            while !done_issuing.load(Ordering::Relaxed) && killed < 10 {
                let cut: i64 = sqlx::query_scalar(
                    "select count(*) filter (where pg_terminate_backend(pid)) from (
                        select pid from pg_stat_activity
                        where datname = current_database() and usename = 'stile_app' and state <> 'idle' order by random() limit 1) one",
                )
                .fetch_one(&mut killer)
                .await
                .unwrap();
                killed += cut;
            }
            killed
        }
    });
    let mut issuing = JoinSet::new();
    for id in ids.clone() {
        let world = Arc::clone(&world);
        issuing.spawn(async move { insist(&world, id).await });
    }
    issuing.join_all().await;
    done_issuing.store(true, Ordering::Relaxed);
    assert!(killing.await.unwrap() > 0, "control: connections were cut");
    // Credit notes have numbers of their own.
    for id in &ids[..3] {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<ManageInvoices>().unwrap();
        let credit = CreditDraft { amounts: vec![(0, 50)], rebill: false, note: String::new() };
        done(invoices::credit(&mut tx, &can, *id, &credit).await.unwrap());
        tx.commit().await.unwrap();
    }
    let last = drafts(&world, &stock, 1).await[0];
    // The stock has the numbers 1 and 2.
    assert_eq!(issued(&world, last).await, format!("Alpha-{}", AT_ONCE + 3));
    let numbers: Vec<i64> = sqlx::query_scalar(
        "select series_no from workspace.invoices where workspace_id = $1 and kind = 'invoice' and status <> 'draft'
        order by issued_on, series_no",
    )
    .bind(world.a1.id.uuid())
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(numbers, (1..=i64::try_from(AT_ONCE).unwrap() + 3).collect::<Vec<_>>());
    let credits: Vec<i64> = sqlx::query_scalar(
        "select series_no from workspace.invoices where workspace_id = $1 and kind = 'credit_note' order by series_no",
    )
    .bind(world.a1.id.uuid())
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(credits, [1, 2, 3]);
}

#[tokio::test]
async fn numbers_begin_again_at_new_year_in_the_workspaces_time_zone() {
    for (zone, before, after) in [
        ("Pacific/Auckland", "2026-12-31 10:59:59Z", "2026-12-31 11:00Z"),
        ("America/Los_Angeles", "2027-01-01 07:59:59Z", "2027-01-01 08:00Z"),
    ] {
        let (world, stock, mut superuser) = shop().await;
        change(&mut superuser, &world.a1, &format!("time_zone = '{zone}'")).await;
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<ManageInvoices>().unwrap();
        let series =
            SeriesDraft { kind: DocumentKind::Invoice, prefix: "INV-".into(), width: 4, yearly: true, next: None };
        done(invoicing::save_series(&mut tx, &can, &series).await.unwrap());
        tx.commit().await.unwrap();
        let ids = drafts(&world, &stock, 4).await;
        set_clock(&mut superuser, before).await;
        assert_eq!(issued(&world, ids[0]).await, "INV-2026-0001", "{zone}");
        assert_eq!(issued(&world, ids[1]).await, "INV-2026-0002", "{zone}");
        set_clock(&mut superuser, after).await;
        assert_eq!(document(&world, ids[2]).await.next_number.as_deref(), Some("INV-2027-0001"), "{zone}");
        assert_eq!(issued(&world, ids[2]).await, "INV-2027-0001", "{zone}");
        assert_eq!(issued(&world, ids[3]).await, "INV-2027-0002", "{zone}");
    }
}

#[tokio::test]
async fn the_first_number_is_chosen_before_the_first_document_only() {
    let (world, stock, _superuser) = shop().await;
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let series = |next| SeriesDraft { kind: DocumentKind::Invoice, prefix: "R".into(), width: 5, yearly: false, next };
    done(invoicing::save_series(&mut tx, &can, &series(Some(42))).await.unwrap());
    assert_eq!(invoicing::settings(&mut tx).await.unwrap().series[0].next, 42);
    tx.commit().await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let started = invoicing::save_series(&mut tx, &can, &series(Some(42))).await.unwrap();
    assert!(matches!(started, store::Written::Invalid(_)), "A1 has {} invoices", stock.invoices.len());
}
