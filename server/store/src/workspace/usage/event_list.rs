//! Events: list and detail.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
    workspace::listing::{Key as _, cursor, known},
    zone::Zone,
};
use model::{
    id::{CustomerId, EventKey, MeterId, ProductId},
    list::{Cursor, PAGE_ROWS_MAX, Position},
    meter::Aggregation,
    pricing::Quantity,
    usage::{Counted, EventDetail, EventPage, EventQuery, EventRow, amount},
};
use sqlx::types::Uuid;
use time::OffsetDateTime;

/// Number of events per page of the console.
const CONSOLE_ROWS: usize = 50;

struct Row {
    key: Uuid,
    source: String,
    event_id: String,
    kind: String,
    customer_id: Uuid,
    customer: String,
    occurred_at: OffsetDateTime,
    received_at: OffsetDateTime,
}

impl Row {
    fn local(self, zone: &Zone) -> EventRow {
        EventRow {
            key: EventKey::from_uuid(self.key),
            source: self.source,
            id: self.event_id,
            kind: self.kind,
            customer_id: CustomerId::from_uuid(self.customer_id),
            customer: self.customer,
            occurred_at: zone.local(self.occurred_at),
            received_at: zone.local(self.received_at),
        }
    }

    fn cursor(&self) -> Cursor {
        cursor(&self.received_at, self.key)
    }
}

/// Reads events in one direction from a time and key on. `$8` is the number of rows.
macro_rules! rows {
    ($tx:expr, $query:expr, $start:expr, $most:expr, $order:literal) => {{
        let workspace = $tx.id().uuid();
        let (at, key) = $start;
        sqlx::query_as!(
            Row,
            r#"select e.key, e.source, e.event_id, e.type as "kind!", e.customer_id, coalesce(c.name, '') as "customer!",
                e.occurred_at, e.received_at
            from workspace.events e
            left join workspace.customers c on c.workspace_id = e.workspace_id and c.id = e.customer_id
            where e.workspace_id = $1 and ($2::uuid is null or e.customer_id = $2) and ($3 = '' or e.type = $3)
                and ($4 = '' or e.source = $4) and ($5 = '' or starts_with(e.event_id, $5))
                and (e.received_at, e.key) "# + $order,
            workspace,
            $query.customer.map(CustomerId::uuid),
            $query.kind,
            $query.source,
            $query.id,
            at,
            key,
            $most,
        )
        .fetch_all($tx.reading())
        .await?
    }};
}

/// Returns a page of 50 events, as [`events_of_rows`].
///
/// # Errors
/// As [`events_of_rows`].
#[tracing::instrument(level = "debug", name = "store.usage.events", skip_all)]
pub async fn events<M: Mode>(tx: &mut WorkspaceTx<M>, query: &EventQuery) -> Result<EventPage, StoreError> {
    events_of_rows(tx, query, CONSOLE_ROWS).await
}

/// Returns a page of at most `count` events, those that were received last first. `count` is at least 1 and at most
/// [`PAGE_ROWS_MAX`]; other numbers are brought into that range. A cursor that can't be read is ignored.
///
/// # Errors
/// [`StoreError::Busy`] if the list is filtered and too many costly statements are waiting, [`StoreError::Database`] if
/// a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.events_of_rows", skip_all)]
pub async fn events_of_rows<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    query: &EventQuery,
    count: usize,
) -> Result<EventPage, StoreError> {
    let count = count.clamp(1, PAGE_ROWS_MAX);
    // A type, a source or an id may be in none of the events, and each of them is looked at.
    if query.is_narrowed() {
        tx.costly().await?;
    }
    let zone = tx.zone();
    let start = |cursor: &Cursor| Some((OffsetDateTime::read(&cursor.key)?, cursor.id));
    let newest = (OffsetDateTime::last(), Uuid::max());
    let most = i64::try_from(count + 1).unwrap_or(i64::MAX);
    let after = match &query.position {
        Position::After(cursor) => start(cursor),
        _ => None,
    };
    let before = match &query.position {
        Position::Before(cursor) => start(cursor),
        _ => None,
    };
    let mut is_first = after.is_none();
    let mut more = false;
    let mut rows = Vec::new();
    if let Some(start) = before {
        rows = rows!(tx, query, start, most, "> ($6, $7) order by e.received_at, e.key limit $8");
        // With less than a page, the newest page is read instead, so that it is full.
        is_first = rows.len() <= count;
        more = true;
        rows.truncate(count);
        rows.reverse();
    }
    if before.is_none() || is_first {
        rows = rows!(
            tx,
            query,
            after.unwrap_or(newest),
            most,
            "< ($6, $7) order by e.received_at desc, e.key desc limit $8"
        );
        more = rows.len() > count;
        rows.truncate(count);
    }
    let newer = rows.first().filter(|_| !is_first).map(Row::cursor);
    let older = rows.last().filter(|_| more).map(Row::cursor);
    let customer = match query.customer {
        Some(id) => {
            let workspace = tx.id().uuid();
            sqlx::query_scalar!(
                "select name from workspace.customers where workspace_id = $1 and id = $2",
                workspace,
                id.uuid(),
            )
            .fetch_optional(tx.reading())
            .await?
        }
        None => None,
    };
    Ok(EventPage {
        query: query.clone(),
        customer,
        time_zone: zone.name().to_owned(),
        rows: rows.into_iter().map(|row| row.local(&zone)).collect(),
        newer,
        older,
    })
}

