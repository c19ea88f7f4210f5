//! Fuzzy search for the switcher, the command palette and the picker, with ranking and highlighting.
//!
//! Ranking and highlighting are separate: each keystroke ranks up to ten thousand rows, but only the twenty displayed
//! rows are highlighted.

use crate::text::{Accents, fold, folded, has_accent};
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String, chars};
use std::{cell::RefCell, cmp::Reverse};

thread_local! {
    /// The matcher needs 135 kB of scratch memory, so it is created once per thread and not per keystroke.
    static MATCHER: RefCell<Matcher> = RefCell::new(Matcher::new(Config::DEFAULT));
}

/// A parsed search query. Every word must match one of a candidate's texts. A match in the first text, the name, counts
/// double. An empty query matches everything.
#[derive(Debug, Clone, Default)]
pub struct Query {
    words: Vec<Word>,
}

/// A word in the form that the matcher expects: folded and in lowercase. The matcher's own pattern type has more
/// features, which would only enlarge the binary.
#[derive(Debug, Clone)]
struct Word {
    letters: Utf32String,
    /// Ignored if the query word has no accents.
    accents: Accents,
}

impl Word {
    fn new(typed: &str) -> Self {
        let letters: Vec<char> = fold(typed, Accents::Kept).letters.into_iter().map(chars::to_lower_case).collect();
        let accents = if letters.iter().any(|c| has_accent(*c)) { Accents::Kept } else { Accents::Ignored };
        Self { letters: letters.into_iter().collect::<String>().into(), accents }
    }

    fn score(&self, text: &str, matcher: &mut Matcher, buffer: &mut Vec<char>) -> Option<u16> {
        matcher.config.normalize = self.accents == Accents::Ignored;
        if folded(text) {
            return matcher.fuzzy_match(Utf32Str::new(text, buffer), self.letters.slice(..));
        }
        let text = fold(text, self.accents).letters;
        matcher.fuzzy_match(Utf32Str::Unicode(&text), self.letters.slice(..))
    }

    /// Adds the indices of the matching characters in the text, including all marks of each letter.
    fn letters(&self, text: &str, matcher: &mut Matcher, buffer: &mut Vec<char>, found: &mut Vec<u32>) {
        matcher.config.normalize = self.accents == Accents::Ignored;
        if folded(text) {
            matcher.fuzzy_indices(Utf32Str::new(text, buffer), self.letters.slice(..), found);
            return;
        }
        let text = fold(text, self.accents);
        let mut letters = Vec::new();
        matcher.fuzzy_indices(Utf32Str::Unicode(&text.letters), self.letters.slice(..), &mut letters);
        let from = letters.iter().filter_map(|letter| text.from.get(*letter as usize));
        found.extend(from.flat_map(|(first, end)| *first..*end));
    }
}

impl Query {
    /// Parses the entered text.
    pub fn parse(typed: &str) -> Self {
        Self { words: typed.split_whitespace().map(Word::new).collect() }
    }

    /// Returns `true` if the query has no words and matches everything.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Returns the indices of the matching candidates, best first. Candidates with equal scores keep their order.
    pub fn rank<'a, C, T>(&self, candidates: C) -> Vec<usize>
    where
        C: IntoIterator<Item = T>,
        T: IntoIterator<Item = &'a str>,
    {
        self.rank_with(candidates, |_| 0)
    }

    /// As [`Query::rank`], but adds `bonus` of a candidate's index to the score of each matching candidate.
    pub fn rank_with<'a, C, T>(&self, candidates: C, bonus: impl Fn(usize) -> u32) -> Vec<usize>
    where
        C: IntoIterator<Item = T>,
        T: IntoIterator<Item = &'a str>,
    {
        if self.is_empty() {
            return (0..candidates.into_iter().count()).collect();
        }
        MATCHER.with_borrow_mut(|matcher| {
            let mut buffer = Vec::new();
            let mut texts = Vec::new();
            let mut before: Vec<Scored> = vec![Scored::default(); self.words.len()];
            let mut found: Vec<(Reverse<u32>, usize)> = Vec::new();
            for (index, candidate) in candidates.into_iter().enumerate() {
                texts.clear();
                texts.extend(candidate);
                let scored = |(word, before)| best(word, &texts, before, matcher, &mut buffer).map(|(score, _)| score);
                if let Some(total) = self.words.iter().zip(&mut before).map(scored).sum::<Option<u32>>() {
                    found.push((Reverse(total + bonus(index)), index));
                }
            }
            found.sort_unstable();
            found.into_iter().map(|(_, index)| index).collect()
        })
    }

