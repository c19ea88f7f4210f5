//! Tests of events: exact numbers, keys that depend on nothing but source and id, and texts that the database refuses.

use super::{identity, *};
use crate::{
    catalog::Lifecycle,
    id::{MeterId, ProductId},
    meter::{Aggregation, Meter},
    pricing::Quantity,
};
use proptest::prelude::*;
use serde_json::value::RawValue;
use time::macros::datetime;

fn read(json: &str) -> Result<Event, Box<Rejected>> {
    Event::from_json(serde_json::from_str::<&RawValue>(json).expect("JSON"))
}

fn with(name: &str, value: &str) -> String {
    let mut fields = vec![
        ("specversion", "\"1.0\""),
        ("id", "\"1\""),
        ("source", "\"gateway\""),
        ("type", "\"tokens\""),
        ("subject", "\"acme\""),
        ("data", "{\"tokens\":5}"),
    ];
    fields.retain(|(field, _)| *field != name);
    let fields: Vec<String> = fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    let more = if value.is_empty() { String::new() } else { format!(",\"{name}\":{value}") };
    format!("{{{}{more}}}", fields.join(","))
}

fn refused(json: &str) -> (&'static str, String) {
    let refusal = read(json).expect_err(json).refusal;
    (refusal.as_str(), refusal.field().to_owned())
}

fn data(text: &str) -> Result<Data, &'static str> {
    Data::parse(text)
}

fn key(source: &str, id: &str) -> uuid::Uuid {
    identity::key(source, id).uuid()
}

#[test]
fn an_event_has_the_attributes_of_cloudevents_and_others_are_ignored() {
    let event = read(&with("time", "\"2026-03-01T12:00:00.1234567+01:00\"")).expect("valid");
    assert_eq!((event.source.as_str(), event.id.as_str(), event.kind.as_str()), ("gateway", "1", "tokens"));
    assert_eq!(event.time, Some(datetime!(2026-03-01 11:00:00.123456 UTC)), "microseconds are kept");
    assert_eq!(event.data.property("tokens"), Some(&Property::Number("5".to_owned())));
    assert!(read(&with("traceparent", "[1,2]")).is_ok());
    assert_eq!(read(&with("time", "null")).expect("valid").time, None);
    for (name, value) in [
        ("specversion", ""),
        ("specversion", "\"0.3\""),
        ("id", ""),
        ("id", "\"\""),
        ("id", "7"),
        ("source", "\"a\\nb\""),
        ("type", ""),
        ("subject", "null"),
        ("time", "\"yesterday\""),
        ("time", "\"0001-01-01T00:00:00Z\""),
        ("data", "[]"),
        ("data", "\"x\""),
        ("data_base64", "\"eA==\""),
    ] {
        assert_eq!(refused(&with(name, value)), ("malformed", name.to_owned()), "{name} {value}");
    }
    assert_eq!(refused("[1]").1, "event");
    let long = format!("\"{}\"", "ä".repeat(200));
    assert!(read(&with("id", &long)).is_ok(), "200 characters are allowed");
    assert_eq!(refused(&with("id", &format!("\"{}\"", "ä".repeat(201)))).1, "id");
}

#[test]
fn what_was_refused_can_be_recognized() {
    let rejected = read(&with("type", "7")).expect_err("no type");
    assert_eq!((rejected.source.as_str(), rejected.id.as_str(), rejected.kind.as_str()), ("gateway", "1", ""));
    assert!(rejected.excerpt.chars().count() <= 300 && rejected.excerpt.contains("gateway"));
}

#[test]
fn every_refusal_code_has_words_and_says_what_to_do() {
    let property = || "tokens".to_owned();
    let refusals = [
        Refusal::Malformed { field: "id", must: "be a text" },
        Refusal::UnknownCustomer,
        Refusal::CustomerArchived,
        Refusal::UnknownType,
        Refusal::BadValue { property: property(), problem: "Send a number.".to_owned() },
        Refusal::NegativeValue { property: property() },
        Refusal::TooOld,
        Refusal::InTheFuture,
        Refusal::IdReused { field: "data" },
    ];
    let of_refusals: Vec<RefusalCode> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(of_refusals, RefusalCode::ALL, "a code is missing, or has no refusal");
    let sentence = |text: &str| text.chars().next().is_some_and(char::is_uppercase) && text.ends_with('.');
    let mut labels = std::collections::BTreeSet::new();
    for code in RefusalCode::ALL {
        assert_eq!(RefusalCode::from_word(code.as_str()), Some(code));
        assert!(sentence(&code.meaning()) && sentence(code.remedy()), "{code:?}");
        assert!(!code.label().contains('_') && labels.insert(code.label()), "{code:?}");
    }
    assert!(refusals.iter().all(|refusal| refusal.message().ends_with('.') && !refusal.field().is_empty()));
    assert_eq!(RefusalCode::from_word("no_such_code"), None);
}

