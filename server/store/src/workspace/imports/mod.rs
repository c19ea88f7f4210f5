//! Imports of usage from CSV files. A file is uploaded in chunks, its columns are mapped, all its rows are checked without
//! storing them, and then they are imported batch by batch (`model::import`).

mod file;
mod record;
mod rows;
mod step;

pub use file::{CHUNK_MAX, append, begin, file, finish_upload, head, stop};
pub use record::{Import, get, list, mappings, refusals, run, set_mapping};
pub use rows::{FileRow, Repeats, RowEvent, Rows, Unreadable, records};
pub use step::step;
