//! The browser's side.

use super::dom::{all, by_id, element_of, find};
use leptos::{ev, prelude::*};
use model::text::nfc;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement};

/// Moves the focus to the first element that matches.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Moves the focus to the element with that id without scrolling.
pub fn focus_id(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        focus_in_place(&element);
    }
}

fn focus_in_place(element: &HtmlElement) {
    let options = web_sys::FocusOptions::new();
    options.set_prevent_scroll(true);
    let _ = element.focus_with_options(&options);
}

/// Moves the focus to the page, unless a menu, the palette or a dialog was opened in the meantime and has it.
pub fn focus_page() {
    if !is_covered() {
        focus("#main");
    }
}

/// Focuses the heading of the page on screen without scrolling, unless an element of the page already has the focus.
/// Returns `false` while the page is still loading.
pub fn focus_heading() -> bool {
    let Some(heading) = find("#main h1") else { return false };
    if heading.closest("[aria-busy]").ok().flatten().is_some() {
        return false;
    }
    let within = document()
        .active_element()
        .is_some_and(|active| active.id() != "main" && active.closest("#main").ok().flatten().is_some());
    if !within && !is_covered() {
        let _ = heading.set_attribute("tabindex", "-1");
        focus_in_place(&heading);
    }
    true
}

/// Replaces the whole content of the element with that id by a text. A footprint around the element does not include it.
pub fn set_text(id: &str, text: &str) {
    if let Some(element) = by_id::<HtmlElement>(id)
        && element.text_content().as_deref() != Some(text)
    {
        super::claim_content(&element);
        element.set_text_content(Some(text));
    }
}

/// Focuses the first element that matches and selects what is typed in it.
pub fn select(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.select();
        }
    }
}

/// Sets the value of the control with that id.
pub fn put(id: &str, text: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value(text);
    } else if let Some(area) = by_id::<web_sys::HtmlTextAreaElement>(id) {
        area.set_value(text);
    }
}

/// Shows the dialog with that id as a modal dialog.
pub fn show_dialog(id: &str) {
    if let Some(dialog) = by_id::<web_sys::HtmlDialogElement>(id).filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog. The focus returns to where it was.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<web_sys::HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Goes back in the browser's history.
pub fn go_back() {
    super::history::write_waiting();
    if let Ok(history) = window().history() {
        let _ = history.back();
    }
}

/// Empties the control with that id.
pub fn clear(id: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value("");
    }
}

/// The id of the element within `parent` that has the focus.
pub fn focus_within(parent: &Element) -> Option<String> {
    let focused = document().active_element().filter(|focused| parent.contains(Some(focused)))?;
    Some(focused.id()).filter(|id| !id.is_empty())
}

/// Whether the element with that id has the focus.
pub fn has_focus(id: &str) -> bool {
    document().active_element().is_some_and(|active| active.id() == id)
}

/// Has the browser forget what was typed into the control with that id. Its history for undoing keeps every letter,
/// those of a workspace that was left too, for as long as the control is in the document; a control that is taken out and
/// put back begins a new one. One that has the focus keeps it, and its history.
pub fn forget_typing(id: &str) {
    let Some(control) = by_id::<HtmlElement>(id) else { return };
    if let Some(parent) = control.parent_node().filter(|_| !has_focus(id)) {
        let _ = parent.insert_before(&control, control.next_sibling().as_ref());
    }
}

