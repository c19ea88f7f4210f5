//! Invariant: every change has exactly one entry in the audit log of its plane, and a change that was rolled back has
//! none. Nobody can write an entry under another user's name or with another timestamp, and no entry can be changed or
//! deleted. A log shows only its own workspace's entries (docs/SECURITY.md, I-22).

use crate::support::{DENIED, Person, Place, World, connect, draft, execute, refusal, slug, texts};
use model::{
    audit::{ActionKind, AuditQuery, Position},
    capability::{Capability, EditContent, ManageSettings, OwnWorkspace},
    settings::GeneralInput,
};
use sqlx::{Connection, PgConnection};
use store::{audit, customers, deleted::RestoreOutcome, door::Door, settings};

async fn lines(superuser: &mut PgConnection, place: &Place) -> Vec<String> {
    let of = format!(
        "select action || ' by ' || actor from workspace.audit_log where workspace_id = '{}' and action not like 'seat%' order by id",
        place.id
    );
    texts(superuser, &of).await
}

async fn rename(world: &World, who: &Person, at: &Place, input: GeneralInput) -> Result<(), store::StoreError> {
    let target = crate::support::write_target(who, at);
    let Door::Open(mut tx) =
        world.store.workspace_exclusive(&who.session(), &at.slug, target, Capability::ManageSettings).await.unwrap()
    else {
        panic!("{} has a seat in {}", who.name, at.slug)
    };
    let can = tx.can::<ManageSettings>().unwrap();
    settings::save_general(&mut tx, &can, &input.parse().unwrap()).await?;
    tx.commit().await.map(drop)
}

fn general(name: &str, slug: &str) -> GeneralInput {
    GeneralInput { name: name.into(), slug: slug.into(), description: String::new(), time_zone: "Europe/Berlin".into() }
}

#[tokio::test]
async fn each_committed_change_has_one_entry_and_rolled_back_ones_have_none() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for keep in [false, true] {
        let mut tx = world.write(&world.bob, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        customers::create(&mut tx, &can, &draft("Acme")).await.unwrap();
        if keep {
            tx.commit().await.unwrap();
        }
    }
    assert_eq!(lines(&mut superuser, &world.a1).await, ["customer_created by bob"]);
    rename(&world, &world.bob, &world.a1, general("A a-one", "a-one")).await.unwrap();
    rename(&world, &world.bob, &world.a1, general("Second", "a-second")).await.unwrap();
    assert_eq!(
        lines(&mut superuser, &world.a1).await[1..],
        ["workspace_changed by bob", "workspace_changed by bob", "workspace_renamed by bob"]
    );
    let details = texts(
        &mut superuser,
        "select detail::text from workspace.audit_log where action in ('workspace_changed', 'workspace_renamed') order by id",
    )
    .await;
    assert_eq!(
        details,
        [
            r#"{"time_zone": {"to": "Europe/Berlin", "from": "UTC"}}"#,
            r#"{"name": {"to": "Second", "from": "A a-one"}}"#,
            r#"{"address": {"to": "a-second", "from": "a-one"}}"#,
        ]
    );
    // A rejected change leaves no entry, not even for the part of it that was valid.
    let taken = Place { slug: slug("a-second"), ..world.a1.clone() };
    let refused = rename(&world, &world.bob, &taken, general("Third", "b-one")).await;
    assert!(crate::support::constraint(refused).is_some(), "another workspace's address was taken");
    assert_eq!(lines(&mut superuser, &world.a1).await.len(), 4);
    assert_eq!(lines(&mut superuser, &world.b1).await, Vec::<String>::new(), "a line in another workspace's log");
}

