//! Transactions on the account data of one person.

use super::{
    Credential,
    tx::{DoorTx, Purpose},
};
use crate::{error::StoreError, pool::Store};
use model::{
    id::{SessionId, UserId},
    picture::PictureName,
    workspace::Person,
};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Authenticated person, as read when the transaction began.
#[derive(Debug, Clone)]
pub struct Principal {
    /// The person.
    pub person: Person,
    /// The session; `None` if an operator token was presented.
    pub session: Option<SessionId>,
    /// Version of the person's list of seats. Changes whenever the list may have changed.
    pub epoch: String,
    /// `true` if `/` opens the picker for this person, not the last workspace.
    pub lands_on_picker: bool,
    /// Time of this read, by the database's clock, which alone decides expiry.
    pub now: OffsetDateTime,
}

/// Transaction with access to the person's own rows only.
pub struct PersonTx {
    tx: DoorTx,
    principal: Principal,
}

impl Store {
    /// Begins a transaction for the person with this credential. Returns `None` if the credential is not valid.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. No
    /// transaction is opened then.
    #[tracing::instrument(level = "debug", name = "store.door.person", skip_all)]
    pub async fn person(&self, credential: &Credential) -> Result<Option<PersonTx>, StoreError> {
        self.open_person(credential, Purpose::Writing).await
    }

    /// Like [`person`](Self::person), but read-only: PostgreSQL rejects every write.
    ///
    /// # Errors
    /// As for [`person`](Self::person).
    #[tracing::instrument(level = "debug", name = "store.door.person_reading", skip_all)]
    pub async fn person_reading(&self, credential: &Credential) -> Result<Option<PersonTx>, StoreError> {
        self.open_person(credential, Purpose::Reading).await
    }

    async fn open_person(&self, credential: &Credential, purpose: Purpose) -> Result<Option<PersonTx>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select session_id, user_id as "user_id!", user_name as "user_name!", email as "email!", epoch as "epoch!", landing as "landing!", portrait,
                now() as "now!", pg_current_xact_id_if_assigned() is not null as "noted!",
                set_config('stile.session_id', coalesce(session_id::text, ''), true) as context,
                case when $3 then set_config('transaction_read_only', 'on', true) end as mode
            from door.person($1, $2)"#,
            credential.kind(),
            credential.hash(),
            purpose.is_reading(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        self.record_owner(credential, UserId::from_uuid(row.user_id));
        let principal = Principal {
            person: Person {
                id: UserId::from_uuid(row.user_id),
                name: row.user_name,
                email: row.email,
                portrait: row.portrait.as_deref().and_then(|name| PictureName::parse(name).ok()),
            },
            session: row.session_id.map(SessionId::from_uuid),
            epoch: row.epoch,
            lands_on_picker: row.landing == "picker",
            now: row.now,
        };
        Ok(Some(PersonTx { tx: DoorTx::new(tx, purpose, row.noted), principal }))
    }
}

impl PersonTx {
    /// Returns the authenticated person.
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// Commits the transaction. If it is dropped instead, all writes are rolled back.
    ///
    /// # Errors
    /// [`StoreError::Database`] if the query fails. Then nothing was written.
    #[tracing::instrument(level = "debug", name = "store.door.person_commit", skip_all)]
    pub async fn commit(self) -> Result<Principal, StoreError> {
        self.tx.commit().await?;
        Ok(self.principal)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// Returns the connection, for statements that only read.
    pub(crate) fn reading(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }
}
