//! The button that keeps a workspace on top of the person's lists.

use super::Icon;
use crate::session::Session;
use leptos::prelude::*;
use model::picker::{PickerWorkspace, Pinned};

/// The button beside a workspace's row. It does nothing without JavaScript, and is not there then.
pub fn pin_button(session: Session, workspace: &PickerWorkspace) -> AnyView {
    let (slug, name) = (workspace.slug.clone(), workspace.name.clone());
    let (label, to) =
        if workspace.pinned { (format!("Unpin {name}"), Pinned::No) } else { (format!("Pin {name}"), Pinned::Yes) };
    view! {
        <button class="btn quiet icon-only small pin" type="button" data-script data-testid="pin" aria-label=label.clone() title=label
            aria-pressed=if workspace.pinned { "true" } else { "false" } on:click=move |_| session.pin(slug.clone(), to)>
            <Icon name="pin"/>
        </button>
    }
    .into_any()
}
