//! The door to proving a second factor: for a session, and for a sign-in that waits for just that.

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

/// For what a factor is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A session, which goes on with the factor proven.
    Session(SessionId),
    /// A sign-in whose password was right: it becomes a session.
    SignIn(Uuid),
}

impl Holder {
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

/// A transaction in which a person may prove a second factor, and nothing else.
pub struct Prover {
    tx: DoorTx,
    /// Who it is.
    pub person: Person,
    /// For what.
    pub holder: Holder,
    /// The database's clock.
    pub now: OffsetDateTime,
}

impl Store {
    /// Opens for the holder of a session, or of a sign-in that waits for a second factor; `None` for anybody else, and
    /// for an operator token, which proves nothing.
    ///
    /// # Errors
    /// When the database fails. Never an open door.
    pub async fn prover(&self, credential: &Credential) -> Result<Option<Prover>, StoreError> {
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
        self.note_known(credential, UserId::from_uuid(row.user_id));
        let holder = match row.kind.as_str() {
            "session" => Holder::Session(SessionId::from_uuid(row.holder)),
            "sign_in" => Holder::SignIn(row.holder),
            other => return Err(StoreError::Inconsistent(format!("a prover of kind {other:?}"))),
        };
        let person =
            Person { id: UserId::from_uuid(row.user_id), name: row.user_name, email: row.email, portrait: None };
        let tx = DoorTx::new(tx, Purpose::Writing, false);
        Ok(Some(Prover { tx, person, holder, now: row.now }))
    }
}

impl Prover {
    /// Makes what was written stay.
    ///
    /// # Errors
    /// When the database fails; then nothing was written.
    pub async fn commit(self) -> Result<Person, StoreError> {
        self.tx.commit().await?;
        Ok(self.person)
    }

    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        self.tx.connection()
    }

    /// The device of a waiting sign-in.
    pub(crate) async fn take_sign_in(&mut self, id: Uuid) -> Result<Option<Device>, StoreError> {
        let row = sqlx::query!("delete from account.sign_ins where id = $1 returning user_agent, host(ip) as ip", id)
            .fetch_optional(self.connection())
            .await?;
        Ok(row.map(|row| Device { ip: row.ip.and_then(|ip| ip.parse().ok()), user_agent: row.user_agent }))
    }
}