/// Scrolls the first element that matches into view, if it is not.
pub fn reveal(selector: &str) {
    if let Some(element) = find(selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls the line that contains the first match sideways until the match is visible. The page does not scroll.
pub fn reveal_in_line(selector: &str) {
    let Some(element) = find(selector) else { return };
    let Some(line) = element.parent_element() else { return };
    let (at, seen) = (element.get_bounding_client_rect(), line.get_bounding_client_rect());
    if at.left() < seen.left() || at.right() > seen.right() {
        let middle = at.left() - seen.left() - (seen.width() - at.width()) / 2.0;
        line.set_scroll_left(line.scroll_left() + middle as i32);
    }
}

/// Loads a document: for leaving the console, never for a switch.
pub fn load_document(url: &str) {
    super::forget_unsaved();
    super::history::write_waiting();
    let _ = window().location().replace(url);
}

/// Loads this document again.
pub fn reload_document() {
    super::forget_unsaved();
    super::history::write_waiting();
    let _ = window().location().reload();
}

/// Opens an address in another tab.
pub fn open_tab(url: &str) {
    let _ = window().open_with_url_and_target_and_features(url, "_blank", "noopener");
}

/// Sets the tab's title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets the tab's icon to that of a workspace, or back to Stile's own.
pub fn set_icon(address: Option<&str>) {
    if let Some(link) = document().query_selector("link[rel=icon]").ok().flatten() {
        let address = address.unwrap_or("/favicon.svg");
        if link.get_attribute("href").as_deref() != Some(address) {
            // What kind it is, it says itself.
            let _ = link.remove_attribute("type");
            let _ = link.set_attribute("href", address);
        }
    }
}

/// Sets or removes an attribute of `<html>`.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// An attribute of `<html>`.
pub fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Sets the `media` attribute of each matching element, in document order.
pub fn set_media(selector: &str, media: [&str; 2]) {
    for (element, media) in all(selector).iter().zip(media) {
        let _ = element.set_attribute("media", media);
    }
}

/// Stores a preference of the device in a cookie for a year, as the server does (`server::cookies`). The name contains the
/// port, because a browser sends a host's cookies to all of its ports.
pub fn set_preference_cookie(name: &str, value: &str) {
    let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>().cloned() else { return };
    let location = window().location();
    let https = location.protocol().is_ok_and(|scheme| scheme == "https:");
    let port = location.port().ok().filter(|port| !port.is_empty());
    let port = port.as_deref().unwrap_or(if https { "443" } else { "80" });
    let secure = if https { "; Secure" } else { "" };
    let _ = document.set_cookie(&format!("{name}-{port}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"));
}

/// Closes the popover of that id.
pub fn hide_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.hide_popover();
    }
}

/// Closes whatever menu is open.
pub fn hide_menus() {
    if let Some(element) = find(":popover-open") {
        let _ = element.hide_popover();
    }
}

/// Whether the popover of that id is open.
pub fn is_popover_open(id: &str) -> bool {
    by_id::<HtmlElement>(id).is_some_and(|element| element.matches(":popover-open").unwrap_or(false))
}

/// Shows the popover of that id.
pub fn show_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.show_popover();
    }
}

/// The address of the page on screen.
pub fn address() -> String {
    super::history::write_waiting();
    window().location().href().unwrap_or_default()
}

/// The values of a form's controls.
pub fn form_values(event: &ev::SubmitEvent) -> Vec<(String, String)> {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    // The button that was pressed says which of a form's deeds is meant, as it does without a script.
    let button = event.submitter().and_then(|b| Some((b.get_attribute("name")?, b.get_attribute("value")?)));
    form.map(|form| values(&form).into_iter().chain(button).collect()).unwrap_or_default()
}

/// Closes the menu that a form stands in, if it stands in one.
pub fn close_menu_around(event: &ev::SubmitEvent) {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    let menu = form.and_then(|form| form.closest("[popover]").ok().flatten());
    if let Some(id) = menu.and_then(|menu| menu.get_attribute("id")) {
        hide_popover(&id);
    }
}

fn values(form: &HtmlFormElement) -> Vec<(String, String)> {
    let Ok(data) = web_sys::FormData::new_with_form(form) else { return Vec::new() };
    let Ok(Some(entries)) = js_sys::try_iter(&data) else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let entry = entry.dyn_into::<js_sys::Array>().ok()?;
            Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
        })
        .collect()
}

/// The values of the controls of the first form that matches.
pub fn values_of(selector: &str) -> Vec<(String, String)> {
    find(selector)
        .and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        .map(|form| values(&form))
        .unwrap_or_default()
}

/// The name of the control that the event comes from.
pub fn event_name(event: &ev::Event) -> String {
    element_of(event).and_then(|element| element.get_attribute("name")).unwrap_or_default()
}

/// The value of the control that the event comes from.
pub fn event_value(event: &ev::Event) -> String {
    let Some(target) = event.target() else { return String::new() };
    match target.dyn_into::<HtmlInputElement>() {
        Ok(input) => input.value(),
        Err(other) => match other.dyn_into::<web_sys::HtmlTextAreaElement>() {
            Ok(area) => area.value(),
            Err(other) => other.dyn_into::<HtmlSelectElement>().map(|s| s.value()).unwrap_or_default(),
        },
    }
}

/// Whether the checkbox of the event is checked.
pub fn is_checked(event: &ev::Event) -> bool {
    event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()).is_some_and(|input| input.checked())
}

/// Writes `text` into the control with that id whenever it changes; at first the control keeps what it has. Binding
/// the property itself would, at hydration, wipe out what was typed before.
pub fn follow(id: &'static str, text: impl Fn() -> String + 'static) {
    Effect::new(move |before: Option<String>| {
        let text = text();
        if before.is_some_and(|before| before != text) {
            if let Some(input) = by_id::<HtmlInputElement>(id) {
                if input.value() != text {
                    input.set_value(&text);
                }
            } else if let Some(select) = by_id::<HtmlSelectElement>(id) {
                select.set_value(&text);
            }
        }
        text
    });
}

