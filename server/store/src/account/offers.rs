//! Invites from the recipient's perspective: invite links, accepting, declining, automatic acceptance at sign-in,
//! joining by domain, and notices in the picker (docs/SECURITY.md, I-12).

use crate::{
    audit,
    door::PersonTx,
    error::StoreError,
    pool::Store,
    secret::{Secret, SecretHash},
};
use model::{
    Email, OrganizationRole, Slug, WorkspaceRole,
    audit::{Action, Detail},
    id::{InviteId, OrganizationId, UserId, WorkspaceId},
    invite::{Invite, InviteState, InviteTo, Mailbox, role_words},
    members::{JoinOffer, Notices, WaitingRequests},
};
use sqlx::{PgConnection, types::Uuid};

/// Invite that a link refers to.
#[derive(Debug, Clone)]
pub struct LinkedInvite {
    /// The invite.
    pub invite: Invite,
    /// Verification state of the mailbox.
    pub mailbox: Mailbox,
}

/// Result of accepting an invite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AcceptOutcome {
    /// The person now has a seat in a workspace.
    Workspace(Slug),
    /// The person is now a member of an organization.
    Organization(OrganizationId),
    /// This person accepted the invite before. Contains the slug of its workspace, if it was for one.
    Before(Option<Slug>),
    /// The invite is for another email address.
    OtherPerson,
    /// The invite is for this email address, which is not verified.
    Unverified,
    /// The invite is not open.
    Closed(InviteState),
    /// The invite does not exist.
    Absent,
}

/// Declined invite, with the data to notify the inviter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclinedInvite {
    /// Email address of the inviter.
    pub inviter: Email,
    /// Name of the workspace or organization.
    pub place: String,
    /// Email address of the person who declined.
    pub email: String,
}

struct Row {
    id: Uuid,
    email: String,
    role: String,
    organization_id: Uuid,
    workspace_id: Option<Uuid>,
    place: String,
    organization: String,
    inviter: String,
    expires_at: time::OffsetDateTime,
}

impl Row {
    fn invite(self, state: InviteState) -> Result<Invite, StoreError> {
        let (to, role) = match self.workspace_id {
            Some(id) => (InviteTo::Workspace(WorkspaceId::from_uuid(id)), role_words::<WorkspaceRole>(&self.role)),
            None => (
                InviteTo::Organization(OrganizationId::from_uuid(self.organization_id)),
                role_words::<OrganizationRole>(&self.role),
            ),
        };
        Ok(Invite {
            id: InviteId::from_uuid(self.id),
            to,
            place: self.place,
            organization: self.organization,
            role: role.unwrap_or_default().to_owned(),
            email: address(&self.email)?,
            inviter: self.inviter,
            expires_at: self.expires_at,
            state,
        })
    }
}

fn address(text: &str) -> Result<Email, StoreError> {
    Email::parse(text).map_err(|e| StoreError::Inconsistent(format!("the address {text:?}: {e}")))
}

