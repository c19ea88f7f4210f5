//! Parser for pasted lists of people, as copied from mail clients, spreadsheets, chats and directories.
//!
//! Nothing is dropped silently: each entry becomes an email address or a part to correct. Names next to an address are
//! kept with it.

use crate::Email;

/// Maximum length of a returned name or part, in characters. Longer ones are truncated.
const QUOTED: usize = 200;

/// An entry of a pasted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pasted {
    /// A person with an email address, listed once even if the text repeats the address.
    Person {
        /// Email address.
        email: Email,
        /// Name next to the address. Empty if there is none.
        name: String,
    },
    /// A part of the text without a valid email address, as entered.
    Unclear(String),
}

/// Returns the people in a text, in order and without repeated addresses.
///
/// People are separated by commas, semicolons, tabs and line breaks, or by spaces between plain addresses. Supported
/// forms are `ada@x.example`, `Ada Moreau <ada@x.example>`, `"Moreau, Ada" <ada@x.example>`, `Moreau, Ada
/// <ada@x.example>`, `ada@x.example (Ada)`, `mailto:` links, bulleted and numbered lists, and rows of a spreadsheet.
pub fn people(text: &str) -> Vec<Pasted> {
    let mut found = Vec::new();
    for line in text.split(['\n', '\r', '\u{2028}', '\u{2029}']) {
        read_line(line, &mut found);
    }
    let mut people: Vec<Pasted> = Vec::new();
    for next in found {
        let known = people.iter_mut().find(|known| match (&**known, &next) {
            (Pasted::Person { email: a, .. }, Pasted::Person { email: b, .. }) => a == b,
            (Pasted::Unclear(a), Pasted::Unclear(b)) => a == b,
            _ => false,
        });
        match (known, next) {
            (None, next) => people.push(next),
            // Keep a name that only a repeated entry has.
            (Some(Pasted::Person { name, .. }), Pasted::Person { name: later, .. }) if name.is_empty() => *name = later,
            (Some(_), _) => {}
        }
    }
    people
}

/// A token of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// Text in double quotes, without the quotes.
    Quoted(String),
    /// Text in angle brackets, without the brackets.
    Angle(String),
    /// Text in parentheses, without the parentheses.
    Comment(String),
    /// Any other text up to the next whitespace.
    Word(String),
}

impl Token {
    /// Returns the token as entered.
    fn source(&self) -> String {
        match self {
            Self::Quoted(text) => format!("\"{text}\""),
            Self::Angle(text) => format!("<{text}>"),
            Self::Comment(text) => format!("({text})"),
            Self::Word(text) => text.clone(),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Quoted(text) | Self::Angle(text) | Self::Comment(text) | Self::Word(text) => text,
        }
    }
}

/// The tokens between two separators of a line, and the separator that follows them.
struct Piece {
    tokens: Vec<Token>,
    ends_with: char,
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | ';' | '\t' | '|' | '，' | '；' | '、')
}

/// Returns `true` for invisible characters, which are removed and do not separate tokens.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Splits a line at separators outside of quotes and brackets. An unclosed quote or bracket is an ordinary character.
fn pieces(line: &str) -> Vec<Piece> {
    let letters: Vec<char> = line.chars().filter(|c| !is_invisible(*c)).collect();
    let mut pieces = Vec::new();
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut at = 0;
    let end_word = |word: &mut String, tokens: &mut Vec<Token>| {
        if !word.is_empty() {
            tokens.push(Token::Word(std::mem::take(word)));
        }
    };
    while let Some(&letter) = letters.get(at) {
        let closing = match letter {
            // A quote inside a word, as in an address, does not start a quoted text.
            '"' | '“' | '„' | '«' if word.is_empty() => Some(match letter {
                '“' | '„' => "”“\"",
                '«' => "»",
                _ => "\"",
            }),
            '<' => Some(">"),
            '(' if word.is_empty() => Some(")"),
            _ => None,
        };
        let close = closing.and_then(|closing| {
            let rest = letters.get(at + 1..)?;
            let length = rest.iter().position(|c| closing.contains(*c))?;
            // The first bracket in `<ada@x, <olu@x>` is unclosed.
            (letter != '<' || !rest.get(..length)?.contains(&'<')).then_some(at + 1 + length)
        });
        if let Some(close) = close {
            end_word(&mut word, &mut tokens);
            let within: String = letters.get(at + 1..close).unwrap_or_default().iter().collect();
            let within = within.trim().to_owned();
            tokens.push(match letter {
                '<' => Token::Angle(within),
                '(' => Token::Comment(within),
                _ => Token::Quoted(within),
            });
            at = close + 1;
            continue;
        }
        if is_separator(letter) {
            end_word(&mut word, &mut tokens);
            pieces.push(Piece { tokens: std::mem::take(&mut tokens), ends_with: letter });
        } else if letter.is_whitespace() {
            end_word(&mut word, &mut tokens);
        } else {
            word.push(letter);
        }
        at += 1;
    }
    end_word(&mut word, &mut tokens);
    pieces.push(Piece { tokens, ends_with: '\n' });
    pieces.retain(|piece| !piece.tokens.is_empty());
    pieces
}

