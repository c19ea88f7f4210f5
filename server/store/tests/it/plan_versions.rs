//! Promise: published prices never change. A published version of a rate plan, its charges and its tiers can't be
//! changed by any function of the store, nor by any SQL of the server. Each refusal has a draft as its control.

use crate::support::{
    DENIED, Person, Place, World,
    catalog::{self, fee, graduated, per_unit, plan_draft, version},
    connect, constraint, execute, refusal, texts,
};
use model::{
    Currency,
    capability::EditContent,
    catalog::Lifecycle,
    id::{ProductId, RatePlanId},
    rate_plan::{Interval, RatePlanDraft, VersionDraft, VersionInput, VersionState, preview},
};
use sqlx::{Connection, PgConnection, types::Uuid};
use store::rate_plans::{self, DraftOutcome};

/// Creates a rate plan with a published version 1 and a draft, version 2, which has the same charges.
async fn plan(world: &World, who: &Person, place: &Place, code: &str) -> (RatePlanId, VersionDraft) {
    let stock = world.stock(who, place, code).await;
    let mut tx = world.write(who, place).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = rate_plans::create(&mut tx, &can, &plan_draft("Team", "team")).await.unwrap();
    let prices = version(vec![fee(stock.product, 2_000), graduated(stock.meter, "0.01")]);
    catalog::publish(&mut tx, &can, id, 1, &prices).await;
    assert_eq!(rate_plans::new_draft(&mut tx, &can, id).await.unwrap(), Some(2));
    tx.commit().await.unwrap();
    (id, prices)
}

/// Runs a statement in the context of a workspace as the server's role, and rolls it back.
async fn attempt(app: &mut PgConnection, place: &Place, statement: &str) -> Result<u64, sqlx::Error> {
    let mut tx = app.begin().await.unwrap();
    let context = format!(
        "select set_config('stile.workspace_id', '{}', true), set_config('stile.reach', 'all', true)",
        place.id
    );
    execute(&mut tx, &context).await.unwrap();
    let outcome = execute(&mut tx, statement).await;
    tx.rollback().await.unwrap();
    outcome
}

