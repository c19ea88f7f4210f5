//! Checks that the lower layers of the console use only what is below them. `circles.rs` compares single files; these
//! rules are for whole folders.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{Crate, Module, folder, texts};
use std::collections::BTreeMap;

/// Folders of `app/src`, each with the other modules that its files may use. None may use the root of the crate, from
/// which every module can be reached.
const LAYERS: &[(&str, &[&str])] = &[("ui", &["boot", "browser", "error", "reactive"]), ("browser", &["routes"])];

/// Returns the lines that break a rule: file, line number and line.
fn broken(texts: &BTreeMap<Module, String>) -> Vec<String> {
    let read = Crate::read(texts);
    let mut broken = Vec::new();
    for (module, source) in &read.modules {
        let Some((layer, below)) = LAYERS.iter().find(|(layer, _)| module.first().is_some_and(|first| first == layer))
        else {
            continue;
        };
        let may_use =
            |target: &Module| target.first().is_some_and(|first| first == layer || below.contains(&first.as_str()));
        let used = source.paths.iter().map(|(path, line)| (path, *line));
        let exported = source.exports.iter().map(|(_, path, line)| (path, *line));
        for (path, line) in used.chain(exported) {
            // The module that is named, and the one that defines the item.
            let mut targets = [0, 8].into_iter().filter_map(|depth| read.target(module, path, depth));
            if targets.any(|target| !may_use(&target)) {
                let text = texts[module].lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
                broken.push(format!("{}, line {line}, {}: {text}", module.join("::"), path.join("::")));
            }
        }
    }
    broken
}

#[test]
fn lower_layers_do_not_use_higher_layers() {
    let texts = texts(&folder("app"));
    for (layer, below) in LAYERS {
        for name in below.iter().chain([layer]) {
            assert!(texts.keys().any(|module| module[..] == [*name]), "there is no module {name}");
        }
    }
    let broken = broken(&texts);
    assert!(broken.is_empty(), "uses of higher layers:\n{}", broken.join("\n"));
}

#[test]
fn a_use_of_a_higher_layer_is_reported_with_its_line() {
    let with = |module: &str, text: &str| {
        let files = [
            ("", "pub mod session; pub mod ui; pub mod browser; pub mod error; pub mod routes; pub mod layout;"),
            ("session", "pub struct Session;"),
            ("layout", "pub use crate::ui::Icon;"),
            ("routes", "pub struct Route;"),
            ("error", "pub use crate::session::Session;"),
            ("browser", ""),
            ("ui", "mod icon; pub use icon::Icon;"),
            ("ui::icon", "pub struct Icon;"),
            (module, text),
        ];
        let path = |of: &str| of.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Module>();
        broken(&files.iter().map(|(module, text)| (path(module), (*text).to_owned())).collect())
    };
    for (module, text, reported) in [
        ("ui::pin", "use crate::{\n    browser,\n    session::Session,\n};", 3),
        ("ui::pin", "use std::fmt;\nuse super::super::session::Session;", 2),
        ("ui::pin", "fn f() {\n    view! { <p>{crate::session::x()}</p> }\n}", 2),
        ("ui::pin", "use crate::session::*;", 1),
        ("ui::pin", "use crate::error::Session;", 1),
        ("ui::pin", "use crate::layout::Icon;", 1),
        ("ui::pin", "use crate::routes::Route;", 1),
        ("ui::pin", "use crate::*;", 1),
        ("ui::pin", "use crate as root;", 1),
        ("ui::pin", "use crate::Anything;", 1),
        ("ui::pin", "#[cfg(any(test, feature = \"ssr\"))]\nuse crate::session::Session;", 2),
        ("ui", "mod icon;\npub use crate::session::Session;", 2),
        ("browser::dom", "use crate::ui::Icon;", 1),
    ] {
        let found = with(module, text);
        let (at, line) = (format!("{module}, line {reported}, "), text.lines().nth(reported - 1).unwrap().trim());
        assert!(matches!(&found[..], [one] if one.starts_with(&at) && one.ends_with(line)), "{text}: {found:?}");
    }
    for (module, text) in [
        ("ui::pin", "use super::Icon;\nuse crate::browser;"),
        ("ui::pin", "#[cfg(test)]\nmod tests {\n    use crate::session::Session;\n}"),
        ("ui::pin", "#[cfg(all(test, feature = \"ssr\"))]\nuse crate::session::Session;"),
        ("browser::dom", "use crate::routes::Route;"),
        ("layout", "use crate::session::Session;"),
    ] {
        assert_eq!(with(module, text), Vec::<String>::new(), "{text}");
    }
}
