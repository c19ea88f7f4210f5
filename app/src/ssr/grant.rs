//! Grants: the short-lived tokens that say which workspace a page was made for. A grant opens nothing by itself: each
//! request also presents the session, and the door reads the seat live. It is what makes a write name its workspace.

use crate::error::AppError;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, errors::ErrorKind};
use model::id::{SessionId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::door::{Fence, Tenant};
use time::OffsetDateTime;

/// How long a grant lasts, in seconds (blueprint section 6, step 3). The browser renews it silently.
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

/// A grant that was signed here and has not run out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grant {
    pub(super) user: UserId,
    pub(super) session: SessionId,
    pub(super) workspace: WorkspaceId,
}

impl GrantKey {
    /// A key from the server's secret; all servers of one installation share it.
    pub fn new(secret: &[u8]) -> Self {
        Self(Arc::new((EncodingKey::from_secret(secret), DecodingKey::from_secret(secret))))
    }

    /// A grant for whoever has just come through the door, at `now` by the database's clock.
    pub(super) fn sign(&self, tenant: &Tenant, now: OffsetDateTime) -> Result<String, AppError> {
        let claims = Claims {
            sub: tenant.live.person.id,
            sid: tenant.live.session.ok_or(AppError::SignedOut)?,
            ws: tenant.workspace.id,
            exp: now.unix_timestamp() + LIFETIME,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.0.0).map_err(|error| {
            tracing::error!(%error, "a grant could not be signed");
            AppError::Internal
        })
    }

    /// Reads a grant.
    ///
    /// # Errors
    /// [`AppError::GrantExpired`] when it ran out, [`AppError::Mismatch`] when it is not one of ours.
    pub(super) fn read(&self, grant: &str) -> Result<Grant, AppError> {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 0;
        validation.set_required_spec_claims(&["exp", "sub"]);
        match jsonwebtoken::decode::<Claims>(grant, &self.0.1, &validation) {
            Ok(token) => Ok(Grant { user: token.claims.sub, session: token.claims.sid, workspace: token.claims.ws }),
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => Err(AppError::GrantExpired),
            Err(_) => Err(AppError::Mismatch),
        }
    }
}

impl Grant {
    /// What the write locks.
    pub(super) const fn fence(self) -> Fence {
        Fence { user: self.user, workspace: self.workspace }
    }

    /// Whether it was made for who is where now.
    ///
    /// # Errors
    /// [`AppError::Mismatch`] if not.
    pub(super) fn fits(self, tenant: &Tenant) -> Result<(), AppError> {
        let same = self.user == tenant.live.person.id
            && Some(self.session) == tenant.live.session
            && self.workspace == tenant.workspace.id;
        if same { Ok(()) } else { Err(AppError::Mismatch) }
    }
}
