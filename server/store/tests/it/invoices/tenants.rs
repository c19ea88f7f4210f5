//! Promises: documents of another workspace are as if absent, a guest sees those of the shared customer, and only those
//! who manage invoices write them.

use super::*;
use crate::support::{Person, Place, done, seat};
use model::{
    WorkspaceRole,
    id::CustomerId,
    invoice::{CreditDraft, NewInvoice, PaymentDraft, PaymentMethod, VoidReason},
    list::{ListQuery, Noun},
};
use store::{Written, invoicing};
use time::macros::date;

#[tokio::test]
async fn documents_of_another_workspace_are_absent() {
    let (world, alpha, _superuser) = shop().await;
    let beta = world.stock(&world.ola, &world.b1, "Beta").await;
    let (own, foreign) = (alpha.invoices[1], beta.invoices[0]);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<ManageInvoices>().unwrap();
    assert!(invoices::document(&mut tx, foreign).await.unwrap().is_none());
    let credit = CreditDraft { amounts: vec![(0, 100)], rebill: false, note: String::new() };
    let payment = PaymentDraft {
        amount: model::Money { minor: 100, currency: model::Currency::EUR },
        received_on: date!(2026 - 06 - 01),
        method: PaymentMethod::Cash,
        reference: String::new(),
    };
    let reason = VoidReason(crate::support::line("Mistake"));
    assert_eq!(invoices::credit(&mut tx, &can, foreign, &credit).await.unwrap(), Written::Absent);
    assert_eq!(invoices::pay(&mut tx, &can, foreign, &payment).await.unwrap(), Written::Absent);
    assert_eq!(invoices::void(&mut tx, &can, foreign, &reason).await.unwrap(), Written::Absent);
    assert_eq!(invoices::remake(&mut tx, &can, foreign).await.unwrap(), Written::Absent);
    assert_eq!(invoices::edit(&mut tx, &can, foreign, "x").await.unwrap(), Written::Absent);
    assert_eq!(invoices::delete(&mut tx, &can, foreign).await.unwrap(), Written::Absent);
    let basis = model::invoice::Basis::new([0; 32]);
    assert!(matches!(invoices::issue(&mut tx, &can, foreign, &basis).await.unwrap(), Issued::Absent));
    let new = NewInvoice { customer: beta.customers[0], currency: model::Currency::EUR };
    assert!(matches!(invoices::create(&mut tx, &can, &new).await.unwrap(), Written::Invalid(_)));
    // The controls: the same on an own invoice.
    done(invoices::credit(&mut tx, &can, own, &credit).await.unwrap());
    done(invoices::pay(&mut tx, &can, own, &payment).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = world.read(&world.ola, &world.b1).await;
    let due = invoices::due(&mut tx).await.unwrap();
    let customers: Vec<CustomerId> = due.rows.iter().map(|row| row.customer_id).collect();
    assert!(!customers.is_empty() && customers.iter().all(|id| beta.customers.contains(id)), "{customers:?}");
    assert_eq!(invoicing::settings(&mut tx).await.unwrap().seller.name, "Beta Inc");
}

async fn may_manage(world: &World, who: &Person, place: &Place) -> bool {
    world.write(who, place).await.can::<ManageInvoices>().is_ok()
}

#[tokio::test]
async fn owners_admins_and_billing_admins_manage_invoices() {
    let (world, _stock, mut superuser) = shop().await;
    assert!(may_manage(&world, &world.ann, &world.a1).await, "the owner");
    for role in WorkspaceRole::ALL {
        seat(&mut superuser, &world.a1, &world.carl, Some(role.as_str())).await;
        let allowed = matches!(role, WorkspaceRole::Owner | WorkspaceRole::Admin | WorkspaceRole::BillingAdmin);
        assert_eq!(may_manage(&world, &world.carl, &world.a1).await, allowed, "{role:?}");
    }
}

#[tokio::test]
async fn a_guest_sees_the_documents_of_the_shared_customer_only() {
    let (world, stock, mut superuser) = shop().await;
    seat(&mut superuser, &world.a1, &world.carl, Some("guest")).await;
    let share = format!(
        "insert into workspace.customer_shares (workspace_id, customer_id, user_id) values ('{}', '{}', '{}')",
        world.a1.id, stock.customers[0], world.carl.id
    );
    execute(&mut superuser, &share).await.unwrap();
    let draft = drafted(&world, subscription(&world, &stock, 0).await, date!(2026 - 05 - 01)).await;
    let other = drafted(&world, subscription(&world, &stock, 1).await, date!(2026 - 05 - 01)).await;
    issued(&world, draft).await;
    let mut tx = world.read(&world.carl, &world.a1).await;
    let document = invoices::document(&mut tx, draft).await.unwrap().expect("the shared customer's invoice");
    assert_eq!(amounts(&document), [900]);
    assert!(document.lines[0].working.is_some(), "with the steps");
    assert!(invoices::document(&mut tx, other).await.unwrap().is_none());
    assert!(invoices::document(&mut tx, stock.invoices[1]).await.unwrap().is_none());
    let first = invoices::document(&mut tx, stock.invoices[0]).await.unwrap().expect("control");
    assert_eq!(first.payments.len(), 1);
    let list = invoices::list(&mut tx, &ListQuery::new(Noun::Invoices)).await.unwrap();
    assert!(list.rows.iter().all(|row| row.customer_id == stock.customers[0]) && list.rows.len() == 2);
    let mut tx = world.read(&world.ann, &world.a1).await;
    assert!(invoices::document(&mut tx, other).await.unwrap().is_some(), "control: the owner");
}
