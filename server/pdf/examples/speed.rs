//! Measures how long a page takes: `cargo run --release -p pdf --example speed [FILE]`. Writes the last document to FILE.
#![expect(clippy::unwrap_used, reason = "the document of the tests is valid")]

#[path = "../tests/support/mod.rs"]
mod support;

use pdf::{Fonts, render};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let fonts = Fonts::built_in();
    println!("fonts: {:?}", start.elapsed());
    let mut bytes = Vec::new();
    for count in [1, 10, 100, 500] {
        let mut document = support::document(count);
        document.buyer.name = "株式会社東京商事 شركة الاختبار Ромашка".to_owned();
        let start = Instant::now();
        let rendered = render(&fonts, &document)?;
        let took = start.elapsed();
        let pages = u32::try_from(rendered.pages)?;
        println!("{count} lines: {pages} pages, {took:?}, {:?} a page, {} bytes", took / pages, rendered.bytes.len());
        bytes = rendered.bytes;
    }
    match std::env::args_os().nth(1) {
        Some(file) => Ok(std::fs::write(file, bytes)?),
        None => Ok(()),
    }
}