#[tokio::test]
async fn a_published_version_is_changed_by_no_function() {
    let world = World::new().await;
    let (id, prices) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let before = rate_plans::prices(&mut tx, id, 1).await.unwrap().unwrap();
    for revision in 1..4 {
        let saved = rate_plans::save_draft(&mut tx, &can, id, 1, revision, &prices).await.unwrap();
        assert_eq!(saved, DraftOutcome::Frozen);
        assert_eq!(rate_plans::publish(&mut tx, &can, id, 1, revision).await.unwrap(), DraftOutcome::Frozen);
        assert_eq!(rate_plans::discard_draft(&mut tx, &can, id, 1, revision).await.unwrap(), DraftOutcome::Frozen);
    }
    let other = VersionDraft { minimum_minor: Some(1), ..prices.clone() };
    catalog::save(&mut tx, &can, id, 2, &other).await;
    assert_eq!(rate_plans::discard_draft(&mut tx, &can, id, 2, 2).await.unwrap(), DraftOutcome::Done(()), "control");
    assert_eq!(rate_plans::prices(&mut tx, id, 1).await.unwrap().unwrap(), before);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_published_version_is_changed_by_no_sql_of_the_server() {
    let world = World::new().await;
    let (id, _) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    let of = |table: &str, number: i32| {
        format!("workspace.{table} where workspace_id = '{}' and plan_id = '{id}' and version = {number}", world.a1.id)
    };
    for table in ["rate_plan_versions", "rate_plan_charges", "rate_plan_tiers"] {
        // The role may update some columns of versions, and no column of charges and tiers.
        let columns = texts(
            &mut superuser,
            &format!(
                "select quote_ident(attname) from pg_attribute where attrelid = 'workspace.{table}'::regclass
                    and attnum > 0 and not attisdropped and attgenerated = ''"
            ),
        )
        .await;
        for column in columns {
            let update = |number| {
                let rows = of(table, number);
                let (name, rows) = rows.split_once(" where ").unwrap();
                format!("update {name} set {column} = {column} where {rows}")
            };
            let frozen = refusal(&attempt(&mut app, &world.a1, &update(1)).await);
            match attempt(&mut app, &world.a1, &update(2)).await {
                Ok(changed) => {
                    assert!(changed > 0, "control: {table}.{column}");
                    assert_eq!(frozen.as_deref(), Some("23000"), "{table}.{column} of a published version changed");
                }
                denied => {
                    assert_eq!(refusal(&denied).as_deref(), DENIED, "control: {table}.{column}");
                    assert_eq!(frozen.as_deref(), DENIED, "{table}.{column} of a published version changed");
                }
            }
        }
        let frozen = attempt(&mut app, &world.a1, &format!("delete from {}", of(table, 1))).await;
        assert_eq!(refusal(&frozen).as_deref(), Some("23000"), "a part of a published version was deleted: {table}");
        let draft = attempt(&mut app, &world.a1, &format!("delete from {}", of(table, 2))).await;
        assert!(draft.unwrap() > 0, "control: {table}");
    }
    let charge = |number: i32| {
        format!(
            "insert into workspace.rate_plan_charges (workspace_id, plan_id, version, position, name, product_id, model, fee_minor)
            select workspace_id, plan_id, {number}, 9, 'More', product_id, 'fee', 1 from {} limit 1",
            of("rate_plan_charges", 1)
        )
    };
    let tier = |number: i32| {
        format!(
            "insert into workspace.rate_plan_tiers (workspace_id, plan_id, version, position, tier, unit_price)
            values ('{}', '{id}', {number}, 1, 9, 0)",
            world.a1.id
        )
    };
    for statement in [charge(1), tier(1)] {
        let added = attempt(&mut app, &world.a1, &statement).await;
        assert_eq!(refusal(&added).as_deref(), Some("23000"), "added to a published version: {statement}");
    }
    for statement in [charge(2), tier(2)] {
        assert_eq!(attempt(&mut app, &world.a1, &statement).await.unwrap(), 1, "control: {statement}");
    }
    // A version is not published in one go either, without the check of its charges.
    let whole = format!(
        "insert into workspace.rate_plan_versions (workspace_id, plan_id, version, state, published_at)
        values ('{}', '{id}', 3, 'published', now())",
        world.a1.id
    );
    assert_eq!(refusal(&attempt(&mut app, &world.a1, &whole).await).as_deref(), Some("23000"));
}

#[tokio::test]
async fn currency_and_interval_of_a_rate_plan_never_change() {
    let world = World::new().await;
    let (id, _) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut app = connect(&world.db.app()).await;
    for (column, changes) in [("currency", false), ("\"interval\"", false), ("name", true), ("code", true)] {
        let update = format!("update workspace.rate_plans set {column} = {column} where id = '{id}'");
        let outcome = attempt(&mut app, &world.a1, &update).await;
        if changes {
            assert_eq!(outcome.unwrap(), 1, "control: {column}");
        } else {
            assert_eq!(refusal(&outcome).as_deref(), DENIED, "{column}");
        }
    }
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let other = RatePlanDraft { currency: Currency::JPY, interval: Interval::Year, ..plan_draft("Renamed", "renamed") };
    assert!(rate_plans::update(&mut tx, &can, id, &other).await.unwrap());
    let row = rate_plans::row(&mut tx, id).await.unwrap().unwrap();
    assert_eq!((row.name.as_str(), row.code.as_str()), ("Renamed", "renamed"));
    assert_eq!((row.currency, row.interval), (Currency::EUR, Interval::Month));
    let yen = VersionDraft::empty(Currency::JPY);
    let saved = rate_plans::save_draft(&mut tx, &can, id, 2, 1, &yen).await;
    assert_eq!(constraint(saved).as_deref(), Some("rate_plan_currency"), "a draft has another currency than its plan");
}

#[tokio::test]
async fn a_save_that_is_based_on_an_older_revision_is_refused() {
    let world = World::new().await;
    let (id, prices) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let saved = async |who: &Person, revision, minimum| {
        let mut tx = world.write(who, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        let draft = VersionDraft { minimum_minor: Some(minimum), ..prices.clone() };
        let saved = rate_plans::save_draft(&mut tx, &can, id, 2, revision, &draft).await.unwrap();
        tx.commit().await.unwrap();
        saved
    };
    assert_eq!(saved(&world.ann, 1, 100).await, DraftOutcome::Done(2));
    assert_eq!(saved(&world.bob, 1, 200).await, DraftOutcome::Stale, "bob's save undid ann's");
    let mut tx = world.write(&world.bob, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert_eq!(rate_plans::publish(&mut tx, &can, id, 2, 1).await.unwrap(), DraftOutcome::Stale);
    assert_eq!(rate_plans::discard_draft(&mut tx, &can, id, 2, 1).await.unwrap(), DraftOutcome::Stale);
    let shown = rate_plans::get(&mut tx, id, Some(2)).await.unwrap().unwrap().shown.unwrap();
    assert_eq!((shown.minimum_minor, shown.revision), (Some(100), 2));
    tx.commit().await.unwrap();
    assert_eq!(saved(&world.bob, 2, 200).await, DraftOutcome::Done(3), "control");
}

#[tokio::test]
async fn a_plan_has_at_most_one_draft_which_copies_the_latest_published_version() {
    let world = World::new().await;
    let (id, prices) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let second = rate_plans::new_draft(&mut tx, &can, id).await;
    assert_eq!(constraint(second).as_deref(), Some("rate_plan_one_draft"));
    drop(tx);
    let mut tx = world.read(&world.ann, &world.a1).await;
    let copied = rate_plans::get(&mut tx, id, Some(2)).await.unwrap().unwrap();
    let shown = copied.shown.as_ref().unwrap();
    assert_eq!(shown.state, VersionState::Draft);
    assert_eq!(VersionInput::from(shown).parse(Currency::EUR), Ok(prices), "the copy has other prices");
    assert_eq!((copied.row.version, copied.row.has_draft, copied.draft()), (Some(1), true, Some(2)));
}

#[tokio::test]
async fn a_version_without_a_charge_is_not_published() {
    let world = World::new().await;
    let stock = world.stock(&world.ann, &world.a1, "Alpha").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let id = rate_plans::create(&mut tx, &can, &plan_draft("Team", "team")).await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let published = rate_plans::publish(&mut tx, &can, id, 1, 1).await;
    assert_eq!(constraint(published).as_deref(), Some("rate_plan_version_incomplete"));
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    catalog::publish(&mut tx, &can, id, 1, &version(vec![fee(stock.product, 0)])).await;
}

#[tokio::test]
async fn meters_and_products_of_another_workspace_have_no_charge_here() {
    let world = World::new().await;
    let (id, _) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let beta = world.stock(&world.ola, &world.b1, "Beta").await;
    for (charge, rule) in [
        (per_unit(beta.meter, "0.01"), "rate_plan_charge_meter"),
        (fee(beta.product, 100), "rate_plan_charge_product"),
        (fee(ProductId::from_uuid(Uuid::nil()), 100), "rate_plan_charge_product"),
    ] {
        let mut tx = world.write(&world.ann, &world.a1).await;
        let can = tx.can::<EditContent>().unwrap();
        let saved = rate_plans::save_draft(&mut tx, &can, id, 2, 1, &version(vec![charge])).await;
        assert_eq!(constraint(saved).as_deref(), Some(rule));
    }
}

#[tokio::test]
async fn rate_plans_of_another_workspace_are_as_if_absent() {
    let world = World::new().await;
    let (_, prices) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let (theirs, _) = plan(&world, &world.ola, &world.b1, "Beta").await;
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    for id in [theirs, RatePlanId::from_uuid(Uuid::nil())] {
        assert!(rate_plans::get(&mut tx, id, None).await.unwrap().is_none());
        assert!(rate_plans::prices(&mut tx, id, 1).await.unwrap().is_none());
        assert!(rate_plans::impact(&mut tx, id).await.unwrap().is_none());
        assert!(!rate_plans::update(&mut tx, &can, id, &plan_draft("Taken", "taken")).await.unwrap());
        assert!(!rate_plans::set_status(&mut tx, &can, id, Lifecycle::Archived).await.unwrap());
        assert_eq!(rate_plans::new_draft(&mut tx, &can, id).await.unwrap(), None);
        let saved = rate_plans::save_draft(&mut tx, &can, id, 2, 1, &prices).await.unwrap();
        assert_eq!(saved, DraftOutcome::Absent);
        assert_eq!(rate_plans::publish(&mut tx, &can, id, 2, 1).await.unwrap(), DraftOutcome::Absent);
        assert_eq!(rate_plans::discard_draft(&mut tx, &can, id, 2, 1).await.unwrap(), DraftOutcome::Absent);
    }
    tx.commit().await.unwrap();
    let mut tx = world.read(&world.ola, &world.b1).await;
    assert_eq!(rate_plans::get(&mut tx, theirs, None).await.unwrap().unwrap().row.name, "Team");
}

#[tokio::test]
async fn a_page_shows_a_version_with_its_charges_and_who_published_it() {
    let world = World::new().await;
    let (id, _) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut tx = world.read(&world.carl, &world.a1).await;
    let detail = rate_plans::get(&mut tx, id, None).await.unwrap().unwrap();
    assert_eq!(detail.row.lowest_price.map(|price| price.amount).as_deref(), Some("€20.00"));
    assert_eq!((detail.row.charges, detail.row.customers), (2, 0));
    let numbers: Vec<_> = detail.versions.iter().map(|v| (v.number, v.state, v.published_by.as_deref())).collect();
    assert_eq!(numbers, [(2, VersionState::Draft, None), (1, VersionState::Published, Some("ann"))]);
    let shown = detail.shown.unwrap();
    assert_eq!((shown.number, shown.charges.len()), (1, 2), "the latest published version");
    assert_eq!(shown.charges[1].meter.as_ref().map(|meter| meter.unit.as_str()), Some("call"));
    assert_eq!(shown.charges[1].product, "Alpha product");
    assert!(rate_plans::get(&mut tx, id, Some(3)).await.unwrap().is_none(), "a version that is not there");
    let offered: Vec<_> = rate_plans::offered(&mut tx).await.unwrap().into_iter().map(|row| row.name).collect();
    assert_eq!(offered, ["Alpha plan", "Team"]);
    let mut superuser = world.db.superuser().await;
    let logged = format!("select action from workspace.audit_log where target = '{id}' order by id");
    assert_eq!(texts(&mut superuser, &logged).await, ["rate_plan_created", "rate_plan_version_published"]);
}

#[tokio::test]
async fn the_impact_of_other_prices_counts_the_last_whole_period_of_each_subscription() {
    let world = World::new().await;
    let (id, _) = plan(&world, &world.ann, &world.a1, "Alpha").await;
    let mut superuser = world.db.superuser().await;
    // One customer is on version 1 for a year, and used 1,500 calls in each of the last two periods.
    let facts = format!(
        "with c as (
            select workspace_id, id from workspace.customers where workspace_id = '{0}' and name = 'Alpha first'),
        s as (
            insert into workspace.subscriptions (workspace_id, id, customer_id, currency, anchor_on, starts_on, bills_from)
            select workspace_id, gen_random_uuid(), id, 'EUR', date_trunc('month', now())::date - 365,
                date_trunc('month', now())::date - 365, date_trunc('month', now())::date - 365 from c returning *)
        insert into workspace.subscription_phases (workspace_id, subscription_id, from_on, customer_id, plan_id, version)
        select workspace_id, id, starts_on, customer_id, '{1}', 1 from s",
        world.a1.id, id
    );
    execute(&mut superuser, "alter table workspace.subscription_phases disable trigger user").await.unwrap();
    execute(&mut superuser, "alter table workspace.subscriptions disable trigger user").await.unwrap();
    execute(&mut superuser, &facts).await.unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let uses = rate_plans::impact(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(uses.len(), 1);
    let period = uses[0].period;
    drop(tx);
    let usage = format!(
        "insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
        select m.workspace_id, m.id, c.id, d.day, gen_random_uuid(), 1, 750, 750
        from workspace.meters m join workspace.customers c on c.workspace_id = m.workspace_id and c.name = 'Alpha first',
            unnest(array['{0}'::date - 1, '{0}', '{1}'::date - 1, '{1}']) as d (day)
        where m.workspace_id = '{2}' and m.code = 'metered'",
        period.from, period.until, world.a1.id
    );
    execute(&mut superuser, &usage).await.unwrap();
    let mut tx = world.read(&world.ann, &world.a1).await;
    let uses = rate_plans::impact(&mut tx, id).await.unwrap().unwrap();
    assert_eq!(uses[0].used.iter().map(|(_, quantity)| quantity.to_string()).collect::<Vec<_>>(), ["1500"]);
    let before = rate_plans::prices(&mut tx, id, 1).await.unwrap().unwrap();
    let impact = preview::impact(&before, &before, &uses).unwrap();
    // 20.00 + 1,000 at 0.01 + 500 at 0.005
    assert_eq!((impact.before.minor, impact.after.minor, impact.moves.len()), (3_250, 3_250, 0));
}
