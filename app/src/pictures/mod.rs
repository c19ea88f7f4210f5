//! Pictures: decoding and re-encoding uploaded files, storing them, and serving them.
//!
//! Only the pixels of a file are kept: not its format, metadata or anything else (docs/SECURITY.md, I-21; ASVS 5.2). A
//! file whose header claims an enormous size is rejected before it is decoded.

mod file;

use crate::{
    account::identity,
    error::AppError,
    pictures::file::{Kind, Unfit, inspect},
    server::workspace::writing,
    server::{call::Call, request::RequestContext},
};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    imageops::{self, FilterType},
};
use model::{
    FieldErrors, Slug,
    capability::ManageSettings,
    id::UserId,
    picture::{FILE_MAX, Hue, PictureName, SIDE},
};
use sha2::{Digest, Sha256};
use std::{io::Cursor, sync::LazyLock, time::Duration};
use store::{
    brand,
    fair::{self, FairLimiter, current_key},
    pictures::{self, Picture},
};

/// Maximum memory of the decoder for pixels, in bytes.
const ALLOC_MAX: u64 = 150_000_000;
/// Factor of the first scaling step: a picture is scaled down fast to this multiple of the final side, then with good
/// quality.
const FIRST_STEP: u32 = 3;
/// One picture is decoded at a time, because decoding takes memory and is not urgent. A few per person may wait.
const DECODED: fair::Limits =
    fair::Limits { total: 1, queue: 8, waiting: fair::WAITING, max_wait: Duration::from_secs(8) };
static DECODING: LazyLock<FairLimiter> = LazyLock::new(|| FairLimiter::new(DECODED));

fn invalid(message: &str) -> AppError {
    AppError::Invalid(FieldErrors::one("picture", message))
}

/// Converts an upload to the stored picture: the central square of the image, scaled to at most [`SIDE`] pixels.
async fn prepare(file: Option<Vec<u8>>) -> Result<Picture, AppError> {
    let file = file.filter(|file| !file.is_empty()).ok_or_else(|| invalid("Choose a file."))?;
    if file.len() > FILE_MAX {
        return Err(invalid("That file is larger than 1 MB. Choose a smaller one."));
    }
    let permit =
        DECODING.acquire(vec![fair::Share::constant(current_key(), 1)]).await.map_err(|_| AppError::Limited(2))?;
    let work = move || {
        let encoded = encode(&file);
        // The slot is held until the work ends, even if the request was cancelled.
        drop(permit);
        encoded
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Internal)?
}

fn unfit(why: Unfit) -> AppError {
    invalid(match why {
        Unfit::Kind => "Choose a PNG, JPEG or WebP file.",
        Unfit::Broken => BROKEN,
        Unfit::Moving => "Animated pictures aren’t supported. Choose a still one.",
        Unfit::Large => "That picture is too large. Use at most 3,000 × 3,000 px.",
        Unfit::Small => "That picture is too small. Use at least 16 × 16 px.",
    })
}

const BROKEN: &str = "That file can’t be read as a picture. Try another one.";

