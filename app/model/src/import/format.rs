//! Format of a file: encoding, delimiter and decimal sign.

use serde::{Deserialize, Serialize};

/// Character between the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// Tab.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    /// All delimiters. The first ones win if a file could have several.
    pub const ALL: [Self; 4] = [Self::Tab, Self::Semicolon, Self::Comma, Self::Pipe];

    /// Returns the value in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Semicolon => "semicolon",
            Self::Tab => "tab",
            Self::Pipe => "pipe",
        }
    }

    /// Parses the value of a form.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == word)
    }

    /// Returns the name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Comma => "Comma (,)",
            Self::Semicolon => "Semicolon (;)",
            Self::Tab => "Tab",
            Self::Pipe => "Vertical bar (|)",
        }
    }

    /// Returns the character.
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// Character before the fraction of a number. The other one of `.` and `,` groups thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecimalSign {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl DecimalSign {
    /// Both signs.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];

    /// Returns the value in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Comma => "comma",
        }
    }

    /// Parses the value of a form.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.as_str() == word)
    }

    /// Returns the name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Point => "Point (1,234.5)",
            Self::Comma => "Comma (1.234,5)",
        }
    }
}

/// Character encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// Windows-1252, which everything else is taken for.
    Windows1252,
}

impl Encoding {
    /// Returns the name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16 LE",
            Self::Utf16Be => "UTF-16 BE",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The bytes are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("That file is not a text file. Save it as CSV and choose it again.")]
pub struct NotText;

/// Text of a file with its encoding. The text has no byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// Encoding of the bytes.
    pub encoding: Encoding,
    /// The text.
    pub text: String,
}

/// Decodes a whole file.
///
/// # Errors
/// [`NotText`] for invalid UTF-16, and for text with a NUL character.
pub fn decode(bytes: Vec<u8>) -> Result<Decoded, NotText> {
    let encoding = encoding(&bytes);
    let text = match encoding {
        Encoding::Utf16Le => utf16(&bytes, u16::from_le_bytes)?,
        Encoding::Utf16Be => utf16(&bytes, u16::from_be_bytes)?,
        Encoding::Utf8 | Encoding::Windows1252 => match String::from_utf8(bytes) {
            Ok(text) => return checked(Encoding::Utf8, text),
            Err(error) => {
                let text = error.as_bytes().iter().map(|byte| windows_1252(*byte)).collect();
                return checked(Encoding::Windows1252, text);
            }
        },
    };
    checked(encoding, text)
}

/// Decodes the beginning of a file, which may end within a character.
///
/// # Errors
/// As [`decode`].
pub fn decode_head(mut bytes: Vec<u8>) -> Result<Decoded, NotText> {
    match encoding(&bytes) {
        Encoding::Utf8 | Encoding::Windows1252 => {
            if let Err(error) = std::str::from_utf8(&bytes)
                && error.error_len().is_none()
            {
                bytes.truncate(error.valid_up_to());
            }
        }
        Encoding::Utf16Le | Encoding::Utf16Be => {
            bytes.truncate(bytes.len() - bytes.len() % 2);
            // A high surrogate without its second half.
            let last = bytes.last_chunk::<2>().copied().unwrap_or_default();
            let unit = match encoding(&bytes) {
                Encoding::Utf16Le => u16::from_le_bytes(last),
                _ => u16::from_be_bytes(last),
            };
            if (0xd800..0xdc00).contains(&unit) {
                bytes.truncate(bytes.len() - 2);
            }
        }
    }
    decode(bytes)
}

fn checked(encoding: Encoding, mut text: String) -> Result<Decoded, NotText> {
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.contains('\0') { Err(NotText) } else { Ok(Decoded { encoding, text }) }
}

/// Detects UTF-16 by its byte order mark, or by the zero bytes of Latin letters.
fn encoding(bytes: &[u8]) -> Encoding {
    if bytes.starts_with(&[0xff, 0xfe]) {
        return Encoding::Utf16Le;
    }
    if bytes.starts_with(&[0xfe, 0xff]) {
        return Encoding::Utf16Be;
    }
    let pairs = bytes.chunks_exact(2).take(32);
    let count = pairs.len();
    let zeros = |at: usize| pairs.clone().filter(|pair| pair.get(at) == Some(&0)).count();
    if count >= 4 && zeros(1) * 2 > count && zeros(0) == 0 {
        return Encoding::Utf16Le;
    }
    if count >= 4 && zeros(0) * 2 > count && zeros(1) == 0 {
        return Encoding::Utf16Be;
    }
    Encoding::Utf8
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, NotText> {
    if !bytes.len().is_multiple_of(2) {
        return Err(NotText);
    }
    let units =
        bytes.chunks_exact(2).map(|pair| unit([pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0)]));
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| NotText)
}

