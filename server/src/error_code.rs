//! Codes of the error responses below `/api`. docs/API.md lists them.

use axum::http::StatusCode;
use serde::{Serialize, Serializer};

/// Defines the codes: variant, word, status, meaning.
macro_rules! codes {
    ($($name:ident $word:literal $status:ident $meaning:literal)+) => {
        /// Code of an error: what a program decides by. Codes are part of the API and are never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Code {
            $(#[doc = $meaning] $name,)+
        }

        impl Code {
            /// All codes, by status.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Returns the code as text.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }

            /// Returns the HTTP status of the response.
            pub(crate) const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                }
            }

            /// Returns what the code means, as one sentence.
            pub(crate) const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$name => $meaning,)+
                }
            }
        }
    };
}

codes! {
    InvalidParameter "invalid_parameter" BAD_REQUEST "A query parameter or a header has a value that is not allowed."
    MalformedJson "malformed_json" BAD_REQUEST "The body is not JSON."
    Malformed "malformed" BAD_REQUEST "The request can't be read."
    Unauthenticated "unauthenticated" UNAUTHORIZED "There is no token or API key, or it is unknown, revoked or expired."
    Forbidden "forbidden" FORBIDDEN "Your role in the workspace does not allow the action."
    MissingScope "missing_scope" FORBIDDEN "The API key does not have the scope for the action."
    SecondFactorRequired "second_factor_required" FORBIDDEN "The workspace requires two-factor authentication, which a token can't confirm."
    ForeignOrigin "foreign_origin" FORBIDDEN "A page of another site sent the request."
    NotFound "not_found" NOT_FOUND "There is nothing at the address, or you have no access to it."
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "The address does not take this method; Allow lists those that it takes."
    KeyInUse "key_in_use" CONFLICT "A request with this Idempotency-Key is still running; Retry-After says when to ask again."
    AnswerLost "answer_lost" CONFLICT "The request with this Idempotency-Key was carried out, but its answer was not kept."
    Conflict "conflict" CONFLICT "The request contradicts the state of the resource."
    Frozen "frozen" CONFLICT "The version of the rate plan is published, so it never changes. Create a draft instead."
    Moved "moved" CONFLICT "The draft is not what `basis` names; `invoice` is the draft as it is now. Nothing is issued."
    Blocked "blocked" CONFLICT "Something is missing, so that the draft can't be issued; the detail says what."
    Gone "gone" GONE "The workspace was deleted, and you had access to it."
    Changed "changed" PRECONDITION_FAILED "The resource is not the version that If-Match names."
    TooLarge "too_large" PAYLOAD_TOO_LARGE "The body is more than 1 MiB, 2 MiB for events, or 50 MB for an import."
    AddressTooLong "address_too_long" URI_TOO_LONG "The URL is too long."
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "The body has another media type than the address takes, or a content coding that it does not take."
    UnknownHost "unknown_host" MISDIRECTED_REQUEST "The server does not serve this host name."
    Invalid "invalid" UNPROCESSABLE_ENTITY "A field of the body is missing, unknown or not allowed; errors has a pointer to each."
    TooManyEvents "too_many_events" UNPROCESSABLE_ENTITY "The batch has more than 1,000 events."
    KeyReused "key_reused" UNPROCESSABLE_ENTITY "The Idempotency-Key belongs to another request."
    BasisRequired "basis_required" PRECONDITION_REQUIRED "Issuing a draft needs its `basis`, so that you issue what you have seen."
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS "Too many requests at once."
    RateLimited "rate_limited" TOO_MANY_REQUESTS "The token has used up its requests; Retry-After says when there are more."
    TooManyTabs "too_many_tabs" TOO_MANY_REQUESTS "Too many tabs of the console are open."
    Internal "internal" INTERNAL_SERVER_ERROR "The server failed; the log has the cause under request_id."
    Unavailable "unavailable" SERVICE_UNAVAILABLE "The server or its database is not available; Retry-After says when to try again."
    ReadOnly "read_only" SERVICE_UNAVAILABLE "The database takes no changes at the moment."
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_documentation_has_each_code_with_its_status_and_meaning() {
        // Other tables have no status in the second column.
        let is_code = |line: &&str| {
            let status = line.strip_prefix("| `").and_then(|line| line.split(" | ").nth(1));
            status.is_some_and(|status| status.parse::<u16>().is_ok())
        };
        let documented: Vec<&str> = include_str!("../../docs/API.md").lines().filter(is_code).collect();
        let table: Vec<String> = Code::ALL
            .iter()
            .map(|code| format!("| `{}` | {} | {} |", code.as_str(), code.status().as_u16(), code.meaning()))
            .collect();
        assert_eq!(documented, table, "the table in docs/API.md must be:\n{}", table.join("\n"));
    }

    #[test]
    fn each_code_is_one_word_and_an_error() {
        let words: HashSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!(code.status().is_client_error() || code.status().is_server_error());
            assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        }
    }
}
