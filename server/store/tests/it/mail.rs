//! Invariant: a letter is sent if and only if the transaction that queued it commits. It is not lost when a sender
//! crashes, not sent by two senders at once, and its links are deleted from the database once it is sent
//! (docs/SECURITY.md, I-25).

use crate::support::{DENIED, World, connect, execute, refusal, texts};
use model::{Email, mail::Letter};
use std::{collections::HashSet, sync::Arc};
use store::mail::{QueueMail as _, SendResult};
use tokio::task::JoinSet;

const SECRET: &str = "https://stile.example/reset/very-secret-token";

fn letter(subject: &str) -> Letter {
    Letter::new(&Email::parse("ann@stile.example").unwrap(), subject).button("Open", SECRET)
}

async fn write(world: &World, subject: &str) {
    let mut tx = world.person(&world.ann).await;
    tx.queue(&letter(subject)).await.unwrap();
    tx.commit().await.unwrap();
}

/// Makes all waiting letters due, as if their delay had passed.
async fn later(world: &World) {
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "update account.mail_queue set next_attempt_at = now()").await.unwrap();
}

async fn claim(world: &World) -> Vec<String> {
    let claimed = world.store.claim_mail(100).await.unwrap();
    claimed.into_iter().map(|c| c.letter.unwrap().subject().to_owned()).collect()
}

#[tokio::test]
async fn rolled_back_mails_are_never_sent() {
    let world = World::new().await;
    let mut tx = world.person(&world.ann).await;
    tx.queue(&letter("Rolled back")).await.unwrap();
    drop(tx);
    write(&world, "Committed").await;
    assert_eq!(claim(&world).await, ["Committed"]);
}

#[tokio::test]
async fn every_door_can_queue_mails() {
    let world = World::new().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    tx.queue(&letter("Workspace")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.organization(&world.ann, &world.a1).await;
    tx.queue(&letter("Organization")).await.unwrap();
    tx.commit().await.unwrap();
    write(&world, "Person").await;
    let mut claimed = claim(&world).await;
    claimed.sort();
    assert_eq!(claimed, ["Organization", "Person", "Workspace"]);
}

#[tokio::test]
async fn a_mail_is_retried_after_a_crash_with_increasing_delays() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    write(&world, "Lost sender").await;
    // The first sender crashes after claiming the letter; no other sender gets it before the lease expires.
    assert_eq!(world.store.claim_mail(10).await.unwrap().len(), 1);
    assert!(world.store.claim_mail(10).await.unwrap().is_empty(), "two senders had it at once");
    let mut waits = Vec::new();
    for attempt in 2..=6 {
        later(&world).await;
        let again = world.db.store().claim_mail(10).await.unwrap();
        assert_eq!(again.len(), 1, "it was lost with its sender");
        assert_eq!(again[0].attempt, attempt);
        world.store.settle_mail(again[0].id, SendResult::Failed("no answer")).await.unwrap();
        let wait = texts(
            &mut superuser,
            "select extract(epoch from next_attempt_at - now())::int::text from account.mail_queue",
        )
        .await;
        waits.push(wait[0].parse::<i32>().unwrap());
    }
    assert!(waits.windows(2).all(|w| w[1] > w[0] + w[0] / 2), "{waits:?}");
    later(&world).await;
    let last = world.store.claim_mail(10).await.unwrap();
    world.store.settle_mail(last[0].id, SendResult::Done).await.unwrap();
    later(&world).await;
    assert!(world.store.claim_mail(10).await.unwrap().is_empty(), "a letter that was sent is sent again");
}

#[tokio::test]
async fn the_content_of_a_mail_is_erased_after_it_was_sent_or_given_up() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    write(&world, "To be sent").await;
    write(&world, "To be given up").await;
    let dump = "select coalesce(letter, '') || coalesce(last_error, '') from account.mail_queue";
    assert!(
        texts(&mut superuser, dump).await.iter().all(|row| row.contains(SECRET)),
        "the control: it is there before"
    );
    for claimed in world.store.claim_mail(10).await.unwrap() {
        let sent = match claimed.letter.as_ref().unwrap().subject() {
            "To be sent" => SendResult::Done,
            _ => SendResult::GivenUp("the mail server answered 550"),
        };
        world.store.settle_mail(claimed.id, sent).await.unwrap();
    }
    let left = texts(&mut superuser, dump).await;
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|row| !row.contains("token") && !row.contains("ann")), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_mail_is_claimed_by_one_sender() {
    let world = Arc::new(World::new().await);
    for i in 0..60 {
        write(&world, &format!("Letter {i}")).await;
    }
    let mut senders = JoinSet::new();
    for _ in 0..8 {
        let world = Arc::clone(&world);
        senders.spawn(async move {
            let mut mine = Vec::new();
            loop {
                let batch = world.store.claim_mail(3).await.unwrap();
                if batch.is_empty() {
                    return mine;
                }
                mine.extend(batch.into_iter().map(|c| c.id));
            }
        });
    }
    let all: Vec<_> = senders.join_all().await.into_iter().flatten().collect();
    let distinct: HashSet<_> = all.iter().collect();
    assert_eq!((all.len(), distinct.len()), (60, 60), "a letter was claimed twice, or not at all");
}

#[tokio::test]
async fn the_app_role_cannot_read_mails_or_links() {
    let world = World::new().await;
    write(&world, "Private").await;
    let mut app = connect(&world.db.app()).await;
    for statement in [
        "select from account.mail_queue",
        "delete from account.mail_queue",
        "update account.mail_queue set letter = null",
        "select token_hash from account.mail_links",
        "insert into account.mail_links (token_hash, purpose, email, expires_at) values ('', 'reset', 'a@x.example', now())",
    ] {
        assert_eq!(refusal(&execute(&mut app, statement).await).as_deref(), DENIED, "stile_app may: {statement}");
    }
}
