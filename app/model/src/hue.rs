//! Accent hues of workspaces.

use crate::id::WorkspaceId;

/// Number of accent hues. Each covers ten degrees of the colour wheel.
pub const HUES: u8 = 36;

/// Returns the automatic hue index of a workspace, `0..36`. It is the FNV-1a hash of the ID and not of the name, so a
/// rename does not change it.
pub fn hue(id: WorkspaceId) -> u8 {
    let bytes = id.uuid().into_bytes();
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    ((hash >> 7) % u32::from(HUES)) as u8
}
