//! Promise: each webhook is told once of each fact of its workspace that it asks for, and of nothing else; a job has its
//! own capabilities only, in one workspace at a time (docs/SECURITY.md, I-30 and I-31).

use crate::support::{DENIED, Person, Place, World, change, connect, execute, refusal, seat, texts};
use model::{
    FieldErrors, WorkspaceRole,
    capability::{EditContent, ManageInvoices, ManageMembers, ManageSettings, OwnWorkspace, ReadAll},
    id::WebhookId,
    job::Job,
    webhook::{DeliveryState, EventKind, Schemes, WebhookDraft, WebhookState, WebhookUrl},
};
use sqlx::{Connection, types::Uuid};
use store::{
    Written,
    door::{Can, WorkspaceTx, Write},
    seal::EncryptionKey,
    webhooks::{self, Answer, Claimed, Recorded, Switch, signatures},
};

fn seal() -> EncryptionKey {
    EncryptionKey::new(&[9; 32])
}

fn draft(name: &str, events: &[EventKind]) -> WebhookDraft {
    WebhookDraft {
        url: WebhookUrl::parse(&format!("https://{name}.example/hook"), Schemes::HttpsOnly).unwrap(),
        description: name.to_owned(),
        events: events.to_vec(),
    }
}

async fn webhook(world: &World, who: &Person, place: &Place, name: &str, events: &[EventKind]) -> WebhookId {
    let mut tx = world.write(who, place).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let made = webhooks::create(&mut tx, &can, &seal(), &draft(name, events)).await.unwrap();
    tx.commit().await.unwrap();
    match made {
        Written::Done((id, _)) => id,
        other => panic!("no webhook: {other:?}"),
    }
}

