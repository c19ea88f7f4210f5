//! A CloudEvent that a meter counts, as the form of a new meter shows it.

use model::meter::{Aggregation, MeterInput};

/// Returns an event of format CloudEvents 1.0 in JSON that the meter counts, from the fields as they are typed. A field
/// that is empty has a placeholder.
pub fn example(input: &MeterInput) -> String {
    let or = |text: &str, placeholder: &str| {
        let text = text.trim();
        quoted(if text.is_empty() { placeholder } else { text })
    };
    let mut data: Vec<(String, String)> = Vec::new();
    for line in input.filter.lines() {
        if let Some((property, value)) = line.split_once('=')
            && !property.trim().is_empty()
        {
            data.push((quoted(property.trim()), quoted(value.trim())));
        }
    }
    let value = match Aggregation::from_word(&input.aggregation) {
        Some(Aggregation::Sum) => Some("1200".to_owned()),
        Some(Aggregation::Max) => Some("42.5".to_owned()),
        Some(Aggregation::Unique) => Some(quoted("user-17")),
        Some(Aggregation::Count) | None => None,
    };
    if let Some(value) = value {
        data.push((or(&input.property, "property"), value));
    }
    let data = match data.as_slice() {
        [] => "{}".to_owned(),
        data => {
            let lines: Vec<_> = data.iter().map(|(name, value)| format!("    {name}: {value}")).collect();
            format!("{{\n{}\n  }}", lines.join(",\n"))
        }
    };
    let event_type = or(&input.event_type, "event.type");
    format!(
        "{{\n  \"specversion\": \"1.0\",\n  \"id\": \"01980f5e-7d3c-7b1a-9d0e-3f1c5a2b4c6d\",\n  \"source\": \
         \"my-service\",\n  \"type\": {event_type},\n  \"subject\": \"customer-1\",\n  \"data\": {data}\n}}"
    )
}

/// Returns a text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(aggregation: &str) -> MeterInput {
        MeterInput {
            event_type: "tokens.\"used\"".into(),
            aggregation: aggregation.into(),
            property: "count".into(),
            filter: "kind=prompt\nno line\nregion = eu=1".into(),
            ..MeterInput::default()
        }
    }

    #[test]
    fn the_example_is_json_with_the_typed_fields() {
        for aggregation in ["count", "sum", "max", "unique", ""] {
            let text = example(&input(aggregation));
            let event: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
            assert_eq!(event["type"], "tokens.\"used\"");
            assert_eq!(event["data"]["kind"], "prompt");
            assert_eq!(event["data"]["region"], "eu=1");
            let has_value = event["data"].get("count").is_some();
            assert_eq!(has_value, matches!(aggregation, "sum" | "max" | "unique"), "{aggregation}");
        }
        let empty: serde_json::Value = serde_json::from_str(&example(&MeterInput::default())).unwrap();
        assert_eq!(empty["data"], serde_json::json!({}));
    }
}
