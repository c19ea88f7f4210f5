//! Invariant: every change to a seat, a workspace or a session writes events in its own transaction, for exactly the
//! users it affects. No server misses an event, regardless of the order in which transactions commit (docs/SECURITY.md,
//! I-23).

use crate::support::{DENIED, Person, World, change, connect, execute, membership, refusal, seat, texts};
use model::id::{SessionId, UserId};
use sqlx::{Connection, PgConnection};
use std::{collections::BTreeMap, time::Duration};
use store::{
    Store, identity,
    live::{Event, EventReader, News},
    sessions,
};

async fn read(reader: &mut EventReader, store: &Store) -> Vec<Event> {
    match reader.read(store).await.unwrap() {
        News::Events(events) => events,
        News::Everything => panic!("a handful of events can't be told apart"),
    }
}

/// Returns the names of the users that the new events affect, without duplicates.
async fn told(reader: &mut EventReader, world: &World) -> Vec<&'static str> {
    let people = [&world.ann, &world.bob, &world.carl, &world.dora, &world.eve, &world.mal, &world.ola];
    let users: Vec<UserId> = read(reader, &world.store).await.iter().map(|e| e.user).collect();
    people.into_iter().filter(|p| users.contains(&p.id)).map(|p| p.name).collect()
}

#[tokio::test]
async fn each_change_notifies_only_the_people_concerned() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut reader = EventReader::new();
    assert_eq!(told(&mut reader, &world).await, Vec::<&str>::new(), "what was before the reader is told to it");
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    assert_eq!(told(&mut reader, &world).await, ["eve"], "a seat granted");
    seat(&mut superuser, &world.a1, &world.eve, Some("member")).await;
    assert_eq!(told(&mut reader, &world).await, ["eve"], "a role changed");
    seat(&mut superuser, &world.a1, &world.eve, Some("member")).await;
    assert_eq!(told(&mut reader, &world).await, Vec::<&str>::new(), "the same role once more is no change");
    seat(&mut superuser, &world.a1, &world.eve, None).await;
    assert_eq!(told(&mut reader, &world).await, ["eve"], "a seat revoked");
    for role in [Some("member"), Some("admin"), None] {
        membership(&mut superuser, &world.a1, &world.eve, role).await;
        assert_eq!(told(&mut reader, &world).await, ["eve"], "an organization role became {role:?}");
    }
    for what in ["name = 'Other'", "slug = 'a-other'", "deleted_at = now()", "deleted_at = null"] {
        change(&mut superuser, &world.a1, what).await;
        assert_eq!(told(&mut reader, &world).await, ["ann", "bob", "carl"], "{what}");
    }
    change(&mut superuser, &world.a1, "description = 'x'").await;
    assert_eq!(told(&mut reader, &world).await, Vec::<&str>::new(), "what nobody sees of a workspace from outside");
    execute(
        &mut superuser,
        &format!("update account.organizations set name = 'AA' where id = '{}'", world.a1.organization),
    )
    .await
    .unwrap();
    assert_eq!(told(&mut reader, &world).await, ["ann", "bob", "carl"], "an organization's name");
    let mut tx = world.person(&world.mal).await;
    identity::sign_out(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let events = read(&mut reader, &world.store).await;
    assert_eq!(events.iter().map(|e| e.user).collect::<Vec<_>>(), [world.mal.id]);
    assert!(events[0].session.is_some(), "the end of one session would end all of the person's tabs");
}

#[tokio::test]
async fn rolled_back_changes_cause_no_event() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut reader = EventReader::new();
    read(&mut reader, &world.store).await;
    let mut tx = superuser.begin().await.unwrap();
    seat(&mut tx, &world.a1, &world.eve, Some("viewer")).await;
    tx.rollback().await.unwrap();
    assert_eq!(read(&mut reader, &world.store).await, []);
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    assert_eq!(told(&mut reader, &world).await, ["eve"], "the control: committed, it is told");
}

async fn grant(superuser: &mut PgConnection, world: &World, who: &Person) {
    seat(superuser, &world.m1, who, Some("viewer")).await;
}

