//! The browser's entry: takes over the document that the server rendered. Here is also where the program is cut in two.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the boot script, with the path and query that the document was loaded from. Does nothing when the
/// document carries no data, as an error page may.
#[wasm_bindgen]
pub fn hydrate(address: &str) {
    let fetch = || Box::pin(async { cut::fetch().await.is_ok() }) as _;
    let draw = |part| Box::pin(async { cut::draw(part).await.ok() }) as _;
    app::hydrate(address, app::chunk::Loader { fetch, draw });
}

/// The cut. What only [`draw`](cut::draw) reaches is the chunk.
mod cut {
    use app::chunk::{Part, View};
    use wasm_split_helpers::{SplitLoaderError, wasm_split};

    /// The chunk can't be had.
    pub struct Unloaded;

    impl From<SplitLoaderError> for Unloaded {
        fn from(_: SplitLoaderError) -> Self {
            Self
        }
    }

    #[wasm_split(pages, fallible, preload(fetch))]
    pub fn draw(part: Part) -> Result<View, Unloaded> {
        Ok(app::chunk::draw(part))
    }
}
