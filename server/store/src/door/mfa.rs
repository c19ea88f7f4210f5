//! Transactions for second-factor verification, for a session or a pending sign-in.

use super::Device;
use super::{
    Credential,
    tx::{DoorTx, Purpose},
};
use crate::{error::StoreError, pool::Store};
use model::{
    id::{SessionId, UserId},
    workspace::Person,
};
use sqlx::{PgConnection, types::Uuid};
use time::OffsetDateTime;

/// Owner of a second-factor verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaSubject {
    /// A session, which continues with the factor verified.
    Session(SessionId),
    /// A pending sign-in with a correct password, which becomes a session.
    SignIn(Uuid),
}

impl MfaSubject {
    pub(crate) const fn uuid(self) -> Uuid {
        match self {
            Self::Session(id) => id.uuid(),
            Self::SignIn(id) => id,
        }
    }

    pub(crate) const fn session(self) -> Option<SessionId> {
        match self {
            Self::Session(id) => Some(id),
            Self::SignIn(_) => None,
        }
    }
}

/// Transaction in which a person can verify a second factor, and do nothing else.
pub struct MfaTx {
    tx: DoorTx,
    /// The person.
    pub person: Person,
    /// The session or pending sign-in that the verification is for.
    pub subject: MfaSubject,
    /// Current time, by the database's clock.
    pub now: OffsetDateTime,
}

impl Store {
    /// Begins a transaction for the holder of a session or of a sign-in that waits for a second factor. Returns `None`
    /// for anyone else, and for an operator token, which can't verify a factor.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. No
    /// transaction is opened then.
    #[tracing::instrument(level = "debug", name = "store.door.mfa", skip_all)]
    pub async fn mfa(&self, credential: &Credential) -> Result<Option<MfaTx>, StoreError> {
        let Credential::Session(hash) = credential else { return Ok(None) };
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select kind as "kind!", holder as "holder!", user_id as "user_id!", user_name as "user_name!",
                email as "email!", now() as "now!"
            from door.prover($1)"#,
            hash.bytes(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        self.record_owner(credential, UserId::from_uuid(row.user_id));
        let subject = match row.kind.as_str() {
            "session" => MfaSubject::Session(SessionId::from_uuid(row.holder)),
            "sign_in" => MfaSubject::SignIn(row.holder),
            other => return Err(StoreError::Inconsistent(format!("a prover of kind {other:?}"))),
        };
        let person =
            Person { id: UserId::from_uuid(row.user_id), name: row.user_name, email: row.email, portrait: None };
        let tx = DoorTx::new(tx, Purpose::Writing, false);
        Ok(Some(MfaTx { tx, person, subject, now: row.now }))
    }
}

impl MfaTx {
    /// Commits the transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails. Then nothing was written.
    #[tracing::instrument(level = "debug", name = "store.door.mfa_commit", skip_all)]
    pub async fn commit(self) -> Result<Person, StoreError> {
        self.tx.commit().await?;
        Ok(self.person)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// Deletes a pending sign-in and returns its device; `None` if it no longer exists.
    pub(crate) async fn take_sign_in(&mut self, id: Uuid) -> Result<Option<Device>, StoreError> {
        let row = sqlx::query!("delete from account.sign_ins where id = $1 returning user_agent, host(ip) as ip", id)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| Device { ip: row.ip.and_then(|ip| ip.parse().ok()), user_agent: row.user_agent }))
    }
}
