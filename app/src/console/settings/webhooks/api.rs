//! Actions of the webhooks pages.

use crate::{error::AppError, wire::Compact};
use leptos::prelude::*;
use model::{
    Slug,
    id::WebhookId,
    webhook::{WebhookAct, WebhookInput},
};
use server_fn::codec::Json;

/// Name of the returned value that holds a secret which was made without JavaScript.
pub(crate) const SECRET: &str = "webhook_secret";

/// Creates a webhook, and returns its secret. No other answer contains it.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn create_webhook(workspace: Slug, grant: String, input: WebhookInput) -> Result<String, AppError> {
    create(&crate::server::call::context()?, &workspace, &grant, &input).await
}

/// Changes address, description and events of a webhook.
///
/// # Errors
/// [`AppError::Invalid`] with the invalid fields; [`AppError::Absent`] if the workspace has no such webhook;
/// [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn save_webhook(
    workspace: Slug,
    grant: String,
    id: WebhookId,
    input: WebhookInput,
) -> Result<(), AppError> {
    save(&crate::server::call::context()?, &workspace, &grant, id, &input).await
}

/// Acts on a webhook. Returns the new secret if one was made; no other answer contains it.
///
/// # Errors
/// [`AppError::Absent`] if the workspace has no such webhook or delivery; [`AppError::Invalid`] if it is off and would
/// have to be on; [`AppError::Denied`] without the capability.
#[server(input = Json, output = Compact)]
pub async fn act_on_webhook(
    workspace: Slug,
    grant: String,
    id: WebhookId,
    act: WebhookAct,
) -> Result<Option<String>, AppError> {
    run(&crate::server::call::context()?, &workspace, &grant, id, act).await
}

#[cfg(feature = "ssr")]
pub(crate) use ssr::{detail, submit};
#[cfg(feature = "ssr")]
use ssr::{create, run, save};

#[cfg(feature = "ssr")]
mod ssr {
    use super::SECRET;
    use crate::{
        boot::Returned,
        error::AppError,
        routes::{Page, SettingsPage},
        server::{
            call::Call,
            form::{Form, Outcome},
            workspace::{writing, written},
        },
    };
    use model::{
        Slug,
        capability::ManageSettings,
        id::WebhookId,
        webhook::{WebhookAct, WebhookDetail, WebhookInput},
    };
    use serde::Deserialize;
    use store::{
        StoreError,
        door::{Can, Mode, WorkspaceTx},
        webhooks::{self, Switch},
    };

    /// Number of deliveries on the page of a webhook.
    const SHOWN: i64 = 50;

    /// Loads the page of a webhook.
    pub(crate) async fn detail<M: Mode>(
        tx: &mut WorkspaceTx<M>,
        can: &Can<ManageSettings>,
        id: WebhookId,
    ) -> Result<Option<WebhookDetail>, StoreError> {
        let Some(webhook) = webhooks::get(tx, can, id).await? else { return Ok(None) };
        let deliveries = webhooks::deliveries(tx, can, id, None, SHOWN).await?;
        Ok(Some(WebhookDetail { webhook, deliveries, time_zone: tx.zone().name().to_owned() }))
    }

    pub(super) async fn create(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        input: &WebhookInput,
    ) -> Result<String, AppError> {
        let services = &call.request.services;
        let (mut tx, can) = writing::<ManageSettings>(call, workspace, grant).await?;
        let draft = input.parse(services.schemes).map_err(AppError::Invalid)?;
        let (_, secret) = written(webhooks::create(&mut tx, &can, &services.seal, &draft).await?)?;
        tx.commit().await?;
        Ok(secret.reveal())
    }

    pub(super) async fn save(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: WebhookId,
        input: &WebhookInput,
    ) -> Result<(), AppError> {
        let (mut tx, can) = writing::<ManageSettings>(call, workspace, grant).await?;
        let draft = input.parse(call.request.services.schemes).map_err(AppError::Invalid)?;
        found(webhooks::update(&mut tx, &can, id, &draft).await?)?;
        tx.commit().await?;
        Ok(())
    }

    pub(super) async fn run(
        call: &Call,
        workspace: &Slug,
        grant: &str,
        id: WebhookId,
        act: WebhookAct,
    ) -> Result<Option<String>, AppError> {
        let (mut tx, can) = writing::<ManageSettings>(call, workspace, grant).await?;
        let mut secret = None;
        match act {
            WebhookAct::Test => written(webhooks::test(&mut tx, &can, id).await?)?,
            WebhookAct::Rotate => {
                let made = webhooks::rotate(&mut tx, &can, &call.request.services.seal, id).await?;
                secret = Some(made.ok_or(AppError::Absent)?.reveal());
            }
            WebhookAct::TurnOn => found(webhooks::turn(&mut tx, &can, id, Switch::On).await?)?,
            WebhookAct::TurnOff => found(webhooks::turn(&mut tx, &can, id, Switch::Off).await?)?,
            WebhookAct::Delete => found(webhooks::delete(&mut tx, &can, id).await?)?,
            WebhookAct::Redeliver(delivery) => {
                written(webhooks::redeliver(&mut tx, &can, id, delivery).await?)?;
            }
        }
        tx.commit().await?;
        Ok(secret)
    }

    fn found(found: bool) -> Result<(), AppError> {
        if found { Ok(()) } else { Err(AppError::Absent) }
    }

    /// Form actions of the list of webhooks.
    #[derive(Deserialize)]
    #[serde(tag = "action", rename_all = "kebab-case")]
    enum ListForm {
        Create(WebhookInput),
    }

    /// Form actions of the page of a webhook.
    #[derive(Deserialize)]
    #[serde(tag = "action", rename_all = "kebab-case")]
    enum WebhookForm {
        Save(WebhookInput),
        Test,
        Rotate,
        TurnOn,
        TurnOff,
        Delete,
        Redeliver { delivery: String },
    }

    /// Handles a form that was posted to one of the pages.
    pub(crate) async fn submit(
        call: &Call,
        slug: &Slug,
        page: &SettingsPage,
        grant: &str,
        form: &Form,
    ) -> Result<Outcome, AppError> {
        let SettingsPage::Webhook(id) = page else {
            let ListForm::Create(input) = form.act()?;
            return Ok(once(create(call, slug, grant, &input).await?));
        };
        let act = match form.act()? {
            WebhookForm::Save(input) => {
                save(call, slug, grant, *id, &input).await?;
                return Ok(Outcome::Go(Page::Settings(page.clone()).url(slug)));
            }
            WebhookForm::Test => WebhookAct::Test,
            WebhookForm::Rotate => WebhookAct::Rotate,
            WebhookForm::TurnOn => WebhookAct::TurnOn,
            WebhookForm::TurnOff => WebhookAct::TurnOff,
            WebhookForm::Delete => WebhookAct::Delete,
            WebhookForm::Redeliver { delivery } => {
                WebhookAct::Redeliver(delivery.parse().map_err(|_| AppError::Absent)?)
            }
        };
        if let Some(secret) = run(call, slug, grant, *id, act).await? {
            return Ok(once(secret));
        }
        let next = if act == WebhookAct::Delete { SettingsPage::Webhooks } else { page.clone() };
        Ok(Outcome::Go(Page::Settings(next).url(slug)))
    }

    /// Shows the page again with a secret, which is in this response only: it must not be in a URL.
    fn once(secret: String) -> Outcome {
        let values = vec![(SECRET.to_owned(), secret)];
        Outcome::Again(Returned { values, ..Returned::default() })
    }
}