impl Store {
    /// Returns the invite that a link refers to; `None` if the token is unknown. Does not consume the link.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.offers.invite", skip_all)]
    pub async fn invite(&self, token: &SecretHash) -> Result<Option<LinkedInvite>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select id as "id!", kind as "kind!", state as "state!", email as "email!", role as "role!",
                organization_id as "organization_id!", workspace_id, place as "place!", organization as "organization!",
                inviter as "inviter!", expires_at as "expires_at!", known
            from door.invite($1)"#,
            token.bytes()
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let state = InviteState::from_word(&row.state)
            .ok_or_else(|| StoreError::Inconsistent(format!("the invite state {:?}", row.state)))?;
        let mailbox = match row.known {
            _ if row.kind != "mailed" => Mailbox::Unproven,
            Some(true) => Mailbox::Known,
            _ => Mailbox::New,
        };
        let row = Row {
            id: row.id,
            email: row.email,
            role: row.role,
            organization_id: row.organization_id,
            workspace_id: row.workspace_id,
            place: row.place,
            organization: row.organization,
            inviter: row.inviter,
            expires_at: row.expires_at,
        };
        Ok(Some(LinkedInvite { invite: row.invite(state)?, mailbox }))
    }

    /// Registers the person that an open invite is addressed to, by its mailed link, which also verifies the email
    /// address. Returns `None` if the link is not valid for that, or the address has an account by now.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.offers.register_by_invite", skip_all)]
    pub async fn register_by_invite(
        &self,
        token: &SecretHash,
        name: &str,
        password_hash: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let mut tx = self.begin().await?;
        let id = Uuid::now_v7();
        let registered = sqlx::query_scalar!(
            "select door.register_by_invite($1, $2, $3, $4)",
            token.bytes(),
            id,
            name,
            password_hash
        )
        .fetch_optional(&mut *tx)
        .await?
        .flatten();
        tx.commit().await?;
        Ok(registered.map(|_| UserId::from_uuid(id)))
    }

    /// Declines an invite by its mailed link, without signing in. Returns `None` if there is nothing to decline.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if the database can't be reached, [`StoreError::Database`] if the query fails.
    #[tracing::instrument(level = "debug", name = "store.offers.decline_by_link", skip_all)]
    pub async fn decline_by_link(
        &self,
        token: &SecretHash,
        tell: impl AsyncFnOnce(&DeclinedInvite) -> Option<model::mail::Letter>,
    ) -> Result<Option<DeclinedInvite>, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query!(
            r#"select inviter_email as "inviter_email!", place as "place!", email as "email!" from door.decline_by_link($1)"#,
            token.bytes()
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let declined = DeclinedInvite { inviter: address(&row.inviter_email)?, place: row.place, email: row.email };
        if let Some(letter) = tell(&declined).await {
            crate::mail::queue(&mut tx, &letter).await?;
        }
        tx.commit().await?;
        Ok(Some(declined))
    }
}

/// Accepts the invite `id`. The id alone grants nothing: the invite must be for the person's verified email address.
/// Logs the result for the person, including refusals, and in the workspace if a seat was created.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.offers.accept", skip_all, fields(invite_id = %id))]
pub async fn accept(tx: &mut PersonTx, id: InviteId) -> Result<AcceptOutcome, StoreError> {
    let row = sqlx::query!(
        r#"select outcome as "outcome!", workspace_id, slug, organization_id, role from door.accept_invite($1)"#,
        id.uuid()
    )
    .fetch_one(tx.connection())
    .await?;
    let slug = row.slug.as_deref().map(Slug::parse).transpose();
    let slug = slug.map_err(|e| StoreError::Inconsistent(format!("a slug that is none: {e}")))?;
    let accepted = match (row.outcome.as_str(), row.workspace_id, slug, row.organization_id) {
        ("seated", Some(workspace), Some(slug), _) => {
            insert_workspace_audit_entry(tx, workspace, Action::InviteAccepted, id.uuid()).await?;
            AcceptOutcome::Workspace(slug)
        }
        ("seated", None, _, Some(organization)) => AcceptOutcome::Organization(OrganizationId::from_uuid(organization)),
        ("other_person", ..) => AcceptOutcome::OtherPerson,
        ("unverified", ..) => AcceptOutcome::Unverified,
        ("absent", ..) => AcceptOutcome::Absent,
        ("accepted", _, slug, _) if slug.is_some() => AcceptOutcome::Before(slug),
        (state, ..) => AcceptOutcome::Closed(
            InviteState::from_word(state)
                .ok_or_else(|| StoreError::Inconsistent(format!("the outcome {state:?} of accepting")))?,
        ),
    };
    let (action, detail) = match &accepted {
        AcceptOutcome::Workspace(_) | AcceptOutcome::Organization(_) => (Action::InviteAccepted, Detail::none()),
        _ => (Action::InviteRefused, Detail::none().with("reason", &row.outcome)),
    };
    audit::record(tx, action, id.uuid(), &detail).await?;
    Ok(accepted)
}

