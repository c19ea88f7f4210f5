//! List queries: search, filter, sort order and keyset pagination.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

mod page;

pub use page::{ListPage, Part, range};

/// Number of rows per page, unless a query says another.
pub const PAGE_ROWS: usize = 20;
/// Maximum number of rows per page. The console's pages always have [`PAGE_ROWS`].
pub const PAGE_ROWS_MAX: usize = 100;
/// Maximum length of the search text, in characters. The rest is ignored.
pub const SEARCH_MAX: usize = 100;

/// Sections of the console: record types with pages of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// Products.
    Products,
    /// Rate plans, which price the products.
    RatePlans,
    /// Customers.
    Customers,
    /// Usage: charts and events. Its page is not a list.
    Usage,
    /// Invoices.
    Invoices,
}

/// Sortable columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// Name, ascending by default.
    Name,
    /// Creation time.
    Created,
    /// Invoice number.
    Number,
    /// Issue date of an invoice.
    Issued,
    /// Total of an invoice.
    Total,
}

impl SortBy {
    const ALL: [Self; 5] = [Self::Name, Self::Created, Self::Number, Self::Issued, Self::Total];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Created => "created",
            Self::Number => "number",
            Self::Issued => "issued",
            Self::Total => "total",
        }
    }
}

impl Noun {
    /// All sections, in navigation order.
    pub const ALL: [Self; 5] = [Self::Products, Self::RatePlans, Self::Customers, Self::Usage, Self::Invoices];
    /// Sections whose page is a list that a [`ListQuery`] selects from. Events have an own query, because counting them
    /// for each page would read all of them.
    pub const LISTS: [Self; 4] = [Self::Products, Self::RatePlans, Self::Customers, Self::Invoices];

    /// Returns the path segment.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::RatePlans => "rate-plans",
            Self::Customers => "customers",
            Self::Usage => "usage",
            Self::Invoices => "invoices",
        }
    }

    /// Returns the title for navigation and page headings.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Products => "Products",
            Self::RatePlans => "Rate plans",
            Self::Customers => "Customers",
            Self::Usage => "Usage",
            Self::Invoices => "Invoices",
        }
    }

    /// Returns the singular for running text.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Products => "product",
            Self::RatePlans => "rate plan",
            Self::Customers => "customer",
            Self::Usage => "event",
            Self::Invoices => "invoice",
        }
    }

    /// Returns the plural for running text.
    pub const fn many(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::RatePlans => "rate plans",
            Self::Customers => "customers",
            Self::Usage => "events",
            Self::Invoices => "invoices",
        }
    }

    /// Returns the available sort orders, the default one first. Each has the default direction of its column.
    pub const fn sorts(self) -> &'static [Sort] {
        const fn up(by: SortBy) -> Sort {
            Sort { by, descending: false }
        }
        const fn down(by: SortBy) -> Sort {
            Sort { by, descending: true }
        }
        const NAMED: &[Sort] = &[up(SortBy::Name), down(SortBy::Created)];
        const INVOICES: &[Sort] = &[down(SortBy::Issued), up(SortBy::Number), down(SortBy::Total)];
        match self {
            Self::Products | Self::RatePlans | Self::Customers | Self::Usage => NAMED,
            Self::Invoices => INVOICES,
        }
    }

    /// Returns the values that the status filter accepts. Empty if there is no status filter.
    pub const fn statuses(self) -> &'static [&'static str] {
        match self {
            Self::Products | Self::RatePlans | Self::Customers => &["active", "archived"],
            Self::Usage => &[],
            Self::Invoices => &["draft", "open", "overdue", "paid", "void"],
        }
    }
}

/// A sort order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// Column to sort by.
    pub by: SortBy,
    /// `true` for descending order.
    pub descending: bool,
}

/// A keyset pagination cursor: the sort key and ID of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// Sort key as text: a name, a number of microseconds or days since 1970, or an amount in minor units.
    pub key: String,
    /// Row ID, which breaks ties.
    pub id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id.simple(), self.key)
    }
}

impl Cursor {
    /// Parses the output of `Display`. Returns `None` for any other text.
    ///
    /// A cursor only selects the position within the list of the workspace. A forged cursor reveals no rows that the
    /// list would not show.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('.')?;
        Some(Self { key: key.to_owned(), id: Uuid::try_parse(id).ok()? })
    }
}

/// Position of a page in the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// At the start of the list.
    #[default]
    First,
    /// After a row.
    After(Cursor),
    /// Before a row.
    Before(Cursor),
}

