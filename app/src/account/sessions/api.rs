//! Server side of the sessions page.

use crate::{
    account::identity::person,
    error::AppError,
    routes::{Route, SignInNotice},
    server::{
        call::Call,
        form::{Form, Outcome},
    },
};
use model::{device::SessionRow, id::SessionId, token::TokensThen};
use serde::Deserialize;
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
    call.clear_session();
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

/// Form actions of the sessions page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum SessionForm {
    End {
        id: String,
    },
    EndOthers,
    SignOutEverywhere {
        /// Checkbox to keep the operator tokens.
        #[serde(default)]
        tokens: String,
    },
}

/// Handles a form of the sessions page.
pub(crate) async fn submit(call: &Call, form: &Form) -> Result<Outcome, AppError> {
    match form.act()? {
        SessionForm::End { id } => drop(end(call, id.parse().map_err(|_| AppError::Absent)?).await?),
        SessionForm::EndOthers => drop(end_others(call).await?),
        SessionForm::SignOutEverywhere { tokens } => {
            end_all(call, TokensThen::of_checkbox(&tokens)).await?;
            let notice = Some(SignInNotice::SignedOut);
            return Ok(Outcome::Go(Route::SignIn { next: None, notice }.url()));
        }
    }
    Ok(Outcome::Go(Route::Sessions.url()))
}
