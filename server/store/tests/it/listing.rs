//! Invariant: a list that is paged in either direction, in any order, shows every matching row exactly once, no other
//! row, and the correct total. Whatever the URL contains, it shows only rows of this workspace and never fails.

use crate::support::{Place, World, execute};
use model::list::{Cursor, ListPage, ListQuery, Noun, PAGE_ROWS, Position, Sort, SortBy};
use sqlx::{AssertSqlSafe, PgConnection, types::Uuid};
use store::{
    StoreError, customers,
    door::{Read, WorkspaceTx},
    invoices, products, rate_plans,
};

/// Rows per noun: four full pages and one partial page.
const ROWS: usize = 95;

/// Fills a workspace with rows that have equal values in every sort key except one: five names, three timestamps, four
/// amounts.
async fn fill(superuser: &mut PgConnection, place: &Place) {
    let rows = format!(
        "with n as (select i, gen_random_uuid() as id from generate_series(1, {ROWS}) i)
        insert into workspace.{{table}} (workspace_id, id, {{columns}}) select '{}', n.id, {{values}} from n",
        place.id
    );
    let parent = |table: &str| {
        format!("(select id from workspace.{table} where workspace_id = '{}' order by id offset i limit 1)", place.id)
    };
    let moment = "timestamptz '2026-01-01' + i % 3 * interval '1 microsecond'";
    for (table, columns, values) in [
        ("products", "name, code, created_at", format!("'Name ' || i % 5, 'code-' || i, {moment}")),
        (
            "rate_plans",
            "name, code, currency, \"interval\", created_at",
            format!("'Name ' || i % 5, 'plan-' || i, 'EUR', 'month', {moment}"),
        ),
        (
            "customers",
            "name, email, country, status, created_at",
            format!(
                "'Name ' || i % 5, 'n' || i || '@customer.example', 'DE', case when i % 10 = 0 then 'archived' else 'active' end, {moment}"
            ),
        ),
        (
            "invoices",
            "number, customer_id, status, net_minor, total_minor, currency, issued_on, due_on, issued_at, series_year, series_no",
            format!(
                "'INV-' || i, {}, 'open', 1 + i % 4, 1 + i % 4, 'EUR', date '2026-01-01' + i % 3, '2026-02-01', now(), -2, i",
                parent("customers").replace("offset i", "offset i % 7")
            ),
        ),
    ] {
        let statement = rows.replace("{table}", table).replace("{columns}", columns).replace("{values}", &values);
        // Without triggers: they take documents in the order of their days only.
        let statement = match table {
            "invoices" => {
                format!("set session_replication_role = replica; {statement}; set session_replication_role = origin")
            }
            _ => statement,
        };
        execute(superuser, &statement).await.unwrap();
    }
}

/// Loads one page of any noun, reduced to ids.
async fn page(tx: &mut WorkspaceTx<Read>, query: &ListQuery) -> Result<ListPage<Uuid>, StoreError> {
    fn ids<Row>(page: ListPage<Row>, id: impl Fn(&Row) -> Uuid) -> Result<ListPage<Uuid>, StoreError> {
        page.try_map(|row| Ok(id(&row)))
    }
    match query.noun {
        Noun::Products => ids(products::list(tx, query).await?, |row| row.id.uuid()),
        Noun::RatePlans => ids(rate_plans::list(tx, query).await?, |row| row.id.uuid()),
        Noun::Customers => ids(customers::list(tx, query).await?, |row| row.id.uuid()),
        Noun::Usage => unreachable!("usage is no list"),
        Noun::Invoices => ids(invoices::list(tx, query).await?, |row| row.id.uuid()),
    }
}

/// Returns the ids in the order of a single, unpaged statement.
async fn in_order(superuser: &mut PgConnection, place: &Place, noun: Noun, sort: Sort) -> Vec<Uuid> {
    let table = noun.path().replace('-', "_");
    let key = match sort.by {
        SortBy::Name => "name_key",
        SortBy::Created => "created_at",
        SortBy::Number => "number",
        SortBy::Issued => "issued_on",
        SortBy::Total => "total_minor",
    };
    let way = if sort.descending { "desc" } else { "asc" };
    let statement =
        format!("select id from workspace.{table} where workspace_id = '{}' order by {key} {way}, id {way}", place.id);
    sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(superuser).await.unwrap()
}

