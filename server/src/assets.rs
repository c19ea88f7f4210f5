//! The static files of the built client, under content-hashed URLs that are cached permanently.
//!
//! All files of one build are in one directory whose name is the hash of their content. A page therefore never combines
//! the script of one build with the WebAssembly of another, and each file can be cached without revalidation.

use app::server::request::AssetUrls;
use axum::{Router, routing::get};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};
use tower_http::services::{ServeDir, ServeFile};

/// File names of the client in `pkg`, as written by scripts/build.
const FILES: [&str; 7] =
    ["boot.js", "stile.js", "stile_bg.wasm", "split_pages.wasm", "stile.css", "modes.css", "inter.woff2"];
/// Length of the hash in hexadecimal digits: 48 bits suffice to distinguish builds.
const HASH_LENGTH: usize = 12;

/// Default robots.txt, if the site has none: a console should not be indexed by search engines.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// A file of the built client can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{} can't be read ({source}). Run `make build`, or set STILE_SITE_DIR to a built site.", path.display())]
pub(crate) struct AssetError {
    path: PathBuf,
    source: io::Error,
}

/// A built site: the client and the other static files.
pub(crate) struct Site {
    root: PathBuf,
    hash: String,
    urls: AssetUrls,
}

impl Site {
    /// Opens the site in `root` and hashes its client.
    ///
    /// # Errors
    /// `AssetError` if a file of the client can't be read.
    pub(crate) fn open(root: &Path) -> Result<Self, AssetError> {
        let mut hasher = Sha256::new();
        for file in FILES {
            let path = root.join("pkg").join(file);
            let content = fs::read(&path).map_err(|source| AssetError { path, source })?;
            hasher.update(content.len().to_le_bytes());
            hasher.update(content);
        }
        let mut hash = hasher.finalize().iter().fold(String::new(), |mut hash, byte| {
            // Writing to a string can't fail.
            let _ = write!(hash, "{byte:02x}");
            hash
        });
        hash.truncate(HASH_LENGTH);
        let url = |file: &str| format!("/pkg/{hash}/{file}");
        let [boot, js, wasm, pages, css, modes, font] = FILES.map(url);
        let urls = AssetUrls { css, modes, js, wasm, pages, boot, font };
        Ok(Self { root: root.to_owned(), hash, urls })
    }

    /// Returns the asset URLs.
    pub(crate) const fn urls(&self) -> &AssetUrls {
        &self.urls
    }

    /// Returns the routes of all static files: the client, and each file at the top level of the site (favicon,
    /// robots). A slug contains no dot, so none of these routes can shadow a workspace.
    pub(crate) fn routes(&self) -> Router {
        let client = format!("/pkg/{}", self.hash);
        let mut routes = Router::new().nest_service(&client, directory(self.root.join("pkg")));
        let files = names(&self.root);
        if !files.iter().any(|name| name == "robots.txt") {
            routes = routes.route("/robots.txt", get(ROBOTS));
        }
        for name in files.into_iter().filter(|name| name.contains('.') && !name.contains(['{', '}'])) {
            routes = routes.route_service(&format!("/{name}"), ServeFile::new(self.root.join(&name)));
        }
        routes
    }
}

/// Returns `true` if the path can only refer to a static file, even one that does not exist (such as a file of an
/// earlier build).
pub(crate) fn is_file(path: &str) -> bool {
    let at_top = path.rsplit_once('/').is_some_and(|(before, name)| before.is_empty() && name.contains('.'));
    at_top || path.starts_with("/pkg/")
}

/// Serves the files of a directory, precompressed where available.
fn directory(path: PathBuf) -> ServeDir {
    ServeDir::new(path).precompressed_br().precompressed_gzip().append_index_html_on_directories(false)
}

/// Returns the sorted names of the regular files in a directory; empty if the directory does not exist.
fn names(path: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(path)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_boot_script_uses_the_element_ids_of_the_document() {
        let boot = include_str!("../../frontend/boot.js");
        for id in [app::boot::ROOT, app::boot::ELEMENT] {
            assert!(boot.contains(&format!("getElementById(\"{id}\")")), "{id}");
        }
    }
}
