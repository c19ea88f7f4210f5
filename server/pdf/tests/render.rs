//! What is in the files: the numbers of the document, names in all scripts, and the same bytes each time.
#![expect(clippy::unwrap_used, reason = "in a test it is how a failure is reported")]

mod support;

use pdf::{Fonts, render};
use support::{document, line};

/// Returns the text of a file, with each run of white space as one space.
fn text(bytes: &[u8]) -> String {
    let text = pdf_extract::extract_text_from_mem(bytes).unwrap();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_text_of_the_file_has_the_numbers_of_the_document() {
    let document = document(3);
    let rendered = render(&Fonts::built_in(), &document).unwrap();
    let text = text(&rendered.bytes);
    for expected in [
        "INV-2026-0042", "1 Dec 2026", "15 Dec 2026", "Prompt tokens 1", "1–30 Nov 2026", "18,059,974 tokens", "19 %",
        "$35.07", "$105.21", "Tax 19 % of $105.21", "$19.99", "$125.20", "IBAN DE02 1203 0000 0000 2020 51",
        "Page 1 of 1",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(rendered.missing.is_empty());
}

#[test]
fn long_documents_have_all_lines_and_the_labels_on_each_page() {
    let rendered = render(&Fonts::built_in(), &document(120)).unwrap();
    assert!(rendered.pages > 2, "{} pages", rendered.pages);
    let text = text(&rendered.bytes);
    let digits = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>();
    let numbers: Vec<String> = text.split("Prompt tokens ").skip(1).map(digits).collect();
    assert_eq!(numbers, (1..=120).map(|number| number.to_string()).collect::<Vec<_>>());
    let last = format!("Page {0} of {0}", rendered.pages);
    assert!(text.contains(&last), "{last}");
    assert!(text.matches("Amount (USD)").count() >= rendered.pages - 1);
}

#[test]
fn the_same_document_is_the_same_file() {
    let document = document(40);
    let first = render(&Fonts::built_in(), &document).unwrap();
    let second = render(&Fonts::built_in(), &document).unwrap();
    assert!(first.bytes == second.bytes);
}

#[test]
fn names_of_all_built_in_scripts_are_printed() {
    let mut document = document(1);
    let names = ["株式会社東京商事", "北京测试有限公司", "서울상사", "Ελληνική Εταιρεία", "ООО Ромашка"];
    for name in names {
        document.buyer.name = name.to_owned();
        let rendered = render(&Fonts::built_in(), &document).unwrap();
        assert!(text(&rendered.bytes).contains(name), "{name}");
        assert!(rendered.missing.is_empty(), "{name}");
    }
    // Programs extract what is written from right to left in either order, and letters with dots of their own twice.
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii()).collect::<std::collections::BTreeSet<char>>();
    for name in ["شركة", "חברה"] {
        document.buyer.name = name.to_owned();
        let rendered = render(&Fonts::built_in(), &document).unwrap();
        let text = text(&rendered.bytes);
        assert!(letters(&text).is_superset(&letters(name)), "{name} in {text}");
        assert!(rendered.missing.is_empty(), "{name}");
    }
}

#[test]
fn files_are_archival_and_tagged() {
    let rendered = render(&Fonts::built_in(), &document(60)).unwrap();
    let raw = String::from_utf8_lossy(&rendered.bytes);
    for expected in ["<pdfaid:part>3</pdfaid:part>", "<pdfuaid:part>1</pdfuaid:part>", "/StructTreeRoot", "/Lang"] {
        assert!(raw.contains(expected), "{expected}");
    }
}

#[test]
fn characters_without_a_font_are_reported_and_the_file_is_made() {
    let mut document = document(1);
    document.note = "हिन्दी \u{1f600} \u{0} \u{202e}x".to_owned();
    document.lines.push(line(2, "<b>&amp;</b>\t\"quoted\""));
    let rendered = render(&Fonts::built_in(), &document).unwrap();
    assert!(rendered.missing.contains(&'\u{1f600}'));
    assert!(text(&rendered.bytes).contains("<b>&amp;</b> \"quoted\""));
}

#[test]
fn empty_and_extreme_documents_are_made() {
    let fonts = Fonts::built_in();
    let mut empty = document(0);
    empty.taxes.clear();
    empty.seller = Default::default();
    empty.buyer = Default::default();
    empty.payment_details.clear();
    empty.footer.clear();
    assert_eq!(render(&fonts, &empty).unwrap().pages, 1);
    let mut large = document(60);
    for line in &mut large.lines {
        line.name = "W".repeat(200);
        line.detail = "東".repeat(200);
        line.net_minor = i64::MIN / 1000;
    }
    large.buyer.address = "very long address line ".repeat(21);
    large.seller.address = "x\n".repeat(250);
    large.note = "y\n".repeat(250);
    large.footer = "x\n".repeat(250);
    assert!(render(&fonts, &large).unwrap().pages > 20);
}
