//! Encoding of server responses to this console's own program: positional and without field names (postcard), which
//! needs a fraction of JSON's code and bytes. A client that does not accept [`TYPE`] gets JSON; requests to the server
//! are always JSON.
//!
//! The bytes are not self-describing, so they begin with the id of the build that wrote them. The program of another
//! build rejects them with [`AppError::Outdated`](crate::error::AppError::Outdated).

use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use std::fmt;

/// Media type of the encoding, which the program sends in `Accept`.
pub const TYPE: &str = "application/vnd.stile";

/// Header prefix common to all builds.
const MARK: &str = "stile ";
/// Header of this build.
const OURS: &str = concat!("stile ", env!("STILE_WIRE"), "\n");

/// `output` encoding of the server functions.
pub type Compact = Post<Wire>;

/// Codec of the encoding.
pub struct Wire;

impl ContentType for Wire {
    const CONTENT_TYPE: &'static str = TYPE;
}

impl FormatType for Wire {
    const FORMAT_TYPE: Format = Format::Binary;
}

/// Serialization or deserialization error.
#[derive(Debug, PartialEq, Eq)]
pub enum WireError {
    /// The bytes were written by another build.
    Build,
    /// The bytes were not written by any build, or are truncated.
    Unreadable,
    /// The value can't be serialized in this encoding.
    Unwritable,
}

/// Message of [`WireError::Build`], which identifies it where only the message is passed on.
const BUILD: &str = "written by another build";

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Build => BUILD,
            Self::Unreadable => "unreadable",
            Self::Unwritable => "unwritable",
        })
    }
}

impl std::error::Error for WireError {}

/// Returns `true` if an error message is that of [`WireError::Build`]. server_fn passes on only the message.
pub fn is_of_another_build(words: &str) -> bool {
    words == BUILD
}

/// Serializes a value.
///
/// # Errors
/// [`WireError::Unwritable`] for a type whose fields depend on its value.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, WireError> {
    postcard::to_extend(value, OURS.as_bytes().to_vec()).map_err(|_| WireError::Unwritable)
}

/// Deserializes a value.
///
/// # Errors
/// [`WireError::Build`] if another build wrote the bytes; [`WireError::Unreadable`] if they are invalid or truncated.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, WireError> {
    match bytes.strip_prefix(OURS.as_bytes()) {
        Some(bytes) => postcard::from_bytes(bytes).map_err(|_| WireError::Unreadable),
        None if bytes.starts_with(MARK.as_bytes()) => Err(WireError::Build),
        None => Err(WireError::Unreadable),
    }
}

/// Offset of the characters that represent bytes not allowed in a `<script>` element.
const SHIFT: u32 = 0x100;

/// Serializes a value as text for embedding in a `<script>` element. Printable bytes are kept, except for `<`, which
/// alone could end the element. All other bytes become the character [`SHIFT`] code points higher. Unlike base64, the
/// text compresses as well as the bytes.
///
/// # Errors
/// Same as [`to_bytes`].
pub fn to_text<T: Serialize>(value: &T) -> Result<String, WireError> {
    let char_of = |byte: u8| match byte {
        b' '..=b'~' if byte != b'<' => char::from(byte),
        _ => char::from_u32(SHIFT + u32::from(byte)).unwrap_or_default(),
    };
    Ok(to_bytes(value)?.into_iter().map(char_of).collect())
}

/// Deserializes text written by [`to_text`].
///
/// # Errors
/// Same as [`from_bytes`].
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, WireError> {
    let bytes: Vec<u8> = text.chars().map(|c| (u32::from(c) % SHIFT) as u8).collect();
    from_bytes(&bytes)
}

/// Marker in the context of a server function whose response is encoded as JSON.
#[cfg(feature = "ssr")]
#[derive(Debug, Clone, Copy)]
pub struct AsJson;

impl<T: Serialize> Encodes<T> for Wire {
    type Error = WireError;

    fn encode(value: &T) -> Result<Bytes, WireError> {
        #[cfg(feature = "ssr")]
        if leptos::prelude::use_context::<AsJson>().is_some() {
            return serde_json::to_vec(value).map(Bytes::from).map_err(|_| WireError::Unwritable);
        }
        to_bytes(value).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for Wire {
    type Error = WireError;

    fn decode(bytes: Bytes) -> Result<T, WireError> {
        from_bytes(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AppError;
    use model::{FieldErrors, Slug};
    use server_fn::error::{FromServerFnError, ServerFnErrorErr};

    #[test]
    fn values_round_trip_as_bytes_and_as_text() {
        let errors = FieldErrors::one("name", "</script><!-- é ☃");
        for error in [AppError::SignedOut, AppError::Invalid(errors), AppError::Limited(u32::MAX)] {
            assert_eq!(from_bytes(&to_bytes(&error).unwrap()), Ok(error.clone()));
            let text = to_text(&error).unwrap();
            assert_eq!(from_text(&text), Ok(error));
            assert!(!text.contains(|c: char| c == '<' || c.is_control()), "{text:?}");
        }
    }

    #[test]
    fn data_of_another_build_is_rejected() {
        let slug = Slug::parse("smartai-it").unwrap();
        let ours = to_bytes(&slug).unwrap();
        let theirs = [b"stile 0123456789abcdef\n", &ours[OURS.len()..]].concat();
        assert_eq!(from_bytes::<Slug>(&theirs), Err(WireError::Build));
        assert_eq!(<AppError as FromServerFnError>::de(theirs.into()), AppError::Outdated);
        for nothing_of_ours in [&b"<html>502 Bad Gateway"[..], b"", b"\"absent\"", &ours[..ours.len() - 1]] {
            assert_eq!(from_bytes::<Slug>(nothing_of_ours), Err(WireError::Unreadable));
            assert_eq!(<AppError as FromServerFnError>::de(nothing_of_ours.to_vec().into()), AppError::Internal);
        }
        let offline = AppError::from_server_fn_error(ServerFnErrorErr::Request("no network".into()));
        assert_eq!(offline, AppError::Offline, "control");
    }
}
