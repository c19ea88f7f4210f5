//! What all lists share: where a cursor stands, and the pair of statements that page in either direction.

use crate::{
    door::{Mode, WorkspaceTx},
    error::StoreError,
};
use model::list::{Cursor, ListQuery, Position, SEARCH_MAX};
use sqlx::types::Uuid;
use time::{Date, OffsetDateTime, macros::date, macros::datetime};

/// A sort key that can stand in a cursor, and the values that lie before and behind all others.
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
        // The greatest character of Unicode's collation, and behind any number by code point. No name has it.
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

/// Where to start reading, and in which direction.
pub(super) struct Start<K> {
    pub(super) key: K,
    pub(super) id: Uuid,
    pub(super) descending: bool,
}

/// Reads the cursor of `query`. One that can't be read starts the list from its beginning.
pub(super) fn start<K: Key>(query: &ListQuery) -> Start<K> {
    let forward = !matches!(query.position, Position::Before(_));
    let descending = query.sort.descending == forward;
    let cursor = match &query.position {
        Position::First => None,
        Position::After(cursor) | Position::Before(cursor) => Some(cursor),
    };
    match cursor.and_then(|Cursor { key, id }| Some((K::read(key)?, *id))) {
        Some((key, id)) => Start { key, id, descending },
        None if descending => Start { key: K::last(), id: Uuid::max(), descending },
        None => Start { key: K::first(), id: Uuid::nil(), descending },
    }
}

/// A cursor at a row.
pub(super) fn cursor<K: Key>(key: &K, id: Uuid) -> Cursor {
    Cursor { key: key.write(), id }
}

/// The text to look for. The database folds it, as it folded the names: for some letters (İ, Σ) its way is not Rust's.
/// A line break parts a row's texts, so none is looked for.
/// NUL is left out, because PostgreSQL's text can't hold one.
pub(super) fn sought(query: &ListQuery) -> String {
    query.search.chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect()
}

/// The status to look for, if it is one that the noun can have.
pub(super) fn status(query: &ListQuery) -> Option<&str> {
    query.status.as_deref().filter(|status| query.noun.statuses().contains(status))
}

/// Waits for the person's turn with a costly statement, if the list is narrowed: whatever matches is looked for in all of
/// its rows.
pub(super) async fn narrow<M: Mode>(tx: &mut WorkspaceTx<M>, query: &ListQuery) -> Result<(), StoreError> {
    if sought(query).is_empty() && status(query).is_none() {
        return Ok(());
    }
    tx.costly().await
}

/// What row level security should have let through, said by the model's words.
pub(super) fn known<T>(what: &str, word: &str, parsed: Option<T>) -> Result<T, StoreError> {
    parsed.ok_or_else(|| StoreError::Inconsistent(format!("{what} {word:?}")))
}

/// One page of a list: two checked statements, one a direction, over `$select` (which ends in a condition and binds
/// `$1` workspace, `$2` search text, `$5` status). `$key` is the sort column; `$3` and `$4` are the start.
macro_rules! page {
    ($connection:expr, $row:ident, $key_type:ty, $query:expr, $workspace:expr, $select:literal, $key:literal) => {{
        let start = $crate::workspace::listing::start::<$key_type>($query);
        let search = $crate::workspace::listing::sought($query);
        let status = $crate::workspace::listing::status($query);
        if start.descending {
            sqlx::query_as!(
                $row,
                $select + " and (" + $key + ", t.id) < ($3, $4) order by " + $key + " desc, t.id desc limit 21",
                $workspace,
                search,
                start.key,
                start.id,
                status
            )
            .fetch_all($connection)
            .await?
        } else {
            sqlx::query_as!(
                $row,
                $select + " and (" + $key + ", t.id) > ($3, $4) order by " + $key + ", t.id limit 21",
                $workspace,
                search,
                start.key,
                start.id,
                status
            )
            .fetch_all($connection)
            .await?
        }
    }};
}
pub(super) use page;

/// How many rows a list has in all: as its rows say it, or, of a narrowed list or a page with nothing on it, by a checked
/// statement of its own, `$count`, which binds `$1` workspace, `$2` search text, `$3` status.
macro_rules! total {
    ($connection:expr, $rows:expr, $query:expr, $workspace:expr, $count:literal) => {{
        let search = $crate::workspace::listing::sought($query);
        let status = $crate::workspace::listing::status($query);
        match $rows.first().and_then(|row| row.total) {
            Some(total) => total,
            None => sqlx::query_scalar!($count, $workspace, search, status).fetch_one($connection).await?,
        }
    }};
}
pub(super) use total;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_statements_read_one_row_more_than_a_page() {
        assert_eq!(model::list::PAGE_ROWS + 1, 21, "the limit in page! must follow");
    }

    #[test]
    fn keys_survive_the_cursor() {
        let now = datetime!(2026-03-01 12:34:56.789012 UTC);
        assert_eq!(OffsetDateTime::read(&now.write()), Some(now));
        assert_eq!(Date::read(&date!(2026 - 03 - 01).write()), Some(date!(2026 - 03 - 01)));
        assert_eq!(OffsetDateTime::read("99999999999999999999999999999999999999"), None);
        assert_eq!(Date::read("99999999999"), None);
        assert_eq!(String::read("a\0b"), None, "PostgreSQL refuses NUL");
    }
}
