//! Attack: blocking the writes of users that the attacker has no authority over. A change to seats locks only users who
//! have a seat there or have requested one. Only a user who may change the workspace can lock out its writers. A
//! request that waits for a lock holds no database connection.

use crate::support::{Person, Place, World, draft, execute, kind, seat, waiting_for, write_target};
use model::{
    Capability, WorkspaceRole,
    capability::{EditContent, ManageMembers},
    id::UserId,
};
use sqlx::PgConnection;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{
    StoreError, customers,
    door::{Door, WorkspaceTx, Write},
    members,
};
use tokio::task::JoinSet;

/// Upper bound for a write that is not blocked.
const LONG: Duration = Duration::from_millis(1_000);

/// Writes as `who` and returns the elapsed time.
async fn written(world: &World, who: &Person, place: &Place) -> Result<Duration, StoreError> {
    let started = Instant::now();
    match world.store.workspace_write(&who.session(), &place.slug, write_target(who, place)).await? {
        Door::Open(mut tx) => {
            let can = tx.can::<EditContent>().unwrap();
            customers::create(&mut tx, &can, &draft("written")).await?;
            tx.commit().await?;
        }
        other => panic!("{} could not write: {}", who.name, kind(&other)),
    }
    Ok(started.elapsed())
}

/// Opens a transaction that changes the seats of `people`, without committing it.
async fn naming(world: &World, by: &Person, place: &Place, people: &[UserId]) -> WorkspaceTx<Write> {
    match world.store.workspace_seating(&by.session(), &place.slug, write_target(by, place), people).await.unwrap() {
        Door::Open(tx) => tx,
        other => panic!("{} could not change seats: {}", by.name, kind(&other)),
    }
}

#[tokio::test]
async fn naming_a_person_without_a_seat_does_not_block_their_writes() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    // Dora and mal have no seat in A1; carl has one. Each of them writes elsewhere.
    seat(&mut superuser, &world.b1, &world.carl, Some("member")).await;
    let strangers = [world.dora.id, world.mal.id];
    let named = naming(&world, &world.ann, &world.a1, &strangers).await;
    for (who, place) in [(&world.dora, &world.b1), (&world.mal, &world.m1)] {
        let took = written(&world, who, place).await.unwrap();
        assert!(took < LONG, "{} waited {took:?} for an action in an organization that is not theirs", who.name);
    }
    drop(named);
    // Control: a user with a seat there does wait.
    let named = naming(&world, &world.ann, &world.a1, &[world.carl.id]).await;
    let error =
        written(&world, &world.carl, &world.b1).await.expect_err("a write went past a change to its person's seat");
    assert!(error.is_unavailable(), "{error}");
    drop(named);
    assert!(written(&world, &world.carl, &world.b1).await.is_ok());
}

#[tokio::test]
async fn a_change_to_seats_locks_people_who_requested_one_and_members_can_lock_only_themselves() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let request = format!(
        "insert into account.access_requests (id, user_id, slug, workspace_id) values (gen_random_uuid(), '{}', 'a-one', '{}')",
        world.mal.id, world.a1.id
    );
    execute(&mut superuser, &request).await.unwrap();
    let named = naming(&world, &world.ann, &world.a1, &[world.mal.id]).await;
    assert!(written(&world, &world.mal, &world.m1).await.is_err(), "a person who requested a seat was not locked");
    drop(named);
    // Carl has the role member in A1, so he can change no seat there except his own.
    let named = naming(&world, &world.carl, &world.a1, &[world.bob.id, world.ann.id]).await;
    for who in [&world.bob, &world.ann] {
        assert!(written(&world, who, &world.a1).await.unwrap() < LONG, "a member blocked the write of {}", who.name);
    }
    drop(named);
    let own = naming(&world, &world.carl, &world.a1, &[world.carl.id]).await;
    assert!(
        written(&world, &world.carl, &world.a1).await.is_err(),
        "control: a change to one's own seat locks oneself"
    );
    drop(own);
}

#[tokio::test]
async fn an_organization_locks_only_its_own_members() {
    let world = World::new().await;
    let (ola, b1) = (&world.ola, &world.b1);
    let people = [world.mal.id, world.dora.id];
    let opened = world.store.organization_seating(&ola.session(), b1.organization, ola.id, &people).await.unwrap();
    assert!(opened.is_some(), "ola owns B");
    assert!(written(&world, &world.mal, &world.m1).await.unwrap() < LONG, "a stranger to the organization waited");
    assert!(written(&world, &world.dora, b1).await.is_err(), "control: an admin of it waits");
    drop(opened);
    let opened = world.store.organization_seating(&world.mal.session(), b1.organization, world.mal.id, &people).await;
    assert!(opened.unwrap().is_none(), "a stranger manages it");
}

