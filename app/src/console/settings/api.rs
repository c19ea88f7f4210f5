//! Server side of the workspace settings: page data and server functions. Also creates and restores workspaces.

use super::{invoicing::api as invoicing, keys::api as keys, webhooks::api as webhooks};
use crate::server::workspace::{reading, writing, writing_alone};
use crate::{
    boot::Returned,
    console::PageData,
    error::AppError,
    exports, pictures,
    routes::{Page, Route, SettingsPage, VisitData},
    seats::api as seats,
    server::{
        authority::Authority,
        call::Call,
        form::{Form, Outcome, not_understood},
        rate_limit::{CREATED, count_action},
    },
};
use axum::body::Body;
use futures_util::stream;
use http::{HeaderValue, Response, header};
use model::{
    FieldErrors, Slug,
    api_key::KeyInput,
    audit::{Action, AuditQuery, AuditView, Detail, Position},
    capability::{ManageSettings, OwnWorkspace},
    csv,
    id::OrganizationId,
    moment,
    picture::HueInput,
    settings::{GeneralInput, GeneralSettings, NewWorkspaceInput},
    workspace::WorkspaceProfile,
};
use serde::Deserialize;
use std::io;
use store::{
    StoreError, audit,
    deleted::{self, RestoreOutcome},
    door::{Can, Denied, Mode, WorkspaceTx},
    organizations,
    security::{self, DemandRefused},
    settings, time_zones,
};

/// Loads the data of a settings page. Returns [`PageData::Denied`] if the seat does not allow the page.
pub(crate) async fn load<M: Mode>(tx: &mut WorkspaceTx<M>, page: &SettingsPage) -> Result<PageData, AppError> {
    if *page == SettingsPage::Members {
        return Ok(VisitData::Members(Box::new(seats::page(tx).await?)).into());
    }
    let needed = page.requires();
    if !tx.tenant().seat.capabilities().has(needed) {
        return Ok(PageData::Denied(needed));
    }
    if *page == SettingsPage::Invoicing {
        let settings = Box::new(store::invoicing::settings(tx).await?);
        return Ok(VisitData::Invoicing { settings, today: tx.today() }.into());
    }
    let can = match tx.can::<ManageSettings>() {
        Ok(can) => can,
        Err(Denied(needed)) => return Ok(PageData::Denied(needed)),
    };
    let data = match page {
        SettingsPage::General => {
            let (input, old) = settings::general(tx, &can).await?;
            let zones = time_zones::time_zones(tx).await?.to_vec();
            VisitData::General(Box::new(GeneralSettings { input, zones, old }))
        }
        SettingsPage::Audit(query) => VisitData::Audit(Box::new(log(tx, &can, query).await?)),
        SettingsPage::Danger => VisitData::Danger(settings::contents(tx, &can).await?),
        SettingsPage::Security => VisitData::Security(security::read(tx, &can).await?),
        SettingsPage::Keys => VisitData::ApiKeys(store::api_keys::list(tx, &can).await?),
        SettingsPage::Webhooks => VisitData::Webhooks(store::webhooks::list(tx, &can).await?),
        SettingsPage::Webhook(id) => match webhooks::detail(tx, &can, *id).await? {
            Some(detail) => VisitData::Webhook(Box::new(detail)),
            None => return Ok(PageData::Missing),
        },
        // The entry contains this data already.
        SettingsPage::Branding => VisitData::Branding,
        SettingsPage::Members | SettingsPage::Invoicing => return Ok(PageData::Missing),
    };
    Ok(data.into())
}

async fn log<M: Mode>(
    tx: &mut WorkspaceTx<M>,
    can: &Can<ManageSettings>,
    query: &AuditQuery,
) -> Result<AuditView, AppError> {
    let page = audit::page(tx, can, query).await?;
    let people = audit::actors(tx, can).await?;
    Ok(AuditView {
        rows: page.rows,
        newer: page.newer.map(Position::After),
        older: page.older.map(Position::Before),
        people,
        time_zone: tx.zone().name().to_owned(),
    })
}

