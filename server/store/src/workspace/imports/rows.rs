//! Reading of a file's rows as events.
//!
//! The id of an event is that of its id column. Without one it is computed from the mapped cells and from how many equal
//! rows precede it, so that the same file gives the same ids, a longer one gives the same ids for its old rows, and two
//! equal rows of a file are two events.

use crate::{error::StoreError, zone::Zone};
use csv::{Position, Reader, ReaderBuilder, StringRecord};
use model::import::{Decoded, Delimiter, Mapping, NotText, Row, RowError, RowErrorCode, decode, read_row};
use sha2::{Digest, Sha256};
use sqlx::types::Uuid;
use std::{
    collections::{HashMap, hash_map::Entry},
    fmt,
    io::Cursor,
    sync::Arc,
};
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

/// Maximum number of delimiters in a line of a file. The reader takes memory for each cell, also of a row that is refused.
const LINE_DELIMITERS: usize = 100_000;

/// Why a file can't be read as rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The bytes are no text.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// A line has very many cells.
    #[error("A line of that file has more than 100,000 cells. Check the delimiter, or save the file as CSV again.")]
    Wide,
}

/// Reader of a file's rows.
pub struct Rows {
    reader: Reader<Cursor<Vec<u8>>>,
    record: StringRecord,
    mapping: Mapping,
    source: String,
    zone: Arc<Zone>,
    /// By the hash of an id or of the mapped cells: the content of the first row with this id, or the number of rows.
    seen: HashMap<u128, u64>,
    position: u64,
    /// `false` before the first record, which may be the names of the columns.
    begun: bool,
    /// A byte of the text and the number of its line.
    line: (usize, u64),
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("position", &self.position).finish_non_exhaustive()
    }
}

/// Event of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEvent {
    /// Id, unique in the source.
    pub id: String,
    /// The mapped cells.
    pub row: Row,
    /// Whether an earlier row of the file has the same id.
    pub repeats: Repeats,
}

/// Whether an earlier row of the file has the same id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeats {
    /// No row has.
    Nothing,
    /// One has, with the same content.
    Same,
    /// One has, with other content.
    Other,
}

/// Row of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// Line of the file on which the row starts, from 1.
    pub line: u64,
    /// The event, or why the row is refused.
    pub event: Result<RowEvent, RowError>,
}

impl Rows {
    /// Opens a file. Decoding takes time in proportion to the file, so call it on a thread that may block.
    ///
    /// # Errors
    /// [`Unreadable`] if the bytes are no text, or a line has very many cells.
    pub fn open(bytes: Vec<u8>, mapping: Mapping, zone: Arc<Zone>) -> Result<Self, Unreadable> {
        let decoded = decode(bytes)?;
        let is_delimiter = |byte: &&u8| **byte == mapping.delimiter.byte();
        let mut lines = decoded.text.as_bytes().split(|byte| matches!(byte, b'\n' | b'\r'));
        if lines.any(|line| line.len() > LINE_DELIMITERS && line.iter().filter(is_delimiter).count() > LINE_DELIMITERS)
        {
            return Err(Unreadable::Wide);
        }
        Ok(Self::of_text(decoded, mapping, zone))
    }

    /// Opens a decoded file.
    pub fn of_text(decoded: Decoded, mapping: Mapping, zone: Arc<Zone>) -> Self {
        let mut builder = ReaderBuilder::new();
        // Rows with another number of cells are refused one by one.
        builder.has_headers(false).flexible(true).delimiter(mapping.delimiter.byte());
        let reader = builder.from_reader(Cursor::new(decoded.text.into_bytes()));
        let (record, seen) = (StringRecord::new(), HashMap::new());
        Self { reader, record, source: source(&mapping), mapping, zone, seen, position: 0, begun: false, line: (0, 1) }
    }

    /// Returns the source of the events: `csv:` and the name of the mapping, or its hash.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the mapping with which the rows are read.
    pub const fn mapping(&self) -> &Mapping {
        &self.mapping
    }

