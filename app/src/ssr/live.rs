//! How things stand for a tab: what its socket says. Read through the doors, each time.

use crate::live::{Heard, Standing};
use model::Slug;
use store::{
    Store, StoreError,
    door::{Credential, Door, Live, Read, WorkspaceTx},
};

/// How it is now for whoever presents `credential` and shows the workspace `here`. Nothing is written: an open tab does
/// not keep a session alive that nobody uses.
///
/// # Errors
/// When the database fails.
pub async fn heard(store: &Store, credential: &Credential, here: Option<&Slug>) -> Result<Heard, StoreError> {
    let Some(slug) = here else {
        let live = store.person_reading(credential).await?;
        return Ok(live.map_or(Heard::SignedOut, |tx| Heard::Now { epoch: tx.live().epoch.clone(), place: None }));
    };
    let door = match store.workspace(credential, slug).await? {
        // The same workspace under its present address.
        Door::Moved(to) => store.workspace(credential, &to).await?,
        door => door,
    };
    let now = |live: &Live, standing| Heard::Now { epoch: live.epoch.clone(), place: Some((slug.clone(), standing)) };
    Ok(match door {
        Door::Open(tx) => now(&tx.tenant().live, seat(&tx)),
        Door::Factor(demand) => now(&demand.live, Standing::Factor),
        Door::Gone(live) => now(&live, Standing::Gone),
        Door::Absent(live) => now(&live, Standing::Absent),
        Door::SignedOut => Heard::SignedOut,
        // It moved twice within two questions: the next event asks again.
        Door::Moved(_) | Door::Mismatch => {
            let live = store.person_reading(credential).await?;
            live.map_or(Heard::SignedOut, |tx| Heard::Now { epoch: tx.live().epoch.clone(), place: None })
        }
    })
}

fn seat(tx: &WorkspaceTx<Read>) -> Standing {
    let tenant = tx.tenant();
    Standing::Seat { workspace: Box::new(tenant.workspace.clone()), seat: tenant.seat }
}
