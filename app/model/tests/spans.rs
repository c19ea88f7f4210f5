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

/// Allowed arguments of an attribute besides `skip_all` and `fields`. Others are refused. For example, `ret` and `err`
/// log the result of a function.
const ALLOWED: [&str; 2] = ["level", "name"];

/// Words that occur in no value of a field. With them, `user_id = %email` is refused in spite of its name.
const NO_IDS: [&str; 8] = ["address", "code", "email", "name", "password", "secret", "slug", "token"];

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

/// Returns the parts of a list between its commas.
fn parts(list: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<TokenTree> = list.into_iter().collect();
    tokens.split(|token| token.to_string() == ",").map(<[TokenTree]>::to_vec).filter(|part| !part.is_empty()).collect()
}

/// Returns what is wrong with an attribute.
fn fault(attribute: &[TokenTree]) -> Option<String> {
    let arguments = match attribute.last() {
        Some(TokenTree::Group(arguments)) => parts(arguments.stream()),
        _ => Vec::new(),
    };
    let mut skips_all = false;
    for argument in arguments {
        match (argument[0].to_string().as_str(), argument.get(1)) {
            ("skip_all", None) => skips_all = true,
            ("fields", Some(TokenTree::Group(fields))) => {
                if let Some(field) = parts(fields.stream()).iter().find(|field| !is_id(field)) {
                    let field: String = field.iter().map(ToString::to_string).collect();
                    return Some(format!("has the field {field}, which is no id"));
                }
            }
            (name, _) if ALLOWED.contains(&name) => {}
            (name, _) => return Some(format!("has {name}, which may log arguments or results")),
        }
    }
    (!skips_all).then(|| "has no skip_all".to_owned())
}

/// Returns `true` for a field such as `user_id = %user`: its name ends with `_id` or is in [`PLAIN`], and no word of
/// its value is in [`NO_IDS`].
fn is_id(field: &[TokenTree]) -> bool {
    let [TokenTree::Ident(name), TokenTree::Punct(equals), value @ ..] = field else { return false };
    let name = name.to_string();
    let value = value.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let mut words = value.split(|c: char| !c.is_ascii_alphanumeric());
    equals.as_char() == '='
        && (name.ends_with("_id") || PLAIN.contains(&name.as_str()))
        && !words.any(|word| NO_IDS.contains(&word))
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
        "#[tracing::instrument(skip_all, fields(user_id.email = %email))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(\"email\" = %email))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %email))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %user.email()))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(token_id = %self.api_token))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(email))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %user), ret)] fn f() {}",
        "#[tracing::instrument(ret, skip_all)] fn f() {}",
        "#[tracing::instrument(skip_all, ret(level = \"debug\"))] fn f() {}",
        "#[tracing::instrument(skip_all, err)] fn f() {}",
        "#[tracing::instrument(skip_all, err(Debug))] fn f() {}",
    ] {
        assert!(of(text).is_some(), "{text}");
    }
    for text in [
        "#[tracing::instrument(level = \"debug\", skip_all)] fn f() {}",
        "#[tracing::instrument(level = \"debug\", name = \"store.tokens.list\", skip_all)] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %target.user, token_id = %id))] fn f() {}",
        "#[tracing::instrument(skip_all, fields(user_id = %user, action = action.as_str()))] fn f() {}",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}
