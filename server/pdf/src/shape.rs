//! Text: from characters to the glyphs of a line, and lines of a width.

use crate::fonts::{Fonts, Weight};
use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::{Direction, Feature, UnicodeBuffer, ttf_parser::Tag};
use std::ops::Range;
use unicode_bidi::BidiInfo;

/// What is printed for a character that no font has.
const MISSING: char = '?';

/// Glyphs of one font and direction. The advances are relative to the size.
pub(crate) struct Run {
    pub(crate) face: usize,
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) advance: f32,
}

/// A line of text: its runs from left to right.
pub(crate) struct Line {
    pub(crate) runs: Vec<Run>,
    /// Width at size 1.
    pub(crate) width: f32,
    /// Whether the paragraph is written from right to left.
    pub(crate) rtl: bool,
}

/// Shapes texts, and keeps what no font has.
pub(crate) struct Shaper<'f> {
    pub(crate) fonts: &'f Fonts,
    pub(crate) missing: Vec<char>,
}

impl<'f> Shaper<'f> {
    pub(crate) const fn new(fonts: &'f Fonts) -> Self {
        Self { fonts, missing: Vec::new() }
    }

    /// Returns a text without what can't be printed.
    fn printable(&mut self, text: &str, weight: Weight) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() && c != '\u{a0}' {
                out.push(' ');
            } else if ignorable(c) {
                // Fonts have no glyphs for controls.
            } else if self.fonts.position(c, weight).is_some() {
                out.push(c);
            } else {
                if !self.missing.contains(&c) {
                    self.missing.push(c);
                }
                out.push(MISSING);
            }
        }
        out
    }

    /// Shapes one line.
    pub(crate) fn line(&mut self, text: &str, weight: Weight) -> Line {
        let text = self.printable(text, weight);
        let bidi = BidiInfo::new(&text, None);
        let mut line = Line { runs: Vec::new(), width: 0.0, rtl: false };
        // Line breaks are gone, so there is one paragraph at most.
        let Some(paragraph) = bidi.paragraphs.first() else { return line };
        line.rtl = paragraph.level.is_rtl();
        let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
        for range in runs {
            let rtl = levels.get(range.start).is_some_and(unicode_bidi::Level::is_rtl);
            let mut parts = self.by_font(&text, range, weight);
            if rtl {
                parts.reverse();
            }
            for (face, part) in parts {
                line.runs.extend(self.run(face, text.get(part).unwrap_or_default(), rtl));
            }
        }
        line.width = line.runs.iter().map(|run| run.advance).sum();
        line
    }

    /// Splits a range into parts of one font each. Marks, spaces and joiners stay with the font before them, if it has
    /// them.
    fn by_font(&self, text: &str, range: Range<usize>, weight: Weight) -> Vec<(usize, Range<usize>)> {
        let mut parts: Vec<(usize, Range<usize>)> = Vec::new();
        let start = range.start;
        for (at, c) in text.get(range).unwrap_or_default().char_indices() {
            let (from, to) = (start + at, start + at + c.len_utf8());
            let has = |face: usize| self.fonts.face(face).is_some_and(|face| face.shaper.glyph_index(c).is_some());
            match parts.last_mut() {
                Some((face, part)) if !c.is_alphanumeric() && has(*face) => part.end = to,
                last => {
                    let face = self.fonts.position(c, weight).unwrap_or_default();
                    match last {
                        Some((before, part)) if *before == face => part.end = to,
                        _ => parts.push((face, from..to)),
                    }
                }
            }
        }
        parts
    }

    fn run(&self, at: usize, text: &str, rtl: bool) -> Option<Run> {
        let face = self.fonts.face(at)?;
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        buffer.guess_segment_properties();
        // Figures of one width, so that amounts stand below each other. No ligatures: a search finds each letter.
        let features = [(b"tnum", 1), (b"liga", 0), (b"clig", 0), (b"calt", 0)];
        // Arabic letters are joined by other features, and its contextual forms are not optional.
        let arabic = rtl;
        let features: Vec<Feature> = features
            .into_iter()
            .filter(|(tag, _)| !arabic || *tag == b"tnum")
            .map(|(tag, value)| Feature::new(Tag::from_bytes(tag), value, ..))
            .collect();
        let shaped = rustybuzz::shape(&face.shaper, &features, buffer);
        let unit = 1.0 / face.font.units_per_em();
        let mut starts: Vec<usize> = shaped.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let end =
            |start: usize| starts.get(starts.partition_point(|other| *other <= start)).copied().unwrap_or(text.len());
        let (mut glyphs, mut advance) = (Vec::new(), 0.0);
        for (info, position) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()) {
            let start = info.cluster as usize;
            let scaled = |value: i32| value as f32 * unit;
            advance += scaled(position.x_advance);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                scaled(position.x_advance),
                scaled(position.x_offset),
                scaled(position.y_offset),
                scaled(position.y_advance),
                start..end(start),
                None,
            ));
        }
        Some(Run { face: at, text: text.to_owned(), glyphs, advance })
    }

    /// Shapes a text in lines of a width at size 1. Lines break at line breaks, spaces, between ideographs, and within
    /// words that are wider than a line.
    pub(crate) fn wrap(&mut self, text: &str, weight: Weight, width: f32) -> Vec<Line> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut current = String::new();
            for piece in pieces(paragraph) {
                let longer = format!("{current}{piece}");
                if self.line(longer.trim_end(), weight).width <= width {
                    current = longer;
                    continue;
                }
                if !current.trim().is_empty() {
                    lines.push(self.line(current.trim_end(), weight));
                }
                current = String::new();
                for c in piece.chars() {
                    let longer = format!("{current}{c}");
                    if !current.is_empty() && self.line(longer.trim_end(), weight).width > width {
                        lines.push(self.line(&current, weight));
                        current = c.to_string();
                    } else {
                        current = longer;
                    }
                }
            }
            if !current.trim().is_empty() {
                lines.push(self.line(current.trim_end(), weight));
            }
        }
        lines
    }
}

