//! Usage: a report has exactly the usage of its workspace, days and customers, and a guest's only that of the customers
//! that were shared with them.

use crate::support::{Person, Place, World, event, execute, meter, refusal_of, seat};
use model::{
    id::{CustomerId, EventKey},
    list::Position,
    pricing::Quantity,
    usage::{Days, EventQuery, GroupBy, Measure, Range, UsageQuery, UsageReport, add},
};
use sqlx::{AssertSqlSafe, PgConnection, types::Uuid};
use store::{
    customers, products,
    usage::{self, Lines},
};
use time::{Date, Duration};

fn q(text: &str) -> Quantity {
    Quantity::parse(text).unwrap()
}

async fn report(world: &World, who: &Person, place: &Place, by: GroupBy) -> UsageReport {
    let query = UsageQuery { by, range: Range::Month, compare: false };
    usage::report(&mut world.read(who, place).await, &query).await.unwrap()
}

/// Adds a meter of each aggregation, and events of the last 60 days of both customers, with fractions.
async fn fill(superuser: &mut PgConnection, place: &Place, stock: &crate::support::Stock) {
    for (code, aggregation, unit) in [
        ("requests", "count", "request"),
        ("tokens", "sum", "token"),
        ("seats", "max", "seat"),
        ("users", "unique", "user"),
    ] {
        meter(superuser, place, stock.product, (code, "api", aggregation, unit)).await;
    }
    // Another meter with the unit of one of them.
    meter(superuser, place, stock.product, ("cached", "cache", "sum", "token")).await;
    for i in 0..60 {
        let at = format!("(now() - interval '{i} days')");
        let customer = stock.customers[i % 2];
        event(superuser, place, customer, (&format!("api-{i}"), "api"), &at, &format!("{}.25", i % 7)).await;
        if i % 3 == 0 {
            event(superuser, place, customer, (&format!("cache-{i}"), "cache"), &at, "0.1").await;
        }
    }
}

/// Returns the sum of a property over the stored events, as the reference.
async fn reference(superuser: &mut PgConnection, place: &Place, what: &str, kinds: &str, days: Days) -> Quantity {
    let statement = format!(
        "select coalesce({what}, 0)::text from workspace.events where workspace_id = '{}' and type in ({kinds})
            and day >= '{}' and day < '{}'",
        place.id, days.from, days.until
    );
    let text: String = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(superuser).await.unwrap();
    q(&text)
}

#[tokio::test]
async fn the_charts_of_a_report_add_up_to_the_stored_events() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1, &alpha).await;
    fill(&mut superuser, &world.b1, &beta).await;
    for by in GroupBy::ALL {
        let report = report(&world, &world.ann, &world.a1, by).await;
        let chart = |title: &str| report.charts.iter().find(|chart| chart.title == title).unwrap();
        let tokens = chart("Tokens");
        let sum = "sum((data ->> 'value')::numeric)";
        for (days, said) in [(report.days, tokens.all.total), (report.before, tokens.all.before)] {
            let expected = reference(&mut superuser, &world.a1, sum, "'api', 'cache'", days).await;
            assert_eq!(said, expected, "{by:?}: {days:?}");
            assert_ne!(expected, Quantity::ZERO, "control");
        }
        let requests = chart("Requests");
        let expected = reference(&mut superuser, &world.a1, "count(*)", "'api'", report.days).await;
        assert_eq!(requests.all.total, expected, "{by:?}");
        for chart in [tokens, requests] {
            let parts = chart.series.iter().chain(&chart.rest).map(|series| series.total);
            assert_eq!(parts.fold(Quantity::ZERO, add), chart.all.total, "{by:?}: the series miss something");
        }
        let seats = chart("Meter seats");
        let peak = reference(&mut superuser, &world.a1, "max((data ->> 'value')::numeric)", "'api'", report.days).await;
        assert_eq!((seats.measure, seats.all.total), (Measure::Peak, peak), "{by:?}: peaks were added up");
        assert_eq!(chart("Meter users").measure, Measure::Unique);
        let texts = format!("{report:?}");
        assert!(!texts.contains("Beta") && !texts.contains(&beta.product.to_string()), "{by:?}: the report names B");
        assert!(report.health.is_some() && report.has_events);
    }
    let by_customer = report(&world, &world.ann, &world.a1, GroupBy::Customer).await;
    let names: Vec<&str> = by_customer.charts[0].series.iter().map(|series| series.name.as_str()).collect();
    assert!(names.contains(&"Alpha first") && names.contains(&"Alpha second"), "{names:?}");
}

