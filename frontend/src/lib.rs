//! Entry point of the browser program, which hydrates the document rendered by the server. Also defines the split of
//! the WASM binary.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Prepares the start. Called by the boot script with the path and query that the document was loaded from, and with
/// its data. Calls `done` with `true` if [`start`] may be called.
#[wasm_bindgen]
pub fn prepare(address: &str, embedded: &str, done: JsValue) {
    let fetch = || Box::pin(async { cut::fetch().await.is_ok() }) as _;
    let draw = |page| Box::pin(async { cut::draw(page).await.ok() }) as _;
    app::prepare(address, embedded, app::chunk::Loader { fetch, draw }, done);
}

/// Starts the program. Called once by the boot script. Hydrates the elements in the root, or renders the view into an
/// empty root.
#[wasm_bindgen]
pub fn start(is_empty: bool) {
    app::start(is_empty);
}

/// Starts to listen to the browser and the server. Called once by the boot script, after [`start`] has drawn the page.
#[wasm_bindgen]
pub fn listen() {
    app::listen();
}

/// Split point of the WASM binary. Code reachable only from [`draw`](cut::draw) is in the lazily loaded chunk.
mod cut {
    use app::chunk::{ChunkPage, View};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    /// Error: the chunk could not be loaded.
    pub struct Unloaded;

    impl From<SplitLoaderError> for Unloaded {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    #[wasm_split(pages, fallible, preload(fetch))]
    pub fn draw(page: ChunkPage) -> Result<View, Unloaded> {
        Ok(app::chunk_pages::draw(page))
    }
}
