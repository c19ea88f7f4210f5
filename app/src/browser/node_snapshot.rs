//! Records the nodes of an element, to detect changes made by translators and extensions.

use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

// The nodes are traversed by frontend/boot.js in a single call. From Rust each step would be a call into JavaScript,
// and a workspace switch checks more than a thousand nodes.
#[wasm_bindgen]
extern "C" {
    /// Returns the nodes below an element, in document order, without those below claimed elements.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "list")]
    fn nodes_below(parent: &Element) -> js_sys::Array;

    /// Returns `true` if these are exactly the nodes below the element.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "are")]
    fn are_nodes_below(parent: &Element, nodes: &js_sys::Array) -> bool;

    /// Marks the content of an element as having its own snapshot. An outer snapshot does not include that content.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "claim")]
    pub fn claim_content(parent: &Element);
}

/// Recorded nodes of an element, in document order.
///
/// Translators replace texts by elements, and extensions add elements. A node that was rendered before may therefore no
/// longer be part of the document, and writing into it would have no effect on screen.
#[derive(Debug, Default)]
pub struct NodeSnapshot(RefCell<Option<(Element, js_sys::Array)>>);

impl NodeSnapshot {
    /// Creates an empty snapshot.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Records the nodes below `parent`. Must be called in the same task that rendered them, so that others cannot
    /// change them in between.
    pub fn record(&self, parent: &Element) {
        self.0.replace(Some((parent.clone(), nodes_below(parent))));
    }

    /// Returns `true` if the element has exactly the recorded nodes, or if nothing was recorded yet.
    pub fn is_intact(&self) -> bool {
        self.0.borrow().as_ref().is_none_or(|(parent, nodes)| are_nodes_below(parent, nodes))
    }
}

/// Returns `true` if a translator has changed `parent`: only translators add `<font>` elements.
pub fn is_translated(parent: &Element) -> bool {
    parent.get_elements_by_tag_name("font").length() > 0
}