#[tokio::test]
async fn a_guest_sees_events_of_shared_customers_only_and_no_health() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1, &stock).await;
    let eve = &world.eve;
    seat(&mut superuser, &world.a1, eve, Some("guest")).await;
    let nothing = report(&world, eve, &world.a1, GroupBy::Meter).await;
    assert!(nothing.charts.is_empty() && !nothing.has_events, "a guest sees what nobody shared");
    let share = format!(
        "insert into workspace.customer_shares values ('{}', '{}', '{}')",
        world.a1.id, stock.customers[0], eve.id
    );
    execute(&mut superuser, &share).await.unwrap();
    let seen = report(&world, eve, &world.a1, GroupBy::Meter).await;
    assert!(seen.health.is_none(), "a guest reads the refused events of all customers");
    assert!(!seen.charts.is_empty());
    for chart in &seen.charts {
        assert_eq!((chart.measure, chart.unit.as_str()), (Measure::Events, "event"));
        let names: Vec<_> = chart.series.iter().map(|series| series.name.as_str()).collect();
        assert_eq!(names, ["Alpha first"], "a guest sees another customer");
    }
    let half = format!(
        "select count(*)::text from workspace.events where workspace_id = '{}' and type = 'api' and customer_id = '{}' and day >= '{}'",
        world.a1.id, stock.customers[0], seen.days.from
    );
    let half: String = sqlx::query_scalar(AssertSqlSafe(half)).fetch_one(&mut superuser).await.unwrap();
    assert!(seen.charts.iter().any(|chart| chart.all.total == q(&half)), "the totals are not those of the customer");
    let text = format!("{seen:?}");
    assert!(!text.contains("Meter tokens") && !text.contains("Alpha product"), "a guest reads the catalogue");

    let mut tx = world.read(eve, &world.a1).await;
    let page = usage::events(&mut tx, &EventQuery::default()).await.unwrap();
    assert!(!page.rows.is_empty() && page.rows.iter().all(|row| row.customer_id == stock.customers[0]));
    let foreign = EventQuery::of(stock.customers[1]);
    let foreign = usage::events(&mut tx, &foreign).await.unwrap();
    assert_eq!((foreign.rows.len(), foreign.customer), (0, None), "a filter shows what was not shared");
    let detail = usage::event(&mut tx, page.rows[0].key).await.unwrap().unwrap();
    assert!(detail.counted.is_empty(), "a guest reads meters");
    let customer = usage::of_customer(&mut tx, stock.customers[0]).await.unwrap();
    assert!(customer.meters.iter().all(|meter| meter.measure == Measure::Events && meter.meter.is_empty()));
    let days = Days::last(60, seen.today);
    let Lines::All(lines) = usage::lines(&mut tx, days, true, true).await.unwrap() else { panic!("too many") };
    assert!(!lines.is_empty());
    assert!(
        lines.iter().all(|line| line.meter.known.is_none() && line.customer.as_ref().unwrap().0 == stock.customers[0])
    );
    let Lines::All(sums) = usage::lines(&mut tx, days, false, false).await.unwrap() else { panic!("too many") };
    let total = |lines: &[usage::Line]| lines.iter().map(|line| line.events).sum::<i64>();
    assert_eq!(total(&sums), total(&lines), "sums over all customers reach a guest");
}

#[tokio::test]
async fn events_are_paged_without_gaps_and_filtered() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1, &alpha).await;
    fill(&mut superuser, &world.b1, &beta).await;
    // Several events with the same time of receipt.
    let same = "update workspace.events set received_at = date_trunc('hour', occurred_at)";
    execute(&mut superuser, same).await.unwrap();
    let expected: Vec<Uuid> = sqlx::query_scalar(
        "select key from workspace.events where workspace_id = $1 order by received_at desc, key desc",
    )
    .bind(world.a1.id.uuid())
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let query = EventQuery::default();
    let mut page = usage::events(&mut tx, &query).await.unwrap();
    assert_eq!((page.rows.len(), &page.newer), (50, &None));
    let mut seen: Vec<Uuid> = page.rows.iter().map(|row| row.key.uuid()).collect();
    while let Some(older) = page.older.clone() {
        page = usage::events(&mut tx, &query.at(Position::After(older))).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.key.uuid()));
    }
    assert_eq!(seen, expected, "events were left out, shown twice, out of order or foreign");
    let first = usage::events(&mut tx, &query.at(Position::Before(page.newer.clone().unwrap()))).await.unwrap();
    assert_eq!(first.rows[0].key.uuid(), expected[0], "the way back ends elsewhere");
    let few = usage::events_of_rows(&mut tx, &query, 3).await.unwrap();
    let next = usage::events_of_rows(&mut tx, &query.at(Position::After(few.older.unwrap())), 3).await.unwrap();
    let keys: Vec<Uuid> = few.rows.iter().chain(&next.rows).map(|row| row.key.uuid()).collect();
    assert_eq!(keys, expected[..6], "shorter pages leave out or repeat events");

    let kinds = EventQuery { kind: "cache".to_owned(), ..EventQuery::default() };
    let found = usage::events(&mut tx, &kinds).await.unwrap();
    assert!(found.rows.len() == 20 && found.rows.iter().all(|row| row.kind == "cache"));
    let ids = EventQuery { id: "api-1".to_owned(), ..EventQuery::default() };
    let found = usage::events(&mut tx, &ids).await.unwrap();
    assert_eq!(found.rows.len(), 11, "api-1 and api-10 to api-19");
    for nothing in [
        EventQuery { id: "%".to_owned(), ..EventQuery::default() },
        EventQuery { id: "pi-1".to_owned(), ..EventQuery::default() },
        EventQuery { source: "test".to_owned(), ..EventQuery::default() },
        EventQuery::of(beta.customers[0]),
    ] {
        assert!(usage::events(&mut tx, &nothing).await.unwrap().rows.is_empty(), "{nothing:?}");
    }
    let foreign: Uuid = sqlx::query_scalar("select key from workspace.events where workspace_id = $1 limit 1")
        .bind(world.b1.id.uuid())
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    assert!(usage::event(&mut tx, EventKey::from_uuid(foreign)).await.unwrap().is_none(), "an event of B opens from A");
    let own = usage::event(&mut tx, EventKey::from_uuid(expected[0])).await.unwrap().unwrap();
    assert!(own.data.is_some_and(|data| data.contains("value")));
    assert!(!own.counted.is_empty(), "control: meters counted it");
}

