//! Invariant: dates in a workspace are those of its own time zone, both in SQL comparisons and in results. A moment has
//! the same date wherever it is shown, and an invoice due today is not overdue before the workspace's midnight.

use crate::support::{Person, Place, World, change, event, execute, texts};
use model::{
    capability::ManageSettings,
    list::{ListQuery, Noun},
    moment,
    usage::EventQuery,
};
use store::{audit, customers, invoices, overview, usage};
use time::{Date, OffsetDateTime, macros::datetime};

const AUCKLAND: &str = "Pacific/Auckland";
const LOS_ANGELES: &str = "America/Los_Angeles";

/// Creates a world with A1 in Auckland and B1 in Los Angeles, whose clocks differ by 19 to 21 hours.
async fn two_coasts() -> World {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    change(&mut superuser, &world.a1, &format!("time_zone = '{AUCKLAND}'")).await;
    change(&mut superuser, &world.b1, &format!("time_zone = '{LOS_ANGELES}'")).await;
    world
}

async fn today(world: &World, who: &Person, place: &Place) -> Date {
    world.read(who, place).await.today()
}

/// Formats a moment in a time zone, as PostgreSQL does.
async fn postgres_says(world: &World, moment: OffsetDateTime, zone: &str) -> String {
    let at = moment.unix_timestamp();
    let mut superuser = world.db.superuser().await;
    let said = format!("select to_char(to_timestamp({at}) at time zone '{zone}', 'FMDD Mon YYYY, HH24:MI')");
    texts(&mut superuser, &said).await.remove(0)
}

#[tokio::test]
async fn invoices_become_overdue_at_midnight_in_the_workspaces_time_zone() {
    let world = two_coasts().await;
    let mut superuser = world.db.superuser().await;
    for (who, place) in [(&world.ann, &world.a1), (&world.ola, &world.b1)] {
        world.stock(who, place, "Due").await;
        let day = today(&world, who, place).await;
        // The second invoice is due the day before.
        let due = format!(
            "set session_replication_role = replica;
            update workspace.invoices set issued_on = date '{day}' - 30, due_on = date '{day}' - case number when 'Due-1' then 0 else 1 end
            where workspace_id = '{}';
            set session_replication_role = origin",
            place.id
        );
        execute(&mut superuser, &due).await.unwrap();
        let mut tx = world.read(who, place).await;
        let page = invoices::list(&mut tx, &ListQuery::new(Noun::Invoices)).await.unwrap();
        let mut overdue: Vec<_> = page.rows.iter().map(|i| (i.number.clone().unwrap(), i.overdue)).collect();
        overdue.sort();
        assert_eq!(overdue, [("Due-1".to_owned(), false), ("Due-2".to_owned(), true)], "{}", place.slug);
        let only = ListQuery { status: Some("overdue".to_owned()), ..ListQuery::new(Noun::Invoices) };
        let only = invoices::list(&mut tx, &only).await.unwrap();
        assert_eq!((only.total, only.rows[0].number.as_deref()), (1, Some("Due-2")), "{}", place.slug);
        let overview = overview::read(&mut tx).await.unwrap();
        assert_eq!((overview.overdue_invoices, overview.overdue.len()), (1, 1), "{}", place.slug);
        let row = &page.rows[0];
        assert_eq!(invoices::get(&mut tx, row.id).await.unwrap().map(|i| i.overdue), Some(row.overdue));
    }
    // At one moment, the two workspaces have different dates.
    let (there, here) = (today(&world, &world.ann, &world.a1).await, today(&world, &world.ola, &world.b1).await);
    let expected = texts(
        &mut superuser,
        &format!("select (now() at time zone '{AUCKLAND}')::date::text union all select (now() at time zone '{LOS_ANGELES}')::date::text"),
    )
    .await;
    assert_eq!([there.to_string(), here.to_string()], expected[..]);
}

