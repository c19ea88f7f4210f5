//! Promise: what a meter counts never changes, by no function and no SQL of the server. A workspace's meters are its own.

use crate::support::{DENIED, World, catalog::meter_draft, connect, constraint, execute, line, refusal, texts};
use model::{
    Currency,
    capability::EditContent,
    catalog::Lifecycle,
    id::{MeterId, ProductId},
    meter::{MeterDraft, MeterEdit},
};
use sqlx::Connection;
use store::meters::{self, MAX_METERS};
use time::macros::date;

#[tokio::test]
async fn a_meter_is_created_read_renamed_and_archived() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let draft = MeterDraft {
        filter: [("kind".to_owned(), "prompt".to_owned())].into(),
        counts_from: Some(date!(2026 - 03 - 01)),
        ..meter_draft("Tokens", "tokens")
    };
    let mut tx = world.write(&world.carl, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = meters::create(&mut tx, &can, stock.product, &draft).await.unwrap().id;
    tx.commit().await.unwrap();
    let mut tx = world.read(&world.carl, &world.a1).await;
    let meter = meters::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((meter.product_id, meter.code.as_str(), meter.unit.as_str()), (stock.product, "tokens", "call"));
    assert_eq!((meter.event_type.as_str(), meter.property.as_deref()), ("tokens", Some("quantity")));
    assert_eq!((meter.filter, meter.counts_from), (draft.filter, date!(2026 - 03 - 01)));
    drop(tx);

    let mut tx = world.write(&world.carl, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let edit = MeterEdit { name: line("All tokens"), unit: line("token") };
    for _ in 0..2 {
        assert!(meters::update(&mut tx, &can, id, &edit).await.unwrap());
        assert!(meters::set_status(&mut tx, &can, id, Lifecycle::Archived).await.unwrap());
    }
    assert!(meters::set_status(&mut tx, &can, stock.meter, Lifecycle::Active).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = world.read(&world.carl, &world.a1).await;
    let names = |meters: Vec<model::meter::Meter>| meters.into_iter().map(|meter| meter.name).collect::<Vec<_>>();
    assert_eq!(
        names(meters::all(&mut tx).await.unwrap()),
        ["All tokens", "Alpha meter", "Meter callers", "Meter calls"],
        "archived ones too, by name"
    );
    assert_eq!(names(meters::of_product(&mut tx, stock.product).await.unwrap()).len(), 4);
    let absent = ProductId::from_uuid(sqlx::types::Uuid::nil());
    assert!(meters::of_product(&mut tx, absent).await.unwrap().is_empty());
    let mut superuser = world.db.superuser().await;
    let logged = format!("select action from workspace.audit_log where target = '{id}' order by id");
    assert_eq!(texts(&mut superuser, &logged).await, ["meter_created", "meter_updated", "meter_archived"]);
}

#[tokio::test]
async fn a_meter_counts_from_the_day_of_its_creation_in_the_time_zone_of_the_workspace() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let move_to = format!("update account.workspaces set time_zone = '{zone}' where id = '{}'", world.a1.id);
        execute(&mut superuser, &move_to).await.unwrap();
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        let code = zone.to_lowercase().replace('/', "-");
        let draft = MeterDraft { counts_from: None, ..meter_draft(zone, &code) };
        let id = meters::create(&mut tx, &can, stock.product, &draft).await.unwrap().id;
        let today = tx.today();
        tx.commit().await.unwrap();
        let mut tx = world.read(&world.ann, &world.a1).await;
        assert_eq!(meters::get(&mut tx, id).await.unwrap().unwrap().counts_from, today, "{zone}");
    }
}

