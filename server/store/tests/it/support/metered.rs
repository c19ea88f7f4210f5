//! Meters and usage, inserted with SQL, without the functions of the store.

use super::{Place, execute};
use model::id::{CustomerId, ProductId};
use sqlx::{PgConnection, types::Uuid};

/// Inserts a meter of the events of type `kind` and returns its id. `aggregation` is `count`, or another one, which takes
/// the property `value`.
pub(crate) async fn meter(
    superuser: &mut PgConnection,
    place: &Place,
    product: ProductId,
    (code, kind, aggregation, unit): (&str, &str, &str, &str),
) -> Uuid {
    let id = Uuid::now_v7();
    let property = if aggregation == "count" { "null" } else { "'value'" };
    let fact = format!(
        "insert into workspace.meters (workspace_id, id, product_id, name, code, event_type, aggregation, property, unit, counts_from)
        values ('{}', '{id}', '{product}', 'Meter {code}', '{code}', '{kind}', '{aggregation}', {property}, '{unit}', '2020-01-01')",
        place.id
    );
    execute(superuser, &fact).await.unwrap();
    id
}

/// Inserts an event of a customer and counts it by each meter of its type, as the ingestion does: in parts of its own.
/// `at` is an SQL expression of the time, and `value` a number.
pub(crate) async fn event(
    superuser: &mut PgConnection,
    place: &Place,
    customer: CustomerId,
    (id, kind): (&str, &str),
    at: &str,
    value: &str,
) {
    let workspace = place.id;
    let fact = format!(
        "with fresh as (
            insert into workspace.events (workspace_id, key, source, event_id, type, subject, customer_id, occurred_at, day, data,
                fingerprint, origin)
            select w.id, gen_random_uuid(), 'tests', '{id}', '{kind}', '{customer}', '{customer}', {at},
                ({at} at time zone w.time_zone)::date, jsonb_build_object('value', {value}), 0, 'api'
            from account.workspaces w where w.id = '{workspace}' returning *),
        measured as (
            select f.*, m.id as meter_id, m.aggregation, case m.aggregation when 'count' then 1 when 'unique' then 0 else {value} end as quantity
            from fresh f join workspace.meters m on m.workspace_id = f.workspace_id and m.event_type = f.type),
        days as (
            insert into workspace.usage_days (workspace_id, meter_id, customer_id, day, part, events, quantity, peak)
            select workspace_id, meter_id, customer_id, day, gen_random_uuid(), 1, quantity, quantity from measured),
        uniques as (
            insert into workspace.usage_uniques (workspace_id, meter_id, customer_id, day, value)
            select workspace_id, meter_id, customer_id, day, md5({value}::text)::uuid from measured where aggregation = 'unique'
            on conflict do nothing)
        insert into workspace.usage_totals (workspace_id, meter_id, day, part, events, quantity, peak)
        select workspace_id, meter_id, day, gen_random_uuid(), 1, quantity, quantity from measured"
    );
    execute(superuser, &fact).await.unwrap();
}

/// Inserts a refused event, and the counts of a day.
pub(crate) async fn refusal_of(superuser: &mut PgConnection, place: &Place, code: &str, subject: &str) {
    let fact = format!(
        "with refused as (
            insert into workspace.refusals (workspace_id, id, code, source, event_id, type, subject, excerpt)
            values ('{0}', gen_random_uuid(), '{code}', 'tests', 'refused', 'calls', '{subject}', '{{}}'))
        insert into workspace.event_days (workspace_id, day, part, accepted, duplicate, late, refused, bytes)
        select w.id, (now() at time zone w.time_zone)::date, gen_random_uuid(), 2, 1, 0, 1, 99
        from account.workspaces w where w.id = '{0}'",
        place.id
    );
    execute(superuser, &fact).await.unwrap();
}
