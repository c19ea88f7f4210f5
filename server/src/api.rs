//! The JSON API: `/api/fn` for the client, `/api/v1` for API clients, and the pictures and files of the console's pages.
//!
//! `/api/v1` accepts operator tokens and API keys of workspaces. It reads no cookies, so it can't be used by cross-site
//! requests from a browser. Resources of other tenants and missing resources give the same response (docs/SECURITY.md,
//! I-7).
//! docs/API.md describes its conventions; these modules hold them:
//!
//! - [`door`]: opens the workspace in the path, for reading or writing.
//! - [`json`], [`error`]: bodies and errors.
//! - [`etag`], [`paging`]: versions and pages.
//! - [`resource`]: what handlers of records with an id share.
//! - [`rate`], [`idempotency`]: middleware that handlers need not know of.

mod contacts;
mod customer;
mod customers;
mod door;
pub(crate) mod error;
pub(crate) mod etag;
mod event_list;
pub(crate) mod events;
mod idempotency;
mod import;
mod import_mapping;
mod import_upload;
mod imports;
mod invoice_actions;
mod invoice_files;
mod invoices;
mod invoicing;
mod json;
mod meters;
mod openapi;
mod paging;
mod pictures;
mod plan_charges;
mod plan_quotes;
mod plan_versions;
mod products;
mod rate;
mod rate_plans;
mod refusals;
mod resource;
mod subscription_changes;
mod subscriptions;
pub(crate) mod token;
mod upcoming;
mod usage;
mod usage_adjustments;
mod workspaces;

use crate::{error_code::Code, error_response, live, pages, state::AppState};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::{delete, get, patch, post, put},
};
use rate::Rate;

/// How many times more requests of a token per second can send events.
const EVENTS_RATE: u32 = 5;

/// Routes below `/api`.
pub(crate) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/fn/{*rest}", post(pages::call))
        .route("/live", get(live::open))
        .route("/pictures/workspaces/{slug}/{name}", get(pictures::logo))
        .route("/pictures/people/{id}/{name}", get(pictures::portrait))
        .route("/imports/{slug}/{id}/refusals.csv", get(imports::refusals))
        .route("/v1/openapi.json", get(openapi::document))
        .merge(resources(state))
        .merge(events(state))
        .merge(uploads(state))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(unknown)
}

