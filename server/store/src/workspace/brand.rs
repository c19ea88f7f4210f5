//! Visual identity of a workspace: its color and logo.

use crate::{
    account::pictures::Picture,
    audit,
    door::{Can, WorkspaceTx, Write},
    error::StoreError,
};
use model::{
    audit::{Action, Detail},
    capability::ManageSettings,
    picture::Hue,
};

/// Sets the color, or derives it from the workspace's id if `hue` is `None`, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.brand.set_hue", skip_all)]
pub async fn set_hue(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    hue: Option<Hue>,
) -> Result<(), StoreError> {
    let (workspace, before) = (tx.id().uuid(), tx.tenant().workspace.brand.hue);
    let words = |hue: Option<Hue>| {
        hue.map_or_else(|| "automatic".to_owned(), |hue| format!("{}°", u16::from(hue.index()) * 10))
    };
    let detail = Detail::none().change("colour", words(before), words(hue));
    if detail.is_empty() {
        return Ok(());
    }
    let index = hue.map(|hue| i16::from(hue.index()));
    sqlx::query!("update account.workspaces set hue = $2 where id = $1", workspace, index).execute(can.on(tx)?).await?;
    audit::record(tx, Action::WorkspaceBranded, workspace, &detail).await
}

/// Sets or removes the logo, and logs it.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.brand.set_logo", skip_all)]
pub async fn set_logo(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageSettings>,
    picture: Option<&Picture>,
) -> Result<(), StoreError> {
    let (workspace, before) = (tx.id().uuid(), tx.tenant().workspace.brand.logo.clone());
    // The name of a picture is a hash of its content.
    if before.as_ref() == picture.map(|picture| &picture.name) {
        return Ok(());
    }
    match picture {
        Some(picture) => {
            sqlx::query!(
                "insert into account.logos as l (workspace_id, image) values ($1, $2)
                on conflict (workspace_id) do update set image = excluded.image",
                workspace,
                picture.png,
            )
            .execute(can.on(tx)?)
            .await?;
        }
        None => {
            sqlx::query!("delete from account.logos where workspace_id = $1", workspace).execute(can.on(tx)?).await?;
        }
    }
    let now = picture.map(|picture| picture.name.as_str());
    sqlx::query!("update account.workspaces set logo = $2 where id = $1", workspace, now).execute(can.on(tx)?).await?;
    let is = |there: bool| if there { "a picture" } else { "the letter" };
    let changed = Detail::none().change("logo", is(before.is_some()), is(picture.is_some()));
    let detail = if changed.is_empty() { Detail::none().with("logo", "another picture") } else { changed };
    audit::record(tx, Action::WorkspaceBranded, workspace, &detail).await
}
