//! Opening a workspace for a request and checking the required capability.

use super::{call::Call, grant::Grant};
use crate::error::AppError;
use model::{FieldErrors, Slug, capability::CapabilityKind};
use store::{
    StoreError, Written,
    door::{Can, Door, Mode, Read, WorkspaceTx, Write},
};

/// Returns the transaction if access is granted, otherwise the error.
pub(crate) fn opened<M: Mode>(call: &Call, door: Door<WorkspaceTx<M>>) -> Result<WorkspaceTx<M>, AppError> {
    match door {
        Door::Open(tx) => {
            call.set_workspace(tx.id());
            call.set_user(tx.user());
            Ok(tx)
        }
        Door::Moved(slug) => Err(AppError::Moved(slug)),
        Door::Factor(_) => Err(AppError::Factor),
        Door::Gone(_) => Err(AppError::Gone),
        Door::Absent(_) => Err(AppError::Absent),
        Door::SignedOut => Err(AppError::SignedOut),
        Door::Mismatch => Err(AppError::Mismatch),
    }
}

pub(crate) async fn reading(call: &Call, slug: &Slug) -> Result<WorkspaceTx<Read>, AppError> {
    let door = call.request.services.store.workspace(&call.credential()?, slug).await?;
    opened(call, door)
}

/// Opens a workspace for a write from a page with `grant`, and checks the required capability.
pub(crate) async fn writing<C: CapabilityKind>(
    call: &Call,
    slug: &Slug,
    grant: &str,
) -> Result<(WorkspaceTx<Write>, Can<C>), AppError> {
    let grant = call.request.services.grants.read(grant)?;
    let door = call.request.services.store.workspace_write(&call.credential()?, slug, grant.write_target()).await?;
    admitted(call, grant, door)
}

/// Opens a write transaction that excludes all other writes in the workspace: for a change of its slug or factor
/// requirement, its deletion, and a meter that counts stored events.
pub(crate) async fn writing_alone<C: CapabilityKind>(
    call: &Call,
    slug: &Slug,
    grant: &str,
) -> Result<(WorkspaceTx<Write>, Can<C>), AppError> {
    let grant = call.request.services.grants.read(grant)?;
    let store = &call.request.services.store;
    let door = store.workspace_exclusive(&call.credential()?, slug, grant.write_target(), C::CAPABILITY).await?;
    admitted(call, grant, door)
}

/// Returns the transaction and the capability, if the grant is of this workspace and the seat has the capability.
fn admitted<C: CapabilityKind>(
    call: &Call,
    grant: Grant,
    door: Door<WorkspaceTx<Write>>,
) -> Result<(WorkspaceTx<Write>, Can<C>), AppError> {
    let tx = opened(call, door)?;
    grant.check(tx.tenant())?;
    let can = tx.can::<C>().map_err(|denied| AppError::Denied(denied.0))?;
    Ok((tx, can))
}

/// Converts the violation of a constraint into a field error.
pub(crate) fn refused(error: StoreError, constraint: &str, field: &str, message: &str) -> AppError {
    if error.is_refused_by(constraint) {
        AppError::Invalid(FieldErrors::one(field, message))
    } else {
        AppError::from(error)
    }
}

/// Returns the value of a write, or its error. Then the transaction is dropped, so that nothing is written.
pub(crate) fn written<T>(outcome: Written<T>) -> Result<T, AppError> {
    match outcome {
        Written::Done(value) => Ok(value),
        Written::Absent => Err(AppError::Absent),
        Written::Invalid(errors) => Err(AppError::Invalid(errors)),
    }
}
