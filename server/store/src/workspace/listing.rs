//! Shared code of all lists: cursors, and the pair of statements for paging in either direction.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::list::{Cursor, ListPage, ListQuery, Part, Position, SEARCH_MAX};
use sqlx::types::Uuid;
use time::{Date, OffsetDateTime, macros::date, macros::datetime};

/// Sort key that can be encoded in a cursor, with values before and after all others.
pub(super) trait Key: Sized {
    fn first() -> Self;
    fn last() -> Self;
    fn read(text: &str) -> Option<Self>;
    fn write(&self) -> String;
}

impl Key for String {
    fn first() -> Self {
        Self::new()
    }
    fn last() -> Self {
        // The greatest character in Unicode's collation, and greater than any digit by code point. No name contains it.
        "\u{ffff}".repeat(8)
    }
    fn read(text: &str) -> Option<Self> {
        (!text.contains('\0')).then(|| text.to_owned())
    }
    fn write(&self) -> String {
        self.clone()
    }
}

impl Key for i64 {
    fn first() -> Self {
        Self::MIN
    }
    fn last() -> Self {
        Self::MAX
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
    fn write(&self) -> String {
        self.to_string()
    }
}

impl Key for OffsetDateTime {
    fn first() -> Self {
        datetime!(0001-01-01 0:00 UTC)
    }
    fn last() -> Self {
        datetime!(9999-12-31 0:00 UTC)
    }
    fn read(text: &str) -> Option<Self> {
        let moment = Self::from_unix_timestamp_nanos(text.parse::<i128>().ok()?.checked_mul(1_000)?).ok()?;
        (Self::first()..=Self::last()).contains(&moment).then_some(moment)
    }
    fn write(&self) -> String {
        (self.unix_timestamp_nanos() / 1_000).to_string()
    }
}

impl Key for Date {
    fn first() -> Self {
        date!(0001 - 01 - 01)
    }
    fn last() -> Self {
        date!(9999 - 12 - 31)
    }
    fn read(text: &str) -> Option<Self> {
        let date = Self::from_julian_day(text.parse().ok()?).ok()?;
        (Self::first()..=Self::last()).contains(&date).then_some(date)
    }
    fn write(&self) -> String {
        self.to_julian_day().to_string()
    }
}

/// Start and direction of a read.
pub(super) struct Start<K> {
    pub(super) key: K,
    pub(super) id: Uuid,
    pub(super) descending: bool,
}

/// Returns the part of the list to read first. An invalid cursor is ignored.
pub(super) fn part<K: Key>(query: &ListQuery) -> Part {
    match &query.position {
        Position::After(cursor) | Position::Before(cursor) if K::read(&cursor.key).is_some() => {
            Part::of(&query.position)
        }
        _ => Part::Start,
    }
}

/// Returns the start of `part` of the list.
pub(super) fn start<K: Key>(query: &ListQuery, part: Part) -> Start<K> {
    let descending = query.sort.descending != part.is_backward();
    let cursor = match (&query.position, part) {
        (Position::After(cursor) | Position::Before(cursor), Part::Behind | Part::Ahead) => Some(cursor),
        _ => None,
    };
    match cursor.and_then(|Cursor { key, id }| Some((K::read(key)?, *id))) {
        Some((key, id)) => Start { key, id, descending },
        None if descending => Start { key: K::last(), id: Uuid::max(), descending },
        None => Start { key: K::first(), id: Uuid::nil(), descending },
    }
}

/// Creates a cursor at a row.
pub(super) fn cursor<K: Key>(key: &K, id: Uuid) -> Cursor {
    Cursor { key: key.write(), id }
}

/// Returns the search text. The database folds its case as it did for the names, because Rust folds some letters (İ, Σ)
/// differently. Control characters are removed: line breaks separate the texts of a row, and PostgreSQL's `text` can't
/// contain NUL.
pub(super) fn sought(query: &ListQuery) -> String {
    query.search.chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect()
}

/// Returns the status to filter by, if it is one that the entity can have.
pub(super) fn status(query: &ListQuery) -> Option<&str> {
    query.status.as_deref().filter(|status| query.noun.statuses().contains(status))
}

/// Waits for a permit for costly statements if the list is filtered, because a filter scans all rows.
pub(super) async fn narrow<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<(), StoreError> {
    if sought(query).is_empty() && status(query).is_none() {
        return Ok(());
    }
    tx.costly().await
}

/// Returns the parsed value, or [`StoreError::Inconsistent`] if the model does not know the stored one.
pub(super) fn known<T>(what: &str, word: &str, parsed: Option<T>) -> Result<T, StoreError> {
    parsed.ok_or_else(|| StoreError::Inconsistent(format!("{what} {word:?}")))
}

/// Rows of one page, and their position in the list.
pub(super) struct Read<Row> {
    pub(super) part: Part,
    pub(super) rows: Vec<Row>,
    pub(super) offset: i64,
    pub(super) total: i64,
}

impl<Row> Read<Row> {
    /// Builds the page.
    pub(super) fn page(self, query: &ListQuery, cursor: impl Fn(&Row) -> Cursor) -> ListPage<Row> {
        let Self { part, rows, offset, total } = self;
        ListPage::build(query, part, rows, (offset, total), cursor)
    }
}

/// Reads one page of a list by compile-time checked statements, one for each direction and limit, and its position: the
/// total number of rows, and the number before the page.
///
/// `$columns` are selected from `$from`, which contains tables and a condition with the parameters `$1` workspace, `$2`
/// search text, `$3` status, followed by those in `$more`. `$key` is the sort column. `$at` are the numbers of the next
/// two parameters: key and id of the row at the cursor. A row contains the total number of rows in a column `total` if
/// no condition needs to be evaluated for it; otherwise the rows are counted.
macro_rules! read {
    ($tx:expr, $row:ident, $key_type:ty, $query:expr, $columns:literal, $from:literal, $key:literal,
        ($at_key:literal, $at_id:literal), ($($more:expr),*)) => {{
        use $crate::workspace::listing;
        let workspace = $tx.id().uuid();
        let search = listing::sought($query);
        let status = listing::status($query);
        let mut part = listing::part::<$key_type>($query);
        let page = $query.rows.clamp(1, model::list::PAGE_ROWS_MAX);
        // Two constants, so that the planner knows how few rows are read.
        let wide = page > model::list::PAGE_ROWS;
        let (rows, start) = loop {
            let start = listing::start::<$key_type>($query, part);
            let mut rows = if start.descending && wide {
                sqlx::query_as!(
                    $row,
                    "select " + $columns + $from + " and (" + $key + ", t.id) < (" + $at_key + ", " + $at_id + ") order by " + $key + " desc, t.id desc limit 101",
                    workspace, search, status, $($more,)* start.key, start.id
                )
                .fetch_all($tx.reading())
                .await?
            } else if start.descending {
                sqlx::query_as!(
                    $row,
                    "select " + $columns + $from + " and (" + $key + ", t.id) < (" + $at_key + ", " + $at_id + ") order by " + $key + " desc, t.id desc limit 21",
                    workspace, search, status, $($more,)* start.key, start.id
                )
                .fetch_all($tx.reading())
                .await?
            } else if wide {
                sqlx::query_as!(
                    $row,
                    "select " + $columns + $from + " and (" + $key + ", t.id) > (" + $at_key + ", " + $at_id + ") order by " + $key + ", t.id limit 101",
                    workspace, search, status, $($more,)* start.key, start.id
                )
                .fetch_all($tx.reading())
                .await?
            } else {
                sqlx::query_as!(
                    $row,
                    "select " + $columns + $from + " and (" + $key + ", t.id) > (" + $at_key + ", " + $at_id + ") order by " + $key + ", t.id limit 21",
                    workspace, search, status, $($more,)* start.key, start.id
                )
                .fetch_all($tx.reading())
                .await?
            };
            rows.truncate(page + 1);
            match part.instead(rows.len(), page) {
                Some(instead) => part = instead,
                None => break (rows, start),
            }
        };
        let total = match rows.first().and_then(|row| row.total) {
            Some(total) => total,
            None => {
                sqlx::query_scalar!(r#"select count(*) as "count!""# + $from, workspace, search, status $(, $more)*)
                    .fetch_one($tx.reading())
                    .await?
            }
        };
        let offset = match part.offset(rows.len(), total, page) {
            Some(offset) => offset,
            None => {
                let beyond = if start.descending {
                    sqlx::query_scalar!(
                        r#"select count(*) as "count!""# + $from + " and (" + $key + ", t.id) < (" + $at_key + ", " + $at_id + ")",
                        workspace, search, status, $($more,)* start.key, start.id
                    )
                    .fetch_one($tx.reading())
                    .await?
                } else {
                    sqlx::query_scalar!(
                        r#"select count(*) as "count!""# + $from + " and (" + $key + ", t.id) > (" + $at_key + ", " + $at_id + ")",
                        workspace, search, status, $($more,)* start.key, start.id
                    )
                    .fetch_one($tx.reading())
                    .await?
                };
                part.offset_by_count(beyond, total, page)
            }
        };
        listing::Read { part, rows, offset, total }
    }};
}
pub(super) use read;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_limit_is_one_row_more_than_a_page() {
        assert_eq!(model::list::PAGE_ROWS + 1, 21, "the limit in read! must follow");
        assert_eq!(model::list::PAGE_ROWS_MAX + 1, 101, "the wide limit in read! must follow");
    }

    #[test]
    fn sort_keys_round_trip_through_the_cursor() {
        let now = datetime!(2026-03-01 12:34:56.789012 UTC);
        assert_eq!(OffsetDateTime::read(&now.write()), Some(now));
        assert_eq!(Date::read(&date!(2026 - 03 - 01).write()), Some(date!(2026 - 03 - 01)));
        assert_eq!(OffsetDateTime::read("99999999999999999999999999999999999999"), None);
        assert_eq!(Date::read("99999999999"), None);
        assert_eq!(String::read("a\0b"), None, "PostgreSQL refuses NUL");
    }
}