async fn announce(world: &World, who: &Person, place: &Place, kind: EventKind) {
    let mut tx = world.write(who, place).await;
    webhooks::announce(&mut tx, kind, Uuid::now_v7()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn job(world: &World, place: &Place) -> (WorkspaceTx<Write>, Can<ManageSettings>) {
    let tx = world.store.job(place.id, Job::Deliver).await.unwrap().expect("the door for jobs opened nothing");
    let can = tx.can::<ManageSettings>().unwrap();
    (tx, can)
}

async fn claim(world: &World, place: &Place) -> Vec<Claimed> {
    let (mut tx, can) = job(world, place).await;
    let claimed = webhooks::claim(&mut tx, &can, &seal(), 100).await.unwrap();
    tx.commit().await.unwrap();
    claimed
}

async fn record(world: &World, place: &Place, claimed: &Claimed, status: Option<u16>) -> Recorded {
    let (mut tx, can) = job(world, place).await;
    let answer = Answer { status, problem: "No answer".to_owned(), body: b"body".to_vec() };
    let recorded = webhooks::record(&mut tx, &can, claimed, &answer).await.unwrap();
    tx.commit().await.unwrap();
    recorded
}

async fn deliveries(world: &World, place: &Place, id: WebhookId) -> Vec<model::webhook::Delivery> {
    let mut tx = world.read(&world.ann, place).await;
    let can = tx.can::<ManageSettings>().unwrap();
    webhooks::deliveries(&mut tx, &can, id, None, 100).await.unwrap()
}

async fn state(world: &World, place: &Place, id: WebhookId) -> WebhookState {
    let mut tx = world.read(&world.ann, place).await;
    let can = tx.can::<ManageSettings>().unwrap();
    webhooks::get(&mut tx, &can, id).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_fact_reaches_the_webhooks_of_its_workspace_that_ask_for_it_and_no_others() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let asks = webhook(&world, ann, a1, "asks", &[EventKind::ImportDone, EventKind::InvoicePaid]).await;
    let other = webhook(&world, ann, a1, "other", &[EventKind::InvoicePaid]).await;
    let elsewhere = webhook(&world, ann, &world.a2, "elsewhere", &[EventKind::ImportDone]).await;
    let foreign = webhook(&world, &world.ola, &world.b1, "foreign", &[EventKind::ImportDone]).await;
    announce(&world, &world.carl, a1, EventKind::ImportDone).await;
    assert_eq!(world.store.due(Job::Deliver).await.unwrap(), [a1.id]);
    let claimed = claim(&world, a1).await;
    assert_eq!(claimed.iter().map(|one| one.webhook).collect::<Vec<_>>(), [asks]);
    assert_eq!(claimed[0].url, "https://asks.example/hook");
    assert!(claimed[0].body.starts_with(r#"{"type":"import.done","timestamp":""#), "{}", claimed[0].body);
    assert!(claimed[0].body.contains(&a1.id.to_string()));
    for place in [&world.a2, &world.b1] {
        assert!(claim(&world, place).await.is_empty(), "{}", place.slug);
    }
    announce(&world, &world.carl, a1, EventKind::InvoicePaid).await;
    let mut told: Vec<_> = claim(&world, a1).await.iter().map(|one| (one.webhook, one.message.clone())).collect();
    told.sort();
    let mut both = [asks, other];
    both.sort();
    assert_eq!(told.iter().map(|one| one.0).collect::<Vec<_>>(), both);
    assert_eq!(told[0].1, told[1].1, "both are told of one fact by one id");
    announce(&world, &world.ola, &world.b1, EventKind::ImportDone).await;
    assert_eq!(claim(&world, &world.b1).await[0].webhook, foreign, "control");
    announce(&world, ann, &world.a2, EventKind::ImportDone).await;
    assert_eq!(claim(&world, &world.a2).await[0].webhook, elsewhere, "control");
}

#[tokio::test]
async fn a_fact_that_is_rolled_back_is_not_announced() {
    let world = World::new().await;
    webhook(&world, &world.ann, &world.a1, "asks", &[EventKind::ImportDone]).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    webhooks::announce(&mut tx, EventKind::ImportDone, Uuid::now_v7()).await.unwrap();
    drop(tx);
    assert!(world.store.due(Job::Deliver).await.unwrap().is_empty());
    assert!(claim(&world, &world.a1).await.is_empty());
    announce(&world, &world.ann, &world.a1, EventKind::ImportDone).await;
    assert_eq!(claim(&world, &world.a1).await.len(), 1, "control");
}

#[tokio::test]
async fn servers_that_share_a_database_send_each_message_once() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    for name in ["one", "two", "three"] {
        webhook(&world, ann, a1, name, &[EventKind::ImportDone]).await;
    }
    let mut sent = Vec::new();
    for _ in 0..4 {
        announce(&world, ann, a1, EventKind::ImportDone).await;
        let (one, two, three) = tokio::join!(claim(&world, a1), claim(&world, a1), claim(&world, a1));
        for claimed in one.into_iter().chain(two).chain(three) {
            record(&world, a1, &claimed, Some(200)).await;
            sent.push(claimed.id);
        }
    }
    let all = sent.len();
    sent.sort();
    sent.dedup();
    assert_eq!((all, sent.len()), (12, 12));
}

#[tokio::test]
async fn a_message_whose_server_died_is_claimed_again_and_its_late_answer_is_not_recorded() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "asks", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let first = claim(&world, a1).await.remove(0);
    assert!(claim(&world, a1).await.is_empty(), "control: the claim holds");
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "update workspace.webhook_deliveries set next_at = now() - interval '1 second'")
        .await
        .unwrap();
    let second = claim(&world, a1).await.remove(0);
    assert_eq!((second.id, &second.message, second.attempt), (first.id, &first.message, 2));
    assert_eq!(record(&world, a1, &first, Some(500)).await, Recorded::Superseded);
    assert_eq!(deliveries(&world, a1, id).await[0].state, DeliveryState::Sending);
    assert_eq!(record(&world, a1, &second, Some(204)).await, Recorded::Noted);
    let delivered = &deliveries(&world, a1, id).await[0];
    assert_eq!(
        (delivered.state, delivered.status, delivered.excerpt.as_str()),
        (DeliveryState::Delivered, Some(204), "body")
    );
    assert_eq!(record(&world, a1, &second, Some(500)).await, Recorded::Superseded, "it is recorded twice");
}

#[tokio::test]
async fn a_dead_receiver_has_one_message_at_a_time_and_others_are_not_delayed() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let dead = webhook(&world, ann, a1, "dead", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let first = claim(&world, a1).await.remove(0);
    record(&world, a1, &first, None).await;
    assert_eq!(state(&world, a1, dead).await, WebhookState::Failing);
    let alive = webhook(&world, ann, a1, "alive", &[EventKind::ImportDone]).await;
    for _ in 0..6 {
        announce(&world, ann, a1, EventKind::ImportDone).await;
    }
    let claimed = claim(&world, a1).await;
    let of = |id| claimed.iter().filter(|one| one.webhook == id).count();
    assert_eq!((of(dead), of(alive)), (1, 4));
    assert!(claim(&world, a1).await.is_empty(), "the places of the webhook are taken");
    for one in claimed.iter().filter(|one| one.webhook == alive) {
        record(&world, a1, one, Some(200)).await;
    }
    let next = claim(&world, a1).await;
    assert_eq!(next.iter().map(|one| one.webhook).collect::<Vec<_>>(), [alive, alive]);
}

#[tokio::test]
async fn after_nine_retries_a_delivery_has_failed() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "dead", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let mut superuser = world.db.superuser().await;
    for attempt in 1..=10 {
        let claimed = claim(&world, a1).await.remove(0);
        assert_eq!(claimed.attempt, attempt);
        assert!(claim(&world, a1).await.is_empty());
        record(&world, a1, &claimed, Some(503)).await;
        let delivery = &deliveries(&world, a1, id).await[0];
        let expected = if attempt < 10 { DeliveryState::Waiting } else { DeliveryState::Failed };
        assert_eq!(delivery.state, expected, "after attempt {attempt}");
        assert!(claim(&world, a1).await.is_empty(), "it is sent again at once");
        execute(&mut superuser, "update workspace.webhook_deliveries set next_at = now() - interval '1 second'")
            .await
            .unwrap();
    }
    assert!(claim(&world, a1).await.is_empty());
}

