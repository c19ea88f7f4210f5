//! A ZIP archive that is written while it is sent. A thread compresses; bounded channels connect it with the reader of the
//! database and with the response, so that neither runs ahead of the receiver.

use axum::body::{Body, Bytes};
use futures_util::stream;
use sha2::{Digest, Sha256};
use std::{
    io::{self, Write},
    mem,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use time::OffsetDateTime;
use tokio::sync::mpsc;
use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipResult, write::SimpleFileOptions};

/// Size of a piece of the response, in bytes.
const PIECE: usize = 65_536;
/// Number of pieces and of orders that wait.
const AHEAD: usize = 4;

/// What the thread does next.
enum Order {
    /// Begins a file with this path. Its size may exceed 4 GB.
    File(String),
    /// Appends to the file.
    Data(Vec<u8>),
    /// Completes the archive.
    Finish,
}

/// A file of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) bytes: u64,
    /// SHA-256, in hexadecimal digits.
    pub(super) sha256: String,
}

/// An archive that is being written. If it is dropped before [`finish`](Self::finish), the response breaks off.
pub(super) struct Archive {
    orders: mpsc::Sender<Order>,
    entries: Vec<Entry>,
    open: Option<(String, u64, Sha256)>,
}

/// The receiver has gone, or the archive can't be written.
#[derive(Debug, thiserror::Error)]
#[error("the archive has no receiver")]
pub(super) struct Gone;

impl Archive {
    /// Begins an archive. Returns it with the body that it is sent as. `at` is the time of its files.
    pub(super) fn begin(at: OffsetDateTime) -> (Self, Body) {
        let (orders, to_do) = mpsc::channel(AHEAD);
        let (pieces, made) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || write(to_do, pieces, at));
        let chunks = stream::unfold(Some(made), |made| async move {
            let mut made: mpsc::Receiver<Option<Bytes>> = made?;
            match made.recv().await {
                Some(Some(piece)) => Some((Ok(piece), Some(made))),
                Some(None) => None,
                // The archive is not complete. The receiver must not take what arrived for all.
                None => Some((Err(io::Error::other("the archive ended early")), None)),
            }
        });
        (Self { orders, entries: Vec::new(), open: None }, Body::from_stream(chunks))
    }

    /// Begins a file. It ends when the next one begins.
    ///
    /// # Errors
    /// [`Gone`] if there is no receiver.
    pub(super) async fn file(&mut self, path: String) -> Result<(), Gone> {
        self.close();
        self.order(Order::File(path.clone())).await?;
        self.open = Some((path, 0, Sha256::new()));
        Ok(())
    }

    /// Appends to the file.
    ///
    /// # Errors
    /// [`Gone`] if there is no receiver.
    pub(super) async fn data(&mut self, data: Vec<u8>) -> Result<(), Gone> {
        if let Some((_, bytes, hash)) = &mut self.open {
            *bytes += data.len() as u64;
            hash.update(&data);
        }
        if data.is_empty() { Ok(()) } else { self.order(Order::Data(data)).await }
    }

    /// Ends the last file. Returns the files.
    pub(super) fn entries(&mut self) -> &[Entry] {
        self.close();
        &self.entries
    }

    /// Completes the archive.
    ///
    /// # Errors
    /// [`Gone`] if there is no receiver.
    pub(super) async fn finish(self) -> Result<(), Gone> {
        self.order(Order::Finish).await
    }

    async fn order(&self, order: Order) -> Result<(), Gone> {
        self.orders.send(order).await.map_err(|_| Gone)
    }

    fn close(&mut self) {
        if let Some((path, bytes, hash)) = self.open.take() {
            let digest: [u8; 32] = hash.finalize().into();
            self.entries.push(Entry { path, bytes, sha256: hex(&digest) });
        }
    }
}

/// Returns the bytes in hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Output of the archive.
struct Pieces {
    sender: mpsc::Sender<Option<Bytes>>,
    piece: Vec<u8>,
    /// Nothing more is sent. `ZipWriter` completes an archive when it is dropped, even one that lacks files.
    silent: Arc<AtomicBool>,
}

