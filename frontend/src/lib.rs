//! The browser's entry: takes over the document that the server rendered. Here is also where the program is cut in two.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

/// Called by the boot script with the path and query that the document was loaded from, and with its data. Calls `done`
/// with whether [`start`] may be called.
#[wasm_bindgen]
pub fn prepare(address: &str, carried: &str, done: JsValue) {
    let fetch = || Box::pin(async { cut::fetch().await.is_ok() }) as _;
    let draw = |part| Box::pin(async { cut::draw(part).await.ok() }) as _;
    app::prepare(address, carried, app::chunk::Loader { fetch, draw }, done);
}

/// Called once by the boot script. Takes over the elements in the root, or renders the view into an empty one.
#[wasm_bindgen]
pub fn start(is_empty: bool) {
    app::start(is_empty);
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
        Ok(app::parts::draw(part))
    }
}
