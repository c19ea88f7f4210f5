//! Promise: the job of invoices does in each workspace what its settings say, once a day, with its own capabilities only;
//! an invoice is told to be overdue once.

use super::*;
use crate::support::{Place, done};
use model::{
    capability::{EditContent, ManageMembers, ManageSettings, OwnWorkspace, ReadAll},
    id::WorkspaceId,
    invoice::Invoicing,
    job::Job,
};
use std::sync::Arc;
use store::{
    door::{Can, WorkspaceTx, Write},
    invoicing,
};
use time::macros::date;
use tokio::task::JoinSet;

async fn job(world: &World, place: &Place) -> (WorkspaceTx<Write>, Can<ManageInvoices>) {
    let tx = world.store.job(place.id, Job::Invoice).await.unwrap().expect("the door for jobs opened nothing");
    let can = tx.can::<ManageInvoices>().unwrap();
    (tx, can)
}

async fn due(world: &World) -> Vec<WorkspaceId> {
    world.store.due(Job::Invoice).await.unwrap()
}

/// Changes the settings of A1.
async fn set(world: &World, change: impl FnOnce(&mut Invoicing)) {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let now = invoicing::settings(&mut tx).await.unwrap();
    let mut new = Invoicing {
        seller: now.seller,
        payment_details: now.payment_details,
        footer: now.footer,
        payment_days: now.payment_days,
        tax_rate: now.tax_rate,
        grace_days: now.grace_days,
        auto_draft: now.auto_draft,
        auto_issue: now.auto_issue,
        zero_invoices: now.zero_invoices,
    };
    change(&mut new);
    done(invoicing::save_settings(&mut tx, &can, &new).await.unwrap());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_job_has_its_own_capabilities_in_one_workspace() {
    let world = World::new().await;
    let (tx, can) = job(&world, &world.a1).await;
    assert!(tx.can::<ReadAll>().is_ok());
    assert!(tx.can::<ManageSettings>().is_err() && tx.can::<EditContent>().is_err());
    assert!(tx.can::<ManageMembers>().is_err() && tx.can::<OwnWorkspace>().is_err());
    assert_eq!(tx.id(), world.a1.id);
    let (mut other, _) = job(&world, &world.b1).await;
    assert!(invoices::begin_day(&mut other, &can).await.is_err(), "a capability of another workspace");
}

#[tokio::test]
async fn a_workspace_is_due_once_a_day_and_after_a_change_of_its_settings() {
    let (world, _, mut superuser) = shop().await;
    assert!(due(&world).await.contains(&world.a1.id) && due(&world).await.contains(&world.b1.id));
    let (mut tx, can) = job(&world, &world.a1).await;
    invoices::begin_day(&mut tx, &can).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!due(&world).await.contains(&world.a1.id), "it is looked at again and again");
    assert!(due(&world).await.contains(&world.b1.id), "control: another workspace");
    set(&world, |settings| settings.auto_issue = true).await;
    assert!(due(&world).await.contains(&world.a1.id), "after a change of its settings");
    let (mut tx, can) = job(&world, &world.a1).await;
    invoices::begin_day(&mut tx, &can).await.unwrap();
    tx.commit().await.unwrap();
    // The next day.
    execute(&mut superuser, "update account.due_jobs set due_at = now() where job = 'invoice'").await.unwrap();
    assert!(due(&world).await.contains(&world.a1.id), "on the next day");
    let deleted = format!("update account.workspaces set deleted_at = now() where id = '{}'", world.a1.id);
    execute(&mut superuser, &deleted).await.unwrap();
    assert!(!due(&world).await.contains(&world.a1.id), "a deleted workspace");
    assert!(world.store.job(world.a1.id, Job::Invoice).await.unwrap().is_none());
}

#[tokio::test]
async fn cuts_are_drafted_after_their_grace_if_the_workspace_wants_it() {
    let (world, _, _superuser) = shop().await;
    let cuts = async |world: &World| {
        let (mut tx, _) = job(world, &world.a1).await;
        invoices::cuts_to_draft(&mut tx).await.unwrap()
    };
    let count_of = |cuts: &[(SubscriptionId, time::Date)], day| cuts.iter().filter(|(_, cut)| *cut == day).count();
    set(&world, |settings| (settings.auto_draft, settings.grace_days) = (true, 1)).await;
    assert_eq!(count_of(&cuts(&world).await, date!(2026 - 06 - 01)), 2, "one day after the cut");
    set(&world, |settings| settings.grace_days = 5).await;
    assert_eq!(count_of(&cuts(&world).await, date!(2026 - 06 - 01)), 0, "within the grace");
    assert_eq!(count_of(&cuts(&world).await, date!(2026 - 05 - 01)), 2, "control: a cut before");
    set(&world, |settings| settings.auto_draft = false).await;
    assert_eq!(cuts(&world).await, []);
}

