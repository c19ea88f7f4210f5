//! Fonts: those in this crate, and those in a directory of the operator's.

use krilla::text::Font;
use std::path::Path;

/// Weight of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A font that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The directory or a file can't be read.
    #[error("{0}: {1}")]
    Unreadable(String, std::io::Error),
    /// The file is not a font.
    #[error("{0} is not a TrueType or OpenType font")]
    NotAFont(String),
}

pub(crate) struct Face {
    pub(crate) shaper: rustybuzz::Face<'static>,
    pub(crate) font: Font,
}

/// Fonts by preference. Building it takes some milliseconds, so a server does it once.
pub struct Fonts {
    faces: Vec<Face>,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").field("faces", &self.faces.len()).finish()
    }
}

/// Index of the bold font of the Latin, Greek and Cyrillic letters, which precedes the regular one. Other scripts have no bold font.
const BOLD: usize = 0;

/// The fonts in this crate. `scripts/pdf-fonts.mjs` makes them.
const BUILT_IN: [&[u8]; 7] = [
    include_bytes!("../fonts/Inter-SemiBold.ttf"),
    include_bytes!("../fonts/Inter-Regular.ttf"),
    include_bytes!("../fonts/NotoSansArabic.ttf"),
    include_bytes!("../fonts/NotoSansHebrew.ttf"),
    include_bytes!("../fonts/NotoSansThai.ttf"),
    include_bytes!("../fonts/NotoSansSC.ttf"),
    include_bytes!("../fonts/NotoSansKR.ttf"),
];

/// Scripts by an example of their letters, for reports of what the fonts lack.
const SCRIPTS: [(&str, &str); 13] = [
    ("Latin", "Añż"),
    ("Greek", "Ωά"),
    ("Cyrillic", "Жї"),
    ("Arabic", "سپ"),
    ("Hebrew", "ש"),
    ("Thai", "ก"),
    ("Chinese", "漢汉"),
    ("Japanese", "あア"),
    ("Korean", "한"),
    ("Devanagari", "क"),
    ("Bengali", "ক"),
    ("Tamil", "க"),
    ("Georgian", "გ"),
];

impl Fonts {
    /// Returns the fonts in this crate: Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, and the common characters of
    /// Chinese, Japanese and Korean.
    pub fn built_in() -> Self {
        Self { faces: BUILT_IN.into_iter().filter_map(face).collect() }
    }

    /// Returns the fonts in this crate, and after them those of a directory: files that end with `.ttf` or `.otf`, by
    /// name. They stay in memory until the process ends.
    ///
    /// # Errors
    /// [`FontError`] if the directory or a file can't be read, or a file is not a font.
    pub fn with_directory(directory: &Path) -> Result<Self, FontError> {
        let unreadable = |path: &Path| {
            let name = path.display().to_string();
            move |error| FontError::Unreadable(name, error)
        };
        let mut paths = Vec::new();
        for entry in std::fs::read_dir(directory).map_err(unreadable(directory))? {
            let path = entry.map_err(unreadable(directory))?.path();
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            if ["ttf", "otf"].contains(&extension.to_ascii_lowercase().as_str()) {
                paths.push(path);
            }
        }
        paths.sort();
        let mut fonts = Self::built_in();
        for path in paths {
            // The shaper borrows the file for as long as the process lives.
            let bytes: &'static [u8] = Vec::leak(std::fs::read(&path).map_err(unreadable(&path))?);
            fonts.faces.push(face(bytes).ok_or_else(|| FontError::NotAFont(path.display().to_string()))?);
        }
        Ok(fonts)
    }

    /// Returns the names of the scripts whose letters no font has, of those that are looked for.
    pub fn missing_scripts(&self) -> Vec<&'static str> {
        let lacks = |text: &str| text.chars().any(|c| self.position(c, Weight::Regular).is_none());
        SCRIPTS.into_iter().filter(|(_, text)| lacks(text)).map(|(name, _)| name).collect()
    }

    /// Returns the position of the first font that has a character.
    pub(crate) fn position(&self, c: char, weight: Weight) -> Option<usize> {
        let skipped = match weight {
            Weight::Bold => None,
            Weight::Regular => Some(BOLD),
        };
        let mut faces = self.faces.iter().enumerate().filter(|(at, _)| Some(*at) != skipped);
        faces.find(|(_, face)| face.shaper.glyph_index(c).is_some()).map(|(at, _)| at)
    }

    pub(crate) fn face(&self, at: usize) -> Option<&Face> {
        self.faces.get(at)
    }
}

fn face(bytes: &'static [u8]) -> Option<Face> {
    Some(Face { shaper: rustybuzz::Face::from_slice(bytes, 0)?, font: Font::new(bytes.into(), 0)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_built_in_fonts_are_readable_and_cover_what_the_documentation_says() {
        let fonts = Fonts::built_in();
        assert_eq!(fonts.faces.len(), BUILT_IN.len());
        assert_eq!(fonts.missing_scripts(), ["Devanagari", "Bengali", "Tamil", "Georgian"]);
        for c in "€£¥₹₺₽₩₫₪₦฿₴₸₾₿–—’“”…·×−".chars() {
            assert!(fonts.position(c, Weight::Regular).is_some(), "{c}");
        }
    }

    #[test]
    fn a_directory_adds_fonts_and_a_file_that_is_none_is_named() {
        let directory = std::env::temp_dir().join(format!("stile-fonts-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("a.ttf"), BUILT_IN[3]).unwrap();
        std::fs::write(directory.join("readme.txt"), "not read").unwrap();
        assert_eq!(Fonts::with_directory(&directory).unwrap().faces.len(), BUILT_IN.len() + 1);
        std::fs::write(directory.join("b.otf"), "nothing").unwrap();
        assert!(Fonts::with_directory(&directory).unwrap_err().to_string().contains("b.otf"));
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
