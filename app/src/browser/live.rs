//! Browser implementation of the browser functions.

use super::{
    ON_SERVER,
    dom::{all, by_id, element_of, find},
};
use leptos::{ev, prelude::*};
use model::text::nfc;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlFormElement, HtmlInputElement, HtmlSelectElement};

/// Focuses the first matching element.
pub fn focus(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
    }
}

/// Focuses the element with this id without scrolling.
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

/// Focuses the page, unless a menu, the palette or a dialog was opened in the meantime.
pub fn focus_page() {
    if !is_covered() {
        focus("#main");
    }
}

/// Focuses the heading of the current page without scrolling, unless an element of the page already has the focus.
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

/// Sets the text content of the element with this id. A footprint around the element does not include its content.
/// Does nothing on the server, which disposes views too.
pub fn set_text(id: &str, text: &str) {
    if ON_SERVER {
        return;
    }
    if let Some(element) = by_id::<HtmlElement>(id)
        && element.text_content().as_deref() != Some(text)
    {
        super::claim_content(&element);
        element.set_text_content(Some(text));
    }
}

/// Focuses the first matching element and selects its text.
pub fn select(selector: &str) {
    if let Some(element) = find(selector) {
        let _ = element.focus();
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.select();
        }
    }
}

/// Sets the value of the control with this id.
pub fn put(id: &str, text: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value(text);
    } else if let Some(area) = by_id::<web_sys::HtmlTextAreaElement>(id) {
        area.set_value(text);
    }
}

