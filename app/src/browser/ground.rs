//! Records the nodes of an element, to detect changes made by others.
//!
//! Others change the document too: a translator replaces texts by elements, and extensions add elements. So a node that
//! was written once may no longer be part of the document, and writing into it changes nothing on screen.

use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

thread_local! {
    /// Elements whose content has its own footprint. A footprint around them does not include that content.
    static OWN_CONTENT: js_sys::WeakSet = js_sys::WeakSet::new();
}

/// The nodes below an element, in document order.
#[derive(Debug, Default)]
pub struct Footprint(RefCell<Option<(Element, Vec<Node>)>>);

impl Footprint {
    /// An empty footprint, before any element was recorded.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Records the nodes below `parent`. Call it right after they were written, in the same task, so nobody else can
    /// change them in between.
    pub fn note(&self, parent: &Element) {
        let mut nodes = Vec::new();
        visit(parent, &mut |node| {
            nodes.push(node.clone());
            true
        });
        self.0.replace(Some((parent.clone(), nodes)));
    }

    /// Whether the element has exactly the recorded nodes. Also true if nothing was recorded yet.
    pub fn is_intact(&self) -> bool {
        let noted = self.0.borrow();
        let Some((parent, nodes)) = noted.as_ref() else { return true };
        let mut expected = nodes.iter();
        visit(parent, &mut |node| expected.next() == Some(node)) && expected.next().is_none()
    }
}

/// Marks the content of `parent` as having its own footprint.
pub fn claim_content(parent: &Element) {
    OWN_CONTENT.with(|own| own.add(parent));
}

/// Whether a translator has changed `parent`: only translators add `<font>` elements.
pub fn is_translated(parent: &Element) -> bool {
    parent.get_elements_by_tag_name("font").length() > 0
}

/// Calls `each` for the nodes below `parent` until it returns `false`. Returns whether it never did.
fn visit(parent: &Node, each: &mut impl FnMut(&Node) -> bool) -> bool {
    OWN_CONTENT.with(|own| visit_below(own, parent, each))
}

fn visit_below(own: &js_sys::WeakSet, parent: &Node, each: &mut impl FnMut(&Node) -> bool) -> bool {
    let mut next = parent.first_child();
    while let Some(node) = next {
        if !each(&node) {
            return false;
        }
        // Most nodes are texts or empty and need no lookup.
        let is_ours = node.has_child_nodes() && !own.has(node.unchecked_ref());
        if is_ours && !visit_below(own, &node, each) {
            return false;
        }
        next = node.next_sibling();
    }
    true
}
