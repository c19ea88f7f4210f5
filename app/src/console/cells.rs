//! Table cells of a list row. Each record type defines the content of its cells; this module defines their markup,
//! which is the same for every row and for placeholder rows while data is loading.

use super::{PageData, scope::Scope};
use crate::ui::StatusTone;
use leptos::prelude::*;
use model::{
    list::{Cursor, ListPage, ListQuery, range},
    moment::{self, Moment},
};
use time::OffsetDateTime;

/// Type-erased source of the rows of a record type, so that the list page is compiled once for all record types.
pub trait Rows: Sync {
    /// Returns the page of the list, or `None` if it is not loaded.
    fn listed<'a>(&self, data: &'a PageData) -> Option<Listed<'a>>;

    /// Returns the `<td>` elements of a row, which are the same for every row. Without a row, returns a placeholder
    /// row.
    fn cells(&self, scope: Scope, row: Option<(&PageData, usize)>) -> Vec<AnyView>;
}

/// Metadata of a list page, independent of the row type.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// Query that produced the page.
    pub query: &'a ListQuery,
    /// Number of rows on the page.
    pub rows: usize,
    /// Number of matching rows on all pages.
    pub total: i64,
    /// Number of rows before the page.
    pub offset: i64,
    /// Cursor of the previous page, if there is one.
    pub previous: Option<&'a Cursor>,
    /// Cursor of the next page, if there is one.
    pub next: Option<&'a Cursor>,
}

impl Listed<'_> {
    /// Returns the range of rows and the total, such as `21–40 of 54`.
    pub fn range(&self) -> String {
        range(self.offset, self.rows, self.total)
    }
}

/// Row source for rows of one type.
pub struct RowsOf<Row: 'static> {
    /// Accessor for the list in the page's data.
    pub page: fn(&PageData) -> Option<&ListPage<Row>>,
    /// Renderer of a row's cells.
    pub cells: fn(Scope, Cells<'_, Row>) -> Vec<AnyView>,
}

impl<Row> Rows for RowsOf<Row> {
    fn listed<'a>(&self, data: &'a PageData) -> Option<Listed<'a>> {
        let page = (self.page)(data)?;
        let (previous, next) = (page.previous.as_ref(), page.next.as_ref());
        let (rows, total, offset) = (page.rows.len(), page.total, page.offset);
        Some(Listed { query: &page.query, rows, total, offset, previous, next })
    }

    fn cells(&self, scope: Scope, row: Option<(&PageData, usize)>) -> Vec<AnyView> {
        let row = row.and_then(|(data, at)| (self.page)(data)?.rows.get(at));
        (self.cells)(scope, Cells::of(row))
    }
}

/// Row that cells are rendered from, or nothing while it is loading.
pub struct Cells<'a, Row>(Option<&'a Row>);

impl<Row> Clone for Cells<'_, Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row> Copy for Cells<'_, Row> {}

/// Font of a cell's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Font {
    /// Proportional font, the default.
    Text,
    /// Monospace font, for codes and identifiers.
    Mono,
}

impl<'a, Row> Cells<'a, Row> {
    /// Creates the cells of `row`.
    pub const fn of(row: Option<&'a Row>) -> Self {
        Self(row)
    }

    /// Renders the first cell: the name, which links to the row's page, and below it `sub` on screens too narrow for
    /// its own column.
    pub fn main(
        self,
        fonts: (Font, Font),
        url: impl FnOnce(&Row) -> String,
        name: impl FnOnce(&Row) -> String,
        sub: impl FnOnce(&Row) -> String,
    ) -> AnyView {
        drawn::main(fonts, self.0.map(url), self.0.map(name), self.say(sub))
    }

    /// Renders a text cell.
    pub fn text(self, class: &'static str, of: impl FnOnce(&Row) -> String) -> AnyView {
        drawn::text(class, self.say(of))
    }

    /// Renders a number with its unit.
    pub fn amount(self, class: &'static str, of: impl FnOnce(&Row) -> (String, String)) -> AnyView {
        let (number, unit) = self.0.map(of).unwrap_or_default();
        drawn::amount(class, number, unit)
    }

    /// Renders a status badge.
    pub fn status(self, of: impl FnOnce(&Row) -> (StatusTone, &'static str)) -> AnyView {
        drawn::status(self.0.map(of))
    }

    /// Renders a point in time in words, with the exact time on hover.
    pub fn time(
        self,
        class: &'static str,
        of: impl FnOnce(&Row) -> Moment,
        words: impl FnOnce(OffsetDateTime) -> String,
    ) -> AnyView {
        let at = self.0.map(|row| *of(row));
        drawn::time(class, at, at.map(words).unwrap_or_default())
    }

    /// Renders a date.
    pub fn day(self, class: &'static str, of: impl FnOnce(&Row) -> Moment) -> AnyView {
        self.time(class, of, |at| moment::date(at.date()))
    }

    fn say(self, of: impl FnOnce(&Row) -> String) -> String {
        self.0.map(of).unwrap_or_default()
    }
}

/// Markup of the cells, which is compiled once instead of once per row type.
mod drawn {
    use super::{Font, OffsetDateTime, moment};
    use crate::ui::{StableAttributes, StatusTone, stable};
    use leptos::{
        html::{a, span, td, time as time_element},
        prelude::*,
    };

    pub fn main((font, below): (Font, Font), url: Option<String>, name: Option<String>, sub: String) -> AnyView {
        let link = match font {
            Font::Text => stable("row-link"),
            Font::Mono => stable("row-link mono"),
        };
        // Dragging over the link selects its text.
        let link = link.fixed("draggable", "false").optional("href", url).optional("title", name.clone());
        let below = match below {
            Font::Text => stable("row-sub"),
            Font::Mono => stable("row-sub mono"),
        };
        td().add_any_attr(stable("col-main"))
            .child(a().add_any_attr(link).child(name.unwrap_or_default()))
            .child(span().add_any_attr(below).child(sub))
            .into_any()
    }

    pub fn text(class: &'static str, text: String) -> AnyView {
        td().add_any_attr(stable(class)).child(text).into_any()
    }

    pub fn amount(class: &'static str, number: String, unit: String) -> AnyView {
        td().add_any_attr(stable(class))
            .child(number)
            .child(" ")
            .child(span().add_any_attr(stable("unit")).child(unit))
            .into_any()
    }

    pub fn status(status: Option<(StatusTone, &'static str)>) -> AnyView {
        let (class, word) = status.map_or(("status blank", ""), |(tone, word)| (tone.class(), word));
        td().add_any_attr(stable("fit")).child(span().add_any_attr(stable(class)).child(word)).into_any()
    }

    pub fn time(class: &'static str, at: Option<OffsetDateTime>, words: String) -> AnyView {
        let exact = StableAttributes::default().optional("title", at.map(moment::exact));
        td().add_any_attr(stable(class)).child(time_element().add_any_attr(exact).child(words)).into_any()
    }
}
