//! Promise: an export holds every row of one workspace as it was at one moment, no row of another, and no secret.

use crate::support::{Person, Place, World, draft, execute, texts};
use model::capability::{EditContent, OwnWorkspace};
use sqlx::PgConnection;
use std::{collections::BTreeMap, time::Duration};
use store::{
    Store, StoreError, customers,
    door::{Door, Snapshot, WorkspaceTx},
    exports::{self, Cells, Export, Rule, Table, rule},
};

const IDLE: Duration = Duration::from_secs(30);

async fn snapshot(store: &Store, who: &Person, place: &Place) -> WorkspaceTx<Snapshot> {
    match store.workspace_snapshot(&who.session(), &place.slug).await.unwrap() {
        Door::Open(tx) => tx,
        _ => panic!("{} has a seat in {}", who.name, place.slug),
    }
}

async fn try_begin(store: &Store, who: &Person, place: &Place) -> Result<Option<Export>, StoreError> {
    let tx = snapshot(store, who, place).await;
    let can = tx.can::<OwnWorkspace>().unwrap();
    exports::begin(store, tx, &can, IDLE).await
}

async fn begin(world: &World, who: &Person, place: &Place) -> Export {
    try_begin(&world.store, who, place).await.unwrap().expect("no export is running")
}

/// Waits until an export that was dropped has ended in the database, too.
async fn ended(superuser: &mut PgConnection, place: &Place) {
    let lock = format!("select pg_advisory_xact_lock(hashtextextended('{}', 17))", place.id);
    execute(superuser, &lock).await.unwrap();
}

async fn rows(export: &mut Export, table: &Table) -> Vec<Cells> {
    let mut all = Vec::new();
    export.open(table).await.unwrap();
    loop {
        let rows = export.rows().await.unwrap();
        if rows.is_empty() {
            return all;
        }
        all.extend(rows);
    }
}

async fn everything(export: &mut Export) -> BTreeMap<String, Vec<Cells>> {
    let mut all = BTreeMap::new();
    for table in export.tables().await.unwrap() {
        let rows = rows(export, &table).await;
        all.insert(table.name, rows);
    }
    all
}

#[tokio::test]
async fn an_export_has_each_row_of_its_workspace_and_none_of_another() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    world.stock(&world.ann, &world.a1, "Alpha").await;
    world.stock(&world.ola, &world.b1, "Bravo").await;
    let mut export = begin(&world, &world.ann, &world.a1).await;
    let all = everything(&mut export).await;
    drop(export);
    let tables = texts(
        &mut superuser,
        "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'workspace' and c.relkind in ('r', 'p') and not c.relispartition order by 1",
    )
    .await;
    assert_eq!(all.keys().cloned().collect::<Vec<_>>(), tables, "a table is not exported");
    let mut filled = 0;
    for table in &tables {
        let count = format!("select count(*)::text from workspace.{table} where workspace_id = '{}'", world.a1.id);
        let count = texts(&mut superuser, &count).await[0].parse::<usize>().unwrap();
        assert_eq!(all[table].len(), count, "rows of {table}");
        filled += usize::from(count > 0);
    }
    assert!(filled > 15, "control: {filled} tables have rows");
    let text = format!("{all:?}");
    assert!(text.contains("Alpha first") && text.contains("Alpha-first"), "control: the own rows are there");
    for foreign in ["Bravo", &world.b1.id.to_string()] {
        assert!(!text.contains(foreign), "{foreign} of another workspace is in the export");
    }
}

