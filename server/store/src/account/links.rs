//! Mailed links: to sign up, to reset a password, or to change the account's email address. A link proves that its
//! holder can read mail at the address. It is valid once and for a limited time, and is stored as a hash.

use super::identity::Device;
use crate::{
    audit,
    door::PersonTx,
    error::StoreError,
    mail::{self, MailKind, MailQuotaCheck},
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

/// Purpose of a link that can be requested without signing in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Sign-up. Valid for 24 hours.
    SignUp,
    /// Password reset. Valid for one hour.
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

/// State of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// The link is valid.
    Open {
        /// Email address that the link verifies.
        email: String,
        /// Name of the person who owns the link, if there is one.
        name: Option<String>,
    },
    /// The link is not valid.
    Dead(DeadLink),
}

/// Result of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedUp {
    /// The new person.
    pub user: UserId,
    /// Path to redirect to after the sign-up.
    pub next: Option<String>,
}

impl Store {
    /// Stores a link for `email` and queues its letter, in one transaction. The statements are the same whether or not
    /// the address has an account, and only `letter` receives that as a flag, so the response does not disclose who has
    /// an account. No letter is sent to an address that has recently received several, across all servers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.links.offer_link", skip_all)]
    pub async fn offer_link(
        &self,
        purpose: Purpose,
        email: &Email,
        token: &Secret,
        next: Option<&str>,
        letter: impl FnOnce(bool) -> Letter + Send,
    ) -> Result<MailQuotaCheck, StoreError> {
        let mut tx = self.begin().await?;
        let quota = mail::count_mail(&mut tx, MailKind::Link, email).await?;
        if quota != MailQuotaCheck::Counted {
            return Ok(quota);
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
        Ok(quota)
    }

    /// Returns the state of a link without consuming it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.links.link", skip_all)]
    pub async fn link(&self, purpose: Purpose, token: &Secret) -> Result<LinkState, StoreError> {
        let mut tx = self.begin().await?;
        look(&mut tx, token.hash(), purpose.as_str()).await
    }

    /// Consumes a sign-up link and registers the person with the verified email address.
    ///
    /// # Errors
    /// [`StoreError::Refused`] with `users_email_key` if the address has an account by now; the link is not consumed
    /// then.
    #[tracing::instrument(level = "debug", name = "store.links.sign_up", skip_all)]
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

    /// Consumes a reset link: sets the password, ends all sessions and operator tokens of the person, logs it, and
    /// queues the letter that informs them. It does not sign the person in, so that no second factor is bypassed (ASVS
    /// 6.4.3).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails. Then
    /// nothing is changed.
    #[tracing::instrument(level = "debug", name = "store.links.reset_password", skip_all)]
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

/// Returns the state of an address-change link, for the person of this transaction.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.links.address_link", skip_all)]
pub async fn address_link(tx: &mut PersonTx, token: &Secret) -> Result<LinkState, StoreError> {
    look(tx.connection(), token.hash(), "address").await
}

/// Stores an address-change link to `email` for the person of this transaction, replacing an earlier one. Returns
/// `true` if that address already has an account. The inner error is the number of seconds until that address may
/// receive, or this person may cause, another mail; the transaction must not be committed then.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.links.offer_address", skip_all)]
pub async fn offer_address(tx: &mut PersonTx, email: &Email, token: &Secret) -> Result<Result<bool, u32>, StoreError> {
    if let MailQuotaCheck::Recipient(wait) | MailQuotaCheck::Spent(wait) =
        mail::count_mail(tx.connection(), MailKind::Address, email).await?
    {
        return Ok(Err(wait));
    }
    let hash = token.hash();
    let detail = Detail::none().change("address", &tx.principal().person.email, email);
    audit::record(tx, Action::EmailChangeAsked, None, &detail).await?;
    let taken = sqlx::query_scalar!(r#"select door.offer_address($1, $2) as "taken!""#, hash.bytes(), email.as_str())
        .fetch_one(tx.connection())
        .await?;
    Ok(Ok(taken))
}

/// Consumes an address-change link and changes the email address of the person of this transaction. Returns the old and
/// the new address.
///
/// # Errors
/// [`StoreError::Refused`] with `users_email_key` if the address has an account by now.
#[tracing::instrument(level = "debug", name = "store.links.take_address", skip_all)]
pub async fn take_address(tx: &mut PersonTx, token: &Secret) -> Result<Result<(String, String), DeadLink>, StoreError> {
    let hash = token.hash();
    let taken =
        sqlx::query!(r#"select old_email as "old!", new_email as "new!" from door.take_address($1)"#, hash.bytes())
            .fetch_optional(tx.connection())
            .await?;
    match taken {
        Some(taken) => {
            let detail = Detail::none().change("address", &taken.old, &taken.new);
            audit::record(tx, Action::EmailChanged, None, &detail).await?;
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

/// Returns the reason why a link could not be used.
async fn why(connection: &mut PgConnection, hash: SecretHash, purpose: &str) -> Result<DeadLink, StoreError> {
    Ok(match look(connection, hash, purpose).await? {
        LinkState::Dead(dead) => dead,
        // The link is valid, but for another person.
        LinkState::Open { .. } => DeadLink::Unknown,
    })
}
