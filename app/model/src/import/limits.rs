//! Limits of imports.

/// Maximum size of a file, in bytes.
pub const FILE_MAX: u64 = 50_000_000;
/// Maximum number of columns of a file.
pub const COLUMNS_MAX: usize = 60;
/// Maximum length of a column's name, in characters.
pub const COLUMN_NAME_MAX: usize = 200;
/// Maximum length of an event's source, id and subject, in characters.
pub const ID_MAX: usize = 200;
/// Maximum length of an event's type, in characters.
pub const TYPE_MAX: usize = 100;
/// Maximum length of a property's name, in characters.
pub const PROPERTY_MAX: usize = 60;
/// Maximum number of refused rows of which the report keeps the text.
pub const REFUSALS_MAX: u64 = 10_000;
/// Maximum number of imports of a workspace that are not finished.
pub const UNFINISHED_MAX: i64 = 2;
