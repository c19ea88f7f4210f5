//! HTML rendering of documents.

use crate::{
    App,
    boot::{self, AccountData, Content, InitialState},
    documents::fingerprint,
    root,
    routes::Route,
    server::{
        broken::broken,
        page::{DocumentData, bare},
        request::{AssetUrls, RequestContext},
    },
    session::colour_media,
    wire,
};
use axum::body::{Body, to_bytes};
use futures_util::stream;
use http::{Request, Response};
use leptos::{html::meta, prelude::*, reactive::owner::Owner};
use leptos_axum::{AxumRouteListing, ResponseOptions};
use model::text::isolated;
use std::sync::Arc;

/// Maximum size of a document, in bytes.
const DOCUMENT_BYTES: usize = 64 * 1024 * 1024;

/// Renders the document of a response created by [`render`](crate::server::page::render). Returns other responses
/// unchanged.
///
/// All data is loaded before rendering starts, so no view suspends and the rows are in the first bytes. leptos_axum
/// returns a stream; it is collected, so that the length of the document can be sent.
pub(crate) async fn rendered(context: &RequestContext, mut response: Response<Body>) -> Response<Body> {
    let Some(DocumentData { boot, route }) = response.extensions_mut().remove() else { return response };
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = route.url().parse().unwrap_or_default();
    let (status, accents) = (response.status(), context.accents);
    let provide = move || {
        provide_context(accents);
        expect_context::<ResponseOptions>().set_status(status);
    };
    let document = {
        let context = context.clone();
        move || document(&context, boot, &route)
    };
    // There are no resources, so the scripts that would contain their values are omitted.
    let answer = leptos_axum::handle_response_inner(provide, document, request, |document, _resources, _| {
        // Without the comment that an erased view ends with.
        let html = document.into_view().to_html().trim_end_matches("<!>").to_owned();
        Box::pin(async move { Box::pin(stream::iter([html])) as _ })
    });
    let (head, body) = answer.await.into_parts();
    let Ok(bytes) = to_bytes(body, DOCUMENT_BYTES).await else { return broken(context) };
    response.headers_mut().extend(head.headers);
    *response.body_mut() = Body::from(bytes);
    response
}

/// Returns the paths of all pages, as declared in the router.
pub fn pages() -> Vec<AxumRouteListing> {
    leptos_axum::generate_route_list(|| {
        // Content that is not an error page, so that the router's tree is reached.
        let boot = bare(boot::Theme::System, Content::NewWorkspace, None);
        view! { <App boot/> }
    })
}

/// Renders the HTML document around the application.
fn document(context: &RequestContext, boot: Arc<InitialState>, route: &Route) -> impl IntoView + use<> {
    let title = title(&boot.content, route);
    let [light, dark] = colour_media(boot.theme);
    // A page that must be the same for everybody contains no nonce; its policy allows scripts of this origin instead.
    let same_for_all = matches!(boot.content, Content::Absent | Content::Gone | Content::Unavailable);
    let nonce = context.nonce.clone().filter(|_| !same_for_all);
    let data = wire::to_text(&*boot).unwrap_or_else(|error| {
        tracing::error!(%error, "a document could not be serialized");
        String::new()
    });
    // The same picture for every page, because page-specific pictures could show private data.
    let picture = context.services.link("/share.png");
    let AssetUrls { css, modes, js, wasm, pages, boot: start, font } = context.services.assets.clone();
    let pages = root::needs_chunk(&boot.content, route).then(|| preload(pages));
    let (theme, accent) = (boot.theme.attribute(), context.accents.attribute());
    // Rendered first, to compute its fingerprint. Its reactive values are dropped immediately, because leptos_axum
    // drops its owner on the thread that ends the stream, and some of them belong to this thread.
    let owner = Owner::current().unwrap_or_default().child();
    let app = owner.with(|| view! { <App boot=Arc::unwrap_or_clone(boot)/> }.to_html());
    owner.cleanup();
    let nodes = format!("{:x}", fingerprint::of_markup(&app));
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-accent=accent>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="format-detection" content="telephone=no"/>
                // Set as inner HTML, because a text child of an erased element is followed by a comment node.
                <title inner_html=escape(&title)></title>
                {theme_color(light, "#fafaf8")}
                {theme_color(dark, "#0f0e0d")}
                {property("og:title", "Stile".to_owned())}
                {property("og:type", "website".to_owned())}
                {property("og:image", picture)}
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="apple-touch-icon" href="/touch-icon.png"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin=""/>
                <link rel="stylesheet" href=css/>
                <link rel="stylesheet" href=modes media="print, (forced-colors: active), (max-height: 480px)"/>
                <link rel="modulepreload" href=js nonce=nonce.clone()/>
                {preload(wasm)}
                {pages}
                <script r#type="module" src=start nonce=nonce></script>
            </head>
            <body>
                <div id=boot::ROOT class="contents" data-nodes=nodes inner_html=app></div>
                <script r#type=wire::TYPE id=boot::ELEMENT inner_html=data></script>
            </body>
        </html>
    }
}