/// A list query as encoded in a URL. Parameters that are invalid for the record type fall back to its defaults, so that
/// old bookmarks keep working.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// Record type.
    pub noun: Noun,
    /// Search text. Empty for all rows.
    pub search: String,
    /// Status filter, one of [`Noun::statuses`].
    pub status: Option<String>,
    /// Sort order.
    pub sort: Sort,
    /// Position of the page.
    pub position: Position,
    /// Maximum number of rows of the page, 1 to [`PAGE_ROWS_MAX`]. Not part of the URL of a list.
    pub rows: usize,
}

impl ListQuery {
    /// Creates a query for the first page of the unfiltered list, in its default order.
    pub fn new(noun: Noun) -> Self {
        Self {
            noun,
            search: String::new(),
            status: None,
            sort: noun.sorts()[0],
            position: Position::First,
            rows: PAGE_ROWS,
        }
    }

    /// Parses the decoded parameters of a query string.
    pub fn from_pairs<'a>(noun: Noun, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::new(noun);
        let mut direction = None;
        for (name, value) in pairs {
            match name {
                "q" => query.search = value.trim().chars().take(SEARCH_MAX).collect(),
                "status" => query.status = noun.statuses().contains(&value).then(|| value.to_owned()),
                "sort" => {
                    let by = SortBy::ALL.into_iter().find(|s| s.as_str() == value);
                    if let Some(sort) = noun.sorts().iter().find(|s| Some(s.by) == by) {
                        query.sort = *sort;
                    }
                }
                "dir" => direction = Some(value == "desc"),
                "after" => query.position = Cursor::parse(value).map_or(Position::First, Position::After),
                "before" => query.position = Cursor::parse(value).map_or(Position::First, Position::Before),
                _ => {}
            }
        }
        if let Some(descending) = direction {
            query.sort.descending = descending;
        }
        query
    }

    /// Returns the parameters of the query string. Defaults are omitted, so that equal queries have equal URLs.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.search.is_empty() {
            pairs.push(("q", self.search.clone()));
        }
        if let Some(status) = &self.status {
            pairs.push(("status", status.clone()));
        }
        if self.sort != self.noun.sorts()[0] {
            pairs.push(("sort", self.sort.by.as_str().to_owned()));
            pairs.push(("dir", if self.sort.descending { "desc" } else { "asc" }.to_owned()));
        }
        match &self.position {
            Position::First => {}
            Position::After(cursor) => pairs.push(("after", cursor.to_string())),
            Position::Before(cursor) => pairs.push(("before", cursor.to_string())),
        }
        pairs
    }

    /// Returns the query for the first page after a click on a column header: sorted by that column, or in the opposite
    /// direction if it already is.
    #[must_use]
    pub fn sorted_by(&self, by: SortBy) -> Self {
        let default = self.noun.sorts().iter().find(|s| s.by == by).copied().unwrap_or(self.sort);
        let sort = if self.sort.by == by { Sort { by, descending: !self.sort.descending } } else { default };
        Self { sort, position: Position::First, ..self.clone() }
    }

    /// Returns the same query at another position.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Returns the same query for pages of this many rows, at least 1 and at most [`PAGE_ROWS_MAX`].
    #[must_use]
    pub fn of_rows(&self, rows: usize) -> Self {
        Self { rows: rows.clamp(1, PAGE_ROWS_MAX), ..self.clone() }
    }

    /// Returns `true` if a search text or a status filter is set.
    pub fn is_narrowed(&self) -> bool {
        !self.search.is_empty() || self.status.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn query_strategy() -> impl Strategy<Value = ListQuery> {
        let position = prop_oneof![
            Just(Position::First),
            ("[a-zé .,&=%]{0,12}", any::<u128>())
                .prop_map(|(key, id)| Position::After(Cursor { key, id: Uuid::from_u128(id) })),
            ("[0-9]{1,12}", any::<u128>())
                .prop_map(|(key, id)| Position::Before(Cursor { key, id: Uuid::from_u128(id) })),
        ];
        (0..4usize, "[a-z]{0,8}", 0..5usize, 0..4usize, any::<bool>(), position).prop_map(
            |(noun, search, status, sort, descending, position)| {
                let noun = Noun::LISTS[noun];
                let sort = Sort { descending, ..noun.sorts()[sort % noun.sorts().len()] };
                ListQuery {
                    noun,
                    search,
                    status: noun.statuses().get(status).map(|s| (*s).into()),
                    sort,
                    position,
                    rows: PAGE_ROWS,
                }
            },
        )
    }

    proptest! {
        #[test]
        fn a_query_round_trips_through_its_url(query in query_strategy()) {
            let pairs = query.pairs();
            let read = ListQuery::from_pairs(query.noun, pairs.iter().map(|(k, v)| (*k, v.as_str())));
            prop_assert_eq!(read, query);
        }
    }
}
