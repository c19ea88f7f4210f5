//! Before and at sign-in: credentials, sessions. The third, narrow door.

use super::factors::{asked_at_sign_in, passkeys};
use crate::{
    audit,
    door::{Credential, Holder, Live, PersonTx},
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

    /// Stores a new hash of the same password, in its normalized spelling. Does nothing if the password was changed
    /// meanwhile.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn respell_password(&self, record: &PasswordRecord, hash: &str) -> Result<(), StoreError> {
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

    /// Starts a session for a person who has just proven who they are by one factor, with a secret of its own (ASVS
    /// 7.2.4), ends `previous`, the session the browser held before, and notes the sign-in. Whoever has a second factor
    /// and is asked for it at sign-in gets no session yet, however they proved the first: `secret` then opens the page
    /// that asks and nothing else (ASVS 6.4.3).
    ///
    /// # Errors
    /// When the database fails; then there is no session.
    pub async fn begin_session(
        &self,
        user: UserId,
        secret: &Secret,
        device: &Device,
        previous: Option<&Credential>,
    ) -> Result<Begun, StoreError> {
        self.end_previous(previous).await?;
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", user.to_string()).fetch_one(&mut *tx).await?;
        let begun = if asked_at_sign_in(&mut tx, user).await? {
            insert_sign_in(&mut tx, user, secret, device).await?;
            Begun::AwaitsFactor
        } else {
            Begun::Session(insert_session(&mut tx, user, secret, device, None).await?)
        };
        tx.commit().await?;
        Ok(begun)
    }

    /// Starts a session for a person whose passkey has signed: that is two factors at once. `credential` is what the next
    /// signature is checked against. `None` when the passkey was removed meanwhile.
    ///
    /// # Errors
    /// When the database fails; then there is no session.
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
        let session = insert_session(&mut tx, user, secret, device, Some(Proven::SecondFactor)).await?;
        tx.commit().await?;
        Ok(Some(session))
    }

    /// Whether the session that somebody had is still theirs, be it under another secret (a proven factor changes it).
    /// Says nothing of whether anybody may act in it: for that, its secret is to be presented at a door.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn goes_on(&self, live: &Live) -> Result<bool, StoreError> {
        let Some(session) = live.session else { return Ok(false) };
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", live.person.id.to_string())
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

    /// Gives a sign-in up that waits for a second factor. For any other credential it does nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn abandon_sign_in(&self, credential: &Credential) -> Result<(), StoreError> {
        if let Some(mut prover) = self.prover(credential).await?
            && let Holder::SignIn(id) = prover.holder
        {
            prover.take_sign_in(id).await?;
            prover.commit().await?;
        }
        Ok(())
    }
}

/// How far a sign-in came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// There is a session.
    Session(SessionId),
    /// A second factor is asked for first.
    AwaitsFactor,
}

/// What was proven beside the first factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Proven {
    /// A second one.
    SecondFactor,
}

/// A session, and the note of its sign-in.
pub(crate) async fn insert_session(
    connection: &mut PgConnection,
    user: UserId,
    secret: &Secret,
    device: &Device,
    proven: Option<Proven>,
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
        proven == Some(Proven::SecondFactor),
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
    // Whether a factor is proven is checked for this session.
    sqlx::query!("select set_config('stile.session_id', $1, true)", id.to_string()).fetch_one(&mut *connection).await?;
    // Open invites of organizations to the person's verified address take effect at sign-in.
    super::offers::bind(connection, user).await?;
    Ok(SessionId::from_uuid(id))
}

/// The person's sign-ins that ran out are swept away in passing.
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