/// Maps a violated unique constraint of slugs to a field error, which does not reveal who has or had the slug.
fn taken(error: StoreError) -> AppError {
    if error.is_refused_by("workspaces_slug_key") || error.is_refused_by("slugs_pkey") {
        AppError::Invalid(FieldErrors::one("slug", "That URL is taken. Try another."))
    } else {
        AppError::from(error)
    }
}

/// Stores the general settings.
pub async fn save_general(
    call: &Call,
    slug: &Slug,
    grant: &str,
    input: &GeneralInput,
) -> Result<WorkspaceProfile, AppError> {
    let moves = input.slug.trim() != slug.as_str();
    let (mut tx, can) = if moves {
        writing_alone::<ManageSettings>(call, slug, grant).await?
    } else {
        writing::<ManageSettings>(call, slug, grant).await?
    };
    let draft = input.parse().map_err(AppError::Invalid)?;
    if moves {
        count_action(CREATED, &mut tx).await?;
    }
    if !time_zones::time_zones(&mut tx).await?.contains(&draft.time_zone) {
        return Err(AppError::Invalid(FieldErrors::one("time_zone", "Choose a time zone from the list.")));
    }
    settings::save_general(&mut tx, &can, &draft).await.map_err(taken)?;
    let workspace = tx.commit().await?.workspace;
    Ok(WorkspaceProfile { name: draft.name.into(), slug: draft.slug, ..workspace })
}

/// Deletes the workspace, if `typed` is its slug.
pub async fn delete_workspace(call: &Call, slug: &Slug, grant: &str, typed: &str) -> Result<(), AppError> {
    let (mut tx, can) = writing_alone::<OwnWorkspace>(call, slug, grant).await?;
    if typed.trim() != tx.tenant().workspace.slug.as_str() {
        let message = "That isn’t the URL of this workspace. Nothing was deleted.";
        return Err(AppError::Invalid(FieldErrors::one("slug", message)));
    }
    settings::delete(&mut tx, &can).await?;
    let tenant = tx.commit().await?;
    tracing::info!(user_id = %tenant.principal.person.id, "a workspace was deleted");
    Ok(())
}

/// Enables or disables the workspace's requirement of a second factor.
pub async fn demand_factor(call: &Call, slug: &Slug, grant: &str, demand: bool) -> Result<(), AppError> {
    let (mut tx, can) = writing_alone::<ManageSettings>(call, slug, grant).await?;
    match security::demand_factor(&mut tx, &can, demand).await? {
        Ok(()) => {
            tx.commit().await?;
            Ok(())
        }
        Err(DemandRefused::NotProven) => Err(AppError::Factor),
    }
}

/// Form actions of the branding page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum BrandingForm {
    Hue(HueInput),
    Logo,
    RemoveLogo,
}

/// Form actions of the API keys page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum KeysForm {
    Create(KeyInput),
    Revoke { id: String },
}

