//! Validates an image file before decoding: estimates the memory for decoding and removes unneeded parts.
//!
//! A small file can need a lot of memory: a header can claim any size, a compressed profile or text can inflate to any
//! size, and an animation can have any number of frames. Headers are therefore parsed here first. Of a PNG, only the
//! pixels and the chunks that they need are passed to the decoder.

use std::borrow::Cow;

/// Maximum memory for decoding, in bytes.
const MEMORY_MAX: u64 = 140_000_000;
/// Maximum width and height, in pixels.
const PIXELS_MAX: u32 = 6_000;
/// Minimum width and height, in pixels.
const PIXELS_MIN: u32 = 16;
/// Maximum size of the Exif chunk of a PNG, in bytes. It contains the orientation.
const EXIF_MAX: usize = 64 * 1024;

/// File that may be decoded.
#[derive(Debug)]
pub(crate) struct InspectedFile<'f> {
    /// Image format.
    pub(crate) kind: Kind,
    /// Bytes to decode.
    pub(crate) bytes: Cow<'f, [u8]>,
}

/// Accepted image formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Png,
    Jpeg,
    WebP,
}

/// Reason why a file is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// Unsupported format.
    Kind,
    /// Malformed file.
    Broken,
    /// Animated image.
    Moving,
    /// Decoding would take too much memory.
    Large,
    /// Image is too small.
    Small,
}

/// Parsed image header.
struct Header {
    width: u32,
    height: u32,
    /// Bytes per pixel that decoding takes, including all buffers.
    per_pixel: u64,
}

impl Header {
    fn fits(&self) -> Result<(), Unfit> {
        let memory = (u64::from(self.width) * u64::from(self.height)).saturating_mul(self.per_pixel);
        if self.width > PIXELS_MAX || self.height > PIXELS_MAX || memory > MEMORY_MAX {
            return Err(Unfit::Large);
        }
        if self.width < PIXELS_MIN || self.height < PIXELS_MIN {
            return Err(Unfit::Small);
        }
        Ok(())
    }
}

/// Validates a file. The format is detected by its first bytes, never by the file name.
pub(crate) fn inspect(file: &[u8]) -> Result<InspectedFile<'_>, Unfit> {
    if file.starts_with(b"\x89PNG\r\n\x1a\n") {
        let (header, bytes) = png(file).ok_or(Unfit::Broken)?;
        header.fits()?;
        return Ok(InspectedFile { kind: Kind::Png, bytes: Cow::Owned(bytes) });
    }
    if file.starts_with(b"\xff\xd8\xff") {
        jpeg(file).ok_or(Unfit::Broken)?.fits()?;
        return Ok(InspectedFile { kind: Kind::Jpeg, bytes: Cow::Borrowed(file) });
    }
    if file.starts_with(b"RIFF") && file.get(8..12) == Some(b"WEBP") {
        webp(file)?.fits()?;
        return Ok(InspectedFile { kind: Kind::WebP, bytes: Cow::Borrowed(file) });
    }
    Err(Unfit::Kind)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    let three = bytes.get(at..at.checked_add(3)?)?;
    Some(three.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

/// Parses a PNG. Returns its header and the file without the chunks that the pixels don't need: profiles, texts and
/// frames.
fn png(file: &[u8]) -> Option<(Header, Vec<u8>)> {
    let mut kept = file.get(..8)?.to_vec();
    let (mut at, mut size, mut transparent) = (8, None, false);
    loop {
        let length = usize::try_from(be32(file, at)?).ok()?;
        let end = at.checked_add(12)?.checked_add(length)?;
        let (name, chunk) = (file.get(at + 4..at + 8)?, file.get(at..end)?);
        match name {
            b"IHDR" if size.is_none() && length == 13 => {
                let (width, height) = (be32(chunk, 8)?, be32(chunk, 12)?);
                size = Some((width, height, *chunk.get(16)?, *chunk.get(17)?));
                kept.extend_from_slice(chunk);
            }
            b"IHDR" => return None,
            b"tRNS" => {
                transparent = true;
                kept.extend_from_slice(chunk);
            }
            b"PLTE" | b"IDAT" => kept.extend_from_slice(chunk),
            b"eXIf" if length <= EXIF_MAX => kept.extend_from_slice(chunk),
            b"IEND" => {
                kept.extend_from_slice(chunk);
                break;
            }
            _ => {}
        }
        at = end;
    }
    let (width, height, depth, colour) = size?;
    let channels = match colour {
        0 => 1,
        2 | 3 => 3,
        4 => 2,
        6 => 4,
        _ => return None,
    } + u64::from(transparent);
    Some((Header { width, height, per_pixel: channels * if depth == 16 { 2 } else { 1 } }, kept))
}

/// Parses a JPEG. Returns its only frame header.
fn jpeg(file: &[u8]) -> Option<Header> {
    let (mut at, mut found) = (2, None);
    loop {
        // Skips to the next marker. In the compressed data in between, FF is followed only by 00 or a restart marker.
        while *file.get(at)? != 0xff || matches!(*file.get(at + 1)?, 0x00 | 0xd0..=0xd7 | 0xff) {
            at += 1;
        }
        let marker = *file.get(at + 1)?;
        if marker == 0xd9 {
            break;
        }
        let length = usize::from(be16(file, at + 2)?);
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let (height, width, components) = (be16(file, at + 5)?, be16(file, at + 7)?, u64::from(*file.get(at + 9)?));
            let progressive = matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce);
            // A progressive decoder keeps two 16-bit numbers per sample until the last scan.
            let per_pixel = components.max(1) * if progressive { 5 } else { 1 };
            let header = Header { width: width.into(), height: height.into(), per_pixel };
            if found.replace(header).is_some() {
                return None;
            }
        }
        at = at.checked_add(2)?.checked_add(length.max(2))?;
        if at >= file.len() {
            break;
        }
    }
    found
}

