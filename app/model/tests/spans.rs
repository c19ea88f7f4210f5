//! Checks that the spans of functions contain ids and no other arguments: neither secrets nor what people typed
//! (docs/SECURITY.md, I-24).

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]
#![allow(dead_code, reason = "of the module `common`, this test needs the texts only")]

mod common;

use common::{folder, texts};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

const CRATES: [&str; 4] = ["app", "server/dev-postgres", "server/store", "server"];

/// Fields that are no ids: the stored name of an action, and a number.
const PLAIN: [&str; 2] = ["action", "batch"];

/// Returns the `instrument` attributes of a source, as lists of tokens.
fn instruments(tokens: TokenStream, found: &mut Vec<Vec<TokenTree>>) {
    for token in tokens {
        let TokenTree::Group(group) = token else { continue };
        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
        // `#[instrument]`, `#[tracing::instrument]`, and the same with arguments.
        let path = inner.iter().take_while(|token| !matches!(token, TokenTree::Group(_)));
        let path: String = path.map(ToString::to_string).collect();
        if group.delimiter() == Delimiter::Bracket && matches!(path.as_str(), "instrument" | "tracing::instrument") {
            found.push(inner);
        } else {
            instruments(group.stream(), found);
        }
    }
}

/// Returns what is wrong with an attribute.
fn fault(attribute: &[TokenTree]) -> Option<String> {
    let arguments: Vec<TokenTree> = match attribute.last() {
        Some(TokenTree::Group(arguments)) => arguments.stream().into_iter().collect(),
        _ => Vec::new(),
    };
    if !arguments.iter().any(|token| token.to_string() == "skip_all") {
        return Some("has no skip_all".to_owned());
    }
    let at = arguments.iter().position(|token| token.to_string() == "fields")?;
    let Some(TokenTree::Group(fields)) = arguments.get(at + 1) else { return Some("has no list of fields".to_owned()) };
    let fields: Vec<TokenTree> = fields.stream().into_iter().collect();
    let names =
        fields.split(|token| token.to_string() == ",").filter_map(|field| field.first()).map(ToString::to_string);
    names
        .filter(|name| !name.ends_with("_id") && !PLAIN.contains(&name.as_str()))
        .map(|name| format!("has the field {name}, which is no id"))
        .next()
}

#[test]
fn spans_of_functions_contain_ids_only() {
    let (mut count, mut faults) = (0, Vec::new());
    for name in CRATES {
        for (module, text) in texts(&folder(name)) {
            let mut found = Vec::new();
            instruments(text.parse().expect("Rust"), &mut found);
            count += found.len();
            faults
                .extend(found.iter().filter_map(|one| Some(format!("{name}, {}: {}", module.join("::"), fault(one)?))));
        }
    }
    assert!(count > 150, "only {count} attributes were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn an_argument_in_a_span_is_reported() {
    let of = |text: &str| {
        let mut found = Vec::new();
        instruments(text.parse().expect("Rust"), &mut found);
        assert_eq!(found.len(), 1, "{text}");
        fault(&found[0])
    };
    for text in [
        "#[tracing::instrument] fn f() {}",
        "#[tracing::instrument(level = \"debug\")] fn f() {}",
        "mod m { #[instrument(skip(secret))] fn f() {} }",
        "impl S { #[tracing::instrument(skip_all, fields(user_id = %user, email = %email))] fn f() {} }",
        "#[tracing::instrument(skip_all, fields(slug = %slug))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(%name))] fn f() {}",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
    for text in [
        "#[tracing::instrument(level = \"debug\", skip_all)] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %user, action = action.as_str()))] fn f() {}",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}
