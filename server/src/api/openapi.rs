//! `GET /api/v1/openapi.json`: the OpenAPI description, generated from the handlers.
//!
//! A handler describes its parameters, its body and its success. What all requests have in common (errors, headers,
//! idempotency keys, tags) is added to each operation here, so that no handler can forget it.

use super::{
    contacts, customer, customers, event_list, events, import, import_mapping, import_upload, invoice_actions,
    invoice_files, invoices, invoicing, meters, plan_quotes, plan_versions, products, rate_plans, subscription_changes,
    subscriptions, upcoming, usage, usage_adjustments, workspaces,
};
use crate::{error_code::Code, error_response::ErrorBody};
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stile",
        description = "The workspaces you have access to, and their contents. Errors are problems of RFC 9457 with a stable `code`. Lists have cursors, single resources have an ETag, and a POST with an Idempotency-Key can be repeated.",
    ),
    paths(
        workspaces::list,
        customers::list,
        customer::create,
        customer::get,
        customer::change,
        customer::archive,
        customer::restore,
        customer::put,
        contacts::list,
        contacts::create,
        contacts::change,
        contacts::remove,
        contacts::list_subjects,
        contacts::add_subject,
        contacts::remove_subject,
        subscriptions::of_customer,
        subscriptions::create,
        upcoming::upcoming,
        subscriptions::list,
        subscriptions::get,
        subscription_changes::change,
        subscription_changes::undo,
        subscription_changes::end,
        subscription_changes::cancel_end,
        invoices::list,
        invoices::create,
        invoices::get,
        invoices::change,
        invoices::remove,
        invoices::add_line,
        invoices::remove_line,
        invoice_actions::issue,
        invoice_actions::void,
        invoice_actions::remake,
        invoice_actions::list_payments,
        invoice_actions::pay,
        invoice_actions::reverse,
        invoice_actions::list_credits,
        invoice_actions::credit,
        invoicing::due,
        invoicing::run,
        invoicing::tax_rates,
        invoicing::create_tax_rate,
        invoicing::change_tax_rate,
        invoicing::archive_tax_rate,
        invoicing::settings,
        invoicing::change_settings,
        products::list,
        products::create,
        products::get,
        products::change,
        products::archive,
        products::restore,
        meters::list,
        meters::create,
        meters::get,
        meters::change,
        meters::archive,
        meters::restore,
        rate_plans::list,
        rate_plans::create,
        rate_plans::get,
        rate_plans::change,
        rate_plans::archive,
        rate_plans::restore,
        plan_versions::list,
        plan_versions::create,
        plan_versions::get,
        plan_versions::change,
        plan_versions::discard,
        plan_versions::publish,
        plan_quotes::price,
        plan_quotes::impact,
        events::create,
        event_list::list,
        event_list::get,
        usage::usage,
        usage::health,
        import_upload::create,
        import::list,
        import::get,
        import_mapping::get,
        import_mapping::set,
        import::check,
        import::run,
        import::stop,
        import::refusals,
        invoice_files::pdf,
        invoice_files::lines,
        invoice_files::send,
        usage_adjustments::list,
        usage_adjustments::create,
        usage_adjustments::get,
    ),
    components(schemas(ErrorBody)),
    modifiers(&OperatorToken)
)]
struct Description;

/// Adds the security scheme for operator tokens.
struct OperatorToken;

impl Modify for OperatorToken {
    fn modify(&self, description: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An operator token. Create one at /account/tokens, where you choose when it expires. After that, requests get 401."))
            .build();
        description
            .components
            .get_or_insert_default()
            .add_security_scheme("operator_token", SecurityScheme::Http(scheme));
    }
}

/// The description, which never changes while the server runs.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(Description::openapi()).unwrap_or_default();
    if let Some(code) = document.pointer_mut("/components/schemas/ErrorBody/properties/code") {
        code["enum"] = Code::ALL.iter().map(|code| code.as_str()).collect();
    }
    let operations = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (path, item) in operations {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            describe(path, method, operation);
        }
    }
    document
});