/// Declines the invite `id`. Returns `None` if it is not open or not for this person.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.offers.decline", skip_all, fields(invite_id = %id))]
pub async fn decline(tx: &mut PersonTx, id: InviteId) -> Result<Option<DeclinedInvite>, StoreError> {
    let row = sqlx::query!(
        r#"select inviter_email as "inviter_email!", place as "place!", email as "email!" from door.decline_invite($1)"#,
        id.uuid()
    )
    .fetch_optional(tx.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    audit::record(tx, Action::InviteDeclined, id.uuid(), &Detail::none()).await?;
    Ok(Some(DeclinedInvite { inviter: address(&row.inviter_email)?, place: row.place, email: row.email }))
}

/// Accepts all open organization invites to the verified address of the current person of `connection`, at sign-in.
/// Returns their number.
pub(crate) async fn bind(connection: &mut PgConnection, user: UserId) -> Result<usize, StoreError> {
    let bound =
        sqlx::query!(r#"select organization_id as "organization_id!", role as "role!" from door.bind_invites()"#)
            .fetch_all(&mut *connection)
            .await?;
    for row in &bound {
        sqlx::query!(
            "insert into account.audit_log (id, user_id, action, target, detail)
            values ($1, $2, $3, $4, jsonb_build_object('role', $5::text))",
            Uuid::now_v7(),
            user.uuid(),
            Action::InviteAccepted.as_str(),
            row.organization_id,
            row.role,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(bound.len())
}

/// Joins a workspace that is open to the person's email domain. Returns `None` if it is not.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.offers.join", skip_all, fields(workspace_id = %workspace))]
pub async fn join(tx: &mut PersonTx, workspace: WorkspaceId) -> Result<Option<Slug>, StoreError> {
    let row = sqlx::query!(r#"select slug as "slug!" from door.auto_join($1)"#, workspace.uuid())
        .fetch_optional(tx.connection())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let me = tx.principal().person.id.uuid();
    insert_workspace_audit_entry(tx, workspace.uuid(), Action::SeatAutoJoined, me).await?;
    audit::record(tx, Action::SeatAutoJoined, workspace.uuid(), &Detail::none()).await?;
    Slug::parse(&row.slug).map(Some).map_err(|e| StoreError::Inconsistent(format!("a slug that is none: {e}")))
}

/// Returns the person's open invites, workspaces to join, and requests to decide on. Bypasses the cache.
///
/// # Errors
/// [`StoreError::Database`] if the query fails.
#[tracing::instrument(level = "debug", name = "store.offers.notices", skip_all)]
pub async fn notices(tx: &mut PersonTx) -> Result<Notices, StoreError> {
    let invites = sqlx::query_as!(
        Row,
        r#"select id as "id!", email as "email!", role as "role!", organization_id as "organization_id!", workspace_id,
            place as "place!", organization as "organization!", inviter as "inviter!", expires_at as "expires_at!"
        from door.my_invites() limit 50"#
    )
    .fetch_all(tx.connection())
    .await?;
    let joins = sqlx::query!(
        r#"select workspace_id as "id!", name as "name!", organization as "organization!", role as "role!" from door.join_offers() limit 50"#
    )
    .fetch_all(tx.connection())
    .await?;
    let requests = sqlx::query!(
        r#"select slug as "slug!", name as "name!", waiting as "waiting!" from door.waiting_requests() limit 50"#
    )
    .fetch_all(tx.connection())
    .await?;
    Ok(Notices {
        invites: invites.into_iter().map(|row| row.invite(InviteState::Open)).collect::<Result<_, _>>()?,
        joins: joins
            .into_iter()
            .filter_map(|row| {
                let role = WorkspaceRole::from_word(&row.role)?;
                let id = WorkspaceId::from_uuid(row.id);
                Some(JoinOffer { id, name: row.name, organization: row.organization, role })
            })
            .collect(),
        requests: requests
            .into_iter()
            .filter_map(|row| {
                let slug = Slug::parse(&row.slug).ok()?;
                Some(WaitingRequests { slug, name: row.name, count: u32::try_from(row.waiting).unwrap_or(u32::MAX) })
            })
            .collect(),
    })
}

/// Generates new links for an invite.
///
/// # Errors
/// [`NoRandomness`](crate::secret::NoRandomness) if the operating system returns no random bytes.
pub fn links() -> Result<super::invites::LinkTokens, crate::secret::NoRandomness> {
    Ok(super::invites::LinkTokens { mailed: Secret::generate("")?, copied: Secret::generate("")? })
}

/// Inserts an entry into the audit log of the workspace in which a door function has just created a seat. That function
/// has set the workspace context.
async fn insert_workspace_audit_entry(
    tx: &mut PersonTx,
    workspace: Uuid,
    action: Action,
    target: Uuid,
) -> Result<(), StoreError> {
    let person = tx.principal().person.clone();
    sqlx::query!(
        "insert into workspace.audit_log (workspace_id, id, user_id, actor, action, target) values ($1, $2, $3, $4, $5, $6)",
        workspace,
        Uuid::now_v7(),
        person.id.uuid(),
        person.name,
        action.as_str(),
        target,
    )
    .execute(tx.connection())
    .await?;
    Ok(())
}
