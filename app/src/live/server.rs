//! Server side of the socket: reads the state that is sent to a tab. Every read is authorized again.

use crate::live::{LiveMessage, WorkspaceAccess};
use model::Slug;
use store::{
    Store, StoreError,
    door::{Credential, Door, Live, Read, WorkspaceTx},
};
use time::OffsetDateTime;

/// Response to a tab.
#[derive(Debug)]
pub struct Told {
    /// Current state.
    pub heard: LiveMessage,
    /// Time of that state by the database clock, or `None` if nobody is signed in.
    pub at: Option<OffsetDateTime>,
}

impl Told {
    const SIGNED_OUT: Self = Self { heard: LiveMessage::SignedOut, at: None };

    fn now(live: &Live, place: Option<(Slug, WorkspaceAccess)>) -> Self {
        Self { heard: LiveMessage::Now { epoch: live.epoch.clone(), place }, at: Some(live.now) }
    }
}

/// Reads the current state for `credential` and the workspace `here` on screen. Nothing is written, so an open tab does
/// not keep an unused session alive.
///
/// # Errors
/// `StoreError` if a database query fails.
pub async fn heard(store: &Store, credential: &Credential, here: Option<&Slug>) -> Result<Told, StoreError> {
    let Some(slug) = here else {
        let live = store.person_reading(credential).await?;
        return Ok(live.map_or(Told::SIGNED_OUT, |tx| Told::now(tx.live(), None)));
    };
    let door = match store.workspace(credential, slug).await? {
        // Renamed: the same workspace is read under its current slug.
        Door::Moved(to) => store.workspace(credential, &to).await?,
        door => door,
    };
    let now = |live: &Live, standing| Told::now(live, Some((slug.clone(), standing)));
    Ok(match door {
        Door::Open(tx) => now(&tx.tenant().live, seat(&tx)),
        Door::Factor(demand) => now(&demand.live, WorkspaceAccess::Factor),
        Door::Gone(live) => now(&live, WorkspaceAccess::Gone),
        Door::Absent(live) => now(&live, WorkspaceAccess::Absent),
        Door::SignedOut => Told::SIGNED_OUT,
        // Renamed again between the two queries. The next event triggers another read.
        Door::Moved(_) | Door::Mismatch => {
            let live = store.person_reading(credential).await?;
            live.map_or(Told::SIGNED_OUT, |tx| Told::now(tx.live(), None))
        }
    })
}

fn seat(tx: &WorkspaceTx<Read>) -> WorkspaceAccess {
    let tenant = tx.tenant();
    WorkspaceAccess::Seat { workspace: Box::new(tenant.workspace.clone()), seat: tenant.seat }
}
