//! Checks that the files of each crate have no circular dependencies, so that reading a file requires only the files
//! below it.
//!
//! The sources are tokenized, so that paths inside macros count too. A path refers to the file that defines its item;
//! `pub use` re-exports are followed. Declaring a module or re-exporting from it is not a dependency on it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Known circular dependencies, by crate. Only remove entries, never add any.
const ALLOWED: &[(&str, &[&[&str]])] = &[];

const CRATES: [&str; 6] = ["app/model", "app", "frontend", "server/dev-postgres", "server/store", "server"];

type Module = Vec<String>;

#[derive(Default)]
struct Source {
    /// Paths used outside of tests, as written.
    paths: BTreeSet<Vec<String>>,
    /// Re-exported items: name and path. The name of a glob is `*`.
    exports: Vec<(String, Vec<String>)>,
}

struct Crate {
    modules: BTreeMap<Module, Source>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the source files of a crate by module path.
fn files(src: &Path) -> BTreeMap<Module, PathBuf> {
    fn walk(dir: &Path, at: &Module, found: &mut BTreeMap<Module, PathBuf>) {
        for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            if path.is_dir() {
                walk(&path, &at.iter().cloned().chain([name]).collect(), found);
            } else if let Some(stem) = name.strip_suffix(".rs") {
                let module = match stem {
                    "lib" | "main" | "mod" => at.clone(),
                    stem => at.iter().cloned().chain([stem.to_owned()]).collect(),
                };
                found.insert(module, path);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(src, &Vec::new(), &mut found);
    found
}

/// Returns `true` for `cfg(test)` and other `cfg` attributes that require tests.
fn is_of_tests(group: &TokenTree) -> bool {
    let TokenTree::Group(group) = group else { return false };
    let text = group.stream().to_string().replace(' ', "");
    text.starts_with("cfg(") && text.contains("test") && !text.contains("not(test)")
}

impl Source {
    fn read(text: &str) -> Self {
        let mut source = Self::default();
        source.scan(text.parse().expect("Rust"));
        source
    }

    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.to_string() == text);
        let mut at = 0;
        let mut public = false;
        while at < tokens.len() {
            if is(at, "#") && tokens.get(at + 1).is_some_and(is_of_tests) {
                // Skip the item up to its body or semicolon.
                at += 2;
                while at < tokens.len() && !is(at, ";") && !is_body(&tokens[at]) {
                    at += 1;
                }
                at += 1;
                continue;
            }
            match &tokens[at] {
                TokenTree::Ident(word) if word == "pub" => {
                    public = true;
                    at += 1;
                    if matches!(&tokens.get(at), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
                    {
                        at += 1;
                    }
                    continue;
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = (at..tokens.len()).find(|end| is(*end, ";")).unwrap_or(tokens.len());
                    for path in expand(&tokens[at + 1..end]) {
                        if public {
                            self.exports.push(path);
                        } else {
                            self.paths.insert(path.1);
                        }
                    }
                    at = end;
                }
                TokenTree::Ident(word) if word == "crate" || word == "super" || word == "self" => {
                    let mut path = vec![word.to_string()];
                    while is(at + 1, ":") && is(at + 2, ":") {
                        let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
                        path.push(next.to_string());
                        at += 3;
                    }
                    if path.len() > 1 {
                        self.paths.insert(path);
                    }
                }
                TokenTree::Group(group) => self.scan(group.stream()),
                _ => {}
            }
            public = false;
            at += 1;
        }
    }
}

fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Returns the paths of a `use` declaration, each with the name that it introduces.
fn expand(tokens: &[TokenTree]) -> Vec<(String, Vec<String>)> {
    let mut path = Vec::new();
    let mut renamed = None;
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "as" => {
                renamed = tokens.get(at + 1).map(ToString::to_string);
                at += 1;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == '*' => path.push("*".to_owned()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let parts = inner.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
                return parts
                    .filter(|part| !part.is_empty())
                    .flat_map(expand)
                    .map(|(name, rest)| {
                        let rest: Vec<_> = rest.into_iter().filter(|word| word != "self").collect();
                        let name = if name == "self" { path.last().cloned().unwrap_or(name) } else { name };
                        (name, path.iter().cloned().chain(rest).collect())
                    })
                    .collect();
            }
            _ => {}
        }
        at += 1;
    }
    let name = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(name, path)]
}

impl Crate {
    fn read(dir: &Path) -> Self {
        let modules = files(&dir.join("src"))
            .into_iter()
            .filter(|(module, _)| module.last().is_none_or(|last| last != "tests"))
            .map(|(module, path)| (module, Source::read(&fs::read_to_string(path).unwrap())))
            .collect();
        Self { modules }
    }

