//! From what a document carries to its HTML.

use super::{AssetUrls, RequestContext, fingerprint};
use crate::{
    App,
    boot::{self, AccountData, Boot, Content},
    root,
    routes::Route,
    session::colour_media,
    wire,
};
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};
use leptos::{prelude::*, reactive::owner::Owner};
use model::text::isolated;

/// Renders the document. All is at hand, so nothing waits and nothing is streamed: rows are in the first bytes.
pub(super) fn render(context: &RequestContext, boot: Boot, route: Route, status: StatusCode) -> Response<Body> {
    let title = title(&boot.content, &route);
    let [light, dark] = colour_media(boot.theme);
    let theme = boot.theme.attribute().map(|t| format!(" data-theme=\"{t}\"")).unwrap_or_default();
    let accent = context.accents.attribute().map(|a| format!(" data-accent=\"{a}\"")).unwrap_or_default();
    // A page that must be the same for everybody carries no nonce; its policy allows this origin's scripts instead.
    let same_for_all = matches!(boot.content, Content::Absent | Content::Gone | Content::Unavailable);
    let nonce = context.nonce.as_ref().filter(|_| !same_for_all).map(|n| format!(" nonce=\"{n}\"")).unwrap_or_default();
    let data = wire::to_text(&boot).unwrap_or_else(|error| {
        tracing::error!(%error, "a document could not be serialized");
        String::new()
    });
    let needs_chunk = root::needs_chunk(&boot.content, &route);
    let owner = Owner::new_root(None);
    let body = owner.with(|| {
        provide_context(context.accents);
        view! { <App boot route/> }.to_html()
    });
    drop(owner);
    // The same picture on every page, because pictures of pages could show private data.
    let picture = context.services.link("/share.png");
    let AssetUrls { css, modes, js, wasm, pages, boot: start, font } = &context.services.assets;
    let pages = if needs_chunk { preload(pages) } else { String::new() };
    let wasm = preload(wasm);
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}{accent}><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
        <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"format-detection\" content=\"telephone=no\"><title>{title}</title>\
        <meta name=\"theme-color\" media=\"{light}\" content=\"#fafaf8\">\
        <meta name=\"theme-color\" media=\"{dark}\" content=\"#0f0e0d\">\
        <meta property=\"og:title\" content=\"Stile\"><meta property=\"og:type\" content=\"website\">\
        <meta property=\"og:image\" content=\"{picture}\">\
        <link rel=\"manifest\" href=\"/manifest.webmanifest\"><link rel=\"apple-touch-icon\" href=\"/touch-icon.png\">\
        <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
        <link rel=\"preload\" href=\"{font}\" as=\"font\" type=\"font/woff2\" crossorigin>\
        <link rel=\"stylesheet\" href=\"{css}\">\
        <link rel=\"stylesheet\" href=\"{modes}\" media=\"print, (forced-colors: active), (max-height: 480px)\">\
        <link rel=\"modulepreload\" href=\"{js}\"{nonce}>{wasm}{pages}\
        <script type=\"module\" src=\"{start}\"{nonce}></script></head>\
        <body><div id=\"{root}\" class=\"contents\" data-nodes=\"{nodes:x}\">{body}</div><script type=\"{kind}\" id=\"{element}\">{data}</script></body></html>",
        title = escape(&title),
        picture = escape(&picture),
        kind = wire::TYPE,
        element = boot::ELEMENT,
        root = boot::ROOT,
        nodes = fingerprint::of_markup(&body),
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
    }
    response
}

/// A part of the program, which is to be there when it is asked for, and never before the rows are.
fn preload(wasm: &str) -> String {
    format!(
        "<link rel=\"preload\" href=\"{wasm}\" as=\"fetch\" type=\"application/wasm\" crossorigin fetchpriority=\"low\">"
    )
}

/// `/dev/gallery`, in a server that was built for development: markup and style sheet, without the program.
#[cfg(debug_assertions)]
pub fn gallery(context: &RequestContext) -> Response<Body> {
    let theme = context.theme.attribute().map(|t| format!(" data-theme=\"{t}\"")).unwrap_or_default();
    let owner = Owner::new_root(None);
    let body = owner.with(|| view! { <crate::ui::Gallery/> }.to_html());
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
        <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"format-detection\" content=\"telephone=no\"><title>Gallery · Stile</title>\
        <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
        <link rel=\"stylesheet\" href=\"{css}\"></head><body>{body}</body></html>",
        css = context.services.assets.css,
    );
    let mut response = Response::new(Body::from(html));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn title(content: &Content, route: &Route) -> String {
    let page = match content {
        Content::SignIn => "Sign in".to_owned(),
        Content::Account(data) => account_title(data.get(), route),
        Content::Asked(_) => "Asked".to_owned(),
        Content::NewWorkspace => "New workspace".to_owned(),
        Content::Workspace { entry, data } => match route {
            Route::Workspace(_, page) => {
                let record = data.record().map(isolated);
                format!("{} · {}", page.title_of(record.as_deref()), isolated(&entry.workspace.name))
            }
            _ => isolated(&entry.workspace.name).into_owned(),
        },
        Content::Absent => "Not found".to_owned(),
        Content::Gone => "Deleted".to_owned(),
        Content::Unavailable => "Unavailable".to_owned(),
    };
    format!("{page} · Stile")
}

fn account_title(data: &AccountData, route: &Route) -> String {
    match data {
        AccountData::Home { .. } => "Workspaces".to_owned(),
        AccountData::Tokens { .. } => "Tokens".to_owned(),
        AccountData::Start(page) => page.title().to_owned(),
        AccountData::Profile(_) => "Profile".to_owned(),
        AccountData::Preferences(_) => "Preferences".to_owned(),
        AccountData::Invite(found) => match found {
            Some(found) => format!("Invite to {}", isolated(&found.0.place)),
            None => "Invite".to_owned(),
        },
        AccountData::Organization(view) => match route {
            Route::Organization(_, page) => format!("{} · {}", page.title(), isolated(&view.profile.name)),
            _ => isolated(&view.profile.name).into_owned(),
        },
        AccountData::Sessions { .. } => "Sessions".to_owned(),
        AccountData::Security(_) => "Security".to_owned(),
        AccountData::Factor(_) => "Second factor".to_owned(),
        AccountData::OrganizationAudit { name, .. } => format!("Audit log · {}", isolated(name)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
