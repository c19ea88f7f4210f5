//! The account plane's door.

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

/// The person behind a credential, as the database has them now.
#[derive(Debug, Clone)]
pub struct Live {
    /// Who it is.
    pub person: Person,
    /// The session, unless an operator token was presented.
    pub session: Option<SessionId>,
    /// Changes whenever anything in the person's list of seats may have changed.
    pub epoch: String,
    /// Whether the person wants the picker instead of the last workspace at `/`.
    pub lands_on_picker: bool,
    /// When this was read, by the database's clock: the only one that decides what has run out.
    pub now: OffsetDateTime,
}

/// A transaction in which the person's own rows can be seen and written, and nobody else's.
pub struct PersonTx {
    tx: DoorTx,
    live: Live,
}

impl Store {
    /// Opens the account plane for whoever presents `credential`; `None` when nobody is signed in with it.
    ///
    /// # Errors
    /// When the database fails. Never an open door.
    pub async fn person(&self, credential: &Credential) -> Result<Option<PersonTx>, StoreError> {
        self.open_person(credential, Purpose::Writing).await
    }

    /// As [`person`](Self::person), for reading only: PostgreSQL refuses every write.
    ///
    /// # Errors
    /// As [`person`](Self::person).
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
        self.note_known(credential, UserId::from_uuid(row.user_id));
        let live = Live {
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
        Ok(Some(PersonTx { tx: DoorTx::new(tx, purpose, row.noted), live }))
    }
}

impl PersonTx {
    /// Who it is.
    pub const fn live(&self) -> &Live {
        &self.live
    }

    /// Makes what was written stay. Without it, dropping the transaction undoes all.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(self) -> Result<Live, StoreError> {
        self.tx.commit().await?;
        Ok(self.live)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// For statements that only read.
    pub(crate) fn reading(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }
}
