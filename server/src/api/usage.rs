//! `GET /api/v1/workspaces/{slug}/usage`: what the meters counted, and `/usage/health`: the state of the ingestion.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::Tagged,
    events::refusal_code,
};
use crate::state::AppState;
use axum::{
    Json,
    extract::{RawQuery, State},
    response::Response,
};
use model::{
    Capability,
    moment::{Moment, timestamp},
    usage::{Days, Health, MAX_DAYS, day, parse_day},
};
use serde::Serialize;
use store::{
    door::{Read, WorkspaceTx},
    usage::{LINES_MAX, Line, Lines},
};
use time::Date;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The workspace that served the usage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ZonedWorkspace {
    id: Uuid,
    #[schema(example = "smartai-it")]
    slug: String,
    /// Time zone of its days.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
}

impl ZonedWorkspace {
    pub(super) fn of(tx: &WorkspaceTx<Read>) -> Self {
        let workspace = &tx.tenant().workspace;
        Self { id: workspace.id.uuid(), slug: workspace.slug.to_string(), time_zone: tx.zone().name().to_owned() }
    }
}

/// Usage of the meters on some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Usage {
    workspace: ZonedWorkspace,
    /// First day, in the workspace's time zone.
    #[schema(example = "2026-03-01")]
    from: String,
    /// First day after the usage.
    #[schema(example = "2026-04-01")]
    until: String,
    /// What the usage is split by.
    #[schema(example = json!(["day", "meter"]))]
    group_by: Vec<&'static str>,
    /// By day, meter and customer.
    items: Vec<UsageItem>,
}

/// Usage of one meter, split as asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageItem {
    /// The day, if the usage is split by day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-03-12")]
    day: Option<String>,
    meter: UsageMeter,
    /// The customer, if the usage is split by customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<UsageCustomer>,
    /// A decimal number: the sum, the highest value, or the number of distinct values, by the meter's aggregation. For a
    /// guest, the number of events.
    #[schema(example = "18059974")]
    quantity: String,
    /// Number of events that the meter counted.
    #[schema(example = 8819)]
    events: i64,
}

/// The meter of some usage. A guest gets its id only.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageMeter {
    id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prompt_tokens")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Prompt tokens")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "token")]
    unit: Option<String>,
    /// `count`, `sum`, `max` or `unique`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sum")]
    aggregation: Option<&'static str>,
}

/// The customer of some usage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageCustomer {
    pub(super) id: Uuid,
    #[schema(example = "Alder & Finch")]
    pub(super) name: String,
}

impl From<Line> for UsageItem {
    fn from(line: Line) -> Self {
        let (code, name, unit, aggregation) = match line.meter.known {
            Some((code, name, unit, aggregation)) => (Some(code), Some(name), Some(unit), Some(aggregation.as_str())),
            None => (None, None, None, None),
        };
        Self {
            day: line.day.map(day),
            meter: UsageMeter { id: line.meter.id.uuid(), code, name, unit, aggregation },
            customer: line.customer.map(|(id, name)| UsageCustomer { id: id.uuid(), name }),
            quantity: line.quantity.to_string(),
            events: line.events,
        }
    }
}

/// Query parameters of the usage. Used only for the OpenAPI description; [`Asked::parse`] parses the parameters.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct UsageQuery {
    /// First day, in the workspace's time zone. Default: 30 days before `until`.
    #[param(example = "2026-03-01")]
    from: Option<String>,
    /// First day after the usage, at most 366 days after `from`. Default: tomorrow.
    #[param(example = "2026-04-01")]
    until: Option<String>,
    /// What to split the usage by: `day`, `meter` and `customer`, separated by commas. It is always split by meter,
    /// because meters have different units.
    #[param(example = "day,meter")]
    group_by: Option<String>,
}

/// Parsed query parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    days: Days,
    by_day: bool,
    by_customer: bool,
}

impl Asked {
    fn parse(raw: &str, today: Date) -> Result<Self, ApiError> {
        let bad = |name, allowed: &str| ApiError::Parameter { name, allowed: allowed.to_owned() };
        let pairs = pairs(raw)?;
        let default = Days::last(30, today);
        let (mut from, mut until) = (None, default.until);
        let (mut by_day, mut by_customer) = (false, false);
        for (name, value) in &pairs {
            match name.as_str() {
                "from" => from = Some(parse_day(value).ok_or_else(|| bad("from", "a day such as 2026-03-01"))?),
                "until" => until = parse_day(value).ok_or_else(|| bad("until", "a day such as 2026-04-01"))?,
                "group_by" => {
                    for word in value.split(',') {
                        match word {
                            "day" => by_day = true,
                            "meter" => {}
                            "customer" => by_customer = true,
                            _ => return Err(bad("group_by", "day, meter or customer, or several separated by commas")),
                        }
                    }
                }
                _ => {}
            }
        }
        let from = match from {
            Some(from) => from,
            None => Days::last(30, until.previous_day().unwrap_or(until)).from,
        };
        let allowed = format!("1 to {MAX_DAYS} days after `from`");
        let days = Days::new(from, until).ok_or(ApiError::Parameter { name: "until", allowed })?;
        Ok(Self { days, by_day, by_customer })
    }

    fn group_by(self) -> Vec<&'static str> {
        let words = [("day", self.by_day), ("meter", true), ("customer", self.by_customer)];
        words.into_iter().filter(|(_, asked)| *asked).map(|(word, _)| word).collect()
    }
}

