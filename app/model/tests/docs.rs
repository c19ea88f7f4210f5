//! Checks that the documentation names only files and tests that exist. In the text of a document, outside of code
//! blocks, it reads paths in backticks (`app/model/src/mail.rs`), tests as `file.rs::name`, titles of browser tests in
//! quotes after their file (`file.spec.ts` “title”), and links.
//!
//! A path in backticks begins at the root of the repository, and that of a link at the folder of the document.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, fs, path::Path};

/// Extensions of the names that are read as files, without a folder too.
const EXTENSIONS: [&str; 9] = ["css", "js", "json", "md", "mjs", "rs", "sql", "toml", "ts"];

/// Folders that are not read: they are not part of the repository, or no document names what is in them.
const OUTSIDE: [&str; 5] = [".git", ".sqlx", "data", "node_modules", "target"];

/// Files of the examples in docs/ARCHITECTURE.md, which do not exist.
const EXAMPLES: [&str; 4] = [
    "app/src/console/notes/api.rs", "app/src/console/notes/mod.rs", "server/store/src/workspace/notes.rs",
    "20260131120000_notes.up.sql",
];

/// Files and folders by path from the root of the repository. Files of Rust and TypeScript have their text.
struct Repository(BTreeMap<String, String>);

impl Repository {
    fn read(root: &Path) -> Self {
        fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
                if OUTSIDE.contains(&name.as_str()) {
                    continue;
                }
                let is_code = name.ends_with(".rs") || name.ends_with(".ts");
                let text = if is_code { fs::read_to_string(&path).unwrap() } else { String::new() };
                found.insert(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), text);
                if entry.file_type().unwrap().is_dir() {
                    walk(root, &path, found);
                }
            }
        }
        let mut found = BTreeMap::new();
        walk(root, root, &mut found);
        Self(found)
    }

    /// Returns `true` for a text that names a file or folder: it ends with a known extension or a slash, or it begins
    /// with a folder at the root.
    fn is_path(&self, text: &str) -> bool {
        let is_plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
        let is_file = text.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension));
        let is_below_root = text.split_once('/').is_some_and(|(first, _)| self.0.contains_key(first));
        // `/metrics` is a URL, and `.up.sql` is the end of a name.
        let is_other = text.starts_with('/') || (text.starts_with('.') && !text.contains('/'));
        is_plain && !is_other && (is_file || is_below_root || text.ends_with('/'))
    }

    /// Returns the text of the file or folder with this path.
    fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path.trim_end_matches('/')).map(String::as_str)
    }
}

/// Returns the path from the root to which a link in a document refers; `None` if it leads to another site or to a
/// heading of the document.
fn linked(document: &str, link: &str) -> Option<String> {
    let (path, _) = link.split_once('#').unwrap_or((link, ""));
    if path.is_empty() || path.contains(':') {
        return None;
    }
    let mut folders: Vec<&str> = document.split('/').collect();
    folders.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop();
            }
            part => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

/// Returns the text of a document without its code blocks.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// Returns the texts in quotation marks.
fn quoted(text: &str) -> Vec<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.split('“').skip(1).filter_map(|part| part.split_once('”')).map(|(title, _)| title.to_owned()).collect()
}

/// Returns the number of paths, tests, titles and links in the text of a document, and what is wrong with them.
fn check(document: &str, text: &str, repository: &Repository) -> (usize, Vec<String>) {
    let text = prose(text);
    // The parts at odd positions are in backticks.
    let parts: Vec<&str> = text.split('`').collect();
    let (mut count, mut faults) = (0, Vec::new());
    if parts.len().is_multiple_of(2) {
        faults.push("a backtick has no pair".to_owned());
    }
    for link in parts.iter().step_by(2).flat_map(|part| part.split("](").skip(1)) {
        let link = link.split([')', ' ']).next().unwrap_or_default();
        if let Some(path) = linked(document, link) {
            count += 1;
            if repository.text(&path).is_none() {
                faults.push(format!("the link {link} leads to no file"));
            }
        }
    }
    for (code, after) in parts.iter().skip(1).step_by(2).zip(parts.iter().skip(2).step_by(2)) {
        let word = code.split_whitespace().next().unwrap_or_default().trim_end_matches(',');
        let (path, test) = match word.split_once("::") {
            Some((path, test)) if path.ends_with(".rs") => (path, Some(test)),
            _ => (word, None),
        };
        if !repository.is_path(path) || EXAMPLES.contains(&path) {
            continue;
        }
        count += 1;
        let Some(text) = repository.text(path) else {
            faults.push(format!("{path} does not exist"));
            continue;
        };
        if let Some(test) = test {
            count += 1;
            if !text.contains(&format!("fn {test}(")) {
                faults.push(format!("{path} has no function {test}"));
            }
        }
        if path.ends_with(".spec.ts") {
            for title in quoted(after) {
                count += 1;
                if !text.contains(&format!("(\"{title}\"")) {
                    faults.push(format!("{path} has no test “{title}”"));
                }
            }
        }
    }
    (count, faults)
}