/// Handles a form that was posted to a settings page.
pub(crate) async fn submit(
    call: &Call,
    slug: &Slug,
    page: &SettingsPage,
    grant: &str,
    form: &mut Form,
) -> Result<Outcome, AppError> {
    match page {
        SettingsPage::General if form.get("action") == "export" => {
            form.expect_action("export")?;
            let (_, archive) = exports::begin(&Authority::page(call, slug, grant)).await?;
            return Ok(Outcome::Show(archive));
        }
        SettingsPage::General => {
            form.expect_action("save")?;
            let saved = save_general(call, slug, grant, &form.read()).await?;
            return Ok(Outcome::Go(Page::Settings(page.clone()).url(&saved.slug)));
        }
        SettingsPage::Branding => match form.act()? {
            BrandingForm::Hue(input) => {
                pictures::set_hue(call, slug, grant, input.parse().map_err(AppError::Invalid)?).await?;
            }
            BrandingForm::Logo => pictures::set_logo(call, slug, grant, form.1.take()).await?,
            BrandingForm::RemoveLogo => pictures::remove_logo(call, slug, grant).await?,
        },
        SettingsPage::Security => {
            form.expect_action("demand")?;
            let demand = match form.get("demand") {
                "on" => true,
                "off" => false,
                _ => return Err(not_understood()),
            };
            demand_factor(call, slug, grant, demand).await?;
        }
        SettingsPage::Keys => match form.act()? {
            KeysForm::Create(input) => {
                // The key is in this response only: it is not stored and must not be in a URL.
                let key = keys::create(call, slug, grant, &input).await?;
                let values = vec![(keys::CREATED.to_owned(), key)];
                return Ok(Outcome::Again(Returned { values, ..Returned::default() }));
            }
            KeysForm::Revoke { id } => {
                keys::revoke(call, slug, grant, id.parse().map_err(|_| AppError::Absent)?).await?;
            }
        },
        SettingsPage::Webhooks | SettingsPage::Webhook(_) => {
            return webhooks::submit(call, slug, page, grant, form).await;
        }
        SettingsPage::Invoicing => invoicing::submit(call, slug, grant, form).await?,
        SettingsPage::Danger => {
            form.expect_action("delete")?;
            delete_workspace(call, slug, grant, form.get("slug")).await?;
            return Ok(Outcome::Go(Route::home().url()));
        }
        // The forms of the members page are handled by `seats`.
        SettingsPage::Members | SettingsPage::Audit(_) => return Err(not_understood()),
    }
    Ok(Outcome::Go(Page::Settings(page.clone()).url(slug)))
}

/// Returns `true` if a slug is available.
pub async fn check_slug(call: &Call, slug: &Slug, workspace: Option<&Slug>) -> Result<bool, AppError> {
    let slugs = &call.request.services.rate_limits.slugs;
    if let Some(own) = workspace {
        let mut tx = reading(call, own).await?;
        slugs.take(&tx.user())?;
        let free = settings::is_slug_free(&mut tx, slug).await?;
        tx.commit().await?;
        return Ok(free);
    }
    let mut tx = crate::account::identity::person(call).await?;
    slugs.take(&tx.principal().person.id)?;
    let free = deleted::is_slug_free(&mut tx, slug).await?;
    tx.commit().await?;
    Ok(free)
}

/// Restores a deleted workspace for one of its owners. Returns [`AppError::Absent`] for anyone else and after 14 days.
pub async fn restore_workspace(call: &Call, slug: &Slug) -> Result<(), AppError> {
    match call.request.services.store.restore_workspace(&call.credential()?, slug).await? {
        RestoreOutcome::Yes => Ok(()),
        RestoreOutcome::No => Err(AppError::Absent),
        RestoreOutcome::SignedOut => Err(AppError::SignedOut),
    }
}

/// Creates a workspace in an organization that the user manages. Returns its slug.
pub async fn create_workspace(call: &Call, input: &NewWorkspaceInput) -> Result<Slug, AppError> {
    let credential = call.credential()?;
    let store = &call.request.services.store;
    let mut input = input.clone();
    // Without JavaScript, no slug was proposed while the name was typed.
    if input.slug.trim().is_empty()
        && let Ok(organization) = input.organization.parse()
        && let Some(mut tx) = store.organization(&credential, organization).await?
    {
        let organization = organizations::profile(&mut tx).await?.name;
        tx.commit().await?;
        let mut tx = crate::account::identity::person(call).await?;
        call.request.services.rate_limits.slugs.take(&tx.principal().person.id)?;
        let proposed = [Slug::proposed(&organization, &input.name)];
        if let Some(slug) = crate::account::start::api::first_free(&mut tx, &proposed).await? {
            input.slug = slug.to_string();
        }
    }
    let draft = input.parse().map_err(AppError::Invalid)?;
    let Some(mut tx) = store.organization(&credential, draft.organization).await? else {
        // The user is signed out, or does not manage the organization.
        drop(crate::account::identity::person(call).await?);
        return Err(AppError::Invalid(FieldErrors::one("organization", "Choose an organization that you manage.")));
    };
    call.set_user(tx.user);
    count_action(CREATED, &mut tx).await?;
    let workspaces = [(draft.slug.clone(), draft.name.to_string())];
    let made = organizations::create_workspaces(&mut tx, &workspaces).await.map_err(taken)?;
    let detail = Detail::none().with("name", &draft.name).with("address", &draft.slug);
    let target = made.first().map(|id| id.uuid());
    audit::record(&mut tx, Action::WorkspaceCreated, target, &detail).await?;
    tx.commit().await?;
    Ok(draft.slug)
}