/// Parses the email address in a word. Returns `None` if the word contains no `@`. Punctuation that surrounds addresses
/// in emails, lists and links is removed.
fn address(text: &str) -> Option<Result<Email, ()>> {
    let mut text = text.trim();
    // A Markdown link: `[ada@x.example](mailto:ada@x.example)`
    if let Some((first, _)) = text.split_once("](") {
        text = first;
    }
    text = text.trim_matches(|c: char| "<>()[]{}\"“”„‘’'`´«»*•·:.!?".contains(c));
    if let Some(rest) = text.get(..7).filter(|start| start.eq_ignore_ascii_case("mailto:")).and_then(|_| text.get(7..))
    {
        text = rest.split('?').next().unwrap_or(rest);
    }
    if !text.contains('@') {
        return None;
    }
    // A header name as in `To:ada@x.example`. Addresses never contain a colon.
    let text = text.rsplit(':').next().unwrap_or(text);
    Some(Email::parse(text).map_err(drop))
}

/// The people found in one piece of a line.
#[derive(Debug, Default)]
struct ParsedPiece {
    /// In order: an address with the name before it, or an invalid address.
    people: Vec<Pasted>,
    /// Tokens after the last address, or all tokens if there is none.
    rest: Vec<Token>,
}

fn name_of(tokens: &[Token]) -> String {
    let tokens = match tokens {
        [first, rest @ ..] if !rest.is_empty() && is_mark(std::slice::from_ref(first)) => rest,
        tokens => tokens,
    };
    let words: Vec<&str> = tokens.iter().map(|token| token.text().trim_matches(|c| "'‘’`:".contains(c))).collect();
    let name = words.join(" ").trim().to_owned();
    // List bullets and numbers are not names.
    if name.chars().any(char::is_alphabetic) { cut(&name) } else { String::new() }
}

fn source(tokens: &[Token]) -> String {
    cut(&tokens.iter().map(Token::source).collect::<Vec<_>>().join(" "))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= QUOTED {
        return text.to_owned();
    }
    text.chars().take(QUOTED).chain(['…']).collect()
}

fn read_piece(tokens: &[Token]) -> ParsedPiece {
    // `ada @ x.example` is one invalid address, not three people.
    if tokens.contains(&Token::Word("@".to_owned())) {
        return ParsedPiece { people: vec![Pasted::Unclear(source(tokens))], rest: Vec::new() };
    }
    let mut parsed = ParsedPiece::default();
    let mut before: Vec<Token> = Vec::new();
    for token in tokens {
        let found = match token {
            Token::Word(word) => address(word),
            Token::Angle(within) => Some(address(within).unwrap_or(Err(()))),
            Token::Quoted(_) | Token::Comment(_) => None,
        };
        match found {
            None => before.push(token.clone()),
            Some(Ok(email)) => {
                let name = name_of(&before);
                before.clear();
                // In `ada@x.example <ada@x.example>`, the first address is the display name of the second.
                match parsed.people.last_mut() {
                    Some(Pasted::Person { email: last, .. }) if *last == email => {}
                    _ => parsed.people.push(Pasted::Person { email, name }),
                }
            }
            Some(Err(())) => {
                before.push(token.clone());
                parsed.people.push(Pasted::Unclear(source(&before)));
                before.clear();
            }
        }
    }
    // A name in parentheses, `ada@x.example (Ada Moreau)`, or what is added to a name: `Ada <ada@x.example> (Sales)`
    if let (Some(Pasted::Person { name, .. }), [Token::Comment(comment)]) =
        (parsed.people.last_mut(), before.as_slice())
    {
        *name = if name.is_empty() { cut(comment) } else { cut(&format!("{name} ({comment})")) };
        before.clear();
    }
    parsed.rest = before;
    parsed
}