#[tokio::test]
async fn times_are_shown_in_the_workspaces_time_zone() {
    let world = two_coasts().await;
    let mut superuser = world.db.superuser().await;
    // Moments around both midnights, and around the hours that daylight saving time skips or repeats.
    let moments = [
        datetime!(2026-11-29 10:59:59 UTC),
        datetime!(2026-11-29 11:00 UTC),
        datetime!(2026-11-30 07:59:59 UTC),
        datetime!(2026-11-30 08:00 UTC),
        datetime!(2026-03-08 09:59:59 UTC),
        datetime!(2026-03-08 10:00 UTC),
        datetime!(2026-11-01 08:30 UTC),
        datetime!(2026-11-01 09:30 UTC),
        datetime!(2026-04-04 13:59:59 UTC),
        datetime!(2026-04-04 14:00 UTC),
        datetime!(2026-09-26 14:00 UTC),
        datetime!(1974-11-02 12:00 UTC),
        datetime!(2037-07-01 12:00 UTC),
    ];
    for (who, place, zone) in [(&world.ann, &world.a1, AUCKLAND), (&world.ola, &world.b1, LOS_ANGELES)] {
        let stock = world.stock(who, place, "Zoned").await;
        for at in moments {
            let set = format!(
                "update workspace.customers set created_at = to_timestamp({0}) where workspace_id = '{1}';
                update workspace.events set occurred_at = to_timestamp({0}), received_at = to_timestamp({0}) where workspace_id = '{1}';
                update workspace.audit_log set at = to_timestamp({0}) where workspace_id = '{1}';",
                at.unix_timestamp(),
                place.id
            );
            execute(&mut superuser, &set).await.unwrap();
            let expected = postgres_says(&world, at, zone).await;
            let mut tx = world.read(who, place).await;
            let can = tx.can::<ManageSettings>().unwrap();
            let list = customers::list(&mut tx, &ListQuery::new(Noun::Customers)).await.unwrap();
            let detail = customers::get(&mut tx, stock.customers[0]).await.unwrap().unwrap();
            let events = usage::events(&mut tx, &EventQuery::default()).await.unwrap();
            let log = audit::page(&mut tx, &can, &Default::default()).await.unwrap();
            let export = audit::export(&mut tx, &can, &Default::default()).await.unwrap().0;
            for said in [
                list.rows[0].created_at, detail.row.created_at, detail.usage.events[0].occurred_at,
                events.rows[0].received_at, log.rows[0].at, export[0].at,
            ] {
                assert_eq!(moment::minute(*said), expected, "{at} in {zone}");
            }
        }
    }
}

#[tokio::test]
async fn the_overview_counts_days_in_the_workspaces_time_zone() {
    let world = two_coasts().await;
    let mut superuser = world.db.superuser().await;
    for (who, place, zone) in [(&world.ann, &world.a1, AUCKLAND), (&world.ola, &world.b1, LOS_ANGELES)] {
        let stock = world.stock(who, place, "Days").await;
        let day = today(&world, who, place).await;
        let empty = format!("delete from workspace.usage_totals where workspace_id = '{}'", place.id);
        execute(&mut superuser, &empty).await.unwrap();
        // One event is a second before the workspace's midnight, the other exactly at midnight.
        let midnight = format!("((date '{day}' - 3)::timestamp at time zone '{zone}')");
        let before = format!("({midnight} - interval '1 second')");
        event(&mut superuser, place, stock.customers[0], ("before", "calls"), &before, "3").await;
        event(&mut superuser, place, stock.customers[1], ("at", "calls"), &midnight, "4").await;
        let set = format!(
            "update workspace.customers set created_at = (date '{day}' - 3)::timestamp at time zone '{zone}' where workspace_id = '{0}';
            update workspace.customers set status = 'archived' where workspace_id = '{0}' and name like '%second'",
            place.id
        );
        execute(&mut superuser, &set).await.unwrap();
        let overview = overview::read(&mut world.read(who, place).await).await.unwrap();
        assert_eq!(overview.today, day);
        let at = |age: usize| overview.events.days[29 - age];
        assert_eq!((at(2), at(3), at(4), at(5)), (0, 1, 1, 0), "{zone}: events a day");
        assert_eq!(overview.events.now, 2);
        assert_eq!(overview.used, ["2 calls"]);
        assert_eq!(overview.new_customers.now, 1, "an archived customer counts as new");
        assert_eq!(overview.new_customers.days[29 - 3], 1, "{zone}");
    }
}

/// Promise: the server's cached time zone rules agree with PostgreSQL, sampled about every 9 hours over a hundred
/// years, including unusual zones.
#[tokio::test]
async fn cached_time_zone_rules_match_postgresql() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for zone in [
        AUCKLAND, LOS_ANGELES, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu",
        "Pacific/Apia", "America/Noronha", "UTC",
    ] {
        change(&mut superuser, &world.a1, &format!("time_zone = '{zone}'")).await;
        let kept = world.read(&world.ann, &world.a1).await.zone();
        assert_eq!(kept.name(), zone);
        let rows: Vec<(i64, i32)> = sqlx::query_as(
            "select extract(epoch from at)::bigint, extract(epoch from (at at time zone $1) - (at at time zone 'UTC'))::int
            from generate_series(timestamptz '1970-01-01 00:00Z', '2069-12-31 00:00Z', interval '8 hours 59 minutes 59 seconds') at",
        )
        .bind(zone)
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        for (at, offset) in rows {
            let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
            assert_eq!(kept.at(at).offset().whole_seconds(), offset, "{at} in {zone}");
        }
    }
}

/// Promise: a time zone that was removed from the time zone database does not make the workspace inaccessible.
#[tokio::test]
async fn a_workspace_with_an_unknown_time_zone_uses_utc() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    change(&mut superuser, &world.a1, "time_zone = 'Atlantis/Capital'").await;
    let tx = world.read(&world.ann, &world.a1).await;
    assert_eq!(tx.zone().name(), "UTC");
    assert_eq!(tx.today(), tx.tenant().principal.now.date());
    assert_eq!(world.read(&world.ola, &world.b1).await.zone().name(), "UTC", "control");
}