#[tokio::test]
async fn events_that_commit_out_of_order_are_not_skipped() {
    let world = World::new().await;
    let (mut early, mut late) = (world.db.superuser().await, world.db.superuser().await);
    let mut reader = EventReader::new();
    read(&mut reader, &world.store).await;
    let mut slow = early.begin().await.unwrap();
    grant(&mut slow, &world, &world.eve).await;
    // While the first transaction is still open, later ones commit and are read, more than once.
    for who in [&world.dora, &world.ola] {
        grant(&mut late, &world, who).await;
        assert_eq!(told(&mut reader, &world).await, [who.name], "an event comes twice, or early");
    }
    slow.commit().await.unwrap();
    assert_eq!(told(&mut reader, &world).await, ["eve"], "the event that committed late is skipped");
    assert_eq!(read(&mut reader, &world.store).await, [], "it comes twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_two_servers_reads_each_event_once() {
    let world = std::sync::Arc::new(World::new().await);
    let elsewhere = world.db.store();
    let mut readers = [(EventReader::new(), world.store.clone()), (EventReader::new(), elsewhere)];
    for (reader, store) in &mut readers {
        read(reader, store).await;
    }
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..6u64 {
        let world = std::sync::Arc::clone(&world);
        writers.spawn(async move {
            let mut superuser = world.db.superuser().await;
            for round in 0..40u64 {
                let mut tx = superuser.begin().await.unwrap();
                // Each transaction inserts its own row, so that they overlap without blocking each other.
                let told = format!(
                    "insert into account.events (kind, user_id, workspace_id) values ('role_changed', '{}', '{}')",
                    world.eve.id, world.a1.id
                );
                execute(&mut tx, &told).await.unwrap();
                tokio::time::sleep(Duration::from_millis((writer * 7 + round * 3) % 11)).await;
                if round % 5 == 4 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
            }
        });
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut done = false;
    loop {
        for (at, (reader, store)) in readers.iter_mut().enumerate() {
            *counts.entry(at).or_default() += read(reader, store).await.len();
        }
        if done {
            break;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
        done = writers.is_empty() || {
            while writers.try_join_next().is_some_and(|outcome| outcome.map(|()| true).unwrap()) {}
            writers.is_empty()
        };
    }
    assert_eq!(counts.into_values().collect::<Vec<_>>(), [6 * 32, 6 * 32], "events were skipped, or came twice");
}

#[tokio::test]
async fn the_app_role_cannot_access_the_events_table() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    let mut app = connect(&world.db.app()).await;
    for statement in [
        "select * from account.events",
        "delete from account.events",
        "update account.events set kind = 'seat_granted'",
        "insert into account.events (kind, user_id) values ('seat_revoked', gen_random_uuid())",
    ] {
        assert_eq!(refusal(&execute(&mut app, statement).await).as_deref(), DENIED, "stile_app may: {statement}");
    }
    let columns = texts(
        &mut superuser,
        "select string_agg(p, ',') from pg_proc, unnest(proargnames) p where oid = 'door.events(text)'::regprocedure",
    )
    .await;
    assert_eq!(columns, ["since,horizon,id,user_id,session_id"], "the door says more than whom to wake");
    execute(&mut superuser, "update account.events set at = at - interval '61 minutes'").await.unwrap();
    world.store.sweep_events().await.unwrap();
    assert_eq!(texts(&mut superuser, "select count(*)::text from account.events").await, ["0"], "old events are kept");
}

#[tokio::test]
async fn a_listener_wakes_only_on_a_commit() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut event_listener = world.store.event_listener().await.unwrap();
    let mut tx = superuser.begin().await.unwrap();
    seat(&mut tx, &world.a1, &world.eve, Some("viewer")).await;
    tx.rollback().await.unwrap();
    assert!(
        tokio::time::timeout(Duration::from_millis(200), event_listener.changed()).await.is_err(),
        "woken by what never was"
    );
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    tokio::time::timeout(Duration::from_secs(5), event_listener.changed()).await.expect("not woken").unwrap();
}

#[tokio::test]
async fn a_person_can_end_only_their_own_sessions() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let other = crate::support::sign_in(&world.store, world.ann.id, "ann").await;
    let mut tx = world.person(&world.ann).await;
    let list = sessions::list(&mut tx).await.unwrap();
    assert_eq!(list.iter().map(|s| s.is_this).collect::<Vec<_>>(), [true, false]);
    let foreign: String =
        texts(&mut superuser, &format!("select id::text from account.sessions where user_id = '{}'", world.ola.id))
            .await
            .remove(0);
    let foreign: SessionId = foreign.parse().unwrap();
    assert!(!sessions::end(&mut tx, foreign).await.unwrap(), "somebody else's session was ended");
    assert!(sessions::end(&mut tx, list[1].id).await.unwrap());
    assert!(!sessions::end(&mut tx, list[1].id).await.unwrap(), "it was ended twice");
    tx.commit().await.unwrap();
    assert!(world.store.person(&other.session()).await.unwrap().is_none(), "an ended session still opens");
    assert!(world.store.person(&world.ola.session()).await.unwrap().is_some());
    for _ in 0..3 {
        crate::support::sign_in(&world.store, world.ann.id, "ann").await;
    }
    let mut tx = world.person(&world.ann).await;
    assert_eq!(sessions::end_others(&mut tx).await.unwrap(), 3);
    tx.commit().await.unwrap();
    let mut tx = world.person(&world.ann).await;
    assert_eq!(sessions::end_all(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert!(world.store.person(&world.ann.session()).await.unwrap().is_none());
    let lines = texts(
        &mut superuser,
        &format!(
            "select action || ' ' || (detail ->> 'sessions') from account.audit_log where user_id = '{}'
            and action in ('other_sessions_ended', 'signed_out_everywhere') order by id",
            world.ann.id
        ),
    )
    .await;
    assert_eq!(lines, ["other_sessions_ended 3", "signed_out_everywhere 1"]);
}
