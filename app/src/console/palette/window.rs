//! Which lines of the palette are in sight, by arithmetic: all lines are equally high, and so are the headings.

use super::commands::Line;
use crate::browser;
use leptos::prelude::*;
use std::ops::Range;

/// How many lines are drawn beyond what is in sight, on either side, once one scrolls.
const BEYOND: usize = 8;
/// Most headings above a line: each stands for less than a line that scrolling has gone past.
const HEADINGS: usize = 6;
/// The view moves in steps of so many lines: scrolling by one draws nothing anew.
const STEP: usize = 4;

/// What is in sight.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    list: &'static str,
    /// From which line on, as far as scrolling says.
    top: RwSignal<usize>,
    sizes: RwSignal<Sizes>,
    scrolled: StoredValue<bool>,
}

/// Heights, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sizes {
    line: f64,
    heading: f64,
    list: f64,
}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The lines.
    pub lines: Range<usize>,
    /// How high what is above them would be, in pixels.
    pub above: f64,
    /// How high what is below them would be, in pixels.
    pub below: f64,
}

impl Sizes {
    /// How far down the line at `at` begins: below all lines before it and the headings up to its own.
    fn top_of(self, lines: &[Line], at: usize) -> f64 {
        let (mut headings, mut begins) = (0, 0);
        // From section to section, in whose order the lines are: not from line to line.
        while let Some(rest) = lines.get(begins..).filter(|rest| begins <= at && !rest.is_empty()) {
            headings += 1;
            begins += rest.partition_point(|line| rest.first().is_some_and(|first| first.section == line.section));
        }
        self.line * at as f64 + self.heading * f64::from(headings)
    }

    fn whole(self, lines: &[Line]) -> f64 {
        if lines.is_empty() { 0.0 } else { self.top_of(lines, lines.len() - 1) + self.line }
    }
}

impl Window {
    /// Of the list with that id, with the sizes of style/44-palette.css until they are measured.
    pub fn new(list: &'static str) -> Self {
        let sizes = Sizes { line: 40.0, heading: 34.0, list: 400.0 };
        Self { list, top: RwSignal::new(0), sizes: RwSignal::new(sizes), scrolled: StoredValue::new(false) }
    }

    /// Takes the heights from what is drawn: a phone's lines are higher.
    pub fn measure(self, line: &str, heading: &str) {
        let heights =
            (browser::height_of(line), browser::height_of(heading), browser::height_of(&format!("#{}", self.list)));
        let (Some(line), Some(heading), Some(list)) = heights else { return };
        let sizes = Sizes { line, heading, list };
        if line > 0.0 && self.sizes.get_untracked() != sizes {
            self.sizes.set(sizes);
        }
    }

    /// Back to the top. Nothing is asked of the browser if it is there: that would cost a layout.
    pub fn to_top(self) {
        if self.scrolled.try_update_value(std::mem::take).unwrap_or_default() {
            browser::scroll_within(self.list, 0.0);
        }
        self.top.maybe_update(|top| std::mem::replace(top, 0) != 0);
    }

    /// The list was scrolled.
    pub fn follow(self) {
        self.scrolled.set_value(true);
        let scrolled = browser::scrolled(self.list);
        let at = (scrolled / self.sizes.get_untracked().line) as usize / STEP * STEP;
        // Only who has not scrolled at all is at the top.
        let at = at.max(usize::from(scrolled > 0.0));
        self.top.maybe_update(|top| std::mem::replace(top, at) != at);
    }

    /// Scrolls so that the line at `at` is in sight, if it is not.
    pub fn reveal(self, lines: &[Line], at: usize) {
        let sizes = self.sizes.get_untracked();
        let (top, now) = (sizes.top_of(lines, at), browser::scrolled(self.list));
        let margin = if at == 0 { top } else { sizes.heading };
        if top - margin < now {
            browser::scroll_within(self.list, top - margin);
        } else if top + sizes.line + 8.0 > now + sizes.list {
            browser::scroll_within(self.list, top + sizes.line + 8.0 - sizes.list);
        }
        self.follow();
    }

    /// What is to be drawn of `lines`; follows scrolling.
    pub fn seen(self, lines: &[Line]) -> Seen {
        let (sizes, top) = (self.sizes.get(), self.top.get());
        let start = top.saturating_sub(BEYOND + HEADINGS).min(lines.len());
        let in_sight = (sizes.list / sizes.line) as usize + 1;
        // At the top, where one is at each opening and key, nothing beyond.
        let beyond = if top == 0 { 0 } else { STEP + BEYOND };
        let end = (top + in_sight + beyond).min(lines.len());
        let begins =
            start == 0 || lines.get(start - 1).zip(lines.get(start)).is_none_or(|(a, b)| a.section != b.section);
        let heading = if begins { sizes.heading } else { 0.0 };
        let above = if start == 0 { 0.0 } else { sizes.top_of(lines, start) - heading };
        let below = if end == 0 { 0.0 } else { sizes.whole(lines) - sizes.top_of(lines, end - 1) - sizes.line };
        Seen { lines: start..end, above, below }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::palette::commands::{Item, Section};

    #[test]
    fn a_line_begins_below_the_lines_and_headings_above_it() {
        use Section::{Actions, GoTo, Recent, Workspaces};
        let sections = [Recent, Recent, Workspaces, Workspaces, Workspaces, GoTo, Actions];
        let lines = sections.map(|section| Line { section, item: Item::Command(0) });
        let sizes = Sizes { line: 40.0, heading: 30.0, list: 400.0 };
        let tops = [30.0, 70.0, 140.0, 180.0, 220.0, 290.0, 360.0];
        assert_eq!(std::array::from_fn(|at| sizes.top_of(&lines, at)), tops);
        assert_eq!(sizes.whole(&lines), 400.0);
        assert_eq!(sizes.whole(&[]), 0.0);
    }
}
