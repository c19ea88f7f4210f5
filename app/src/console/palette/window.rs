//! Virtual scrolling of the palette. All lines have the same height, and so have all headings.

use super::commands::Line;
use crate::browser;
use leptos::prelude::*;
use std::ops::Range;

/// Number of lines rendered beyond the visible ones on either side, once the list is scrolled.
const BEYOND: usize = 8;
/// Maximum number of headings above a line. Each heading counts as at most one scrolled line.
const HEADINGS: usize = 6;
/// Step of the rendered range in lines. Scrolling by fewer lines renders nothing new.
const STEP: usize = 4;

/// Visible part of the list.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    list: &'static str,
    /// Index of the first visible line, derived from the scroll position.
    top: RwSignal<usize>,
    sizes: RwSignal<Sizes>,
    scrolled: StoredValue<bool>,
}

/// Element heights, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sizes {
    line: f64,
    heading: f64,
    list: f64,
}

/// Part of the list to render.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Range of lines.
    pub lines: Range<usize>,
    /// Height of the spacer above them, in CSS pixels.
    pub above: f64,
    /// Height of the spacer below them, in CSS pixels.
    pub below: f64,
}

impl Sizes {
    /// Returns the offset of the line at `at`: the height of all lines before it and of the headings up to its own
    /// section.
    fn top_of(self, lines: &[Line], at: usize) -> f64 {
        let (mut headings, mut begins) = (0, 0);
        // Iterates over sections instead of lines; the lines are sorted by section.
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
    /// Creates a window of the list with the id `list`, with the sizes of style/44-palette.css until they are measured.
    pub fn new(list: &'static str) -> Self {
        let sizes = Sizes { line: 40.0, heading: 34.0, list: 400.0 };
        Self { list, top: RwSignal::new(0), sizes: RwSignal::new(sizes), scrolled: StoredValue::new(false) }
    }

    /// Measures the rendered heights. Lines are higher on a phone.
    pub fn measure(self, line: &str, heading: &str) {
        let heights =
            (browser::height_of(line), browser::height_of(heading), browser::height_of(&format!("#{}", self.list)));
        let (Some(line), Some(heading), Some(list)) = heights else { return };
        let sizes = Sizes { line, heading, list };
        if line > 0.0 && self.sizes.get_untracked() != sizes {
            self.sizes.set(sizes);
        }
    }

    /// Scrolls to the top. If the list is there already, the browser is not queried, because that would force a layout.
    pub fn to_top(self) {
        if self.scrolled.try_update_value(std::mem::take).unwrap_or_default() {
            browser::scroll_within(self.list, 0.0);
        }
        self.top.maybe_update(|top| std::mem::replace(top, 0) != 0);
    }

    /// Updates the visible range after scrolling.
    pub fn follow(self) {
        self.scrolled.set_value(true);
        let scrolled = browser::scrolled(self.list);
        let at = (scrolled / self.sizes.get_untracked().line) as usize / STEP * STEP;
        // Only an unscrolled list counts as being at the top.
        let at = at.max(usize::from(scrolled > 0.0));
        self.top.maybe_update(|top| std::mem::replace(top, at) != at);
    }

    /// Scrolls the line at `at` into view, if it is not visible.
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

    /// Returns the part of `lines` to render. Tracks the scroll position.
    pub fn seen(self, lines: &[Line]) -> Seen {
        let (sizes, top) = (self.sizes.get(), self.top.get());
        let start = top.saturating_sub(BEYOND + HEADINGS).min(lines.len());
        let in_sight = (sizes.list / sizes.line) as usize + 1;
        // At the top, where every opening and key press begins, nothing beyond the visible lines is rendered.
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
    fn top_of_adds_the_heights_of_lines_and_headings_above() {
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
