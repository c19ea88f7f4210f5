//! Server-side stubs of the browser functions.

use leptos::{ev, tachys::renderer::types::Element};
use model::uses::Frecency;
use time::OffsetDateTime;

/// Recorded nodes of an element. Empty on the server.
#[derive(Debug, Default)]
pub struct Footprint;

impl Footprint {
    /// Creates an empty footprint.
    pub const fn new() -> Self {
        Self
    }

    /// Records the nodes below `parent`.
    pub fn note(&self, _parent: &Element) {}

    /// Returns `true` if the element still has exactly the recorded nodes.
    pub fn is_intact(&self) -> bool {
        true
    }
}

/// Marks the content of `parent` as having its own footprint.
pub fn claim_content(_parent: &Element) {}

/// Returns `true` if a translator has changed `parent`.
pub fn is_translated(_parent: &Element) -> bool {
    false
}

/// Returns the current time, for relative times.
pub fn now() -> Option<OffsetDateTime> {
    None
}

/// Sets the task that runs once the page has been drawn in a browser.
pub fn on_start(_task: impl FnOnce() + 'static) {}

/// Runs `task` after `millis` milliseconds.
pub fn after(_millis: u32, _task: impl FnOnce() + 'static) {}

/// Polls a future immediately and spawns it if it is pending.
pub fn begin(_task: impl Future<Output = ()> + 'static) {}

/// Runs `task` just before the next frame is painted.
pub fn next_frame(_task: impl FnOnce() + 'static) {}

/// Runs `task` after the next frame.
pub fn after_frame(_task: impl FnOnce() + 'static) {}

/// Runs `task` after the current state has been painted. For work that the person does not wait for.
pub fn after_paint(_task: impl FnOnce() + 'static) {}

/// Focuses the first matching element.
pub fn focus(_selector: &str) {}

/// Focuses the page, unless a menu, the palette or a dialog is open.
pub fn focus_page() {}

/// Focuses the heading of the current page. Returns `false` while the page is still loading.
pub fn focus_heading() -> bool {
    true
}

/// Sets the text content of the element with this id.
pub fn set_text(_id: &str, _text: &str) {}

/// Clears the control with this id.
pub fn clear(_id: &str) {}

/// Returns `true` if the element with this id has the focus.
pub fn has_focus(_id: &str) -> bool {
    false
}

/// Clears the undo history of the control with this id.
pub fn forget_typing(_id: &str) {}

/// Scrolls the first matching element into view if needed.
pub fn reveal(_selector: &str) {}

/// Scrolls the parent of the first matching element horizontally until the element is visible.
pub fn reveal_in_line(_selector: &str) {}

/// Navigates to a new document. For leaving the console, never for a workspace switch.
pub fn load_document(_url: &str) {}

/// Reloads the document.
pub fn reload_document() {}

/// Opens a URL in a new tab.
pub fn open_tab(_url: &str) {}

/// Sets the document title.
pub fn set_title(_title: &str) {}

/// Sets the favicon to that of a workspace; `None` restores the default.
pub fn set_icon(_address: Option<&str>) {}

/// Returns an attribute of `<html>`.
pub fn root_attribute(_name: &str) -> Option<String> {
    None
}

/// Sets the `media` attribute of the matching elements, in document order.
pub fn set_media(_selector: &str, _media: [&str; 2]) {}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(_name: &str, _value: Option<&str>) {}

/// Hides the popover with this id.
pub fn hide_popover(_id: &str) {}

/// Hides the open menu, if any.
pub fn hide_menus() {}

/// Schedules a history update after the next frame.
pub fn write_later(_write: impl FnOnce() + 'static) {}

/// Delays the history update until [`show_address`] is called, because the page is still loading.
pub fn hold_address() {}

/// Schedules the delayed history update, because the page is about to be shown.
pub fn show_address() {}

/// Shows the popover with this id.
pub fn show_popover(_id: &str) {}

/// Returns `true` if the popover with this id is open.
pub fn is_popover_open(_id: &str) -> bool {
    true
}

/// Focuses the last matching element.
pub fn focus_last(_selector: &str) {}

/// Returns `true` if the first matching element is rendered.
pub fn is_shown(_selector: &str) -> bool {
    false
}

/// Returns the `href` of the first matching link.
pub fn link_of(_selector: &str) -> Option<String> {
    None
}

/// Focuses the next matching element whose name begins with `letter`, wrapping around.
pub fn focus_by_letter(_selector: &str, _letter: &str) {}

/// Returns the URL of the current page.
pub fn address() -> String {
    String::new()
}

/// Copies a text to the clipboard. Returns `true` on success.
pub async fn copy(_text: &str) -> bool {
    false
}

/// Selects the text of the text area with this id.
pub fn select_text(_id: &str) {}

/// Closes the menu that contains a form, if any.
pub fn close_menu_around(_event: &ev::SubmitEvent) {}

/// Returns the values of a form's controls.
pub fn form_values(_event: &ev::SubmitEvent) -> Vec<(String, String)> {
    Vec::new()
}

/// Returns the values of the controls of the first matching form.
pub fn values_of(_selector: &str) -> Vec<(String, String)> {
    Vec::new()
}

/// Returns the name of the event's target control.
pub fn event_name(_event: &ev::Event) -> String {
    String::new()
}

/// Returns the value of the event's target control.
pub fn event_value(_event: &ev::Event) -> String {
    String::new()
}

/// Sets the value of the control with this id whenever `text` changes. The initial value of the control is kept.
pub fn follow(_id: &'static str, _text: impl Fn() -> String + 'static) {}

/// Removes the menu content for browsers without JavaScript, and the elements made of it.
pub fn drop_unscripted() {}

/// Dispatches events for input that was made before hydration.
pub fn replay_typing() {}

/// Adds a key listener to the document, which is removed with the caller's reactive scope.
pub fn on_key(_handler: impl Fn(&ev::KeyboardEvent) + 'static) {}

/// Adds a listener for the document becoming active again: from the back-forward cache (`true`) or from another tab
/// (`false`).
pub fn on_return(_handler: impl Fn(bool) + 'static) {}

/// Returns the unsaved input in the page's forms.
pub fn unsaved_text() -> Vec<(String, String)> {
    Vec::new()
}

/// Notifies this browser's other tabs of a sign-out.
pub fn announce_sign_out() {}

/// Loads the person's usage counts from local storage.
pub fn kept_uses(_person: &str) -> Frecency {
    Frecency::default()
}

/// Saves the person's usage counts to local storage.
pub fn keep_uses(_person: &str, _uses: &Frecency) {}

/// Removes the usage counts of all people from this device.
pub fn forget_uses() {}

/// Stores whether a sign-out has yet to reach the server. Survives a document load.
pub fn set_sign_out_pending(_pending: bool) {}

/// Returns `true` if a sign-out has yet to reach the server.
pub fn is_sign_out_pending() -> bool {
    false
}

/// Adds a listener for a sign-out in another tab.
pub fn on_sign_out_elsewhere(_handler: impl Fn() + 'static) {}

/// Reports that a request did not reach the server.
pub fn note_unreachable() {}

/// Sets the function that is called when a request does not reach the server.
pub fn on_unreachable(_handler: Box<dyn Fn()>) {}

/// Adds a window event listener for the lifetime of the document.
pub fn on_window(_event: &str, _handler: Box<dyn Fn(ev::Event)>) {}

/// Stores a device preference in a cookie.
pub fn set_preference_cookie(_name: &str, _value: &str) {}

/// Synchronizes the clock with the server's time.
pub fn set_clock(_now: OffsetDateTime, _age: f64) -> bool {
    false
}

/// Returns the time since the document was requested, in milliseconds.
pub fn document_age() -> f64 {
    0.0
}

/// Returns `true` if the device's clock was changed or the device was asleep.
pub fn clock_jumped() -> bool {
    false
}

/// Returns `true` if the focus is in a control that accepts text.
pub fn is_typing() -> bool {
    false
}

/// Returns where the focus is.
pub fn focus_now() -> super::Focus {
    super::Focus::Page
}

/// Returns `true` if a menu, the palette or a dialog is open.
pub fn is_covered() -> bool {
    false
}

/// Returns the most likely kind of keyboard of this device.
pub fn keyboard() -> super::Keyboard {
    super::Keyboard::default()
}

/// Focuses the next or previous matching element, or the first one if none has the focus.
pub fn focus_neighbour(_selector: &str, _next: bool) {}

/// Clicks the first matching element.
pub fn click(_selector: &str) {}

/// Clicks the matching element at `index`.
pub fn click_nth(_selector: &str, _index: usize) {}

/// Returns `true` if the event's target is the listening element itself, not a descendant.
pub fn is_itself(_event: &ev::MouseEvent) -> bool {
    false
}

/// Sets an attribute of the element with this id.
pub fn set_attribute(_id: &str, _name: &str, _value: &str) {}

/// Returns the height of the first matching element, in CSS pixels.
pub fn height_of(_selector: &str) -> Option<f64> {
    None
}

/// Returns the vertical scroll offset of the element with this id, in CSS pixels.
pub fn scrolled(_id: &str) -> f64 {
    0.0
}

/// Scrolls the element with this id to `top`, in CSS pixels.
pub fn scroll_within(_id: &str, _top: f64) {}

/// Returns the size of the file that is selected in the control with this id, in bytes.
pub fn file_size(_id: &str) -> Option<f64> {
    None
}

/// Returns the number in `attribute` of the event's target or its nearest ancestor with that attribute.
pub fn number_at(_event: &ev::Event, _attribute: &str) -> Option<usize> {
    None
}

/// Converts a letter to uppercase.
pub fn upper(letter: char) -> String {
    letter.to_uppercase().collect()
}

/// Returns `true` if leaving the page would discard unsaved changes.
pub fn is_unsaved() -> bool {
    false
}

/// Marks the input as saved or discarded.
pub fn forget_unsaved() {}

/// Snapshot of a form's values at submission.
#[must_use]
pub struct Sent;

impl Sent {
    /// Marks the submitted values as saved.
    pub fn saved(self) {}

    /// Marks the submitted values as saved and resets the form.
    pub fn reset(self) {}
}

/// Records the values of the submitted form.
pub fn sending(_event: &ev::SubmitEvent) -> Sent {
    Sent
}

/// Focuses the element with this id without scrolling.
pub fn focus_id(_id: &str) {}

/// Returns the id of the focused element within `parent`.
pub fn focus_within(_parent: &Element) -> Option<String> {
    None
}

/// Returns `true` if a modal dialog is open.
pub fn is_asking() -> bool {
    false
}

/// Focuses the first matching element and selects its text.
pub fn select(_selector: &str) {}

/// Sets the value of the control with this id.
pub fn put(_id: &str, _text: &str) {}

/// Shows the dialog with this id as a modal dialog.
pub fn show_dialog(_id: &str) {}

/// Closes the dialog with this id and restores the focus.
pub fn close_dialog(_id: &str) {}

/// Navigates back in the browser's history.
pub fn go_back() {}

/// Tracks input for the lifetime of the document.
pub fn watch_typing() {}

/// Returns `true` if the event's target checkbox is checked.
pub fn is_checked(_event: &ev::Event) -> bool {
    false
}