fn theme_color(media: &'static str, color: &'static str) -> impl IntoView {
    meta().name("theme-color").attr("media", media).content(color)
}

/// Open Graph `<meta>` tag.
fn property(name: &'static str, content: String) -> impl IntoView {
    meta().attr("property", name).content(content)
}

/// Preload link for a chunk of the program, with low priority, so that it does not delay the rows.
fn preload(wasm: String) -> impl IntoView {
    view! { <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="" fetchpriority="low"/> }
}

/// Renders `/dev/gallery` in development builds: markup and style sheet, without the program.
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
    let html = http::HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(http::header::CONTENT_TYPE, html);
    response
}

fn title(content: &Content, route: &Route) -> String {
    let page = match content {
        Content::SignIn => "Sign in".to_owned(),
        Content::Account(data) => account_title(data.get(), route),
        Content::AccessRequested(_) => "Access request".to_owned(),
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
        AccountData::Factor(_) => "Two-factor authentication".to_owned(),
        AccountData::OrganizationAudit { name, .. } => format!("Audit log · {}", isolated(name)),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::{
        Page,
        samples::{ALIASES, samples},
    };
    use std::collections::BTreeSet;

    /// Returns how general each segment of a pattern is, if the pattern matches the path: 0 for a literal, 1 for a
    /// parameter, 2 for the rest of the path.
    fn generality(pattern: &str, path: &str) -> Option<Vec<u8>> {
        let (mut rest, mut kinds) = (path.split('/'), Vec::new());
        for segment in pattern.split('/') {
            let found = rest.next()?;
            match segment.strip_prefix('{') {
                Some(name) if name.starts_with('*') => {
                    kinds.push(2);
                    return (!found.is_empty()).then_some(kinds);
                }
                Some(_) if !found.is_empty() => kinds.push(1),
                None if found == segment => kinds.push(0),
                _ => return None,
            }
        }
        rest.next().is_none().then_some(kinds)
    }

    /// Compares the patterns of the router with the typed routes of the URLs. Returns the differences.
    fn differences(patterns: &[&str], urls: &[&str]) -> Vec<String> {
        let (mut differences, mut unused) = (Vec::new(), patterns.iter().copied().collect::<BTreeSet<_>>());
        for url in urls {
            let path = url.split_once('?').map_or(*url, |(path, _)| path);
            let matching: Vec<(&str, Vec<u8>)> =
                patterns.iter().filter_map(|pattern| Some((*pattern, generality(pattern, path)?))).collect();
            // Leptos takes the first pattern that matches, axum the most specific one.
            let (first, best) = (matching.first(), matching.iter().min_by(|(_, a), (_, b)| a.cmp(b)));
            let (Some((first, _)), Some((best, _))) = (first, best) else {
                differences.push(format!("{url}: no view"));
                continue;
            };
            unused.remove(best);
            let route = Route::parse_url(url);
            let is_file = matches!(route, Route::AuditExport(..) | Route::InvoiceFile(..));
            let of_workspace = is_file || matches!(route, Route::Workspace(..));
            let has_view = !is_file && !matches!(route, Route::Workspace(_, Page::Unknown(_)));
            if first != best {
                differences.push(format!("{url}: Leptos shows {first}, axum serves {best}"));
            }
            if of_workspace != best.starts_with("/{workspace}") {
                differences.push(format!("{url}: {best} is not the view of {route:?}"));
            }
            if has_view && best.ends_with("/{*page}") {
                differences.push(format!("{url}: no view of its own"));
            }
        }
        differences.extend(unused.into_iter().map(|pattern| format!("{pattern}: no typed route, or no sample of it")));
        differences
    }

    fn urls() -> Vec<&'static str> {
        samples().chain(ALIASES.iter().map(|(alias, _)| *alias)).collect()
    }

    #[tokio::test]
    async fn the_router_and_the_typed_routes_have_the_same_pages() {
        let listed = pages();
        let patterns: Vec<&str> = listed.iter().map(AxumRouteListing::path).collect();
        let differences = differences(&patterns, &urls());
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    #[tokio::test]
    async fn missing_superfluous_and_hidden_routes_are_reported() {
        let listed = pages();
        let patterns: Vec<&str> = listed.iter().map(AxumRouteListing::path).collect();
        for missing in ["/home", "/account/profile", "/{workspace}/customers", "/{workspace}/{*page}"] {
            let fewer: Vec<&str> = patterns.iter().copied().filter(|pattern| *pattern != missing).collect();
            assert_eq!(fewer.len() + 1, patterns.len(), "{missing}");
            assert!(!differences(&fewer, &urls()).is_empty(), "{missing}");
        }
        let more: Vec<&str> = patterns.iter().copied().chain(["/about"]).collect();
        assert_eq!(differences(&more, &urls()), ["/about: no typed route, or no sample of it"]);
        let hidden: Vec<&str> = ["/{workspace}"].into_iter().chain(patterns).collect();
        assert!(differences(&hidden, &urls()).iter().any(|line| line.starts_with("/home: Leptos shows /{workspace}")));
    }
}
