//! Codes that forms suggest while a name is typed.

use model::Slug;

/// Longest code, in bytes.
const MAX: usize = 40;

/// Returns the code that a form suggests for a name: `API calls` becomes `api-calls`. Empty if the name has no letters
/// or digits.
pub fn suggested(name: &str) -> String {
    let proposed = Slug::proposed("", name);
    proposed.get(..proposed.len().min(MAX)).unwrap_or_default().trim_end_matches('-').to_owned()
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
