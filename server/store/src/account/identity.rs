//! Before and at sign-in: credentials, sessions. The third, narrow door.

use crate::{
    audit,
    door::{Credential, PersonTx},
    error::StoreError,
    pool::Store,
    secret::Secret,
};
use model::{
    Email,
    audit::{Action, Detail},
    id::{SessionId, UserId},
};
use sqlx::types::Uuid;
use std::net::IpAddr;

/// What a password is checked against.
pub struct PasswordRecord {
    /// Whose it is.
    pub user: UserId,
    /// The PHC string.
    pub hash: String,
}

/// Where a sign-in came from.
#[derive(Debug, Clone, Default)]
pub struct Device {
    /// The address.
    pub ip: Option<IpAddr>,
    /// The browser's own words, cut at 400 characters.
    pub user_agent: String,
}

impl Store {
    /// The password record of an address; `None` for an unknown one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn password_of(&self, email: &Email) -> Result<Option<PasswordRecord>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select user_id as "user_id!", password_hash as "password_hash!" from door.credentials($1)"#,
            email.as_str()
        )
        .fetch_optional(&mut *tx)
        .await?;
        Ok(row.map(|row| PasswordRecord { user: UserId::from_uuid(row.user_id), hash: row.password_hash }))
    }

    /// Adds a person whose address is verified.
    ///
    /// # Errors
    /// [`StoreError::Refused`] by `users_email_key` when the address is taken.
    pub async fn register(&self, email: &Email, name: &str, password_hash: &str) -> Result<UserId, StoreError> {
        let mut tx = self.begin().await?;
        let id = Uuid::now_v7();
        sqlx::query!("select door.register($1, $2, $3, $4)", id, email.as_str(), name, password_hash)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(UserId::from_uuid(id))
    }

    /// Starts a session for a person who has just proven who they are, with a secret of its own (ASVS 7.2.4), ends
    /// `previous`, the session the browser held before, and notes the sign-in.
    ///
    /// # Errors
    /// When the database fails; then there is no session.
    pub async fn begin_session(
        &self,
        user: UserId,
        secret: &Secret,
        device: &Device,
        previous: Option<&Credential>,
    ) -> Result<SessionId, StoreError> {
        if let Some(previous) = previous
            && let Some(mut held) = self.person(previous).await?
        {
            end(&mut held, EndReason::Ended).await?;
            held.commit().await?;
        }
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", user.to_string()).fetch_one(&mut *tx).await?;
        let (id, hash) = (Uuid::now_v7(), secret.hash());
        let agent: String = device.user_agent.chars().take(400).collect();
        let ip = device.ip.map(|ip| ip.to_string());
        sqlx::query!(
            "insert into account.sessions (id, token_hash, user_id, user_agent, ip) values ($1, $2, $3, $4, $5::text::inet)",
            id,
            hash.bytes(),
            user.uuid(),
            agent,
            ip.as_deref(),
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "insert into account.audit_log (id, user_id, session_id, actor, action, ip)
            select $1, u.id, $3, u.name, 'signed_in', $4::text::inet from account.users u where u.id = $2",
            Uuid::now_v7(),
            user.uuid(),
            id,
            ip.as_deref(),
        )
        .execute(&mut *tx)
        .await?;
        super::offers::bind(&mut tx, user).await?;
        tx.commit().await?;
        Ok(SessionId::from_uuid(id))
    }
}

/// Why a session ended, as stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum EndReason {
    /// Its person signed out.
    SignedOut,
    /// It was ended: by a new sign-in in its browser, or from another device.
    Ended,
}

impl EndReason {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::Ended => "ended",
        }
    }
}

/// Ends the session of this transaction and notes the sign-out. From the commit on, its secret opens nothing.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(tx: &mut PersonTx) -> Result<(), StoreError> {
    end(tx, EndReason::SignedOut).await
}

async fn end(tx: &mut PersonTx, reason: EndReason) -> Result<(), StoreError> {
    let Some(session) = tx.live().session else { return Ok(()) };
    sqlx::query!(
        "update account.sessions set ended_at = now(), end_reason = $2 where id = $1 and ended_at is null",
        session.uuid(),
        reason.as_str(),
    )
    .execute(tx.connection())
    .await?;
    let action = match reason {
        EndReason::SignedOut => Action::SignedOut,
        EndReason::Ended => Action::SessionEnded,
    };
    audit::note(tx, action, session.uuid(), &Detail::none()).await
}