/// Takes away what menus hold for those without JavaScript, and what was made of it: the program draws its own now. The
/// text, too, may name what the page showed.
pub fn drop_unscripted() {
    all("[data-unpacked]").iter().for_each(|rows| rows.remove());
    all("noscript").iter().for_each(|packed| packed.set_text_content(None));
}

/// Tells the view of what was typed and chosen before it was there to listen.
pub fn replay_typing() {
    let tell = |element: &HtmlElement, kind: &str| {
        let options = web_sys::EventInit::new();
        options.set_bubbles(true);
        if let Ok(event) = web_sys::Event::new_with_event_init_dict(kind, &options) {
            let _ = element.dispatch_event(&event);
        }
    };
    for element in all("input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select") {
        if element.dyn_ref::<HtmlInputElement>().is_some_and(|i| i.value() != i.default_value())
            || element
                .dyn_ref::<web_sys::HtmlTextAreaElement>()
                .is_some_and(|t| t.default_value().is_ok_and(|at_first| t.value() != at_first))
        {
            tell(&element, "input");
        } else if let Some(select) = element.dyn_ref::<HtmlSelectElement>()
            && select.query_selector("option[selected]").ok().flatten().map_or_else(
                || select.selected_index() > 0,
                |option| option.get_attribute("value").as_deref() != Some(&select.value()),
            )
        {
            tell(&element, "change");
        }
    }
}

/// Listens for keys anywhere in the document, for as long as the caller's scope lives. Called for those that [are
/// ours](super::is_ours).
pub fn on_key(handler: impl Fn(&ev::KeyboardEvent) + 'static) {
    on_key_boxed(Box::new(handler));
}

fn on_key_boxed(handler: Box<dyn Fn(&ev::KeyboardEvent)>) {
    let handle = SendWrapper::new(window_event_listener(ev::keydown, move |event| {
        if super::is_ours(&event) {
            handler(&event);
        }
    }));
    on_cleanup(move || handle.take().remove());
}

/// Listens for the document coming back: from the back-forward cache (`true`) or from another tab (`false`).
pub fn on_return(handler: impl Fn(bool) + Clone + 'static) {
    let visible = handler.clone();
    let shown = SendWrapper::new(window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            handler(true);
        }
    }));
    let seen = SendWrapper::new(window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            visible(false);
        }
    }));
    on_cleanup(move || {
        shown.take().remove();
        seen.take().remove();
    });
}

/// Calls `handler` when the document is left, for good or for the back-forward cache.
pub fn on_leave(handler: impl Fn() + 'static) {
    let handle = SendWrapper::new(window_event_listener(ev::pagehide, move |_| handler()));
    on_cleanup(move || handle.take().remove());
}

/// Calls `handler` for each event of the window with that name, as long as the document lives. Not generic, so it is
/// compiled only once.
pub fn on_window(event: &str, handler: Box<dyn Fn(web_sys::Event)>) {
    let handler = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::wrap(handler);
    let _ = window().add_event_listener_with_callback(event, handler.as_ref().unchecked_ref());
    handler.forget();
}

thread_local! {
    // One for the document, as is its connection.
    static UNREACHABLE: std::cell::RefCell<Option<Box<dyn Fn()>>> = const { std::cell::RefCell::new(None) };
}

/// Sets the function that is called when a request does not reach the server.
pub fn on_unreachable(handler: Box<dyn Fn()>) {
    UNREACHABLE.set(Some(handler));
}

/// Reports that a request did not reach the server.
pub fn note_unreachable() {
    // In a later task, so the caller gets the error first.
    super::after(0, || {
        UNREACHABLE.with_borrow(|handler| {
            if let Some(handler) = handler {
                handler();
            }
        });
    });
}

/// A letter as a capital. The browser has the table of them, so the program has none.
pub fn upper(letter: char) -> String {
    js_sys::JsString::from(letter.to_string()).to_upper_case().into()
}