    /// Returns the number of rows read so far.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Moves to the row with that position, by reading all rows before it: ids depend on them. It takes time in
    /// proportion to the position.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the file can't be read.
    pub fn seek(&mut self, position: u64) -> Result<(), StoreError> {
        if position < self.position {
            self.reader.seek(Position::new()).map_err(unreadable)?;
            self.seen.clear();
            (self.position, self.begun, self.line) = (0, false, (0, 1));
        }
        while self.position < position && self.read()?.is_some() {}
        Ok(())
    }

    /// Reads the next row; `None` at the end of the file.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] if the file can't be read.
    pub fn read(&mut self) -> Result<Option<FileRow>, StoreError> {
        if !self.reader.read_record(&mut self.record).map_err(unreadable)? {
            return Ok(None);
        }
        if !std::mem::replace(&mut self.begun, true) && self.mapping.header {
            return self.read();
        }
        self.position += 1;
        let start = self.record.position().and_then(|position| usize::try_from(position.byte()).ok());
        let line = self.line(start.unwrap_or_default());
        let zone = &self.zone;
        let event = if self.record.len() == self.mapping.columns.len() {
            let cells: Vec<&str> = self.record.iter().collect();
            read_row(&cells, &self.mapping, &|at| moment(zone, at))
        } else {
            // The cells are not collected, because a row can have very many.
            let value = self.record.len().to_string();
            Err(RowError { code: RowErrorCode::CellCount, column: String::new(), value })
        };
        Ok(Some(FileRow { line, event: event.map(|row| self.identified(row)) }))
    }

    /// Returns the number of the line on which the record at a byte, or behind the line breaks at it, starts. Records must
    /// be asked for in their order.
    fn line(&mut self, byte: usize) -> u64 {
        let text = self.reader.get_ref().get_ref();
        let rest = text.get(byte..).unwrap_or_default();
        let start = byte + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (from, before) = self.line;
        let passed = text.get(from..=start).unwrap_or_default();
        // A line ends with LF, CR LF or CR.
        let breaks =
            passed.windows(2).filter(|two| matches!(two, [b'\n', _] | [b'\r', b'\0'..=b'\t' | 0x0b..])).count();
        self.line = (start.max(from), before + breaks as u64);
        self.line.1
    }

    fn identified(&mut self, row: Row) -> RowEvent {
        let content = Sha256::digest(row.canonical().as_bytes());
        if let Some(id) = &row.id {
            let fingerprint = fingerprint(&content);
            let repeats = match self.seen.entry(hash(&Sha256::digest(id.as_bytes()))) {
                Entry::Vacant(vacant) => {
                    vacant.insert(fingerprint);
                    Repeats::Nothing
                }
                Entry::Occupied(first) if *first.get() == fingerprint => Repeats::Same,
                Entry::Occupied(_) => Repeats::Other,
            };
            return RowEvent { id: id.clone(), row, repeats };
        }
        let ordinal = self.seen.entry(hash(&content)).or_default();
        let mut digest = Sha256::new();
        digest.update(content);
        digest.update(ordinal.to_be_bytes());
        *ordinal += 1;
        let id = timed_id(row.time, hash(&digest.finalize()));
        RowEvent { id: id.to_string(), row, repeats: Repeats::Nothing }
    }
}

/// Returns the first records of a text, at most `most`.
pub fn records(text: &str, delimiter: Delimiter, most: usize) -> Vec<Vec<String>> {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter.byte());
    let mut reader = builder.from_reader(text.as_bytes());
    let records = reader.records().map_while(Result::ok).take(most);
    records.map(|record| record.iter().map(str::to_owned).collect()).collect()
}

fn unreadable(error: csv::Error) -> StoreError {
    StoreError::Inconsistent(format!("a file that is no CSV: {error}"))
}

/// Returns the first half of a digest as a number.
fn hash(digest: &[u8]) -> u128 {
    digest.first_chunk::<16>().copied().map_or(0, u128::from_be_bytes)
}

