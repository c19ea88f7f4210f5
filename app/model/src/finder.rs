//! The one finder behind switcher, palette and picker: fuzzy, ranked, with the matched letters.

use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

/// A match: which candidate, how well, and which characters of its name matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its position among the candidates.
    pub index: usize,
    /// Higher is better.
    pub score: u32,
    /// Positions of matched characters in the first of the candidate's texts, ascending.
    pub letters: Vec<u32>,
}

/// Ranks candidates against `query`, best first, equal ones in the order given. Each candidate is a list of texts
/// (its name first, then slug, organization, ...); every word of the query must match in one of them, and a match in
/// the name counts double. An empty query gives back everything in order.
pub fn find<'a, C, T>(query: &str, candidates: C) -> Vec<Found>
where
    C: IntoIterator<Item = T>,
    T: IntoIterator<Item = &'a str>,
{
    let mut matcher = Matcher::new(Config::DEFAULT);
    let words: Vec<Pattern> = query
        .split_whitespace()
        .map(|word| {
            Pattern::new(word, CaseMatching::Ignore, Normalization::Smart, nucleo_matcher::pattern::AtomKind::Fuzzy)
        })
        .collect();
    let mut buffer = Vec::new();
    let mut found: Vec<Found> = candidates
        .into_iter()
        .enumerate()
        .filter_map(|(index, texts)| {
            let texts: Vec<&str> = texts.into_iter().collect();
            let mut total = 0;
            let mut letters = Vec::new();
            for word in &words {
                let mut best = None;
                for (place, text) in texts.iter().enumerate() {
                    let mut indices = Vec::new();
                    let Some(score) = word.indices(Utf32Str::new(text, &mut buffer), &mut matcher, &mut indices) else {
                        continue;
                    };
                    let score = if place == 0 { score * 2 } else { score };
                    if best.as_ref().is_none_or(|(s, _)| score > *s) {
                        best = Some((score, if place == 0 { indices } else { Vec::new() }));
                    }
                }
                let (score, indices) = best?;
                total += score;
                letters.extend(indices);
            }
            letters.sort_unstable();
            letters.dedup();
            Some(Found { index, score: total, letters })
        })
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse(f.score));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &str) -> Vec<usize> {
        let rows = [
            ["Finance", "globalai-finance", "GlobalAI"],
            ["IT", "smartai-it", "SmartAI"],
            ["Product Eng", "smartai-product-eng", "SmartAI"],
        ];
        find(query, rows).into_iter().map(|f| f.index).collect()
    }

    #[test]
    fn finds_by_name_slug_and_organization() {
        assert_eq!(names(""), [0, 1, 2]);
        assert_eq!(names("fin"), [0]);
        assert_eq!(names("smartai").len(), 2);
        assert_eq!(names("smart eng"), [2]);
        assert_eq!(names("it").first(), Some(&1), "a name that is the query comes first");
        assert!(names("zzz").is_empty());
    }

    #[test]
    fn names_the_matched_letters() {
        let found = find("pe", [["Product Eng"]]);
        assert_eq!(found.first().map(|f| f.letters.clone()), Some(vec![0, 8]));
    }
}
