//! A document to render.

use model::{
    Currency, Money,
    id::{CustomerId, InvoiceId},
    invoice::{Document, DocumentKind, DocumentLine, InvoiceRow, InvoiceStatus, Party, TaxGroup, Totals},
    pricing::{
        Quantity,
        period::Period,
        tax::{Category, Group, Percent},
    },
};
use time::{Date, Month, OffsetDateTime};

fn day(month: Month, day: u8) -> Date {
    Date::from_calendar_date(2026, month, day).unwrap()
}

pub fn line(position: u16, name: &str) -> DocumentLine {
    DocumentLine {
        position,
        name: name.to_owned(),
        detail: "Tokens v2".to_owned(),
        service: Some(Period { from: day(Month::November, 1), until: day(Month::December, 1) }),
        quantity: Some(Quantity::parse("18059974").unwrap()),
        unit: "token".to_owned(),
        net_minor: 3_507,
        due_minor: None,
        billed_minor: None,
        category: Category::S,
        percent: Percent::parse("19").unwrap(),
        slot: None,
        working: None,
        credits: None,
        rebill: false,
    }
}

/// An issued invoice of `count` lines.
pub fn document(count: u16) -> Document {
    let lines: Vec<DocumentLine> = (0..count).map(|at| line(at, &format!("Prompt tokens {}", at + 1))).collect();
    let net_minor: i64 = lines.iter().map(|line| line.net_minor).sum();
    let percent = Percent::parse("19").unwrap();
    let tax_minor = percent.of(i128::from(net_minor)).unwrap();
    let total = Money { minor: net_minor + tax_minor, currency: Currency::USD };
    let row = InvoiceRow {
        id: InvoiceId::from_uuid("018f4b8e-0000-7000-8000-000000000001".parse().unwrap()),
        kind: DocumentKind::Invoice,
        number: Some("INV-2026-0042".to_owned()),
        customer_id: CustomerId::from_uuid("018f4b8e-0000-7000-8000-000000000002".parse().unwrap()),
        customer: "Alder & Finch".to_owned(),
        status: InvoiceStatus::Open,
        overdue: false,
        total,
        issued_on: Some(day(Month::December, 1)),
        due_on: Some(day(Month::December, 15)),
        balance: total,
    };
    let at = OffsetDateTime::from_unix_timestamp(1_796_000_000).unwrap();
    Document {
        row,
        kind: DocumentKind::Invoice,
        subscription: None,
        cut_on: None,
        lines,
        taxes: vec![TaxGroup {
            group: Group { category: Category::S, percent, net_minor, tax_minor },
            note: String::new(),
        }],
        totals: Totals {
            currency: Currency::USD,
            net_minor,
            tax_minor,
            total_minor: total.minor,
            paid_minor: 0,
            credited_minor: 0,
        },
        seller: Party {
            name: "Smart AI GmbH".to_owned(),
            address: "Hauptstraße 1\n10115 Berlin".to_owned(),
            country: "DE".to_owned(),
            tax_id: "DE123456789".to_owned(),
            email: "billing@smartai.example".to_owned(),
        },
        buyer: Party {
            name: "Alder & Finch".to_owned(),
            address: "5 High Street\nLondon".to_owned(),
            country: "GB".to_owned(),
            ..Party::default()
        },
        note: "Thank you.".to_owned(),
        payment_details: "IBAN DE02 1203 0000 0000 2020 51".to_owned(),
        footer: "Smart AI GmbH, HRB 1234".to_owned(),
        payments: Vec::new(),
        credits: None,
        credit_notes: Vec::new(),
        replaces: None,
        replaced_by: None,
        created_at: at,
        issued_at: Some(at),
        sent_at: None,
        void_reason: None,
        basis: None,
        moved: None,
        blockers: Vec::new(),
        today: day(Month::December, 2),
        next_number: None,
    }
}
