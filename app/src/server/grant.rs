//! Grants: the short-lived tokens that say which workspace a page was made for. A grant opens nothing by itself: each
//! request also presents the session, and the door reads the seat live. It is what makes a write name its workspace.

use crate::error::AppError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation};
use model::id::{SessionId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::door::{Fence, Tenant};

/// How long a grant lasts, in seconds. The browser renews it silently.
const LIFETIME: i64 = 600;

/// Signs and checks grants.
#[derive(Clone)]
pub struct GrantKey(Arc<(EncodingKey, DecodingKey)>);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    sid: SessionId,
    ws: WorkspaceId,
    exp: i64,
}

/// A grant that was signed here. Whether it has run out shows at the door, by the database's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    pub(crate) user: UserId,
    pub(crate) session: SessionId,
    pub(crate) workspace: WorkspaceId,
    expires: i64,
}

impl GrantKey {
    /// A key from the server's secret; all servers of one installation share it.
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new((EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))))
    }

    /// A grant for whoever has just come through the door.
    pub(crate) fn sign(&self, tenant: &Tenant) -> Result<String, AppError> {
        let claims = Claims {
            sub: tenant.live.person.id,
            sid: tenant.live.session.ok_or(AppError::SignedOut)?,
            ws: tenant.workspace.id,
            exp: tenant.live.now.unix_timestamp() + LIFETIME,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.0.0).map_err(|error| {
            tracing::error!(%error, "a grant could not be signed");
            AppError::Internal
        })
    }

    /// Reads a grant.
    ///
    /// # Errors
    /// [`AppError::Mismatch`] when it is not one of ours.
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
    /// What the write locks.
    pub(crate) const fn fence(self) -> Fence {
        Fence { user: self.user, workspace: self.workspace }
    }

    /// Whether it was made for who is where now, and still lasts.
    ///
    /// # Errors
    /// [`AppError::Mismatch`] if it was not, [`AppError::GrantExpired`] if it does not.
    pub(crate) fn fits(self, tenant: &Tenant) -> Result<(), AppError> {
        let same = self.user == tenant.live.person.id
            && Some(self.session) == tenant.live.session
            && self.workspace == tenant.workspace.id;
        match (same, tenant.live.now.unix_timestamp() < self.expires) {
            (false, _) => Err(AppError::Mismatch),
            (true, false) => Err(AppError::GrantExpired),
            (true, true) => Ok(()),
        }
    }
}
