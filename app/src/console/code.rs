//! Codes that forms suggest while a name is typed.

use crate::{browser, ui::clear_error};
use leptos::{ev::Event, prelude::*};
use model::{FieldErrors, Slug};

/// Longest code, in bytes.
const MAX: usize = 40;

/// Returns the code that a form suggests for a name: `API calls` becomes `api-calls`. Empty if the name has no letters
/// or digits.
fn suggested(name: &str) -> String {
    let proposed = Slug::proposed("", name);
    proposed.get(..proposed.len().min(MAX)).unwrap_or_default().trim_end_matches('-').to_owned()
}

/// Returns a handler of input in a form: the control `code` follows the control `name` until the person edits it.
/// `code` is the value that the control has at first.
pub fn follow_name(errors: RwSignal<FieldErrors>, code: &str) -> impl Fn(&Event) + Copy + 'static + use<> {
    let edited = StoredValue::new(!code.is_empty());
    move |event: &Event| {
        let control = browser::event_name(event);
        if control == "code" {
            edited.set_value(!browser::event_value(event).is_empty());
        } else if control == "name" && !edited.get_value() {
            browser::put("code", &suggested(&browser::event_value(event)));
            clear_error(errors, "code");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggested_code_is_a_short_form_of_the_name() {
        assert_eq!(suggested("API calls"), "api-calls");
        assert_eq!(suggested(""), "");
        assert!(suggested(&"Tokens ".repeat(30)).len() <= MAX);
    }
}
