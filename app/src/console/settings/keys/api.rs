//! Actions of the API keys page.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{Slug, api_key::KeyInput, id::ApiKeyId};
use server_fn::codec::Json;

/// Name of the returned value that holds a key which was created without JavaScript.
pub(crate) const CREATED: &str = "created_key";

/// Creates an API key that the person owns, and returns it in full. No other answer contains it.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields, also without a fresh second factor or the password;
/// [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn create_api_key(workspace: Slug, grant: String, input: KeyInput) -> Result<String, AppError> {
    create(&crate::server::call::context()?, &workspace, &grant, &input).await
}

/// Revokes an API key. The next request with it is refused.
///
/// # Errors
/// [`AppError::Absent`] if the workspace has no such key; [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn revoke_api_key(workspace: Slug, grant: String, id: ApiKeyId) -> Result<(), AppError> {
    revoke(&crate::server::call::context()?, &workspace, &grant, id).await
}

#[cfg(feature = "ssr")] // For a call and for a posted form.
pub(crate) async fn create(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    input: &KeyInput,
) -> Result<String, AppError> {
    use crate::{
        account::identity,
        server::workspace::{reading, writing},
    };
    use model::{FieldErrors, api_key::KEY_LIMIT, capability::ManageSettings, factor::FactorStanding};
    use store::{
        api_keys::{self, Confirmed},
        factors, security,
    };

    let mut tx = reading(call, workspace).await?;
    let can = tx.can::<ManageSettings>().map_err(|denied| AppError::Denied(denied.0))?;
    let demands_factor = security::read(&mut tx, &can).await?.demands_factor;
    tx.commit().await?;
    let draft = input.parse().map_err(AppError::Invalid)?;
    let mut person = identity::person(call).await?;
    let standing = factors::standing(&mut person).await?;
    person.commit().await?;
    // A session alone must not be able to create a credential that outlives it.
    let confirmed = if standing == FactorStanding::Fresh {
        Confirmed::Factor
    } else if demands_factor {
        let message = "This workspace requires two-factor authentication. Confirm it’s you first.";
        return Err(AppError::Invalid(FieldErrors::one("password", message)));
    } else {
        identity::confirm_password(call, &input.password, "password").await?;
        Confirmed::Password
    };
    let (mut tx, can) = writing::<ManageSettings>(call, workspace, grant).await?;
    let Some(secret) = api_keys::create(&mut tx, &can, &draft, confirmed).await? else {
        let message = format!("This workspace already has {KEY_LIMIT} keys. Revoke one first.");
        return Err(AppError::Invalid(FieldErrors::one("name", message)));
    };
    tx.commit().await?;
    Ok(secret.reveal().to_owned())
}

#[cfg(feature = "ssr")]
pub(crate) async fn revoke(
    call: &crate::server::call::Call,
    workspace: &Slug,
    grant: &str,
    id: ApiKeyId,
) -> Result<(), AppError> {
    use crate::server::workspace::{opened, reading};
    use model::capability::ManageSettings;
    use store::api_keys;

    let denied = |denied: store::door::Denied| AppError::Denied(denied.0);
    let mut tx = reading(call, workspace).await?;
    let can = tx.can::<ManageSettings>().map_err(denied)?;
    let owner = api_keys::owner(&mut tx, &can, id).await?;
    tx.commit().await?;
    let owner = owner.ok_or(AppError::Absent)?;
    let grant = call.request.services.grants.read(grant)?;
    // Writes of the owner end before the key is revoked, and later ones find it revoked.
    let store = &call.request.services.store;
    let door = store.workspace_seating(&call.credential()?, workspace, grant.write_target(), &[owner]).await?;
    let mut tx = opened(call, door)?;
    grant.check(tx.tenant())?;
    let can = tx.can::<ManageSettings>().map_err(denied)?;
    if !api_keys::revoke(&mut tx, &can, id).await? {
        return Err(AppError::Absent);
    }
    tx.commit().await?;
    Ok(())
}
