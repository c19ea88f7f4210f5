//! Whose authority work that takes several transactions has. Each transaction proves it again, so it ends with the seat.

use super::{call::Call, request::Services, workspace};
use crate::error::AppError;
use model::{Slug, capability::CapabilityKind};
use std::sync::Arc;
use store::door::{Can, Credential, Door, WorkspaceTx, Write};

/// Who works in a workspace, and how they prove it.
#[derive(Clone)]
pub enum Authority {
    /// A person with a page of the workspace.
    Page {
        /// The request.
        call: Call,
        /// Address of the workspace.
        slug: Slug,
        /// Grant of the page.
        grant: String,
    },
    /// A program with an operator token or an API key.
    Program {
        /// Services of the server.
        services: Arc<Services>,
        /// The token or key.
        credential: Credential,
        /// Address of the workspace.
        slug: Slug,
    },
}

impl Authority {
    /// Returns the authority of a page.
    pub(crate) fn page(call: &Call, slug: &Slug, grant: &str) -> Self {
        Self::Page { call: call.clone(), slug: slug.clone(), grant: grant.to_owned() }
    }

    /// Returns the address of the workspace.
    pub(crate) const fn slug(&self) -> &Slug {
        match self {
            Self::Page { slug, .. } | Self::Program { slug, .. } => slug,
        }
    }

    /// Returns the services of the server.
    pub(crate) const fn services(&self) -> &Arc<Services> {
        match self {
            Self::Page { call, .. } => &call.request.services,
            Self::Program { services, .. } => services,
        }
    }

    /// Returns the credential.
    ///
    /// # Errors
    /// [`AppError::SignedOut`] without one.
    pub(crate) fn credential(&self) -> Result<Credential, AppError> {
        match self {
            Self::Page { call, .. } => call.credential(),
            Self::Program { credential, .. } => Ok(*credential),
        }
    }

    /// Begins a transaction for a write that needs the capability `C`.
    ///
    /// # Errors
    /// The reason why the workspace is not open, or [`AppError::Denied`] without the capability.
    pub(crate) async fn writing<C: CapabilityKind>(&self) -> Result<(WorkspaceTx<Write>, Can<C>), AppError> {
        match self {
            Self::Page { call, slug, grant } => workspace::writing(call, slug, grant).await,
            Self::Program { services, credential, slug } => {
                let tx = match services.store.workspace_program(credential, slug).await? {
                    Door::Open(tx) => tx,
                    Door::Moved(slug) => return Err(AppError::Moved(slug)),
                    Door::Factor(_) => return Err(AppError::Factor),
                    Door::Gone(_) => return Err(AppError::Gone),
                    Door::Absent(_) => return Err(AppError::Absent),
                    Door::SignedOut => return Err(AppError::SignedOut),
                    Door::Mismatch => return Err(AppError::Unavailable),
                };
                let can = tx.can::<C>().map_err(|denied| AppError::Denied(denied.0))?;
                Ok((tx, can))
            }
        }
    }

    /// Renews what expires, because work may take longer than a grant is valid. `tx` is open by this authority.
    ///
    /// # Errors
    /// [`AppError::Internal`] if the grant can't be signed.
    pub(crate) fn renew(&mut self, tx: &WorkspaceTx<Write>) -> Result<(), AppError> {
        if let Self::Page { call, grant, .. } = self {
            *grant = call.request.services.grants.sign(tx.tenant())?;
        }
        Ok(())
    }
}
