//! Page for internal errors. It shows the request id, so that operators can find the cause in the log. It uses neither
//! the Leptos application nor the database, because either may have failed.

use crate::server::request::RequestContext;
use axum::body::Body;
use http::{HeaderValue, Response, StatusCode, header};

/// Renders the 500 page.
pub fn broken(context: &RequestContext) -> Response<Body> {
    let theme = context.theme.attribute().map(|t| format!(" data-theme=\"{t}\"")).unwrap_or_default();
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"{theme}><head><meta charset=\"utf-8\">\
        <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
        <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"format-detection\" content=\"telephone=no\">\
        <title>Something went wrong · Stile</title>\
        <link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"{css}\"></head>\
        <body><div class=\"account\"><main class=\"notice\" id=\"main\" data-testid=\"broken\">\
        <p class=\"code\">500</p><h1>Something went wrong on the server</h1>\
        <p>Nothing was changed, and you are still signed in. Try again; if it happens again, give your administrator \
        this number: <code data-testid=\"request-id\">{id}</code></p>\
        <div class=\"btn-row\"><a class=\"btn primary\" href=\"\">Try again</a><a class=\"btn\" href=\"/\">Go to Stile</a></div>\
        </main></div></body></html>",
        css = context.services.assets.css,
        id = escape(&context.request_id),
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
