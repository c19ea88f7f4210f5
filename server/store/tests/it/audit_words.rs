//! Invariant: a log entry describes the change and names its object, even after the object was renamed. A change
//! without effect writes no entry.

use crate::support::{Person, Place, World, draft, execute, line, texts, write_target};
use model::{
    WorkspaceRole,
    audit::{AuditQuery, Position},
    capability::{EditContent, ManageMembers, ManageSettings, OwnWorkspace},
    catalog::{Lifecycle, ProductDraft},
    members::AutoJoin,
    preferences::Preferences,
    role::OrganizationRole,
    settings::GeneralInput,
};
use sqlx::PgConnection;
use store::{
    audit, auto_joins, brand, customers,
    door::{Door, WorkspaceTx, Write},
    members, organizations, products, profile, security, settings,
};

async fn told(world: &World, who: &Person, at: &Place) -> Vec<String> {
    let mut tx = world.read(who, at).await;
    let can = tx.can::<ManageSettings>().unwrap();
    let rows = audit::page(&mut tx, &can, &AuditQuery::default()).await.unwrap().rows;
    rows.into_iter()
        .rev()
        .map(|row| if row.detail.is_empty() { row.what } else { format!("{} · {}", row.what, row.detail) })
        .collect()
}

async fn lines(superuser: &mut PgConnection) -> usize {
    let all = "select id::text from workspace.audit_log union all select id::text from account.organization_audit_log
        union all select id::text from account.audit_log";
    texts(superuser, all).await.len()
}

async fn seating(world: &World, who: &Person, at: &Place, people: &[&Person]) -> WorkspaceTx<Write> {
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    match world.store.workspace_seating(&who.session(), &at.slug, write_target(who, at), &ids).await.unwrap() {
        Door::Open(tx) => tx,
        _ => panic!("{} has a seat in {}", who.name, at.slug),
    }
}

#[tokio::test]
async fn an_entry_contains_the_name_of_its_object_at_that_time() {
    let world = World::new().await;
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = customers::create(&mut tx, &can, &draft("Alder & Finch")).await.unwrap();
    customers::set_status(&mut tx, &can, id, Lifecycle::Archived).await.unwrap();
    customers::update(&mut tx, &can, id, &draft("Birch")).await.unwrap();
    customers::set_status(&mut tx, &can, id, Lifecycle::Active).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = seating(&world, &world.ann, &world.a1, &[&world.carl]).await;
    let can = tx.can::<ManageMembers>().unwrap();
    members::set_role(&mut tx, &can, world.carl.id, WorkspaceRole::Viewer).await.unwrap();
    members::remove(&mut tx, &can, world.carl.id).await.unwrap();
    tx.commit().await.unwrap();
    let said = told(&world, &world.ann, &world.a1).await;
    assert_eq!(
        said,
        [
            "Gave bob the Admin role",
            "Gave carl the Member role",
            "Created customer Alder & Finch",
            "Archived customer Alder & Finch",
            "Edited customer Alder & Finch · name: Alder & Finch → Birch",
            "Restored customer Birch",
            "Changed carl’s role from Member to Viewer",
            "Removed carl (Viewer) from the workspace",
        ]
    );
    let other = told(&world, &world.ola, &world.b1).await;
    assert_eq!(other, ["Gave carl the Billing admin role"], "lines of another workspace");
}

#[tokio::test]
async fn an_entry_of_an_earlier_version_shows_the_current_name_or_the_id() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let other = world.stock(&world.ola, &world.b1, "Beta").await;
    let mut superuser = world.db.superuser().await;
    let gone = "00000000-0000-7000-8000-00000000dead";
    let old = format!(
        "delete from workspace.audit_log where workspace_id = '{0}';
        insert into workspace.audit_log (workspace_id, id, user_id, actor, action, target) values
            ('{0}', '00000000-0000-7000-8000-000000000001', '{1}', 'ann', 'customer_archived', '{2}'),
            ('{0}', '00000000-0000-7000-8000-000000000002', '{1}', 'ann', 'product_created', '{3}'),
            ('{0}', '00000000-0000-7000-8000-000000000003', '{1}', 'ann', 'ownership_transferred', '{4}'),
            ('{0}', '00000000-0000-7000-8000-000000000004', '{1}', 'ann', 'customer_archived', '{gone}'),
            ('{0}', '00000000-0000-7000-8000-000000000005', '{1}', 'ann', 'customer_archived', '{5}')",
        world.a1.id,
        world.ann.id,
        stock.customers[0].uuid(),
        stock.product.uuid(),
        world.bob.id,
        other.customers[0].uuid(),
    );
    for statement in old.split_inclusive(';') {
        execute(&mut superuser, statement.trim_end_matches(';')).await.unwrap();
    }
    assert_eq!(
        told(&world, &world.ann, &world.a1).await,
        [
            "Archived customer Alpha first".to_owned(),
            "Created product Alpha product".to_owned(),
            "Transferred ownership to bob".to_owned(),
            format!("Archived customer {gone}"),
            // Another workspace's customer must not be resolved to a name.
            format!("Archived customer {}", other.customers[0].uuid()),
        ]
    );
}