#[tokio::test]
async fn five_days_without_success_turn_a_webhook_off_and_tell_those_who_can_turn_it_on() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "dead", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let claimed = claim(&world, a1).await;
    assert_eq!(record(&world, a1, &claimed[0], Some(500)).await, Recorded::Noted);
    let mut superuser = world.db.superuser().await;
    let since = |span: &str| format!("update workspace.webhooks set failing_since = now() - interval '{span}'");
    execute(&mut superuser, &since("4 days 23 hours")).await.unwrap();
    assert_eq!(record(&world, a1, &claimed[1], Some(500)).await, Recorded::Noted, "control");
    execute(&mut superuser, &since("5 days 1 minute")).await.unwrap();
    execute(&mut superuser, "update account.users set email_verified_at = now()").await.unwrap();
    let Recorded::TurnedOff(off) = record(&world, a1, &claimed[2], Some(500)).await else {
        panic!("the webhook stays on")
    };
    assert_eq!((off.webhook, off.url.as_str()), (id, "https://dead.example/hook"));
    let told: Vec<_> = off.people.iter().map(|email| email.as_str().to_owned()).collect();
    assert_eq!(told.len(), 2, "ann and bob manage settings, carl does not: {told:?}");
    assert_eq!(state(&world, a1, id).await, WebhookState::Off);
    assert!(deliveries(&world, a1, id).await.iter().all(|one| one.state == DeliveryState::Failed));
    let logged = "select actor || ' ' || coalesce(user_id::text, 'nobody') from workspace.audit_log where action = 'webhook_turned_off'";
    assert_eq!(texts(&mut superuser, logged).await, ["Stile nobody"]);
    announce(&world, ann, a1, EventKind::ImportDone).await;
    assert!(claim(&world, a1).await.is_empty(), "a webhook that is off is told");
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    assert!(webhooks::turn(&mut tx, &can, id, Switch::On).await.unwrap());
    tx.commit().await.unwrap();
    announce(&world, ann, a1, EventKind::ImportDone).await;
    assert_eq!(claim(&world, a1).await.len(), 1, "control: turned on, it is told");
}