    /// Returns the indices of the characters to highlight in a candidate's first text, ascending. Only words whose best
    /// match is in that text are highlighted.
    pub fn letters<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        let texts: Vec<&str> = texts.into_iter().collect();
        let Some(name) = texts.first().filter(|_| !self.is_empty()) else { return Vec::new() };
        MATCHER.with_borrow_mut(|matcher| {
            let mut buffer = Vec::new();
            let mut letters = Vec::new();
            for word in &self.words {
                if let Some((_, 0)) = best(word, &texts, &mut Vec::new(), matcher, &mut buffer) {
                    word.letters(name, matcher, &mut buffer, &mut letters);
                }
            }
            letters.sort_unstable();
            letters.dedup();
            letters
        })
    }
}

/// Scores of a word in each text of a candidate, by position.
type Scored<'a> = Vec<(&'a str, Option<u16>)>;

/// Returns the best score of a word and the position of the text in which it occurs. A match in the first text, the
/// name, counts double.
///
/// `before` caches the texts and scores of the previous candidate. A text that is identical at the same position is not
/// matched again, for example the organization name of consecutive rows.
fn best<'a>(
    word: &Word,
    texts: &[&'a str],
    before: &mut Scored<'a>,
    matcher: &mut Matcher,
    buffer: &mut Vec<char>,
) -> Option<(u32, usize)> {
    before.truncate(texts.len());
    let mut best = None;
    for (place, text) in texts.iter().enumerate() {
        let score = match before.get(place) {
            Some((same, score)) if std::ptr::eq(*same, *text) => *score,
            _ => word.score(text, matcher, buffer),
        };
        match before.get_mut(place) {
            Some(known) => *known = (text, score),
            None => before.push((text, score)),
        }
        let Some(score) = score else { continue };
        let score = u32::from(score) * if place == 0 { 2 } else { 1 };
        if best.is_none_or(|(most, _)| score > most) {
            best = Some((score, place));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROWS: [[&str; 3]; 3] = [
        ["Finance", "globalai-finance", "GlobalAI"],
        ["IT", "smartai-it", "SmartAI"],
        ["Product Eng", "smartai-product-eng", "SmartAI"],
    ];

    fn names(query: &str) -> Vec<usize> {
        Query::parse(query).rank(ROWS)
    }

    #[test]
    fn finds_by_name_slug_and_organization() {
        assert_eq!(names(""), [0, 1, 2]);
        assert_eq!(names("  "), [0, 1, 2]);
        assert_eq!(names("fin"), [0]);
        assert_eq!(names("smartai").len(), 2);
        assert_eq!(names("smart eng"), [2]);
        assert_eq!(names("it").first(), Some(&1), "a name that is the query comes first");
        assert!(names("zzz").is_empty());
    }

    #[test]
    fn case_is_ignored_and_accents_match_only_if_typed() {
        let finds = |query: &str, name: &str| !Query::parse(query).rank([[name]]).is_empty();
        assert!(finds("FIN", "finance") && finds("ä", "ÄRGER") && finds("Ä", "ärger") && finds("ß", "Straße"));
        assert!(finds("cafe", "Café"), "without an accent any is found");
        assert!(finds("café", "Café") && !finds("café", "Cafe"), "a typed accent is meant");
        assert!(finds("оснои", "Основной") && finds("αθηνα", "Αθήνα") && !finds("αθήνα", "Αθηνα"), "in any script");
    }

    /// A text is found by any of its Unicode spellings.
    #[test]
    fn unicode_spellings_match_each_other() {
        let finds = |query: &str, name: &str| !Query::parse(query).rank([[name]]).is_empty();
        for spellings in [
            ["Café", "Cafe\u{301}"],
            ["Škoda", "S\u{30c}koda"],
            ["Łódź", "Ło\u{301}dz\u{301}"],
            ["한국", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"],
            ["Việt", "Vie\u{323}\u{302}t"],
            ["Ολυμπία", "Ολυμπι\u{301}α"],
            ["ガス", "カ\u{3099}ス"],
            ["fin", "ﬁn"],
            ["ABC", "ＡＢＣ"],
            ["Strasse", "Straße"],
            ["STRASSE", "STRAẞE"],
            ["й", "и\u{306}"],
            ["n\u{308}", "n\u{308}"],
        ] {
            for query in spellings {
                for name in spellings {
                    assert!(finds(query, name), "{query:?} does not find {name:?}");
                }
            }
        }
        assert!(finds("cafe", "Cafe\u{301}") && !finds("cafe\u{301}", "Cafe"), "accents count as long as one is typed");
    }

    #[test]
    fn letters_returns_the_matched_characters() {
        let letters = |query: &str, row: [&'static str; 3]| Query::parse(query).letters(row);
        assert_eq!(letters("pe", ROWS[2]), [0, 8]);
        assert_eq!(letters("smartai", ROWS[2]), [0_u32; 0], "what matched elsewhere marks nothing in the name");
        assert_eq!(letters("", ROWS[2]), [0_u32; 0]);
        assert_eq!(Query::parse("é").letters(["Café"]), [3], "characters, not bytes");
        assert_eq!(Query::parse("b").letters(["e\u{301}b"]), [2], "characters, not what they look like together");
        assert_eq!(Query::parse("é").letters(["cafe\u{301}"]), [3, 4], "a letter without its mark");
        assert_eq!(Query::parse("e").letters(["cafe\u{301}s"]), [3, 4], "a letter without its mark");
        assert_eq!(Query::parse("s").letters(["e\u{301}s"]), [2]);
        assert_eq!(Query::parse("fi").letters(["ﬁn"]), [0]);
        assert_eq!(Query::parse("asse").letters(["Straße"]), [3, 4, 5]);
    }

    proptest! {
        /// For any query, each result contains all letters of the query, candidates are not repeated, and only letters
        /// of the query are highlighted.
        #[test]
        fn matches_contain_the_query_characters(query in "[a-z]{0,4}( [a-z]{1,3})?", names in prop::collection::vec("[a-z -]{1,12}", 0..20)) {
            let parsed = Query::parse(&query);
            let found = parsed.rank(names.iter().map(|name| [name.as_str()]));
            for index in &found {
                let name = &names[*index];
                prop_assert!(query.chars().filter(|c| *c != ' ').all(|c| name.contains(c)));
                for at in parsed.letters([name.as_str()]) {
                    let marked = name.chars().nth(at as usize);
                    prop_assert!(marked.is_some_and(|c| query.contains(c)));
                }
            }
            let mut twice: Vec<_> = found.clone();
            twice.sort_unstable();
            twice.dedup();
            prop_assert_eq!(twice.len(), found.len());
            if query.trim().is_empty() {
                prop_assert_eq!(found.len(), names.len());
            }
        }

        /// Caching of shared texts does not change the ranking: each row gets the score that it would get on its own.
        #[test]
        fn ranking_does_not_depend_on_neighbouring_rows(
            query in "[abé]{1,3}( [abé]{1,2})?",
            names in prop::collection::vec(("[ab é]{0,6}", prop::collection::vec("[abé]{0,4}", 0..3)), 1..20),
            organizations in prop::array::uniform2("[abé ]{0,6}"),
        ) {
            let parsed = Query::parse(&query);
            let texts: Vec<Vec<&str>> = names.iter().enumerate().map(|(at, (name, former))| {
                let organization = organizations[at / 3 % 2].as_str();
                [name.as_str(), organization].into_iter().chain(former.iter().map(String::as_str)).chain(["switch"]).collect()
            }).collect();
            let alone = |texts: &Vec<&str>| MATCHER.with_borrow_mut(|matcher| {
                let scores = parsed.words.iter().map(|word| best(word, texts, &mut Vec::new(), matcher, &mut Vec::new()));
                scores.map(|best| best.map(|(score, _)| score)).sum::<Option<u32>>()
            });
            let mut expected: Vec<_> = texts.iter().map(alone).enumerate().filter_map(|(at, score)| Some((Reverse(score?), at))).collect();
            expected.sort_unstable();
            let found = parsed.rank(texts.iter().map(|texts| texts.iter().copied()));
            prop_assert_eq!(found, expected.into_iter().map(|(_, at)| at).collect::<Vec<_>>());
        }
    }
}
