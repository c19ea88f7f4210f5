//! Tests of the parser: lists as people paste them, and properties of any text.

use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> Vec<String> {
    let show = |pasted: Pasted| match pasted {
        Pasted::Person { email, name } if name.is_empty() => email.to_string(),
        Pasted::Person { email, name } => format!("{email} = {name}"),
        Pasted::Unclear(text) => format!("? {text}"),
    };
    people(text).into_iter().map(show).collect()
}

#[test]
fn common_list_formats_are_parsed() {
    let cases: &[(&str, &[&str])] = &[
        (
            "a@x.example, A@x.example;b@x.example\n<c@x.example>  nonsense",
            &["a@x.example", "b@x.example", "c@x.example", "? nonsense"],
        ),
        ("a@x.example b@x.example\u{a0}c@x.example", &["a@x.example", "b@x.example", "c@x.example"]),
        ("Ada Moreau <ada@x.example>", &["ada@x.example = Ada Moreau"]),
        (
            "\"Moreau, Ada\" <ada@x.example>, \"Reyes; Olu\" <olu@x.example>",
            &["ada@x.example = Moreau, Ada", "olu@x.example = Reyes; Olu"],
        ),
        (
            "Moreau, Ada <ada@x.example>; Reyes, Olu <olu@x.example>",
            &["ada@x.example = Moreau, Ada", "olu@x.example = Reyes, Olu"],
        ),
        (
            "Moreau, Ada <ada@x.example>, Reyes, Olu <olu@x.example>",
            &["ada@x.example = Moreau, Ada", "olu@x.example = Reyes, Olu"],
        ),
        ("Ada <ada@x.example> Olu Reyes <olu@x.example>", &["ada@x.example = Ada", "olu@x.example = Olu Reyes"]),
        ("'Ada Moreau' <ada@x.example>; 'olu@x.example'", &["ada@x.example = Ada Moreau", "olu@x.example"]),
        ("ada@x.example <ada@x.example>", &["ada@x.example"]),
        ("“Ada” <ada@x.example>", &["ada@x.example = Ada"]),
        ("ada@x.example (Ada Moreau)", &["ada@x.example = Ada Moreau"]),
        ("<mailto:ada@x.example>, mailto:olu@x.example?subject=Hello", &["ada@x.example", "olu@x.example"]),
        ("[ada@x.example](mailto:ada@x.example)", &["ada@x.example"]),
        ("To: Ada Moreau <ada@x.example>\r\nCc:olu@x.example", &["ada@x.example = To Ada Moreau", "olu@x.example"]),
        (
            "- ada@x.example\n• olu@x.example\n3. Vik <vik@x.example>",
            &["ada@x.example", "olu@x.example", "vik@x.example = Vik"],
        ),
        ("1, ada@x.example.", &["? 1", "ada@x.example"]),
        (
            "Ada\tMoreau\tada@x.example\nOlu\tReyes\tolu@x.example",
            &["ada@x.example = Ada Moreau", "olu@x.example = Olu Reyes"],
        ),
        ("ada@x.example\tAda Moreau\tSales", &["ada@x.example = Ada Moreau Sales"]),
        ("\"Ada\",\"Moreau\",\"ada@x.example\"", &["ada@x.example = Ada Moreau"]),
        ("Ada Moreau, ada@x.example", &["ada@x.example = Ada Moreau"]),
        ("nonsense, Ada <ada@x.example>", &["? nonsense", "ada@x.example = Ada"]),
        ("Bob, Moreau, Ada <ada@x.example>", &["? Bob", "ada@x.example = Moreau, Ada"]),
        ("Ada Moreau; olu@x.example", &["? Ada Moreau", "olu@x.example"]),
        ("Ada Moreau <ada@>\nOlu <>", &["? Ada Moreau <ada@>", "? Olu <>"]),
        ("ada @ x.example", &["? ada @ x.example"]),
        ("Ada <ada@x.example\nOlu <olu@x.example>", &["ada@x.example = Ada", "olu@x.example = Olu"]),
        ("\"Ada <ada@x.example>", &["ada@x.example = \"Ada"]),
        ("ada\u{200b}@x.example\u{200e}", &["ada@x.example"]),
        ("O'Brien <o'brien@x.example>", &["o'brien@x.example = O'Brien"]),
        (
            "Иван Петров <ivan@x.example>、陳大文 <chen@x.example>",
            &["ivan@x.example = Иван Петров", "chen@x.example = 陳大文"],
        ),
        ("Ada <ada@x.example> (Sales)", &["ada@x.example = Ada (Sales)"]),
        (" ,;\t\n ", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(&shown(text), expected, "{text:?}");
    }
}

#[test]
fn long_entries_are_truncated() {
    let found = shown(&"x".repeat(10_000));
    assert_eq!(found.len(), 1);
    assert!(found[0].chars().count() < 250);
}

/// Formats a person in one of the forms that programs use.
fn spelled(number: usize, spelling: usize) -> String {
    let (first, last, address) = (format!("First{number}"), format!("Last{number}"), format!("p{number}@x.example"));
    let [first, last] = [first, last].map(|name| name.replace(|c: char| c.is_ascii_digit(), "x"));
    match spelling {
        0 => address,
        1 => format!("{first} {last} <{address}>"),
        2 => format!("\"{last}, {first}\" <{address}>"),
        3 => format!("{last}, {first} <{address}>"),
        4 => format!("<{address}>"),
        5 => format!("mailto:{address}"),
        6 => format!("{address} ({first} {last})"),
        _ => format!("'{first} {last}' <{}>", address.to_uppercase()),
    }
}

proptest! {
    #[test]
    fn every_pasted_person_is_returned_once_in_order(
        spellings in prop::collection::vec((0usize..8, prop::sample::select(vec![", ", ";", "; ", "\n", "\r\n", ",\n", " ;\t"])), 1..60),
    ) {
        let text: String =
            spellings.iter().enumerate().map(|(n, (spelling, separator))| spelled(n, *spelling) + separator).collect();
        let found = people(&text);
        prop_assert_eq!(found.len(), spellings.len(), "{:?}", found);
        for (number, person) in found.iter().enumerate() {
            let expected = format!("p{number}@x.example");
            prop_assert!(matches!(person, Pasted::Person { email, .. } if email.as_str() == expected), "{:?}", person);
        }
    }

    #[test]
    fn no_word_is_dropped(
        parts in prop::collection::vec((0usize..4, prop::sample::select(vec![" ", ",", ";", "\t", "\n", "<", "> ", "\"", " (", ") ", ", ", "'"])), 1..13),
    ) {
        // Words are short enough that no part is truncated.
        let word = |number: usize| -> String {
            format!("{number}").bytes().map(|b| char::from(b - b'0' + b'a')).collect::<String>() + "q"
        };
        let mut text = String::new();
        for (number, (kind, separator)) in parts.iter().enumerate() {
            text += &match kind {
                0 => word(number),
                1 => format!("X{}", word(number)),
                2 => format!("{}@x.example", word(number)),
                _ => format!("{}@", word(number)),
            };
            text += separator;
        }
        let found = shown(&text).join("\n");
        for number in 0..parts.len() {
            prop_assert!(found.contains(&word(number)), "{:?} is not in {:?} of {:?}", word(number), found, text);
        }
    }

    #[test]
    fn any_text_parses_without_panic(text in "\\PC{0,200}") {
        let _ = people(&text);
    }
}
