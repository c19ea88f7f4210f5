//! What handlers of all records with an id share: responses with the record, and steps of writes.

use super::{
    door::{Addressed, served},
    error::ApiError,
    etag::{IfMatch, Tagged},
    refusals::identified,
};
use crate::state::AppState;
use axum::{
    http::{StatusCode, header},
    response::Response,
};
use model::{capability::EditContent, catalog::Lifecycle};
use serde::Serialize;
use std::{fmt::Display, str::FromStr};
use store::{
    StoreError,
    door::{Can, Mode, WorkspaceTx, Write},
};

/// A record as the API returns it. `resource!` implements it.
pub(super) trait Resource: Serialize + Send + Sized {
    /// Id in the path.
    type Id: FromStr + Display + Copy + Send;
    /// The record as `store` returns it.
    type Stored: Into<Self> + Send;
    /// Segment of the path before the id.
    const SEGMENT: &'static str;

    /// Reads the record; `None` if the workspace has none with that id.
    fn stored<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        id: Self::Id,
    ) -> impl Future<Output = Result<Option<Self::Stored>, StoreError>> + Send;
}

/// A record that can be changed, archived and restored. `archivable!` implements it.
pub(super) trait Archivable: Resource {
    /// Locks the record until the transaction ends. Returns `false` if the workspace has none with that id.
    fn lock(
        tx: &mut WorkspaceTx<Write>,
        can: &Can<EditContent>,
        id: Self::Id,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// Archives or restores the record. Returns `false` if the workspace has none with that id.
    fn set_status(
        tx: &mut WorkspaceTx<Write>,
        can: &Can<EditContent>,
        id: Self::Id,
        status: Lifecycle,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;
}

/// Implements [`Resource`]: segment of the path, and the function of `store` that reads the record.
macro_rules! resource {
    ($resource:ty, $segment:literal, $read:path, $id:ty => $stored:ty) => {
        impl $crate::api::resource::Resource for $resource {
            type Id = $id;
            type Stored = $stored;
            const SEGMENT: &'static str = $segment;

            async fn stored<M: ::store::door::Mode>(
                tx: &mut ::store::door::WorkspaceTx<M>,
                id: $id,
            ) -> Result<Option<$stored>, ::store::StoreError> {
                $read(tx, id).await
            }
        }
    };
}
pub(super) use resource;

/// Implements [`Archivable`] by the functions of `store` that lock the record and set its status.
macro_rules! archivable {
    ($resource:ty, $id:ty, $lock:path, $set_status:path) => {
        impl $crate::api::resource::Archivable for $resource {
            async fn lock(
                tx: &mut ::store::door::WorkspaceTx<::store::door::Write>,
                can: &::store::door::Can<::model::capability::EditContent>,
                id: $id,
            ) -> Result<bool, ::store::StoreError> {
                $lock(tx, can, id).await
            }

            async fn set_status(
                tx: &mut ::store::door::WorkspaceTx<::store::door::Write>,
                can: &::store::door::Can<::model::capability::EditContent>,
                id: $id,
                status: ::model::catalog::Lifecycle,
            ) -> Result<bool, ::store::StoreError> {
                $set_status(tx, can, id, status).await
            }
        }
    };
}
pub(super) use archivable;

/// Returns a record.
///
/// # Errors
/// [`ApiError::NotFound`] if the workspace has none with that id.
pub(super) async fn find<R: Resource>(tx: &mut WorkspaceTx<impl Mode>, id: R::Id) -> Result<R, ApiError> {
    R::stored(tx, id).await?.map(Into::into).ok_or(ApiError::NotFound)
}

/// Ends the transaction and responds with a record.
pub(super) async fn respond<R: Resource>(mut tx: WorkspaceTx<impl Mode>, id: R::Id) -> Result<Response, ApiError> {
    let found: R = find(&mut tx, id).await?;
    Ok(served(&tx.commit().await?, Tagged(found)))
}

/// Ends the transaction and responds with a record and its address.
pub(super) async fn respond_at<R: Resource>(
    mut tx: WorkspaceTx<Write>,
    id: R::Id,
    status: StatusCode,
) -> Result<Response, ApiError> {
    let found: R = find(&mut tx, id).await?;
    let tenant = tx.commit().await?;
    let location = format!("/api/v1/workspaces/{}/{}/{id}", tenant.workspace.slug, R::SEGMENT);
    Ok(served(&tenant, (status, [(header::LOCATION, location)], Tagged(found))))
}

/// Handles a GET of a record.
pub(super) async fn show<R: Resource>(state: &AppState, asked: &Addressed, id: &str) -> Result<Response, ApiError> {
    let tx = asked.reading(state).await?;
    respond::<R>(tx, identified(id)?).await
}

/// Locks a record for a change, and returns the input that changes nothing.
///
/// # Errors
/// [`ApiError::NotFound`] if the workspace has no record with that id, [`ApiError::Changed`] if the request names another
/// version of it.
pub(super) async fn lock<R: Archivable, I>(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<EditContent>,
    id: R::Id,
    if_match: &IfMatch,
) -> Result<I, ApiError>
where
    I: for<'s> From<&'s R::Stored>,
{
    // Locked, so that no other change comes between what is compared and what is written.
    if !R::lock(tx, can, id).await? {
        return Err(ApiError::NotFound);
    }
    let stored = R::stored(tx, id).await?.ok_or(ApiError::NotFound)?;
    let input = I::from(&stored);
    let current: R = stored.into();
    if_match.check(&current)?;
    Ok(input)
}

/// Archives or restores a record, and responds with it.
pub(super) async fn set_status<R: Archivable>(
    state: &AppState,
    asked: &Addressed,
    id: &str,
    status: Lifecycle,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(state).await?;
    let id: R::Id = identified(id)?;
    if !R::set_status(&mut tx, &can, id, status).await? {
        return Err(ApiError::NotFound);
    }
    respond::<R>(tx, id).await
}