/// Returns the OpenAPI description. It is the same for every caller and needs no token.
pub(super) async fn document() -> Response {
    Json(&*DOCUMENT).into_response()
}

/// Paths whose POST takes no `Idempotency-Key`, because what it sends is counted once anyway.
const WITHOUT_KEY: &[&str] = &["/api/v1/workspaces/{slug}/events", "/api/v1/workspaces/{slug}/imports"];

/// Codes that no request of the API gets.
const ELSEWHERE: &[Code] = &[Code::ForeignOrigin, Code::TooManyTabs, Code::AddressTooLong, Code::UnknownHost];

/// Adds what all operations have in common.
fn describe(path: &str, method: &str, operation: &mut Value) {
    let in_workspace = path.contains("{slug}");
    let has_body = operation.get("requestBody").is_some();
    let (posts, patches) = (method == "post", method == "patch");
    let keyed = posts && !WITHOUT_KEY.contains(&path);
    let mut statuses = vec![400, 401, 429, 500, 503];
    if in_workspace {
        statuses.extend([403, 404, 410]);
    }
    if has_body {
        statuses.extend([413, 415, 422]);
    }
    if keyed {
        statuses.extend([409, 413, 422]);
        add_header(
            operation,
            "Idempotency-Key",
            "Repeats the answer of the first request with this key, for 24 hours.",
            json!({ "type": "string", "minLength": 1, "maxLength": 255 }),
        );
    }
    if patches {
        statuses.push(412);
        add_header(
            operation,
            "If-Match",
            "ETag of the version to change. Another version is not changed.",
            json!({ "type": "string" }),
        );
    }
    if method == "get" {
        add_header(
            operation,
            "If-None-Match",
            "ETag of the version that you have. The answer is then 304 without a body.",
            json!({ "type": "string" }),
        );
    }
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else { return };
    for status in statuses {
        responses.entry(status.to_string()).or_insert_with(|| json!({}));
    }
    if in_workspace {
        responses.entry("308").or_insert_with(|| {
            json!({
                "description": "The workspace has a new slug, or its slug is spelled differently",
                "headers": { "Location": header("The same request there") },
            })
        });
    }
    if method == "get" {
        responses.entry("304").or_insert_with(|| json!({ "description": "Not changed: you have this version" }));
    }
    for (status, response) in responses {
        complete(status, response, in_workspace, keyed);
    }
}

/// Adds headers to a response, and the body to an error.
fn complete(status: &str, response: &mut Value, in_workspace: bool, keyed: bool) {
    let mut headers = vec![
        ("X-Request-Id", "Id of the request in the server's log"),
        ("RateLimit", "What is left of the token's requests"),
        ("RateLimit-Policy", "How many requests the token has per window of seconds"),
    ];
    match status {
        "429" | "503" => headers.push(("Retry-After", "Seconds to wait")),
        "401" => headers.push(("WWW-Authenticate", "The challenge (RFC 6750)")),
        _ if status.starts_with('2') => {
            headers.push(("ETag", "Version of the resource; lists have none"));
            if in_workspace {
                headers.push(("Stile-Workspace", "Id of the workspace"));
            }
            if keyed {
                headers.push(("Idempotent-Replayed", "`true` if the answer is repeated"));
            }
        }
        _ => {}
    }
    for (name, description) in headers {
        if response["headers"].get(name).is_none() {
            response["headers"][name] = header(description);
        }
    }
    let codes: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| code.status().as_str() == status && !ELSEWHERE.contains(code))
        .collect();
    if codes.is_empty() {
        return;
    }
    if response.get("description").is_none() {
        let meanings: Vec<&str> = codes.iter().map(|code| code.meaning()).collect();
        response["description"] = meanings.join(" Or: ").into();
    }
    let examples: Map<String, Value> = codes
        .iter()
        .map(|code| {
            let body = json!({
                "type": "about:blank",
                "title": code.status().canonical_reason(),
                "status": code.status().as_u16(),
                "detail": code.meaning(),
                "code": code.as_str(),
                "request_id": "019add2e-0000-7000-8000-000000000000",
            });
            (code.as_str().to_owned(), json!({ "value": body }))
        })
        .collect();
    response["content"] = json!({
        "application/problem+json": { "schema": { "$ref": "#/components/schemas/ErrorBody" }, "examples": examples },
    });
}