/// A number from 0 to 1, to spread things in time and for nothing else.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// What was typed into the forms of the page and not saved: each field's label and text.
pub fn unsaved_text() -> Vec<(String, String)> {
    let typed = |element: &HtmlElement| {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            (input.value() != input.default_value()).then(|| input.value())
        } else {
            let area = element.dyn_ref::<web_sys::HtmlTextAreaElement>()?;
            area.default_value().is_ok_and(|before| before != area.value()).then(|| area.value())
        }
    };
    let fields = "#main form[method=post] :is(textarea, input:is([type=text], [type=email], [type=url], [type=number], :not([type])))";
    let label = |element: &HtmlElement| {
        let label = find(&format!("label[for=\"{}\"]", element.id()))?;
        Some(label.inner_text().trim().to_owned())
    };
    all(fields)
        .into_iter()
        .filter_map(|element| {
            let text = typed(&element)?;
            (!text.trim().is_empty()).then(|| (label(&element).unwrap_or_else(|| "Text".to_owned()), text))
        })
        .collect()
}

/// Types of `<input>` that don't accept text.
const NO_TEXT: [&str; 9] = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];

/// Whether the focus is in a control that accepts text: a field, a select or editable text.
pub fn is_typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    match active.tag_name().as_str() {
        "INPUT" => active.dyn_ref::<HtmlInputElement>().is_some_and(|input| !NO_TEXT.contains(&input.type_().as_str())),
        "TEXTAREA" | "SELECT" => true,
        _ => active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable),
    }
}

/// Where the focus is.
pub fn focus_now() -> super::Focus {
    if is_typing() { super::Focus::Field } else { super::Focus::Page }
}

/// Whether a menu, the palette or a dialog is open over the page.
pub fn is_covered() -> bool {
    find(":popover-open, dialog[open]").is_some()
}

/// Whether a dialog asks something, so that nothing else can be used.
pub fn is_asking() -> bool {
    find("dialog[open]").is_some()
}

/// The most likely kind of keyboard of this device.
pub fn keyboard() -> super::Keyboard {
    let navigator = window().navigator();
    let property = |of: &wasm_bindgen::JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let told = property(&navigator, "userAgentData").and_then(|data| property(&data, "platform"));
    let platform = told.and_then(|platform| platform.as_string()).filter(|platform| !platform.is_empty());
    let platform = platform.or_else(|| navigator.platform().ok()).unwrap_or_default().to_lowercase();
    let apple = ["mac", "iphone", "ipad", "ipod"].iter().any(|name| platform.starts_with(name));
    if apple { super::Keyboard::Command } else { super::Keyboard::Control }
}

/// Moves the focus to the next or previous element that matches; from elsewhere, to the first.
pub fn focus_neighbour(selector: &str, next: bool) {
    let elements = all(selector);
    let active = document().active_element();
    let current = elements.iter().position(|e| active.as_ref().is_some_and(|a| a.is_same_node(Some(e))));
    let target = match (current, next) {
        (None, _) => 0,
        (Some(i), true) => (i + 1).min(elements.len().saturating_sub(1)),
        (Some(i), false) => i.saturating_sub(1),
    };
    if let Some(element) = elements.get(target) {
        let _ = element.focus();
    }
}

/// Focuses the last element that matches.
pub fn focus_last(selector: &str) {
    if let Some(element) = all(selector).last() {
        let _ = element.focus();
    }
}

/// Focuses the first element after the focused one, going round, that matches and whose text begins with `letter`.
pub fn focus_by_letter(selector: &str, letter: &str) {
    let elements = all(selector);
    let active = document().active_element();
    let current = elements.iter().position(|e| active.as_ref().is_some_and(|a| a.is_same_node(Some(e))));
    let from = current.map_or(0, |i| i + 1);
    let begins = |e: &&HtmlElement| {
        e.get_attribute("data-name").is_some_and(|n| nfc(&n).to_lowercase().starts_with(nfc(letter).as_ref()))
    };
    if let Some(element) = elements.iter().skip(from).chain(&elements).find(begins) {
        let _ = element.focus();
    }
}

/// Whether the first element that matches is drawn.
pub fn is_shown(selector: &str) -> bool {
    all(selector).first().is_some_and(|element| element.offset_height() > 0)
}

/// The address of the first link that matches.
pub fn link_of(selector: &str) -> Option<String> {
    all(selector).first()?.get_attribute("href")
}

/// Clicks the first element that matches.
pub fn click(selector: &str) {
    click_nth(selector, 0);
}

/// Clicks the element at `index` of those that match.
pub fn click_nth(selector: &str, index: usize) {
    if let Some(element) = all(selector).get(index) {
        element.click();
    }
}

/// Whether an event hit the very element that listens, and nothing in it.
pub fn is_itself(event: &ev::MouseEvent) -> bool {
    match (event.target(), event.current_target()) {
        (Some(hit), Some(listens)) => hit == listens,
        _ => false,
    }
}

/// Sets an attribute of the element with that id.
pub fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.set_attribute(name, value);
    }
}