#[tokio::test]
async fn a_redelivery_keeps_id_and_body_and_a_webhook_that_is_off_refuses_it() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "asks", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let first = claim(&world, a1).await.remove(0);
    record(&world, a1, &first, Some(200)).await;
    let again = async || {
        let mut tx = world.write(ann, a1).await;
        let can = tx.can::<ManageSettings>().unwrap();
        let outcome = webhooks::redeliver(&mut tx, &can, id, first.id).await.unwrap();
        tx.commit().await.unwrap();
        outcome
    };
    assert_eq!(again().await, Written::Done(()));
    let second = claim(&world, a1).await.remove(0);
    assert_eq!((&second.message, &second.body, second.attempt), (&first.message, &first.body, 1));
    record(&world, a1, &second, Some(200)).await;
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    assert!(webhooks::turn(&mut tx, &can, id, Switch::Off).await.unwrap());
    tx.commit().await.unwrap();
    let refused = FieldErrors::one("action", "The webhook is off. Turn it on first.");
    assert_eq!(again().await, Written::Invalid(refused));
}

#[tokio::test]
async fn both_secrets_sign_until_the_rotation_ends() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "asks", &[EventKind::ImportDone]).await;
    let signed = async || {
        announce(&world, ann, a1, EventKind::ImportDone).await;
        let claimed = claim(&world, a1).await.remove(0);
        record(&world, a1, &claimed, Some(200)).await;
        let signatures = signatures(&claimed.secrets, "msg_1", 1, "{}");
        signatures.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let before = signed().await;
    assert_eq!(before.len(), 1);
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let secret = webhooks::rotate(&mut tx, &can, &seal(), id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let during = signed().await;
    assert_eq!(during, [signatures(&[secret], "msg_1", 1, "{}"), before[0].clone()]);
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "update workspace.webhooks set former_until = now() - interval '1 second'").await.unwrap();
    assert_eq!(signed().await, [during[0].clone()]);
    let stored = texts(&mut superuser, "select encode(secret, 'base64') from workspace.webhooks").await;
    assert_ne!(stored[0].len(), 44, "the database holds the secret itself");
}

