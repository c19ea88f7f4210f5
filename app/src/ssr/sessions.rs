//! A person's sessions: what their server functions do.

use super::{Call, fault, identity::person};
use crate::error::AppError;
use http::header::SET_COOKIE;
use model::{device::SessionRow, id::SessionId};
use store::{door::PersonTx, sessions};

/// The live ones.
pub async fn list(call: &Call) -> Result<Vec<SessionRow>, AppError> {
    let tx = person(call).await?;
    left(tx).await
}

/// Ends one.
pub async fn end(call: &Call, id: SessionId) -> Result<Vec<SessionRow>, AppError> {
    let mut tx = person(call).await?;
    if !sessions::end(&mut tx, id).await.map_err(fault)? {
        return Err(AppError::Absent);
    }
    left(tx).await
}

/// Ends all but this one.
pub async fn end_others(call: &Call) -> Result<Vec<SessionRow>, AppError> {
    let mut tx = person(call).await?;
    sessions::end_others(&mut tx).await.map_err(fault)?;
    left(tx).await
}

/// Ends all, and takes this one's cookie back.
pub async fn end_all(call: &Call) -> Result<(), AppError> {
    let mut tx = person(call).await?;
    sessions::end_all(&mut tx).await.map_err(fault)?;
    tx.commit().await.map_err(fault)?;
    call.header(SET_COOKIE, &call.request.services.cookies.take_back());
    Ok(())
}

async fn left(mut tx: PersonTx) -> Result<Vec<SessionRow>, AppError> {
    let rows = sessions::list(&mut tx).await.map_err(fault)?;
    tx.commit().await.map_err(fault)?;
    Ok(rows)
}
