//! What an open tab is told while it is open: how things stand now, for the person, their list of seats and the
//! workspace on screen (docs/SECURITY.md, I-23).
//!
//! The server never sends what happened, only how it is: so it does not matter what was missed, or came twice, or in
//! another order. What a tab is told is read through the same doors as everything else, when it is told.

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
pub use client::{ask, start};

#[cfg(feature = "ssr")]
pub mod server;

use crate::wire;
use model::{Seat, Slug, workspace::WorkspaceProfile};
use time::OffsetDateTime;

/// The address of the socket.
pub const PATH: &str = "/api/live";

/// How a workspace stands to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They have a seat in it. Its slug may be another one than was asked for: then it was renamed.
    Seat {
        /// The workspace.
        workspace: Box<WorkspaceProfile>,
        /// The seat.
        seat: Seat,
    },
    /// They have a seat in it, and it asks for a second factor first.
    Factor,
    /// It was deleted, and they had a seat.
    Gone,
    /// There is none, or none for them.
    Absent,
}

/// One message of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The server's time.
    Clock(OffsetDateTime),
    /// The current state.
    Heard(Heard),
    /// A message of a newer server that this program does not know.
    Unknown,
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Nobody is signed in with that session any more.
    SignedOut,
    /// How it is now.
    Now {
        /// Under what the list of seats is read now: another one than the list's own means that it is old. Without
        /// spaces.
        epoch: String,
        /// The workspace that the tab said it shows, and how it stands.
        place: Option<(Slug, Standing)>,
    },
}

const SIGNED_OUT: &str = "signed_out";
const NOW: &str = "now";
const CLOCK: &str = "clock";
const SEAT: &str = "seat";
const FACTOR: &str = "factor";
const GONE: &str = "gone";
const ABSENT: &str = "absent";

impl Heard {
    /// The message: words, so that the tab of any build hears that it is signed out or that a seat is gone. Only what
    /// a seat and its workspace look like is written as `wire` does.
    ///
    /// # Errors
    /// Where that can't be written.
    pub fn to_text(&self) -> Result<String, wire::WireError> {
        let Self::Now { epoch, place } = self else { return Ok(SIGNED_OUT.to_owned()) };
        let Some((slug, standing)) = place else { return Ok(format!("{NOW} {epoch}")) };
        let said = match standing {
            Standing::Seat { workspace, seat } => format!("{SEAT} {}", wire::to_text(&(workspace, seat))?),
            Standing::Factor => FACTOR.to_owned(),
            Standing::Gone => GONE.to_owned(),
            Standing::Absent => ABSENT.to_owned(),
        };
        Ok(format!("{NOW} {epoch} {slug} {said}"))
    }

    /// Reads a message; `None` for what another build may mean by it.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.splitn(5, ' ');
        match words.next()? {
            SIGNED_OUT => return Some(Self::SignedOut),
            NOW => {}
            _ => return None,
        }
        let epoch = words.next()?.to_owned();
        let place = words.next().zip(words.next()).and_then(|(slug, word)| {
            let standing = match word {
                SEAT => {
                    let (workspace, seat) = wire::from_text(words.next()?).ok()?;
                    Standing::Seat { workspace, seat }
                }
                FACTOR => Standing::Factor,
                GONE => Standing::Gone,
                ABSENT => Standing::Absent,
                _ => return None,
            };
            Some((Slug::parse(slug).ok()?, standing))
        });
        Some(Self::Now { epoch, place })
    }
}

/// The server's time, in seconds since 1970. The server sends it before each message about the state, as a message of
/// its own, which tabs of older builds ignore.
pub fn clock(now: OffsetDateTime) -> String {
    format!("{CLOCK} {}", now.unix_timestamp())
}

/// Reads what [`clock`] wrote; `None` for any other message.
pub fn read_clock(text: &str) -> Option<OffsetDateTime> {
    let seconds: usize = text.strip_prefix(CLOCK)?.strip_prefix(' ')?.parse().ok()?;
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()
}

/// What a tab says: the slug of the workspace that it shows, as it knows it; nothing in the account plane.
pub fn here(workspace: Option<&Slug>) -> String {
    workspace.map_or_else(String::new, Slug::to_string)
}

/// Reads what a tab says; `None` for nonsense.
pub fn read_here(text: &str) -> Option<Option<Slug>> {
    if text.is_empty() { Some(None) } else { Slug::parse(text).ok().map(Some) }
}

/// Asks how things stand now.
#[cfg(not(feature = "hydrate"))]
pub fn ask() {}

/// Begins to listen. There is nothing to listen to on the server.
#[cfg(not(feature = "hydrate"))]
pub fn start(_shown: impl Fn() -> Option<Slug> + 'static, _hear: std::rc::Rc<dyn Fn(Said)>) {}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{WorkspaceRole, picture::Brand};

    const ID: &str = "018f4d9e-0000-7000-8000-000000000000";

    fn slug() -> Slug {
        Slug::parse("smartai-it").unwrap()
    }

    #[test]
    fn what_the_server_says_is_heard() {
        let now = |standing| Heard::Now { epoch: "12.3".to_owned(), place: Some((slug(), standing)) };
        let none = Heard::Now { epoch: "12.3".to_owned(), place: None };
        for heard in [Heard::SignedOut, none, now(Standing::Factor), now(Standing::Gone), now(Standing::Absent)] {
            assert_eq!(Heard::read(&heard.to_text().unwrap()), Some(heard));
        }
    }

    #[test]
    fn the_tab_of_another_build_hears_that_seats_changed_and_not_what_it_would_misread() {
        let workspace = Box::new(WorkspaceProfile {
            id: ID.parse().unwrap(),
            slug: slug(),
            name: "IT & Söhne".to_owned(),
            organization_id: ID.parse().unwrap(),
            organization: "Smart AI".to_owned(),
            brand: Brand::default(),
        });
        let seat = Seat::resolve(Some(WorkspaceRole::Viewer), None).unwrap();
        let heard = Heard::Now { epoch: "12.3".to_owned(), place: Some((slug(), Standing::Seat { workspace, seat })) };
        let text = heard.to_text().unwrap();
        assert_eq!(Heard::read(&text), Some(heard), "control: the same build reads it");
        let theirs = text.replacen(env!("STILE_WIRE"), "0123456789abcdef", 1);
        assert_ne!(theirs, text);
        assert_eq!(Heard::read(&theirs), Some(Heard::Now { epoch: "12.3".to_owned(), place: None }));
        assert_eq!(Heard::read("something_newer 1"), None);
        assert_eq!(Heard::read(""), None);
    }

    #[test]
    fn the_time_is_a_message_of_its_own() {
        let now = OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
        assert_eq!(read_clock(&clock(now)), Some(now));
        assert_eq!(Heard::read(&clock(now)), None, "an older tab passes over it");
        for other in ["signed_out", "now 12.3", "clock", "clock soon", "clock 999999999999999999999"] {
            assert_eq!(read_clock(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_tab_says_is_a_slug_or_nothing() {
        for workspace in [None, Some(slug())] {
            assert_eq!(read_here(&here(workspace.as_ref())), Some(workspace));
        }
        assert_eq!(read_here("{\"workspace\":null}"), None);
    }
}
