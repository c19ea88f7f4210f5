//! Live updates for open tabs: the current state of the session, the user's workspace list and the workspace on screen
//! (docs/SECURITY.md, I-23).
//!
//! The server sends states, never events. Lost, duplicate and reordered messages therefore do no harm. Each state is
//! read with the same authorization as any other request, at the time when it is sent.

#[cfg(feature = "hydrate")]
mod client;
#[cfg(feature = "hydrate")]
pub use client::{ask, start};

#[cfg(feature = "ssr")]
pub mod server;

use crate::wire;
use model::{Seat, Slug, workspace::WorkspaceProfile};
use time::OffsetDateTime;

/// Path of the socket.
pub const PATH: &str = "/api/live";

/// Access of the user to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WorkspaceAccess {
    /// The user has a seat. The slug differs from the requested one if the workspace was renamed.
    Seat {
        /// Profile of the workspace.
        workspace: Box<WorkspaceProfile>,
        /// Seat of the user.
        seat: Seat,
    },
    /// The user has a seat, but the workspace requires a second factor first.
    Factor,
    /// The workspace was deleted, and the user had a seat.
    Gone,
    /// There is no such workspace, or the user has no seat.
    Absent,
}

/// Message of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerMessage {
    /// Current server time.
    Clock(OffsetDateTime),
    /// Current state.
    State(LiveMessage),
    /// Message of a newer server, which this build does not know.
    Unknown,
}

/// State sent by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveMessage {
    /// The session has ended.
    SignedOut,
    /// The session is live.
    Now {
        /// Current seat epoch, without spaces. If it differs from that of the workspace list, the list is outdated.
        epoch: String,
        /// Workspace that the tab reported, with the user's access to it.
        workspace: Option<(Slug, WorkspaceAccess)>,
    },
}

const SIGNED_OUT: &str = "signed_out";
const NOW: &str = "now";
const CLOCK: &str = "clock";
const SEAT: &str = "seat";
const FACTOR: &str = "factor";
const GONE: &str = "gone";
const ABSENT: &str = "absent";

impl LiveMessage {
    /// Serializes the state. The keywords are plain words, so that a tab of any build learns that it is signed out or
    /// that a seat is gone. Only seat and workspace profile are encoded by `wire`.
    ///
    /// # Errors
    /// [`WireError`](wire::WireError) if the profile can't be serialized.
    pub fn to_text(&self) -> Result<String, wire::WireError> {
        let Self::Now { epoch, workspace } = self else { return Ok(SIGNED_OUT.to_owned()) };
        let Some((slug, access)) = workspace else { return Ok(format!("{NOW} {epoch}")) };
        let word = match access {
            WorkspaceAccess::Seat { workspace, seat } => format!("{SEAT} {}", wire::to_text(&(workspace, seat))?),
            WorkspaceAccess::Factor => FACTOR.to_owned(),
            WorkspaceAccess::Gone => GONE.to_owned(),
            WorkspaceAccess::Absent => ABSENT.to_owned(),
        };
        Ok(format!("{NOW} {epoch} {slug} {word}"))
    }

    /// Parses a message. Returns `None` for a message of another build that is not understood.
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.splitn(5, ' ');
        match words.next()? {
            SIGNED_OUT => return Some(Self::SignedOut),
            NOW => {}
            _ => return None,
        }
        let epoch = words.next()?.to_owned();
        let workspace = words.next().zip(words.next()).and_then(|(slug, word)| {
            let access = match word {
                SEAT => {
                    let (workspace, seat) = wire::from_text(words.next()?).ok()?;
                    WorkspaceAccess::Seat { workspace, seat }
                }
                FACTOR => WorkspaceAccess::Factor,
                GONE => WorkspaceAccess::Gone,
                ABSENT => WorkspaceAccess::Absent,
                _ => return None,
            };
            Some((Slug::parse(slug).ok()?, access))
        });
        Some(Self::Now { epoch, workspace })
    }
}

