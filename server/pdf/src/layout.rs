//! Layout of a document: where each text stands.

use crate::{
    canvas::{At, Canvas, HEIGHT, Ink, Kind, Part, Style, WIDTH},
    fonts::Fonts,
    shape::Line,
};
use krilla::tagging::ArtifactType;
use model::{
    count::amount,
    country,
    invoice::{Document, DocumentKind, DocumentLine, InvoiceStatus, Party},
    moment,
    subscription::words::days,
};

const LEFT: f32 = 56.0;
const RIGHT: f32 = WIDTH - 56.0;
const TOP: f32 = 64.0;
/// Nothing but the footer of the page stands below.
const BOTTOM: f32 = HEIGHT - 72.0;
const TITLE: Style = Style::new(20.0).bold();
const BODY: Style = Style::new(9.5);
const SMALL: Style = Style::new(8.0);
/// Right edges of the columns of quantities, taxes and amounts.
const QUANTITY: f32 = 400.0;
const TAX: f32 = 455.0;
/// Width of the descriptions.
const NAME_WIDTH: f32 = 240.0;
/// Most lines of an address that are printed as lines.
const ADDRESS_LINES: usize = 10;
/// Left edge of the right column of the head and of the labels of the totals.
const FACTS: f32 = 340.0;

/// Returns the title of a document: `Invoice INV-2026-0042`.
pub(crate) fn title(document: &Document) -> String {
    match &document.row.number {
        Some(number) => format!("{} {number}", document.kind.label()),
        None => format!("{} (draft)", document.kind.label()),
    }
}

/// Places all of a document on pages.
pub(crate) fn lay_out<'f>(fonts: &'f Fonts, document: &Document) -> Canvas<'f> {
    let mut page = Page { canvas: Canvas::new(fonts), document, y: TOP };
    page.head();
    page.lines();
    page.totals();
    page.rest();
    page.feet();
    page.canvas
}

struct Page<'f, 'd> {
    canvas: Canvas<'f>,
    document: &'d Document,
    /// Top of what comes next.
    y: f32,
}

impl Page<'_, '_> {
    /// Begins a page if `height` does not fit on this one.
    fn need(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM {
            return false;
        }
        self.canvas.new_page();
        let (page, title) = (self.canvas.page_count() - 1, title(self.document));
        self.canvas.artifact(page, At::Left(LEFT), TOP - 16.0, &title, SMALL.quiet(), ArtifactType::Header);
        self.y = TOP + 8.0;
        true
    }

    fn wrap(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        self.canvas.shaper.wrap(text, style.weight, width / style.size)
    }

    /// Writes lines below each other from `y`. Returns the y below the last.
    fn put(&mut self, part: Part, at: At, y: f32, lines: Vec<Line>, style: Style) -> f32 {
        let mut y = y;
        for line in lines {
            self.canvas.text(part, at, y + style.size, line, style);
            y += style.leading();
        }
        y
    }

    /// Writes a text of a width, and returns the y below it.
    fn write(&mut self, part: Part, at: At, y: f32, text: &str, style: Style, width: f32) -> f32 {
        let lines = self.wrap(text, style, width);
        self.put(part, at, y, lines, style)
    }

    fn head(&mut self) {
        let document = self.document;
        let heading = self.canvas.part(None, Kind::Title(title(document)));
        let label = match (document.kind, document.row.status) {
            (kind, InvoiceStatus::Draft) => format!("{} (draft)", kind.label()),
            (kind, _) => kind.label().to_owned(),
        };
        let mut right = self.write(heading, At::Left(FACTS), TOP, &label, TITLE, RIGHT - FACTS);
        right = self.facts(right + 6.0);
        let seller = self.canvas.part(None, Kind::Paragraph);
        let mut left = self.party(seller, &document.seller, TOP, FACTS - LEFT - 24.0);
        let buyer = self.canvas.part(None, Kind::Heading("Bill to".to_owned()));
        left = self.write(buyer, At::Left(LEFT), left + 22.0, "Bill to", SMALL.quiet(), FACTS - LEFT);
        let buyer = self.canvas.part(None, Kind::Paragraph);
        left = self.party(buyer, &document.buyer, left + 2.0, FACTS - LEFT - 24.0);
        self.y = left.max(right) + 18.0;
        self.paragraph(None, &document.note, BODY);
    }

