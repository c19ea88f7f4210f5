//! Requests for access.

use crate::support::{Person, World};
use model::{Slug, WorkspaceRole, capability::ManageMembers, seating::Refused};
use store::{
    StoreError,
    access::{self, RequestOutcome},
    members::{self, Answer},
    offers,
};

#[tokio::test]
async fn access_requests_get_the_same_answer_for_existing_and_missing_workspaces() {
    let world = World::new().await;
    let (bob, eve, a1) = (&world.bob, &world.eve, &world.a1);
    let ask = async |who: &Person, slug: &str| {
        let mut tx = world.person(who).await;
        let asked = access::request(&mut tx, &Slug::parse(slug).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        asked
    };
    for slug in ["a-one", "no-such-place", "a-one", "no-such-place"] {
        assert_eq!(ask(eve, slug).await, RequestOutcome::Noted, "{slug}");
    }
    assert_eq!(ask(&world.carl, "a-one").await, RequestOutcome::Seated);
    let waiting = async || {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        members::requests(&mut tx, &can).await.unwrap()
    };
    let requests = waiting().await;
    assert_eq!(
        requests.iter().map(|r| r.email.as_str()).collect::<Vec<_>>(),
        ["eve@stile.example"],
        "asked twice, there once"
    );
    let mut notices = world.person(bob).await;
    let counts: Vec<_> = offers::notices(&mut notices)
        .await
        .unwrap()
        .requests
        .into_iter()
        .map(|w| (w.slug.to_string(), w.count))
        .collect();
    assert_eq!(counts, [("a-one".to_owned(), 1)]);
    for outsider in [&world.carl, &world.ola] {
        let mut tx = world.person(outsider).await;
        assert!(offers::notices(&mut tx).await.unwrap().requests.is_empty(), "{} hears of it", outsider.name);
    }
    let answer = async |answer: Answer| {
        let mut tx = world.write(bob, a1).await;
        let can = tx.can::<ManageMembers>().unwrap();
        let outcome = members::answer(&mut tx, &can, requests[0].id, answer).await;
        if outcome.is_ok() {
            tx.commit().await.unwrap();
        }
        outcome.map(|request| request.is_some())
    };
    assert!(matches!(answer(Answer::Approve(WorkspaceRole::Owner)).await, Err(StoreError::Seating(Refused::AboveYou))));
    assert!(answer(Answer::Refuse).await.unwrap());
    assert!(!answer(Answer::Refuse).await.unwrap(), "answered twice");
    assert_eq!(ask(eve, "a-one").await, RequestOutcome::Noted, "a refusal shows");
    assert!(waiting().await.is_empty(), "who was refused asks again at once");
    for number in 0..8 {
        assert_eq!(ask(eve, &format!("place-{number}")).await, RequestOutcome::Noted);
    }
    for slug in ["a-two", "nothing-here"] {
        assert_eq!(ask(eve, slug).await, RequestOutcome::Limited, "{slug}: an eleventh on one day");
    }
}