#[tokio::test]
async fn the_app_role_cannot_forge_change_or_delete_entries() {
    let world = World::new().await;
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Acme")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.organization(&world.ann, &world.a1).await;
    audit::record(&mut tx, model::audit::Action::OrganizationChanged, None, &model::audit::Detail::none())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut app = connect(&world.db.app()).await;
    let (a1, organization, bob, ann) = (world.a1.id, world.a1.organization, world.bob.id, world.ann.id);
    let mut attempt = async |statement: String| {
        let mut tx = app.begin().await.unwrap();
        for (name, id) in [
            ("user_id", bob.to_string()),
            ("workspace_id", a1.to_string()),
            ("organization_id", organization.to_string()),
            ("reach", "all".to_owned()),
        ] {
            sqlx::query("select set_config($1, $2, true)")
                .bind(format!("stile.{name}"))
                .bind(id)
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        let outcome = execute(&mut tx, &statement).await;
        tx.commit().await.unwrap();
        refusal(&outcome)
    };
    let logs = [
        ("workspace.audit_log", "workspace_id", a1.to_string()),
        ("account.organization_audit_log", "organization_id", organization.to_string()),
        ("account.audit_log", "", String::new()),
    ];
    for (log, key, id) in logs {
        let (column, value) =
            if key.is_empty() { (String::new(), String::new()) } else { (format!("{key}, "), format!("'{id}', ")) };
        let add = |columns: &str, values: String| {
            format!(
                "insert into {log} ({column}id, user_id, action{columns}) values ({value}gen_random_uuid(), {values})"
            )
        };
        assert_eq!(
            attempt(add("", format!("'{bob}', 'x'"))).await,
            None,
            "the control: one's own line is added to {log}"
        );
        assert_eq!(
            attempt(add("", format!("'{ann}', 'x'"))).await.as_deref(),
            DENIED,
            "a line in another's name in {log}"
        );
        let backdated = add(", at", format!("'{bob}', 'x', now() - interval '1 day'"));
        assert_eq!(attempt(backdated).await.as_deref(), DENIED, "a line of yesterday in {log}");
        for statement in
            [format!("update {log} set action = 'y'"), format!("delete from {log}"), format!("truncate {log}")]
        {
            assert_eq!(attempt(statement.clone()).await.as_deref(), DENIED, "stile_app may: {statement}");
        }
    }
    let foreign = format!(
        "insert into workspace.audit_log (workspace_id, id, user_id, action) values ('{}', gen_random_uuid(), '{bob}', 'x')",
        world.b1.id
    );
    assert_eq!(attempt(foreign).await.as_deref(), DENIED, "a line in another workspace's log");
    let long = format!(
        "insert into workspace.audit_log (workspace_id, id, user_id, action, detail) values ('{a1}', gen_random_uuid(), '{bob}', 'x',
            jsonb_build_object('note', repeat('x', 20000)))"
    );
    assert!(attempt(long).await.is_some(), "a line of any length is kept");
}

#[tokio::test]
async fn paging_returns_each_entry_once_and_filters_apply() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    // Entries of two users, in both workspaces.
    let many = format!(
        "insert into workspace.audit_log (workspace_id, id, user_id, actor, action, at)
        select w, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, case n % 2 when 0 then '{}'::uuid else '{}'::uuid end,
            case n % 2 when 0 then 'ann' else 'bob' end, case n % 3 when 0 then 'customer_created' else 'invite_sent' end, now() - n * interval '1 hour'
        from generate_series(1, 130) n, unnest(array['{}', '{}']::uuid[]) w",
        world.ann.id, world.bob.id, world.a1.id, world.b1.id
    );
    execute(&mut superuser, &many).await.unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let query = AuditQuery { kind: Some(ActionKind::Invites), person: Some(world.ann.id), ..AuditQuery::default() };
    let all = audit::export(&mut tx, &can, &query).await.unwrap().0;
    assert_eq!(all.len(), (1..=130).filter(|n| n % 2 == 0 && n % 3 != 0).count());
    assert!(all.iter().all(|row| row.actor == "ann" && row.action == "invite_sent"));
    let every = AuditQuery { kind: None, person: None, ..AuditQuery::default() };
    let total = audit::export(&mut tx, &can, &every).await.unwrap().0;
    let (mut seen, mut at, mut trail) = (Vec::new(), every.clone(), Vec::new());
    loop {
        let page = audit::page(&mut tx, &can, &at).await.unwrap();
        trail.push(page.rows.iter().map(|r| r.id).collect::<Vec<_>>());
        seen.extend(page.rows);
        match page.older {
            Some(id) => at = every.at(Position::Before(id)),
            None => break,
        }
    }
    assert_eq!(seen, total, "paging back holds other lines than the whole");
    assert!(trail.len() >= 3, "{} pages", trail.len());
    // Paging forward again yields the same pages.
    let mut last = seen[seen.len() - trail[trail.len() - 1].len()].id;
    for expected in trail.iter().rev().skip(1) {
        let page = audit::page(&mut tx, &can, &every.at(Position::After(last))).await.unwrap();
        assert_eq!(page.rows.iter().map(|r| r.id).collect::<Vec<_>>(), *expected, "paging forward holds other lines");
        last = expected[0];
    }
    let day = AuditQuery { period: model::audit::Period::Day, ..AuditQuery::default() };
    assert!(audit::export(&mut tx, &can, &day).await.unwrap().0.len() < 40);
    let names: Vec<_> = audit::actors(&mut tx, &can).await.unwrap().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["ann", "bob"]);
    assert!(world.read(&world.carl, &world.a1).await.can::<ManageSettings>().is_err(), "a member reads the log");
}