    fn party(&mut self, part: Part, party: &Party, y: f32, width: f32) -> f32 {
        let mut y = self.write(part, At::Left(LEFT), y, &party.name, BODY.bold(), width);
        let mut rest = vec![address(&party.address)];
        if !party.country.is_empty() {
            rest.push(country::name(&party.country).to_owned());
        }
        if !party.tax_id.is_empty() {
            rest.push(format!("Tax ID: {}", party.tax_id));
        }
        rest.push(party.email.clone());
        for text in rest {
            y = self.write(part, At::Left(LEFT), y, &text, BODY, width);
        }
        y
    }

    fn facts(&mut self, y: f32) -> f32 {
        let document = self.document;
        let number = |link: &model::invoice::Link| link.number.clone().unwrap_or_default();
        let facts = [
            ("Number", document.row.number.clone()),
            ("Date", document.row.issued_on.map(moment::date)),
            ("Due", document.row.due_on.filter(|_| document.kind == DocumentKind::Invoice).map(moment::date)),
            ("Credits", document.credits.as_ref().map(number)),
            ("Replaces", document.replaces.as_ref().map(number)),
        ];
        let table = self.canvas.part(None, Kind::Table);
        let mut y = y;
        for (label, value) in facts {
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            let row = self.canvas.part(Some(table), Kind::Row);
            let cell = self.canvas.part(Some(row), Kind::RowHeaderCell);
            self.write(cell, At::Left(FACTS), y, label, BODY.quiet(), 60.0);
            let cell = self.canvas.part(Some(row), Kind::Cell);
            y = self.write(cell, At::Left(FACTS + 64.0), y, &value, BODY, RIGHT - FACTS - 64.0);
        }
        y
    }

    /// Labels of the columns, with the x of each.
    fn columns(&self) -> [(String, At); 4] {
        let currency = self.document.totals.currency.code();
        [
            ("Description".to_owned(), At::Left(LEFT)),
            ("Quantity".to_owned(), At::Right(QUANTITY)),
            ("Tax".to_owned(), At::Right(TAX)),
            (format!("Amount ({currency})"), At::Right(RIGHT)),
        ]
    }

    fn lines(&mut self) {
        let table = self.canvas.part(None, Kind::Table);
        let head = self.canvas.part(Some(table), Kind::Head);
        let row = self.canvas.part(Some(head), Kind::Row);
        self.need(60.0);
        for (label, at) in self.columns() {
            let cell = self.canvas.part(Some(row), Kind::HeaderCell);
            self.write(cell, at, self.y, &label, SMALL.quiet(), NAME_WIDTH);
        }
        self.under_head();
        let body = self.canvas.part(Some(table), Kind::Body);
        for line in &self.document.lines {
            self.line(body, line);
        }
    }

    fn under_head(&mut self) {
        self.y += SMALL.leading() + 3.0;
        self.canvas.rule(LEFT, RIGHT, self.y, Ink::Text);
        self.y += 6.0;
    }

    fn line(&mut self, body: Part, line: &DocumentLine) {
        let name = self.wrap(&line.name, BODY, NAME_WIDTH);
        let mut below = Vec::new();
        for text in [line.detail.clone(), line.service.map(days).unwrap_or_default()] {
            below.extend(self.wrap(&text, SMALL, NAME_WIDTH));
        }
        let height = name.len() as f32 * BODY.leading() + below.len() as f32 * SMALL.leading();
        if self.need(height) {
            // The labels are repeated, but the table has them once.
            let page = self.canvas.page_count() - 1;
            for (label, at) in self.columns() {
                let y = self.y + SMALL.size;
                self.canvas.artifact(page, at, y, &label, SMALL.quiet(), ArtifactType::PaginationOther);
            }
            self.under_head();
        }
        let row = self.canvas.part(Some(body), Kind::Row);
        let cell = self.canvas.part(Some(row), Kind::Cell);
        let top = self.y;
        let y = self.put(cell, At::Left(LEFT), top, name, BODY);
        let y = self.put(cell, At::Left(LEFT), y, below, SMALL.quiet());
        let quantity = line.quantity.map(|quantity| amount(quantity, &line.unit)).unwrap_or_default();
        let cell = self.canvas.part(Some(row), Kind::Cell);
        let end = self.write(cell, At::Right(QUANTITY), top, &quantity, BODY, QUANTITY - LEFT - NAME_WIDTH - 8.0);
        let cell = self.canvas.part(Some(row), Kind::Cell);
        self.write(cell, At::Right(TAX), top, &format!("{} %", line.percent), BODY, 60.0);
        let cell = self.canvas.part(Some(row), Kind::Cell);
        let amount = self.document.totals.money(line.net_minor).to_string();
        self.write(cell, At::Right(RIGHT), top, &amount, BODY, RIGHT - TAX);
        self.y = y.max(end) + 5.0;
    }

