//! Server side of the socket: reads the state that is sent to a tab. Every read is authorized again.

use crate::live::{LiveMessage, WorkspaceAccess};
use model::Slug;
use store::{
    Store, StoreError,
    door::{Credential, Door, Principal, Read, WorkspaceTx},
};
use time::OffsetDateTime;

/// Response to a tab.
#[derive(Debug)]
pub struct TabState {
    /// Current state.
    pub message: LiveMessage,
    /// Time of that state by the database clock, or `None` if nobody is signed in.
    pub at: Option<OffsetDateTime>,
}

impl TabState {
    const SIGNED_OUT: Self = Self { message: LiveMessage::SignedOut, at: None };

    fn now(principal: &Principal, workspace: Option<(Slug, WorkspaceAccess)>) -> Self {
        Self { message: LiveMessage::Now { epoch: principal.epoch.clone(), workspace }, at: Some(principal.now) }
    }
}

/// Reads the current state for `credential` and the workspace `here` on screen. Nothing is written, so an open tab does
/// not keep an unused session alive.
///
/// # Errors
/// `StoreError` if a database query fails.
pub async fn tab_state(store: &Store, credential: &Credential, here: Option<&Slug>) -> Result<TabState, StoreError> {
    let Some(slug) = here else {
        let principal = store.person_reading(credential).await?;
        return Ok(principal.map_or(TabState::SIGNED_OUT, |tx| TabState::now(tx.principal(), None)));
    };
    let door = match store.workspace(credential, slug).await? {
        // Renamed: the same workspace is read under its current slug.
        Door::Moved(to) => store.workspace(credential, &to).await?,
        door => door,
    };
    let now = |principal: &Principal, access| TabState::now(principal, Some((slug.clone(), access)));
    Ok(match door {
        Door::Open(tx) => now(&tx.tenant().principal, seat(&tx)),
        Door::Factor(demand) => now(&demand.principal, WorkspaceAccess::Factor),
        Door::Gone(principal) => now(&principal, WorkspaceAccess::Gone),
        Door::Absent(principal) => now(&principal, WorkspaceAccess::Absent),
        Door::SignedOut => TabState::SIGNED_OUT,
        // Renamed again between the two queries. The next event triggers another read.
        Door::Moved(_) | Door::Mismatch => {
            let principal = store.person_reading(credential).await?;
            principal.map_or(TabState::SIGNED_OUT, |tx| TabState::now(tx.principal(), None))
        }
    })
}

fn seat(tx: &WorkspaceTx<Read>) -> WorkspaceAccess {
    let tenant = tx.tenant();
    WorkspaceAccess::Seat { workspace: Box::new(tenant.workspace.clone()), seat: tenant.seat }
}