#[tokio::test]
async fn a_deleted_workspace_is_inaccessible_and_an_owner_can_restore_it_for_14_days() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    world.stock(&world.ann, &world.a1, "Alpha").await;
    let (ann, bob, a1) = (&world.ann, &world.bob, &world.a1);
    let before = texts(&mut superuser, "select t::text from workspace.customers t order by 1").await;
    let restore =
        async |who: &Person, at: &str| world.store.restore_workspace(&who.session(), &slug(at)).await.unwrap();
    assert_eq!(restore(ann, "a-one").await, RestoreOutcome::No, "what is not deleted was restored");
    let target = crate::support::write_target(ann, a1);
    let Door::Open(mut tx) =
        world.store.workspace_exclusive(&ann.session(), &a1.slug, target, Capability::OwnWorkspace).await.unwrap()
    else {
        panic!("ann owns A1")
    };
    assert!(world.read(bob, &world.a1).await.can::<OwnWorkspace>().is_err(), "an admin could delete it");
    let can = tx.can::<OwnWorkspace>().unwrap();
    settings::delete(&mut tx, &can).await.unwrap();
    tx.commit().await.unwrap();
    for (who, behind) in [(ann, "gone"), (bob, "gone"), (&world.mal, "absent")] {
        assert_eq!(crate::support::kind(&world.door(who, a1).await), behind, "{}", who.name);
    }
    for who in [bob, &world.carl, &world.mal, &world.ola] {
        assert_eq!(restore(who, "a-one").await, RestoreOutcome::No, "{} restored it", who.name);
    }
    let offered = async |who: &Person| {
        let picker = world.store.picker(&who.session(), store::seats::Freshness::Now).await.unwrap().unwrap().1;
        picker.deleted.iter().map(|d| d.slug.to_string()).collect::<Vec<_>>()
    };
    assert_eq!((offered(ann).await, offered(bob).await), (vec!["a-one".to_owned()], vec![]));
    execute(
        &mut superuser,
        "update account.workspaces set deleted_at = now() - interval '15 days' where deleted_at is not null",
    )
    .await
    .unwrap();
    assert_eq!(restore(ann, "a-one").await, RestoreOutcome::No, "it was restored after 14 days");
    execute(
        &mut superuser,
        "update account.workspaces set deleted_at = now() - interval '13 days' where deleted_at is not null",
    )
    .await
    .unwrap();
    assert_eq!(restore(ann, "a-one").await, RestoreOutcome::Yes);
    assert_eq!(restore(ann, "a-one").await, RestoreOutcome::No, "it was restored twice");
    assert_eq!(crate::support::kind(&world.door(bob, a1).await), "open");
    assert_eq!(
        texts(&mut superuser, "select t::text from workspace.customers t order by 1").await,
        before,
        "it was restored without its data"
    );
    let told = lines(&mut superuser, a1).await;
    assert_eq!(told[told.len() - 2..], ["workspace_deleted by ann", "workspace_restored by ann"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_concurrent_renames_one_succeeds_and_the_other_gets_the_new_slug() {
    let world = std::sync::Arc::new(World::new().await);
    for round in 0..15 {
        let now = texts(
            &mut world.db.superuser().await,
            &format!("select slug from account.workspaces where id = '{}'", world.a1.id),
        )
        .await
        .remove(0);
        let mut tasks = tokio::task::JoinSet::new();
        for who in 0..2 {
            let (world, now) = (std::sync::Arc::clone(&world), now.clone());
            tasks.spawn(async move {
                let who_is = if who == 0 { &world.ann } else { &world.bob };
                let place = Place { slug: slug(&now), ..world.a1.clone() };
                let target = crate::support::write_target(who_is, &place);
                match world
                    .store
                    .workspace_exclusive(&who_is.session(), &place.slug, target, Capability::ManageSettings)
                    .await
                {
                    Ok(Door::Open(mut tx)) => {
                        let can = tx.can::<ManageSettings>().unwrap();
                        let to = general("Raced", &format!("a-round-{round}-{who}")).parse().unwrap();
                        settings::save_general(&mut tx, &can, &to).await.unwrap();
                        tx.commit().await.unwrap();
                        "renamed"
                    }
                    Ok(Door::Moved(_)) => "moved",
                    other => panic!("round {round}: {:?}", other.err()),
                }
            });
        }
        let mut outcomes = tasks.join_all().await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["moved", "renamed"], "round {round}");
    }
}