    /// Returns the module whose file a path in `from` refers to. Follows at most `depth` re-exports.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut module = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => from.split_last()?.1.to_vec(),
            first => {
                let child: Module = from.iter().cloned().chain([first.to_owned()]).collect();
                if !self.modules.contains_key(&child) {
                    return None;
                }
                child
            }
        };
        let mut rest = &path[1..];
        while let Some((next, behind)) = rest.split_first() {
            if next == "super" {
                module.pop()?;
            } else {
                let child: Module = module.iter().cloned().chain([next.clone()]).collect();
                if self.modules.contains_key(&child) {
                    module = child;
                } else {
                    return Some(self.item(&module, next, behind, depth));
                }
            }
            rest = behind;
        }
        Some(module)
    }

    /// Returns the module that defines `item`, which is referred to in `module`.
    fn item(&self, module: &Module, item: &str, behind: &[String], depth: usize) -> Module {
        if depth == 0 {
            return module.clone();
        }
        let Some(source) = self.modules.get(module) else { return module.clone() };
        for (name, path) in &source.exports {
            if name == item {
                let whole: Vec<_> = path.iter().cloned().chain(behind.iter().cloned()).collect();
                if let Some(found) = self.resolve(module, &whole, depth - 1) {
                    return found;
                }
            } else if name == "*" {
                let mut whole = path.clone();
                whole.pop();
                if let Some(target) = self.resolve(module, &whole, depth - 1)
                    && self.exports_or_defines(&target, item)
                {
                    return target;
                }
            }
        }
        module.clone()
    }

    fn exports_or_defines(&self, module: &Module, item: &str) -> bool {
        // A named re-export takes precedence over a glob, so the glob only matches other names.
        self.modules.get(module).is_some_and(|source| !source.exports.iter().any(|(name, _)| name == item))
            && !item.is_empty()
    }

    fn edges(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let mut edges = BTreeMap::new();
        for (module, source) in &self.modules {
            let mut targets = BTreeSet::new();
            for path in &source.paths {
                let whole: &[String] =
                    if path.last().is_some_and(|last| last == "*") { &path[..path.len() - 1] } else { path };
                if let Some(target) = self.resolve(module, whole, 8) {
                    targets.insert(target);
                }
            }
            targets.remove(module);
            edges.insert(module, targets);
        }
        edges
    }

    /// Returns the circular dependencies as sets of mutually reachable files, largest first.
    fn circles(&self) -> Vec<BTreeSet<String>> {
        let edges = self.edges();
        let reach = |from: &Module| {
            let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
            while let Some(module) = next.pop() {
                for target in edges.get(&module).into_iter().flatten() {
                    if seen.insert(target.clone()) {
                        next.push(target.clone());
                    }
                }
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> = self.modules.keys().map(|m| (m, reach(m))).collect();
        let mut circles: Vec<BTreeSet<String>> = Vec::new();
        for (module, seen) in &reached {
            if !seen.contains(*module) {
                continue;
            }
            let circle: BTreeSet<String> = seen
                .iter()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(*module)))
                .map(|other| other.join("::"))
                .collect();
            if !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
        circles
    }
}

#[test]
fn no_file_depends_on_one_that_depends_on_it() {
    let mut wrong = Vec::new();
    for name in CRATES {
        let allowed = ALLOWED.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, circles)| circles);
        for circle in Crate::read(&root().join(name)).circles() {
            let known = allowed.iter().any(|allowed| circle.iter().all(|file| allowed.contains(&file.as_str())));
            if !known {
                wrong.push(format!("{name}: {} files: {circle:?}", circle.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "circles:\n{}", wrong.join("\n"));
}

#[test]
fn a_circle_is_found_through_macros_and_re_exports_and_a_tree_is_none() {
    let of = |files: &[(&str, &str)]| {
        let module =
            |path: &str| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Module>();
        Crate { modules: files.iter().map(|(path, text)| (module(path), Source::read(text))).collect() }.circles()
    };
    let root = ("", "mod a; mod b; pub use b::Bee;");
    assert!(of(&[root, ("a", "use crate::Bee;"), ("b", "pub struct Bee;")]).is_empty());
    let circle = [BTreeSet::from(["a".to_owned(), "b".to_owned()])];
    assert_eq!(of(&[root, ("a", "use crate::Bee;"), ("b", "fn f() { view! { <p>{crate::a::x()}</p> } }")]), circle);
    assert!(of(&[root, ("a", "use crate::b::Bee;"), ("b", "#[cfg(test)] mod tests { use crate::a::x; }")]).is_empty());
    assert_eq!(of(&[root, ("a", "use super::b::{Bee, self};"), ("b", "fn f() -> super::a::X {}")]), circle);
}
