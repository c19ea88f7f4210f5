//! How a file to import is read, as encoded in the URL of its page.

use model::{id::ImportId, import::Delimiter};

/// Import whose columns are mapped, and how its file is read for that. What is `None` is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImportLayout {
    /// The import.
    pub id: ImportId,
    /// Delimiter of the cells.
    pub delimiter: Option<Delimiter>,
    /// `true` if the first row contains the names of the columns.
    pub header: Option<bool>,
    /// Name of a saved mapping, whose values fill the form.
    pub saved: Option<String>,
}

impl ImportLayout {
    /// Everything is guessed.
    pub const fn guessed(id: ImportId) -> Self {
        Self { id, delimiter: None, header: None, saved: None }
    }

    /// Parses the decoded parameters of a query string. Invalid parameters are ignored.
    pub(super) fn from_pairs(id: ImportId, pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        Self {
            id,
            delimiter: value("delimiter").and_then(Delimiter::from_word),
            header: value("header").and_then(|word| match word {
                "on" => Some(true),
                "off" => Some(false),
                _ => None,
            }),
            saved: value("saved").filter(|name| !name.is_empty() && name.chars().count() <= 100).map(str::to_owned),
        }
    }

    /// Returns the parameters of the query string. What is guessed is omitted.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let delimiter = self.delimiter.map(|delimiter| ("delimiter", delimiter.as_str().to_owned()));
        let header = self.header.map(|header| ("header", if header { "on" } else { "off" }.to_owned()));
        let saved = self.saved.clone().map(|saved| ("saved", saved));
        [delimiter, header, saved].into_iter().flatten().collect()
    }
}