/// Characters of the bytes 80 to 9F in Windows-1252. All other bytes are those of Latin-1.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
        _ => char::from(byte),
    }
}

/// Guesses the delimiter from the first lines: the one that all of them contain equally often, else the most frequent
/// one. Delimiters within quotes don't count.
pub fn guess_delimiter(text: &str) -> Delimiter {
    let mut lines: Vec<[usize; 4]> = Vec::new();
    let (mut line, mut quoted, mut empty) = ([0; 4], false, true);
    for c in text.chars().take(64 * 1024) {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                if !empty {
                    lines.push(line);
                }
                if lines.len() == 20 {
                    break;
                }
                (line, empty) = ([0; 4], true);
                continue;
            }
            '\r' => continue,
            _ if !quoted => {
                for (count, delimiter) in line.iter_mut().zip(Delimiter::ALL) {
                    *count += usize::from(c == char::from(delimiter.byte()));
                }
            }
            _ => {}
        }
        empty = false;
    }
    if lines.is_empty() {
        lines.push(line);
    }
    let of = |at: usize| lines.iter().map(move |line| line.get(at).copied().unwrap_or(0));
    let even = (0..4).find(|at| of(*at).next().is_some_and(|first| first > 0 && of(*at).all(|count| count == first)));
    let most = || (0..4).rev().max_by_key(|at| of(*at).sum::<usize>()).filter(|at| of(*at).any(|count| count > 0));
    even.or_else(most).and_then(|at| Delimiter::ALL.get(at).copied()).unwrap_or(Delimiter::Comma)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_encoding_gives_the_same_text() {
        let text = "Zeit;Kunde;Menge\r\n2023-11-16;Müller €;173,9\r\n";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let ansi: Vec<u8> = text.chars().map(|c| if c == '€' { 0x80 } else { c as u8 }).collect();
        for (encoding, bytes) in [
            (Encoding::Utf8, text.as_bytes().to_vec()),
            (Encoding::Utf8, [b"\xef\xbb\xbf", text.as_bytes()].concat()),
            (Encoding::Utf16Le, [b"\xff\xfe", le.as_slice()].concat()),
            (Encoding::Utf16Be, [b"\xfe\xff", be.as_slice()].concat()),
            (Encoding::Utf16Le, le.clone()),
            (Encoding::Utf16Be, be.clone()),
            (Encoding::Windows1252, ansi),
        ] {
            assert_eq!(decode(bytes), Ok(Decoded { encoding, text: text.to_owned() }), "{encoding:?}");
        }
        assert_eq!(decode(b"PK\x03\x04\x14\x00\x06\x00".to_vec()), Err(NotText), "an Excel workbook is no text");
    }

    #[test]
    fn delimiters_within_quotes_do_not_count() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", Delimiter::Comma),
            ("a;b\n1,5;2,5\n", Delimiter::Semicolon),
            ("a\tb\n1,5\t2\n", Delimiter::Tab),
            ("a|b\n1|2", Delimiter::Pipe),
            ("\"a;b\",c\n\"x;y\",z\n", Delimiter::Comma),
            ("1,5;2\n1,5;3\n", Delimiter::Semicolon),
            ("only\n1\n", Delimiter::Comma),
            ("", Delimiter::Comma),
        ] {
            assert_eq!(guess_delimiter(text), delimiter, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn junk_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let whole = decode(bytes.clone());
            if let Ok(whole) = &whole {
                guess_delimiter(&whole.text);
            }
            let _ = decode_head(bytes);
        }

        #[test]
        fn the_head_of_a_text_is_its_beginning(text in "[a-zäß€😀,;\n]{8,60}", cut in 8_usize..60) {
            for bytes in [text.as_bytes().to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect(), [b"\xfe\xff".to_vec(), text.encode_utf16().flat_map(u16::to_be_bytes).collect()].concat()] {
                let whole = decode(bytes.clone());
                let head = decode_head(bytes[..cut.min(bytes.len())].to_vec());
                if let (Ok(whole), Ok(head)) = (whole, head) && whole.encoding == head.encoding {
                    prop_assert!(whole.text.starts_with(&head.text));
                }
            }
        }
    }
}