/// Parses a WebP. Returns its size, which must be the same in all chunks.
fn webp(file: &[u8]) -> Result<Header, Unfit> {
    // Frame buffer, decoded pixels, and returned pixels.
    const PER_PIXEL: u64 = 10;
    let (mut at, mut size) = (12, None);
    while at < file.len() {
        let name = file.get(at..at + 4).ok_or(Unfit::Broken)?;
        let length = file.get(at + 4..at + 8).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
        let length = usize::try_from(length.ok_or(Unfit::Broken)?).map_err(|_| Unfit::Broken)?;
        let data = file.get(at + 8..).unwrap_or_default();
        let declared = match name {
            b"VP8X" if data.first().is_some_and(|flags| flags & 2 != 0) => return Err(Unfit::Moving),
            b"ANIM" | b"ANMF" => return Err(Unfit::Moving),
            b"VP8X" => le24(data, 4).zip(le24(data, 7)).map(|(width, height)| (width + 1, height + 1)),
            b"VP8 " => {
                let side = |at| Some(u32::from(u16::from_be_bytes([*data.get(at + 1)?, *data.get(at)?]) & 0x3fff));
                side(6).zip(side(8))
            }
            b"VP8L" => {
                let bits = data.get(1..5).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes);
                bits.map(|bits| ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
            }
            _ => size,
        };
        if declared.is_none() && matches!(name, b"VP8X" | b"VP8 " | b"VP8L") || size.is_some() && declared != size {
            return Err(Unfit::Broken);
        }
        size = declared;
        at = at.saturating_add(8).saturating_add(length).saturating_add(length & 1);
    }
    let (width, height) = size.ok_or(Unfit::Broken)?;
    Ok(Header { width, height, per_pixel: PER_PIXEL })
}

