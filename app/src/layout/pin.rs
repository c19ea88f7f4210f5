//! Button that pins a workspace to the top of the person's lists.

use crate::{browser, session::Session, ui::Icon};
use leptos::prelude::*;
use model::picker::{PickerWorkspace, Pinned};

/// Pin button of a workspace row. Hidden without JavaScript, which it needs.
pub fn pin_button(session: Session, workspace: &PickerWorkspace) -> AnyView {
    let (slug, name) = (workspace.slug.clone(), workspace.name.clone());
    let this = format!(".pin[data-pin=\"{slug}\"]");
    let marked = slug.to_string();
    let (label, to) =
        if workspace.pinned { (format!("Unpin {name}"), Pinned::No) } else { (format!("Pin {name}"), Pinned::Yes) };
    view! {
        <button class="btn quiet icon-only small pin" type="button" data-script data-testid="pin" aria-label=label.clone() title=label
            aria-pressed=if workspace.pinned { "true" } else { "false" } data-pin=marked
            on:click=move |_| {
                session.pin(slug.clone(), to);
                // The row is rendered in another place, and the focus follows it.
                let this = this.clone();
                browser::next_frame(move || browser::focus(&this));
            }>
            <Icon name="pin"/>
        </button>
    }
    .into_any()
}
