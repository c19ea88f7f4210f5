//! The workspace that a request addresses, and the response that names it.

use super::{
    error::ApiError,
    token::{self, Bearer},
};
use crate::state::AppState;
use app::server::authority::Authority;
use axum::{
    extract::{FromRequestParts, OriginalUri, RawPathParams},
    http::{HeaderName, HeaderValue, Uri, request::Parts},
    response::{Extension, IntoResponse, Response},
};
use model::{Slug, api_key::Scope, capability::CapabilityKind};
use std::sync::Arc;
use store::door::{Can, Credential, Door, Mode, Read, Tenant, Visit, WorkspaceTx, Write};

/// Response header with the workspace id.
const WORKSPACE: HeaderName = HeaderName::from_static("stile-workspace");
/// What precedes the slug in a path.
const PREFIX: &str = "/api/v1/workspaces/";

/// The workspace in the path of a request, and the credential that asks for it. Nothing is verified yet.
pub(super) struct Addressed {
    pub(super) credential: Credential,
    /// The slug as sent.
    slug: String,
    uri: Uri,
}

impl<S: Send + Sync> FromRequestParts<S> for Addressed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Bearer(credential) = token::bearer(&parts.headers)?;
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| ApiError::NotFound)?;
        let slug = params.iter().find(|(name, _)| *name == "slug").map(|(_, slug)| slug.to_owned());
        let uri = parts.extensions.get::<OriginalUri>().map_or_else(|| parts.uri.clone(), |uri| uri.0.clone());
        Ok(Self { credential, slug: slug.ok_or(ApiError::NotFound)?, uri })
    }
}

impl Addressed {
    /// Opens the workspace for reading.
    ///
    /// # Errors
    /// The response for a workspace that is not open to this credential.
    pub(super) async fn reading(&self, state: &AppState) -> Result<WorkspaceTx<Read>, ApiError> {
        let slug = self.slug(state).await?;
        let door = state.services.store.workspace(&self.credential, &slug).await?;
        self.opened(&slug, door).await
    }

    /// Opens the workspace for notes about the person's own requests.
    ///
    /// # Errors
    /// As for [`reading`](Self::reading).
    pub(super) async fn visiting(&self, state: &AppState) -> Result<WorkspaceTx<Visit>, ApiError> {
        let slug = self.slug(state).await?;
        let door = state.services.store.workspace_visit(&self.credential, &slug).await?;
        self.opened(&slug, door).await
    }

    /// Opens the workspace for a write that needs the capability `C`. There is no page whose workspace the write must
    /// match.
    ///
    /// # Errors
    /// As for [`reading`](Self::reading), and [`ApiError::Forbidden`] without the capability.
    pub(super) async fn writing<C: CapabilityKind>(
        &self,
        state: &AppState,
    ) -> Result<(WorkspaceTx<Write>, Can<C>), ApiError> {
        let slug = self.slug(state).await?;
        let door = state.services.store.workspace_program(&self.credential, &slug).await?;
        self.admitted(&slug, door).await
    }

    /// Opens the workspace like [`writing`](Self::writing), for a change that excludes all other writes in it.
    ///
    /// # Errors
    /// As for [`writing`](Self::writing).
    pub(super) async fn writing_alone<C: CapabilityKind>(
        &self,
        state: &AppState,
    ) -> Result<(WorkspaceTx<Write>, Can<C>), ApiError> {
        let slug = self.slug(state).await?;
        let store = &state.services.store;
        let door = store.workspace_program_exclusive(&self.credential, &slug, C::CAPABILITY).await?;
        self.admitted(&slug, door).await
    }

    /// Returns the transaction, if it was opened and has the capability.
    async fn admitted<C: CapabilityKind>(
        &self,
        slug: &Slug,
        door: Door<WorkspaceTx<Write>>,
    ) -> Result<(WorkspaceTx<Write>, Can<C>), ApiError> {
        let tx = self.opened(slug, door).await?;
        let can = allowed(&tx)?;
        Ok((tx, can))
    }

    /// Returns `true` if the credential has opened the workspace for a write before. It is no permission.
    pub(super) fn is_known(&self, state: &AppState) -> bool {
        let slug = Slug::parse(&self.slug.to_ascii_lowercase());
        slug.is_ok_and(|slug| state.services.store.has_known_target(&self.credential, &slug))
    }