#[tokio::test]
async fn only_people_with_the_capability_lock_the_whole_workspace() {
    let world = World::new().await;
    let (carl, ann, a1) = (&world.carl, &world.ann, &world.a1);
    for (who, waits) in [(carl, false), (ann, true)] {
        let door = world
            .store
            .workspace_exclusive(&who.session(), &a1.slug, write_target(who, a1), Capability::ManageSettings)
            .await;
        let Door::Open(alone) = door.unwrap() else { panic!("{} has a seat", who.name) };
        let outcome = written(&world, &world.bob, a1).await;
        assert_eq!(outcome.is_err(), waits, "{} holds the workspace alone: {outcome:?}", who.name);
        drop(alone);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_a_write_lock_holds_no_connection() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "begin").await.unwrap();
    seat(&mut superuser, &world.a1, &world.bob, None).await;
    let mut waiting = JoinSet::new();
    for _ in 0..40 {
        let world = Arc::clone(&world);
        waiting.spawn(async move {
            let (bob, a1) = (&world.bob, &world.a1);
            world.store.workspace_write(&bob.session(), &a1.slug, write_target(bob, a1)).await.map(drop)
        });
    }
    waiting_for(&mut world.db.superuser().await, "advisory").await;
    for _ in 0..20 {
        let started = Instant::now();
        drop(world.read(&world.ola, &world.b1).await);
        let took = started.elapsed();
        assert!(took < Duration::from_millis(500), "another tenant waited {took:?} for a connection");
    }
    execute(&mut superuser, "rollback").await.unwrap();
    while let Some(done) = waiting.join_next().await {
        if let Err(error) = done.unwrap() {
            assert!(error.is_unavailable() || matches!(error, StoreError::Busy(_)), "{error}");
        }
    }
}

/// Writes repeatedly as one user. Several of these tasks run at once, so that the user's lock is always held in shared
/// mode.
async fn write_on(world: Arc<World>) {
    let (carl, a1) = (&world.carl, &world.a1);
    loop {
        match world.store.workspace_write(&carl.session(), &a1.slug, write_target(carl, a1)).await {
            Ok(Door::Open(mut tx)) => {
                let can = tx.can::<EditContent>().unwrap();
                customers::create(&mut tx, &can, &draft("on and on")).await.unwrap();
                tokio::time::sleep(Duration::from_millis(30)).await;
                tx.commit().await.unwrap();
            }
            Ok(Door::Absent(_)) => return,
            Ok(other) => panic!("a revoked writer was told: {}", kind(&other)),
            Err(error) => assert!(error.is_unavailable(), "{error}"),
        }
    }
}

async fn count(superuser: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from workspace.customers where name = 'on and on'")
        .fetch_one(superuser)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revocation_proceeds_during_continuous_writes() {
    let world = Arc::new(World::new().await);
    let mut superuser = world.db.superuser().await;
    for round in 0..5 {
        seat(&mut superuser, &world.a1, &world.carl, Some("member")).await;
        let before = count(&mut superuser).await;
        let mut writers = JoinSet::new();
        for _ in 0..4 {
            writers.spawn(write_on(Arc::clone(&world)));
        }
        while count(&mut superuser).await < before + 4 {
            tokio::task::yield_now().await;
        }
        let started = Instant::now();
        let mut tx = naming(&world, &world.ann, &world.a1, &[world.carl.id]).await;
        let can = tx.can::<ManageMembers>().unwrap();
        members::remove(&mut tx, &can, world.carl.id).await.unwrap();
        tx.commit().await.unwrap();
        let (took, there) = (started.elapsed(), count(&mut superuser).await);
        assert!(took < Duration::from_secs(2), "round {round}: the revocation waited {took:?}");
        writers.join_all().await;
        assert_eq!(count(&mut superuser).await, there, "round {round}: writes were committed after the seat was gone");
    }
    assert!(seat_is_gone(&mut superuser, &world).await);
    // Control: with a new seat, the same user can write again.
    world.grant(&world.ann, &world.a1, &world.carl, WorkspaceRole::Member).await;
    assert!(written(&world, &world.carl, &world.a1).await.is_ok());
}

async fn seat_is_gone(superuser: &mut PgConnection, world: &World) -> bool {
    let seats: i64 =
        sqlx::query_scalar("select count(*) from account.workspace_members where workspace_id = $1 and user_id = $2")
            .bind(world.a1.id.uuid())
            .bind(world.carl.id.uuid())
            .fetch_one(superuser)
            .await
            .unwrap();
    seats == 0
}