#[tokio::test]
async fn meters_of_another_workspace_are_as_if_absent() {
    let world = World::new().await;
    let alpha = world.stock(&world.ann, &world.a1, "Alpha").await;
    let beta = world.stock(&world.ola, &world.b1, "Beta").await;
    let edit = MeterEdit { name: line("Taken"), unit: line("call") };
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    for meter in [beta.meter, MeterId::from_uuid(sqlx::types::Uuid::nil())] {
        assert!(meters::get(&mut tx, meter).await.unwrap().is_none());
        assert!(!meters::update(&mut tx, &can, meter, &edit).await.unwrap());
        assert!(!meters::set_status(&mut tx, &can, meter, Lifecycle::Archived).await.unwrap());
    }
    assert!(meters::update(&mut tx, &can, alpha.meter, &edit).await.unwrap(), "control");
    assert_eq!(meters::all(&mut tx).await.unwrap().len(), 3, "meters of B are listed in A");
    let crossing = meters::create(&mut tx, &can, beta.product, &meter_draft("Crossing", "crossing")).await;
    assert_eq!(constraint(crossing).as_deref(), Some("meter_product"), "a meter of A counts a product of B");
    drop(tx);
    let mut tx = world.read(&world.ola, &world.b1).await;
    assert_eq!(meters::get(&mut tx, beta.meter).await.unwrap().unwrap().name, "Beta meter");
}

#[tokio::test]
async fn two_meters_of_a_workspace_have_different_codes() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    world.stock(&world.ola, &world.b1, "Beta").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let twice = meters::create(&mut tx, &can, stock.product, &meter_draft("Again", "metered")).await;
    assert_eq!(constraint(twice).as_deref(), Some("meter_code_taken"));
}

#[tokio::test]
async fn a_workspace_has_at_most_200_meters() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    let fill = format!(
        "insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, unit, counts_from)
        select '{}', gen_random_uuid(), '{}', 'Meter ' || i, 'meter-' || i, 'call', 'count', 'call', '2026-01-01'
        from generate_series(5, {MAX_METERS}) i",
        world.a1.id, stock.product
    );
    execute(&mut superuser, &fill).await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    meters::create(&mut tx, &can, stock.product, &meter_draft("Last", "last")).await.unwrap();
    let more = meters::create(&mut tx, &can, stock.product, &meter_draft("More", "more")).await;
    assert_eq!(constraint(more).as_deref(), Some(meters::TOO_MANY));
    assert_eq!(meters::all(&mut tx).await.unwrap().len(), MAX_METERS as usize);
}

#[tokio::test]
async fn sql_of_the_server_changes_only_name_unit_and_status_of_a_meter() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut app = connect(&world.db.app()).await;
    let mut superuser = world.db.superuser().await;
    let columns = texts(
        &mut superuser,
        "select attname::text from pg_attribute
        where attrelid = 'workspace.meters'::regclass and attnum > 0 and not attisdropped and attgenerated = ''",
    )
    .await;
    for column in columns {
        let mut tx = app.begin().await.unwrap();
        execute(
            &mut tx,
            &format!(
                "select set_config('stile.workspace_id', '{}', true), set_config('stile.reach', 'all', true)",
                world.a1.id
            ),
        )
        .await
        .unwrap();
        let changed =
            execute(&mut tx, &format!("update workspace.meters set {column} = {column} where id = '{}'", stock.meter))
                .await;
        if ["name", "unit", "status", "updated_at"].contains(&column.as_str()) {
            assert_eq!(changed.unwrap(), 1, "{column} can't be changed");
        } else {
            assert_eq!(refusal(&changed).as_deref(), DENIED, "{column} can be changed");
        }
    }
    let removed = execute(&mut app, &format!("delete from workspace.meters where id = '{}'", stock.meter)).await;
    assert_eq!(refusal(&removed).as_deref(), DENIED, "a meter can be deleted");
}

#[tokio::test]
async fn the_currencies_of_the_database_are_those_of_the_model() {
    let world = World::new().await;
    let stored = texts(
        &mut world.db.superuser().await,
        "select code || ' ' || exponent from ops.currencies order by code collate \"C\"",
    )
    .await;
    let known: Vec<_> =
        Currency::all().map(|currency| format!("{} {}", currency.code(), currency.exponent())).collect();
    assert_eq!(stored, known);
}
