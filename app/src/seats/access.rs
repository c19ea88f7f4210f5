//! Asking for a seat from the 404 page: the same work and the same answer whether there is anything to ask for
//! (docs/SECURITY.md, I-16).

use crate::{boot::Asking, error::AppError, routes::Route, server::call::Call};
use http::Uri;
use model::Slug;
use store::access::{self, Asked};

/// What became of it; `None` for whoever has a seat at that address.
pub(crate) async fn request(call: &Call, uri: &Uri) -> Result<Option<Asking>, AppError> {
    let first = uri.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let store = &call.request.services.store;
    let mut tx = store.person(&call.credential()?).await?.ok_or(AppError::SignedOut)?;
    call.asked_by(tx.live().person.id);
    let slug = match Route::parse(uri.path(), "") {
        Route::Workspace(slug, _) => Some(slug),
        _ => Slug::parse(first).ok(),
    };
    // What can't be an address of a workspace needs no asking: anybody can tell.
    let Some(slug) = slug else { return Ok(Some(Asking::Noted)) };
    let asked = access::request(&mut tx, &slug).await?;
    tx.commit().await?;
    Ok(match asked {
        Asked::Noted => Some(Asking::Noted),
        Asked::Limited => Some(Asking::Limited),
        Asked::Seated => None,
    })
}