/// Returns `true` if a piece without an address may be a name: it has a capitalized word, if its script has capital
/// letters.
fn is_name(tokens: &[Token]) -> bool {
    if let [Token::Quoted(_)] = tokens {
        return true;
    }
    let words: Vec<&str> = tokens.iter().map(Token::text).collect();
    let is_word = |word: &&str| word.chars().all(|c| c.is_alphabetic() || "-’'.:".contains(c));
    let begins = |word: &&str| word.chars().next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase());
    (1..=5).contains(&words.len()) && words.iter().all(is_word) && words.iter().any(begins)
}

/// Returns `true` for a list marker (`-`, `•`, `3.`) or an empty cell.
fn is_mark(tokens: &[Token]) -> bool {
    match tokens {
        [Token::Word(word)] => {
            let number = word.trim_end_matches(['.', ')']);
            word.chars().all(|c| "-–—*•·.".contains(c))
                || number.len() < word.len() && number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit())
        }
        tokens => tokens.iter().all(|token| token.text().is_empty() && !matches!(token, Token::Angle(_))),
    }
}

fn read_line(line: &str, found: &mut Vec<Pasted>) {
    // Names that precede their address: `Moreau, Ada <ada@x.example>`.
    let mut waiting: Vec<Vec<Token>> = Vec::new();
    let (begin, mut after_tab) = (found.len(), false);
    for Piece { tokens, ends_with } in pieces(line) {
        if is_mark(&tokens) {
            continue;
        }
        let at = found.len();
        let parsed = match tokens.as_slice() {
            // A quoted cell of an exported spreadsheet.
            [Token::Quoted(within)] if within.contains('@') => {
                read_line(within, found);
                ParsedPiece::default()
            }
            tokens => read_piece(tokens),
        };
        found.extend(parsed.people);
        if found.len() > at {
            join_names(&mut waiting, found, at, after_tab);
            if !parsed.rest.is_empty() {
                found.push(Pasted::Unclear(source(&parsed.rest)));
            }
        } else if is_name(&parsed.rest) {
            match found.last_mut() {
                // Further cells of a row that starts with the address.
                Some(Pasted::Person { name, .. }) if after_tab && waiting.is_empty() && at > begin => {
                    let more = name_of(&parsed.rest);
                    *name = if name.is_empty() { more } else { format!("{name} {more}") };
                }
                _ => waiting.push(parsed.rest),
            }
            if ends_with == ';' {
                give_up(&mut waiting, found);
            }
        } else {
            give_up(&mut waiting, found);
            found.push(Pasted::Unclear(source(&parsed.rest)));
        }
        after_tab = ends_with == '\t';
    }
    give_up(&mut waiting, found);
}

/// Reports names without a following address as entries to correct.
fn give_up(waiting: &mut Vec<Vec<Token>>, found: &mut Vec<Pasted>) {
    found.extend(waiting.drain(..).map(|tokens| Pasted::Unclear(source(&tokens))));
}

/// Assigns the pending names to the person at `at`: one before a given name, two as first and last name, or the cells
/// of a row. The remaining names become entries of their own.
fn join_names(waiting: &mut Vec<Vec<Token>>, found: &mut Vec<Pasted>, at: usize, after_tab: bool) {
    let own = matches!(found.get(at), Some(Pasted::Person { name, .. }) if !name.is_empty());
    let most = match (after_tab, own) {
        (true, _) => 5,
        (false, true) => 1,
        (false, false) => 2,
    };
    let people = waiting.len().saturating_sub(most);
    let names: Vec<Vec<Token>> = waiting.split_off(people);
    if !names.is_empty() {
        match found.get_mut(at) {
            Some(Pasted::Person { name, .. }) => {
                let mut parts: Vec<String> = names.iter().map(|tokens| name_of(tokens)).collect();
                parts.push(std::mem::take(name));
                parts.retain(|part| !part.is_empty());
                *name = cut(&parts.join(if own && !after_tab { ", " } else { " " }));
            }
            Some(Pasted::Unclear(text)) => {
                let before: Vec<String> = names.iter().map(|tokens| source(tokens)).collect();
                *text = cut(&format!("{}, {text}", before.join(", ")));
            }
            None => waiting.extend(names),
        }
    }
    let people: Vec<Pasted> = waiting.drain(..).map(|tokens| Pasted::Unclear(source(&tokens))).collect();
    found.splice(at..at, people);
}

#[cfg(test)]
mod tests;