/// Shows the dialog with this id as a modal dialog.
pub fn show_dialog(id: &str) {
    if let Some(dialog) = by_id::<web_sys::HtmlDialogElement>(id).filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog with this id. The browser restores the focus.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<web_sys::HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Navigates back in the browser's history.
pub fn go_back() {
    super::history::write_waiting();
    if let Ok(history) = window().history() {
        let _ = history.back();
    }
}

/// Clears the control with this id.
pub fn clear(id: &str) {
    if let Some(input) = by_id::<HtmlInputElement>(id) {
        input.set_value("");
    }
}

/// Returns the id of the focused element within `parent`.
pub fn focus_within(parent: &Element) -> Option<String> {
    let focused = document().active_element().filter(|focused| parent.contains(Some(focused)))?;
    Some(focused.id()).filter(|id| !id.is_empty())
}

/// Returns `true` if the element with this id has the focus.
pub fn has_focus(id: &str) -> bool {
    document().active_element().is_some_and(|active| active.id() == id)
}

/// Clears the undo history of the control with this id. The history keeps every typed character, also those typed in a
/// previous workspace, as long as the control is in the document; removing and inserting the control resets it. A
/// focused control keeps its focus and its history.
pub fn forget_typing(id: &str) {
    let Some(control) = by_id::<HtmlElement>(id) else { return };
    if let Some(parent) = control.parent_node().filter(|_| !has_focus(id)) {
        let _ = parent.insert_before(&control, control.next_sibling().as_ref());
    }
}

/// Scrolls the first matching element into view if needed.
pub fn reveal(selector: &str) {
    if let Some(element) = find(selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Scrolls the parent of the first matching element horizontally until the element is visible. The page does not
/// scroll.
pub fn reveal_in_line(selector: &str) {
    let Some(element) = find(selector) else { return };
    let Some(line) = element.parent_element() else { return };
    let (at, seen) = (element.get_bounding_client_rect(), line.get_bounding_client_rect());
    if at.left() < seen.left() || at.right() > seen.right() {
        let middle = at.left() - seen.left() - (seen.width() - at.width()) / 2.0;
        line.set_scroll_left(line.scroll_left() + middle as i32);
    }
}

/// Navigates to a new document. For leaving the console, never for a workspace switch.
pub fn load_document(url: &str) {
    super::forget_unsaved();
    super::history::write_waiting();
    let _ = window().location().replace(url);
}

/// Reloads the document.
pub fn reload_document() {
    super::forget_unsaved();
    super::history::write_waiting();
    let _ = window().location().reload();
}

/// Opens a URL in a new tab.
pub fn open_tab(url: &str) {
    let _ = window().open_with_url_and_target_and_features(url, "_blank", "noopener");
}

/// Sets the document title.
pub fn set_title(title: &str) {
    document().set_title(title);
}

/// Sets the favicon to that of a workspace; `None` restores the default. Does nothing on the server, which disposes
/// views too.
pub fn set_icon(address: Option<&str>) {
    if ON_SERVER {
        return;
    }
    if let Some(link) = document().query_selector("link[rel=icon]").ok().flatten() {
        let address = address.unwrap_or("/favicon.svg");
        if link.get_attribute("href").as_deref() != Some(address) {
            // The response or the data URL has the media type.
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

/// Returns an attribute of `<html>`. Returns `None` on the server.
pub fn root_attribute(name: &str) -> Option<String> {
    if ON_SERVER {
        return None;
    }
    document().document_element()?.get_attribute(name)
}

/// Sets the `media` attribute of the matching elements, in document order.
pub fn set_media(selector: &str, media: [&str; 2]) {
    for (element, media) in all(selector).iter().zip(media) {
        let _ = element.set_attribute("media", media);
    }
}

/// Stores a device preference in a cookie for a year, as the server does (`server::cookies`). The cookie name contains
/// the port, because cookies are shared between all ports of a host.
pub fn set_preference_cookie(name: &str, value: &str) {
    let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>().cloned() else { return };
    let location = window().location();
    let https = location.protocol().is_ok_and(|scheme| scheme == "https:");
    let port = location.port().ok().filter(|port| !port.is_empty());
    let port = port.as_deref().unwrap_or(if https { "443" } else { "80" });
    let secure = if https { "; Secure" } else { "" };
    let _ = document.set_cookie(&format!("{name}-{port}={value}; Path=/; Max-Age=31536000; SameSite=Lax{secure}"));
}

/// Hides the popover with this id.
pub fn hide_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.hide_popover();
    }
}

/// Hides the open menu, if any.
pub fn hide_menus() {
    if let Some(element) = find(":popover-open") {
        let _ = element.hide_popover();
    }
}

/// Returns `true` if the popover with this id is open.
pub fn is_popover_open(id: &str) -> bool {
    by_id::<HtmlElement>(id).is_some_and(|element| element.matches(":popover-open").unwrap_or(false))
}

/// Shows the popover with this id.
pub fn show_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.show_popover();
    }
}

/// Returns the URL of the current page.
pub fn address() -> String {
    super::history::write_waiting();
    window().location().href().unwrap_or_default()
}

/// Returns the values of a form's controls.
pub fn form_values(event: &ev::SubmitEvent) -> Vec<(String, String)> {
    let form = event.target().and_then(|t| t.dyn_into::<HtmlFormElement>().ok());
    // Includes the submit button, which selects the form's action, as in a submission without JavaScript.
    let button = event.submitter().and_then(|b| Some((b.get_attribute("name")?, b.get_attribute("value")?)));
    form.map(|form| values(&form).into_iter().chain(button).collect()).unwrap_or_default()
}

/// Closes the menu that contains a form, if any.
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

/// Returns the values of the controls of the first matching form.
pub fn values_of(selector: &str) -> Vec<(String, String)> {
    find(selector)
        .and_then(|form| form.dyn_into::<HtmlFormElement>().ok())
        .map(|form| values(&form))
        .unwrap_or_default()
}

/// Returns the name of the event's target control.
pub fn event_name(event: &ev::Event) -> String {
    element_of(event).and_then(|element| element.get_attribute("name")).unwrap_or_default()
}

/// Returns the value of the event's target control.
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

/// Returns `true` if the event's target checkbox is checked.
pub fn is_checked(event: &ev::Event) -> bool {
    event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()).is_some_and(|input| input.checked())
}

/// Sets the value of the control with this id whenever `text` changes. The initial value of the control is kept:
/// binding the property would discard input made before hydration. Does nothing on the server, where no effect runs.
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

/// Removes the menu content for browsers without JavaScript, and the elements made of it: the program now renders its
/// own. The text is removed too, because it may contain names from the page.
pub fn drop_unscripted() {
    all("[data-unpacked]").iter().for_each(|rows| rows.remove());
    all("noscript").iter().for_each(|packed| packed.set_text_content(None));
}

/// Dispatches events for input that was made before hydration.
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

/// Adds a key listener to the document, which is removed with the caller's reactive scope. It is called only for key
/// presses that [the console may handle](super::is_ours). Does nothing on the server.
pub fn on_key(handler: impl Fn(&ev::KeyboardEvent) + 'static) {
    if !ON_SERVER {
        on_key_boxed(Box::new(handler));
    }
}

fn on_key_boxed(handler: Box<dyn Fn(&ev::KeyboardEvent)>) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if super::is_ours(&event) {
            handler(&event);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Adds a listener for the document becoming active again: from the back-forward cache (`true`) or from another tab
/// (`false`).
pub fn on_return(handler: impl Fn(bool) + Clone + 'static) {
    let visible = handler.clone();
    let shown = window_event_listener(ev::pageshow, move |event| {
        if event.persisted() {
            handler(true);
        }
    });
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        if !document().hidden() {
            visible(false);
        }
    });
    on_cleanup(move || {
        shown.remove();
        seen.remove();
    });
}