#[test]
fn numbers_keep_all_their_digits() {
    let data = data("{\"a\":0.1,\"b\":9007199254740993,\"c\":0.1234567,\"d\":\"173.9\",\"e\":1e3}").expect("valid");
    let quantity = |name: &str| match data.property(name) {
        Some(Property::Number(text) | Property::Text(text)) => Quantity::parse(text).map(|q| q.decimal().to_string()),
        other => panic!("{other:?}"),
    };
    assert_eq!(quantity("a").as_deref(), Ok("0.1"));
    assert_eq!(quantity("b").as_deref(), Ok("9007199254740993"), "2^53 + 1 is odd");
    assert!(quantity("c").is_err(), "more than 6 decimal places");
    assert_eq!(quantity("d").as_deref(), Ok("173.9"));
    assert!(quantity("e").is_err());
}

#[test]
fn data_that_the_database_could_not_store_is_refused() {
    for bad in [
        "{\"a\":\"\\u0000\"}", "{\"\\u0000\":1}", "{\"a\":\"\\ud800\"}", "{\"a\":1e999999}",
        "{\"a\":[{\"b\":\"\\udc00\"}]}", "[]", "",
    ] {
        assert!(data(bad).is_err(), "{bad}");
    }
    assert!(data(&format!("{{\"a\":{}1{}}}", "[".repeat(17), "]".repeat(17))).is_err(), "too deep");
    assert!(data(&format!("{{\"a\":{}1{}}}", "[".repeat(15), "]".repeat(15))).is_ok());
    assert!(data(&format!("{{\"a\":\"{}\"}}", "x".repeat(8 * 1024))).is_err(), "too large");
    assert!(data("{\"a\":\"\\ud83d\\ude00\"}").is_ok(), "control: a whole surrogate pair");
    let injected = [("a".to_owned(), Property::Number("1,\"b\":2".to_owned()))];
    assert!(Data::from_properties(&injected).is_err(), "a number added a property");
}

#[test]
fn the_same_content_has_one_fingerprint_and_other_content_another() {
    let print = |data: &str, time: &str| {
        let attributes = "\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"acme\"";
        read(&format!("{{{attributes},\"data\":{data},\"time\":\"{time}\"}}")).map(|event| event.fingerprint())
    };
    let noon = "2026-03-01T12:00:00Z";
    let first = print("{\"a\":1.50,\"b\":\"x\"}", noon);
    assert!(first.is_ok());
    assert_eq!(first, print("{ \"b\": \"\\u0078\", \"a\": 15e-1 }", noon), "order, white space and spelling");
    assert_eq!(first, print("{\"a\":1.50,\"b\":\"x\"}", "2026-03-01T13:00:00.000+01:00"), "offset");
    for other in ["{\"a\":1.51,\"b\":\"x\"}", "{\"a\":\"1.50\",\"b\":\"x\"}", "{\"a\":1.50}", "{}"] {
        assert_ne!(first, print(other, noon), "{other}");
    }
    assert_ne!(first, print("{\"a\":1.50,\"b\":\"x\"}", "2026-03-01T12:00:01Z"));
}