/// Routes of the resources of `/api/v1`, with the conventions of all of them. A POST that is repeated safely without an
/// `Idempotency-Key`, or that has another rate, belongs in a router of its own beside this one.
fn resources(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/v1/workspaces/{slug}/customers", get(customers::list).post(customer::create))
        .route("/v1/workspaces/{slug}/customers/{id}", get(customer::get).patch(customer::change))
        .route("/v1/workspaces/{slug}/customers/{id}/archive", post(customer::archive))
        .route("/v1/workspaces/{slug}/customers/{id}/restore", post(customer::restore))
        .route("/v1/workspaces/{slug}/customers/by-external-id/{external_id}", put(customer::put))
        .route("/v1/workspaces/{slug}/customers/{id}/contacts", get(contacts::list).post(contacts::create))
        .route(
            "/v1/workspaces/{slug}/customers/{id}/contacts/{contact_id}",
            patch(contacts::change).delete(contacts::remove),
        )
        .route(
            "/v1/workspaces/{slug}/customers/{id}/subjects",
            get(contacts::list_subjects).post(contacts::add_subject),
        )
        .route("/v1/workspaces/{slug}/customers/{id}/subjects/{subject}", delete(contacts::remove_subject))
        .route(
            "/v1/workspaces/{slug}/customers/{id}/subscriptions",
            get(subscriptions::of_customer).post(subscriptions::create),
        )
        .route("/v1/workspaces/{slug}/customers/{id}/upcoming", get(upcoming::upcoming))
        .route("/v1/workspaces/{slug}/subscriptions", get(subscriptions::list))
        .route("/v1/workspaces/{slug}/subscriptions/{id}", get(subscriptions::get))
        .route("/v1/workspaces/{slug}/subscriptions/{id}/phases", post(subscription_changes::change))
        .route("/v1/workspaces/{slug}/subscriptions/{id}/phases/{from_on}", delete(subscription_changes::undo))
        .route(
            "/v1/workspaces/{slug}/subscriptions/{id}/end",
            post(subscription_changes::end).delete(subscription_changes::cancel_end),
        )
        .route("/v1/workspaces/{slug}/invoices", get(invoices::list).post(invoices::create))
        .route(
            "/v1/workspaces/{slug}/invoices/{id}",
            get(invoices::get).patch(invoices::change).delete(invoices::remove),
        )
        .route("/v1/workspaces/{slug}/invoices/{id}/lines", post(invoices::add_line))
        .route("/v1/workspaces/{slug}/invoices/{id}/lines/{position}", delete(invoices::remove_line))
        .route("/v1/workspaces/{slug}/invoices/{id}/issue", post(invoice_actions::issue))
        .route("/v1/workspaces/{slug}/invoices/{id}/void", post(invoice_actions::void))
        .route("/v1/workspaces/{slug}/invoices/{id}/remake", post(invoice_actions::remake))
        .route(
            "/v1/workspaces/{slug}/invoices/{id}/payments",
            get(invoice_actions::list_payments).post(invoice_actions::pay),
        )
        .route("/v1/workspaces/{slug}/invoices/{id}/payments/{payment_id}/reverse", post(invoice_actions::reverse))
        .route(
            "/v1/workspaces/{slug}/invoices/{id}/credit-notes",
            get(invoice_actions::list_credits).post(invoice_actions::credit),
        )
        .route("/v1/workspaces/{slug}/runs", get(invoicing::due).post(invoicing::run))
        .route("/v1/workspaces/{slug}/tax-rates", get(invoicing::tax_rates).post(invoicing::create_tax_rate))
        .route("/v1/workspaces/{slug}/tax-rates/{id}", patch(invoicing::change_tax_rate))
        .route("/v1/workspaces/{slug}/tax-rates/{id}/archive", post(invoicing::archive_tax_rate))
        .route("/v1/workspaces/{slug}/invoicing", get(invoicing::settings).patch(invoicing::change_settings))
        .route("/v1/workspaces/{slug}/products", get(products::list).post(products::create))
        .route("/v1/workspaces/{slug}/products/{id}", get(products::get).patch(products::change))
        .route("/v1/workspaces/{slug}/products/{id}/archive", post(products::archive))
        .route("/v1/workspaces/{slug}/products/{id}/restore", post(products::restore))
        .route("/v1/workspaces/{slug}/meters", get(meters::list).post(meters::create))
        .route("/v1/workspaces/{slug}/meters/{id}", get(meters::get).patch(meters::change))
        .route("/v1/workspaces/{slug}/meters/{id}/archive", post(meters::archive))
        .route("/v1/workspaces/{slug}/meters/{id}/restore", post(meters::restore))
        .route("/v1/workspaces/{slug}/rate-plans", get(rate_plans::list).post(rate_plans::create))
        .route("/v1/workspaces/{slug}/rate-plans/{id}", get(rate_plans::get).patch(rate_plans::change))
        .route("/v1/workspaces/{slug}/rate-plans/{id}/archive", post(rate_plans::archive))
        .route("/v1/workspaces/{slug}/rate-plans/{id}/restore", post(rate_plans::restore))
        .route("/v1/workspaces/{slug}/rate-plans/{id}/versions", get(plan_versions::list).post(plan_versions::create))
        .route(
            "/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}",
            get(plan_versions::get).patch(plan_versions::change).delete(plan_versions::discard),
        )
        .route("/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/publish", post(plan_versions::publish))
        .route("/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/price", post(plan_quotes::price))
        .route("/v1/workspaces/{slug}/rate-plans/{id}/versions/{number}/impact", post(plan_quotes::impact))
        .route("/v1/workspaces/{slug}/events", get(event_list::list))
        .route("/v1/workspaces/{slug}/events/{key}", get(event_list::get))
        .route("/v1/workspaces/{slug}/usage", get(usage::usage))
        .route("/v1/workspaces/{slug}/usage/health", get(usage::health))
        .route("/v1/workspaces/{slug}/imports", get(import::list))
        .route("/v1/workspaces/{slug}/imports/{id}", get(import::get))
        .route("/v1/workspaces/{slug}/imports/{id}/mapping", get(import_mapping::get).put(import_mapping::set))
        .route("/v1/workspaces/{slug}/imports/{id}/check", post(import::check))
        .route("/v1/workspaces/{slug}/imports/{id}/run", post(import::run))
        .route("/v1/workspaces/{slug}/imports/{id}/stop", post(import::stop))
        .route("/v1/workspaces/{slug}/imports/{id}/refusals", get(import::refusals))
        .route("/v1/workspaces/{slug}/invoices/{id}/pdf", get(invoice_files::pdf))
        .route("/v1/workspaces/{slug}/invoices/{id}/lines.csv", get(invoice_files::lines))
        .route("/v1/workspaces/{slug}/invoices/{id}/send", post(invoice_files::send))
        .route("/v1/workspaces/{slug}/usage-adjustments", get(usage_adjustments::list).post(usage_adjustments::create))
        .route("/v1/workspaces/{slug}/usage-adjustments/{id}", get(usage_adjustments::get))
        // All routes above are of a workspace, and can have idempotency keys.
        .layer(from_fn_with_state(state.clone(), idempotency::keep))
        .route("/v1/me/workspaces", get(workspaces::list))
        .layer(from_fn(etag::not_modified))
        .layer(from_fn_with_state(Rate::new("default", state.api_rate), rate::limit))
}

/// Route for events. They have ids, so they need no `Idempotency-Key`.
fn events(state: &AppState) -> Router<AppState> {
    let rate = Rate::new("events", state.api_rate.saturating_mul(EVENTS_RATE));
    Router::new()
        .route("/v1/workspaces/{slug}/events", post(events::create))
        .layer(from_fn_with_state(rate, rate::limit))
}

/// Route for files to import. They are streamed, so that no idempotency key can be kept; rows that are there already are
/// not imported again.
fn uploads(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/v1/workspaces/{slug}/imports", post(import_upload::create))
        .layer(from_fn_with_state(Rate::new("uploads", state.api_rate), rate::limit))
}

/// Responds to an unknown path below `/api`.
async fn unknown() -> Response {
    error_response::error(Code::NotFound, "There is nothing here. /api/v1/openapi.json lists what there is.")
}

/// Responds to an unsupported method on a known path. axum adds the Allow header.
async fn method_not_allowed() -> Response {
    error_response::error(Code::MethodNotAllowed, "That method isn't allowed here; see the Allow header.")
}
