//! Renders invoices and credit notes as PDF: A4, PDF/A-3 and PDF/UA-1 (tagged), with the fonts embedded.
//!
//! The bytes depend on the document and the fonts only, so that a document that is rendered twice is the same file.

mod canvas;
mod fonts;
mod layout;
mod shape;

pub use fonts::{FontError, Fonts};

use canvas::Canvas;
use krilla::{
    Document as Pdf, SerializeSettings,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::Point,
    metadata::{DateTime, Metadata},
    outline::{Outline, OutlineNode},
};
use model::invoice::Document;

/// The PDF can't be written.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The library that writes the file refuses it.
    #[error("the PDF can't be written: {0}")]
    Write(String),
}

/// A document as a file.
#[derive(Debug)]
pub struct Rendered {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of pages.
    pub pages: usize,
    /// Characters that no font has, each once. A question mark is printed for each.
    pub missing: Vec<char>,
}

/// Renders a document. Amounts, quantities and dates have the form that they have on the page.
///
/// Payments are not part of it: the file of an issued document is made once, and does not change when it is paid.
///
/// # Errors
/// [`PdfError`] if the file can't be written, which no input should cause.
pub fn render(fonts: &Fonts, document: &Document) -> Result<Rendered, PdfError> {
    let canvas = layout::lay_out(fonts, document);
    // A font of the operator's may lack what the standards demand: then the document is a plain PDF.
    let strict = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish();
    let settings = SerializeSettings::default();
    let bytes = match strict {
        Ok(configuration) => write(&canvas, document, SerializeSettings { configuration, ..settings.clone() })
            .or_else(|_| write(&canvas, document, settings)),
        Err(_) => write(&canvas, document, settings),
    }?;
    Ok(Rendered { bytes, pages: canvas.page_count(), missing: canvas.missing() })
}

fn write(canvas: &Canvas, document: &Document, settings: SerializeSettings) -> Result<Vec<u8>, PdfError> {
    let title = layout::title(document);
    let mut pdf = Pdf::new_with(settings);
    let tags = canvas.draw(&mut pdf)?;
    pdf.set_tag_tree(tags);
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    pdf.set_outline(outline);
    let at = document.issued_at.unwrap_or(document.created_at).to_offset(time::UtcOffset::UTC);
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or(1970))
        .month(u8::from(at.month()))
        .day(at.day())
        .hour(at.hour())
        .minute(at.minute())
        .second(at.second())
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    pdf.set_metadata(
        Metadata::new()
            .title(title)
            .language("en".to_owned())
            .authors(vec![document.seller.name.clone()])
            .creator("Stile".to_owned())
            .creation_date(date)
            .document_id(document.row.id.to_string()),
    );
    pdf.finish().map_err(|error| PdfError::Write(format!("{error:?}")))
}
