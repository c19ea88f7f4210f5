//! Promise: names are found regardless of the Unicode spelling in which they are stored and searched. Lists by name are
//! sorted in Unicode collation order, with 9 before 10, consistently across pages, and use an index.

use crate::support::{Place, World, connect, execute, texts};
use model::{
    list::{ListPage, ListQuery, Noun, Position, Sort, SortBy},
    picker::Pinned,
};
use sqlx::{PgConnection, types::Uuid};
use store::{
    collation::{self, Collation},
    customers,
    door::{Read, WorkspaceTx},
    identity::PasswordRecord,
    invoices, members, organizations, products, profile, rate_plans,
    seats::{self, Freshness},
};

/// Names in the expected order.
const ORDERED: &[&str] = &[
    "_under", "‘Quoted’", "(Brackets)", "2", "9 Lives", "10 Downing", "100", "1000 Lakes", "Aachen", "ábaco", "Ähre",
    "Alder 9", "Alder 10", "Alder 100", "Cafe", "Café", "Œuvre", "öffnen", "Ölmühle", "Ondine", "Šumava", "Tür",
    "Zebra", "Ελλάδα", "Яблоко", "שלום", "日本商事",
];

async fn add(superuser: &mut PgConnection, place: &Place, name: &str) {
    let id = Uuid::now_v7();
    sqlx::query("insert into workspace.customers (workspace_id, id, name, email, country) values ($1, $2, $3, 'c@names.example', 'DE')")
        .bind(place.id.uuid())
        .bind(id)
        .bind(name)
        .execute(superuser)
        .await
        .unwrap();
}

/// Loads all rows page by page: forward, and then backward from the end.
async fn walk(tx: &mut WorkspaceTx<Read>, descending: bool) -> (Vec<String>, Vec<String>) {
    let sort = Sort { by: SortBy::Name, descending };
    let mut at = customers::list(tx, &ListQuery { sort, ..ListQuery::new(Noun::Customers) }).await.unwrap();
    let names = |page: &ListPage<model::customer::CustomerRow>| {
        page.rows.iter().map(|row| row.name.clone()).collect::<Vec<_>>()
    };
    let mut forward = names(&at);
    while let Some(next) = at.next.take() {
        at = customers::list(tx, &at.query.at(Position::After(next))).await.unwrap();
        forward.extend(names(&at));
    }
    let mut back = names(&at);
    while let Some(previous) = at.previous.take() {
        at = customers::list(tx, &at.query.at(Position::Before(previous))).await.unwrap();
        back.splice(0..0, names(&at));
    }
    (forward, back)
}

#[tokio::test]
async fn names_are_sorted_by_the_collation_and_paging_is_exact_both_ways() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let mut shuffled: Vec<&str> = ORDERED.to_vec();
    shuffled.reverse();
    shuffled.rotate_left(7);
    for name in &shuffled {
        add(&mut superuser, &world.a1, name).await;
        add(&mut superuser, &world.b1, name).await;
    }
    let mut tx = world.read(&world.ann, &world.a1).await;
    let (forward, back) = walk(&mut tx, false).await;
    assert_eq!(forward, ORDERED);
    assert_eq!(back, ORDERED);
    drop(tx);
    // More names: duplicates, differences only in case or Unicode normalization, and names that sort first and last of
    // all.
    let odd = [
        "Zürich", "Zu\u{308}rich", "zürich", "ZÜRICH", "Zurich", "Ä", "A\u{308}", "ä", "Same", "Same", "Same", "same",
        "\u{10fffd}", "!", "0", "007", "7",
    ];
    for name in odd.iter().cycle().take(101 - ORDERED.len()) {
        add(&mut superuser, &world.a1, name).await;
    }
    let mut tx = world.read(&world.ann, &world.a1).await;
    for descending in [false, true] {
        let (forward, back) = walk(&mut tx, descending).await;
        assert_eq!(forward.len(), 101, "rows are left out or shown twice");
        assert_eq!(forward, back, "the way back shows others");
        let way = if descending { "desc" } else { "asc" };
        let statement = format!(
            "select name from workspace.customers where workspace_id = '{}'
            order by normalize(name) collate ops.by_name {way}, id {way}",
            world.a1.id
        );
        assert_eq!(forward, texts(&mut superuser, &statement).await);
    }
}

