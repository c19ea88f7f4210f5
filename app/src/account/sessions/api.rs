//! Server side of the sessions page.

use crate::{account::identity::person, error::AppError, server::call::Call};
use model::{device::SessionRow, id::SessionId, token::TokensThen};
use store::{door::PersonTx, sessions, tokens};

/// Lists the person's active sessions.
pub async fn list(call: &Call) -> Result<Vec<SessionRow>, AppError> {
    let tx = person(call).await?;
    left(tx).await
}

/// Ends a session. Returns the remaining ones.
pub async fn end(call: &Call, id: SessionId) -> Result<Vec<SessionRow>, AppError> {
    let mut tx = person(call).await?;
    if !sessions::end(&mut tx, id).await? {
        return Err(AppError::Absent);
    }
    left(tx).await
}

/// Ends all sessions except this one. Returns the remaining ones.
pub async fn end_others(call: &Call) -> Result<Vec<SessionRow>, AppError> {
    let mut tx = person(call).await?;
    sessions::end_others(&mut tx).await?;
    left(tx).await
}

/// Ends all sessions and removes this session's cookie. `then` says whether operator tokens are revoked.
pub async fn end_all(call: &Call, then: TokensThen) -> Result<(), AppError> {
    let mut tx = person(call).await?;
    sessions::end_all(&mut tx).await?;
    if then == TokensThen::Revoke {
        tokens::revoke_all(&mut tx).await?;
    }
    tx.commit().await?;
    call.forget_here();
    Ok(())
}

async fn left(mut tx: PersonTx) -> Result<Vec<SessionRow>, AppError> {
    let rows = sessions::list(&mut tx).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Lists the names of the operator tokens that signing out everywhere revokes.
pub(crate) async fn token_names(call: &Call) -> Result<Vec<String>, AppError> {
    let mut tx = person(call).await?;
    let names = tokens::live_names(&mut tx).await?;
    tx.commit().await?;
    Ok(names)
}