/// A new column that could hold a secret fails here until `store::exports::rules` decides it.
#[tokio::test]
async fn no_column_that_could_hold_a_secret_is_exported_undecided() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let columns = texts(
        &mut superuser,
        "select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, null)
            || case when has_column_privilege('stile_app', c.oid, a.attnum, 'select') then ' readable' else '' end
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
        where n.nspname = 'workspace' and c.relkind in ('r', 'p') and not c.relispartition order by 1",
    )
    .await;
    assert!(columns.len() > 100, "control: the catalogue has columns");
    let mut export = begin(&world, &world.ann, &world.a1).await;
    let tables = export.tables().await.unwrap();
    let exported = |table: &str, column: &str| {
        tables.iter().any(|one| one.name == table && one.columns.iter().any(|own| own.name == column))
    };
    for line in &columns {
        let mut words = line.splitn(3, ' ');
        let (table, column) = (words.next().unwrap(), words.next().unwrap());
        let kind = words.next().unwrap();
        let (kind, readable) = kind.strip_suffix(" readable").map_or((kind, false), |kind| (kind, true));
        let rule = rule(table, column, kind);
        assert_ne!(rule, Rule::Undecided, "decide in server/store/src/workspace/exports/rules.rs: {table}.{column}");
        assert_eq!(exported(table, column), rule == Rule::Cell && readable, "{table}.{column}");
    }
    assert!(exported("imports", "file_sha256") && !exported("import_chunks", "bytes"), "control");
}

#[tokio::test]
async fn what_is_written_during_an_export_is_not_in_it() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut export = begin(&world, &world.ann, &world.a1).await;
    let tables = export.tables().await.unwrap();
    let customers = tables.iter().find(|table| table.name == "customers").unwrap();
    let before = rows(&mut export, customers).await;
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    customers::create(&mut tx, &can, &draft("Latecomer")).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(rows(&mut export, customers).await, before, "the second format differs from the first");
    drop(export);
    ended(&mut superuser, &world.a1).await;
    let mut export = begin(&world, &world.ann, &world.a1).await;
    assert_eq!(rows(&mut export, customers).await.len(), before.len() + 1, "control: the next export has it");
}

#[tokio::test]
async fn a_workspace_has_one_export_at_a_time_and_a_server_two() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let other = world.db.store();
    let first = begin(&world, &world.ann, &world.a1).await;
    assert!(try_begin(&world.store, &world.ann, &world.a1).await.unwrap().is_none(), "on the same server");
    assert!(try_begin(&other, &world.ann, &world.a1).await.unwrap().is_none(), "on another server");
    let second = begin(&world, &world.ola, &world.b1).await;
    let third = try_begin(&world.store, &world.mal, &world.m1).await;
    assert!(matches!(third, Err(StoreError::Busy(_))), "a third export of one server");
    assert!(try_begin(&other, &world.mal, &world.m1).await.unwrap().is_some(), "control: another server has slots");
    drop((first, second));
    ended(&mut superuser, &world.a1).await;
    begin(&world, &world.ann, &world.a1).await;
}

#[tokio::test]
async fn only_owners_can_export() {
    let world = World::new().await;
    for (who, place) in [(&world.bob, &world.a1), (&world.carl, &world.a1), (&world.carl, &world.b1)] {
        let tx = snapshot(&world.store, who, place).await;
        assert!(tx.can::<OwnWorkspace>().is_err(), "{} exports {}", who.name, place.slug);
    }
    let tx = snapshot(&world.store, &world.ann, &world.a1).await;
    assert!(tx.can::<OwnWorkspace>().is_ok(), "control: an owner can");
}

/// Values of every kind are as in the table.
#[tokio::test]
async fn values_are_exact() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let set = format!(
        "update workspace.customers set created_at = '2026-03-01 12:00:00.123456+02', note = E'=1\\n\"x\"'
        where workspace_id = '{}' and id = '{}'",
        world.a1.id, stock.customers[0],
    );
    assert_eq!(execute(&mut superuser, &set).await.unwrap(), 1);
    let mut export = begin(&world, &world.ann, &world.a1).await;
    let tables = export.tables().await.unwrap();
    let table = tables.iter().find(|table| table.name == "customers").unwrap();
    let at = |name: &str| table.columns.iter().position(|column| column.name == name).unwrap();
    let rows = rows(&mut export, table).await;
    let row = rows.iter().find(|row| row[at("id")] == Some(stock.customers[0].to_string())).unwrap();
    assert_eq!(row[at("created_at")].as_deref(), Some("2026-03-01T10:00:00.123456Z"));
    assert_eq!(row[at("note")].as_deref(), Some("=1\n\"x\""));
}