#[tokio::test]
async fn a_page_sorted_by_name_uses_an_index_under_row_level_security() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    for place in [&world.a1, &world.b1] {
        let fill = format!(
            "insert into workspace.customers (workspace_id, id, name, email, country)
            select '{}', gen_random_uuid(), 'Ä ' || md5(i::text), 'c@names.example', 'DE' from generate_series(1, 4000) i",
            place.id
        );
        execute(&mut superuser, &fill).await.unwrap();
    }
    execute(&mut superuser, "analyze workspace.customers").await.unwrap();
    let mut app = connect(&world.db.app()).await;
    let context = format!(
        "begin; select set_config('stile.workspace_id', '{}', true), set_config('stile.reach', 'all', true)",
        world.a1.id
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(context)).execute(&mut app).await.unwrap();
    for (compare, way) in [(">", "asc"), ("<", "desc")] {
        let explain = format!(
            "explain select t.id from workspace.customers t where t.workspace_id = '{}'
            and (t.name_key, t.id) {compare} ('Ä 8', '{}') order by t.name_key {way}, t.id {way} limit 21",
            world.a1.id,
            Uuid::nil()
        );
        let plan = texts(&mut app, &explain).await.join("\n");
        assert!(plan.contains("customers_workspace_id_name_key_id_idx") && !plan.contains("Sort"), "{plan}");
        assert!(
            plan.contains("Index Cond") && plan.contains("ROW(name_key, id)"),
            "the place is not looked up: {plan}"
        );
    }
}

#[tokio::test]
async fn unicode_spellings_of_a_name_find_each_other() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let found = async |superuser: &mut PgConnection, stored: &str, typed: &str| {
        execute(superuser, "delete from workspace.customers").await.unwrap();
        add(superuser, &world.a1, stored).await;
        add(superuser, &world.b1, stored).await;
        let mut tx = world.read(&world.ann, &world.a1).await;
        let query = ListQuery { search: typed.to_owned(), ..ListQuery::new(Noun::Customers) };
        let page = customers::list(&mut tx, &query).await.unwrap();
        assert_eq!(page.total, page.rows.len() as i64, "the count counts other rows");
        page.total
    };
    let same: &[&[&str]] = &[
        &["Café Ölmühle", "Cafe\u{301} O\u{308}lmu\u{308}hle", "CAFÉ ÖLMÜHLE"],
        &["Łódź", "Ło\u{301}dz\u{301}"],
        &["Việt Nam", "Vie\u{323}\u{302}t Nam"],
        &["한국상사", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}\u{1109}\u{1161}\u{11bc}\u{1109}\u{1161}"],
        &["Straße", "STRASSE", "strasse", "STRAẞE"],
        &["ΟΔΟΣ ΑΕ", "οδος αε", "οδοσ αε"],
        &["ﬁnance", "FINANCE", "fi\u{200b}nance"],
        &["ＡＢＣ", "abc"],
        &["Основной", "основнои\u{306}"],
    ];
    for group in same {
        for stored in *group {
            for typed in *group {
                assert_eq!(found(&mut superuser, stored, typed).await, 1, "{typed:?} does not find {stored:?}");
            }
        }
    }
    for (stored, typed) in [
        ("Café Ölmühle", "cafe olmuhle"),
        ("Cafe\u{301}", "CAFE"),
        ("Łódź", "lodz"),
        ("Vie\u{323}\u{302}t", "viet"),
        ("Đorđe", "dorde"),
        ("Αθήνα", "αθηνα"),
        ("İstanbul", "istanbul"),
        ("Основной", "основнои"),
        ("שָׁלוֹם", "שלום"),
    ] {
        assert_eq!(found(&mut superuser, stored, typed).await, 1, "{typed:?} does not find {stored:?}");
        assert_eq!(
            found(&mut superuser, typed, stored).await,
            0,
            "an accent that is typed is meant: {stored:?} finds {typed:?}"
        );
    }
}

#[tokio::test]
async fn every_list_is_searched_by_any_unicode_spelling() {
    let world = World::new().await;
    let [stock, _] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    for (table, name) in
        [("products", "Pru\u{308}fung"), ("rate_plans", "Gebu\u{308}hr"), ("customers", "Mu\u{308}ller")]
    {
        let rename = format!("update workspace.{table} set name = '{name}' where workspace_id = '{}'", world.a1.id);
        execute(&mut superuser, &rename).await.unwrap();
    }
    drop(stock);
    let mut tx = world.read(&world.ann, &world.a1).await;
    let query = |noun, search: &str| ListQuery { search: search.to_owned(), ..ListQuery::new(noun) };
    for (product, plan, customer) in [
        ("PRÜFUNG", "gebühr", "müller"),
        ("pru\u{308}f", "gebu\u{308}hr", "mu\u{308}ller"),
        ("prufung", "GEBUHR", "muller"),
    ] {
        assert_eq!(products::list(&mut tx, &query(Noun::Products, product)).await.unwrap().total, 1, "{product}");
        assert_eq!(rate_plans::list(&mut tx, &query(Noun::RatePlans, plan)).await.unwrap().total, 1, "{plan}");
        assert_eq!(customers::list(&mut tx, &query(Noun::Customers, customer)).await.unwrap().total, 2, "{customer}");
        assert_eq!(invoices::list(&mut tx, &query(Noun::Invoices, customer)).await.unwrap().total, 3, "{customer}");
    }
    // The searched text of a row consists of several fields separated by line breaks. A search must not match across
    // them.
    assert_eq!(customers::list(&mut tx, &query(Noun::Customers, "müller\nbilling")).await.unwrap().total, 0);
}

