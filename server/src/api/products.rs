//! `/api/v1/workspaces/{slug}/products`: what a workspace sells.

use super::{
    door::Addressed,
    error::ApiError,
    etag::IfMatch,
    json::{Body, Patch},
    paging::{PageQuery, Paged, Paging},
    refusals::{identified, refused, status},
    resource::{archivable, lock, resource, respond, respond_at, set_status, show},
};
use crate::state::AppState;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    capability::EditContent,
    catalog::{Lifecycle, ProductDetail, ProductInput, ProductRow},
    id::ProductId,
    list::Noun,
};
use serde::{Deserialize, Serialize};
use store::{StoreError, products};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// A product in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Product {
    id: Uuid,
    #[schema(example = "Language model")]
    name: String,
    /// Unique in the workspace.
    #[schema(example = "language-model")]
    code: String,
    /// Number of rate plans with a charge for the product.
    rate_plans: i64,
    #[schema(schema_with = status)]
    status: Lifecycle,
    /// RFC 3339 timestamp in the workspace's time zone.
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
}

/// A product with all of its data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProductResource {
    #[serde(flatten)]
    product: Product,
    /// Possibly empty.
    description: String,
}

/// A new product.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewProduct {
    /// 1 to 80 characters.
    #[schema(example = "Language model")]
    name: String,
    /// 2 to 40 characters: letters, digits, hyphens and underscores.
    #[schema(example = "language-model")]
    code: String,
    /// At most 500 characters.
    #[serde(default)]
    description: String,
}

/// Changes of a product. Absent members stay as they are; `null` clears one that may be empty.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProductChanges {
    /// 1 to 80 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// 2 to 40 characters: letters, digits, hyphens and underscores.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    code: Patch<String>,
    /// At most 500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    description: Patch<String>,
}

/// The filter by status, for the OpenAPI description.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "its fields are the description")]
pub(crate) struct ProductQuery {
    /// Filters by status.
    #[param(schema_with = status)]
    status: Option<String>,
}

impl From<ProductRow> for Product {
    fn from(row: ProductRow) -> Self {
        Self {
            id: row.id.uuid(),
            name: row.name,
            code: row.code,
            rate_plans: row.rate_plans,
            status: row.status,
            created_at: row.created_at.into(),
        }
    }
}

impl From<ProductDetail> for ProductResource {
    fn from(detail: ProductDetail) -> Self {
        Self { description: detail.description, product: detail.row.into() }
    }
}

resource!(ProductResource, "products", products::get, ProductId => ProductDetail);
archivable!(ProductResource, ProductId, products::lock, products::set_status);

/// Lists one page of a workspace's products.
///
/// Search is in name, code and description. Sort keys are `name` (the default) and `created`. A guest sees none.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/products",
    operation_id = "listProducts",
    params(("slug" = String, Path, description = "The workspace's address"), ProductQuery, PageQuery),
    responses((status = 200, description = "The page", body = Paged<Product>)),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    asked: Addressed,
    paging: Paging,
) -> Result<Response, ApiError> {
    let mut tx = asked.reading(&state).await?;
    let (query, count) = paging.list(Noun::Products)?;
    let page = products::list(&mut tx, &query).await?;
    Paged::<Product>::respond(tx, page, count).await
}

/// Returns a product.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/products/{id}",
    operation_id = "getProduct",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The product's id")),
    responses((status = 200, description = "The product", body = ProductResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<ProductResource>(&state, &asked, &id).await
}

/// Creates a product.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/products",
    operation_id = "createProduct",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewProduct,
    responses((status = 201, description = "The product", body = ProductResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewProduct>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let draft = ProductInput { name: new.name, code: new.code, description: new.description }.parse()?;
    let id = products::create(&mut tx, &can, &draft).await.map_err(taken)?;
    respond_at::<ProductResource>(tx, id, StatusCode::CREATED).await
}

/// Changes a product.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/products/{id}",
    operation_id = "changeProduct",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The product's id")),
    request_body = ProductChanges,
    responses((status = 200, description = "The changed product", body = ProductResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<ProductChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let mut input: ProductInput = lock::<ProductResource, _>(&mut tx, &can, id, &if_match).await?;
    changes.name.apply(&mut input.name);
    changes.code.apply(&mut input.code);
    changes.description.apply(&mut input.description);
    products::update(&mut tx, &can, id, &input.parse()?).await.map_err(taken)?;
    respond::<ProductResource>(tx, id).await
}

/// Archives a product. An archived product stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/products/{id}/archive",
    operation_id = "archiveProduct",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The product's id")),
    responses((status = 200, description = "The archived product", body = ProductResource)),
    security(("operator_token" = []))
)]
pub(super) async fn archive(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<ProductResource>(&state, &asked, &id, Lifecycle::Archived).await
}

/// Restores an archived product. An active product stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/products/{id}/restore",
    operation_id = "restoreProduct",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The product's id")),
    responses((status = 200, description = "The active product", body = ProductResource)),
    security(("operator_token" = []))
)]
pub(super) async fn restore(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<ProductResource>(&state, &asked, &id, Lifecycle::Active).await
}

fn taken(error: StoreError) -> ApiError {
    refused(error, "product_code_taken", "code", "Another product of this workspace has that code.")
}
