//! Import of usage from CSV files: reading of cells, the meaning of columns, and what the pages show.
//!
//! A file says nothing about its delimiter, its decimal sign or the time zone of its times. [`guess()`] proposes a
//! [`Mapping`] from the first rows; a person confirms it. [`read_row`] then turns each record into a [`Row`]. A cell that
//! does not fit is refused with its column and text, and never taken as zero.

mod cell;
mod format;
mod guess;
mod limits;
mod mapping;
mod mapping_form;
mod row;
mod view;

pub use cell::{number, time};
pub use format::{DecimalSign, Decoded, Delimiter, Encoding, NotText, decode, decode_head, guess_delimiter};
pub use guess::{guess, has_header};
pub use limits::{
    COLUMN_NAME_MAX, COLUMNS_MAX, FILE_MAX, ID_MAX, PROPERTY_MAX, REFUSALS_MAX, TYPE_MAX, UNFINISHED_MAX,
};
pub use mapping::{Given, Mapping, Role, TimesIn, Value};
pub use mapping_form::MappingInput;
pub use row::{Row, RowError, RowErrorCode, read_row};
pub use view::{
    Column, Counts, Effect, ImportAction, ImportForm, ImportList, ImportProgress, ImportRow, ImportState, ImportView,
    Refusal, SampleEvent, refusal_text,
};
