//! The cells of a list's row. A noun says what they say; how they look, and that they are the same elements for every row
//! and while rows are awaited, is here.

use crate::ui::{Lasting, StatusTone, lasting};
use ::time::OffsetDateTime;
use leptos::{
    html::{a, span, td, time},
    prelude::*,
};
use model::moment;

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
        (font, sub_font): (Font, Font),
        url: impl FnOnce(&Row) -> String,
        name: impl FnOnce(&Row) -> String,
        sub: impl FnOnce(&Row) -> String,
    ) -> AnyView {
        let name = self.0.map(name);
        let link = match font {
            Font::Text => lasting("row-link"),
            Font::Mono => lasting("row-link mono"),
        };
        let link = link.perhaps("href", self.0.map(url)).perhaps("title", name.clone());
        let below = match sub_font {
            Font::Text => lasting("row-sub"),
            Font::Mono => lasting("row-sub mono"),
        };
        td().add_any_attr(lasting("col-main"))
            .child(a().add_any_attr(link).child(name.unwrap_or_default()))
            .child(span().add_any_attr(below).child(self.say(sub)))
            .into_any()
    }

    /// A text.
    pub fn text(self, class: &'static str, of: impl FnOnce(&Row) -> String) -> AnyView {
        td().add_any_attr(lasting(class)).child(self.say(of)).into_any()
    }

    /// A number and what it counts.
    pub fn amount(
        self,
        class: &'static str,
        of: impl FnOnce(&Row) -> String,
        unit: impl FnOnce(&Row) -> String,
    ) -> AnyView {
        td().add_any_attr(lasting(class))
            .child(self.say(of))
            .child(" ")
            .child(span().add_any_attr(lasting("unit")).child(self.say(unit)))
            .into_any()
    }

    /// A status.
    pub fn status(self, of: impl FnOnce(&Row) -> (StatusTone, &'static str)) -> AnyView {
        let (class, word) = self.0.map(of).map_or(("status blank", ""), |(tone, word)| (tone.class(), word));
        td().add_any_attr(lasting("fit")).child(span().add_any_attr(lasting(class)).child(word)).into_any()
    }

    /// A moment, in words, and exactly on hover.
    pub fn time(
        self,
        class: &'static str,
        of: impl FnOnce(&Row) -> OffsetDateTime,
        words: impl FnOnce(OffsetDateTime) -> String,
    ) -> AnyView {
        let at = self.0.map(of);
        let exact = Lasting::default().perhaps("title", at.map(moment::exact));
        td().add_any_attr(lasting(class))
            .child(time().add_any_attr(exact).child(at.map(words).unwrap_or_default()))
            .into_any()
    }

    /// A day.
    pub fn day(self, class: &'static str, of: impl FnOnce(&Row) -> OffsetDateTime) -> AnyView {
        self.time(class, of, |at| moment::date(at.date()))
    }

    fn say(self, of: impl FnOnce(&Row) -> String) -> String {
        self.0.map(of).unwrap_or_default()
    }
}