    /// Returns the authority of this credential in the workspace that it opened.
    pub(super) fn authority(&self, state: &AppState, tenant: &Tenant) -> Authority {
        Authority::Program {
            services: Arc::clone(&state.services),
            credential: self.credential,
            slug: tenant.workspace.slug.clone(),
        }
    }

    /// Returns the path and query behind the slug.
    pub(super) fn rest(&self) -> &str {
        let whole = self.uri.path_and_query().map_or("", |whole| whole.as_str());
        let behind = whole.strip_prefix(PREFIX).unwrap_or_default();
        behind.find(['/', '?']).and_then(|at| behind.get(at..)).unwrap_or_default()
    }

    /// Returns the transaction if access is granted. Only callers that may know of the workspace are redirected to the
    /// canonical spelling.
    async fn opened<M: Mode>(&self, slug: &Slug, door: Door<WorkspaceTx<M>>) -> Result<WorkspaceTx<M>, ApiError> {
        match door {
            Door::Open(tx) if self.slug != slug.as_str() => {
                tx.commit().await?;
                Err(self.moved(slug))
            }
            Door::Open(tx) => Ok(tx),
            Door::Moved(slug) => Err(self.moved(&slug)),
            Door::Factor(_) => Err(ApiError::Factor),
            Door::Gone(_) => Err(ApiError::Gone),
            Door::Absent(_) => Err(ApiError::NotFound),
            // The slug was given to another workspace between the two steps of a write.
            Door::Mismatch => Err(ApiError::Unavailable),
            Door::SignedOut => Err(ApiError::BadToken),
        }
    }

    fn moved(&self, slug: &Slug) -> ApiError {
        ApiError::Moved(format!("{PREFIX}{slug}{}", self.rest()))
    }

    /// Parses the slug. Text that can't be one fails like an unused slug.
    async fn slug(&self, state: &AppState) -> Result<Slug, ApiError> {
        if let Ok(slug) = Slug::parse(&self.slug.to_ascii_lowercase()) {
            return Ok(slug);
        }
        match state.services.store.person_reading(&self.credential).await {
            Ok(Some(_)) => Err(ApiError::NotFound),
            Ok(None) => Err(ApiError::BadToken),
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns proof of the capability `C`.
///
/// # Errors
/// [`ApiError::Forbidden`] without the capability, and [`ApiError::Scope`] if the key needs another scope.
pub(super) fn allowed<M: Mode, C: CapabilityKind>(tx: &WorkspaceTx<M>) -> Result<Can<C>, ApiError> {
    match (tx.can::<C>(), &tx.tenant().key) {
        (Ok(can), _) => Ok(can),
        // The owner may, but not by this key.
        (Err(_), Some(_)) if tx.tenant().seat.capabilities().has(C::CAPABILITY) => {
            let scope = Scope::ALL.into_iter().find(|scope| scope.capabilities().has(C::CAPABILITY));
            Err(scope.map_or(ApiError::Forbidden, ApiError::Scope))
        }
        (Err(denied), _) => Err(denied.into()),
    }
}

/// Returns the response with the header that names the workspace, and the person for the log.
pub(super) fn served(tenant: &Tenant, body: impl IntoResponse) -> Response {
    let mut response = (Extension(tenant.principal.person.id), body).into_response();
    if let Ok(value) = HeaderValue::try_from(tenant.workspace.id.to_string()) {
        response.headers_mut().insert(WORKSPACE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::secret::Secret;

    fn addressed(uri: &str) -> Addressed {
        let secret = Secret::presented("stile_0123456789012345678901234567890123456789").expect("a token");
        let uri = uri.parse().expect("an address");
        Addressed { credential: Credential::Token(secret.hash()), slug: "smartai-it".to_owned(), uri }
    }

    #[test]
    fn redirects_of_renamed_workspaces_keep_path_and_query() {
        let slug = Slug::parse("smartai-new").expect("a slug");
        for rest in ["/customers?q=a%26b", "/customers", "?a=/b", ""] {
            let ApiError::Moved(location) = addressed(&format!("{PREFIX}smartai-it{rest}")).moved(&slug) else {
                panic!("no redirect")
            };
            assert_eq!(location, format!("{PREFIX}smartai-new{rest}"));
        }
    }
}
