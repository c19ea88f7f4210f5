//! How things stand for a tab: what its socket says. Read through the doors, each time.

use crate::live::{Heard, Standing};
use model::Slug;
use store::{
    Store, StoreError,
    door::{Credential, Door, Live, Read, WorkspaceTx},
};
use time::OffsetDateTime;

/// The answer to a tab.
#[derive(Debug)]
pub struct Told {
    /// The current state.
    pub heard: Heard,
    /// The time of that state, by the database's clock. `None` if nobody is signed in.
    pub at: Option<OffsetDateTime>,
}

impl Told {
    const SIGNED_OUT: Self = Self { heard: Heard::SignedOut, at: None };

    fn now(live: &Live, place: Option<(Slug, Standing)>) -> Self {
        Self { heard: Heard::Now { epoch: live.epoch.clone(), place }, at: Some(live.now) }
    }
}

/// How it is now for whoever presents `credential` and shows the workspace `here`. Nothing is written: an open tab does
/// not keep a session alive that nobody uses.
///
/// # Errors
/// When the database fails.
pub async fn heard(store: &Store, credential: &Credential, here: Option<&Slug>) -> Result<Told, StoreError> {
    let Some(slug) = here else {
        let live = store.person_reading(credential).await?;
        return Ok(live.map_or(Told::SIGNED_OUT, |tx| Told::now(tx.live(), None)));
    };
    let door = match store.workspace(credential, slug).await? {
        // The same workspace under its present address.
        Door::Moved(to) => store.workspace(credential, &to).await?,
        door => door,
    };
    let now = |live: &Live, standing| Told::now(live, Some((slug.clone(), standing)));
    Ok(match door {
        Door::Open(tx) => now(&tx.tenant().live, seat(&tx)),
        Door::Factor(demand) => now(&demand.live, Standing::Factor),
        Door::Gone(live) => now(&live, Standing::Gone),
        Door::Absent(live) => now(&live, Standing::Absent),
        Door::SignedOut => Told::SIGNED_OUT,
        // It moved twice within two questions: the next event asks again.
        Door::Moved(_) | Door::Mismatch => {
            let live = store.person_reading(credential).await?;
            live.map_or(Told::SIGNED_OUT, |tx| Told::now(tx.live(), None))
        }
    })
}

fn seat(tx: &WorkspaceTx<Read>) -> Standing {
    let tenant = tx.tenant();
    Standing::Seat { workspace: Box::new(tenant.workspace.clone()), seat: tenant.seat }
}
