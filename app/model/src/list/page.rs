//! Keyset pagination: one page of a list, its position in the list, and the cursors of the adjacent pages.

use super::{Cursor, ListQuery, Position};
use crate::money::grouped;
use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListPage<Row> {
    /// The query that was executed.
    pub query: ListQuery,
    /// Rows of the page, at most [`ListQuery::rows`].
    pub rows: Vec<Row>,
    /// Total number of matching rows.
    pub total: i64,
    /// Number of matching rows before the first row of the page.
    pub offset: i64,
    /// Cursor of the previous page, which ends before it. `None` on the first page.
    pub previous: Option<Cursor>,
    /// Cursor of the next page, which starts after it. `None` on the last page.
    pub next: Option<Cursor>,
}

/// The range of a list that is read from the database for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// From the start of the list, up to one row more than fits on the page.
    Start,
    /// After a cursor, up to one row more than fits on the page.
    Behind,
    /// Before a cursor in reverse order, up to one row more than fits on the page.
    Ahead,
    /// From the end of the list in reverse order, up to one row more than fits on the page.
    End,
}

impl Part {
    /// Returns the range to read first for `position`.
    pub const fn of(position: &Position) -> Self {
        match position {
            Position::First => Self::Start,
            Position::After(_) => Self::Behind,
            Position::Before(_) => Self::Ahead,
        }
    }

    /// Returns the range to read instead, if the number of rows read shows that the first one was unsuitable.
    ///
    /// If no rows follow a cursor, because they were archived or the cursor belongs to another filter, the last page is
    /// read. If less than a page precedes a cursor, the first page is read from its start. `page` is the number of rows
    /// of a full page.
    pub const fn instead(self, rows: usize, page: usize) -> Option<Self> {
        match self {
            Self::Behind if rows == 0 => Some(Self::End),
            Self::Ahead if rows < page => Some(Self::Start),
            _ => None,
        }
    }

    /// Returns `true` if the rows are read in reverse order.
    pub const fn is_backward(self) -> bool {
        matches!(self, Self::Ahead | Self::End)
    }

    /// Returns the number of read rows that belong on the page. An extra row only shows that there are more.
    fn fits(self, total: i64, page: usize) -> usize {
        match self {
            // The pages before the last one are full.
            Self::End => usize::try_from(total - 1).map_or(0, |last| last % page + 1),
            _ => page,
        }
    }

    /// Returns the number of rows before the page, if it follows from the number of rows read and the total. Otherwise
    /// the rows must be counted, see [`Part::offset_by_count`].
    pub fn offset(self, read: usize, total: i64, page: usize) -> Option<i64> {
        let more = read > self.fits(total, page);
        let shown = read.min(self.fits(total, page)) as i64;
        match self {
            Self::Behind if more => None,
            Self::Ahead if more => None,
            Self::Start | Self::Ahead => Some(0),
            Self::Behind | Self::End => Some((total - shown).max(0)),
        }
    }

    /// Returns the number of rows before the page. `beyond` is the number of all rows beyond the cursor, in the
    /// direction that was read.
    pub const fn offset_by_count(self, beyond: i64, total: i64, page: usize) -> i64 {
        let offset = match self {
            Self::Ahead => beyond - page as i64,
            Self::Start | Self::Behind | Self::End => total - beyond,
        };
        if offset < 0 { 0 } else { offset }
    }
}

impl<Row> ListPage<Row> {
    /// Builds the page from the rows of `part`. The first row of the page follows `offset` other rows of the list.
    pub fn build(
        query: &ListQuery,
        part: Part,
        mut rows: Vec<Row>,
        (offset, total): (i64, i64),
        cursor: impl Fn(&Row) -> Cursor,
    ) -> Self {
        let fits = part.fits(total, query.rows.max(1));
        let more = rows.len() > fits;
        rows.truncate(fits);
        if part.is_backward() {
            rows.reverse();
        }
        let (has_previous, has_next) = match part {
            Part::Start => (false, more),
            Part::Behind => (true, more),
            Part::Ahead => (more, true),
            Part::End => (more, false),
        };
        // Concurrent writes may happen between the two queries. The range must cover the displayed rows.
        let behind = offset + rows.len() as i64;
        let total = total.max(behind);
        let previous = rows.first().filter(|_| has_previous && offset > 0).map(&cursor);
        let next = rows.last().filter(|_| has_next && behind < total).map(&cursor);
        Self { query: query.clone(), rows, total, offset, previous, next }
    }

    /// Formats the range of rows and the total: `21–40 of 54`.
    pub fn range(&self) -> String {
        range(self.offset, self.rows.len(), self.total)
    }

    /// Converts the rows of the page.
    ///
    /// # Errors
    /// The first error that `row` returns.
    pub fn try_map<To, E>(self, row: impl FnMut(Row) -> Result<To, E>) -> Result<ListPage<To>, E> {
        let Self { query, rows, total, offset, previous, next } = self;
        Ok(ListPage {
            query,
            rows: rows.into_iter().map(row).collect::<Result<_, _>>()?,
            total,
            offset,
            previous,
            next,
        })
    }
}

