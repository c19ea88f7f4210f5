//! `GET /api/v1/openapi.json`: the OpenAPI description, generated from the handlers.

use super::{customers, event_list, events, usage, workspaces};
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use utoipa::{
    Modify, OpenApi,
    openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stile",
        description = "The workspaces you have access to, and their contents. Errors are `{\"error\":{\"code\",\"message\"}}`; codes are stable. Every response has an X-Request-Id.",
    ),
    paths(workspaces::list, customers::list, events::create, event_list::list, event_list::get, usage::usage, usage::health),
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

/// Returns the OpenAPI description. It is the same for every caller and needs no token.
pub(super) async fn document() -> Response {
    Json(Description::openapi()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_describes_every_route_and_every_error() {
        let description = serde_json::to_value(Description::openapi()).expect("JSON");
        for path in ["/api/v1/me/workspaces", "/api/v1/workspaces/{slug}/customers"] {
            let get = &description["paths"][path]["get"];
            for status in ["200", "400", "401", "503"] {
                assert!(get["responses"][status].is_object(), "{path} {status}");
            }
            assert!(get["security"][0]["operator_token"].is_array(), "{path}");
        }
        let schemas = &description["components"]["schemas"];
        assert_eq!(schemas["Workspace"]["properties"]["role"]["enum"][2], "billing_admin");
        assert!(schemas["ErrorBody"].is_object());
    }
}
