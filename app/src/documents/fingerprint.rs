//! Fingerprint of the nodes of a document. The browser compares it with the actual document, because a translator or an
//! extension may have changed the nodes, and hydration expects them as they were sent. frontend/boot.js computes the
//! same number from the nodes.

/// Elements without an end tag.
const VOID: [&str; 8] = ["area", "br", "col", "hr", "img", "input", "source", "wbr"];
/// Elements whose content browsers parse as text. It may be split or omitted, so it is not counted.
const OPAQUE: [&str; 2] = ["noscript", "textarea"];

/// Returns the fingerprint of the markup. It covers the start and end of each element and one character for each text
/// and each comment, in order.
///
/// The markup is our own, so it is well-formed: each element that is not void has an end tag, and attribute values are
/// quoted where needed.
pub(crate) fn of_markup(markup: &str) -> u32 {
    let mut hash = Hash(0);
    let mut rest = markup;
    while let Some(begin) = rest.find('<') {
        if begin > 0 {
            hash.add("#");
        }
        let tag = &rest[begin + 1..];
        rest = if let Some(comment) = tag.strip_prefix("!--") {
            hash.add("!");
            after(comment, "-->")
        } else if tag.starts_with('!') {
            hash.add("!");
            after(tag, ">")
        } else if tag.starts_with('/') {
            hash.add("/");
            after(tag, ">")
        } else {
            element(tag, &mut hash)
        };
    }
    if !rest.is_empty() {
        hash.add("#");
    }
    hash.0
}

/// Parses a start tag without its `<`. Returns the remaining markup.
fn element<'a>(tag: &'a str, hash: &mut Hash) -> &'a str {
    let name = &tag[..tag.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/').unwrap_or(tag.len())];
    hash.add(name);
    let (attributes, content) = split_attributes(&tag[name.len()..]);
    if OPAQUE.contains(&name) {
        hash.add("/");
        return after(after(content, &format!("</{name}")), ">");
    }
    if attributes.ends_with('/') || VOID.contains(&name) {
        hash.add("/");
    }
    content
}

/// Splits the text after a tag name into its attributes and the remaining markup after `>`.
fn split_attributes(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return (&text[..at], &text[at + 1..]),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

struct Hash(u32);

impl Hash {
    fn add(&mut self, text: &str) {
        for byte in text.bytes() {
            self.0 = self.0.wrapping_mul(31).wrapping_add(u32::from(byte));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &str) -> u32 {
        let mut hash = Hash(0);
        hash.add(parts);
        hash.0
    }

    #[test]
    fn fingerprints_contain_nodes_in_order_with_their_ends() {
        assert_eq!(of_markup(r#"<p class="a>b">one<b>two</b></p>"#), of("p#b#//"));
        assert_eq!(of_markup("<ul><li>a<!>b</li><!----></ul>"), of("ulli#!#/!/"));
        assert_eq!(of_markup("a<img src=x><input disabled>b"), of("#img/input/#"));
        assert_eq!(of_markup(r#"<svg><path d="M0 0"/><path d="M1 1"></path></svg>"#), of("svgpath/path//"));
    }

    #[test]
    fn content_parsed_as_text_is_ignored() {
        assert_eq!(of_markup("<noscript><a href=\"/\">x</a></noscript>y"), of("noscript/#"));
        assert_eq!(of_markup("<textarea name=\"a\">\n<b></textarea>"), of("textarea/"));
    }

    #[test]
    fn added_elements_change_the_fingerprint() {
        let ours = of_markup("<div><a>Alder</a></div>");
        for foreign in [
            "<div><a><font>Alder</font></a></div>", "<div><a>Al<mark>d</mark>er</a></div>",
            "<div><a>Alder</a><i></i></div>", "<i></i><div><a>Alder</a></div>", "<div><a>Alder<i></i></a></div>",
        ] {
            assert_ne!(of_markup(foreign), ours, "{foreign}");
        }
    }
}
