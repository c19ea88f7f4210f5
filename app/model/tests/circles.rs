//! Checks that the files of each crate have no circular dependencies, so that reading a file requires only the files
//! below it.
//!
//! A path refers to the file that defines its item; `pub use` re-exports are followed. Declaring a module or
//! re-exporting from it is not a dependency on it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use common::{Crate, Module, folder, texts};
use std::collections::{BTreeMap, BTreeSet};

/// Known circular dependencies, by crate. Only remove entries, never add any.
const ALLOWED: &[(&str, &[&[&str]])] = &[];

const CRATES: [&str; 6] = ["app/model", "app", "frontend", "server/dev-postgres", "server/store", "server"];

impl Crate {
    fn edges(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let mut edges = BTreeMap::new();
        for (module, source) in &self.modules {
            let mut targets: BTreeSet<Module> =
                source.paths.keys().filter_map(|path| self.target(module, path, 8)).collect();
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
fn no_crate_has_circular_dependencies_between_files() {
    let mut wrong = Vec::new();
    for name in CRATES {
        let allowed = ALLOWED.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, circles)| circles);
        for circle in Crate::read(&texts(&folder(name))).circles() {
            let known = allowed.iter().any(|allowed| circle.iter().all(|file| allowed.contains(&file.as_str())));
            if !known {
                wrong.push(format!("{name}: {} files: {circle:?}", circle.len()));
            }
        }
    }
    assert!(wrong.is_empty(), "circles:\n{}", wrong.join("\n"));
}

#[test]
fn circles_through_macros_and_re_exports_are_found() {
    let of = |files: &[(&str, &str)]| {
        let module =
            |path: &str| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect::<Module>();
        Crate::read(&files.iter().map(|(path, text)| (module(path), (*text).to_owned())).collect()).circles()
    };
    let root = ("", "mod a; mod b; pub use b::Bee;");
    assert!(of(&[root, ("a", "use crate::Bee;"), ("b", "pub struct Bee;")]).is_empty());
    let circle = [BTreeSet::from(["a".to_owned(), "b".to_owned()])];
    assert_eq!(of(&[root, ("a", "use crate::Bee;"), ("b", "fn f() { view! { <p>{crate::a::x()}</p> } }")]), circle);
    assert!(of(&[root, ("a", "use crate::b::Bee;"), ("b", "#[cfg(test)] mod tests { use crate::a::x; }")]).is_empty());
    assert_eq!(of(&[root, ("a", "use super::b::{Bee, self};"), ("b", "fn f() -> super::a::X {}")]), circle);
}
