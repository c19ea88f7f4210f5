//! The server's side: there is no browser.

use leptos::{ev, tachys::renderer::types::Element};
use model::uses::Uses;
use time::OffsetDateTime;

/// The nodes below an element. There are none on the server.
#[derive(Debug, Default)]
pub struct Footprint;

impl Footprint {
    /// An empty footprint, before any element was recorded.
    pub const fn new() -> Self {
        Self
    }

    /// Records the nodes below `parent`.
    pub fn note(&self, _parent: &Element) {}

    /// Whether the element still has exactly the recorded nodes.
    pub fn is_intact(&self) -> bool {
        true
    }
}

/// Marks the content of `parent` as having its own footprint.
pub fn claim_content(_parent: &Element) {}

/// Whether a translator has changed `parent`.
pub fn is_translated(_parent: &Element) -> bool {
    false
}

/// The current time, for showing how long ago something happened.
pub fn now() -> Option<OffsetDateTime> {
    None
}

/// Sets the task that runs once the page has been drawn in a browser.
pub fn on_start(_task: impl FnOnce() + 'static) {}

/// Runs `task` after `millis`.
pub fn after(_millis: u32, _task: impl FnOnce() + 'static) {}

/// Begins a task now.
pub fn begin(_task: impl Future<Output = ()> + 'static) {}

/// Runs `task` once the next frame is about to be painted.
pub fn next_frame(_task: impl FnOnce() + 'static) {}

/// Runs `task` right behind the next frame.
pub fn after_frame(_task: impl FnOnce() + 'static) {}

/// Runs `task` once what is on screen now was painted: for what a person does not wait for.
pub fn after_paint(_task: impl FnOnce() + 'static) {}

/// Moves the focus to the first element that matches.
pub fn focus(_selector: &str) {}

/// Moves the focus to the page, unless a menu, the palette or a dialog has it.
pub fn focus_page() {}

/// Focuses the heading of the page on screen. Returns `false` while the page is still loading.
pub fn focus_heading() -> bool {
    true
}

/// Writes the whole text of the element with that id.
pub fn set_text(_id: &str, _text: &str) {}

/// Empties the control with that id.
pub fn clear(_id: &str) {}

/// Whether the element with that id has the focus.
pub fn has_focus(_id: &str) -> bool {
    false
}

/// Has the browser forget what was typed into the control with that id.
pub fn forget_typing(_id: &str) {}

/// Scrolls the first element that matches into view, if it is not.
pub fn reveal(_selector: &str) {}

/// Scrolls the line that contains the first match sideways until the match is visible.
pub fn reveal_in_line(_selector: &str) {}

/// Loads a document: for leaving the console, never for a switch.
pub fn load_document(_url: &str) {}

/// Loads this document again.
pub fn reload_document() {}

/// Opens an address in another tab.
pub fn open_tab(_url: &str) {}

/// Sets the tab's title.
pub fn set_title(_title: &str) {}

/// Sets the tab's icon to that of a workspace, or back to Stile's own.
pub fn set_icon(_address: Option<&str>) {}

/// An attribute of `<html>`.
pub fn root_attribute(_name: &str) -> Option<String> {
    None
}

/// Sets the `media` attribute of each matching element, in document order.
pub fn set_media(_selector: &str, _media: [&str; 2]) {}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(_name: &str, _value: Option<&str>) {}

/// Closes the popover of that id.
pub fn hide_popover(_id: &str) {}

/// Closes whatever menu is open.
pub fn hide_menus() {}

/// Calls `write` behind the next frame.
pub fn write_later(_write: impl FnOnce() + 'static) {}

/// The page of the address is waited for.
pub fn hold_address() {}

/// It is about to be shown.
pub fn show_address() {}

/// Shows the popover of that id.
pub fn show_popover(_id: &str) {}

/// Whether the popover of that id is open.
pub fn is_popover_open(_id: &str) -> bool {
    true
}

/// Focuses the last element that matches.
pub fn focus_last(_selector: &str) {}

/// Whether the first element that matches is drawn.
pub fn is_shown(_selector: &str) -> bool {
    false
}

/// The address of the first link that matches.
pub fn link_of(_selector: &str) -> Option<String> {
    None
}

/// Focuses the first element after the focused one, going round, that matches and whose text begins with `letter`.
pub fn focus_by_letter(_selector: &str, _letter: &str) {}

/// The address of the page on screen.
pub fn address() -> String {
    String::new()
}

/// Copies a text, and returns whether it was copied.
pub async fn copy(_text: &str) -> bool {
    false
}

/// Selects the text of the text area with that id.
pub fn select_text(_id: &str) {}

/// Closes the menu that a form stands in, if it stands in one.
pub fn close_menu_around(_event: &ev::SubmitEvent) {}

/// The values of a form's controls.
pub fn form_values(_event: &ev::SubmitEvent) -> Vec<(String, String)> {
    Vec::new()
}

/// The values of the controls of the first form that matches.
pub fn values_of(_selector: &str) -> Vec<(String, String)> {
    Vec::new()
}

/// The name of the control that the event comes from.
pub fn event_name(_event: &ev::Event) -> String {
    String::new()
}

/// The value of the control that the event comes from.
pub fn event_value(_event: &ev::Event) -> String {
    String::new()
}

/// Writes `text` into the control with that id whenever it changes; at first the control keeps what it has.
pub fn follow(_id: &'static str, _text: impl Fn() -> String + 'static) {}

/// Takes away what menus hold for those without JavaScript, and what was made of it.
pub fn drop_unscripted() {}

/// Tells the view of what was typed and chosen before it was there to listen.
pub fn replay_typing() {}

/// Listens for keys anywhere in the document, for as long as the caller's scope lives.
pub fn on_key(_handler: impl Fn(&ev::KeyboardEvent) + 'static) {}

/// Listens for the document coming back: from the back-forward cache (`true`) or from another tab (`false`).
pub fn on_return(_handler: impl Fn(bool) + 'static) {}

/// What was typed into the forms of the page and not saved.
pub fn unsaved_text() -> Vec<(String, String)> {
    Vec::new()
}

/// Says to this browser's other tabs that the person signed out.
pub fn announce_sign_out() {}

/// What is kept on this device of what that person chooses.
pub fn kept_uses(_person: &str) -> Uses {
    Uses::default()
}

/// Keeps what that person chooses, on this device.
pub fn keep_uses(_person: &str, _uses: &Uses) {}

/// Forgets what anybody chose on this device.
pub fn forget_uses() {}

/// Keeps, across documents, whether a sign-out has yet to reach the server.
pub fn set_sign_out_pending(_pending: bool) {}

/// Whether a sign-out has yet to reach the server.
pub fn is_sign_out_pending() -> bool {
    false
}

/// Listens for the person signing out in another tab.
pub fn on_sign_out_elsewhere(_handler: impl Fn() + 'static) {}

/// Reports that a request did not reach the server.
pub fn note_unreachable() {}

/// Sets the function that is called when a request does not reach the server.
pub fn on_unreachable(_handler: Box<dyn Fn()>) {}

/// Calls `handler` for each event of the window with that name, as long as the document lives.
pub fn on_window(_event: &str, _handler: Box<dyn Fn(ev::Event)>) {}

/// Stores a preference of the device in a cookie.
pub fn set_preference_cookie(_name: &str, _value: &str) {}

/// Sets the server's time.
pub fn set_clock(_now: OffsetDateTime, _age: f64) -> bool {
    false
}

/// How long ago the document was requested, in milliseconds.
pub fn document_age() -> f64 {
    0.0
}

/// Whether the device's clock was changed, or the device was asleep.
pub fn clock_jumped() -> bool {
    false
}

/// Whether the focus is in a control that accepts text.
pub fn is_typing() -> bool {
    false
}

/// Where the focus is.
pub fn focus_now() -> super::Focus {
    super::Focus::Page
}

/// Whether a menu, the palette or a dialog is open over the page.
pub fn is_covered() -> bool {
    false
}

/// The most likely kind of keyboard of this device.
pub fn keyboard() -> super::Keyboard {
    super::Keyboard::default()
}

/// Moves the focus to the next or previous element that matches; from elsewhere, to the first.
pub fn focus_neighbour(_selector: &str, _next: bool) {}

/// Clicks the first element that matches.
pub fn click(_selector: &str) {}

/// Clicks the element at `index` of those that match.
pub fn click_nth(_selector: &str, _index: usize) {}

/// Whether an event hit the very element that listens, and nothing in it.
pub fn is_itself(_event: &ev::MouseEvent) -> bool {
    false
}

/// Sets an attribute of the element with that id.
pub fn set_attribute(_id: &str, _name: &str, _value: &str) {}

/// How high the first element that matches is drawn, in CSS pixels.
pub fn height_of(_selector: &str) -> Option<f64> {
    None
}

/// How far the element with that id is scrolled down, in CSS pixels.
pub fn scrolled(_id: &str) -> f64 {
    0.0
}

/// Scrolls the element with that id to `top` pixels.
pub fn scroll_within(_id: &str, _top: f64) {}

/// How large the file is that was chosen in the control with that id, in bytes.
pub fn file_size(_id: &str) -> Option<f64> {
    None
}

/// The number in `attribute` of the element that the event hit, or of the nearest around it that has one.
pub fn number_at(_event: &ev::Event, _attribute: &str) -> Option<usize> {
    None
}

/// A letter as a capital.
pub fn upper(letter: char) -> String {
    letter.to_uppercase().collect()
}

/// Whether leaving the page would lose what was typed.
pub fn is_unsaved() -> bool {
    false
}

/// Marks the typed input as saved or discarded.
pub fn forget_unsaved() {}

/// The values of a form at the time it was sent.
#[must_use]
pub struct Sent;

impl Sent {
    /// What was sent is saved.
    pub fn saved(self) {}

    /// What was sent is saved, and the form is empty again.
    pub fn reset(self) {}
}

/// Records what the form of the event is sent with.
pub fn sending(_event: &ev::SubmitEvent) -> Sent {
    Sent
}

/// Moves the focus to the element with that id without scrolling.
pub fn focus_id(_id: &str) {}

/// The id of the element within `parent` that has the focus.
pub fn focus_within(_parent: &Element) -> Option<String> {
    None
}

/// Whether a dialog asks something, so that nothing else can be used.
pub fn is_asking() -> bool {
    false
}

/// Focuses the first element that matches and selects what is typed in it.
pub fn select(_selector: &str) {}

/// Sets the value of the control with that id.
pub fn put(_id: &str, _text: &str) {}

/// Shows the dialog with that id as a modal dialog.
pub fn show_dialog(_id: &str) {}

/// Closes the dialog. The focus returns to where it was.
pub fn close_dialog(_id: &str) {}

/// Goes back in the browser's history.
pub fn go_back() {}

/// Records typed input, as long as the document lives.
pub fn watch_typing() {}

/// Whether the checkbox of the event is checked.
pub fn is_checked(_event: &ev::Event) -> bool {
    false
}