/// Parses a query string.
pub(super) fn pairs(raw: &str) -> Result<Vec<(String, String)>, ApiError> {
    let bad = |_| ApiError::Parameter { name: "query", allowed: "URL-encoded UTF-8".to_owned() };
    serde_urlencoded::from_str(raw).map_err(bad)
}

/// Returns what the meters counted.
///
/// Days are those of the workspace's time zone, which the response names. Quantities of different meters are not added
/// up, because their units differ. There are at most 10,000 items. A guest gets the usage of the customers that were
/// shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/usage",
    operation_id = "getUsage",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it"), UsageQuery),
    responses((status = 200, description = "The usage", body = Usage)),
    security(("operator_token" = []))
)]
pub(super) async fn usage(
    State(state): State<AppState>,
    asked: Addressed,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let parsed = Asked::parse(raw.as_deref().unwrap_or_default(), tx.today())?;
    let Asked { days, by_day, by_customer } = parsed;
    let lines = match store::usage::lines(&mut tx, days, by_day, by_customer).await? {
        Lines::All(lines) => lines,
        Lines::TooMany => {
            let allowed = format!("such that there are at most {LINES_MAX} items; ask for fewer days");
            return Err(ApiError::Parameter { name: "group_by", allowed });
        }
    };
    let workspace = ZonedWorkspace::of(&tx);
    let tenant = tx.commit().await?;
    let body = Usage {
        workspace,
        from: day(days.from),
        until: day(days.until),
        group_by: parsed.group_by(),
        items: lines.into_iter().map(UsageItem::from).collect(),
    };
    Ok(served(&tenant, Json(body)))
}

/// State of the ingestion of events.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsageHealth {
    workspace: ZonedWorkspace,
    /// RFC 3339 timestamp in the workspace's time zone; null if there is no event.
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    last_event_at: Option<String>,
    today: HealthCounts,
    /// Last refused events, at most 20, the newest first.
    refusals: Vec<RefusalItem>,
    /// Subjects of refused events that mean no customer, at most 20.
    unknown_subjects: Vec<UnknownItem>,
}

/// Number of events of the current day in the workspace's time zone.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthCounts {
    accepted: i64,
    duplicate: i64,
    /// Number of the accepted events that count to an earlier day.
    late: i64,
    refused: i64,
}

/// A refused event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusalItem {
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    at: String,
    #[schema(schema_with = refusal_code)]
    code: String,
    source: String,
    id: String,
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    /// The beginning of the event.
    excerpt: String,
}

/// A subject that means no customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnknownItem {
    subject: String,
    /// Number of kept refusals.
    events: i64,
    #[schema(example = "2026-03-12T14:05:09+01:00")]
    last_at: String,
}

fn health_of(workspace: ZonedWorkspace, health: Health) -> UsageHealth {
    let at = |moment: Moment| timestamp(*moment);
    UsageHealth {
        workspace,
        last_event_at: health.last_event.map(at),
        today: HealthCounts {
            accepted: health.accepted,
            duplicate: health.duplicate,
            late: health.late,
            refused: health.refused,
        },
        refusals: health
            .refusals
            .into_iter()
            .map(|refused| RefusalItem {
                at: at(refused.at),
                code: refused.code,
                source: refused.source,
                id: refused.id,
                kind: refused.kind,
                subject: refused.subject,
                excerpt: refused.text,
            })
            .collect(),
        unknown_subjects: health
            .unknown
            .into_iter()
            .map(|unknown| UnknownItem { subject: unknown.subject, events: unknown.events, last_at: at(unknown.last) })
            .collect(),
    }
}

/// Returns the state of the ingestion of events.
///
/// Guests may not read it.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/usage/health",
    operation_id = "getUsageHealth",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it")),
    responses((status = 200, description = "The state", body = UsageHealth)),
    security(("operator_token" = []))
)]
pub(super) async fn health(State(state): State<AppState>, asked: Addressed) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    if !tx.tenant().capabilities().has(Capability::ReadAll) {
        return Err(ApiError::Forbidden);
    }
    let health = store::usage::health(&mut tx).await?;
    let workspace = ZonedWorkspace::of(&tx);
    let tenant = tx.commit().await?;
    Ok(served(&tenant, Tagged(health_of(workspace, health))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 03 - 31);

    #[test]
    fn days_and_groups_are_checked() {
        for raw in [
            "from=2026-3-1", "until=tomorrow", "from=2026-03-01&until=2026-03-01", "from=2024-01-01&until=2026-03-01",
            "group_by=hour", "group_by=day,,meter",
        ] {
            assert!(matches!(Asked::parse(raw, TODAY), Err(ApiError::Parameter { .. })), "{raw}");
        }
        let asked =
            Asked::parse("from=2026-03-01&until=2026-04-01&group_by=customer,day&utm=1", TODAY).expect("a query");
        assert_eq!(asked.group_by(), ["day", "meter", "customer"]);
        assert_eq!(asked.days.count(), 31);
        let plain = Asked::parse("", TODAY).expect("a query");
        assert_eq!((plain.days, plain.group_by()), (Days::last(30, TODAY), vec!["meter"]));
        let until = Asked::parse("until=2026-03-01", TODAY).expect("a query");
        assert_eq!(until.days.from, date!(2026 - 01 - 30));
    }
}