#[tokio::test]
async fn the_job_drafts_without_a_person() {
    let (world, _, mut superuser) = shop().await;
    set(&world, |settings| (settings.auto_draft, settings.grace_days) = (true, 1)).await;
    let (mut tx, can) = job(&world, &world.a1).await;
    let cuts = invoices::cuts_to_draft(&mut tx).await.unwrap();
    assert!(!cuts.is_empty(), "control: something is due");
    let done = invoices::run(&mut tx, &can, &Run { cuts }).await.unwrap();
    tx.commit().await.unwrap();
    assert!(!done.drafted.is_empty());
    let authors: Vec<(Option<sqlx::types::Uuid>, Option<sqlx::types::Uuid>)> = sqlx::query_as(
        "select i.created_by, l.user_id from workspace.invoices i
        join workspace.audit_log l on l.workspace_id = i.workspace_id and l.target = i.id and l.action = 'invoice_drafted'
        where i.workspace_id = $1 and i.id = any($2)",
    )
    .bind(world.a1.id.uuid())
    .bind(done.drafted.iter().map(|id| id.uuid()).collect::<Vec<_>>())
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert_eq!(authors, vec![(None, None); done.drafted.len()]);
}

#[tokio::test]
async fn drafts_are_issued_by_the_job_only_if_the_workspace_wants_it() {
    let (world, stock, _superuser) = shop().await;
    let subscription = subscription(&world, &stock, 0).await;
    let draft = drafted(&world, subscription, date!(2026 - 05 - 01)).await;
    let ready = async |world: &World| {
        let (mut tx, _) = job(world, &world.a1).await;
        invoices::drafts_to_issue(&mut tx).await.unwrap()
    };
    set(&world, |settings| settings.auto_issue = false).await;
    assert_eq!(ready(&world).await, []);
    set(&world, |settings| settings.auto_issue = true).await;
    assert_eq!(ready(&world).await, [draft]);
    let basis = document(&world, draft).await.basis.unwrap();
    let (mut tx, can) = job(&world, &world.a1).await;
    let outcome = invoices::issue(&mut tx, &can, draft, &basis).await.unwrap();
    assert!(matches!(outcome, Issued::Done(_)), "{outcome:?}");
    tx.commit().await.unwrap();
    assert_eq!(ready(&world).await, []);
}

#[tokio::test]
async fn an_invoice_is_told_to_be_overdue_once_by_sixteen_servers() {
    let (world, stock, mut superuser) = shop().await;
    let world = Arc::new(world);
    let mut servers = JoinSet::new();
    for _ in 0..16 {
        let world = Arc::clone(&world);
        servers.spawn(async move {
            let (mut tx, can) = job(&world, &world.a1).await;
            let told = invoices::note_overdue(&mut tx, &can).await.unwrap();
            tx.commit().await.unwrap();
            told
        });
    }
    let told: Vec<_> = servers.join_all().await.into_iter().flatten().collect();
    // The other invoice was told before.
    assert_eq!(told.iter().map(|one| one.id).collect::<Vec<_>>(), [stock.invoices[0]]);
    assert_eq!(told[0].due_on, document(&world, stock.invoices[0]).await.row.due_on.unwrap());
    assert_eq!(told[0].balance, document(&world, stock.invoices[0]).await.row.balance);
    let all = format!("workspace.overdue_notices where workspace_id = '{}'", world.a1.id);
    assert_eq!(count(&mut superuser, &all).await, 2);
}

#[tokio::test]
async fn an_invoice_that_is_not_due_yet_is_not_told() {
    let (world, _, mut superuser) = shop().await;
    execute(&mut superuser, "delete from workspace.overdue_notices").await.unwrap();
    set_clock(&mut superuser, "2026-03-02 12:00Z").await;
    let (mut tx, can) = job(&world, &world.a1).await;
    assert_eq!(invoices::note_overdue(&mut tx, &can).await.unwrap(), []);
    drop(tx);
    set_clock(&mut superuser, "2026-06-02 12:00Z").await;
    let (mut tx, can) = job(&world, &world.a1).await;
    assert_eq!(invoices::note_overdue(&mut tx, &can).await.unwrap().len(), 2, "control");
}

#[tokio::test]
async fn people_who_manage_invoices_get_the_mail() {
    let (world, ..) = shop().await;
    let (mut tx, _) = job(&world, &world.a1).await;
    let managers: Vec<String> = invoices::managers(&mut tx).await.unwrap().iter().map(ToString::to_string).collect();
    assert!(managers.iter().any(|email| email.starts_with("ann")), "the owner: {managers:?}");
    assert!(!managers.iter().any(|email| email.starts_with("carl")), "a member: {managers:?}");
}
