//! Extractor for the operator token or API key of a request.

use super::error::ApiError;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use model::api_key::KEY_PREFIX;
use store::{door::Credential, secret::Secret};

/// An operator token or an API key as presented (RFC 6750, section 2.1). It is not verified yet; the store verifies it.
///
/// It is looked up among operator tokens, or among the keys of the workspace in the path, so the secret of a session is
/// not accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bearer(pub(crate) Credential);

impl<S: Sync> FromRequestParts<S> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        bearer(&parts.headers)
    }
}

pub(crate) fn bearer(headers: &HeaderMap) -> Result<Bearer, ApiError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next().ok_or(ApiError::NoToken)?.to_str().map_err(|_| ApiError::BadToken)?;
    let (scheme, token) = value.split_once(' ').ok_or(ApiError::NoToken)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::NoToken);
    }
    match (Secret::presented(token.trim_start()), values.next()) {
        (Some(secret), None) if secret.reveal().starts_with(KEY_PREFIX) => Ok(Bearer(Credential::Key(secret.hash()))),
        (Some(secret), None) => Ok(Bearer(Credential::Token(secret.hash()))),
        _ => Err(ApiError::BadToken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<Bearer, ApiError> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().expect("a header"));
        }
        bearer(&headers)
    }

    #[test]
    fn exactly_one_bearer_token_is_accepted() {
        let token = "Bearer stile_0123456789012345678901234567890123456789";
        assert!(matches!(read(&[token]), Ok(Bearer(Credential::Token(_)))));
        assert!(read(&["bearer stile_0123456789012345678901234567890123456789"]).is_ok());
        let key = "Bearer stile_key_01234567_0123456789012345678901234567890123456789";
        assert!(matches!(read(&[key]), Ok(Bearer(Credential::Key(_)))));
        assert!(matches!(read(&[]), Err(ApiError::NoToken)));
        assert!(matches!(read(&["Basic dXNlcjpwYXNzd29yZA=="]), Err(ApiError::NoToken)));
        assert!(matches!(read(&["Bearer"]), Err(ApiError::NoToken)));
        assert!(matches!(read(&["Bearer short"]), Err(ApiError::BadToken)));
        assert!(matches!(read(&[token, token]), Err(ApiError::BadToken)));
    }
}