#[tokio::test]
async fn people_organizations_and_workspaces_use_the_same_collation() {
    let world = World::new().await;
    let mut superuser = world.db.superuser().await;
    let names = ["Ähre", "Alder 9", "Alder 10", "Öl", "Zebra"];
    let mut organization = world.organization(&world.ann, &world.a1).await;
    let wanted: Vec<_> = names
        .iter()
        .enumerate()
        .rev()
        .map(|(i, name)| (crate::support::slug(&format!("new-{i}")), (*name).to_owned()))
        .collect();
    organizations::create_workspaces(&mut organization, &wanted).await.unwrap();
    let listed: Vec<String> =
        organizations::workspaces(&mut organization).await.unwrap().into_iter().map(|w| w.name).collect();
    organization.commit().await.unwrap();
    assert_eq!(listed.iter().filter(|name| names.contains(&name.as_str())).collect::<Vec<_>>(), names);

    // Across organizations, workspaces are sorted by name regardless of their organization.
    let mut tx = world.person(&world.ann).await;
    organizations::found(&mut tx, "Ä first").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.person(&world.ann).await;
    for slug in ["new-3", "new-0", "new-1"] {
        assert!(seats::pin(&mut tx, &crate::support::slug(slug), Pinned::Yes).await.unwrap());
    }
    tx.commit().await.unwrap();
    let (_, picker) = world.store.picker(&world.ann.session(), Freshness::Now).await.unwrap().unwrap();
    let pinned: Vec<&str> = picker.pinned().iter().map(|(_, w)| w.name.as_str()).collect();
    assert_eq!(pinned, ["Ähre", "Alder 9", "Öl"]);
    let organizations: Vec<&str> = picker.organizations.iter().map(|o| o.name.as_str()).collect();
    assert_eq!(organizations, ["A", "Ä first"]);
    let mut by_place: Vec<_> = picker.rows().map(|(_, w)| w).collect();
    by_place.sort_by_key(|w| w.place);
    let by_name: Vec<&str> = by_place.iter().map(|w| w.name.as_str()).filter(|name| names.contains(name)).collect();
    assert_eq!(by_name, names);

    for (person, name) in [(&world.bob, "Ähre"), (&world.carl, "Zebra")] {
        let rename = format!("update account.users set name = '{name}' where id = '{}'", person.id);
        execute(&mut superuser, &rename).await.unwrap();
    }
    world.grant(&world.ann, &world.a1, &world.dora, model::WorkspaceRole::Admin).await;
    execute(&mut superuser, &format!("update account.users set name = 'Alder' where id = '{}'", world.dora.id))
        .await
        .unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let people: Vec<String> = members::list(&mut tx).await.unwrap().into_iter().map(|member| member.name).collect();
    assert_eq!(people, ["ann", "Ähre", "Alder", "Zebra"], "within a role by name");
}

#[tokio::test]
async fn a_password_hash_is_upgraded_only_if_it_is_unchanged() {
    let world = World::new().await;
    let stored = async |who| {
        let mut tx = world.person(who).await;
        profile::password_hash(&mut tx).await.unwrap()
    };
    let before = PasswordRecord { user: world.ann.id, hash: stored(&world.ann).await };
    let stale = PasswordRecord { user: world.ann.id, hash: "another".to_owned() };
    world.store.upgrade_password_hash(&stale, "late").await.unwrap();
    assert_eq!(stored(&world.ann).await, before.hash, "a password that was changed meanwhile is undone");
    world.store.upgrade_password_hash(&before, "respelled").await.unwrap();
    assert_eq!(stored(&world.ann).await, "respelled");
    assert_eq!(stored(&world.bob).await, before.hash, "somebody else's was changed");
}

#[tokio::test]
async fn a_changed_collation_version_is_reported() {
    let world = World::new().await;
    assert_eq!(collation::check(&world.db.app()).await.unwrap(), Collation::Well);
    let mut superuser = world.db.superuser().await;
    execute(&mut superuser, "update pg_collation set collversion = 'old' where collname = 'by_name'").await.unwrap();
    let found = collation::check(&world.db.app()).await.unwrap();
    assert!(matches!(found, Collation::Changed(_)) && found.to_string().contains("reindex database"), "{found}");
}
