//! Pictures: a workspace's brand, a person's portrait. Names of pictures only; the pictures themselves stay in the
//! database, and a door hands them out.

use crate::{
    hue::{self, HUES},
    id::WorkspaceId,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest file that may be sent as a picture, in bytes.
pub const FILE_MAX: usize = 1_000_000;
/// How wide and high a stored picture is, in pixels: thrice what the largest place shows.
pub const SIDE: u32 = 144;

/// Names a stored picture by what it is: the first half of its SHA-256, in hex. The same name is the same picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureName(String);

/// That a text is no picture's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPictureName;

impl fmt::Display for NoPictureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a picture")
    }
}

impl PictureName {
    /// Reads a name: 32 lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`NoPictureName`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NoPictureName> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(hex) { Ok(Self(text.to_owned())) } else { Err(NoPictureName) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PictureName {
    type Error = NoPictureName;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<PictureName> for String {
    fn from(name: PictureName) -> Self {
        name.0
    }
}

/// A colour: one of the [`HUES`], each ten degrees of the colour wheel. How light and strong it is drawn is the style
/// sheet's, so that its contrast holds in both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Hue(u8);

/// That a number is no hue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHue;

impl fmt::Display for NoHue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a hue is a number below {HUES}")
    }
}

impl Hue {
    /// All of them, round the wheel.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..HUES).map(Self)
    }

    /// Its place on the wheel, `0..36`.
    pub const fn index(self) -> u8 {
        self.0
    }

    /// What it is called, for whoever hears it. Two neighbours may share a word: the degrees tell them apart.
    pub const fn word(self) -> &'static str {
        match self.0 {
            34 | 35 | 0 | 1 => "Pink",
            2..=3 => "Red",
            4..=6 => "Orange",
            7..=9 => "Amber",
            10..=12 => "Lime",
            13..=16 => "Green",
            17..=19 => "Teal",
            20..=23 => "Cyan",
            24..=26 => "Blue",
            27..=29 => "Indigo",
            30..=31 => "Violet",
            _ => "Magenta",
        }
    }
}

impl TryFrom<u8> for Hue {
    type Error = NoHue;
    fn try_from(index: u8) -> Result<Self, Self::Error> {
        if index < HUES { Ok(Self(index)) } else { Err(NoHue) }
    }
}

impl From<Hue> for u8 {
    fn from(hue: Hue) -> Self {
        hue.0
    }
}

/// What a workspace looks like, as far as somebody chose.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Brand {
    /// The chosen colour, if any.
    #[serde(default)]
    pub hue: Option<Hue>,
    /// The index of the automatic colour. It comes from the id, so a rename does not change it.
    #[serde(default)]
    pub automatic: u8,
    /// Its logo; without one it is the first letter of its name.
    #[serde(default)]
    pub logo: Option<PictureName>,
}

impl Brand {
    /// The index of the colour that is shown.
    pub fn hue(&self) -> u8 {
        self.hue.map_or(self.automatic, Hue::index)
    }

    /// The brand of a workspace in the database. Invalid hues and names count as not chosen.
    pub fn stored(id: WorkspaceId, hue: Option<i16>, logo: Option<&str>) -> Self {
        Self {
            automatic: hue::hue(id),
            hue: hue.and_then(|hue| u8::try_from(hue).ok()).and_then(|hue| Hue::try_from(hue).ok()),
            logo: logo.and_then(|logo| PictureName::parse(logo).ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_thirty_two_digits_and_nothing_else() {
        let good = "0123456789abcdef0123456789abcdef";
        assert_eq!(PictureName::parse(good).map(String::from), Ok(good.to_owned()));
        for bad in [
            "", "0123", "0123456789ABCDEF0123456789ABCDEF", "../3456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef0",
        ] {
            assert_eq!(PictureName::parse(bad), Err(NoPictureName), "{bad}");
        }
    }

    #[test]
    fn what_is_chosen_wins_over_the_id_and_what_is_no_hue_is_not_chosen() {
        let id = WorkspaceId::from_uuid(uuid::Uuid::from_u128(0x0193_e5f0_7b3c_7d4a_8f21_5c6d_7e8f_9012));
        let automatic = Brand::stored(id, None, None);
        assert_eq!(automatic.hue(), hue::hue(id));
        assert_eq!(Brand::stored(id, Some(7), None).hue(), 7);
        for bad in [-1, 36, 300] {
            assert_eq!(Brand::stored(id, Some(bad), None), automatic, "{bad}");
        }
        assert_eq!(Hue::all().count(), usize::from(HUES));
    }
}
