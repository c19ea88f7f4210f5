//! Subjects, external ids and contacts of customers: unique in the workspace, and limited.

use crate::support::{World, constraint, done, draft};
use model::{
    Email, Line,
    capability::EditContent,
    contact::{CONTACTS_MAX, ContactDraft},
    customer::{CustomerDraft, SUBJECTS_MAX},
    id::CustomerId,
};
use store::{Written, contacts, customers, subjects};

fn with_id(name: &str, external_id: &str) -> CustomerDraft {
    CustomerDraft { external_id: Some(external_id.to_owned()), ..draft(name) }
}

async fn create(world: &World, draft: &CustomerDraft) -> CustomerId {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = customers::create(&mut tx, &can, draft).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn held(world: &World, id: CustomerId) -> Vec<String> {
    let mut tx = world.read(&world.ann, &world.a1).await;
    subjects::of_customer(&mut tx, id).await.unwrap()
}

#[tokio::test]
async fn an_external_id_is_a_subject_of_its_customer_and_of_nobody_else() {
    let world = World::new().await;
    let acme = create(&world, &with_id("Acme", "acme-1")).await;
    assert_eq!(held(&world, acme).await, ["acme-1"]);

    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let twice = constraint(customers::create(&mut tx, &can, &with_id("Other", "acme-1")).await);
    assert_eq!(twice.as_deref(), Some("customer_external_id_taken"));
    drop(tx);

    // A subject of one customer can't become the external id of another.
    let other = create(&world, &draft("Other")).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    done(subjects::add(&mut tx, &can, other, "device-7").await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let taken = constraint(customers::update(&mut tx, &can, acme, &with_id("Acme", "device-7")).await);
    assert_eq!(taken.as_deref(), Some("customer_subject_taken"));
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(matches!(subjects::add(&mut tx, &can, other, "acme-1").await.unwrap(), Written::Invalid(_)));
    drop(tx);

    // A new external id replaces the subject of the old one.
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(customers::update(&mut tx, &can, acme, &with_id("Acme", "acme-2")).await.unwrap());
    assert!(matches!(subjects::remove(&mut tx, &can, acme, "acme-2").await.unwrap(), Written::Invalid(_)));
    done(subjects::add(&mut tx, &can, acme, "acme-1").await.unwrap());
    done(subjects::remove(&mut tx, &can, acme, "acme-1").await.unwrap());
    assert_eq!(subjects::remove(&mut tx, &can, acme, "acme-1").await.unwrap(), Written::Absent);
    tx.commit().await.unwrap();
    assert_eq!(held(&world, acme).await, ["acme-2"]);

    // Another workspace has external ids of its own.
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &with_id("Acme", "acme-2")).await.unwrap();
    assert_eq!(subjects::add(&mut tx, &can, acme, "x").await.unwrap(), Written::Absent, "a customer of A in B");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_customer_has_at_most_ten_subjects_and_twenty_contacts() {
    let world = World::new().await;
    let id = create(&world, &with_id("Acme", "acme-1")).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    for number in 1..SUBJECTS_MAX {
        done(subjects::add(&mut tx, &can, id, &format!("device-{number}")).await.unwrap());
    }
    assert!(matches!(subjects::add(&mut tx, &can, id, "one more").await.unwrap(), Written::Invalid(_)));
    let contact = |number: usize| ContactDraft {
        name: Line::parse("a name", "Ada", 120).unwrap(),
        email: Email::parse(&format!("ada{number}@acme.example")).unwrap(),
        gets_invoices: true,
    };
    for number in 0..CONTACTS_MAX {
        done(contacts::create(&mut tx, &can, id, &contact(number)).await.unwrap());
    }
    assert!(matches!(contacts::create(&mut tx, &can, id, &contact(99)).await.unwrap(), Written::Invalid(_)));
    tx.commit().await.unwrap();

    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let all = contacts::of_customer(&mut tx, id).await.unwrap();
    assert_eq!(all.len(), CONTACTS_MAX);
    assert!(contacts::remove(&mut tx, &can, id, all[0].id).await.unwrap());
    assert!(!contacts::remove(&mut tx, &can, id, all[0].id).await.unwrap());
    let (one, two) = (&all[1], &all[2]);
    done(contacts::update(&mut tx, &can, id, one.id, &contact(99)).await.unwrap());
    let twin = ContactDraft { email: Email::parse(&two.email).unwrap(), ..contact(99) };
    let twice = contacts::update(&mut tx, &can, id, one.id, &twin).await.unwrap();
    assert!(matches!(twice, Written::Invalid(_)), "two contacts with one address");
}
