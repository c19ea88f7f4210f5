//! Capabilities of a seat, as proven by the transaction that read the seat.

use super::{mode::Mode, transaction::WorkspaceTx};
use crate::error::StoreError;
use model::{Capability, capability::CapabilityKind, id::WorkspaceId};
use sqlx::PgConnection;
use std::marker::PhantomData;

/// Error for a capability that the seat does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seat does not allow {0:?}")]
pub struct Denied(pub Capability);

/// Proof that the seat in a workspace has the capability `C`, read in the transaction that issued it.
#[derive(Debug)]
pub struct Can<C> {
    workspace: WorkspaceId,
    capability: PhantomData<C>,
}

impl<M: Mode> WorkspaceTx<M> {
    /// Returns proof of the capability `C` if the seat has it, and the API key's scopes admit it.
    ///
    /// # Errors
    /// [`Denied`] if the seat does not have the capability, or the scopes don't admit it.
    pub fn can<C: CapabilityKind>(&self) -> Result<Can<C>, Denied> {
        if self.tenant().capabilities().has(C::CAPABILITY) {
            Ok(Can { workspace: self.id(), capability: PhantomData })
        } else {
            Err(Denied(C::CAPABILITY))
        }
    }
}

impl<C> Can<C> {
    /// Returns the connection of `tx`, or [`StoreError::ForeignCapability`] if the capability was issued for another
    /// workspace.
    pub(crate) fn on<'t, M: Mode>(&self, tx: &'t mut WorkspaceTx<M>) -> Result<&'t mut PgConnection, StoreError> {
        if self.workspace == tx.id() { Ok(tx.connection()) } else { Err(StoreError::ForeignCapability) }
    }
}