/// Returns the latest events of a customer, at most 10.
pub(super) async fn latest<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    customer: CustomerId,
) -> Result<Vec<EventRow>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let rows = sqlx::query_as!(
        Row,
        r#"select e.key, e.source, e.event_id, e.type as "kind!", e.customer_id, coalesce(c.name, '') as "customer!",
            e.occurred_at, e.received_at
        from workspace.events e
        left join workspace.customers c on c.workspace_id = e.workspace_id and c.id = e.customer_id
        where e.workspace_id = $1 and e.customer_id = $2 order by e.occurred_at desc limit 10"#,
        workspace,
        customer.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    Ok(rows.into_iter().map(|row| row.local(&zone)).collect())
}

/// Returns an event; `None` if the workspace has none with that key, or not for this person.
///
/// # Errors
/// [`StoreError::Database`] if a query fails.
#[tracing::instrument(level = "debug", name = "store.usage.event", skip_all)]
pub async fn event<M: Mode>(tx: &mut WorkspaceTx<M>, key: EventKey) -> Result<Option<EventDetail>, StoreError> {
    let (workspace, zone) = (tx.id().uuid(), tx.zone());
    let found = sqlx::query!(
        r#"select e.key, e.source, e.event_id, e.type as "kind!", e.customer_id, coalesce(c.name, '') as "customer!",
            e.occurred_at, e.received_at, e.subject, e.day, e.origin, jsonb_pretty(e.data) as "data?"
        from workspace.events e
        left join workspace.customers c on c.workspace_id = e.workspace_id and c.id = e.customer_id
        where e.workspace_id = $1 and e.key = $2"#,
        workspace,
        key.uuid(),
    )
    .fetch_optional(tx.reading())
    .await?;
    let Some(found) = found else { return Ok(None) };
    // The rule of `workspace.meters`: the type, the day, and each property of the filter as text. A meter that was
    // archived before the event was received did not count it.
    let meters = sqlx::query!(
        r#"select m.id, m.name, m.product_id, coalesce(p.name, '') as "product!", m.unit, m.aggregation,
            coalesce(e.data ->> m.property, '') as "value!"
        from workspace.events e
        join workspace.meters m on m.workspace_id = e.workspace_id and m.event_type = e.type and m.counts_from <= e.day
            and (m.status = 'active' or m.updated_at > e.received_at)
        left join workspace.products p on p.workspace_id = m.workspace_id and p.id = m.product_id
        where e.workspace_id = $1 and e.key = $2 and e.data is not null and not exists (
            select from jsonb_each_text(m.filter) f where e.data ->> f.key is distinct from f.value)
        order by m.name_key, m.id"#,
        workspace,
        key.uuid(),
    )
    .fetch_all(tx.reading())
    .await?;
    let mut counted = Vec::with_capacity(meters.len());
    for meter in meters {
        let value = match known("aggregation", &meter.aggregation, Aggregation::from_word(&meter.aggregation))? {
            Aggregation::Count => Quantity::parse("1").map(|one| amount(one, &meter.unit)).unwrap_or_default(),
            Aggregation::Unique => meter.value,
            Aggregation::Sum | Aggregation::Max => match Quantity::parse(&meter.value) {
                Ok(quantity) => amount(quantity, &meter.unit),
                Err(_) => meter.value,
            },
        };
        counted.push(Counted {
            meter_id: MeterId::from_uuid(meter.id),
            meter: meter.name,
            product_id: ProductId::from_uuid(meter.product_id),
            product: meter.product,
            value,
        });
    }
    let row = Row {
        key: found.key,
        source: found.source,
        event_id: found.event_id,
        kind: found.kind,
        customer_id: found.customer_id,
        customer: found.customer,
        occurred_at: found.occurred_at,
        received_at: found.received_at,
    };
    Ok(Some(EventDetail {
        row: row.local(&zone),
        subject: found.subject,
        day: found.day,
        origin: found.origin,
        data: found.data,
        counted,
    }))
}
