//! `GET /api/v1/workspaces/{slug}/events`: stored events, and `/events/{key}`: one of them.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::Tagged,
    usage::{UsageCustomer, ZonedWorkspace, pairs},
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{Path, RawQuery, State},
    response::Response,
};
use model::{
    id::{CustomerId, EventKey},
    list::{Cursor, PAGE_ROWS, PAGE_ROWS_MAX},
    moment::timestamp,
    usage::{Counted, EventDetail, EventQuery, EventRow, day},
};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// One page of events, those that were received last first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Events {
    workspace: ZonedWorkspace,
    /// At most `limit`.
    items: Vec<EventItem>,
    /// Cursor of the next page, sent as `after`; null on the last page.
    next: Option<String>,
    /// Cursor of the previous page, sent as `before`; null on the first page.
    previous: Option<String>,
}

/// A stored event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventItem {
    /// Key of the event in the workspace.
    key: Uuid,
    #[schema(example = "https://api.example")]
    source: String,
    /// Unique for its source.
    #[schema(example = "019add2e-0000-7000-8000-000000000000")]
    id: String,
    #[serde(rename = "type")]
    #[schema(example = "api.request")]
    kind: String,
    customer: UsageCustomer,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    time: String,
    /// When it was stored.
    #[schema(example = "2026-03-12T14:05:10+01:00")]
    received_at: String,
}

impl From<EventRow> for EventItem {
    fn from(row: EventRow) -> Self {
        Self {
            key: row.key.uuid(),
            source: row.source,
            id: row.id,
            kind: row.kind,
            customer: UsageCustomer { id: row.customer_id.uuid(), name: row.customer },
            time: timestamp(*row.occurred_at),
            received_at: timestamp(*row.received_at),
        }
    }
}

/// A stored event with its data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventResource {
    /// Fields shared with the list.
    event: EventItem,
    /// The customer's subject or id, as sent.
    subject: String,
    /// Day to which the event counts, in the workspace's time zone.
    #[schema(example = "2026-03-12")]
    day: String,
    /// `api`, `import` or `console`.
    #[schema(example = "api")]
    origin: String,
    /// Data as sent; null after its retention.
    #[schema(value_type = Option<Object>, example = json!({ "tokens": 1204 }))]
    data: Option<Box<RawValue>>,
    /// Meters that count the event. Empty for guests.
    counted_by: Vec<CountedItem>,
}

/// A meter that counts an event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedItem {
    meter_id: Uuid,
    #[schema(example = "Prompt tokens")]
    meter: String,
    /// What it takes from the event, for people.
    #[schema(example = "1,204 tokens")]
    value: String,
}

impl From<Counted> for CountedItem {
    fn from(counted: Counted) -> Self {
        Self { meter_id: counted.meter_id.uuid(), meter: counted.meter, value: counted.value }
    }
}

impl From<EventDetail> for EventResource {
    fn from(detail: EventDetail) -> Self {
        Self {
            event: detail.row.into(),
            subject: detail.subject,
            day: day(detail.day),
            origin: detail.origin,
            data: detail.data.and_then(|data| RawValue::from_string(data).ok()),
            counted_by: detail.counted.into_iter().map(CountedItem::from).collect(),
        }
    }
}

/// Query parameters of the events. Used only for the OpenAPI description; [`query`] parses the parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct EventsQuery {
    /// Beginning of the id.
    id: Option<String>,
    /// Id of a customer.
    customer: Option<Uuid>,
    /// The type.
    #[param(rename = "type")]
    kind: Option<String>,
    /// The source.
    source: Option<String>,
    /// Maximum number of items of the page.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// Returns the page after this cursor: `next` of an earlier response.
    after: Option<String>,
    /// Returns the page before this cursor: `previous` of an earlier response.
    before: Option<String>,
}

/// Parses the query parameters, and returns the query and the number of events per page. Unknown parameters are ignored,
/// and invalid ones are errors: a client that misspells a filter must not get the unfiltered list. `count` is an error,
/// because a client that asks for it relies on `total`.
fn query(raw: &str) -> Result<(EventQuery, usize), ApiError> {
    let bad = |name, allowed: &str| ApiError::Parameter { name, allowed: allowed.to_owned() };
    let pairs = pairs(raw)?;
    let mut rows = PAGE_ROWS;
    for (name, value) in &pairs {
        match name.as_str() {
            "customer" if value.parse::<CustomerId>().is_err() => return Err(bad("customer", "the id of a customer")),
            "after" if Cursor::parse(value).is_none() => return Err(bad("after", "`next` of an earlier response")),
            "before" if Cursor::parse(value).is_none() => {
                return Err(bad("before", "`previous` of an earlier response"));
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=PAGE_ROWS_MAX).contains(limit));
                rows = limit.ok_or_else(|| bad("limit", &format!("a number from 1 to {PAGE_ROWS_MAX}")))?;
            }
            "count" => return Err(bad("count", "omitted, because events are not counted")),
            _ => {}
        }
    }
    let given = |wanted: &str| pairs.iter().any(|(name, _)| name == wanted);
    if given("after") && given("before") {
        return Err(bad("before", "omitted with `after`"));
    }
    let query = EventQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    Ok((query, rows))
}

/// Lists one page of events, those that were received last first.
///
/// Events are not counted: `count` is not allowed. A guest gets the events of the customers that were shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/events",
    operation_id = "listEvents",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it"), EventsQuery),
    responses((status = 200, description = "The page", body = Events)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (query, rows) = query(raw.as_deref().unwrap_or_default())?;
    let page = store::usage::events_of_rows(&mut tx, &query, rows).await?;
    let workspace = ZonedWorkspace::of(&tx);
    let tenant = tx.commit().await?;
    let body = Events {
        workspace,
        items: page.rows.into_iter().map(EventItem::from).collect(),
        next: page.older.map(|cursor| cursor.to_string()),
        previous: page.newer.map(|cursor| cursor.to_string()),
    };
    Ok(served(&tenant, Json(body)))
}

/// Returns an event with its data.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/events/{key}",
    operation_id = "getEvent",
    params(
        ("slug" = String, Path, description = "The workspace's address", example = "smartai-it"),
        ("key" = Uuid, Path, description = "The event's key"),
    ),
    responses((status = 200, description = "The event", body = EventResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, key)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let key: EventKey = key.parse().map_err(|_| ApiError::NotFound)?;
    let event = store::usage::event(&mut tx, key).await?.ok_or(ApiError::NotFound)?;
    let tenant = tx.commit().await?;
    Ok(served(&tenant, Tagged(EventResource::from(event))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_query_parameters_are_rejected() {
        for raw in [
            "customer=acme",
            "after=x",
            "before=1",
            "limit=0",
            "limit=101",
            "limit=all",
            "count=exact",
            "after=018f4d9e000070008000000000000000.1&before=018f4d9e000070008000000000000000.1",
        ] {
            assert!(matches!(query(raw), Err(ApiError::Parameter { .. })), "{raw}");
        }
        let (asked, rows) = query("id=ev_&type=api.request&source=a%20b&utm=1").expect("a query");
        assert_eq!(rows, PAGE_ROWS);
        assert_eq!(query("limit=100").expect("a query").1, PAGE_ROWS_MAX);
        assert_eq!((asked.id.as_str(), asked.kind.as_str(), asked.source.as_str()), ("ev_", "api.request", "a b"));
    }
}