/// Calls `handler` when the document is unloaded or put into the back-forward cache.
pub fn on_leave(handler: impl Fn() + 'static) {
    let handle = window_event_listener(ev::pagehide, move |_| handler());
    on_cleanup(move || handle.remove());
}

/// Adds a window event listener for the lifetime of the document. Not generic, so it is compiled only once.
pub fn on_window(event: &str, handler: Box<dyn Fn(web_sys::Event)>) {
    let handler = wasm_bindgen::closure::Closure::<dyn Fn(web_sys::Event)>::wrap(handler);
    let _ = window().add_event_listener_with_callback(event, handler.as_ref().unchecked_ref());
    handler.forget();
}

thread_local! {
    // Thread-local because there is one connection per document.
    static UNREACHABLE: std::cell::RefCell<Option<Box<dyn Fn()>>> = const { std::cell::RefCell::new(None) };
}

/// Sets the function that is called when a request does not reach the server.
pub fn on_unreachable(handler: Box<dyn Fn()>) {
    UNREACHABLE.set(Some(handler));
}

/// Reports that a request did not reach the server. Does nothing on the server.
pub fn note_unreachable() {
    if ON_SERVER {
        return;
    }
    // In a later task, so the caller gets the error first.
    super::after(0, || {
        UNREACHABLE.with_borrow(|handler| {
            if let Some(handler) = handler {
                handler();
            }
        });
    });
}

/// Converts a letter to uppercase. Uses the browser's Unicode tables, so the program needs none; the server uses those
/// of the standard library, with the same result.
pub fn upper(letter: char) -> String {
    if ON_SERVER {
        return letter.to_uppercase().collect();
    }
    js_sys::JsString::from(letter.to_string()).to_upper_case().into()
}

/// Returns a random number from 0 to 1. Only for jitter, not for security.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// Returns the unsaved input in the page's forms, as pairs of label and text.
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

/// Returns `true` if the focus is in a control that accepts text: a field, a select or editable text.
pub fn is_typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    match active.tag_name().as_str() {
        "INPUT" => active.dyn_ref::<HtmlInputElement>().is_some_and(|input| !NO_TEXT.contains(&input.type_().as_str())),
        "TEXTAREA" | "SELECT" => true,
        _ => active.dyn_ref::<HtmlElement>().is_some_and(HtmlElement::is_content_editable),
    }
}

/// Returns where the focus is.
pub fn focus_now() -> super::Focus {
    if is_typing() { super::Focus::Field } else { super::Focus::Page }
}

/// Returns `true` if a menu, the palette or a dialog is open.
pub fn is_covered() -> bool {
    find(":popover-open, dialog[open]").is_some()
}

/// Returns `true` if a modal dialog is open.
pub fn is_asking() -> bool {
    find("dialog[open]").is_some()
}

/// Returns the most likely kind of keyboard of this device.
pub fn keyboard() -> super::Keyboard {
    let navigator = window().navigator();
    let property = |of: &wasm_bindgen::JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let told = property(&navigator, "userAgentData").and_then(|data| property(&data, "platform"));
    let platform = told.and_then(|platform| platform.as_string()).filter(|platform| !platform.is_empty());
    let platform = platform.or_else(|| navigator.platform().ok()).unwrap_or_default().to_lowercase();
    let apple = ["mac", "iphone", "ipad", "ipod"].iter().any(|name| platform.starts_with(name));
    if apple { super::Keyboard::Command } else { super::Keyboard::Control }
}

/// Focuses the next or previous matching element, or the first one if none has the focus.
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

/// Focuses the last matching element.
pub fn focus_last(selector: &str) {
    if let Some(element) = all(selector).last() {
        let _ = element.focus();
    }
}

/// Focuses the next matching element whose `data-name` begins with `letter`, wrapping around.
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

/// Returns `true` if the first matching element is rendered.
pub fn is_shown(selector: &str) -> bool {
    all(selector).first().is_some_and(|element| element.offset_height() > 0)
}

/// Returns the `href` of the first matching link.
pub fn link_of(selector: &str) -> Option<String> {
    all(selector).first()?.get_attribute("href")
}

/// Clicks the first matching element.
pub fn click(selector: &str) {
    click_nth(selector, 0);
}

/// Clicks the matching element at `index`.
pub fn click_nth(selector: &str, index: usize) {
    if let Some(element) = all(selector).get(index) {
        element.click();
    }
}

/// Returns `true` if the event's target is the listening element itself, not a descendant.
pub fn is_itself(event: &ev::MouseEvent) -> bool {
    match (event.target(), event.current_target()) {
        (Some(hit), Some(listens)) => hit == listens,
        _ => false,
    }
}

/// Sets an attribute of the element with this id.
pub fn set_attribute(id: &str, name: &str, value: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.set_attribute(name, value);
    }
}