/// Formats the range of rows and the total, counted from one: `21–40 of 54`, `41 of 41`.
pub fn range(offset: i64, rows: usize, total: i64) -> String {
    let (first, last, total) = (offset + 1, offset + rows as i64, grouped(total.unsigned_abs()));
    match rows {
        0 => format!("0 of {total}"),
        1 => format!("{} of {total}", grouped(first.unsigned_abs())),
        _ => format!("{}–{} of {total}", grouped(first.unsigned_abs()), grouped(last.unsigned_abs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Noun, PAGE_ROWS};
    use proptest::prelude::*;
    use uuid::Uuid;

    proptest! {
        /// Paging forward and then backward through any list visits every row once and in order, with correct offsets.
        #[test]
        fn paging_visits_every_row_once(count in 0usize..90, rows in 1usize..=100) {
            let all: Vec<usize> = (0..count).collect();
            let mut page = fetch(&all, &ListQuery::new(Noun::Customers).of_rows(rows));
            let (mut seen, mut first_pages) = (page.rows.clone(), vec![page.rows.clone()]);
            while let Some(next) = page.next.clone() {
                page = fetch(&all, &page.query.at(Position::After(next)));
                prop_assert_eq!(page.offset, seen.len() as i64);
                seen.extend(&page.rows);
                first_pages.push(page.rows.clone());
            }
            prop_assert_eq!(&seen, &all);
            while let Some(previous) = page.previous.clone() {
                first_pages.pop();
                page = fetch(&all, &page.query.at(Position::Before(previous)));
                prop_assert_eq!(Some(&page.rows), first_pages.last());
                prop_assert_eq!(page.offset, ((first_pages.len() - 1) * rows) as i64);
            }
        }

        /// A cursor stays usable when the list changes. If the list has rows, the page shows some, with the correct
        /// offset and correct cursors of the adjacent pages.
        #[test]
        fn any_cursor_returns_rows_if_the_list_has_rows(
            left in prop::collection::btree_set(0usize..120, 0..70), at in 0usize..130, behind in any::<bool>(),
        ) {
            let left: Vec<usize> = left.into_iter().collect();
            let position = if behind { Position::After(place(&at)) } else { Position::Before(place(&at)) };
            let page = fetch(&left, &ListQuery::new(Noun::Customers).at(position));
            prop_assert_eq!(page.rows.is_empty(), left.is_empty(), "nothing shown of {} rows", left.len());
            let offset = page.offset as usize;
            prop_assert_eq!(&left[offset..offset + page.rows.len()], &page.rows[..]);
            prop_assert_eq!(page.previous.is_some(), offset > 0);
            prop_assert_eq!(page.next.is_some(), offset + page.rows.len() < left.len());
            if behind && left.iter().all(|row| *row <= at) && !left.is_empty() {
                prop_assert_eq!(offset % PAGE_ROWS, 0, "the last page begins where it does when paged to");
                prop_assert_eq!(offset + page.rows.len(), left.len());
            }
        }
    }

    fn place(row: &usize) -> Cursor {
        Cursor { key: row.to_string(), id: Uuid::from_u128(*row as u128) }
    }

    /// In-memory equivalent of the database query, on a sorted list.
    fn fetch(all: &[usize], query: &ListQuery) -> ListPage<usize> {
        let beyond = |part: Part| -> Vec<usize> {
            let row_at = |c: &Cursor| c.id.as_u128() as usize;
            let rows = all.iter().copied();
            match (part, &query.position) {
                (Part::Behind, Position::After(c)) => rows.filter(|row| *row > row_at(c)).collect(),
                (Part::Ahead, Position::Before(c)) => rows.rev().filter(|row| *row < row_at(c)).collect(),
                (Part::End, _) => rows.rev().collect(),
                _ => rows.collect(),
            }
        };
        let mut part = Part::of(&query.position);
        let mut rows = beyond(part);
        if let Some(instead) = part.instead(rows.len().min(query.rows + 1), query.rows) {
            part = instead;
            rows = beyond(part);
        }
        let (count, total) = (rows.len() as i64, all.len() as i64);
        rows.truncate(query.rows + 1);
        let offset = part.offset(rows.len(), total, query.rows);
        let offset = offset.unwrap_or_else(|| part.offset_by_count(count, total, query.rows));
        ListPage::build(query, part, rows, (offset, total), place)
    }

    #[test]
    fn range_counts_from_one() {
        assert_eq!(range(20, 20, 54), "21–40 of 54");
        assert_eq!(range(40, 1, 41), "41 of 41");
        assert_eq!(range(0, 1, 1), "1 of 1");
        assert_eq!(range(0, 0, 0), "0 of 0");
        assert_eq!(range(1_999, 20, 12_345), "2,000–2,019 of 12,345");
    }
}
