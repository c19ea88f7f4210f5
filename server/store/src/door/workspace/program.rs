//! Opens transactions for programs, which have no page and so no grant that states what they write to.

use super::{
    mode::{Read, Write},
    outcome::Door,
    transaction::WorkspaceTx,
};
use crate::{
    door::{Credential, WriteTarget},
    error::StoreError,
    pool::Store,
};
use model::{Capability, Slug};

/// Maximum number of attempts while the owner of a key, or the workspace of a slug, changes.
const ATTEMPTS: usize = 3;

impl Store {
    /// Begins a transaction for writing in a workspace by an operator token or an API key, with the write locks held.
    /// The door reads person and workspace again under the locks, so a revocation that has returned is respected.
    ///
    /// # Errors
    /// As for [`Store::workspace_write`].
    #[tracing::instrument(level = "debug", name = "store.door.workspace_program", skip_all)]
    pub async fn workspace_program(
        &self,
        credential: &Credential,
        slug: &Slug,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        self.program(credential, slug, None).await
    }

    /// Begins a transaction for a change by an operator token that excludes all other writes in the workspace. The write
    /// lock is exclusive only if the seat has the capability `needs`.
    ///
    /// # Errors
    /// As for [`Store::workspace_exclusive`].
    #[tracing::instrument(level = "debug", name = "store.door.workspace_program_exclusive", skip_all)]
    pub async fn workspace_program_exclusive(
        &self,
        credential: &Credential,
        slug: &Slug,
        needs: Capability,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        self.program(credential, slug, Some(needs)).await
    }

    /// Opens the workspace that the credential and slug lead to. `alone` is the capability for which the write lock is
    /// exclusive.
    async fn program(
        &self,
        credential: &Credential,
        slug: &Slug,
        alone: Option<Capability>,
    ) -> Result<Door<WorkspaceTx<Write>>, StoreError> {
        let mut known = self.write_targets.get(credential, slug);
        for _ in 0..ATTEMPTS {
            let target = match known.take() {
                Some(target) => target,
                None => match self.find_target(credential, slug).await? {
                    Ok(target) => target,
                    Err(closed) => return Ok(closed),
                },
            };
            let door = match alone {
                None => self.workspace_write(credential, slug, target).await?,
                Some(needs) => self.workspace_exclusive(credential, slug, target, needs).await?,
            };
            match door {
                Door::Mismatch => {}
                door => {
                    self.write_targets.record(credential, slug, target);
                    return Ok(door);
                }
            }
        }
        Ok(Door::Mismatch)
    }

    /// Returns `true` if this server knows what a write with the credential and slug leads to, because there was one
    /// before. It is no permission.
    pub fn has_known_target(&self, credential: &Credential, slug: &Slug) -> bool {
        self.write_targets.get(credential, slug).is_some()
    }

    /// Returns the person and workspace that the credential and slug lead to, or the outcome if they lead nowhere.
    async fn find_target(
        &self,
        credential: &Credential,
        slug: &Slug,
    ) -> Result<Result<WriteTarget, Door<WorkspaceTx<Write>>>, StoreError> {
        let permit = self.workspace_permit(slug).await?;
        let tx = self.begin().await?;
        Ok(match self.open::<Read>(tx, credential, slug, Some(permit)).await? {
            Door::Open(tx) => {
                let target = WriteTarget { user: tx.user(), workspace: tx.id() };
                tx.commit().await?;
                Ok(target)
            }
            Door::Mismatch => Err(Door::Mismatch),
            Door::Moved(slug) => Err(Door::Moved(slug)),
            Door::Factor(demand) => Err(Door::Factor(demand)),
            Door::Gone(principal) => Err(Door::Gone(principal)),
            Door::Absent(principal) => Err(Door::Absent(principal)),
            Door::SignedOut => Err(Door::SignedOut),
        })
    }
}
