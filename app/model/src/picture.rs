//! Logos of workspaces and profile pictures of users. These types only name the images, which are stored in the
//! database and served after an access check.

use crate::{
    field::FieldErrors,
    hue::{self, HUES},
    id::WorkspaceId,
};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Maximum size of an uploaded image, in bytes.
pub const FILE_MAX: usize = 1_000_000;
/// Width and height of a stored image, in pixels: three times the largest displayed size.
pub const SIDE: u32 = 144;

/// Content-based name of a stored image: the first half of its SHA-256 hash, in hexadecimal. Equal images have equal
/// names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PictureName(String);

/// Error returned for a text that is not the name of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPictureName;

impl fmt::Display for NoPictureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the name of a picture")
    }
}

impl PictureName {
    /// Parses a name of 32 lowercase hexadecimal digits.
    ///
    /// # Errors
    /// [`NoPictureName`] for any other text.
    pub fn parse(text: &str) -> Result<Self, NoPictureName> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 32 && text.bytes().all(hex) { Ok(Self(text.to_owned())) } else { Err(NoPictureName) }
    }

    /// Returns the name in hexadecimal.
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

/// An accent hue: one of the [`HUES`], each ten degrees of the colour wheel. The style sheet sets lightness and
/// saturation, so that contrast is sufficient in both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Hue(u8);

/// Error returned for a number that is not a hue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoHue;

impl fmt::Display for NoHue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a hue is a number below {HUES}")
    }
}

impl Hue {
    /// Returns all hues, in the order of the colour wheel.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..HUES).map(Self)
    }

    /// Returns the index on the colour wheel, `0..36`.
    pub const fn index(self) -> u8 {
        self.0
    }

    /// Returns the colour name for screen readers. Neighbouring hues can share a name; their degrees distinguish them.
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

/// Unvalidated form data of a workspace's colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HueInput {
    /// Control `hue`: the index of a hue, or empty for the automatic one.
    pub hue: String,
}

impl HueInput {
    /// Validates the form. Returns `None` for the automatic hue.
    ///
    /// # Errors
    /// [`FieldErrors`] on `hue` if it is not the index of a hue.
    pub fn parse(&self) -> Result<Option<Hue>, FieldErrors> {
        if self.hue.is_empty() {
            return Ok(None);
        }
        let hue = self.hue.parse::<u8>().ok().and_then(|index| Hue::try_from(index).ok());
        hue.map(Some).ok_or_else(|| FieldErrors::one("hue", "Choose one of the colours."))
    }
}

/// Visual identity of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Brand {
    /// Chosen hue. `None` for the automatic one.
    #[serde(default)]
    pub hue: Option<Hue>,
    /// Index of the automatic hue. It is derived from the workspace ID, so a rename does not change it.
    #[serde(default)]
    pub automatic: u8,
    /// Logo. `None` for the first letter of the workspace's name.
    #[serde(default)]
    pub logo: Option<PictureName>,
}

impl Brand {
    /// Returns the index of the displayed hue.
    pub fn hue(&self) -> u8 {
        self.hue.map_or(self.automatic, Hue::index)
    }

    /// Creates the brand from database columns. Invalid hues and image names are ignored.
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
    fn a_picture_name_is_32_lowercase_hexadecimal_digits() {
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
    fn a_hue_is_chosen_by_its_index_or_is_automatic() {
        let parse = |hue: &str| HueInput { hue: hue.to_owned() }.parse();
        assert_eq!(parse(""), Ok(None));
        for index in 0..=u8::MAX {
            let chosen = Hue::all().find(|hue| hue.index() == index);
            assert_eq!(parse(&index.to_string()).ok().flatten(), chosen, "{index}");
        }
        for bad in ["36", "256", "-1", "x", " "] {
            assert!(parse(bad).is_err_and(|errors| errors.of("hue").is_some()), "{bad}");
        }
    }

    #[test]
    fn the_chosen_hue_is_used_and_invalid_hues_are_ignored() {
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
