//! Writes and references to another workspace.

use super::{
    context::{attempt, context_of, count},
    tables::{Table, contents},
};
use crate::support::{DENIED, Place, World, connect, draft, execute, refusal, started};
use model::capability::EditContent;
use sqlx::Connection;
use store::{Written, customers, rate_plans, subscriptions};

#[tokio::test]
async fn nothing_is_written_into_another_workspace() {
    let world = World::new().await;
    let [_, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    let mut app = connect(&world.db.app()).await;
    let tables = Table::all(&mut superuser).await;
    let before = contents(&mut superuser, &tables).await;
    let (in_a, b) = (context_of(&world.ann, &world.a1), world.b1.id);
    for table in tables.iter().filter(|t| t.in_workspace) {
        let name = &table.name;
        let copy = table.copy(&mut superuser, &world.ola, &world.b1).await;
        for statement in
            [copy.clone(), format!("{copy} on conflict do nothing"), format!("update {name} set workspace_id = '{b}'")]
        {
            let refused = refusal(&attempt(&mut app, &in_a, &statement).await);
            assert_eq!(refused.as_deref(), DENIED, "{name} was written to in B from A by: {statement}");
        }
        for statement in [
            format!("update {name} set workspace_id = workspace_id where workspace_id = '{b}'"),
            format!("delete from {name} where workspace_id = '{b}'"),
        ] {
            let outcome = attempt(&mut app, &in_a, &statement).await;
            assert!(
                refusal(&outcome).as_deref() == DENIED || outcome.unwrap() == 0,
                "B was written to from A by: {statement}"
            );
        }
    }
    // Statement forms in which a missing condition is easily overlooked.
    let (customer, own) =
        (beta.customers[0], "insert into workspace.customers (workspace_id, id, name, email, country)");
    for statement in [
        format!("{own} values ('{b}', gen_random_uuid(), 'Planted', 'x@x.example', 'DE') returning name"),
        format!("{own} values ('{b}', '{customer}', 'Planted', 'x@x.example', 'DE') on conflict (workspace_id, id) do update set name = 'Planted'"),
        format!("with moved as (update workspace.customers set workspace_id = '{b}' returning *) select * from moved"),
        format!("{own} select '{b}', gen_random_uuid(), name, email, country from workspace.customers"),
        format!("merge into workspace.customers c using (select 1) s on c.id = '{customer}'
            when not matched then insert (workspace_id, id, name, email, country) values ('{b}', '{customer}', 'Planted', 'x@x.example', 'DE')"),
    ] {
        let refused = refusal(&attempt(&mut app, &in_a, &statement).await);
        assert_eq!(refused.as_deref(), DENIED, "B was written to from A by: {statement}");
    }
    for query in [
        format!("select from workspace.customers where workspace_id = '{b}'"),
        format!("select from workspace.customers where id = '{customer}'"),
        "select from workspace.customers where name like 'Beta%' or true and name like 'Beta%'".to_owned(),
        format!(
            "select from (values ('{b}'::uuid)) w (id), lateral (select * from workspace.customers c where c.workspace_id = w.id) c"
        ),
        format!(
            "select from workspace.invoices i right join (select '{b}'::uuid as id) w on i.workspace_id = w.id where i.id is not null"
        ),
        format!("select from workspace.usage_days where customer_id = any(array['{customer}'::uuid])"),
        format!(
            "with recursive r as (select id from workspace.customers where workspace_id = '{b}' union select id from r) select from r"
        ),
    ] {
        assert_eq!(count(&mut app, &in_a, &query).await, 0, "A reads B by: {query}");
    }
    assert_eq!(contents(&mut superuser, &tables).await, before, "something was written");

    // COPY TO is subject to the policies, and COPY FROM is rejected.
    let mut tx = app.begin().await.unwrap();
    for (name, value) in &in_a {
        sqlx::query("select set_config($1, $2, true)").bind(name).bind(value).execute(&mut *tx).await.unwrap();
    }
    let mut copied = String::new();
    let mut out = tx.copy_out_raw("copy workspace.customers (name) to stdout").await.unwrap();
    while let Some(chunk) = std::future::poll_fn(|context| out.as_mut().poll_next(context)).await {
        copied.push_str(&String::from_utf8_lossy(&chunk.unwrap()));
    }
    drop(out);
    assert_eq!(copied, "Alpha first\nAlpha second\n", "COPY shows A more than A");
    assert!(
        tx.copy_in_raw("copy workspace.customers (name) from stdin").await.is_err(),
        "COPY goes round the policies"
    );
}

#[tokio::test]
async fn no_foreign_key_references_another_workspace() {
    let world = World::new().await;
    let [alpha, beta] = world.furnish().await;
    let mut superuser = world.db.superuser().await;
    // As superuser, who is not subject to policies: the rejection comes from the foreign key.
    let links: Vec<(String, String, String, String)> = sqlx::query_as(
        "select k.conname::text, k.conrelid::regclass::text, quote_ident(a.attname), k.confrelid::regclass::text
        from pg_constraint k join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'workspace'
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[2]
        where k.contype = 'f' and cardinality(k.conkey) = 2",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert!(links.len() >= 6, "the catalogue knows of {} references between tables of a workspace", links.len());
    for (name, table, column, target) in links {
        // Their triggers would refuse the change before the foreign key does.
        execute(&mut superuser, &format!("alter table {table} disable trigger user")).await.unwrap();
        let link = |place: &Place| {
            format!(
                "update {table} set {column} = (select id from {target} where workspace_id = '{}' limit 1)
                where ctid = (select ctid from {table} where workspace_id = '{}' and {column} is not null limit 1)",
                place.id, world.a1.id
            )
        };
        let crossed = refusal(&execute(&mut superuser, &link(&world.b1)).await);
        assert_eq!(crossed.as_deref(), Some("23503"), "{name}: {table} of A can point at {target} of B");
        let linked = execute(&mut superuser, &link(&world.a1)).await;
        assert!(linked.unwrap() > 0, "{name}: {table} of A can't point at {target} of A");
    }

    // The store also rejects an id from another workspace.
    let starts_on = time::macros::date!(2026 - 09 - 01);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let of_b = subscriptions::create(&mut tx, &can, beta.customers[0], &started(alpha.plan, starts_on)).await.unwrap();
    assert_eq!(of_b, Written::Absent, "a customer of B got a subscription in A");
    let on_b = subscriptions::create(&mut tx, &can, alpha.customers[0], &started(beta.plan, starts_on)).await.unwrap();
    assert!(matches!(on_b, Written::Invalid(_)), "a customer of A was put on a rate plan of B");
    drop(tx);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    assert!(
        !customers::update(&mut tx, &can, beta.customers[0], &draft("Taken")).await.unwrap(),
        "a customer of B was changed from A"
    );
    assert!(customers::get(&mut tx, beta.customers[0]).await.unwrap().is_none(), "a customer of B was read from A");
    assert!(rate_plans::get(&mut tx, beta.plan, None).await.unwrap().is_none(), "a rate plan of B was read from A");
    assert!(customers::get(&mut tx, alpha.customers[0]).await.unwrap().is_some());
}
