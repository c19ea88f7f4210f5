//! Reads the sources of a crate: the modules, the paths that each of them uses, and what it re-exports.
//!
//! The sources are tokenized, so that paths inside macros count too. Code of tests is left out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Path of a module, without the name of its crate.
pub type Module = Vec<String>;

/// Paths of a file.
#[derive(Default)]
pub struct Source {
    /// Paths used outside of tests, as written, and the line on which each first ends.
    pub paths: BTreeMap<Vec<String>, usize>,
    /// Re-exported items: name, path and line. The name of a glob is `*`.
    pub exports: Vec<(String, Vec<String>, usize)>,
}

/// Files of a crate.
pub struct Crate {
    /// Sources by module path.
    pub modules: BTreeMap<Module, Source>,
}

/// Returns the folder of a crate, which is given by its path from the root of the repository.
pub fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(of)
}

/// Returns the text of each source file of a crate by module path, except the files of tests.
pub fn texts(dir: &Path) -> BTreeMap<Module, String> {
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
    walk(&dir.join("src"), &Vec::new(), &mut found);
    found.retain(|module, _| module.last().is_none_or(|last| last != "tests"));
    found.into_iter().map(|(module, path)| (module, fs::read_to_string(path).unwrap())).collect()
}

/// Returns `true` for `cfg(test)` and other `cfg` attributes that hold in tests only. An item of
/// `cfg(any(test, feature = "ssr"))` is no such item.
fn is_of_tests(group: &TokenTree) -> bool {
    let TokenTree::Group(group) = group else { return false };
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(word), TokenTree::Group(condition)] => word == "cfg" && requires_tests(condition.stream()),
        _ => false,
    }
}

fn requires_tests(condition: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = condition.into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(parts)] => {
            let parts: Vec<TokenTree> = parts.stream().into_iter().collect();
            let parts = parts.split(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ','));
            let mut required =
                parts.filter(|part| !part.is_empty()).map(|part| requires_tests(part.iter().cloned().collect()));
            match word.to_string().as_str() {
                "all" => required.any(|required| required),
                "any" => required.all(|required| required),
                _ => false,
            }
        }
        _ => false,
    }
}

impl Source {
    /// Reads a file.
    pub fn read(text: &str) -> Self {
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
                    for (name, path, line) in expand(&tokens[at + 1..end]) {
                        if public {
                            self.exports.push((name, path, line));
                        } else {
                            self.paths.entry(path).or_insert(line);
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
                        self.paths.entry(path).or_insert(line_of(&tokens[at]));
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

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line
}

/// Returns the paths of a `use` declaration, each with the name that it introduces and the line on which it ends.
fn expand(tokens: &[TokenTree]) -> Vec<(String, Vec<String>, usize)> {
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
                    .map(|(name, rest, line)| {
                        let rest: Vec<_> = rest.into_iter().filter(|word| word != "self").collect();
                        let name = if name == "self" { path.last().cloned().unwrap_or(name) } else { name };
                        (name, path.iter().cloned().chain(rest).collect(), line)
                    })
                    .collect();
            }
            _ => {}
        }
        at += 1;
    }
    let name = renamed.or_else(|| path.last().cloned()).unwrap_or_default();
    vec![(name, path, tokens.last().map_or(0, line_of))]
}

impl Crate {
    /// Reads the files of a crate. `texts` has the text of each.
    pub fn read(texts: &BTreeMap<Module, String>) -> Self {
        Self { modules: texts.iter().map(|(module, text)| (module.clone(), Source::read(text))).collect() }
    }

    /// Returns the module whose file a path in `from` refers to. Follows at most `depth` re-exports. A glob refers to the
    /// module itself.
    pub fn target(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let whole = match path.split_last() {
            Some((last, module)) if last == "*" => module,
            _ => path,
        };
        self.resolve(from, whole, depth)
    }

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
        for (name, path, _) in &source.exports {
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
        self.modules.get(module).is_some_and(|source| !source.exports.iter().any(|(name, ..)| name == item))
            && !item.is_empty()
    }
}
