//! Delayed removal of the contents of a closed menu or palette.

use crate::browser;
use leptos::prelude::*;

/// Delay in milliseconds. It keeps the removal out of the frame of a switch and the next one.
const DISPOSE_MILLIS: u32 = 250;

/// Sets `drawn` to `false` after a delay, unless the popover with the id `menu` was reopened.
pub(super) fn dispose_later(menu: &'static str, drawn: RwSignal<bool>) {
    browser::after(DISPOSE_MILLIS, move || {
        if !browser::is_popover_open(menu) {
            drawn.try_set(false);
        }
    });
}