#[test]
fn ids_with_a_time_sort_by_it_and_never_equal_others() {
    let early = key("s", "018f0000-0000-7000-8000-000000000000");
    let late = key("s", "018f0000-0001-7000-8000-000000000000");
    assert!(early < late);
    assert_eq!(key("s", "01ARZ3NDEKTSV4RRFFQ69G5FAV").get_version_num(), 7, "a ULID");
    for plain in
        ["1", "018f0000-0000-4000-8000-000000000000", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FAU"]
    {
        assert_eq!(key("s", plain).get_version_num(), 8, "{plain}");
    }
}

fn meter(aggregation: Aggregation, property: Option<&str>) -> Meter {
    Meter {
        id: MeterId::from_uuid(uuid::Uuid::from_u128(aggregation as u128)),
        product_id: ProductId::from_uuid(uuid::Uuid::nil()),
        name: "Tokens".to_owned(),
        code: "tokens".to_owned(),
        event_type: "tokens".to_owned(),
        aggregation,
        property: property.map(str::to_owned),
        filter: std::collections::BTreeMap::new(),
        unit: "token".to_owned(),
        counts_from: time::macros::date!(2026 - 01 - 01),
        status: Lifecycle::Active,
    }
}

/// Attributes are unlimited otherwise, and each takes more memory than it has bytes.
#[test]
fn an_event_with_very_many_attributes_is_refused_unread() {
    let many = |count: usize| {
        let attributes: String = (0..count).map(|n| format!(",\"a{n}\":1")).collect();
        let text = format!(
            "{{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\",\"subject\":\"c\"{attributes}}}"
        );
        let raw = serde_json::value::RawValue::from_string(text).expect("JSON");
        Event::from_json(&raw).map(|event| event.id).map_err(|rejected| (rejected.refusal.as_str(), rejected.id))
    };
    assert_eq!(many(100), Ok("1".to_owned()));
    assert_eq!(many(100_000), Err(("malformed", String::new())));
}

/// Known faults of metering: floating-point sums, texts that are read as 0, decimal commas.
#[test]
fn a_value_is_counted_exactly_or_the_event_is_refused() {
    let counted = |value: &str| {
        let event = read(&with("data", &format!("{{\"tokens\":{value}}}"))).expect("valid");
        measure(&event, &[meter(Aggregation::Sum, Some("tokens"))]).map(|all| all[0].quantity.decimal().to_string())
    };
    for (value, quantity) in [
        ("0.1", "0.1"),
        ("9007199254740993", "9007199254740993"),
        ("\"1234.5\"", "1234.5"),
        ("0", "0"),
        ("7.0", "7"),
        ("9999999999999999.999999", "9999999999999999.999999"),
    ] {
        assert_eq!(counted(value).as_deref(), Ok(quantity));
    }
    for value in [
        "0.1234567", "\"12abc\"", "\"173,9\"", "\"1.234,50\"", "\"1e3\"", "1e3", "\"NaN\"", "\"\"", "null", "true",
        "[1]", "1000000000000000000", "10000000000000000",
    ] {
        assert_eq!(counted(value).map_err(|why| why.as_str()), Err("bad_value"), "{value}");
    }
    assert_eq!(counted("-1").map_err(|why| why.as_str()), Err("negative_value"));
    let empty = read(&with("data", "{}")).expect("valid");
    let missing = measure(&empty, &[meter(Aggregation::Sum, Some("tokens"))]).expect_err("no property");
    assert_eq!((missing.as_str(), missing.field()), ("bad_value", "tokens"));
}

#[test]
fn meters_count_only_events_of_their_type_with_the_properties_of_their_filter() {
    let event = read(&with("data", "{\"tokens\":5,\"model\":\"m1\",\"cached\":true}")).expect("valid");
    let count = meter(Aggregation::Count, None);
    let filtered =
        |name: &str, value: &str| Meter { filter: [(name.to_owned(), value.to_owned())].into(), ..count.clone() };
    let counts = |meter: Meter| measure(&event, &[meter]).is_ok();
    assert!(counts(count.clone()) && counts(filtered("model", "m1")) && counts(filtered("cached", "true")));
    assert!(!counts(filtered("model", "m2")) && !counts(filtered("region", "eu")));
    assert!(!counts(Meter { event_type: "calls".to_owned(), ..count.clone() }));
    assert!(!counts(Meter { status: Lifecycle::Archived, ..count.clone() }));
    assert_eq!(measure(&event, &[]).map_err(|why| why.as_str()), Err("unknown_type"));
    let all = [count.clone(), meter(Aggregation::Max, Some("tokens")), meter(Aggregation::Unique, Some("model"))];
    let measures = measure(&event, &all).expect("counted by all");
    assert_eq!(measures.iter().map(|m| m.quantity.decimal().to_string()).collect::<Vec<_>>(), ["1", "5", "0"]);
    assert!(measures[2].distinct.is_some() && measures[0].distinct.is_none());
    // One meter that can't count the event is enough to refuse it.
    let partly = [count, meter(Aggregation::Sum, Some("model"))];
    assert_eq!(measure(&event, &partly).map_err(|why| why.as_str()), Err("bad_value"));
}

proptest! {
    /// A key is a function of source and id alone, and different pairs have different keys.
    #[test]
    fn a_key_depends_on_source_and_id_only(
        a in ("[a-z:]{1,8}", "[a-z0-9:]{1,8}"), b in ("[a-z:]{1,8}", "[a-z0-9:]{1,8}"),
        kind in "[a-z]{1,5}", subject in "[a-z]{1,5}", tokens in 0u64..1_000,
    ) {
        prop_assert_eq!(key(&a.0, &a.1) == key(&b.0, &b.1), a == b);
        let attributes = Attributes { source: a.0.clone(), id: a.1.clone(), kind, subject, time: None };
        let data = Data::from_properties(&[("tokens".to_owned(), Property::Number(tokens.to_string()))]).unwrap();
        prop_assert_eq!(Event::new(attributes, data, 0).unwrap().key().uuid(), key(&a.0, &a.1));
    }

    /// The same for ids that carry a time: the rest of the key is a hash of the whole id.
    #[test]
    fn keys_with_the_same_time_differ(time in 0u64..1 << 48, a in any::<u64>(), b in any::<u64>()) {
        let id = |low: u64| uuid::Uuid::from_u64_pair(time << 16 | 0x7000, low >> 2 | 1 << 63).to_string();
        prop_assert_eq!(key("s", &id(a)) == key("s", &id(b)), a >> 2 == b >> 2);
        prop_assert_ne!(key("s", &id(a)), key("t", &id(a)));
        prop_assert_eq!((key("s", &id(a)).as_u128() >> 80) as u64, time);
    }

    /// No JSON object makes parsing fail other than by a result, and what was parsed is parsed again alike.
    #[test]
    fn any_text_is_parsed_or_refused(text in "\\{(\"[a-c]\":(-?[0-9]{1,3}(\\.[0-9]{1,3})?|\"[a-z ]{0,4}\"|true|null),?){0,3}\\}") {
        if let Ok(data) = Data::parse(&text) {
            prop_assert_eq!(Data::parse(data.text()), Ok(data));
        }
    }
}