#[tokio::test]
async fn only_those_who_manage_settings_see_webhooks_and_none_sees_those_of_another_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let a1 = &world.a1;
    let id = webhook(&world, &world.ann, a1, "asks", &[EventKind::ImportDone]).await;
    for role in WorkspaceRole::ALL {
        seat(&mut superuser, a1, &world.eve, Some(role.as_str())).await;
        let may = matches!(role, WorkspaceRole::Owner | WorkspaceRole::Admin);
        let mut tx = world.read(&world.eve, a1).await;
        match tx.can::<ManageSettings>() {
            Ok(can) => {
                assert!(may, "{role:?} manages webhooks");
                assert_eq!(webhooks::list(&mut tx, &can).await.unwrap().len(), 1);
            }
            Err(_) => assert!(!may, "{role:?} can't manage webhooks"),
        }
    }
    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    assert!(webhooks::list(&mut tx, &can).await.unwrap().is_empty());
    assert!(webhooks::get(&mut tx, &can, id).await.unwrap().is_none());
    assert!(!webhooks::update(&mut tx, &can, id, &draft("taken", &[EventKind::ImportDone])).await.unwrap());
    assert!(webhooks::rotate(&mut tx, &can, &seal(), id).await.unwrap().is_none());
    assert!(!webhooks::turn(&mut tx, &can, id, Switch::Off).await.unwrap());
    assert_eq!(webhooks::test(&mut tx, &can, id).await.unwrap(), Written::Absent);
    assert!(!webhooks::delete(&mut tx, &can, id).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(state(&world, a1, id).await, WebhookState::On);
    let mut tx = world.write(&world.ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    assert!(webhooks::delete(&mut tx, &can, id).await.unwrap(), "control");
}

#[tokio::test]
async fn a_workspace_has_at_most_ten_webhooks() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    for number in 0..10 {
        webhook(&world, ann, a1, &format!("w{number}"), &[EventKind::ImportDone]).await;
    }
    let mut tx = world.write(ann, a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let one_more = webhooks::create(&mut tx, &can, &seal(), &draft("more", &[EventKind::ImportDone])).await.unwrap();
    assert!(matches!(one_more, Written::Invalid(_)));
    drop(tx);
    webhook(&world, ann, &world.a2, "control", &[EventKind::ImportDone]).await;
}

#[tokio::test]
async fn a_job_has_its_own_capabilities_in_a_workspace_that_is_there() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let a1 = &world.a1;
    let deliver = world.store.job(a1.id, Job::Deliver).await.unwrap().unwrap();
    assert!(deliver.can::<ManageSettings>().is_ok(), "control");
    assert!(deliver.can::<ManageInvoices>().is_err() && deliver.can::<ManageMembers>().is_err());
    assert!(deliver.can::<EditContent>().is_err() && deliver.can::<OwnWorkspace>().is_err());
    let invoice = world.store.job(a1.id, Job::Invoice).await.unwrap().unwrap();
    assert!(invoice.can::<ManageInvoices>().is_ok() && invoice.can::<ReadAll>().is_ok(), "control");
    assert!(invoice.can::<ManageSettings>().is_err() && invoice.can::<OwnWorkspace>().is_err());
    drop((deliver, invoice));
    change(&mut superuser, a1, "deleted_at = now()").await;
    assert!(world.store.job(a1.id, Job::Deliver).await.unwrap().is_none(), "a deleted workspace opens");
    let unknown = model::id::WorkspaceId::from_uuid(Uuid::now_v7());
    assert!(world.store.job(unknown, Job::Deliver).await.unwrap().is_none());
    assert!(world.store.job(world.a2.id, Job::Deliver).await.unwrap().is_some(), "control");
}

#[tokio::test]
async fn only_a_job_writes_to_the_log_without_a_person() {
    let world = World::new().await;
    let mut app = connect(&world.db.app()).await;
    let entry = format!(
        "insert into workspace.audit_log (workspace_id, id, actor, action) values ('{}', gen_random_uuid(), 'Stile', 'x')",
        world.a1.id
    );
    let opened = format!("select door.job('{}', 'deliver')", world.a1.id);
    let mut tx = app.begin().await.unwrap();
    execute(&mut tx, &opened).await.unwrap();
    assert_eq!(execute(&mut tx, &entry).await.unwrap(), 1, "control");
    tx.rollback().await.unwrap();
    let mut tx = app.begin().await.unwrap();
    let context = format!(
        "select set_config('stile.workspace_id', '{}', true), set_config('stile.user_id', '{}', true)",
        world.a1.id, world.ann.id
    );
    execute(&mut tx, &context).await.unwrap();
    assert_eq!(refusal(&execute(&mut tx, &entry).await).as_deref(), DENIED, "a person writes as nobody");
    tx.rollback().await.unwrap();
    let mut tx = app.begin().await.unwrap();
    let unknown = format!("select door.job('{}', 'anything')", world.a1.id);
    assert_eq!(execute(&mut tx, &unknown).await.unwrap(), 0, "a job that does not exist opens the workspace");
}

#[tokio::test]
async fn deliveries_are_kept_for_thirty_days() {
    let world = World::new().await;
    let (ann, a1) = (&world.ann, &world.a1);
    let id = webhook(&world, ann, a1, "asks", &[EventKind::ImportDone]).await;
    announce(&world, ann, a1, EventKind::ImportDone).await;
    let first = claim(&world, a1).await.remove(0);
    record(&world, a1, &first, Some(200)).await;
    let mut superuser = world.db.superuser().await;
    for (days, kept) in [(29, 1), (31, 0)] {
        let aged = format!("update workspace.webhook_deliveries set created_at = now() - interval '{days} days'");
        execute(&mut superuser, &aged).await.unwrap();
        claim(&world, a1).await;
        assert_eq!(deliveries(&world, a1, id).await.len(), kept, "after {days} days");
    }
}
