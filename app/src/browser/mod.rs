//! Interfaces of the browser that the views use. On the server they compile too, but most panic: see [`ON_SERVER`].

mod clipboard;
mod clock;
mod controls;
mod cookies;
mod document;
mod dom;
mod elements;
mod focus;
mod forms;
mod history;
mod keys;
mod layout;
mod letters;
mod links;
mod listeners;
mod location;
mod navigator;
mod node_snapshot;
mod passkey;
mod popovers;
mod reachability;
mod socket;
mod startup;
mod storage;
mod timers;
mod unsaved;

pub use clipboard::{copy, select_text};
pub use clock::{clock_jumped, document_age, now, set_clock};
pub use controls::watch_controls;
pub use cookies::set_preference_cookie;
pub use document::{root_attribute, set_icon, set_media, set_root_attribute, set_title};
pub use elements::{click, click_nth, is_itself, link_of, number_at, set_attribute, set_text};
pub use focus::{
    focus, focus_by_letter, focus_heading, focus_id, focus_last, focus_neighbour, focus_now, focus_page, focus_within,
    has_focus, is_typing, select,
};
pub use forms::{
    check_all, clear, event_name, event_value, file_size, follow, forget_typing, form_values, is_checked, put,
    type_into, values_of,
};
pub use history::{hold_address, show_address};
pub use keys::{Chord, Focus, Keyboard, is_plain, keyboard, own_key};
pub use layout::{height_of, is_shown, reveal, reveal_in_line, scroll_within, scrolled};
pub use letters::upper;
pub use links::opens_here;
pub use listeners::{on_key, on_leave, on_return, on_window};
pub use location::{address, go_back, load_document, open_tab, reload_document};
pub use navigator::{Leaving, Navigator, listen};
pub use node_snapshot::{NodeSnapshot, claim_content, is_translated};
pub use passkey::{PasskeyFailed, create_passkey, sign_with_passkey};
pub use popovers::{
    close_dialog, close_menu_around, hide_popover, is_asking, is_covered, is_popover_open, open_popover, show_dialog,
    show_popover,
};
pub use reachability::{note_unreachable, on_unreachable};
pub use socket::Socket;
pub use startup::{drop_unscripted, on_start, replay_typing, started};
pub use storage::{
    announce_sign_out, forget_uses, is_sign_out_pending, keep_uses, kept_uses, on_sign_out_elsewhere,
    set_sign_out_pending,
};
pub use timers::{after, after_frame, after_paint, next_frame, random, spawn_eager};
pub use unsaved::{FormSnapshot, forget_unsaved, is_unsaved, snapshot_form, unsaved_text, watch_typing};

/// `true` in the build of the server, where every call into JavaScript panics.
///
/// Event handlers, effects, timers and the tasks that they spawn never run there, so they may call any function of this
/// module. A function that is also called while a view is rendered, or by a cleanup, returns early on the server, and
/// its documentation says so.
pub const ON_SERVER: bool = cfg!(not(feature = "hydrate"));
