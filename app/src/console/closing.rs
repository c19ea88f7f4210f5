//! What the menu and the palette have drawn is let go of a moment after they have closed.

use crate::browser;
use leptos::prelude::*;

/// How long after, in milliseconds: not in the frame of a switch or the next.
const UNDRAWN_MILLIS: u32 = 250;

/// Lets go of what `drawn` stands for, unless the popover with the id `menu` was opened again.
pub(super) fn let_go(menu: &'static str, drawn: RwSignal<bool>) {
    browser::after(UNDRAWN_MILLIS, move || {
        if !browser::is_popover_open(menu) {
            drawn.try_set(false);
        }
    });
}
