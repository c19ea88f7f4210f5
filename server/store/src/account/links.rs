//! Links that were mailed: to sign up, to set a new password, to move an account to another address. Each proves that
//! its holder reads mail at the address, works once and for a limited time, and is kept as a hash.

use super::identity::Device;
use crate::{
    audit,
    door::PersonTx,
    error::StoreError,
    mail::{self, Cause, Caused},
    pool::Store,
    secret::{Secret, SecretHash},
};
use model::{
    Email,
    audit::{Action, Detail},
    id::UserId,
    link::DeadLink,
    mail::Letter,
};
use sqlx::{PgConnection, types::Uuid};

/// What a link is for, of those that a stranger can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign up: 24 hours.
    SignUp,
    /// To set a new password: one hour.
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::Reset => "reset",
        }
    }
}

/// What a link is worth now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It works.
    Open {
        /// The address that it proves.
        email: String,
        /// The name of the person whose it is, if there is one.
        name: Option<String>,
    },
    /// It does not.
    Dead(DeadLink),
}

/// What a sign-up came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUp {
    /// The new person.
    pub user: UserId,
    /// Where they wanted to go.
    pub next: Option<String>,
}

impl Store {
    /// Notes a link for `email` and queues the letter that holds it, in one transaction and by the same statements
    /// whether the address has an account or not; `letter` is told which, so that the answer tells nobody who has an account. An address that got
    /// several such letters just now gets none, whichever server was asked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_link(
        &self,
        purpose: Purpose,
        email: &Email,
        token: &Secret,
        next: Option<&str>,
        letter: impl FnOnce(bool) -> Letter + Send,
    ) -> Result<Caused, StoreError> {
        let mut tx = self.begin().await?;
        let caused = mail::cause(&mut tx, Cause::Link, email).await?;
        if caused != Caused::Counted {
            return Ok(caused);
        }
        let hash = token.hash();
        let known = sqlx::query_scalar!(
            r#"select door.offer_link($1, $2, $3, $4) as "known!""#,
            hash.bytes(),
            purpose.as_str(),
            email.as_str(),
            next,
        )
        .fetch_one(&mut *tx)
        .await?;
        mail::queue(&mut tx, &letter(known)).await?;
        tx.commit().await?;
        Ok(caused)
    }

    /// What a link is worth. Looking does not use it up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link(&self, purpose: Purpose, token: &Secret) -> Result<LinkState, StoreError> {
        let mut tx = self.begin().await?;
        look(&mut tx, token.hash(), purpose.as_str()).await
    }

    /// Uses a sign-up's link up and registers the person, whose address it has verified.
    ///
    /// # Errors
    /// [`StoreError::Refused`] by `users_email_key` when the address got an account meanwhile; the link stays as it was.
    pub async fn sign_up(
        &self,
        token: &Secret,
        name: &str,
        password_hash: &str,
    ) -> Result<Result<SignedUp, DeadLink>, StoreError> {
        let mut tx = self.begin().await?;
        let hash = token.hash();
        let taken =
            sqlx::query!(r#"select email as "email!", next_path from door.take_link($1, 'sign_up')"#, hash.bytes())
                .fetch_optional(&mut *tx)
                .await?;
        let Some(taken) = taken else {
            return Ok(Err(why(&mut tx, hash, "sign_up").await?));
        };
        let id = Uuid::now_v7();
        sqlx::query!("select door.register($1, $2, $3, $4)", id, taken.email, name, password_hash)
            .execute(&mut *tx)
            .await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", id.to_string()).fetch_one(&mut *tx).await?;
        sqlx::query!(
            "insert into account.audit_log (id, user_id, actor, action) values ($1, $2, $3, $4)",
            Uuid::now_v7(),
            id,
            name,
            Action::SignedUp.as_str(),
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Ok(SignedUp { user: UserId::from_uuid(id), next: taken.next_path }))
    }

    /// Uses a reset's link up: sets the password, ends every session and operator token of the person, notes it and queues the letter
    /// that tells them. Nobody is signed in by it, so that no second factor is passed by (ASVS 6.4.3).
    ///
    /// # Errors
    /// When the database fails; then nothing was changed.
    pub async fn reset_password(
        &self,
        token: &Secret,
        password_hash: &str,
        device: &Device,
        letter: impl FnOnce(&Email) -> Letter + Send,
    ) -> Result<Result<(), DeadLink>, StoreError> {
        let mut tx = self.begin().await?;
        let hash = token.hash();
        let taken = sqlx::query!(r#"select email as "email!", user_id from door.take_link($1, 'reset')"#, hash.bytes())
            .fetch_optional(&mut *tx)
            .await?;
        let (email, user) = match taken.map(|t| (Email::parse(&t.email), t.user_id)) {
            Some((Ok(email), Some(user))) => (email, user),
            _ => return Ok(Err(why(&mut tx, hash, "reset").await?)),
        };
        sqlx::query!("update account.users set password_hash = $2 where id = $1", user, password_hash)
            .execute(&mut *tx)
            .await?;
        sqlx::query!(
            "update account.sessions set ended_at = now(), end_reason = 'password_changed' where user_id = $1 and ended_at is null",
            user,
        )
        .execute(&mut *tx)
        .await?;
        // A person who knew the old password may have created a token.
        sqlx::query!(
            "update account.operator_tokens set revoked_at = now() where user_id = $1 and revoked_at is null",
            user,
        )
        .execute(&mut *tx)
        .await?;
        let ip = device.ip.map(|ip| ip.to_string());
        sqlx::query!(
            "insert into account.audit_log (id, user_id, actor, action, ip)
            select $1, u.id, u.name, $3, $4::text::inet from account.users u where u.id = $2",
            Uuid::now_v7(),
            user,
            Action::PasswordReset.as_str(),
            ip.as_deref(),
        )
        .execute(&mut *tx)
        .await?;
        mail::queue(&mut tx, &letter(&email)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}

/// What a link to another address is worth, for the person of this transaction.
///
/// # Errors
/// When the database fails.
pub async fn address_link(tx: &mut PersonTx, token: &Secret) -> Result<LinkState, StoreError> {
    look(tx.connection(), token.hash(), "address").await
}

/// Notes a link to `email` for the person of this transaction, in place of an earlier one, and says whether that
/// address has an account already. `Err`: that address gets no more mails, or this person causes no more, for so many
/// seconds; nothing is to be committed.
///
/// # Errors
/// When the database fails.
pub async fn offer_address(tx: &mut PersonTx, email: &Email, token: &Secret) -> Result<Result<bool, u32>, StoreError> {
    if let Caused::Recipient(wait) | Caused::Spent(wait) = mail::cause(tx.connection(), Cause::Address, email).await? {
        return Ok(Err(wait));
    }
    let hash = token.hash();
    let detail = Detail::none().change("address", &tx.live().person.email, email);
    audit::note(tx, Action::EmailChangeAsked, None, &detail).await?;
    let taken = sqlx::query_scalar!(r#"select door.offer_address($1, $2) as "taken!""#, hash.bytes(), email.as_str())
        .fetch_one(tx.connection())
        .await?;
    Ok(Ok(taken))
}

/// Uses the link up and moves the account of the person of this transaction; gives the old and the new address.
///
/// # Errors
/// [`StoreError::Refused`] by `users_email_key` when the address has an account meanwhile.
pub async fn take_address(tx: &mut PersonTx, token: &Secret) -> Result<Result<(String, String), DeadLink>, StoreError> {
    let hash = token.hash();
    let taken =
        sqlx::query!(r#"select old_email as "old!", new_email as "new!" from door.take_address($1)"#, hash.bytes())
            .fetch_optional(tx.connection())
            .await?;
    match taken {
        Some(taken) => {
            let detail = Detail::none().change("address", &taken.old, &taken.new);
            audit::note(tx, Action::EmailChanged, None, &detail).await?;
            Ok(Ok((taken.old, taken.new)))
        }
        None => Ok(Err(why(tx.connection(), hash, "address").await?)),
    }
}

async fn look(connection: &mut PgConnection, hash: SecretHash, purpose: &str) -> Result<LinkState, StoreError> {
    let row =
        sqlx::query!(r#"select state as "state!", email, name from door.look_at_link($1, $2)"#, hash.bytes(), purpose)
            .fetch_optional(connection)
            .await?;
    Ok(match row.map(|row| (row.state, row.email, row.name)) {
        Some((_, Some(email), name)) => LinkState::Open { email, name },
        Some((state, ..)) if state == "expired" => LinkState::Dead(DeadLink::Expired),
        Some(_) => LinkState::Dead(DeadLink::Used),
        None => LinkState::Dead(DeadLink::Unknown),
    })
}

/// Why a link could not be used.
async fn why(connection: &mut PgConnection, hash: SecretHash, purpose: &str) -> Result<DeadLink, StoreError> {
    Ok(match look(connection, hash, purpose).await? {
        LinkState::Dead(dead) => dead,
        // It is open, but not for this person.
        LinkState::Open { .. } => DeadLink::Unknown,
    })
}
