//! The built client: found, named by its content, served for ever under that name.
//!
//! All files of one build are under one directory whose name is the hash of their content, so that a page never runs
//! the script of one build with the WebAssembly of another, and each file can be cached without asking again.

use app::ssr::AssetUrls;
use axum::{Router, http::header, response::IntoResponse as _, routing::get};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};
use tower_http::services::{ServeDir, ServeFile};

/// The files of the client in `pkg`, as scripts/build names them.
const FILES: [&str; 6] = ["stile.js", "stile.wasm", "pages.wasm", "stile.css", "modes.css", "inter.woff2"];
/// Characters of the hash: 48 bits tell builds apart.
const HASH_LENGTH: usize = 12;

/// What a page starts the client with: a static file, where an inline script would need a nonce.
const BOOT: &str = include_str!("boot.js");

/// Without a file of its own: a console is nothing for search engines.
const ROBOTS: &str = "User-agent: *\nDisallow: /\n";

/// The client is not there.
#[derive(Debug, thiserror::Error)]
#[error("{} can't be read ({source}). Run `make build`, or set STILE_SITE_DIR to a built site.", path.display())]
pub(crate) struct AssetError {
    path: PathBuf,
    source: io::Error,
}

/// A built site: the client and what lies beside it.
pub(crate) struct Site {
    root: PathBuf,
    hash: String,
    urls: AssetUrls,
}

impl Site {
    /// Looks at the site in `root` and hashes its client.
    ///
    /// # Errors
    /// When a file of the client is missing.
    pub(crate) fn open(root: &Path) -> Result<Self, AssetError> {
        let mut hasher = Sha256::new();
        hasher.update(BOOT);
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
        let [js, wasm, pages, css, modes, font] = FILES.map(url);
        let urls = AssetUrls { css, modes, js, wasm, pages, boot: url("boot.js"), font };
        Ok(Self { root: root.to_owned(), hash, urls })
    }

    /// Where pages find the client.
    pub(crate) const fn urls(&self) -> &AssetUrls {
        &self.urls
    }

    /// The routes of all static files: the client, and each single file at the site's top (favicon, robots).
    /// A name with a dot is no slug, so none of them hides a workspace.
    pub(crate) fn routes(&self) -> Router {
        let client = format!("/pkg/{}", self.hash);
        let mut routes = Router::new()
            .route(&format!("{client}/boot.js"), get(boot))
            .nest_service(&client, directory(self.root.join("pkg")));
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

/// Whether a path can only be a file's, be it there or not (that of an earlier build, for one).
pub(crate) fn is_file(path: &str) -> bool {
    let at_top = path.rsplit_once('/').is_some_and(|(before, name)| before.is_empty() && name.contains('.'));
    at_top || path.starts_with("/pkg/")
}

/// Files of a directory, those that were compressed ahead where there are.
fn directory(path: PathBuf) -> ServeDir {
    ServeDir::new(path).precompressed_br().precompressed_gzip().append_index_html_on_directories(false)
}

async fn boot() -> axum::response::Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], BOOT).into_response()
}

/// The names of the plain files in a directory, sorted; none when there is no such directory.
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
    use super::*;

    #[test]
    fn the_script_looks_for_the_elements_that_the_document_has() {
        for id in [app::boot::ROOT, app::boot::ELEMENT] {
            assert!(BOOT.contains(&format!("getElementById(\"{id}\")")), "{id}");
        }
    }
}
