//! `GET /api`: the reference of the API for people, generated from the OpenAPI description and docs/API.md. It needs no
//! token and no script, and is the same for every caller.

mod html;
mod markdown;
mod schema;

use super::openapi;
use crate::{pages, state::AppState};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    response::{Html, IntoResponse as _, Response},
};
use html::{code, escape};
use markdown::{inline, sections};
use schema::{ID, example, fields, kind};
use serde_json::Value;
use std::{collections::BTreeMap, fmt::Write as _, sync::LazyLock};

/// Conventions of the API.
const CONVENTIONS: &str = include_str!("../../../docs/API.md");
/// Style sheet of this page only, so that no other page loads it.
const STYLE: &str = include_str!("../../../style/70-reference.css");
/// Host in examples.
const HOST: &str = "https://stile.example.com";
/// Order of the methods of a path.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page without its head, which never changes while the server runs.
static BODY: LazyLock<String> = LazyLock::new(|| body(openapi::value()));

/// Returns the reference.
pub(super) async fn page(State(state): State<AppState>, request: Request) -> Response {
    let context = pages::context(&state, &request);
    let theme = context.theme.attribute().map(|theme| format!(" data-theme=\"{theme}\"")).unwrap_or_default();
    let assets = &context.services.assets;
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\"{theme}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"format-detection\" content=\"telephone=no\">\
         <title>API · Stile</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\">\
         <link rel=\"stylesheet\" href=\"{}\"><link rel=\"stylesheet\" href=\"/api/reference.css\">\
         <link rel=\"stylesheet\" href=\"{}\" media=\"print, (forced-colors: active), (max-height: 480px)\"></head>\
         <body>{}</body></html>\n",
        assets.css, assets.modes, &*BODY,
    ))
    .into_response()
}

/// Returns the style sheet of the reference.
pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"))], STYLE).into_response()
}

/// An operation with its method and path.
struct Operation<'d> {
    method: &'d str,
    path: &'d str,
    value: &'d Value,
}

impl Operation<'_> {
    fn id(&self) -> &str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    fn summary(&self) -> &str {
        self.value["summary"].as_str().unwrap_or_default().trim_end_matches('.')
    }

    /// Returns the noun that the operation belongs to: the collection below the workspace.
    fn noun(&self) -> String {
        let rest = self.path.trim_start_matches("/api/v1/").trim_start_matches("workspaces/{slug}/");
        let noun = rest.trim_start_matches("me/").split('/').next().unwrap_or_default().replace('-', " ");
        let mut letters = noun.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
    }
}

/// Returns the operations by noun.
fn operations(document: &Value) -> BTreeMap<String, Vec<Operation<'_>>> {
    let mut nouns: BTreeMap<String, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(value) = item.get(method) {
                let operation = Operation { method, path, value };
                nouns.entry(operation.noun()).or_default().push(operation);
            }
        }
    }
    nouns
}

fn body(document: &Value) -> String {
    let nouns = operations(document);
    let conventions = sections(CONVENTIONS);
    let (mut contents, mut main) = (String::new(), String::new());
    contents.push_str("<p>Conventions</p><ul>");
    for section in &conventions {
        if section.title.is_empty() {
            main.push_str(&section.html);
            continue;
        }
        let (id, title) = (&section.id, escape(&section.title));
        let _ = write!(contents, "<li><a href=\"#{id}\">{title}</a></li>");
        let _ = write!(main, "<section id=\"{id}\"><h2>{title}</h2>{}</section>", section.html);
    }
    contents.push_str("</ul>");
    for (noun, operations) in &nouns {
        let id = format!("noun-{}", noun.to_lowercase().replace(' ', "-"));
        let noun = escape(noun);
        let _ = write!(contents, "<p><a href=\"#{id}\">{noun}</a></p><ul>");
        let _ = write!(main, "<section id=\"{id}\"><h2>{noun}</h2>");
        for operation in operations {
            let _ = write!(contents, "<li><a href=\"#{}\">{}</a></li>", operation.id(), escape(operation.summary()));
            entry(document, operation, &mut main);
        }
        contents.push_str("</ul>");
        main.push_str("</section>");
    }
    format!(
        "<div class=\"account reference\"><a class=\"skip\" href=\"#main\">Skip to content</a>\
         <header class=\"account-bar\"><a class=\"home\" href=\"/\">Stile</a>\
         <a class=\"link\" href=\"/api/v1/openapi.json\">OpenAPI</a></header>\
         <div class=\"columns\"><nav aria-label=\"Contents\">{contents}</nav>\
         <main id=\"main\"><h1>API</h1>{main}</main></div></div>"
    )
}