/// Controls and marks of direction, which are not printed.
fn ignorable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Splits a text into pieces after which a line may break: words with the spaces after them, and ideographs.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let after_space = c == ' ' && next != Some(' ');
        let ideographs = (ideograph(c) || next.is_some_and(ideograph)) && next.is_some_and(|next| !closing(next));
        if after_space || ideographs {
            let end = at + c.len_utf8();
            out.extend(text.get(start..end));
            start = end;
        }
    }
    out.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    out
}

const fn ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Characters that do not begin a line.
const fn closing(c: char) -> bool {
    matches!(
        c,
        ' ' | ')' | ']' | ',' | '.' | ';' | ':' | '!' | '?' | '、' | '。' | '，' | '．' | '）' | '」' | '』' | 'ー'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_never_wider_than_asked_and_keep_all_letters() {
        let fonts = Fonts::built_in();
        let mut shaper = Shaper::new(&fonts);
        for text in [
            "A plain sentence of several words",
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "東京都千代田区丸の内一丁目",
            "شركة الاختبار المحدودة",
        ] {
            let lines = shaper.wrap(text, Weight::Regular, 6.0);
            assert!(lines.len() > 1, "{text}");
            let mut kept = String::new();
            for line in &lines {
                assert!(line.width <= 6.0, "{text}");
                line.runs.iter().for_each(|run| kept.push_str(&run.text));
            }
            let letters = |text: &str| {
                let mut letters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
                letters.sort_unstable();
                letters
            };
            assert_eq!(letters(&kept), letters(text));
        }
        assert!(shaper.missing.is_empty());
    }

    #[test]
    fn a_character_without_a_font_is_reported() {
        let fonts = Fonts::built_in();
        let mut shaper = Shaper::new(&fonts);
        let line = shaper.line("क\u{202e}x\u{7}", Weight::Regular);
        assert_eq!(line.runs.iter().map(|run| run.text.as_str()).collect::<String>(), "?x");
        assert_eq!(shaper.missing, ['क']);
    }

    #[test]
    fn figures_have_one_width() {
        let fonts = Fonts::built_in();
        let mut shaper = Shaper::new(&fonts);
        let width = |shaper: &mut Shaper<'_>, text| shaper.line(text, Weight::Regular).width;
        assert_eq!(width(&mut shaper, "111"), width(&mut shaper, "888"));
    }
}
