//! Files of an invoice or a credit note.

/// File of a document, by the end of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvoiceFile {
    /// `pdf`: the document as it was issued.
    Pdf,
    /// `lines.csv`: the lines as a table.
    Lines,
}

impl InvoiceFile {
    /// Returns the end of the path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Lines => "lines.csv",
        }
    }

    /// Parses a path below a workspace: the id of a document, and the file.
    pub(super) fn parse(rest: &str) -> Option<(model::id::InvoiceId, Self)> {
        let rest = rest.to_ascii_lowercase();
        let (id, name) = rest.strip_prefix("invoices/")?.split_once('/')?;
        let file = [Self::Pdf, Self::Lines].into_iter().find(|file| file.as_str() == name)?;
        Some((id.parse().ok()?, file))
    }
}
