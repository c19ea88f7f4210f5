//! Moves the focus when another page of the workspace replaces the current one.
//!
//! The clicked element is usually removed with its page, and the focus with it: the next Tab would start at the top of
//! the document, and a screen reader would say nothing. Therefore the heading of the new page gets the focus, as `main`
//! does after a switch. The focus does not move when a document has just been loaded, or when a field has it.

use super::scope::Scope;
use crate::{browser, reactive, routes::Page};
use leptos::prelude::*;

/// Maximum number of checks for the heading while the page's code is loading, and the pause between them in
/// milliseconds.
const TRIES: u32 = 100;
const PAUSE: u32 = 50;

/// Moves the focus to the heading of each new page.
pub fn follow_page(scope: Signal<Scope>) {
    let at = Memo::new(move |_| {
        let scope = scope.get();
        scope.current.with(|current| (scope, current.page.key(), current.data.is_some()))
    });
    let before = StoredValue::new(None::<(Scope, Page)>);
    let awaited = StoredValue::new(false);
    reactive::effect(move || {
        let (visit, page, is_there) = at.get();
        let former = before.try_update_value(|before| before.replace((visit, page.clone()))).flatten();
        match former {
            // A document was loaded, or another workspace was entered, for which the workspace plane moves the focus.
            None => {}
            Some((of, _)) if of != visit => awaited.set_value(false),
            Some((_, former)) if former != page => awaited.set_value(true),
            Some(_) => {}
        }
        if is_there && awaited.get_value() {
            awaited.set_value(false);
            take_focus(before, page, TRIES);
        }
    });
}

fn take_focus(at: StoredValue<Option<(Scope, Page)>>, page: Page, tries: u32) {
    browser::after_frame(move || {
        // The user may have navigated on in the meantime.
        let here = at.try_with_value(|at| at.as_ref().is_some_and(|(_, now)| *now == page)) == Some(true);
        if here && !browser::focus_heading() && tries > 0 {
            browser::after(PAUSE, move || take_focus(at, page, tries - 1));
        }
    });
}
