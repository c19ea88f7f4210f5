//! Views that own the whole content of an element and verify its nodes before writing into them.
//!
//! Rendering usually writes into existing nodes. If a translator or an extension has changed the document, such a node
//! may no longer be part of it: the screen would keep the old text, and nodes added by others would remain. Everything
//! that stays on screen across a workspace switch and shows workspace data is therefore rendered by these views.
//! [`Reuse`] says when the existing nodes may be reused. Otherwise the element is emptied, including nodes added by
//! others, and rendered again.
//!
//! A view of this kind must be the only child of its element. Such views can be nested: the outer one does not check
//! the content of the inner one. All other nodes below the outer one must be stable: texts and attributes may change,
//! but if an element is added or removed, each check fails and everything is rendered again.

use crate::{browser, reactive};
use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::{
            CastFrom,
            types::{Element, Node},
        },
        view::{Mountable, Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
    },
};

/// Condition for reusing existing nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reuse {
    /// Never.
    Never,
    /// If they are exactly the nodes that were rendered.
    Intact,
    /// Unless they were translated. For forms, which change while a person types and must keep their fields.
    Untranslated,
}

/// Recorded nodes of an element. `None` on the server, which has no nodes: a value in local storage panics there if
/// another thread drops it.
#[derive(Debug, Clone, Copy)]
struct NodeGuard(Option<StoredValue<browser::NodeSnapshot, LocalStorage>>);

impl NodeGuard {
    fn new() -> Self {
        Self((!browser::ON_SERVER).then(|| StoredValue::new_local(browser::NodeSnapshot::new())))
    }

    fn record(self, parent: &Element) {
        if let Some(snapshot) = self.0 {
            snapshot.try_with_value(|snapshot| snapshot.record(parent));
        }
    }

    fn is_intact(self) -> bool {
        self.0.and_then(|snapshot| snapshot.try_with_value(browser::NodeSnapshot::is_intact)).unwrap_or(true)
    }
}

/// Renders the whole content of an element again whenever a signal that `view` reads changes.
pub fn whole<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    whole_view(Reuse::Never, NodeGuard::new(), Box::new(move || view().into_any()))
}

/// Same as [`whole`], for a text.
pub fn whole_text(mut text: impl FnMut() -> String + Send + 'static) -> AnyView {
    whole_view(Reuse::Never, NodeGuard::new(), Box::new(move || text().into_any()))
}

/// Same as [`whole`], but reuses the existing nodes unless others have changed them. `view` must not add or remove
/// elements by itself.
pub fn whole_kept<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    whole_view(Reuse::Intact, NodeGuard::new(), Box::new(move || view().into_any()))
}

/// Same as [`whole_kept`], for a form: it is rendered again only if it was translated and no input would be lost.
pub fn whole_form<V: IntoView + 'static>(mut view: impl FnMut() -> V + Send + 'static) -> AnyView {
    whole_view(Reuse::Untranslated, NodeGuard::new(), Box::new(move || view().into_any()))
}

/// Same as [`whole`], and also renders again when the effect `moment`, which must read a signal, runs and others have
/// changed the nodes.
pub fn whole_watched<V: IntoView + 'static>(
    moment: impl Fn() + 'static,
    mut view: impl FnMut() -> V + Send + 'static,
) -> AnyView {
    let (guard, again) = (NodeGuard::new(), RwSignal::new(()));
    let mut first = true;
    reactive::effect(move || {
        moment();
        if !std::mem::take(&mut first) && !guard.is_intact() {
            again.set(());
        }
    });
    whole_view(
        Reuse::Never,
        guard,
        Box::new(move || {
            again.track();
            view().into_any()
        }),
    )
}

fn whole_view(reuse: Reuse, guard: NodeGuard, mut view: Box<dyn FnMut() -> AnyView + Send>) -> AnyView {
    (move || Whole { view: view(), reuse, guard }).into_any()
}

/// View type. See the module documentation.
struct Whole {
    view: AnyView,
    reuse: Reuse,
    guard: NodeGuard,
}