#[tokio::test]
async fn paging_visits_every_row_once_in_every_order_and_direction() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    // The other workspace has as many rows with the same sort keys.
    fill(&mut superuser, &world.b1).await;
    let mut tx = world.read(&world.ann, &world.a1).await;
    for noun in Noun::LISTS {
        for sort in noun.sorts().iter().flat_map(|s| [false, true].map(|descending| Sort { descending, ..*s })) {
            let expected = in_order(&mut superuser, &world.a1, noun, sort).await;
            assert_eq!(expected.len(), ROWS);
            let query = ListQuery { sort, ..ListQuery::new(noun) };
            let mut at = page(&mut tx, &query).await.unwrap();
            assert_eq!((at.total, &at.previous), (ROWS as i64, &None), "{noun:?} by {sort:?}");
            let (mut seen, mut pages) = (at.rows.clone(), vec![at.rows.clone()]);
            while let Some(next) = at.next.take() {
                at = page(&mut tx, &query.at(Position::After(next))).await.unwrap();
                seen.extend(&at.rows);
                pages.push(at.rows.clone());
            }
            assert_eq!(
                seen, expected,
                "{noun:?} by {sort:?}, forward: rows left out, shown twice, out of order or foreign"
            );
            assert_eq!(
                pages.iter().map(Vec::len).collect::<Vec<_>>(),
                [PAGE_ROWS, PAGE_ROWS, PAGE_ROWS, PAGE_ROWS, 15]
            );
            pages.pop();
            while let Some(previous) = at.previous.take() {
                at = page(&mut tx, &query.at(Position::Before(previous))).await.unwrap();
                assert_eq!(
                    Some(&at.rows),
                    pages.pop().as_ref(),
                    "{noun:?} by {sort:?}, backward: another page than forward"
                );
            }
            assert!(pages.is_empty(), "{noun:?} by {sort:?}, backward: the way back ends {} pages early", pages.len());
        }
    }
}

#[tokio::test]
async fn search_and_status_filter_rows_and_total_alike() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    fill(&mut superuser, &world.b1).await;
    // Each customer must be found by its exact name, for any script, accent or wildcard character.
    let names = [
        "Émile & Cie", "İzmir Ticaret", "ΟΔΟΣ Α.Ε.", "Straße 7", "100 % Wolle", "under_score", "O'Neill \\ Sons",
        "日本商事",
    ];
    for name in names {
        sqlx::query("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, gen_random_uuid(), $2, 'own@names.example', 'DE')")
            .bind(world.a1.id.uuid())
            .bind(name)
            .execute(&mut superuser)
            .await
            .unwrap();
    }
    let mut tx = world.read(&world.ann, &world.a1).await;
    let search = async |tx: &mut WorkspaceTx<Read>, noun: Noun, search: &str, status: Option<&str>| {
        let query = ListQuery { search: search.to_owned(), status: status.map(str::to_owned), ..ListQuery::new(noun) };
        let found = page(tx, &query).await.unwrap();
        assert_eq!(
            found.rows.len(),
            PAGE_ROWS.min(usize::try_from(found.total).unwrap()),
            "{noun:?} {search:?}: the count counts other rows"
        );
        found.total
    };
    for name in names {
        assert_eq!(search(&mut tx, Noun::Customers, name, None).await, 1, "{name} can't be found by its own name");
    }
    for (noun, text, status, expected) in [
        (Noun::Customers, "émile", None, 1),
        (Noun::Customers, "name 3", None, 19),
        (Noun::Customers, "NAME 3", None, 19),
        (Noun::Customers, "n7@customer", None, 1),
        (Noun::Customers, "names.example", None, names.len() as i64),
        (Noun::Customers, "", Some("archived"), 9),
        (Noun::Customers, "name 0", Some("archived"), 9),
        (Noun::Customers, "name 1", Some("archived"), 0),
        (Noun::Customers, "%", None, 1),
        (Noun::Customers, "_", None, 1),
        (Noun::Customers, "no such name", None, 0),
        (Noun::Products, "code-95", None, 1),
        (Noun::Products, "name 2", None, 19),
        (Noun::RatePlans, "name 2", Some("active"), 19),
        (Noun::Invoices, "inv-9", None, 7),
        (Noun::Invoices, "", Some("paid"), 0),
    ] {
        let found = search(&mut tx, noun, text, status).await;
        // A rate plan is also found by its product's name.
        let enough = if noun == Noun::RatePlans { found >= expected } else { found == expected };
        assert!(enough, "{noun:?} with {text:?} and {status:?}: {found} instead of {expected}");
    }
}