#[cfg(test)]
mod tests {
    //! Small files with many pixels or large profiles, texts or frames.
    use super::*;
    use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
    use std::io::Cursor;

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture = DynamicImage::from(RgbaImage::from_pixel(width, height, Rgba([9, 8, 7, 255])));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(picture.to_rgb8()).write_to(&mut bytes, format).expect("a file");
        bytes.into_inner()
    }

    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).expect("short").to_be_bytes();
        // The decoder verifies checksums.
        [length.as_slice(), name, data, &[0; 4]].concat()
    }

    fn png_of(width: u32, height: u32, depth: u8, colour: u8) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
        [&b"\x89PNG\r\n\x1a\n"[..], &chunk(b"IHDR", &header), &chunk(b"IDAT", b"x"), &chunk(b"IEND", b"")].concat()
    }

    #[test]
    fn size_limits_apply_to_pixels_and_their_bytes() {
        for (width, height, depth, colour, fits) in [
            (6_000, 6_000, 8, 0, Ok(())),
            (6_000, 6_000, 16, 2, Err(Unfit::Large)),
            (6_000, 6_000, 16, 6, Err(Unfit::Large)),
            (6_000, 6_000, 8, 6, Err(Unfit::Large)),
            (3_000, 3_000, 16, 6, Ok(())),
            (6_001, 16, 8, 0, Err(Unfit::Large)),
            (u32::MAX, u32::MAX, 16, 6, Err(Unfit::Large)),
            (15, 6_000, 8, 0, Err(Unfit::Small)),
            (64, 64, 8, 5, Err(Unfit::Broken)),
        ] {
            let inspected = inspect(&png_of(width, height, depth, colour)).map(drop);
            assert_eq!(inspected, fits, "{width} x {height}, {depth} bits, colour type {colour}");
        }
    }

    #[test]
    fn other_chunks_of_a_png_are_removed() {
        let whole = file(64, 64, ImageFormat::Png);
        let after_header = 8 + 25;
        let mut stuffed = whole[..after_header].to_vec();
        for name in [b"iCCP", b"zTXt", b"iTXt", b"tEXt", b"acTL", b"fcTL", b"fdAT", b"sPLT"] {
            stuffed.extend(chunk(name, b"whatever is in it"));
        }
        stuffed.extend(&whole[after_header..]);
        stuffed.extend(b"<script>");
        assert_eq!(inspect(&stuffed).expect("a picture").bytes, whole);
    }

    #[test]
    fn contradictory_headers_are_rejected() {
        let jpeg = file(64, 64, ImageFormat::Jpeg);
        assert_eq!(inspect(&jpeg).expect("a picture").kind, Kind::Jpeg);
        let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).expect("a frame header");
        let mut large = jpeg.clone();
        large[frame + 5..frame + 9].fill(0xff);
        assert_eq!(inspect(&large).map(drop), Err(Unfit::Large));
        let second = [&jpeg[..frame], &large[frame..frame + 19], &jpeg[frame..]].concat();
        assert_eq!(inspect(&second).map(drop), Err(Unfit::Broken), "a second frame header was not looked at");

        let webp = file(64, 64, ImageFormat::WebP);
        assert_eq!(inspect(&webp).expect("a picture").kind, Kind::WebP);
        let image = webp.windows(4).position(|four| four == b"VP8L").expect("an image chunk");
        let mut large = webp.clone();
        large[image + 9..image + 13].fill(0xff);
        assert_ne!(inspect(&large).map(drop), Ok(()));
        let canvas = |flags: u8| {
            let data = [&[flags, 0, 0, 0][..], &[63, 0, 0], &[63, 0, 0]].concat();
            [&webp[..12], b"VP8X", &10_u32.to_le_bytes(), &data, &webp[12..]].concat()
        };
        assert!(inspect(&canvas(0)).is_ok(), "control");
        assert_eq!(inspect(&canvas(2)).map(drop), Err(Unfit::Moving));
        let mut hidden = canvas(0);
        hidden[image + 18 + 9..image + 18 + 13].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f]);
        assert_eq!(inspect(&hidden).map(drop), Err(Unfit::Broken), "a large frame hides behind a small canvas");
    }

    #[test]
    fn truncated_and_corrupted_files_cause_no_panic() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            let whole = file(40, 40, format);
            for end in 0..whole.len() {
                drop(inspect(&whole[..end]));
            }
            for at in 0..whole.len() {
                let mut scrambled = whole.clone();
                scrambled[at] = !scrambled[at];
                drop(inspect(&scrambled));
            }
        }
    }
}
