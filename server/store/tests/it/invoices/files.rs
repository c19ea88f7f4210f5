//! Promise: the file of an issued document is made once and read by those who may read the document; a document is mailed
//! to the contacts of its customer who get invoices, else to the customer.

use super::*;
use crate::support::done;
use model::id::InvoiceId;
use store::{Written, invoices::FileKind};
use time::macros::date;

async fn keep(world: &World, id: InvoiceId, content: &[u8]) {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    invoices::keep_file(&mut tx, &can, id, FileKind::Pdf, content).await.unwrap();
    tx.commit().await.unwrap();
}

async fn file(world: &World, id: InvoiceId) -> Option<Vec<u8>> {
    invoices::file(&mut world.read(&world.ann, &world.a1).await, id, FileKind::Pdf).await.unwrap()
}

#[tokio::test]
async fn the_file_of_an_issued_document_is_kept_once_and_a_draft_has_none() {
    let (world, stock, _superuser) = shop().await;
    let draft = drafted(&world, subscription(&world, &stock, 0).await, date!(2026 - 05 - 01)).await;
    keep(&world, draft, b"draft").await;
    assert_eq!(file(&world, draft).await, None);
    issued(&world, draft).await;
    keep(&world, draft, b"first").await;
    keep(&world, draft, b"second").await;
    assert_eq!(file(&world, draft).await.as_deref(), Some(&b"first"[..]));
}

#[tokio::test]
async fn nobody_reads_or_keeps_a_file_of_another_workspace() {
    let (world, stock, _superuser) = shop().await;
    let id = stock.invoices[0];
    assert!(file(&world, id).await.is_some(), "control");
    let mut foreign = world.read(&world.ola, &world.b1).await;
    assert_eq!(invoices::file(&mut foreign, id, FileKind::Pdf).await.unwrap(), None);
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    invoices::keep_file(&mut tx, &can, stock.invoices[1], FileKind::Pdf, b"foreign").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(file(&world, stock.invoices[1]).await, None);
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    assert_eq!(invoices::send(&mut tx, &can, id).await.unwrap(), Written::Absent);
}

#[tokio::test]
async fn a_document_is_mailed_to_contacts_who_get_invoices_else_to_the_customer() {
    let (world, stock, mut superuser) = shop().await;
    let id = stock.invoices[0];
    let to = async |world: &World| {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<ManageInvoices>().unwrap();
        let recipients = done(invoices::send(&mut tx, &can, id).await.unwrap());
        tx.commit().await.unwrap();
        recipients.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(to(&world).await, ["alpha.first@contact.example"]);
    assert!(document(&world, id).await.sent_at.is_some());
    execute(&mut superuser, "update workspace.customer_contacts set gets_invoices = false").await.unwrap();
    let customer = to(&world).await;
    assert_eq!(customer.len(), 1);
    assert!(!customer[0].contains("contact.example"), "{customer:?}");
    let logged = format!(
        "workspace.audit_log where action = 'invoice_sent' and workspace_id = '{}' and target = '{id}'",
        world.a1.id
    );
    assert_eq!(count(&mut superuser, &logged).await, 2);
}

#[tokio::test]
async fn drafts_are_not_mailed_and_an_address_gets_fifty_invoices_a_day() {
    let (world, stock, mut superuser) = shop().await;
    let draft = drafted(&world, subscription(&world, &stock, 0).await, date!(2026 - 05 - 01)).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    assert!(matches!(invoices::send(&mut tx, &can, draft).await.unwrap(), Written::Invalid(_)));
    // An organization of the first day mails fifty; this one is older.
    execute(&mut superuser, "update account.organizations set created_at = now() - interval '2 days'").await.unwrap();
    for n in 1..=51 {
        let outcome = invoices::send(&mut tx, &can, stock.invoices[0]).await.unwrap();
        assert_eq!(matches!(outcome, Written::Done(_)), n <= 50, "mail {n}: {outcome:?}");
    }
    drop(tx);
    execute(&mut superuser, "update account.organizations set created_at = now()").await.unwrap();
    let hashes = "insert into account.caused_mails (kind, recipient, organization_id)
        select 'invoice', sha256(n::text::bytea), o.id from generate_series(1, 50) n, account.organizations o";
    execute(&mut superuser, hashes).await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    let spent = invoices::send(&mut tx, &can, stock.invoices[0]).await.unwrap();
    assert!(matches!(spent, Written::Invalid(_)), "a new organization mails more than fifty: {spent:?}");
}