#[tokio::test]
async fn customers_and_products_show_their_own_usage() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1, &alpha).await;
    fill(&mut superuser, &world.b1, &beta).await;
    let mut tx = world.read(&world.ann, &world.a1).await;
    let of = |usage: &model::usage::CustomerUsage, name: &str| {
        usage.meters.iter().find(|meter| meter.meter == name).map_or(Quantity::ZERO, |meter| meter.total)
    };
    let first = usage::of_customer(&mut tx, alpha.customers[0]).await.unwrap();
    let second = customers::get(&mut tx, alpha.customers[1]).await.unwrap().unwrap().usage;
    let used = usage::of_meters(&mut tx, alpha.product).await.unwrap();
    let requests = used.iter().map(|used| used.days.iter().copied().fold(Quantity::ZERO, add));
    let requests: Vec<Quantity> = requests.collect();
    assert_eq!(used.len(), 8, "the meters of the product");
    assert!(requests.contains(&add(of(&first, "Meter requests"), of(&second, "Meter requests"))));
    assert!(used.iter().all(|used| used.days.len() == 30));
    assert!(used.iter().any(|used| used.last_event.is_some() && used.last_day.is_some()));
    assert_eq!(first.events.len(), 10);
    assert!(first.events.iter().all(|event| event.customer_id == alpha.customers[0]));
    let foreign = usage::of_customer(&mut tx, beta.customers[0]).await.unwrap();
    assert_eq!((foreign.meters.len(), foreign.events.len()), (0, 0), "usage of B is read from A");
    assert!(usage::of_meters(&mut tx, beta.product).await.unwrap().is_empty(), "usage of B is read from A");
    assert!(products::get(&mut tx, alpha.product).await.unwrap().is_some(), "control");
}

#[tokio::test]
async fn health_reports_refusals_and_unknown_customers_of_the_own_workspace() {
    let world = World::new().await;
    world.furnish().await;
    let mut superuser = world.db.superuser().await;
    refusal_of(&mut superuser, &world.a1, "bad_value", "acme").await;
    refusal_of(&mut superuser, &world.b1, "too_old", "secret").await;
    let mut tx = world.read(&world.ann, &world.a1).await;
    let health = usage::health(&mut tx).await.unwrap();
    assert_eq!((health.accepted, health.duplicate, health.refused), (4, 2, 2));
    let codes: Vec<_> = health.codes.iter().map(|(code, count)| (code.as_str(), *count)).collect();
    assert_eq!(codes, [("bad_value", 1), ("unknown_customer", 1)]);
    assert_eq!(health.unknown.iter().map(|unknown| unknown.subject.as_str()).collect::<Vec<_>>(), ["Alpha stranger"]);
    assert!(!format!("{health:?}").contains("secret"), "refusals of B are shown in A");
    assert!(health.last_event.is_some());
}

#[tokio::test]
async fn lines_split_the_same_usage_by_day_and_customer() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1, &alpha).await;
    fill(&mut superuser, &world.b1, &beta).await;
    let mut tx = world.read(&world.ann, &world.a1).await;
    let today: Date = tx.today();
    let days = Days { from: today - Duration::days(20), until: today };
    let mut sums = Vec::new();
    for (by_day, by_customer) in [(false, false), (true, false), (false, true), (true, true)] {
        let Lines::All(lines) = usage::lines(&mut tx, days, by_day, by_customer).await.unwrap() else {
            panic!("too many")
        };
        assert!(lines.iter().all(|line| line.day.is_some() == by_day && line.customer.is_some() == by_customer));
        let tokens = lines.iter().filter(|line| line.meter.known.as_ref().is_some_and(|(code, ..)| code == "tokens"));
        sums.push(tokens.map(|line| line.quantity).fold(Quantity::ZERO, add));
        let known: Vec<CustomerId> =
            lines.iter().filter_map(|line| line.customer.as_ref().map(|(id, _)| *id)).collect();
        assert!(known.iter().all(|id| alpha.customers.contains(id)), "lines of B in A");
    }
    let sum = "sum((data ->> 'value')::numeric)";
    let expected = reference(&mut superuser, &world.a1, sum, "'api'", days).await;
    assert_eq!(sums, [expected; 4]);
}
