//! A person's own account: name, password, email address, preferences.

use super::tokens;
use crate::{audit, door::PersonTx, error::StoreError, pool::Store, secret::Secret};
use model::{
    audit::{Action, Detail},
    id::UserId,
    preferences::{Landing, PickerOrder, Preferences, Theme},
    profile::Profile,
};

/// Returns the person's account.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.read", skip_all)]
pub async fn read(tx: &mut PersonTx) -> Result<Profile, StoreError> {
    let user = tx.principal().person.id.uuid();
    let row = sqlx::query!(
        "select u.name, u.email,
            (select l.email from account.mail_links l where l.user_id = u.id and l.purpose = 'address' and l.used_at is null
                and l.expires_at > now() order by l.created_at desc limit 1) as pending
        from account.users u where u.id = $1",
        user
    )
    .fetch_one(tx.connection())
    .await?;
    let tokens = tokens::live_names(tx).await?;
    Ok(Profile { name: row.name, email: row.email, pending_email: row.pending, tokens })
}

/// Changes the person's name.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.rename", skip_all)]
pub async fn rename(tx: &mut PersonTx, name: &str) -> Result<(), StoreError> {
    let user = tx.principal().person.id.uuid();
    let detail = Detail::none().change("name", &tx.principal().person.name, name);
    if detail.is_empty() {
        return Ok(());
    }
    sqlx::query!("update account.users set name = $2 where id = $1", user, name).execute(tx.connection()).await?;
    audit::record(tx, Action::ProfileChanged, None, &detail).await
}

/// Returns the hash of the person's password, as a PHC string.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.password_hash", skip_all)]
pub async fn password_hash(tx: &mut PersonTx) -> Result<String, StoreError> {
    let user = tx.principal().person.id.uuid();
    Ok(sqlx::query_scalar!("select password_hash from account.users where id = $1", user)
        .fetch_one(tx.connection())
        .await?)
}

/// Sets the person's password, ends all their other sessions, and replaces the secret of this one (ASVS 7.2.4, 7.4.3).
///
/// # Errors
/// [`StoreError::Inconsistent`] if there is no session, since operator tokens can't change a password;
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.change_password", skip_all)]
pub async fn change_password(tx: &mut PersonTx, password_hash: &str, secret: &Secret) -> Result<(), StoreError> {
    let user = tx.principal().person.id.uuid();
    let session = tx.principal().session.map(|s| s.uuid());
    let session = session.ok_or_else(|| StoreError::Inconsistent("a new password without a session".to_owned()))?;
    sqlx::query!("update account.users set password_hash = $2 where id = $1", user, password_hash)
        .execute(tx.connection())
        .await?;
    sqlx::query!(
        "update account.sessions set ended_at = now(), end_reason = 'password_changed'
        where user_id = $1 and id <> $2 and ended_at is null",
        user,
        session,
    )
    .execute(tx.connection())
    .await?;
    let hash = secret.hash();
    sqlx::query!("update account.sessions set token_hash = $2 where id = $1", session, hash.bytes())
        .execute(tx.connection())
        .await?;
    // A reset link that was mailed earlier could revert the change.
    sqlx::query!(
        "update account.mail_links set used_at = now() where user_id = $1 and purpose = 'reset' and used_at is null",
        user
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, Action::PasswordChanged, None, &Detail::none()).await
}

/// Cancels a pending change of the email address.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.withdraw_address", skip_all)]
pub async fn withdraw_address(tx: &mut PersonTx) -> Result<(), StoreError> {
    let user = tx.principal().person.id.uuid();
    let withdrawn = sqlx::query!(
        "update account.mail_links set used_at = now() where user_id = $1 and purpose = 'address' and used_at is null",
        user
    )
    .execute(tx.connection())
    .await?
    .rows_affected();
    if withdrawn == 0 {
        return Ok(());
    }
    audit::record(tx, Action::ProfileChanged, None, &Detail::none().with("new_address", "withdrawn")).await
}

/// Returns the person's preferences.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.preferences", skip_all)]
pub async fn preferences(tx: &mut PersonTx) -> Result<Preferences, StoreError> {
    let user = tx.principal().person.id.uuid();
    let row = sqlx::query!("select landing, picker_order, theme from account.preferences where user_id = $1", user)
        .fetch_optional(tx.connection())
        .await?;
    Ok(row.map_or_else(Preferences::default, |row| Preferences {
        landing: Landing::from_word(&row.landing).unwrap_or_default(),
        order: PickerOrder::from_word(&row.picker_order).unwrap_or_default(),
        theme: row.theme.as_deref().and_then(Theme::from_word),
    }))
}

/// Stores the person's preferences.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.profile.set_preferences", skip_all)]
pub async fn set_preferences(tx: &mut PersonTx, chosen: Preferences) -> Result<(), StoreError> {
    let (user, before) = (tx.principal().person.id.uuid(), preferences(tx).await?);
    if before == chosen {
        return Ok(());
    }
    sqlx::query!(
        "insert into account.preferences (user_id, landing, picker_order, theme) values ($1, $2, $3, $4)
        on conflict (user_id) do update
            set landing = excluded.landing, picker_order = excluded.picker_order, theme = excluded.theme",
        user,
        chosen.landing.as_str(),
        chosen.order.as_str(),
        chosen.theme.map(Theme::as_str),
    )
    .execute(tx.connection())
    .await?;
    audit::record(tx, Action::PreferencesChanged, None, &Detail::none()).await
}

impl Store {
    /// Returns the theme that a person has chosen, to apply it on the device where they sign in.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.profile.theme_of", skip_all, fields(user_id = %user))]
    pub async fn theme_of(&self, user: UserId) -> Result<Option<Theme>, StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query!("select set_config('stile.user_id', $1, true)", user.to_string()).fetch_one(&mut *tx).await?;
        let word = sqlx::query_scalar!("select theme from account.preferences where user_id = $1", user.uuid())
            .fetch_optional(&mut *tx)
            .await?;
        Ok(word.flatten().as_deref().and_then(Theme::from_word))
    }
}
