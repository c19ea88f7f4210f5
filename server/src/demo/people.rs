//! Acting as a person: registration, sign-in, access to organizations and workspaces, sign-out.

use super::{content, outcome::DemoError};
use app::server::request::Services;
use model::{
    Email, Slug,
    id::{OrganizationId, UserId, WorkspaceId},
    picker::Picker,
    workspace::WorkspaceProfile,
};
use std::sync::Arc;
use store::{
    Store, StoreError,
    door::{Credential, Door, OrganizationTx, WorkspaceTx, Write, WriteTarget},
    identity::{self, Device},
    organizations,
    seats::Freshness,
    secret::Secret,
};

/// Password of every demo user.
pub(crate) const PASSWORD: &str = "stile-demo-2026";

const ACCOUNT: &str = "their account";

/// Sessions of the demo users, signed out at the end by [`Stage::leave`].
pub(super) struct Stage<'s> {
    services: &'s Services,
    sessions: Vec<Credential>,
}

/// A registered person.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// User id.
    pub(super) user: UserId,
    /// `true` if the person was registered in this run.
    pub(super) is_new: bool,
}

/// A person with their own session.
pub(super) struct Actor {
    /// User id.
    pub(super) user: UserId,
    email: String,
    credential: Credential,
    store: Store,
}

impl<'s> Stage<'s> {
    /// Creates a stage without sessions.
    pub(super) const fn new(services: &'s Services) -> Self {
        Self { services, sessions: Vec::new() }
    }

    /// Returns the store.
    pub(super) const fn store(&self) -> &Store {
        &self.services.store
    }

    /// Registers a person if none has this email address; `None` if that person is disabled.
    pub(super) async fn know(&self, email: &str, name: &str) -> Result<Option<Known>, DemoError> {
        let address = Email::parse(email).map_err(|_| DemoError::Example(email.to_owned()))?;
        if let Some(record) = self.store().password_of(&address).await? {
            return Ok(Some(Known { user: record.user, is_new: false }));
        }
        let hash = self.services.passwords.hash(PASSWORD).await.map_err(|_| DemoError::Password)?;
        match self.store().register(&address, name, &hash).await {
            Ok(user) => Ok(Some(Known { user, is_new: true })),
            Err(error) if error.is_refused_by("users_email_key") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Signs a person in.
    pub(super) async fn enter(&mut self, email: &str, known: Option<Known>) -> Result<Actor, DemoError> {
        let disabled = || DemoError::Closed { what: ACCOUNT.to_owned(), person: email.to_owned() };
        let user = known.ok_or_else(disabled)?.user;
        let secret = Secret::generate("")?;
        let device = Device { ip: None, user_agent: "stile demo".to_owned() };
        self.store().begin_session(user, &secret, &device, None).await?;
        let credential = Credential::Session(secret.hash());
        self.sessions.push(credential);
        Ok(Actor { user, email: email.to_owned(), credential, store: self.store().clone() })
    }

    /// Signs everybody out, even after a failure. Returns `made` or the first error.
    pub(super) async fn leave<T>(self, made: Result<T, DemoError>) -> Result<T, DemoError> {
        let mut left = Ok(());
        for credential in &self.sessions {
            left = left.and(sign_out(self.store(), credential).await);
        }
        let made = made?;
        left?;
        Ok(made)
    }
}

async fn sign_out(store: &Store, credential: &Credential) -> Result<(), DemoError> {
    if let Some(mut tx) = store.person(credential).await? {
        identity::sign_out(&mut tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

impl Actor {
    /// Loads the organizations and workspaces that the person can reach, without the cache.
    pub(super) async fn picker(&self) -> Result<Arc<Picker>, DemoError> {
        let found = self.store.picker(&self.credential, Freshness::Now).await?;
        found.map(|(_, picker)| picker).ok_or_else(|| self.shut_out(ACCOUNT))
    }

    /// Creates an organization owned by the person.
    pub(super) async fn found(&self, name: &str) -> Result<OrganizationId, DemoError> {
        let Some(mut tx) = self.store.person(&self.credential).await? else {
            return Err(self.shut_out(ACCOUNT));
        };
        let id = organizations::found(&mut tx, name).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Opens a transaction to manage an organization.
    pub(super) async fn manage(&self, organization: OrganizationId) -> Result<OrganizationTx, DemoError> {
        let open = self.store.organization(&self.credential, organization).await?;
        open.ok_or_else(|| self.shut_out(&format!("the organization {organization}")))
    }

    /// Creates workspaces in an organization in one transaction: all or none.
    pub(super) async fn create(
        &self,
        organization: OrganizationId,
        workspaces: &[(Slug, String)],
    ) -> Result<Vec<WorkspaceId>, DemoError> {
        let mut tx = self.manage(organization).await?;
        let ids = organizations::create_workspaces(&mut tx, workspaces).await.map_err(|error| match error {
            // The slug is taken: by somebody else's workspace, or by one that the person was removed from.
            StoreError::Refused(_) => {
                let more = if workspaces.len() > 1 { " or one of those after it" } else { "" };
                self.shut_out(&format!("{}{more}", workspaces.first().map_or("", |(slug, _)| slug.as_str())))
            }
            error => error.into(),
        })?;
        tx.commit().await?;
        Ok(ids)
    }

    /// Finds the workspace with a slug, even if the slug has changed.
    pub(super) async fn find(&self, slug: &Slug) -> Result<FoundWorkspace, DemoError> {
        let mut slug = slug.clone();
        // Follows one redirect: the second lookup uses the current slug.
        for _ in 0..2 {
            match self.store.workspace(&self.credential, &slug).await? {
                Door::Open(mut tx) => {
                    let is_empty = content::is_empty(&mut tx).await?;
                    let WorkspaceProfile { id, slug, .. } = tx.commit().await?.workspace;
                    return Ok(if is_empty { FoundWorkspace::Empty(id, slug) } else { FoundWorkspace::Filled });
                }
                Door::Moved(to) => slug = to,
                Door::Gone(_) => return Ok(FoundWorkspace::Deleted),
                Door::Absent(_) => return Ok(FoundWorkspace::Absent),
                Door::SignedOut | Door::Mismatch | Door::Factor(_) => break,
            }
        }
        Err(self.shut_out(slug.as_str()))
    }

    /// Opens a write transaction in a workspace.
    pub(super) async fn write(&self, slug: &Slug, workspace: WorkspaceId) -> Result<WorkspaceTx<Write>, DemoError> {
        let target = WriteTarget { user: self.user, workspace };
        match self.store.workspace_write(&self.credential, slug, target).await? {
            Door::Open(tx) => Ok(tx),
            _ => Err(self.shut_out(slug.as_str())),
        }
    }

    /// Creates the error for a missing permission that the example data needs.
    pub(super) fn shut_out(&self, what: &str) -> DemoError {
        DemoError::Closed { what: what.to_owned(), person: self.email.clone() }
    }
}

/// Result of looking up a slug as one person.
pub(super) enum FoundWorkspace {
    /// There is no workspace that the person can see.
    Absent,
    /// A workspace without products, and its current slug.
    Empty(WorkspaceId, Slug),
    /// A workspace with products.
    Filled,
    /// A deleted workspace. Its slug is never reused.
    Deleted,
}