fn header(description: &str) -> Value {
    json!({ "description": description, "schema": { "type": "string" } })
}

/// Adds a parameter that is a request header.
fn add_header(operation: &mut Value, name: &str, description: &str, schema: Value) {
    let parameter =
        json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    match operation.get_mut("parameters").and_then(Value::as_array_mut) {
        Some(parameters) => parameters.push(parameter),
        None => operation["parameters"] = json!([parameter]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::event::RefusalCode;
    use std::collections::BTreeSet;

    /// Methods and paths of the routes in `api.rs`, as written there.
    fn routes() -> BTreeSet<(String, String)> {
        let source = include_str!("../api.rs");
        let mut routes = BTreeSet::new();
        for route in source.split(".route(").skip(1) {
            let mut quoted = route.split('"');
            let path = quoted.nth(1).expect("a path");
            let methods = route.split(".layer(").next().unwrap_or_default();
            for method in ["get", "post", "put", "patch", "delete"] {
                if path.starts_with("/v1/") && methods.contains(&format!("{method}(")) {
                    routes.insert((method.to_owned(), format!("/api{path}")));
                }
            }
        }
        routes.remove(&("get".to_owned(), "/api/v1/openapi.json".to_owned()));
        routes
    }

    fn operations() -> Vec<(String, String, &'static Value)> {
        let paths = DOCUMENT["paths"].as_object().expect("paths");
        paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("operations");
                methods.iter().map(move |(method, operation)| (method.clone(), path.clone(), operation))
            })
            .collect()
    }

    #[test]
    fn it_describes_every_route_and_nothing_else() {
        let described: BTreeSet<_> = operations().into_iter().map(|(method, path, _)| (method, path)).collect();
        assert!(described.len() > 5, "control: there are routes");
        assert_eq!(described, routes());
    }

    #[test]
    fn every_operation_has_every_error_that_it_can_respond_with() {
        for (method, path, operation) in operations() {
            let mut statuses = vec!["400", "401", "429", "500", "503"];
            if path.contains("{slug}") {
                statuses.extend(["403", "404", "410"]);
            }
            match method.as_str() {
                "post" if WITHOUT_KEY.contains(&path.as_str()) => statuses.extend(["413", "415", "422"]),
                "post" => statuses.extend(["409", "413", "422"]),
                "patch" => statuses.extend(["412", "413", "415", "422"]),
                _ => {}
            }
            for status in statuses {
                let response = &operation["responses"][status];
                let body = &response["content"]["application/problem+json"];
                assert_eq!(body["schema"]["$ref"], "#/components/schemas/ErrorBody", "{method} {path} {status}");
                assert!(
                    response["description"].is_string() && body["examples"].is_object(),
                    "{method} {path} {status}"
                );
                assert!(response["headers"]["X-Request-Id"].is_object(), "{method} {path} {status}");
            }
            let success = ["200", "201", "202", "204"].into_iter().any(|s| operation["responses"][s].is_object());
            assert!(success, "{method} {path} never succeeds");
            assert!(operation["security"][0]["operator_token"].is_array(), "{method} {path}");
        }
    }

    #[test]
    fn it_names_the_words_of_roles_and_codes() {
        let schemas = &DOCUMENT["components"]["schemas"];
        assert_eq!(schemas["Workspace"]["properties"]["role"]["enum"][2], "billing_admin");
        assert_eq!(schemas["ErrorBody"]["properties"]["code"]["enum"].as_array().map(Vec::len), Some(Code::ALL.len()));
        for schema in ["EventReport", "RefusalItem"] {
            let refusals = RefusalCode::ALL.map(|code| Value::from(code.as_str()));
            assert_eq!(
                schemas[schema]["properties"]["code"]["enum"].as_array().map(Vec::as_slice),
                Some(&refusals[..])
            );
        }
    }
}