/// Appends the entry of an operation.
fn entry(document: &Value, operation: &Operation<'_>, html: &mut String) {
    let Operation { method, path, value } = operation;
    let (id, method) = (operation.id(), method.to_ascii_uppercase());
    // A line may break behind a slash.
    let shown = escape(path).replace('/', "/<wbr>");
    let _ = write!(
        html,
        "<article id=\"{id}\" data-operation=\"{id}\"><h3><a href=\"#{id}\">{}</a></h3>\
         <p class=\"route\"><b>{method}</b> <code>{shown}</code></p>",
        escape(operation.summary())
    );
    for paragraph in value["description"].as_str().unwrap_or_default().split("\n\n").filter(|text| !text.is_empty()) {
        let _ = write!(html, "<p>{}</p>", inline(&paragraph.replace('\n', " ")));
    }
    let parameters: Vec<&Value> = value["parameters"].as_array().into_iter().flatten().collect();
    let rows: String = parameters
        .iter()
        .map(|one| {
            let place = one["in"].as_str().unwrap_or_default();
            let words = format!("{} in {place}", kind(document, &one["schema"]));
            row(one["name"].as_str().unwrap_or_default(), &words, one["required"] == true, text(&one["description"]))
        })
        .collect();
    list(html, "Parameters", &rows);
    for (media, content) in value["requestBody"]["content"].as_object().into_iter().flatten() {
        let rows: String = fields(document, &content["schema"])
            .iter()
            .map(|field| row(&field.path, &field.kind, field.required, &field.description))
            .collect();
        let note = format!("<li>{}</li>", inline(text(&value["requestBody"]["description"])));
        list(html, &format!("Body, {media}"), if rows.is_empty() { &note } else { &rows });
    }
    let mut errors = String::new();
    for (status, response) in value["responses"].as_object().into_iter().flatten() {
        let description = inline(text(&response["description"]));
        if !status.starts_with('2') {
            let codes = response["content"]["application/problem+json"]["examples"].as_object();
            let codes: String = codes.into_iter().flatten().map(|(code, _)| format!(" <code>{code}</code>")).collect();
            let _ = write!(errors, "<li><b>{status}</b>{codes} {description}</li>");
            continue;
        }
        let _ = write!(html, "<h4>Response {status}</h4><p>{description}</p>");
        let content = response["content"].as_object().and_then(|all| all.iter().next());
        if let Some((media, content)) = content {
            let rows: String = fields(document, &content["schema"])
                .iter()
                .map(|field| row(&field.path, &field.kind, field.required, &field.description))
                .collect();
            list(html, &format!("Fields, {media}"), &rows);
        }
    }
    let _ = write!(html, "<h4>Other responses</h4><ul class=\"fields\">{errors}</ul>");
    let _ = write!(html, "<h4>Example</h4>{}</article>", code(&curl(document, operation)));
}

/// Appends a list with its title, if it has rows.
fn list(html: &mut String, title: &str, rows: &str) {
    if !rows.is_empty() {
        let _ = write!(html, "<h4>{}</h4><ul class=\"fields\">{rows}</ul>", escape(title));
    }
}

fn row(name: &str, kind: &str, required: bool, description: &str) -> String {
    let required = if required { ", required" } else { "" };
    format!(
        "<li><code>{}</code> <span>{}{required}</span> {}</li>",
        escape(name),
        escape(kind),
        inline(&description.replace('\n', " "))
    )
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Returns the command that sends an example of the request.
fn curl(document: &Value, operation: &Operation<'_>) -> String {
    let value = operation.value;
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    for one in value["parameters"].as_array().into_iter().flatten() {
        let shown = match (&one["example"], &one["schema"]) {
            (Value::Null, schema) => example(document, schema, 1),
            (own, _) => own.clone(),
        };
        let name = text(&one["name"]);
        let shown = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
        match (one["in"].as_str(), one["required"] == true) {
            (Some("path"), _) => {
                // A path's id has no format.
                let shown = if shown == "text" { ID } else { shown.as_str() };
                path = path.replace(&format!("{{{name}}}"), shown);
            }
            (Some("query"), true) => query.push(format!("{name}={shown}")),
            _ => {}
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let method = match operation.method {
        "get" => String::new(),
        method => format!("-X {} ", method.to_ascii_uppercase()),
    };
    let mut command = format!("curl {method}\"{HOST}{path}{query}\" \\\n  -H \"Authorization: Bearer $STILE_TOKEN\"");
    if let Some((media, content)) = value["requestBody"]["content"].as_object().and_then(|all| all.iter().next()) {
        let _ = write!(command, " \\\n  -H \"Content-Type: {media}\"");
        if media.contains("json") {
            let shown = match &content["example"] {
                Value::Null => example(document, &content["schema"], 6),
                own => own.clone(),
            };
            let shown = serde_json::to_string_pretty(&shown).unwrap_or_default().replace('\'', "’");
            let _ = write!(command, " \\\n  -d '{shown}'");
        } else {
            command.push_str(" \\\n  --data-binary @file.csv");
        }
    }
    let answer = value["responses"]["200"]["content"].as_object().and_then(|all| all.keys().next());
    if answer.is_some_and(|media| media == "application/zip") {
        command.push_str(" \\\n  -o export.zip");
    }
    command
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_operation_has_a_unique_id_a_summary_an_example_and_its_errors() {
        let document = openapi::value();
        let nouns = operations(document);
        let all: Vec<&Operation<'_>> = nouns.values().flatten().collect();
        let ids: BTreeSet<&str> = all.iter().map(|operation| operation.id()).collect();
        assert!(all.len() > 60, "control: there are operations");
        assert_eq!(ids.len(), all.len(), "two operations have the same id");
        for operation in all {
            let id = operation.id();
            assert!(!id.is_empty() && !operation.summary().is_empty(), "{} {}", operation.method, operation.path);
            let mut html = String::new();
            entry(document, operation, &mut html);
            for part in
                ["curl ", "<b>401</b> <code>unauthenticated</code>", "<b>500</b> <code>internal</code>", "Response 2"]
            {
                assert!(html.contains(part), "{id} lacks {part}");
            }
            assert!(
                !curl(document, operation).contains('{') || !operation.value["requestBody"].is_null(),
                "{id}: a parameter has no value"
            );
        }
    }

    #[test]
    fn the_page_has_no_script_and_no_inline_style() {
        for forbidden in ["<script", " style=", " onclick="] {
            assert!(!BODY.contains(forbidden), "{forbidden}");
        }
        assert!(BODY.contains("id=\"errors\"") && BODY.contains("id=\"listCustomers\""), "control");
    }
}
