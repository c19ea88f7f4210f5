//! Key and fingerprint of an event, as bits of SHA-256.

use crate::id::EventKey;
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;
use uuid::Uuid;

/// Digits of a ULID (Crockford's base 32).
const ULID_DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Returns the key of `(source, id)`: the first 128 bits of SHA-256(source ‖ 0 ‖ id). If the id is a UUIDv7 or a ULID,
/// its 48-bit time replaces the first 48 bits, so that new keys are next to each other in the index. The four bits of a
/// UUID's version are 7 with a time and 8 without, so a key with a time never equals one without.
///
/// The two texts contain no control characters, so their concatenation is unambiguous.
pub(super) fn key(source: &str, id: &str) -> EventKey {
    let mut hash = Sha256::new();
    hash.update(source.as_bytes());
    hash.update([0]);
    hash.update(id.as_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let version = match milliseconds(id) {
        Some(time) => {
            bytes[..6].copy_from_slice(&time.to_be_bytes()[2..]);
            0x70
        }
        None => 0x80,
    };
    bytes[6] = bytes[6] & 0x0f | version;
    EventKey::from_uuid(Uuid::from_bytes(bytes))
}

/// Returns the time of a UUIDv7 (RFC 9562, section 5.7) or a ULID in milliseconds, less than 2^48.
fn milliseconds(id: &str) -> Option<u64> {
    match id.len() {
        36 => {
            let uuid = Uuid::try_parse(id).ok()?;
            let bytes = uuid.as_bytes();
            let is_v7 = bytes[6] >> 4 == 7 && bytes[8] >> 6 == 2;
            is_v7.then(|| bytes[..6].iter().fold(0, |time, byte| time << 8 | u64::from(*byte)))
        }
        26 => {
            let mut time = 0;
            for (at, letter) in id.chars().enumerate() {
                let digit = ULID_DIGITS.find(letter.to_ascii_uppercase())? as u64;
                if at < 10 {
                    time = time << 5 | digit;
                }
            }
            (time < 1 << 48).then_some(time)
        }
        _ => None,
    }
}

/// Returns 128 bits of the hash of a text.
pub(super) fn hash(text: &str) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// Returns 64 bits of a hash of what an event says. A time is hashed as microseconds, so its offset does not count.
pub(super) fn fingerprint(kind: &str, subject: &str, time: Option<OffsetDateTime>, data: &str) -> i64 {
    let time = time.map_or_else(String::new, |time| (time.unix_timestamp_nanos() / 1_000).to_string());
    let mut hash = Sha256::new();
    for part in [kind, subject, &time, data] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}