fn encode(file: &[u8]) -> Result<Picture, AppError> {
    let inspected = inspect(file).map_err(unfit)?;
    let format = match inspected.kind {
        Kind::Png => ImageFormat::Png,
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::WebP => ImageFormat::WebP,
    };
    let mut reader = ImageReader::with_format(Cursor::new(&inspected.bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(ALLOC_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| invalid(BROKEN))?;
    let turned = decoder.orientation().map_err(|_| invalid(BROKEN))?;
    let shown = DynamicImage::from_decoder(decoder).map_err(|_| invalid(BROKEN))?;
    let side = shown.width().min(shown.height());
    let (left, top) = ((shown.width() - side) / 2, (shown.height() - side) / 2);
    // Cropped as a view and rotated after scaling, because a copy of the whole picture would take as much memory again.
    // The result has eight bits per channel.
    let square = imageops::crop_imm(&shown, left, top, side, side);
    let first = side.min(SIDE * FIRST_STEP);
    let square = if side > first { imageops::thumbnail(&*square, first, first) } else { square.to_image() };
    drop(shown);
    let mut square = DynamicImage::from(square);
    if first > SIDE {
        square = square.resize_exact(SIDE, SIDE, FilterType::Lanczos3);
    }
    square.apply_orientation(turned);
    let mut png = Cursor::new(Vec::new());
    square.write_to(&mut png, ImageFormat::Png).map_err(|_| AppError::Internal)?;
    let png = png.into_inner();
    let digest = Sha256::digest(&png);
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Ok(Picture { name: PictureName::parse(&name).map_err(|_| AppError::Internal)?, png })
}

/// Sets the person's portrait from an uploaded file.
pub(crate) async fn set_portrait(call: &Call, file: Option<Vec<u8>>) -> Result<(), AppError> {
    // Checks the session before the file is decoded.
    drop(identity::person(call).await?);
    let picture = prepare(file).await?;
    let mut tx = identity::person(call).await?;
    pictures::set_portrait(&mut tx, Some(&picture)).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the person's portrait.
pub(crate) async fn remove_portrait(call: &Call) -> Result<(), AppError> {
    let mut tx = identity::person(call).await?;
    pictures::set_portrait(&mut tx, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the workspace's color; `None` restores the default.
pub async fn set_hue(call: &Call, slug: &Slug, grant: &str, hue: Option<Hue>) -> Result<(), AppError> {
    let (mut tx, can) = writing::<ManageSettings>(call, slug, grant).await?;
    brand::set_hue(&mut tx, &can, hue).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the workspace's logo from an uploaded file.
pub(crate) async fn set_logo(call: &Call, slug: &Slug, grant: &str, file: Option<Vec<u8>>) -> Result<(), AppError> {
    // Checks the permission before the file is decoded. No transaction is open during decoding.
    drop(writing::<ManageSettings>(call, slug, grant).await?);
    let picture = prepare(file).await?;
    let (mut tx, can) = writing::<ManageSettings>(call, slug, grant).await?;
    brand::set_logo(&mut tx, &can, Some(&picture)).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the workspace's logo.
pub(crate) async fn remove_logo(call: &Call, slug: &Slug, grant: &str) -> Result<(), AppError> {
    let (mut tx, can) = writing::<ManageSettings>(call, slug, grant).await?;
    brand::set_logo(&mut tx, &can, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns the PNG of a logo to a member of its workspace.
///
/// # Errors
/// [`AppError::Absent`] if there is no such logo or the person may not see it; [`AppError::Unavailable`] if the
/// database can't be reached.
pub async fn logo(context: RequestContext, slug: &str, name: &str) -> Result<Vec<u8>, AppError> {
    let (Ok(slug), Ok(name)) = (Slug::parse(slug), PictureName::parse(name)) else { return Err(AppError::Absent) };
    let mut tx = identity::person(&Call::new(context)).await.map_err(absent)?;
    let picture = pictures::logo(&mut tx, &slug, &name).await?;
    tx.commit().await?;
    picture.ok_or(AppError::Absent)
}

/// Returns the PNG of a portrait to the person or to somebody who works with them.
///
/// # Errors
/// [`AppError::Absent`] if there is no such portrait or the person may not see it; [`AppError::Unavailable`] if the
/// database can't be reached.
pub async fn portrait(context: RequestContext, of: &str, name: &str) -> Result<Vec<u8>, AppError> {
    let (Ok(of), Ok(name)) = (of.parse::<UserId>(), PictureName::parse(name)) else { return Err(AppError::Absent) };
    let mut tx = identity::person(&Call::new(context)).await.map_err(absent)?;
    let picture = pictures::portrait(&mut tx, of, &name).await?;
    tx.commit().await?;
    picture.ok_or(AppError::Absent)
}

fn absent(error: AppError) -> AppError {
    if error == AppError::SignedOut { AppError::Absent } else { error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, RgbaImage};

    fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture =
            RgbaImage::from_fn(width, height, |x, _| Rgba([if x < width / 2 { 255 } else { 0 }, 80, 40, 255]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(DynamicImage::from(picture).to_rgb8()).write_to(&mut bytes, format).expect("a file");
        bytes.into_inner()
    }

    fn refusal(file: &[u8]) -> String {
        match encode(file) {
            Err(AppError::Invalid(errors)) => errors.of("picture").unwrap_or_default().to_owned(),
            other => format!("not refused: {:?}", other.map(|p| p.name)),
        }
    }

    #[test]
    fn pictures_are_stored_as_small_square_pngs() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            for (width, height, side) in [(400, 200, SIDE), (200, 400, SIDE), (64, 80, 64)] {
                let picture = encode(&file(width, height, format)).expect("a picture");
                let read = image::load_from_memory_with_format(&picture.png, ImageFormat::Png).expect("a PNG");
                assert_eq!((read.width(), read.height()), (side, side), "{format:?} {width} x {height}");
                assert!(picture.png.len() < 262_144);
            }
        }
        let (one, same) = (file(100, 100, ImageFormat::Png), file(100, 100, ImageFormat::Png));
        assert_eq!(encode(&one).expect("a picture").name, encode(&same).expect("a picture").name);
    }

    #[test]
    fn bytes_after_the_pixels_are_not_stored() {
        let mut bytes = file(64, 64, ImageFormat::Png);
        bytes.extend_from_slice(b"<script>alert(1)</script>");
        let picture = encode(&bytes).expect("a picture");
        assert!(!picture.png.windows(6).any(|w| w == b"script"));
    }

    #[test]
    fn other_files_and_false_sizes_are_rejected() {
        assert!(refusal(b"GIF89a\x01\x00\x01\x00").starts_with("Choose a PNG"));
        assert!(refusal(b"<svg xmlns='http://www.w3.org/2000/svg'/>").starts_with("Choose a PNG"));
        assert!(refusal(b"\x89PNG\r\n\x1a\n nothing more").starts_with("That "));
        assert!(refusal(&file(8, 8, ImageFormat::Png)).starts_with("That picture is too small"));
        // A header that claims a height and width of 100,000 pixels in a file of a few bytes is rejected without
        // decoding.
        let mut bomb = file(64, 64, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&100_000_u32.to_be_bytes());
        assert!(refusal(&bomb).starts_with("That "), "{}", refusal(&bomb));
        let half = file(300, 300, ImageFormat::Png);
        assert!(refusal(&half[..half.len() / 2]).starts_with("That file"), "{}", refusal(&half[..half.len() / 2]));
    }
}