#[test]
fn documents_name_only_files_and_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap();
    let repository = Repository::read(&root);
    let documents = repository.0.keys().filter(|path| {
        path.ends_with(".md")
            && (path.starts_with("docs/") || ["README.md", "CONTRIBUTING.md"].contains(&path.as_str()))
    });
    let (mut count, mut faults) = (0, Vec::new());
    for document in documents {
        let (found, wrong) = check(document, &fs::read_to_string(root.join(document)).unwrap(), &repository);
        count += found;
        faults.extend(wrong.into_iter().map(|fault| format!("{document}: {fault}")));
    }
    assert!(count > 200, "only {count} paths, tests and titles were found");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn missing_files_tests_and_titles_are_reported() {
    let files = [
        ("server", ""),
        ("server/src", ""),
        ("server/src/mail.rs", "async fn a_mail_is_sent() {}"),
        ("end2end", ""),
        ("end2end/tests/mail.spec.ts", "test(\"a mail arrives\", async () => {});"),
        ("docs", ""),
        ("docs/MAIL.md", ""),
    ];
    let repository = Repository(files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect());
    for fine in [
        "`server/src`, `server/src/`, `server/src/mail.rs` and `server/src/mail.rs, line 1`",
        "`server/src/mail.rs::a_mail_is_sent` and\n`end2end/tests/mail.spec.ts` “a mail\narrives”",
        "`/metrics`, `/api/mail.rs`, `.up.sql`, `<name>.sql`, `application/json`, `store::mail`",
        "`app/src/console/notes/api.rs`",
        "```rust\nmod absent; // `absent.rs`\n```",
        "[mail](MAIL.md), [its code](../server/src/mail.rs#L1) and [`mail`](./MAIL.md)",
        "[below](#mail) and [another site](https://mail.example/absent.md)",
    ] {
        assert_eq!(check("docs/SECURITY.md", fine, &repository).1, Vec::<String>::new(), "{fine}");
    }
    for (wrong, fault) in [
        ("`server/source`", "server/source does not exist"),
        ("`absent/`", "absent/ does not exist"),
        ("`absent.rs`", "absent.rs does not exist"),
        ("`mail.rs`", "mail.rs does not exist"),
        ("`src/mail.rs`", "src/mail.rs does not exist"),
        ("`src/`", "src/ does not exist"),
        ("`docs/../server/src/mail.rs`", "docs/../server/src/mail.rs does not exist"),
        ("`server/src/absent.rs check`", "server/src/absent.rs does not exist"),
        ("`server/src/mail.rs::a_mail_is`", "server/src/mail.rs has no function a_mail_is"),
        ("`end2end/tests/mail.spec.ts` “a mail\narrives”, “twice”", "end2end/tests/mail.spec.ts has no test “twice”"),
        ("[mail](mail.md)", "the link mail.md leads to no file"),
        ("[mail](docs/MAIL.md)", "the link docs/MAIL.md leads to no file"),
        ("[`mail`](../MAIL.md#mail)", "the link ../MAIL.md#mail leads to no file"),
        ("```\n```\n`absent.rs`", "absent.rs does not exist"),
        ("`mail.rs", "a backtick has no pair"),
    ] {
        assert_eq!(check("docs/SECURITY.md", wrong, &repository).1, [fault], "{wrong}");
    }
}
