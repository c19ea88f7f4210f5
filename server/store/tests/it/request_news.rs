//! Invariant: an access request is reported to those who may decide on it, and to nobody else. To the requester, an
//! existing workspace and a missing one look the same, and so do two slugs of one workspace and two unused slugs.

use crate::support::{Person, World, change, execute, membership, seat, texts};
use model::{Slug, capability::ManageMembers, mail::Letter};
use std::sync::Mutex;
use store::{
    access::{self, AccessRequestNotice, RequestOutcome},
    live::{EventReader, News},
    members::{self, Answer},
    seats::Freshness,
};

impl World {
    async fn ask(&self, who: &Person, slug: &str) -> RequestOutcome {
        let mut tx = self.person(who).await;
        let asked = access::request(&mut tx, &Slug::parse(slug).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        asked
    }

    /// Sends the notifications of access requests and returns their recipients.
    async fn told(&self) -> Vec<String> {
        let told = Mutex::new(Vec::new());
        let letter = |one: &AccessRequestNotice| {
            told.lock().unwrap().push(format!("{} of {} in {}", one.to, one.requester, one.slug));
            Letter::new(&one.to, "A request")
        };
        while self.store.notify_access_request(letter).await.unwrap() {}
        let mut told = told.into_inner().unwrap();
        told.sort();
        told
    }

    async fn waiting(&self, who: &Person, slug: &str) -> u32 {
        let (_, picker) = self.store.picker(&who.session(), Freshness::Recent).await.unwrap().unwrap();
        picker.find(&Slug::parse(slug).unwrap()).map_or(0, |(_, workspace)| workspace.waiting)
    }
}

#[tokio::test]
async fn only_owners_and_admins_are_notified_once() {
    let world = World::new().await;
    let mut events = EventReader::new();
    events.read(&world.store).await.unwrap();
    assert_eq!(world.ask(&world.eve, "a-one").await, RequestOutcome::Noted);
    assert_eq!(world.ask(&world.eve, "no-such-place").await, RequestOutcome::Noted);
    let expected = ["ann@stile.example of eve in a-one", "bob@stile.example of eve in a-one"];
    assert_eq!(world.told().await, expected, "the founder by inheritance, the admin directly, and not the member");
    assert!(world.told().await.is_empty(), "told twice");
    let News::Events(told) = events.read(&world.store).await.unwrap() else { panic!("too much news") };
    let mut people: Vec<_> = told.iter().map(|event| event.user).collect();
    people.sort();
    people.dedup();
    let mut deciders = vec![world.ann.id, world.bob.id];
    deciders.sort();
    assert_eq!(people, deciders, "whose tabs hear of it");
    for (who, count) in [(&world.ann, 1), (&world.bob, 1), (&world.carl, 0), (&world.ola, 0)] {
        assert_eq!(world.waiting(who, "a-one").await, count, "{}", who.name);
    }
    let mut superuser = world.db.superuser().await;
    assert_eq!(texts(&mut superuser, "select count(*)::text from account.mail_queue").await, ["2"]);

    assert_eq!(world.ask(&world.eve, "a-one").await, RequestOutcome::Noted);
    assert!(world.told().await.is_empty(), "asking again mails again");
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<ManageMembers>().unwrap();
    let requests = members::requests(&mut tx, &can).await.unwrap();
    members::answer(&mut tx, &can, requests[0].id, Answer::Refuse).await.unwrap();
    tx.commit().await.unwrap();
    for who in [&world.ann, &world.bob] {
        assert_eq!(world.waiting(who, "a-one").await, 0, "answered by bob, {} still counts it", who.name);
    }
}

#[tokio::test]
async fn a_seat_from_another_source_ends_the_request() {
    let world = World::new().await;
    assert_eq!(world.ask(&world.eve, "a-one").await, RequestOutcome::Noted);
    world.told().await;
    assert_eq!(world.waiting(&world.ann, "a-one").await, 1, "the control");
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    assert_eq!(world.waiting(&world.ann, "a-one").await, 0);
    assert_eq!(world.ask(&world.mal, "a-one").await, RequestOutcome::Noted);
    world.told().await;
    assert_eq!(world.waiting(&world.ann, "a-one").await, 1);
    membership(&mut superuser, &world.a1, &world.mal, Some("member")).await;
    assert_eq!(world.waiting(&world.ann, "a-one").await, 0);
}

#[tokio::test]
async fn a_former_slug_counts_like_any_other_slug() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    change(&mut superuser, &world.a1, "slug = 'a-moved'").await;
    // Ten slugs, two of which belong to one workspace. The eleventh is rejected, as it is after ten unused slugs.
    for who in [&world.eve, &world.mal] {
        let places: Vec<String> = match who.name {
            "eve" => ["a-one", "a-moved"]
                .into_iter()
                .map(str::to_owned)
                .chain((0..8).map(|n| format!("place-{n}")))
                .collect(),
            _ => (0..10).map(|n| format!("place-{n}")).collect(),
        };
        for slug in &places {
            assert_eq!(world.ask(who, slug).await, RequestOutcome::Noted, "{} at {slug}", who.name);
        }
        assert_eq!(world.ask(who, "one-more").await, RequestOutcome::Limited, "{}: an eleventh", who.name);
    }
    assert_eq!(world.told().await.len(), 2, "one request, two who decide");
    assert_eq!(world.waiting(&world.ann, "a-moved").await, 1, "asked at two addresses, counted twice");
}

#[tokio::test]
async fn request_mails_to_one_person_are_limited_per_day() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for number in 0..15 {
        execute(
            &mut superuser,
            &format!(
                "with someone as (insert into account.users (id, email, name, password_hash, email_verified_at)
                    values (gen_random_uuid(), 'many{number}@stile.example', 'many', 'x', now()) returning id)
                insert into account.access_requests (id, user_id, slug, workspace_id)
                select gen_random_uuid(), id, 'b-one', '{}' from someone",
                world.b1.id
            ),
        )
        .await
        .unwrap();
    }
    let to_ola = world.told().await.into_iter().filter(|told| told.starts_with("ola@")).count();
    assert_eq!(to_ola, 10, "mails about requests to one person in a day");
    assert_eq!(world.waiting(&world.ola, "b-one").await, 15, "all are counted on the page");
}
