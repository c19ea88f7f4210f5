//! Internationalized domain names, converted to the ASCII form in which they are stored: `bücher.example` becomes
//! `xn--bcher-kva.example` (IDNA as in browsers, UTS #46).

/// Converts a host name to lowercase ASCII. Returns `None` if IDNA conversion fails. A host name that is already ASCII
/// and has no `xn--` label is only lowercased; the caller must validate it.
pub fn ascii_host(host: &str) -> Option<String> {
    let lower = host.to_ascii_lowercase();
    if host.is_ascii() && !lower.split('.').any(|label| label.starts_with("xn--")) {
        return Some(lower);
    }
    // Reject URL delimiters such as `/`, `@` and `:`, which the URL parser would not treat as part of the host.
    let plain = lower.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
    let coded = plain.then(|| convert(&lower)).flatten()?;
    coded.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.')).then_some(coded)
}

#[cfg(not(target_arch = "wasm32"))]
fn convert(host: &str) -> Option<String> {
    idna::domain_to_ascii(host).ok().filter(|host| !host.is_empty())
}

/// Uses the browser's own conversion, which keeps the IDNA tables out of the WebAssembly binary.
#[cfg(target_arch = "wasm32")]
fn convert(host: &str) -> Option<String> {
    web_sys::Url::new(&format!("http://{host}/")).ok().map(|url| url.hostname()).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_host_convert_to_one_ascii_form() {
        for spelling in [
            "bücher.example", "BÜCHER.example", "bu\u{308}cher.example", "bücher。example", "xn--bcher-kva.example",
            "XN--BCHER-KVA.Example",
        ] {
            assert_eq!(ascii_host(spelling).as_deref(), Some("xn--bcher-kva.example"), "{spelling:?}");
        }
        assert_eq!(ascii_host("例え.テスト").as_deref(), Some("xn--r8jz45g.xn--zckzah"));
        assert_eq!(ascii_host("Stile.Example").as_deref(), Some("stile.example"));
        for none in [
            "bücher.example/path", "bücher example", "ü@x.example", "xn--\u{fc}.example", "xn--a.example",
            "bü\u{202e}cher.example", "ü／x.example", "ü:80",
        ] {
            assert_eq!(ascii_host(none), None, "{none:?}");
        }
    }
}
