//! JSON bodies of requests: extractor, and members that may be absent.

use super::error::{ApiError, pointer};
use crate::{
    error_code::Code,
    error_response::{Fault, is_content_type},
    pages,
};
use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse as _, Response},
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_path_to_error::Segment;

/// A JSON body. It must be `application/json`, which pages of other sites can't send (docs/SECURITY.md, F-3).
///
/// Rejections: 415 `unsupported_media_type`, 413 `too_large`, 400 `malformed_json`, and 422 `invalid` with a pointer to
/// the first member that has another type than `T`.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, _: &S) -> Result<Self, Response> {
        if !is_content_type(request.headers(), "application/json") {
            let detail = "Send the body as application/json.".to_owned();
            return Err(ApiError::Other(Code::UnsupportedMediaType, detail).into_response());
        }
        let bytes = pages::limited("/api/v1", request.into_body()).await?;
        parse(&bytes).map(Self).map_err(|error| error.into_response())
    }
}

/// Parses a body.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut json);
    match parsed {
        Ok(value) => json.end().map(|()| value).map_err(|error| malformed(&error)),
        Err(error) if error.inner().is_data() => {
            let pointer: String = error.path().iter().map(segment).collect();
            let detail = error.inner().to_string();
            Err(ApiError::Faults(vec![Fault { pointer, code: "wrong_type", detail }]))
        }
        Err(error) => Err(malformed(error.inner())),
    }
}

fn malformed(error: &serde_json::Error) -> ApiError {
    let detail = format!("The body is not JSON: line {}, column {}.", error.line(), error.column());
    ApiError::Other(Code::MalformedJson, detail)
}

fn segment(segment: &Segment) -> String {
    match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => pointer(key),
        Segment::Enum { variant } => pointer(variant),
        Segment::Unknown => String::new(),
    }
}

/// A member of a PATCH body. Needs `#[serde(default)]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Patch<T> {
    /// Absent: the value stays.
    #[default]
    Unchanged,
    /// `null`: the value is cleared.
    Cleared,
    /// The new value.
    Set(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Cleared, Self::Set))
    }
}

impl<T: Default> Patch<T> {
    /// Changes `value` as the member says. A cleared value becomes the default, such as empty text.
    pub(super) fn apply(self, value: &mut T) {
        match self {
            Self::Unchanged => {}
            Self::Cleared => *value = T::default(),
            Self::Set(new) => *value = new,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(default)]
        note: Patch<String>,
        #[serde(default)]
        tiers: Vec<Tier>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Tier {
        #[serde(rename = "up/to")]
        up_to: u32,
    }

    fn read(text: &str) -> Result<Sample, ApiError> {
        parse(text.as_bytes())
    }

    #[test]
    fn an_absent_member_is_unchanged_and_null_clears_it() {
        let note = |text| read(text).expect("a sample").note;
        assert_eq!(note("{}"), Patch::Unchanged);
        assert_eq!(note(r#"{"note":null}"#), Patch::Cleared);
        assert_eq!(note(r#"{"note":"new"}"#), Patch::Set("new".to_owned()));
        for (text, after) in [("{}", "old"), (r#"{"note":null}"#, ""), (r#"{"note":"new"}"#, "new")] {
            let mut value = "old".to_owned();
            note(text).apply(&mut value);
            assert_eq!(value, after, "{text}");
        }
    }

    #[test]
    fn a_value_of_another_type_is_pointed_to() {
        let Err(ApiError::Faults(faults)) = read(r#"{"tiers":[{"up/to":1},{"up/to":"two"}]}"#) else {
            panic!("a wrong type was let through")
        };
        assert_eq!(faults[0].pointer, "/tiers/1/up~1to");
    }

    #[test]
    fn text_that_is_not_json_is_malformed() {
        for text in ["", "{", "{} {}", "nul"] {
            assert!(matches!(read(text), Err(ApiError::Other(Code::MalformedJson, _))), "{text}");
        }
        assert!(matches!(read(r#"{"nope":1}"#), Err(ApiError::Faults(_))), "an unknown member");
    }
}
