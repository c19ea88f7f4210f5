//! Invariant: a file of usage adds each of its rows exactly once, however often it is imported, and whatever interrupts
//! it. The check stores nothing. An import of another workspace can't be told from one that does not exist.

mod price;
mod tenants;

use crate::support::{
    Person, Place, World, catalog, change,
    imports::{mapping, step, upload},
    line, seat, texts, waiting_for,
};
use model::{
    capability::{EditContent, RecordUsage},
    id::{CustomerId, ImportId, MeterId, ProductId},
    import::{Counts, DecimalSign, ImportProgress, ImportState, Mapping, Value},
    meter::MeterDraft,
};
use store::{
    imports::{self, Rows},
    meters,
};
use time::macros::date;

/// The Azure LLM inference trace 2023, which is not a part of the project. See the README of the folder.
const TRACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/llm-usage-trace.csv");

/// Takes steps, each in a transaction of its own, until nothing is left to do.
async fn work(world: &World, place: &Place, id: ImportId) -> ImportProgress {
    loop {
        let mut tx = world.write(&world.ann, place).await;
        let progress = step(&mut tx, id).await.expect("the import is there");
        tx.commit().await.unwrap();
        if !progress.more {
            return progress;
        }
    }
}

/// Uploads and checks a file.
async fn check(world: &World, mapping: &Mapping, bytes: &[u8]) -> (ImportId, Counts) {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = upload(&mut tx, &can, "usage.csv", bytes, imports::CHUNK_MAX).await;
    assert!(imports::set_mapping(&mut tx, &can, id, mapping).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(work(world, &world.a1, id).await.state, ImportState::Previewed);
    let mut tx = world.read(&world.ann, &world.a1).await;
    (id, imports::get(&mut tx, id).await.unwrap().unwrap().preview)
}

/// Uploads, checks and imports a file. Returns what the check found and what the import did.
async fn import(world: &World, mapping: &Mapping, bytes: &[u8]) -> (Counts, Counts) {
    let (id, preview) = check(world, mapping, bytes).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(imports::run(&mut tx, &can, id, preview.refused()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(work(world, &world.a1, id).await.state, ImportState::Done);
    let mut tx = world.read(&world.ann, &world.a1).await;
    (preview, imports::get(&mut tx, id).await.unwrap().unwrap().counts)
}

/// Returns the sums of a meter of A1 by day.
async fn sums(world: &World, meter: &str) -> Vec<String> {
    let mut superuser = world.db.superuser().await;
    let query = format!(
        "select d.day || ' ' || trim_scale(sum(d.quantity)) || ' in ' || sum(d.events) from workspace.usage_days d
        join workspace.meters m on m.workspace_id = d.workspace_id and m.id = d.meter_id
        where d.workspace_id = '{}' and m.code = '{meter}' group by d.day order by d.day",
        world.a1.id
    );
    texts(&mut superuser, &query).await
}

/// Creates a meter of A1 that sums a property of events of the type `llm`.
async fn meter(world: &World, product: ProductId, property: &str) -> MeterId {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let draft = catalog::meter_draft(property, &property.to_lowercase());
    let draft = MeterDraft { event_type: line("llm"), property: Some(line(property)), unit: line("token"), ..draft };
    let id = meters::create(&mut tx, &can, product, &draft).await.unwrap().id;
    tx.commit().await.unwrap();
    id
}

/// A world with a meter `tokens` in A1, the customer of the files, and their mapping.
async fn metered() -> (World, CustomerId, Mapping) {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    meter(&world, stock.product, "tokens").await;
    let customer = stock.customers[0];
    (world, customer, mapping(&customer.to_string(), "llm", "tokens"))
}

/// Otherwise, a file could be imported with a mapping whose effect nobody has seen.
#[tokio::test]
async fn a_file_is_not_checked_with_a_mapping_that_was_replaced() {
    let (world, _, mapping) = metered().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let (can, record) = (tx.can::<EditContent>().unwrap(), tx.can::<RecordUsage>().unwrap());
    let id = upload(&mut tx, &can, "usage.csv", b"at,n\n2026-01-01,1\n2026-01-02,2\n", imports::CHUNK_MAX).await;
    assert!(imports::set_mapping(&mut tx, &can, id, &mapping).await.unwrap());
    let file = imports::file(&mut tx, id).await.unwrap();
    let mut rows = Rows::open(file, mapping.clone(), tx.zone()).unwrap();
    let other = Mapping { name: "Other".to_owned(), ..mapping };
    assert!(imports::set_mapping(&mut tx, &can, id, &other).await.unwrap());
    let progress = imports::step(&mut tx, &can, &record, id, &mut rows).await.unwrap().unwrap();
    assert_eq!((progress.state, progress.position, progress.more), (ImportState::Uploaded, 0, true));
    let progress = step(&mut tx, id).await.unwrap();
    assert_eq!((progress.state, progress.position), (ImportState::Previewed, 2), "control");
}

/// Its rows stay, so the log must name who added them.
#[tokio::test]
async fn an_import_that_was_stopped_midway_is_in_the_log() {
    let (world, _, mapping) = metered().await;
    let rows: String = (0..1_500).map(|n| format!("2026-01-01,{n}\n")).collect();
    let (id, preview) = check(&world, &mapping, format!("at,n\n{rows}").as_bytes()).await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(imports::run(&mut tx, &can, id, preview.refused()).await.unwrap());
    assert!(step(&mut tx, id).await.unwrap().more, "control: it is not done");
    assert!(imports::stop(&mut tx, &can, id).await.unwrap());
    tx.commit().await.unwrap();
    let mut superuser = world.db.superuser().await;
    let logged =
        texts(&mut superuser, "select detail ->> 'events' from workspace.audit_log where action = 'usage_imported'")
            .await;
    assert_eq!(logged, ["1000"]);
}

#[tokio::test]
async fn uploads_at_once_do_not_exceed_the_limit() {
    let world = World::new().await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    for name in ["a.csv", "b.csv"] {
        assert!(imports::begin(&mut tx, &can, name).await.unwrap().is_some(), "control");
    }
    let third = async {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        imports::begin(&mut tx, &can, "c.csv").await.unwrap()
    };
    let (third, ()) = tokio::join!(third, async {
        let mut superuser = world.db.superuser().await;
        waiting_for(&mut superuser, "advisory").await;
        tx.commit().await.unwrap();
    });
    assert_eq!(third, None);
}

/// Reads the trace. `None` if it is not there.
fn trace() -> Option<Vec<u8>> {
    let trace = std::fs::read(TRACE).ok();
    if trace.is_none() {
        eprintln!("skipped: {TRACE} is not there");
    }
    trace
}

/// The world of [`metered`] with a meter of prompt tokens and one of generated tokens instead, in this order, and the
/// mapping of the trace.
async fn traced() -> (World, CustomerId, Mapping, [MeterId; 2]) {
    let (world, customer, base) = metered().await;
    let mut superuser = world.db.superuser().await;
    // Midnight in Kolkata is at 18:30 UTC, within the trace.
    change(&mut superuser, &world.a1, "time_zone = 'Asia/Kolkata'").await;
    let stock = world.read(&world.ann, &world.a1).await.commit().await.unwrap();
    assert_eq!(stock.zone.name(), "Asia/Kolkata");
    let product = texts(
        &mut superuser,
        &format!("select id::text from workspace.products where workspace_id = '{}'", world.a1.id),
    )
    .await;
    let product: ProductId = product[0].parse().unwrap();
    let meters = [meter(&world, product, "ContextTokens").await, meter(&world, product, "GeneratedTokens").await];
    let value = |column, property: &str| Value { column, property: property.to_owned(), number: true };
    let mapping = Mapping {
        values: vec![value(1, "ContextTokens"), value(2, "GeneratedTokens")],
        columns: ["TIMESTAMP", "ContextTokens", "GeneratedTokens"].map(str::to_owned).to_vec(),
        ..base
    };
    // Each event lacks the property of the other test's meter.
    let archive = format!(
        "update workspace.meters set status = 'archived' where workspace_id = '{}' and code = 'tokens'",
        world.a1.id
    );
    crate::support::execute(&mut superuser, &archive).await.unwrap();
    (world, customer, mapping, meters)
}

#[tokio::test]
async fn the_trace_adds_each_request_once_and_its_days_are_the_workspaces() {
    let Some(trace) = trace() else { return };
    let (world, customer, mapping, _) = traced().await;
    let (preview, done) = import(&world, &mapping, &trace).await;
    assert_eq!((done.rows, done.accepted, done.duplicate, done.refused()), (8_819, 8_819, 0, 0), "{:?}", done.refused);
    assert_eq!((preview.rows, preview.accepted), (8_819, 8_819), "the check announced something else");
    let announced = |meter: &str| {
        let effect = preview.effects.iter().find(|effect| effect.meter == meter).expect("an effect");
        assert_eq!(
            (effect.customer_id, effect.first, effect.last),
            (customer, date!(2023 - 11 - 16), date!(2023 - 11 - 17))
        );
        effect.quantity.grouped()
    };
    assert_eq!(
        (announced("ContextTokens"), announced("GeneratedTokens")),
        ("18,059,974".to_owned(), "245,896".to_owned())
    );
    let days = |meter| sums(&world, meter);
    let expected = days("contexttokens").await;
    let parts: Vec<u64> = expected.iter().map(|day| day.split(' ').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!((parts.len(), parts.iter().sum::<u64>()), (2, 18_059_974), "{expected:?}");
    assert!(expected[0].starts_with("2023-11-16 3889250 in 1966"), "{expected:?}");

    let (preview, again) = import(&world, &mapping, &trace).await;
    assert_eq!((preview.accepted, again.accepted, again.duplicate), (0, 0, 8_819), "the same file added something");
    let longer = [trace.as_slice(), b"\n2023-11-16 19:30:00.0000000,1,1\n"].concat();
    let (_, more) = import(&world, &mapping, &longer).await;
    assert_eq!((more.accepted, more.duplicate), (1, 8_819), "one row was appended");
    let total =
        |days: Vec<String>| days.iter().map(|day| day.split(' ').nth(1).unwrap().parse::<u64>().unwrap()).sum::<u64>();
    assert_eq!(total(days("contexttokens").await), 18_059_975);
    assert_eq!(total(days("generatedtokens").await), 245_897);
}

#[tokio::test]
async fn equal_rows_of_a_file_count_twice_and_the_same_file_adds_nothing() {
    let (world, _, mapping) = metered().await;
    let file = b"at,n\r\n2026-01-01 10:00,5\r\n2026-01-01 10:00,5\r\n2026-01-02,7\r\n";
    let (_, done) = import(&world, &mapping, file).await;
    assert_eq!(done.accepted, 3);
    assert_eq!(sums(&world, "tokens").await, ["2026-01-01 10 in 2", "2026-01-02 7 in 1"]);
    let (_, again) = import(&world, &mapping, file).await;
    assert_eq!((again.accepted, again.duplicate), (0, 3));
    let (_, longer) = import(&world, &mapping, &[&file[..], b"2026-01-01 10:00,5\n"].concat()).await;
    assert_eq!((longer.accepted, longer.duplicate), (1, 3), "a third equal row is new");
    assert_eq!(sums(&world, "tokens").await[0], "2026-01-01 15 in 3");
}

#[tokio::test]
async fn a_decimal_comma_counts_only_if_the_file_has_one() {
    let (world, _, mapping) = metered().await;
    let file = b"at,n\n2026-01-01,\"173,900\"\n2026-01-01,\"1.234,50\"\n2026-01-01,1e3\n2026-01-01,NaN\n2026-01-01,\n";
    let comma = Mapping { decimal: DecimalSign::Comma, ..mapping.clone() };
    let (id, preview) = check(&world, &mapping, file).await;
    assert_eq!((preview.accepted, preview.refused["bad_number"]), (0, 5), "with a decimal point");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let refusals = imports::refusals(&mut tx, id, 10).await.unwrap();
    let first = &refusals[0];
    assert_eq!((first.line, first.column.as_str(), first.value.as_str()), (2, "n", "173,900"));
    let can = tx.can::<EditContent>().unwrap();
    assert!(imports::stop(&mut tx, &can, id).await.unwrap());
    tx.commit().await.unwrap();
    let (preview, done) = import(&world, &comma, file).await;
    assert_eq!((preview.accepted, preview.refused(), done.accepted, done.refused()), (2, 3, 2, 3));
    assert_eq!(sums(&world, "tokens").await, ["2026-01-01 1408.4 in 2"]);
}

#[tokio::test]
async fn the_check_stores_nothing_and_announces_what_the_import_does() {
    let (world, customer, mapping) = metered().await;
    let mapping = Mapping { id: Some(2), columns: ["at", "n", "id"].map(str::to_owned).to_vec(), ..mapping };
    let row = |n: u32| format!("2026-01-01 10:00,1,i{n}\n");
    // Repeated ids lie in other batches than the first ones.
    let file = format!(
        "at,n,id\n{}2026-01-01 10:00,1,i1\n2026-01-01 10:00,2,i2\n2999-01-01,1,late\n2026-01-01,-1,minus\n",
        (0..2_100).map(row).collect::<String>()
    );
    let mut superuser = world.db.superuser().await;
    let stored = "select count(*) || ' ' || (select count(*) from workspace.usage_days) || ' ' || (select count(*) from workspace.refusals)
        || ' ' || (select count(*) from workspace.event_days) from workspace.events";
    let before = texts(&mut superuser, stored).await;
    let (id, preview) = check(&world, &mapping, file.as_bytes()).await;
    assert_eq!(texts(&mut superuser, stored).await, before, "the check stored something");
    assert_eq!((preview.rows, preview.accepted, preview.duplicate), (2_104, 2_100, 1));
    let codes: Vec<_> = preview.refused.iter().map(|(code, number)| (code.as_str(), *number)).collect();
    assert_eq!(codes, [("id_reused", 1), ("in_the_future", 1), ("negative_value", 1)]);
    let [effect] = preview.effects.as_slice() else { panic!("{:?}", preview.effects) };
    assert_eq!((effect.customer_id, effect.events, effect.quantity.grouped().as_str()), (customer, 2_100, "2,100"));

    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(!imports::run(&mut tx, &can, id, 0).await.unwrap(), "refused rows were not seen");
    assert!(imports::run(&mut tx, &can, id, 3).await.unwrap());
    tx.commit().await.unwrap();
    // A step that is not committed is taken again.
    let mut tx = world.write(&world.ann, &world.a1).await;
    assert_eq!(step(&mut tx, id).await.unwrap().position, 1_000);
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    assert_eq!(step(&mut tx, id).await.unwrap().position, 1_000);
    tx.commit().await.unwrap();
    work(&world, &world.a1, id).await;
    let mut tx = world.read(&world.ann, &world.a1).await;
    let done = imports::get(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((done.counts.accepted, done.counts.duplicate), (2_100, 1));
    assert_eq!(done.counts.refused, preview.refused);
    assert_eq!(imports::file(&mut tx, id).await.unwrap(), b"", "the file is kept after the import");
    assert_eq!(sums(&world, "tokens").await, ["2026-01-01 2100 in 2100"]);
}

#[tokio::test]
async fn an_import_of_another_workspace_is_absent() {
    let world = World::new().await;
    let [_, foreign] = world.furnish().await;
    let mapping = mapping("Alpha", "metered", "quantity");
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = foreign.import;
    assert_eq!(imports::get(&mut tx, id).await.unwrap(), None);
    assert_eq!(imports::head(&mut tx, id).await.unwrap(), b"");
    assert_eq!(imports::file(&mut tx, id).await.unwrap(), b"");
    assert!(imports::refusals(&mut tx, id, 10).await.unwrap().is_empty());
    assert!(!imports::append(&mut tx, &can, id, 1, b"x").await.unwrap());
    assert!(!imports::finish_upload(&mut tx, &can, id, &[0; 32]).await.unwrap());
    assert!(!imports::set_mapping(&mut tx, &can, id, &mapping).await.unwrap());
    assert!(!imports::run(&mut tx, &can, id, 1).await.unwrap());
    assert!(!imports::stop(&mut tx, &can, id).await.unwrap());
    assert_eq!(step(&mut tx, id).await, None);
    assert!(imports::list(&mut tx).await.unwrap().iter().all(|row| row.id != id));
    let saved: Vec<String> = imports::mappings(&mut tx).await.unwrap().into_iter().map(|saved| saved.name).collect();
    assert_eq!(saved, ["Alpha mapping"]);
    tx.commit().await.unwrap();

    let mut tx = world.write(&world.ola, &world.b1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert_eq!(imports::refusals(&mut tx, id, 10).await.unwrap().len(), 1, "control: its own workspace");
    assert!(imports::run(&mut tx, &can, id, 1).await.unwrap(), "control: its own workspace");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_viewer_and_a_guest_can_not_import_and_a_guest_sees_no_import() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    seat(&mut superuser, &world.a1, &world.eve, Some("viewer")).await;
    let tx = world.write(&world.eve, &world.a1).await;
    assert!(tx.can::<EditContent>().is_err(), "a viewer can import");
    drop(tx);
    seat(&mut superuser, &world.a1, &world.eve, Some("guest")).await;
    let mut tx = world.read(&world.eve, &world.a1).await;
    assert_eq!(imports::get(&mut tx, stock.import).await.unwrap(), None);
    assert!(imports::list(&mut tx).await.unwrap().is_empty());
    let mut tx = world.read(&world.carl, &world.a1).await;
    assert!(tx.can::<EditContent>().is_ok(), "control: a member");
    assert!(imports::get(&mut tx, stock.import).await.unwrap().is_some(), "control: a member");
}

#[tokio::test]
async fn a_file_is_the_same_in_chunks_of_any_size_and_two_imports_can_be_unfinished() {
    let world = World::new().await;
    let file: Vec<u8> = (0..1_000_u32).flat_map(|n| format!("row {n}\n").into_bytes()).collect();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let mut ids = Vec::new();
    for size in [61, imports::CHUNK_MAX] {
        let id = upload(&mut tx, &can, "rows.csv", &file, size).await;
        assert!(imports::file(&mut tx, id).await.unwrap() == file, "other bytes in chunks of {size}");
        assert!(!imports::append(&mut tx, &can, id, 0, b"x").await.unwrap(), "a file grew after its end");
        ids.push(id);
    }
    assert_eq!(imports::begin(&mut tx, &can, "third.csv").await.unwrap(), None);
    assert!(imports::stop(&mut tx, &can, ids[0]).await.unwrap());
    assert_eq!(imports::file(&mut tx, ids[0]).await.unwrap(), b"", "a stopped import keeps its file");
    let third = imports::begin(&mut tx, &can, "third.csv").await.unwrap().expect("one was stopped");
    assert!(!imports::append(&mut tx, &can, third, 1, b"x").await.unwrap(), "a chunk is missing");
    assert!(!imports::finish_upload(&mut tx, &can, third, &[0; 32]).await.unwrap(), "an empty file");
    tx.commit().await.unwrap();
}

/// Uploads that ended early, and imports that nobody goes on with, make room.
#[tokio::test]
async fn an_abandoned_import_is_stopped_and_its_file_deleted() {
    let world = World::new().await;
    let person: &Person = &world.ann;
    let mut tx = world.write(person, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let old = upload(&mut tx, &can, "old.csv", b"at,n\n", 3).await;
    let cut = imports::begin(&mut tx, &can, "cut.csv").await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let mut superuser = world.db.superuser().await;
    let age = format!(
        "update workspace.imports set updated_at = now() - case when id = '{cut}' then interval '11 minutes' else interval '8 days' end"
    );
    crate::support::execute(&mut superuser, &age).await.unwrap();
    let mut tx = world.write(person, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(imports::begin(&mut tx, &can, "new.csv").await.unwrap().is_some());
    for id in [old, cut] {
        assert_eq!(imports::get(&mut tx, id).await.unwrap().unwrap().row.state, ImportState::Stopped);
        assert_eq!(imports::file(&mut tx, id).await.unwrap(), b"");
    }
    tx.commit().await.unwrap();
}
