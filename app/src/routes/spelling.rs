//! Percent-decoding of paths.

use std::borrow::Cow;

/// Decodes the percent-encoded characters of a path (RFC 3986, section 2.1). Returns `None` if they are not valid text
/// or would change the segments of the path.
pub(super) fn spelled_out(path: &str) -> Option<Cow<'_, str>> {
    if !path.contains('%') {
        return Some(Cow::Borrowed(path));
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(path.len()), path.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok().filter(|byte| byte.is_ascii_graphic() && *byte != b'/')?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