impl Pieces {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.sender.blocking_send(Some(Bytes::from(piece))).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.silent.load(Ordering::Relaxed) {
            return Ok(bytes.len());
        }
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the archive. Only a complete one ends with `None`.
fn write(orders: mpsc::Receiver<Order>, sender: mpsc::Sender<Option<Bytes>>, at: OffsetDateTime) {
    let silent = Arc::new(AtomicBool::new(false));
    let pieces = Pieces { sender, piece: Vec::with_capacity(PIECE), silent: Arc::clone(&silent) };
    let mut zip = ZipWriter::new_stream(pieces);
    if !matches!(fill(&mut zip, orders, at), Ok(true)) {
        silent.store(true, Ordering::Relaxed);
        return;
    }
    let Ok(stream) = zip.finish() else { return };
    let mut pieces = stream.into_inner();
    if pieces.send().is_ok() {
        // The receiver may have gone.
        let _ = pieces.sender.blocking_send(None);
    }
}

/// Carries out the orders. Returns `true` if the archive is complete.
fn fill(
    zip: &mut ZipWriter<zip::write::StreamWriter<Pieces>>,
    mut orders: mpsc::Receiver<Order>,
    at: OffsetDateTime,
) -> ZipResult<bool> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        // The size of a file is known only at its end.
        .large_file(true)
        .last_modified_time(moment(at).unwrap_or_default());
    loop {
        match orders.blocking_recv() {
            Some(Order::File(path)) => zip.start_file(path, options)?,
            Some(Order::Data(data)) => zip.write_all(&data)?,
            Some(Order::Finish) => return Ok(true),
            None => return Ok(false),
        }
    }
}

fn moment(at: OffsetDateTime) -> Option<DateTime> {
    let year = u16::try_from(at.year()).ok()?;
    DateTime::from_date_and_time(year, at.month().into(), at.day(), at.hour(), at.minute(), at.second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use std::io::{Cursor, Read as _};
    use time::macros::datetime;

    const AT: OffsetDateTime = datetime!(2026-03-01 12:30:00 UTC);
    /// SHA-256 of `abc`, from FIPS 180-2.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    async fn filled(mut archive: Archive, finish: bool) {
        archive.file("a.txt".to_owned()).await.expect("a receiver");
        archive.data(b"ab".to_vec()).await.expect("a receiver");
        archive.data(b"c".to_vec()).await.expect("a receiver");
        archive.file("empty".to_owned()).await.expect("a receiver");
        let entries = archive.entries();
        assert_eq!(entries[0], Entry { path: "a.txt".to_owned(), bytes: 3, sha256: ABC.to_owned() });
        assert_eq!((entries.len(), entries[1].bytes), (2, 0));
        if finish {
            archive.finish().await.expect("a receiver");
        }
    }

    #[tokio::test]
    async fn an_archive_holds_what_was_written() {
        let (archive, body) = Archive::begin(AT);
        let (bytes, ()) = tokio::join!(to_bytes(body, 100_000), filled(archive, true));
        let mut zip = zip::ZipArchive::new(Cursor::new(bytes.expect("all of it"))).expect("an archive");
        assert_eq!(zip.len(), 2);
        let mut text = String::new();
        zip.by_name("a.txt").expect("the file").read_to_string(&mut text).expect("text");
        assert_eq!(text, "abc");
    }

    #[tokio::test]
    async fn an_archive_that_is_not_finished_breaks_off_and_is_none() {
        let (archive, body) = Archive::begin(AT);
        let mut received = Vec::new();
        let mut pieces = body.into_data_stream();
        let receiving = async {
            use futures_util::StreamExt as _;
            while let Some(piece) = pieces.next().await {
                match piece {
                    Ok(piece) => received.extend_from_slice(&piece),
                    Err(_) => return true,
                }
            }
            false
        };
        let (broke, ()) = tokio::join!(receiving, filled(archive, false));
        assert!(broke, "the receiver takes a part for the whole");
        assert!(zip::ZipArchive::new(Cursor::new(received)).is_err(), "what arrived reads as an archive");
    }

    #[tokio::test]
    async fn a_receiver_that_has_gone_ends_the_archive() {
        let (mut archive, body) = Archive::begin(AT);
        drop(body);
        archive.file("a".to_owned()).await.ok();
        // Bytes that deflate can't shorten, so that pieces become full.
        let mut seed = 1_u64;
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        })
        .take(PIECE)
        .collect();
        for _ in 0..100 {
            if archive.data(noise.clone()).await.is_err() {
                return;
            }
        }
        panic!("the archive is written for nobody");
    }
}
