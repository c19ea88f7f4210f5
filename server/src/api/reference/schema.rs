//! Schemas of the OpenAPI document: their fields as a flat list, and examples of their values.

use serde_json::{Map, Value, json};

/// Maximum number of objects within each other that are described.
const DEPTH: usize = 6;

/// A field of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// Path from the body: `items[].id`.
    pub(super) path: String,
    pub(super) kind: String,
    pub(super) required: bool,
    pub(super) description: String,
}

/// Returns the schema that a reference refers to, and merges the parts of `allOf`.
fn resolved(document: &Value, schema: &Value) -> Value {
    if let Some(target) = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#')) {
        let mut found = document.pointer(target).map(|found| resolved(document, found)).unwrap_or_default();
        // A description beside the reference is that of the field.
        if let (Some(own), Some(fields)) = (schema.get("description"), found.as_object_mut()) {
            fields.insert("description".to_owned(), own.clone());
        }
        return found;
    }
    for of in ["oneOf", "anyOf"] {
        // A value or null.
        let Some(parts) = schema[of].as_array() else { continue };
        let mut real = parts.iter().filter(|part| part["type"] != "null");
        if let (Some(one), None) = (real.next(), real.next()) {
            let mut found = resolved(document, one);
            if let Some(fields) = found.as_object_mut() {
                fields.insert("nullable".to_owned(), (parts.len() > 1).into());
            }
            return found;
        }
    }
    let Some(parts) = schema["allOf"].as_array() else { return schema.clone() };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let part = resolved(document, part);
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// Returns the words of a schema's types, without null.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => Vec::new(),
    }
}

fn is_nullable(schema: &Value) -> bool {
    schema["nullable"] == true || schema["type"].as_array().is_some_and(|types| types.iter().any(|one| one == "null"))
}

/// Describes the type of a value: `string (uuid) or null`.
pub(super) fn kind(document: &Value, schema: &Value) -> String {
    let schema = resolved(document, schema);
    let mut words = match (types(&schema).first(), schema["oneOf"].as_array().or(schema["anyOf"].as_array())) {
        (Some(&"array"), _) => format!("array of {}", kind(document, &schema["items"])),
        (Some(one), _) => (*one).to_owned(),
        (None, Some(parts)) => {
            let mut kinds: Vec<String> = parts.iter().map(|part| kind(document, part)).collect();
            kinds.dedup();
            kinds.join(" or ")
        }
        (None, None) => "any".to_owned(),
    };
    if let Some(format) = schema["format"].as_str() {
        words = format!("{words} ({format})");
    }
    if let Some(allowed) = schema["enum"].as_array() {
        let allowed: Vec<String> = allowed.iter().filter(|one| !one.is_null()).map(plain).collect();
        words = format!("{words}: {}", allowed.join(", "));
    }
    if is_nullable(&schema) { format!("{words} or null") } else { words }
}

/// Returns a value as text, a string without quotes.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Lists the fields of a body, those of inner objects after the object.
pub(super) fn fields(document: &Value, schema: &Value) -> Vec<Field> {
    let mut found = Vec::new();
    collect(document, schema, "", DEPTH, &mut found);
    found
}

fn collect(document: &Value, schema: &Value, prefix: &str, depth: usize, found: &mut Vec<Field>) {
    let schema = resolved(document, schema);
    if depth == 0 {
        return;
    }
    if types(&schema).first() == Some(&"array") {
        return collect(document, &schema["items"], &format!("{prefix}[]"), depth - 1, found);
    }
    for part in schema["oneOf"].as_array().or(schema["anyOf"].as_array()).into_iter().flatten() {
        collect(document, part, prefix, depth - 1, found);
    }
    let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = match prefix {
            "" => name.clone(),
            prefix => format!("{prefix}.{name}"),
        };
        if found.iter().any(|field| field.path == path) {
            continue;
        }
        let described = resolved(document, property);
        let description = property["description"].as_str().or(described["description"].as_str()).unwrap_or_default();
        found.push(Field {
            path: path.clone(),
            kind: kind(document, property),
            required: required(name),
            description: description.to_owned(),
        });
        collect(document, property, &path, depth - 1, found);
    }
}

/// Returns an example of a value: the one of the schema, or one of its type. An object has its required members.
pub(super) fn example(document: &Value, schema: &Value, depth: usize) -> Value {
    let own = |schema: &Value| {
        [&schema["example"], &schema["examples"][0], &schema["default"]].into_iter().find(|one| !one.is_null()).cloned()
    };
    if let Some(own) = own(schema) {
        return own;
    }
    let schema = resolved(document, schema);
    if let Some(own) = own(&schema) {
        return own;
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].get(0).or(schema["anyOf"].get(0)).filter(|_| depth > 0) {
        return example(document, first, depth - 1);
    }
    match (types(&schema).first().copied(), schema["format"].as_str()) {
        (Some("string"), Some("uuid")) => ID.into(),
        (Some("string"), Some("date")) => "2026-03-01".into(),
        (Some("string"), Some("date-time")) => "2026-03-01T12:00:00Z".into(),
        (Some("string"), _) => "text".into(),
        (Some("integer" | "number"), _) => schema["minimum"].as_i64().unwrap_or(1).max(1).into(),
        (Some("boolean"), _) => true.into(),
        (Some("array"), _) if depth > 0 => json!([example(document, &schema["items"], depth - 1)]),
        _ if depth > 0 => {
            let properties = schema["properties"].as_object().cloned().unwrap_or_default();
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let mut chosen: Vec<_> =
                properties.iter().filter(|(name, _)| required.iter().any(|one| one == name.as_str())).collect();
            if chosen.is_empty() {
                chosen.extend(properties.iter().next());
            }
            chosen.into_iter().map(|(name, one)| (name.clone(), example(document, one, depth - 1))).collect()
        }
        _ => json!({}),
    }
}

/// Id in examples.
pub(super) const ID: &str = "018f4d9e-6a5b-7c3d-9e1f-2a3b4c5d6e7f";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_inner_objects_have_paths_and_a_recursion_ends() {
        let document = json!({ "components": { "schemas": {
            "Node": { "type": "object", "required": ["id"], "properties": {
                "id": { "type": "string", "format": "uuid", "description": "Its id." },
                "next": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Node" }] },
            } },
        } } });
        let list = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Node" } });
        let all = fields(&document, &list);
        assert_eq!(all[0].path, "[].id");
        assert_eq!(
            (all[0].kind.as_str(), all[0].required, all[0].description.as_str()),
            ("string (uuid)", true, "Its id.")
        );
        assert_eq!((all[1].path.as_str(), all[1].kind.as_str()), ("[].next", "object or null"));
        assert_eq!(all[2].path, "[].next.id");
        assert!(all.len() < 20);
        assert_eq!(example(&document, &list, 3), json!([{ "id": ID }]));
    }
}