/// Returns a page of an organization's audit log with the organization's name, or `None` for anyone but its owners and
/// admins.
pub(crate) async fn organization_log(
    call: &Call,
    organization: OrganizationId,
    query: &AuditQuery,
) -> Result<Option<(String, AuditView)>, AppError> {
    let Some(credential) = call.request.credential else { return Ok(None) };
    let store = &call.request.services.store;
    let Some(mut tx) = store.organization(&credential, organization).await? else { return Ok(None) };
    let page = audit::page_of_organization(&mut tx, query).await?;
    let people = audit::actors_of_organization(&mut tx).await?;
    let name = organizations::profile(&mut tx).await?.name;
    tx.commit().await?;
    let (newer, older) = (page.newer.map(Position::After), page.older.map(Position::Before));
    Ok(Some((name, AuditView { rows: page.rows, newer, older, people, time_zone: "UTC".to_owned() })))
}

/// Exports the audit log as a CSV file with all entries that match the filter. Entries are read in batches, each in its
/// own authorized transaction: a slow download holds no connection, and a user who loses the seat gets no more entries.
/// If reading fails, the download is aborted.
pub(crate) async fn export(call: &Call, slug: &Slug, query: &AuditQuery) -> Result<Response<Body>, AppError> {
    let (first, next, zone) = batch(call, slug, query, Position::Newest).await?;
    let time = format!("time ({zone})");
    let columns = csv::row([time.as_str(), "who", "action", "what", "detail"]);
    let head = format!("{}{columns}{first}", csv::BYTE_ORDER_MARK);
    let (call, of, query) = (call.clone(), slug.clone(), query.clone());
    let lines = stream::try_unfold((Some(head), next), move |(ready, next)| {
        let (call, slug, query) = (call.clone(), of.clone(), query.clone());
        async move {
            match (ready, next) {
                (Some(ready), next) => Ok(Some((ready, (None, next)))),
                (None, Some(from)) => match batch(&call, &slug, &query, from).await {
                    Ok((lines, next, _)) => Ok(Some((lines, (None, next)))),
                    Err(error) => Err(io::Error::other(error.message())),
                },
                (None, None) => Ok(None),
            }
        }
    });
    let mut response = Response::new(Body::from_stream(lines));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    // A slug contains no characters that need quoting.
    if let Ok(name) = HeaderValue::from_str(&format!("attachment; filename=\"{slug}-audit-log.csv\"")) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// Returns the lines of a batch, the position of the next batch, and the time zone in which times are shown.
async fn batch(
    call: &Call,
    slug: &Slug,
    query: &AuditQuery,
    from: Position,
) -> Result<(String, Option<Position>, String), AppError> {
    let mut tx = reading(call, slug).await?;
    let can = tx.can::<ManageSettings>().map_err(|denied| AppError::Denied(denied.0))?;
    let (rows, next) = audit::export(&mut tx, &can, &query.at(from)).await?;
    let zone = tx.zone().name().to_owned();
    tx.commit().await?;
    let mut lines = String::new();
    for row in rows {
        let at = moment::timestamp(*row.at);
        lines.push_str(&csv::row([at.as_str(), &row.actor, &row.action, &row.what, &row.detail]));
    }
    Ok((lines, next, zone))
}
