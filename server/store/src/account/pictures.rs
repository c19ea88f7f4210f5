//! Pictures in the account plane: the person's own portrait, and access to those of others.
//!
//! Each request for a picture is authorized by the database. Knowing a picture's name does not grant access.

use crate::{audit, door::PersonTx, error::StoreError};
use model::{
    Slug,
    audit::{Action, Detail},
    id::UserId,
    picture::PictureName,
};

/// Picture to store: its name, and PNG data that this server encoded.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Name of the picture.
    pub name: PictureName,
    /// PNG file, at most 256 kB.
    pub png: Vec<u8>,
}

/// Returns the logo with that name of a workspace in which the person has a seat; `None` if there is none.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.pictures.logo", skip_all)]
pub async fn logo(tx: &mut PersonTx, workspace: &Slug, name: &PictureName) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar!("select door.logo($1, $2)", workspace.as_str(), name.as_str())
        .fetch_one(tx.connection())
        .await?)
}

/// Returns the portrait with that name, of the person or of someone they work with; `None` if there is none.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.pictures.portrait", skip_all, fields(user_id = %of))]
pub async fn portrait(tx: &mut PersonTx, of: UserId, name: &PictureName) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(sqlx::query_scalar!("select door.portrait($1, $2)", of.uuid(), name.as_str()).fetch_one(tx.connection()).await?)
}

/// Sets or removes the person's portrait, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.pictures.set_portrait", skip_all)]
pub async fn set_portrait(tx: &mut PersonTx, picture: Option<&Picture>) -> Result<(), StoreError> {
    let (user, before) = (tx.principal().person.id.uuid(), tx.principal().person.portrait.clone());
    // The name of a picture is a hash of its content.
    if before.as_ref() == picture.map(|picture| &picture.name) {
        return Ok(());
    }
    match picture {
        Some(picture) => {
            sqlx::query!(
                "insert into account.portraits as p (user_id, image) values ($1, $2)
                on conflict (user_id) do update set image = excluded.image",
                user,
                picture.png,
            )
            .execute(tx.connection())
            .await?;
        }
        None => {
            sqlx::query!("delete from account.portraits where user_id = $1", user).execute(tx.connection()).await?;
        }
    }
    let now = picture.map(|picture| picture.name.as_str());
    sqlx::query!("update account.users set portrait = $2 where id = $1", user, now).execute(tx.connection()).await?;
    let is = |there: bool| if there { "a picture" } else { "none" };
    let detail = Detail::none().change("portrait", is(before.is_some()), is(picture.is_some()));
    audit::record(
        tx,
        Action::ProfileChanged,
        None,
        &if detail.is_empty() { Detail::none().with("portrait", "another picture") } else { detail },
    )
    .await
}
