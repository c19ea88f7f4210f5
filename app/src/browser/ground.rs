//! Records the nodes of an element, to detect changes made by others.
//!
//! Others change the document too: a translator replaces texts by elements, and extensions add elements. So a node that
//! was written once may no longer be part of the document, and writing into it changes nothing on screen.
//!
//! The nodes are walked by server/src/boot.js, in one call each time: from here each step would be a call of its own, and
//! a switch looks at more than a thousand nodes.

use std::cell::RefCell;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Element;

#[wasm_bindgen]
extern "C" {
    /// The nodes below an element, in document order, without those below claimed elements.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "list")]
    fn nodes_below(parent: &Element) -> js_sys::Array;

    /// Whether these are the nodes below the element.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "are")]
    fn are_nodes_below(parent: &Element, nodes: &js_sys::Array) -> bool;

    /// Marks the content of an element as having its own footprint. A footprint around it does not include that content.
    #[wasm_bindgen(js_namespace = stileNodes, js_name = "claim")]
    pub fn claim_content(parent: &Element);
}

/// The nodes below an element, in document order.
#[derive(Debug, Default)]
pub struct Footprint(RefCell<Option<(Element, js_sys::Array)>>);

impl Footprint {
    /// An empty footprint, before any element was recorded.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Records the nodes below `parent`. Call it right after they were written, in the same task, so nobody else can
    /// change them in between.
    pub fn note(&self, parent: &Element) {
        self.0.replace(Some((parent.clone(), nodes_below(parent))));
    }

    /// Whether the element has exactly the recorded nodes. Also true if nothing was recorded yet.
    pub fn is_intact(&self) -> bool {
        self.0.borrow().as_ref().is_none_or(|(parent, nodes)| are_nodes_below(parent, nodes))
    }
}

/// Whether a translator has changed `parent`: only translators add `<font>` elements.
pub fn is_translated(parent: &Element) -> bool {
    parent.get_elements_by_tag_name("font").length() > 0
}
