//! Sign-in: credentials and sessions. These statements run before anyone is authenticated.

use super::factors::{asked_at_sign_in, passkeys};
use crate::{
    audit,
    door::{Credential, MfaSubject, PersonTx, Principal},
    error::StoreError,
    pool::Store,
    secret::Secret,
};
use model::{
    Email,
    audit::{Action, Detail},
    id::{PasskeyId, SessionId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, types::Uuid};

pub use crate::door::Device;

/// Stored password of a person.
pub struct PasswordRecord {
    /// Owner of the password.
    pub user: UserId,
    /// Password hash as a PHC string.
    pub hash: String,
}

impl Store {
    /// Returns the password record for an email address; `None` if the address is unknown.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.identity.password_of", skip_all)]
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

    /// Replaces the hash by one of the same password in normalized form. Does nothing if the password was changed
    /// meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.identity.upgrade_password_hash", skip_all)]
    pub async fn upgrade_password_hash(&self, record: &PasswordRecord, hash: &str) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", record.user.to_string())
            .fetch_one(&mut *tx)
            .await?;
        sqlx::query!(
            "update account.users set password_hash = $2 where id = $1 and password_hash = $3",
            record.user.uuid(),
            hash,
            record.hash,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Creates a person with a verified email address.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with `users_email_key` if the address is taken.
    #[tracing::instrument(level = "debug", name = "store.identity.register", skip_all)]
    pub async fn register(&self, email: &Email, name: &str, password_hash: &str) -> Result<UserId, StoreError> {
        let mut tx = self.begin().await?;
        let id = Uuid::now_v7();
        sqlx::query!("select door.register($1, $2, $3, $4)", id, email.as_str(), name, password_hash)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(UserId::from_uuid(id))
    }

    /// Starts a session for a person who has just verified one factor, with a new secret (ASVS 7.2.4). Ends `previous`,
    /// the browser's previous session, and logs the sign-in. If the person has a second factor that is required at
    /// sign-in, the sign-in stays pending, whichever first factor was used: `secret` then only gives access to the
    /// verification of the second factor (ASVS 6.4.3).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// no session is started.
    #[tracing::instrument(level = "debug", name = "store.identity.begin_session", skip_all, fields(user_id = %user))]
    pub async fn begin_session(
        &self,
        user: UserId,
        secret: &Secret,
        device: &Device,
        previous: Option<&Credential>,
    ) -> Result<SignInOutcome, StoreError> {
        self.end_previous(previous).await?;
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", user.to_string()).fetch_one(&mut *tx).await?;
        let begun = if asked_at_sign_in(&mut tx, user).await? {
            insert_sign_in(&mut tx, user, secret, device).await?;
            SignInOutcome::AwaitsFactor
        } else {
            SignInOutcome::Session(insert_session(&mut tx, user, secret, device, None).await?)
        };
        tx.commit().await?;
        Ok(begun)
    }

    /// Starts a session for a person whose passkey signature was verified, which counts as two factors. `credential` is
    /// stored for the next signature check. Returns `None` if the passkey was removed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// no session is started.
    #[tracing::instrument(level = "debug", name = "store.identity.begin_session_by_passkey", skip_all)]
    pub async fn begin_session_by_passkey(
        &self,
        (user, passkey): (UserId, PasskeyId),
        credential: &Value,
        secret: &Secret,
        device: &Device,
        previous: Option<&Credential>,
    ) -> Result<Option<SessionId>, StoreError> {
        self.end_previous(previous).await?;
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", user.to_string()).fetch_one(&mut *tx).await?;
        if !passkeys::used(&mut tx, user, passkey, credential).await? {
            return Ok(None);
        }
        let session = insert_session(&mut tx, user, secret, device, Some(VerifiedFactor::SecondFactor)).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Returns `true` if the session is still valid, even if its secret has changed (as after a second-factor
    /// verification). This does not authorize anything: that requires the current secret.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.identity.is_session_active", skip_all)]
    pub async fn is_session_active(&self, principal: &Principal) -> Result<bool, StoreError> {
        let Some(session) = principal.session else { return Ok(false) };
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", principal.person.id.to_string())
            .fetch_one(&mut *tx)
            .await?;
        Ok(sqlx::query_scalar!(
            r#"select exists (select from account.sessions s join account.users u on u.id = s.user_id
                where s.id = $1 and s.ended_at is null and s.expires_at > now()
                    and s.last_seen_at > now() - interval '14 days' and u.disabled_at is null) as "live!""#,
            session.uuid()
        )
        .fetch_one(&mut *tx)
        .await?)
    }

    async fn end_previous(&self, previous: Option<&Credential>) -> Result<(), StoreError> {
        if let Some(previous) = previous
            && let Some(mut held) = self.person(previous).await?
        {
            end(&mut held, EndReason::Ended).await?;
            held.commit().await?;
        }
        Ok(())
    }

    /// Cancels a sign-in that waits for a second factor. Does nothing for any other credential.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.identity.abandon_sign_in", skip_all)]
    pub async fn abandon_sign_in(&self, credential: &Credential) -> Result<(), StoreError> {
        if let Some(mut mfa) = self.mfa(credential).await?
            && let MfaSubject::SignIn(id) = mfa.subject
        {
            mfa.take_sign_in(id).await?;
            mfa.commit().await?;
        }
        Ok(())
    }
}

/// Result of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInOutcome {
    /// A session was started.
    Session(SessionId),
    /// A second factor is required first.
    AwaitsFactor,
}

/// Factor that was verified in addition to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerifiedFactor {
    /// A second factor.
    SecondFactor,
}

/// Inserts a session and the log entry of its sign-in.
pub(crate) async fn insert_session(
    connection: &mut PgConnection,
    user: UserId,
    secret: &Secret,
    device: &Device,
    proven: Option<VerifiedFactor>,
) -> Result<SessionId, StoreError> {
    let (id, hash) = (Uuid::now_v7(), secret.hash());
    let ip = device.ip.map(|ip| ip.to_string());
    sqlx::query!(
        "insert into account.sessions (id, token_hash, user_id, user_agent, ip, factor_at)
        values ($1, $2, $3, $4, $5::text::inet, case when $6 then now() end)",
        id,
        hash.bytes(),
        user.uuid(),
        device.shortened(),
        ip.as_deref(),
        proven == Some(VerifiedFactor::SecondFactor),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into account.audit_log (id, user_id, session_id, actor, action, ip)
        select $1, u.id, $3, u.name, 'signed_in', $4::text::inet from account.users u where u.id = $2",
        Uuid::now_v7(),
        user.uuid(),
        id,
        ip.as_deref(),
    )
    .execute(&mut *connection)
    .await?;
    // Policies check if this session has verified a second factor.
    sqlx::query!("select set_config('stile.session_id', $1, true)", id.to_string()).fetch_one(&mut *connection).await?;
    // Open organization invites to the person's verified address are accepted at sign-in.
    super::offers::bind(connection, user).await?;
    Ok(SessionId::from_uuid(id))
}

/// Also deletes the person's expired pending sign-ins.
async fn insert_sign_in(
    connection: &mut PgConnection,
    user: UserId,
    secret: &Secret,
    device: &Device,
) -> Result<(), StoreError> {
    let hash = secret.hash();
    let ip = device.ip.map(|ip| ip.to_string());
    sqlx::query!(
        "with swept as (delete from account.sign_ins where user_id = $3 and expires_at < now())
        insert into account.sign_ins (id, secret_hash, user_id, user_agent, ip) values ($1, $2, $3, $4, $5::text::inet)",
        Uuid::now_v7(),
        hash.bytes(),
        user.uuid(),
        device.shortened(),
        ip.as_deref(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

impl Device {
    fn shortened(&self) -> String {
        self.user_agent.chars().take(400).collect()
    }
}

/// Reason why a session ended, as stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum EndReason {
    /// The person signed out.
    SignedOut,
    /// The session was ended by a new sign-in in the same browser, or from another device.
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

/// Ends the session of this transaction and logs the sign-out. Its secret is invalid once this commits.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.identity.sign_out", skip_all)]
pub async fn sign_out(tx: &mut PersonTx) -> Result<(), StoreError> {
    end(tx, EndReason::SignedOut).await
}

async fn end(tx: &mut PersonTx, reason: EndReason) -> Result<(), StoreError> {
    let Some(session) = tx.principal().session else { return Ok(()) };
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
    audit::record(tx, action, session.uuid(), &Detail::none()).await
}
