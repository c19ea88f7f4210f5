//! Access requests from the 404 page. Work and response are the same whether the workspace exists or not
//! (docs/SECURITY.md, I-16).

use crate::{boot::AccessRequestOutcome, error::AppError, routes::Route, server::call::Call};
use http::Uri;
use model::Slug;
use store::access::{self, RequestOutcome};

/// Requests access to the workspace at `uri`. Returns the outcome, or `None` if the user has a seat there.
pub(crate) async fn request(call: &Call, uri: &Uri) -> Result<Option<AccessRequestOutcome>, AppError> {
    let first = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let store = &call.request.services.store;
    let mut tx = store.person(&call.credential()?).await?.ok_or(AppError::SignedOut)?;
    call.set_user(tx.principal().person.id);
    let slug = match Route::parse(uri.path(), "") {
        Route::Workspace(slug, _) => Some(slug),
        _ => Slug::parse(first).ok(),
    };
    // A path that can't be a slug reveals nothing, so no query is needed.
    let Some(slug) = slug else { return Ok(Some(AccessRequestOutcome::Noted)) };
    let asked = access::request(&mut tx, &slug).await?;
    tx.commit().await?;
    Ok(match asked {
        RequestOutcome::Noted => Some(AccessRequestOutcome::Noted),
        RequestOutcome::Limited => Some(AccessRequestOutcome::Limited),
        RequestOutcome::Seated => None,
    })
}