#[tokio::test]
async fn forged_cursors_and_filters_show_only_own_rows_and_never_fail() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    fill(&mut superuser, &world.b1).await;
    let mut own: Vec<Uuid> = Vec::new();
    for noun in Noun::LISTS {
        own.extend(in_order(&mut superuser, &world.a1, noun, noun.sorts()[0]).await);
    }
    let foreign = in_order(&mut superuser, &world.b1, Noun::Customers, Noun::Customers.sorts()[0]).await[50];
    let long = "x".repeat(100_000);
    let keys = [
        "", "\0", "a\0b", "'; drop table workspace.customers; --", "name 3", &long, "\u{10ffff}\u{10ffff}", "NaN",
        "-1", "0", "1", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "99999999999999999999999999999999999999", "1e9", "2026-01-01", "253402300799999999", "-62135596800000000",
        "2147483647", "-2147483648", " 7", "٣",
    ];
    let ids = [Uuid::nil(), Uuid::max(), foreign];
    for noun in Noun::LISTS {
        // Uses one transaction per noun: after a failed statement every further one fails as well, so that the failing
        // noun could not be identified.
        let mut tx = world.read(&world.ann, &world.a1).await;
        // The noun's own sort orders, and some of other nouns.
        let sorts = noun.sorts().iter().map(|s| s.by).chain([SortBy::Total, SortBy::Number]);
        let orders = sorts.flat_map(|by| [false, true].map(|descending| Sort { by, descending }));
        for (sort, (at, key)) in orders.flat_map(|sort| keys.iter().enumerate().map(move |key| (sort, key))) {
            for position in [Position::After, Position::Before] {
                let position = position(Cursor { key: (*key).to_owned(), id: ids[at % ids.len()] });
                let query = ListQuery { sort, position, ..ListQuery::new(noun) };
                let shown: String = key.chars().take(40).collect();
                let page = page(&mut tx, &query)
                    .await
                    .unwrap_or_else(|error| panic!("{noun:?} by {sort:?} at {shown:?}: {error}"));
                assert!(
                    page.rows.len() <= PAGE_ROWS && page.rows.iter().all(|row| own.contains(row)),
                    "{noun:?} at {shown:?} shows rows of B"
                );
                assert_eq!(page.total, ROWS as i64, "{noun:?} at {shown:?} counts rows of B");
            }
        }
        for text in [
            "\0", "a\0b", "'; drop table workspace.customers; --", "\\", "%%", &long, "\u{10ffff}", "\u{202e}", "(",
            "$1",
        ] {
            for status in [None, Some(text), Some("active"), Some("open")] {
                let query =
                    ListQuery { search: text.to_owned(), status: status.map(str::to_owned), ..ListQuery::new(noun) };
                let page = page(&mut tx, &query).await;
                assert!(
                    page.is_ok(),
                    "{noun:?} with {:?} and {:?}: {:?}",
                    text.chars().take(40).collect::<String>(),
                    status.map(str::len),
                    page.err()
                );
            }
        }
    }
}

/// Promise: rows that are added between two page requests cause no other row to be skipped or repeated.
#[tokio::test]
async fn rows_added_between_pages_do_not_shift_the_next_page() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    let query = ListQuery::new(Noun::Customers);
    let before = in_order(&mut superuser, &world.a1, Noun::Customers, query.sort).await;
    let first = page(&mut world.read(&world.ann, &world.a1).await, &query).await.unwrap();
    let add = format!(
        "insert into workspace.customers (workspace_id, id, name, email, country)
        select '{}', gen_random_uuid(), 'A new one', 'a@new.example', 'DE' from generate_series(1, 7)",
        world.a1.id
    );
    execute(&mut superuser, &add).await.unwrap();
    let second = page(&mut world.read(&world.ann, &world.a1).await, &query.at(Position::After(first.next.unwrap())))
        .await
        .unwrap();
    assert_eq!(second.rows, before[PAGE_ROWS..2 * PAGE_ROWS], "rows were skipped or shown twice");
}

