//! `GET /api/v1/me/workspaces`: the content of the workspace picker as JSON.

use super::{error::ApiError, etag::Tagged, token::Bearer};
use crate::state::AppState;
use axum::{
    extract::{RawQuery, State},
    response::{Extension, IntoResponse as _, Response},
};
use model::{
    OrganizationRole, WorkspaceRole,
    picker::{Picker, PickerOrganization, PickerWorkspace},
    seat::SeatSource,
};
use serde::Serialize;
use store::seats::Freshness;
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder},
};
use uuid::Uuid;

/// Every workspace that the user can reach, grouped by organization. Organizations and workspaces are sorted by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reach {
    organizations: Vec<Organization>,
}

/// An organization that the user belongs to, or that owns a workspace in which they have a seat.
#[derive(Debug, Serialize, ToSchema)]
struct Organization {
    id: Uuid,
    #[schema(example = "SmartAI")]
    name: String,
    /// The user's role in the organization, if any.
    #[schema(schema_with = organization_role)]
    role: Option<OrganizationRole>,
    workspaces: Vec<Workspace>,
}

/// A workspace in which the user has a seat.
#[derive(Debug, Serialize, ToSchema)]
struct Workspace {
    id: Uuid,
    #[schema(example = "IT")]
    name: String,
    #[schema(example = "smartai-it")]
    slug: String,
    /// Effective role: the stronger of the direct and the inherited role.
    #[schema(schema_with = workspace_role)]
    role: WorkspaceRole,
    /// Sources of the seat, the direct source first.
    #[schema(schema_with = sources)]
    via: Vec<SeatSource>,
}

/// Lists the workspaces that the token's user can reach.
///
/// The list may be up to 30 s old, but is never older than the last change to a seat.
#[utoipa::path(
    get,
    path = "/api/v1/me/workspaces",
    operation_id = "listMyWorkspaces",
    params(("refresh" = Option<bool>, Query, description = "Read now, past the 30 s cache")),
    responses(
        (status = 200, description = "The organizations and workspaces", body = Reach),
    ),
    security(("operator_token" = []))
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Bearer(credential): Bearer,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    let freshness = freshness(query.as_deref().unwrap_or_default())?;
    let found = state.services.store.picker(&credential, freshness).await?;
    let (principal, picker) = found.ok_or(ApiError::BadToken)?;
    Ok((Extension(principal.person.id), Tagged(Reach::from(picker.as_ref()))).into_response())
}

fn freshness(query: &str) -> Result<Freshness, ApiError> {
    let bad = || ApiError::Parameter { name: "refresh", allowed: "true or false".to_owned() };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| bad())?;
    match pairs.iter().find(|(name, _)| name == "refresh").map(|(_, value)| value.as_str()) {
        Some("true") => Ok(Freshness::Now),
        Some("false") | None => Ok(Freshness::Recent),
        Some(_) => Err(bad()),
    }
}

impl From<&Picker> for Reach {
    fn from(picker: &Picker) -> Self {
        // Sorted by name, regardless of the order that the user prefers in the picker.
        let mut organizations: Vec<_> = picker.organizations.iter().collect();
        organizations.sort_by_key(|o| (o.place, o.id));
        Self { organizations: organizations.into_iter().map(Organization::from).collect() }
    }
}

impl From<&PickerOrganization> for Organization {
    fn from(organization: &PickerOrganization) -> Self {
        let mut workspaces: Vec<_> = organization.workspaces.iter().collect();
        workspaces.sort_by_key(|w| (w.place, w.id));
        Self {
            id: organization.id.uuid(),
            name: organization.name.clone(),
            role: organization.role,
            workspaces: workspaces.into_iter().map(Workspace::from).collect(),
        }
    }
}

impl From<&PickerWorkspace> for Workspace {
    fn from(workspace: &PickerWorkspace) -> Self {
        Self {
            id: workspace.id.uuid(),
            name: workspace.name.clone(),
            slug: workspace.slug.to_string(),
            role: workspace.seat.role(),
            via: workspace.seat.via().to_vec(),
        }
    }
}

fn words(words: impl Iterator<Item = &'static str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(utoipa::openapi::Type::String).enum_values(Some(words))
}

fn workspace_role() -> Object {
    words(WorkspaceRole::ALL.iter().map(|role| role.as_str())).build()
}

fn organization_role() -> Object {
    let kinds = [utoipa::openapi::Type::String, utoipa::openapi::Type::Null];
    let values = OrganizationRole::ALL.iter().map(|role| serde_json::Value::from(role.as_str()));
    ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter(kinds))
        .enum_values(Some(values.chain([serde_json::Value::Null])))
        .build()
}

fn sources() -> utoipa::openapi::Array {
    utoipa::openapi::Array::new(words(["direct", "organization"].into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{
        Seat, Slug,
        id::{OrganizationId, WorkspaceId},
    };
    use serde_json::json;

    #[test]
    fn the_response_has_the_documented_fields() {
        let workspace = |name: &str, slug: &str, direct, organization| PickerWorkspace {
            id: WorkspaceId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            slug: Slug::parse(slug).expect("a slug"),
            seat: Seat::resolve(direct, organization).expect("a seat"),
            place: 0,
            opened: None,
            pinned: false,
            former: Vec::new(),
            brand: model::picture::Brand::default(),
            waiting: 0,
        };
        let organization = |name: &str, role, workspaces| PickerOrganization {
            id: OrganizationId::from_uuid(Uuid::nil()),
            name: name.to_owned(),
            place: 0,
            role,
            workspaces,
        };
        let admin = Some(OrganizationRole::Admin);
        let picker = Picker {
            organizations: vec![
                organization(
                    "GlobalAI",
                    None,
                    vec![workspace("Finance", "globalai-finance", Some(WorkspaceRole::BillingAdmin), None)],
                ),
                organization("SmartAI", admin, vec![workspace("IT", "smartai-it", Some(WorkspaceRole::Owner), admin)]),
            ],
            deleted: Vec::new(),
            order: model::preferences::PickerOrder::default(),
            recents_since: None,
            epoch: String::new(),
            as_of: time::OffsetDateTime::UNIX_EPOCH,
        };
        let nil = Uuid::nil();
        assert_eq!(
            serde_json::to_value(Reach::from(&picker)).expect("JSON"),
            json!({ "organizations": [
                { "id": nil, "name": "GlobalAI", "role": null, "workspaces": [
                    { "id": nil, "name": "Finance", "slug": "globalai-finance", "role": "billing_admin", "via": ["direct"] },
                ] },
                { "id": nil, "name": "SmartAI", "role": "admin", "workspaces": [
                    { "id": nil, "name": "IT", "slug": "smartai-it", "role": "owner", "via": ["direct", "organization"] },
                ] },
            ] })
        );
    }

    #[test]
    fn refresh_rejects_other_values_than_true() {
        assert!(matches!(freshness("refresh=true"), Ok(Freshness::Now)));
        assert!(matches!(freshness(""), Ok(Freshness::Recent)));
        assert!(matches!(freshness("refresh=please"), Err(ApiError::Parameter { name: "refresh", .. })));
    }
}