/// Serializes the server's time, in seconds since the Unix epoch. The server sends it before each state as a separate
/// message, which tabs of older builds ignore.
pub fn clock(now: OffsetDateTime) -> String {
    format!("{CLOCK} {}", now.unix_timestamp())
}

/// Parses a message written by [`clock`]. Returns `None` for any other message.
pub fn read_clock(text: &str) -> Option<OffsetDateTime> {
    let seconds: usize = text.strip_prefix(CLOCK)?.strip_prefix(' ')?.parse().ok()?;
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()
}

/// Serializes the tab's message: the slug of the workspace on screen as the tab knows it, or nothing outside of
/// workspaces.
pub fn here(workspace: Option<&Slug>) -> String {
    workspace.map_or_else(String::new, Slug::to_string)
}

/// Parses the tab's message. Returns `None` if it is invalid.
pub fn read_here(text: &str) -> Option<Option<Slug>> {
    if text.is_empty() { Some(None) } else { Slug::parse(text).ok().map(Some) }
}

/// Requests the current state. Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
pub fn ask() {}

/// Starts listening. Does nothing on the server.
#[cfg(not(feature = "hydrate"))]
pub fn start(_workspace: impl Fn() -> Option<Slug> + 'static, _on_message: std::rc::Rc<dyn Fn(ServerMessage)>) {}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{WorkspaceRole, picture::Brand};

    const ID: &str = "018f4d9e-0000-7000-8000-000000000000";

    fn slug() -> Slug {
        Slug::parse("smartai-it").unwrap()
    }

    #[test]
    fn server_messages_round_trip() {
        let now = |access| LiveMessage::Now { epoch: "12.3".to_owned(), workspace: Some((slug(), access)) };
        let none = LiveMessage::Now { epoch: "12.3".to_owned(), workspace: None };
        for heard in [
            LiveMessage::SignedOut,
            none,
            now(WorkspaceAccess::Factor),
            now(WorkspaceAccess::Gone),
            now(WorkspaceAccess::Absent),
        ] {
            assert_eq!(LiveMessage::read(&heard.to_text().unwrap()), Some(heard));
        }
    }

    #[test]
    fn a_tab_of_another_build_reads_only_the_seat_epoch() {
        let workspace = Box::new(WorkspaceProfile {
            id: ID.parse().unwrap(),
            slug: slug(),
            name: "IT & Söhne".to_owned(),
            organization_id: ID.parse().unwrap(),
            organization: "Smart AI".to_owned(),
            brand: Brand::default(),
        });
        let seat = Seat::resolve(Some(WorkspaceRole::Viewer), None).unwrap();
        let heard = LiveMessage::Now {
            epoch: "12.3".to_owned(),
            workspace: Some((slug(), WorkspaceAccess::Seat { workspace, seat })),
        };
        let text = heard.to_text().unwrap();
        assert_eq!(LiveMessage::read(&text), Some(heard), "control: the same build reads it");
        let theirs = text.replacen(env!("STILE_WIRE"), "0123456789abcdef", 1);
        assert_ne!(theirs, text);
        assert_eq!(LiveMessage::read(&theirs), Some(LiveMessage::Now { epoch: "12.3".to_owned(), workspace: None }));
        assert_eq!(LiveMessage::read("something_newer 1"), None);
        assert_eq!(LiveMessage::read(""), None);
    }

    #[test]
    fn clock_messages_are_separate_from_state_messages() {
        let now = OffsetDateTime::from_unix_timestamp(1_790_000_000).unwrap();
        assert_eq!(read_clock(&clock(now)), Some(now));
        assert_eq!(LiveMessage::read(&clock(now)), None, "an older tab passes over it");
        for other in ["signed_out", "now 12.3", "clock", "clock soon", "clock 999999999999999999999"] {
            assert_eq!(read_clock(other), None, "{other}");
        }
    }

    #[test]
    fn tab_messages_contain_a_slug_or_nothing() {
        for workspace in [None, Some(slug())] {
            assert_eq!(read_here(&here(workspace.as_ref())), Some(workspace));
        }
        assert_eq!(read_here("{\"workspace\":null}"), None);
    }
}