/// Promise: a non-empty list never shows an empty page, and reports the correct offset, wherever the cursor points: its
/// rows may have been archived, or it may come from another filter or sort order.
#[tokio::test]
async fn a_cursor_after_the_last_row_returns_the_last_page_and_its_offset() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    fill(&mut superuser, &world.b1).await;
    for noun in Noun::LISTS {
        for sort in noun.sorts().iter().flat_map(|s| [false, true].map(|descending| Sort { descending, ..*s })) {
            let expected = in_order(&mut superuser, &world.a1, noun, sort).await;
            let query = ListQuery { sort, ..ListQuery::new(noun) };
            let mut tx = world.read(&world.ann, &world.a1).await;
            // Every page reports its offset, forward and backward.
            let mut at = page(&mut tx, &query).await.unwrap();
            let mut last = None;
            for offset in [0, 20, 40, 60, 80] {
                assert_eq!((at.offset, &expected[offset]), (offset as i64, &at.rows[0]), "{noun:?} by {sort:?}");
                if let Some(next) = at.next.clone() {
                    last = Some(next.clone());
                    at = page(&mut tx, &query.at(Position::After(next))).await.unwrap();
                }
            }
            for offset in [60, 40, 20, 0] {
                at = page(&mut tx, &query.at(Position::Before(at.previous.clone().unwrap()))).await.unwrap();
                assert_eq!(at.offset, offset, "{noun:?} by {sort:?}, backward");
            }
            // A cursor after the last row yields the last page, the same as when paging to it.
            let (id, key) = last.map(|cursor| (expected[ROWS - 1], cursor.key)).unwrap();
            for key in [key, "\u{10ffff}".repeat(3), i64::MAX.to_string(), i64::MIN.to_string(), String::new()] {
                let beyond = query.at(Position::After(Cursor { key: key.clone(), id }));
                let found = page(&mut tx, &beyond).await.unwrap();
                assert!(!found.rows.is_empty(), "{noun:?} by {sort:?}: nothing behind {key:?} of {ROWS} rows");
                let from = found.offset as usize;
                assert_eq!(found.rows, expected[from..from + found.rows.len()], "{noun:?} by {sort:?} behind {key:?}");
                assert_eq!(found.next.is_some(), from + found.rows.len() < ROWS, "{noun:?} by {sort:?} behind {key:?}");
                assert_eq!(found.previous.is_some(), from > 0, "{noun:?} by {sort:?} behind {key:?}");
            }
        }
    }
}

#[tokio::test]
async fn archiving_the_last_row_of_the_last_page_returns_the_page_before() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    fill(&mut superuser, &world.a1).await;
    fill(&mut superuser, &world.b1).await;
    // Leaves 41 active customers: two full pages and one row.
    let archive = |rest: usize| {
        format!(
            "update workspace.customers c set status = 'archived' where workspace_id = '{}' and status = 'active' and id not in
                (select id from workspace.customers where workspace_id = c.workspace_id and status = 'active' order by name_key, id limit {rest})",
            world.a1.id
        )
    };
    execute(&mut superuser, &archive(41)).await.unwrap();
    let active = ListQuery { status: Some("active".to_owned()), ..ListQuery::new(Noun::Customers) };
    let mut tx = world.read(&world.ann, &world.a1).await;
    let first = page(&mut tx, &active).await.unwrap();
    let second = page(&mut tx, &active.at(Position::After(first.next.clone().unwrap()))).await.unwrap();
    let third = active.at(Position::After(second.next.clone().unwrap()));
    let last = page(&mut tx, &third).await.unwrap();
    assert_eq!((last.rows.len(), last.range().as_str()), (1, "41 of 41"), "the control: a page with one row");
    drop(tx);
    execute(&mut superuser, &archive(40)).await.unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let now = page(&mut tx, &third).await.unwrap();
    assert_eq!((now.range().as_str(), &now.rows), ("21–40 of 40", &second.rows));
    assert_eq!((now.next, now.previous.is_some()), (None, true));
    // Only a list without any matching row is empty.
    let none = ListQuery { search: "no such name".to_owned(), ..third };
    let none = page(&mut tx, &none).await.unwrap();
    assert_eq!((none.rows.len(), none.total, none.next, none.previous), (0, 0, None, None));
}