fn fingerprint(digest: &[u8]) -> u64 {
    digest.first_chunk::<8>().copied().map_or(0, u64::from_be_bytes)
}

/// Returns the source of the events of a mapping.
fn source(mapping: &Mapping) -> String {
    if mapping.name.is_empty() {
        format!("csv:{:016x}", fingerprint(&Sha256::digest(mapping.canonical().as_bytes())))
    } else {
        format!("csv:{}", mapping.name)
    }
}

/// Returns a UUIDv7 with the time of the event and the bits of a hash. Ids that begin with their time keep the index of
/// events compact.
fn timed_id(at: OffsetDateTime, hash: u128) -> Uuid {
    let millis = u128::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default() & 0xffff_ffff_ffff;
    let random = hash & 0x0fff_3fff_ffff_ffff_ffff;
    Uuid::from_u128(millis << 80 | 0x7000_8000_0000_0000_0000 | random)
}

/// Converts a local time of the zone. Of two moments with this local time, it is the earlier one. A time that the clocks
/// skip is read with the offset before the change.
fn moment(zone: &Zone, local: PrimitiveDateTime) -> OffsetDateTime {
    let guess = local.assume_utc();
    let offset = |hours| zone.at(guess.checked_add(Duration::hours(hours)).unwrap_or(guess)).offset();
    let (before, after) = (offset(-24), offset(24));
    let (first, second) = (local.assume_offset(before), local.assume_offset(after));
    let is = |at: OffsetDateTime| zone.at(at).offset() == at.offset();
    if !is(first) && is(second) { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::import::{DecimalSign, Given, TimesIn, Value};
    use proptest::prelude::*;

    fn mapping(id: Option<u16>) -> Mapping {
        Mapping {
            delimiter: Delimiter::Comma,
            decimal: DecimalSign::Point,
            header: true,
            times_in: TimesIn::UTC,
            time: 0,
            subject: Given::Constant("acme".to_owned()),
            kind: Given::Constant("llm".to_owned()),
            id,
            values: vec![Value { column: 1, property: "n".to_owned(), number: true }],
            columns: ["at", "n", "id"].map(str::to_owned).to_vec(),
            name: String::new(),
        }
    }

    fn all(text: &str, mapping: Mapping) -> Vec<FileRow> {
        let mut rows = Rows::open(text.as_bytes().to_vec(), mapping, Arc::new(Zone::utc())).unwrap();
        std::iter::from_fn(|| rows.read().unwrap()).collect()
    }

    fn ids(rows: &[FileRow]) -> Vec<String> {
        rows.iter().filter_map(|row| row.event.as_ref().ok().map(|event| event.id.clone())).collect()
    }

    fn file(rows: &[(u8, u8)]) -> String {
        let lines = rows.iter().map(|(day, n)| format!("2026-01-{day:02},{n},i{n}\r\n"));
        std::iter::once("at,n,id\r\n".to_owned()).chain(lines).collect()
    }

    #[test]
    fn equal_rows_of_a_file_are_different_events_with_stable_ids() {
        let text = file(&[(1, 5), (1, 5), (2, 5)]);
        let first = ids(&all(&text, mapping(None)));
        assert_eq!(first.len(), 3);
        assert!(first[0] != first[1] && first[1] != first[2], "{first:?}");
        assert_eq!(first, ids(&all(&text, mapping(None))));
        // Other line ends, a byte order mark and quotes change no cell.
        let same = format!("\u{feff}{}", text.replace("\r\n", "\n").replace(",5,", ",\"5\","));
        assert_eq!(first, ids(&all(&same, mapping(None))));
        assert!(first.iter().all(|id| id.parse::<Uuid>().is_ok_and(|id| id.get_version_num() == 7)));
    }

    #[test]
    fn a_line_with_very_many_cells_is_refused_before_it_is_read() {
        let open = |cells: usize| {
            let text = format!("at,n,id\n2026-01-01,1,a\n{}\n", ",".repeat(cells));
            Rows::open(text.into_bytes(), mapping(None), Arc::new(Zone::utc())).map(|_| ())
        };
        assert_eq!(open(100_001), Err(Unreadable::Wide));
        assert_eq!(open(100_000), Ok(()));
        let rows = all("at,n,id\n,,,,,\n2026-01-01,1,a\n", mapping(None));
        let refused = rows[0].event.as_ref().map_err(|error| (error.code, error.value.as_str()));
        assert_eq!(refused.err(), Some((RowErrorCode::CellCount, "6")));
        assert!(rows[1].event.is_ok(), "control");
    }

    #[test]
    fn a_repeated_id_is_told_from_one_with_other_content() {
        let rows = all("at,n,id\n2026-01-01,1,a\n2026-01-01,1,a\n2026-01-01,2,a\n2026-01-01,1,b\n", mapping(Some(2)));
        let repeats: Vec<_> = rows.iter().map(|row| row.event.as_ref().unwrap().repeats).collect();
        assert_eq!(repeats, [Repeats::Nothing, Repeats::Same, Repeats::Other, Repeats::Nothing]);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 4, 5]);
    }

    #[test]
    fn a_row_has_the_number_of_its_line_with_any_line_break() {
        for line_break in ["\n", "\r\n", "\r"] {
            let text =
                ["at,n,id", "2026-01-01,1,a", "", "2026-01-01,1,\"b\nc\"", "2026-01-01,1,d", ""].join(line_break);
            let lines: Vec<_> = all(&text, mapping(None)).iter().map(|row| row.line).collect();
            assert_eq!(lines, [2, 4, 6], "{line_break:?}");
        }
    }

    #[test]
    fn a_saved_name_is_the_source_and_the_order_of_columns_is_not() {
        let unnamed = source(&mapping(None));
        let mut moved = mapping(None);
        (moved.time, moved.values[0].column, moved.columns) = (1, 0, ["n", "at", "id"].map(str::to_owned).to_vec());
        assert_eq!(source(&moved), unnamed);
        moved.kind = Given::Constant("other".to_owned());
        assert_ne!(source(&moved), unnamed);
        moved.name = "Gateway".to_owned();
        assert_eq!(source(&moved), "csv:Gateway");
    }

    proptest! {
        #[test]
        fn ids_are_the_same_after_rows_are_appended(rows in proptest::collection::vec((1_u8..4, 0_u8..3), 0..20), more in 0_usize..20) {
            let short = &rows[..rows.len().saturating_sub(more)];
            for id in [None, Some(2)] {
                let (before, after) = (ids(&all(&file(short), mapping(id))), ids(&all(&file(&rows), mapping(id))));
                prop_assert_eq!(&before[..], &after[..before.len()]);
            }
            let mut unique = ids(&all(&file(&rows), mapping(None)));
            unique.sort();
            unique.dedup();
            prop_assert_eq!(unique.len(), rows.len());
        }

        #[test]
        fn a_file_continued_at_any_row_is_the_same(rows in proptest::collection::vec((1_u8..4, 0_u8..3), 1..20), at in 0_u64..20) {
            let text = file(&rows);
            let whole = all(&text, mapping(None));
            let mut resumed = Rows::open(text.into_bytes(), mapping(None), Arc::new(Zone::utc())).unwrap();
            resumed.seek(at).unwrap();
            let rest: Vec<_> = std::iter::from_fn(|| resumed.read().unwrap()).collect();
            prop_assert_eq!(&whole[whole.len() - rest.len()..], &rest[..]);
            prop_assert_eq!(rest.len(), whole.len().saturating_sub(usize::try_from(at).unwrap()));
            resumed.seek(0).unwrap();
            prop_assert_eq!(std::iter::from_fn(|| resumed.read().unwrap()).collect::<Vec<_>>(), whole);
        }

        #[test]
        fn junk_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(mut rows) = Rows::open(bytes, mapping(None), Arc::new(Zone::utc())) {
                while let Ok(Some(_)) = rows.read() {}
            }
        }
    }
}
