//! Grants: short-lived tokens that bind a page to the workspace it was rendered for. A grant gives no access by itself:
//! each request is also authenticated by the session, and the membership is read from the database. A grant ensures
//! that a write goes to the workspace that the person sees.

use crate::error::AppError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation};
use model::id::{SessionId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::door::{Tenant, WriteTarget};

/// Lifetime of a grant, in seconds. The browser renews it automatically.
const LIFETIME: i64 = 600;

/// Key that signs and verifies grants.
#[derive(Clone)]
pub struct GrantKey(Arc<(EncodingKey, DecodingKey)>);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    ws: WorkspaceId,
    exp: i64,
}

/// Grant with a valid signature. Its expiry is checked when the workspace is opened, by the database's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) workspace: WorkspaceId,
    expires: i64,
}

impl GrantKey {
    /// Creates a key from the server's secret, which all servers of an installation share.
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new((EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))))
    }

    /// Signs a grant for the person and workspace of a transaction.
    pub(crate) fn sign(&self, tenant: &Tenant) -> Result<String, AppError> {
        let claims = Claims {
            sub: tenant.principal.person.id,
            sid: tenant.principal.session.ok_or(AppError::SignedOut)?,
            ws: tenant.workspace.id,
            exp: tenant.principal.now.unix_timestamp() + LIFETIME,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.0.0).map_err(|error| {
            tracing::error!(%error, "a grant could not be signed");
            AppError::Internal
        })
    }

    /// Verifies the signature of a grant and decodes it.
    ///
    /// # Errors
    /// [`AppError::Mismatch`] if it was not signed by this installation.
    pub(crate) fn read(&self, grant: &str) -> Result<Grant, AppError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["exp", "sub"]);
        match jsonwebtoken::decode::<Claims>(grant, &self.0.1, &validation) {
            Ok(TokenData { claims: Claims { sub, sid, ws, exp }, .. }) => {
                Ok(Grant { user: sub, session: sid, workspace: ws, expires: exp })
            }
            Err(_) => Err(AppError::Mismatch),
        }
    }
}

impl Grant {
    /// Returns the lock key of the write.
    pub(crate) const fn write_target(self) -> WriteTarget {
        WriteTarget { user: self.user, workspace: self.workspace }
    }

    /// Checks that the grant was issued to this person, session and workspace, and has not expired.
    ///
    /// # Errors
    /// [`AppError::Mismatch`] if it was issued for others; [`AppError::GrantExpired`] if it has expired.
    pub(crate) fn check(self, tenant: &Tenant) -> Result<(), AppError> {
        let same = self.user == tenant.principal.person.id
            && Some(self.session) == tenant.principal.session
            && self.workspace == tenant.workspace.id;
        match (same, tenant.principal.now.unix_timestamp() < self.expires) {
            (false, _) => Err(AppError::Mismatch),
            (true, false) => Err(AppError::GrantExpired),
            (true, true) => Ok(()),
        }
    }
}
