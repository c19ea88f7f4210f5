//! The browser's entry: takes over the document that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the boot script, with the path and query that the document was loaded from. Does nothing when the document carries no data, as an error page may.
#[wasm_bindgen]
pub fn hydrate(address: &str) {
    app::hydrate(address);
}
