//! The cells of a list's row. A noun says what they say; how they look, and that they are the same elements for every row
//! and while rows are awaited, is here.

use super::{PageData, scope::Scope};
use crate::ui::StatusTone;
use leptos::prelude::*;
use model::{
    list::{Cursor, ListPage, ListQuery, range},
    moment::{self, Moment},
};
use time::OffsetDateTime;

/// What the list page needs to know of the rows of a noun. The page is compiled once, whatever it lists.
pub trait Rows: Sync {
    /// What is listed, if it is there.
    fn listed<'a>(&self, data: &'a PageData) -> Option<Listed<'a>>;

    /// The `<td>` elements of a row, the same ones for every row; without one, of a row that is awaited.
    fn cells(&self, scope: Scope, row: Option<(&PageData, usize)>) -> Vec<AnyView>;
}

/// A page of a list, whatever it lists.
#[derive(Debug, Clone, Copy)]
pub struct Listed<'a> {
    /// What was asked.
    pub query: &'a ListQuery,
    /// How many rows it has.
    pub rows: usize,
    /// How many match in all.
    pub total: i64,
    /// How many rows come before them.
    pub offset: i64,
    /// Where the page before ends, if there is one.
    pub previous: Option<&'a Cursor>,
    /// Where the next page starts, if there is one.
    pub next: Option<&'a Cursor>,
}

impl Listed<'_> {
    /// The range of rows and the total: `21–40 of 54`.
    pub fn range(&self) -> String {
        range(self.offset, self.rows, self.total)
    }
}

/// Rows of one kind.
pub struct RowsOf<Row: 'static> {
    /// Takes the list out of the page's data.
    pub page: fn(&PageData) -> Option<&ListPage<Row>>,
    /// A row's cells.
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

/// What the cells of one row are made from: the row, or nothing while it is awaited.
pub struct Cells<'a, Row>(Option<&'a Row>);

impl<Row> Clone for Cells<'_, Row> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Row> Copy for Cells<'_, Row> {}

/// A name's font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Font {
    /// As all text.
    Text,
    /// For what is read letter by letter.
    Mono,
}

impl<'a, Row> Cells<'a, Row> {
    /// The cells of `row`.
    pub const fn of(row: Option<&'a Row>) -> Self {
        Self(row)
    }

    /// The first cell: the name, which leads to the row's page; below it, where there is no room for its column, `sub`.
    pub fn main(
        self,
        fonts: (Font, Font),
        url: impl FnOnce(&Row) -> String,
        name: impl FnOnce(&Row) -> String,
        sub: impl FnOnce(&Row) -> String,
    ) -> AnyView {
        drawn::main(fonts, self.0.map(url), self.0.map(name), self.say(sub))
    }

    /// A text.
    pub fn text(self, class: &'static str, of: impl FnOnce(&Row) -> String) -> AnyView {
        drawn::text(class, self.say(of))
    }

    /// A number and what it counts.
    pub fn amount(
        self,
        class: &'static str,
        of: impl FnOnce(&Row) -> String,
        unit: impl FnOnce(&Row) -> String,
    ) -> AnyView {
        drawn::amount(class, self.say(of), self.say(unit))
    }

    /// A status.
    pub fn status(self, of: impl FnOnce(&Row) -> (StatusTone, &'static str)) -> AnyView {
        drawn::status(self.0.map(of))
    }

    /// A moment, in words, and exactly on hover.
    pub fn time(
        self,
        class: &'static str,
        of: impl FnOnce(&Row) -> Moment,
        words: impl FnOnce(OffsetDateTime) -> String,
    ) -> AnyView {
        let at = self.0.map(|row| *of(row));
        drawn::time(class, at, at.map(words).unwrap_or_default())
    }

    /// A day.
    pub fn day(self, class: &'static str, of: impl FnOnce(&Row) -> Moment) -> AnyView {
        self.time(class, of, |at| moment::date(at.date()))
    }

    fn say(self, of: impl FnOnce(&Row) -> String) -> String {
        self.0.map(of).unwrap_or_default()
    }
}

/// The elements: made once, and not once for each kind of row.
mod drawn {
    use super::{Font, OffsetDateTime, moment};
    use crate::ui::{Lasting, StatusTone, lasting};
    use leptos::{
        html::{a, span, td, time as time_element},
        prelude::*,
    };

    pub fn main((font, below): (Font, Font), url: Option<String>, name: Option<String>, sub: String) -> AnyView {
        let link = match font {
            Font::Text => lasting("row-link"),
            Font::Mono => lasting("row-link mono"),
        };
        // Dragging over the link selects its text.
        let link = link.fixed("draggable", "false").perhaps("href", url).perhaps("title", name.clone());
        let below = match below {
            Font::Text => lasting("row-sub"),
            Font::Mono => lasting("row-sub mono"),
        };
        td().add_any_attr(lasting("col-main"))
            .child(a().add_any_attr(link).child(name.unwrap_or_default()))
            .child(span().add_any_attr(below).child(sub))
            .into_any()
    }

    pub fn text(class: &'static str, said: String) -> AnyView {
        td().add_any_attr(lasting(class)).child(said).into_any()
    }

    pub fn amount(class: &'static str, number: String, unit: String) -> AnyView {
        td().add_any_attr(lasting(class))
            .child(number)
            .child(" ")
            .child(span().add_any_attr(lasting("unit")).child(unit))
            .into_any()
    }

    pub fn status(status: Option<(StatusTone, &'static str)>) -> AnyView {
        let (class, word) = status.map_or(("status blank", ""), |(tone, word)| (tone.class(), word));
        td().add_any_attr(lasting("fit")).child(span().add_any_attr(lasting(class)).child(word)).into_any()
    }

    pub fn time(class: &'static str, at: Option<OffsetDateTime>, words: String) -> AnyView {
        let exact = Lasting::default().perhaps("title", at.map(moment::exact));
        td().add_any_attr(lasting(class)).child(time_element().add_any_attr(exact).child(words)).into_any()
    }
}