#[tokio::test]
async fn writes_without_a_change_are_not_logged() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let general = GeneralInput {
        name: "A a-one".into(),
        slug: "a-one".into(),
        description: String::new(),
        time_zone: "UTC".into(),
    };
    let product = ProductDraft { name: line("Calls"), code: "calls".into(), description: String::new() };
    let mut tx = world.write(&world.bob, &world.a1).await;
    let edit = tx.can::<EditContent>().unwrap();
    let customer = customers::create(&mut tx, &edit, &draft("Acme")).await.unwrap();
    let calls = products::create(&mut tx, &edit, &product).await.unwrap();
    tx.commit().await.unwrap();
    let join = AutoJoin { domain: model::domain::Domain::parse("stile.example").unwrap(), role: WorkspaceRole::Viewer };
    let mut tx = world.write(&world.ann, &world.a1).await;
    let manage = tx.can::<ManageMembers>().unwrap();
    auto_joins::set(&mut tx, &manage, &join).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let before = lines(&mut superuser).await;
    // Sets every value to its current value, twice.
    for _ in 0..2 {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let (edit, manage, members) =
            (tx.can::<EditContent>().unwrap(), tx.can::<ManageSettings>().unwrap(), tx.can::<ManageMembers>().unwrap());
        assert!(customers::update(&mut tx, &edit, customer, &draft("Acme")).await.unwrap());
        assert!(customers::set_status(&mut tx, &edit, customer, Lifecycle::Active).await.unwrap());
        assert!(products::update(&mut tx, &edit, calls, &product).await.unwrap());
        assert!(products::set_status(&mut tx, &edit, calls, Lifecycle::Active).await.unwrap());
        settings::save_general(&mut tx, &manage, &general.parse().unwrap()).await.unwrap();
        brand::set_hue(&mut tx, &manage, None).await.unwrap();
        brand::set_logo(&mut tx, &manage, None).await.unwrap();
        security::demand_factor(&mut tx, &manage, false).await.unwrap().unwrap();
        auto_joins::set(&mut tx, &members, &join).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let mut tx = seating(&world, &world.ann, &world.a1, &[&world.bob]).await;
        let can = tx.can::<ManageMembers>().unwrap();
        members::set_role(&mut tx, &can, world.bob.id, WorkspaceRole::Admin).await.unwrap();
        members::grant(&mut tx, &can, world.bob.id, WorkspaceRole::Admin).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.organization(&world.ola, &world.b1).await;
        organizations::set_role(&mut tx, world.dora.id, OrganizationRole::Admin).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.person(&world.ann).await;
        profile::rename(&mut tx, "ann").await.unwrap();
        profile::set_preferences(&mut tx, Preferences::default()).await.unwrap();
        profile::withdraw_address(&mut tx).await.unwrap();
        store::pictures::set_portrait(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!(lines(&mut superuser).await, before, "a change of nothing was noted");
    // Control: each call writes one entry if something does change.
    let mut tx = world.write(&world.ann, &world.a1).await;
    let edit = tx.can::<EditContent>().unwrap();
    assert!(customers::update(&mut tx, &edit, customer, &draft("Acme Ltd")).await.unwrap());
    assert!(products::set_status(&mut tx, &edit, calls, Lifecycle::Archived).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = seating(&world, &world.ann, &world.a1, &[&world.bob]).await;
    let can = tx.can::<ManageMembers>().unwrap();
    members::set_role(&mut tx, &can, world.bob.id, WorkspaceRole::Viewer).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lines(&mut superuser).await, before + 3);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let absent = model::id::CustomerId::from_uuid(sqlx::types::Uuid::nil());
    let edit = tx.can::<EditContent>().unwrap();
    assert!(!customers::update(&mut tx, &edit, absent, &draft("Nobody")).await.unwrap());
    assert!(tx.can::<OwnWorkspace>().is_ok());
}

/// Promise: an export is complete. More entries than a batch, a spreadsheet page or the former limit are exported
/// completely, each once and in order.
#[tokio::test]
async fn an_export_contains_every_entry() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let many = format!(
        "insert into workspace.audit_log (workspace_id, id, user_id, actor, action, detail)
        select w, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, '{}', 'ann', 'token_created', jsonb_build_object('name', n::text)
        from generate_series(1, 20500) n, unnest(array['{}', '{}']::uuid[]) w",
        world.ann.id, world.a1.id, world.b1.id
    );
    execute(&mut superuser, &many).await.unwrap();
    let of = |position| AuditQuery { kind: Some(model::audit::ActionKind::Tokens), position, ..AuditQuery::default() };
    let (mut position, mut seen, mut largest) = (Position::Newest, Vec::new(), 0);
    loop {
        // Opens a new transaction for each batch, as a slow download does.
        let mut tx = world.read(&world.ann, &world.a1).await;
        let can = tx.can::<ManageSettings>().unwrap();
        let (rows, next) = audit::export(&mut tx, &can, &of(position)).await.unwrap();
        largest = largest.max(rows.len());
        seen.extend(rows.into_iter().map(|row| row.what));
        match next {
            Some(next) => position = next,
            None => break,
        }
    }
    let expected: Vec<String> = (1..=20_500).rev().map(|n| format!("Created token {n}")).collect();
    assert_eq!(seen.len(), expected.len());
    assert_eq!(seen, expected);
    assert!(largest <= 1_000, "{largest} lines are held at once");
}
