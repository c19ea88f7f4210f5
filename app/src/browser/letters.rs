//! Case conversion of letters.

use super::ON_SERVER;
use js_sys::JsString;

/// Converts a letter to uppercase. Uses the browser's Unicode tables, so the program needs none; the server uses those
/// of the standard library, with the same result.
pub fn upper(letter: char) -> String {
    if ON_SERVER {
        return letter.to_uppercase().collect();
    }
    JsString::from(letter.to_string()).to_upper_case().into()
}