    fn totals(&mut self) {
        let totals = self.document.totals;
        let mut rows = vec![("Net amount".to_owned(), totals.money(totals.net_minor), BODY)];
        for tax in &self.document.taxes {
            let label = format!("Tax {} % of {}", tax.group.percent, totals.money(tax.group.net_minor));
            rows.push((label, totals.money(tax.group.tax_minor), BODY));
        }
        let total = match self.document.kind {
            DocumentKind::Invoice => "Total",
            DocumentKind::CreditNote => "Total credit",
        };
        rows.push((total.to_owned(), totals.money(totals.total_minor), Style::new(11.0).bold()));
        // A total without its parts would need a look at the page before.
        self.need(rows.len() as f32 * 18.0 + 10.0);
        self.canvas.rule(LEFT, RIGHT, self.y, Ink::Quiet);
        self.y += 8.0;
        let table = self.canvas.part(None, Kind::Table);
        let last = rows.len() - 1;
        for (at, (label, amount, style)) in rows.into_iter().enumerate() {
            self.need(24.0);
            if at == last {
                self.canvas.rule(FACTS - 40.0, RIGHT, self.y + 2.0, Ink::Text);
                self.y += 8.0;
            }
            let row = self.canvas.part(Some(table), Kind::Row);
            let cell = self.canvas.part(Some(row), Kind::RowHeaderCell);
            let end = self.write(cell, At::Left(FACTS - 40.0), self.y, &label, style, TAX - FACTS + 40.0);
            let cell = self.canvas.part(Some(row), Kind::Cell);
            self.write(cell, At::Right(RIGHT), self.y, &amount.to_string(), style, RIGHT - FACTS);
            self.y = end + 2.0;
        }
        self.y += 14.0;
    }

    /// Writes what is below the totals: notes of taxes, where to pay, and the last lines.
    fn rest(&mut self) {
        let document = self.document;
        let mut notes: Vec<&str> = Vec::new();
        for tax in &document.taxes {
            if !tax.note.trim().is_empty() && !notes.contains(&tax.note.as_str()) {
                notes.push(&tax.note);
            }
        }
        for note in notes {
            self.paragraph(None, note, BODY);
        }
        if document.kind == DocumentKind::Invoice {
            self.paragraph(Some("Payment"), &document.payment_details, BODY);
        }
        self.paragraph(None, &document.footer, SMALL.quiet());
    }

    fn paragraph(&mut self, heading: Option<&str>, text: &str, style: Style) {
        if text.trim().is_empty() {
            return;
        }
        let lines = self.wrap(text, style, RIGHT - LEFT);
        self.need(style.leading() * 2.0 + 20.0);
        if let Some(heading) = heading {
            let part = self.canvas.part(None, Kind::Heading(heading.to_owned()));
            self.y = self.write(part, At::Left(LEFT), self.y, heading, SMALL.quiet(), RIGHT - LEFT) + 2.0;
        }
        let part = self.canvas.part(None, Kind::Paragraph);
        for line in lines {
            self.need(style.leading());
            self.y = self.put(part, At::Left(LEFT), self.y, vec![line], style);
        }
        self.y += 10.0;
    }

    fn feet(&mut self) {
        let (count, y) = (self.canvas.page_count(), HEIGHT - 40.0);
        let mut left = self.document.seller.name.clone();
        if left.chars().count() > 60 {
            left = left.chars().take(59).chain(['…']).collect();
        }
        for page in 0..count {
            let number = format!("Page {} of {count}", page + 1);
            self.canvas.artifact(page, At::Left(LEFT), y, &left, SMALL.quiet(), ArtifactType::Footer);
            self.canvas.artifact(page, At::Right(RIGHT), y, &number, SMALL.quiet(), ArtifactType::PageNumber);
        }
    }
}

/// Returns an address in lines, or in one paragraph if it has so many lines that the head would not fit on the page.
fn address(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.len() > ADDRESS_LINES { lines.join(", ") } else { lines.join("\n") }
}
