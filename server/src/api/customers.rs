//! `GET /api/v1/workspaces/{slug}/customers`: one page of a workspace's customers.

use super::{
    door::Addressed,
    error::ApiError,
    paging::{PageQuery, Paged, Paging},
};
use crate::state::AppState;
use axum::{extract::State, response::Response};
use model::{catalog::Lifecycle, customer::CustomerRow, list::Noun};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Customer {
    id: Uuid,
    name: String,
    /// Billing email address.
    email: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "DE")]
    country: String,
    /// Names of the rate plans that the customer is subscribed to today.
    rate_plans: Vec<String>,
    #[schema(schema_with = status)]
    status: Lifecycle,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// The filter by status, for the OpenAPI description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct CustomerQuery {
    /// Filters by status.
    #[param(schema_with = status)]
    status: Option<String>,
}

/// Lists one page of a workspace's customers.
///
/// Search is in name and email address. Sort keys are `name` (the default) and `created`. A guest sees only the
/// customers that were shared with them.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers",
    operation_id = "listCustomers",
    params(("slug" = String, Path, description = "The workspace's address", example = "smartai-it"), CustomerQuery, PageQuery),
    responses((status = 200, description = "The page", body = Paged<Customer>)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    paging: Paging,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (query, count) = paging.list(Noun::Customers)?;
    let page = store::customers::list(&mut tx, &query).await?;
    Paged::<Customer>::respond(tx, page, count).await
}

impl From<CustomerRow> for Customer {
    fn from(row: CustomerRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            email: row.email,
            country: row.country,
            rate_plans: row.plans,
            status: row.status,
            created_at: row.created_at.into(),
        }
    }
}

fn status() -> Object {
    let words = Noun::Customers.statuses().iter().copied();
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}
