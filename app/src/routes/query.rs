//! Query strings.

/// Parses a query string into pairs. Returns none if it is malformed.
pub fn pairs(query: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(query).unwrap_or_default()
}

/// Appends the pairs that are present to a path, as its query string.
pub(super) fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = Option<(&'a str, &'a str)>>) -> String {
    let pairs: Vec<_> = pairs.into_iter().flatten().collect();
    match serde_urlencoded::to_string(&pairs) {
        Ok(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path.to_owned(),
    }
}