/// Rendered state of [`Whole`].
struct WholeState {
    inner: <AnyView as Render>::State,
    parent: Option<Element>,
    guard: NodeGuard,
}

impl WholeState {
    fn settle(&mut self, parent: Element) {
        browser::claim_content(&parent);
        self.guard.record(&parent);
        self.parent = Some(parent);
    }
}

impl Whole {
    fn may_write_to(&self, parent: &Element) -> bool {
        match self.reuse {
            Reuse::Never => false,
            Reuse::Intact => self.guard.is_intact(),
            Reuse::Untranslated => !browser::is_translated(parent) || !browser::unsaved_text().is_empty(),
        }
    }
}

impl Render for Whole {
    type State = WholeState;

    fn build(self) -> WholeState {
        WholeState { inner: self.view.build(), parent: None, guard: self.guard }
    }

    fn rebuild(self, state: &mut WholeState) {
        let Some(parent) = state.parent.take() else { return self.view.rebuild(&mut state.inner) };
        if self.may_write_to(&parent) {
            self.view.rebuild(&mut state.inner);
        } else {
            let focused = browser::focus_within(&parent);
            let mut inner = self.view.build();
            state.inner.unmount();
            // The remaining nodes were added by others.
            parent.set_text_content(None);
            inner.mount(&parent, None);
            state.inner = inner;
            if let Some(id) = focused {
                browser::focus_id(&id);
            }
        }
        state.settle(parent);
    }
}

impl Mountable for WholeState {
    fn unmount(&mut self) {
        self.inner.unmount();
        self.parent = None;
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        debug_assert!(marker.is_some() || !parent.has_child_nodes(), "it is not the only child of its element");
        self.inner.mount(parent, marker);
        self.settle(parent.clone());
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.inner.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.inner.elements()
    }
}

impl AddAnyAttr for Whole {
    type Output<SomeNewAttr: Attribute> = Self;

    // There is no element of its own to which attributes could be added.
    fn add_any_attr<NewAttr: Attribute>(self, _attr: NewAttr) -> Self {
        self
    }
}

impl RenderHtml for Whole {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {
        self.view.dry_resolve();
    }

    async fn resolve(self) -> Self {
        self
    }

    fn html_len(&self) -> usize {
        self.view.html_len()
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        extra_attrs: Vec<AnyAttribute>,
    ) {
        debug_assert!(matches!(position, Position::FirstChild), "it is not the only child of its element");
        self.view.to_html_with_buf(buf, position, escape, mark_branches, extra_attrs);
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> WholeState {
        // Before hydration of the first child, the cursor is at the parent element.
        let parent = Element::cast_from(cursor.current());
        let mut state =
            WholeState { inner: self.view.hydrate::<FROM_SERVER>(cursor, position), parent: None, guard: self.guard };
        if let Some(parent) = parent {
            state.settle(parent);
        }
        state
    }

    async fn hydrate_async(self, cursor: &Cursor, position: &PositionState) -> WholeState {
        self.hydrate::<true>(cursor, position)
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    /// Views that stay on screen across a workspace switch.
    const KEPT: [(&str, &str); 8] = [
        ("plane", include_str!("../console/plane.rs")),
        ("host", include_str!("../console/host.rs")),
        ("list", include_str!("../console/list.rs")),
        ("cells", include_str!("../console/cells.rs")),
        ("overview", include_str!("../console/overview/mod.rs")),
        ("shell", include_str!("../console/shell/mod.rs")),
        ("switcher", include_str!("../console/switcher/mod.rs")),
        ("palette", include_str!("../console/palette/mod.rs")),
    ];

    #[test]
    fn views_kept_across_a_switch_update_whole_elements_only() {
        for (name, source) in KEPT {
            for trusting in ["following(", "{move ||", "<Show", "<For", "Suspense"] {
                assert!(
                    !source.contains(trusting),
                    "{name}: `{trusting}` writes into nodes that may be gone: see ui::whole"
                );
            }
        }
    }
}
