//! Which nodes an element holds, so that what somebody else did to them is noticed.
//!
//! The document is not ours alone: a translator replaces texts by elements, an extension puts elements among ours. A node
//! that was written once may therefore be out of the document by now, and writing to it changes nothing on screen.

use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

thread_local! {
    /// Elements whose content has a footprint of its own: the footprint of what is around them stops there.
    static OWN_CONTENT: js_sys::WeakSet = js_sys::WeakSet::new();
}

/// The nodes below an element, in the order of the document.
#[derive(Debug, Default)]
pub struct Footprint(RefCell<Option<(Element, Vec<Node>)>>);

impl Footprint {
    /// Of no element yet.
    pub const fn new() -> Self {
        Self(RefCell::new(None))
    }

    /// Notes which nodes are below `parent` now. To be called right after they were written, before anybody else has a
    /// turn.
    pub fn note(&self, parent: &Element) {
        let mut nodes = Vec::new();
        visit(parent, &mut |node| {
            nodes.push(node.clone());
            true
        });
        self.0.replace(Some((parent.clone(), nodes)));
    }

    /// Whether the same nodes are there now, and no others. Also where nothing was noted yet.
    pub fn is_intact(&self) -> bool {
        let noted = self.0.borrow();
        let Some((parent, nodes)) = noted.as_ref() else { return true };
        let mut expected = nodes.iter();
        visit(parent, &mut |node| expected.next() == Some(node)) && expected.next().is_none()
    }
}

/// Says that the content of `parent` has a footprint of its own.
pub fn claim_content(parent: &Element) {
    OWN_CONTENT.with(|own| own.add(parent));
}

/// Whether a translator has been in `parent`: nobody else makes elements of that kind.
pub fn is_translated(parent: &Element) -> bool {
    parent.get_elements_by_tag_name("font").length() > 0
}

/// Calls `each` for the nodes below `parent` until it says `false`; says whether it never did.
fn visit(parent: &Node, each: &mut impl FnMut(&Node) -> bool) -> bool {
    OWN_CONTENT.with(|own| visit_below(own, parent, each))
}

fn visit_below(own: &js_sys::WeakSet, parent: &Node, each: &mut impl FnMut(&Node) -> bool) -> bool {
    let mut next = parent.first_child();
    while let Some(node) = next {
        if !each(&node) {
            return false;
        }
        // Most nodes are texts or hold nothing: they are not looked up.
        let is_ours = node.has_child_nodes() && !own.has(node.unchecked_ref());
        if is_ours && !visit_below(own, &node, each) {
            return false;
        }
        next = node.next_sibling();
    }
    true
}
