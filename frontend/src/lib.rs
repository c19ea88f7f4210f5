//! The browser's entry: takes over the document that the server rendered.

use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the boot script. Does nothing when the document carries no data, as an error page may.
#[wasm_bindgen]
pub fn hydrate() {
    app::hydrate();
}
