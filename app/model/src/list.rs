//! How a list is asked for and answered: search, filter, sort, keyset paging.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

mod page;

pub use page::{ListPage, Part, range};

/// Rows on one page of a list.
pub const PAGE_ROWS: usize = 20;
/// Longest search text that is looked at, in characters.
pub const SEARCH_MAX: usize = 100;

/// The nouns that have lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noun {
    /// What is sold.
    Products,
    /// At what price.
    RatePlans,
    /// To whom.
    Customers,
    /// How much was used.
    Usage,
    /// What was charged.
    Invoices,
}

/// What a list can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The name, A to Z.
    Name,
    /// When it was created.
    Created,
    /// The quantity of a usage record.
    Quantity,
    /// When usage was recorded.
    Recorded,
    /// An invoice's number.
    Number,
    /// An invoice's date.
    Issued,
    /// An invoice's total.
    Total,
}

impl SortBy {
    const ALL: [Self; 7] =
        [Self::Name, Self::Created, Self::Quantity, Self::Recorded, Self::Number, Self::Issued, Self::Total];

    /// The word in a URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Created => "created",
            Self::Quantity => "quantity",
            Self::Recorded => "recorded",
            Self::Number => "number",
            Self::Issued => "issued",
            Self::Total => "total",
        }
    }
}

impl Noun {
    /// All of them, in the order of the navigation.
    pub const ALL: [Self; 5] = [Self::Products, Self::RatePlans, Self::Customers, Self::Usage, Self::Invoices];

    /// Its path segment.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::RatePlans => "rate-plans",
            Self::Customers => "customers",
            Self::Usage => "usage",
            Self::Invoices => "invoices",
        }
    }

    /// Its title in navigation and page heads.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Products => "Products",
            Self::RatePlans => "Rate plans",
            Self::Customers => "Customers",
            Self::Usage => "Usage",
            Self::Invoices => "Invoices",
        }
    }

    /// One of it, in running text.
    pub const fn one(self) -> &'static str {
        match self {
            Self::Products => "product",
            Self::RatePlans => "rate plan",
            Self::Customers => "customer",
            Self::Usage => "usage record",
            Self::Invoices => "invoice",
        }
    }

    /// Several of it, in running text.
    pub const fn many(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::RatePlans => "rate plans",
            Self::Customers => "customers",
            Self::Usage => "usage records",
            Self::Invoices => "invoices",
        }
    }

    /// What it can be sorted by; the first is the default.
    pub const fn sorts(self) -> &'static [Sort] {
        const fn up(by: SortBy) -> Sort {
            Sort { by, descending: false }
        }
        const fn down(by: SortBy) -> Sort {
            Sort { by, descending: true }
        }
        const NAMED: &[Sort] = &[up(SortBy::Name), down(SortBy::Created)];
        const USAGE: &[Sort] = &[down(SortBy::Recorded), down(SortBy::Quantity)];
        const INVOICES: &[Sort] = &[down(SortBy::Issued), up(SortBy::Number), down(SortBy::Total)];
        match self {
            Self::Products | Self::RatePlans | Self::Customers => NAMED,
            Self::Usage => USAGE,
            Self::Invoices => INVOICES,
        }
    }

    /// The words its status filter accepts; empty when it has none.
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
    /// The column.
    pub by: SortBy,
    /// Greatest first.
    pub descending: bool,
}

/// The place between two rows: the sort key and id of the row at it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The sort key as text: a name, whole microseconds since 1970 or days, minor units.
    pub key: String,
    /// The row's id, which breaks ties.
    pub id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id.simple(), self.key)
    }
}

impl Cursor {
    /// Reads what `Display` wrote; `None` for anything else. A cursor only says where to go on reading within the
    /// workspace: one made up by hand shows nothing that the list would not.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('.')?;
        Some(Self { key: key.to_owned(), id: Uuid::try_parse(id).ok()? })
    }
}

/// Which part of the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// From its start.
    #[default]
    First,
    /// Behind a row.
    After(Cursor),
    /// Up to a row.
    Before(Cursor),
}

/// A list as a URL asks for it. Parts that make no sense for the noun fall back to its defaults, so that an old
/// bookmark still opens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ListQuery {
    /// What is listed.
    pub noun: Noun,
    /// Text to look for; empty for all.
    pub search: String,
    /// One of the noun's statuses.
    pub status: Option<String>,
    /// The order.
    pub sort: Sort,
    /// Which part.
    pub position: Position,
}

impl ListQuery {
    /// The whole list of `noun` in its default order.
    pub fn new(noun: Noun) -> Self {
        Self { noun, search: String::new(), status: None, sort: noun.sorts()[0], position: Position::First }
    }

    /// Reads decoded pairs of a query string.
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

    /// The pairs that say the same; defaults are left out, so that equal lists have one URL.
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

    /// The same list from its start in the order that a click on the column's head asks for.
    #[must_use]
    pub fn sorted_by(&self, by: SortBy) -> Self {
        let default = self.noun.sorts().iter().find(|s| s.by == by).copied().unwrap_or(self.sort);
        let sort = if self.sort.by == by { Sort { by, descending: !self.sort.descending } } else { default };
        Self { sort, position: Position::First, ..self.clone() }
    }

    /// The same list at another place.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Whether a search or filter narrows it.
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
        (0..5usize, "[a-z]{0,8}", 0..5usize, 0..4usize, any::<bool>(), position).prop_map(
            |(noun, search, status, sort, descending, position)| {
                let noun = Noun::ALL[noun];
                let sort = Sort { descending, ..noun.sorts()[sort % noun.sorts().len()] };
                ListQuery { noun, search, status: noun.statuses().get(status).map(|s| (*s).into()), sort, position }
            },
        )
    }

    proptest! {
        #[test]
        fn a_query_survives_its_url(query in query_strategy()) {
            let pairs = query.pairs();
            let read = ListQuery::from_pairs(query.noun, pairs.iter().map(|(k, v)| (*k, v.as_str())));
            prop_assert_eq!(read, query);
        }
    }
}
