//! The accent hues of workspaces.

use crate::id::WorkspaceId;

/// How many accent hues there are; each is ten degrees of the colour wheel.
pub const HUES: u8 = 36;

/// The automatic hue index of a workspace, `0..36`. It comes from the id and not from the name, so a rename does not
/// change it (FNV-1a).
pub fn hue(id: WorkspaceId) -> u8 {
    let bytes = id.uuid().into_bytes();
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    ((hash >> 7) % u32::from(HUES)) as u8
}
