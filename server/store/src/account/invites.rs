//! Storage of invites, for those who manage seats. Shared by workspaces (`workspace::invites`) and organizations
//! (`organizations`), whose transactions can only access their own rows.

use crate::{
    error::StoreError,
    mail::{self, MailKind, MailQuotaCheck},
    secret::Secret,
};
use model::{
    Email,
    id::{InviteId, OrganizationId, UserId, WorkspaceId},
    invite::{MAILS_A_DAY, SentInvite},
};
use sqlx::{PgConnection, types::Uuid};

/// Workspace or organization that invites are for.
#[derive(Clone, Copy)]
pub(crate) struct InviteScope {
    pub(crate) organization: OrganizationId,
    /// The workspace; `None` for the organization itself.
    pub(crate) workspace: Option<WorkspaceId>,
}

/// Link tokens of an invite.
pub struct LinkTokens {
    /// Token that is only sent by mail, so that it proves access to the mailbox.
    pub mailed: Secret,
    /// Token that is shown once to the inviter.
    pub copied: Secret,
}

/// Result of sending an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SendOutcome {
    /// The invite is stored. The caller must queue the mail in the same transaction.
    Sent(InviteId),
    /// A person with that email address already has a seat.
    Seated,
    /// An invite to that email address is already open.
    Pending,
    /// The person declined an invite within the last day.
    Declined,
    /// The email address has reached its daily limit of mails.
    Throttled,
    /// The inviter or their organization has reached the limit and must wait for this many seconds. The transaction
    /// must not be committed.
    Spent(u32),
}

impl InviteScope {
    fn ids(self) -> (Uuid, Option<Uuid>) {
        (self.organization.uuid(), self.workspace.map(|w| w.uuid()))
    }
}

/// Stores an invite. The caller must have checked that `by` may assign the role, and that no person with that email
/// address has a seat.
pub(crate) async fn send(
    connection: &mut PgConnection,
    scope: InviteScope,
    by: UserId,
    email: &Email,
    role: &str,
    links: &LinkTokens,
) -> Result<SendOutcome, StoreError> {
    let (organization, workspace) = scope.ids();
    // Serializes the inviters of an organization: if two invite the same person, the second finds the invite of the
    // first. The lock is also used for counting mails (`door.cause_mail`).
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 6))", organization)
        .execute(&mut *connection)
        .await?;
    let found = sqlx::query!(
        r#"select
            coalesce(bool_or(i.accepted_at is null and i.declined_at is null and i.revoked_at is null and i.expires_at > now()), false) as "pending!",
            coalesce(bool_or(i.declined_at > now() - interval '1 day'), false) as "declined!"
        from account.invites i
        where i.organization_id = $1 and i.workspace_id is not distinct from $2 and i.email = $3"#,
        organization,
        workspace,
        email.as_str(),
    )
    .fetch_one(&mut *connection)
    .await?;
    if found.pending {
        return Ok(SendOutcome::Pending);
    }
    if found.declined {
        return Ok(SendOutcome::Declined);
    }
    if is_throttled(connection, scope, email.as_str()).await? {
        return Ok(SendOutcome::Throttled);
    }
    if let Some(refused) = refused(mail::count_mail(connection, MailKind::Invite, email).await?) {
        return Ok(refused);
    }
    // Replaces an expired invite.
    sqlx::query!(
        "update account.invites set revoked_at = now()
        where organization_id = $1 and workspace_id is not distinct from $2 and email = $3
            and accepted_at is null and declined_at is null and revoked_at is null",
        organization,
        workspace,
        email.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    let id = Uuid::now_v7();
    sqlx::query!(
        "insert into account.invites (id, organization_id, workspace_id, email, role, invited_by) values ($1, $2, $3, $4, $5, $6)",
        id,
        organization,
        workspace,
        email.as_str(),
        role,
        by.uuid(),
    )
    .execute(&mut *connection)
    .await?;
    link(connection, scope, id, links).await?;
    Ok(SendOutcome::Sent(InviteId::from_uuid(id)))
}

/// Sends an open invite's mail again with new links; the old ones stay valid. Extends the invite to a week from now.
/// Returns `None` if there is no such open invite.
pub(crate) async fn resend(
    connection: &mut PgConnection,
    scope: InviteScope,
    id: InviteId,
    links: &LinkTokens,
) -> Result<Option<(SendOutcome, Resent)>, StoreError> {
    let (organization, workspace) = scope.ids();
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 6))", organization)
        .execute(&mut *connection)
        .await?;
    let found = sqlx::query!(
        "select email, role from account.invites
        where id = $3 and organization_id = $1 and workspace_id is not distinct from $2
            and accepted_at is null and declined_at is null and revoked_at is null
        for update",
        organization,
        workspace,
        id.uuid(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let email =
        Email::parse(&found.email).map_err(|e| StoreError::Inconsistent(format!("an invite's address: {e}")))?;
    let resent = Resent { email, role: found.role };
    if is_throttled(connection, scope, resent.email.as_str()).await? {
        return Ok(Some((SendOutcome::Throttled, resent)));
    }
    if let Some(refused) = refused(mail::count_mail(connection, MailKind::Invite, &resent.email).await?) {
        return Ok(Some((refused, resent)));
    }
    sqlx::query!(
        "update account.invites set sent_at = now(), expires_at = now() + interval '7 days' where id = $1",
        id.uuid()
    )
    .execute(&mut *connection)
    .await?;
    link(connection, scope, id.uuid(), links).await?;
    Ok(Some((SendOutcome::Sent(id), resent)))
}

/// Recipient and role of an invite that was sent again.
#[derive(Debug, Clone)]
pub struct Resent {
    /// Email address of the recipient.
    pub email: Email,
    /// Role as stored.
    pub role: String,
}

/// Revokes an open invite and returns its email address; `None` if there is no open invite with that id.
pub(crate) async fn revoke(
    connection: &mut PgConnection,
    scope: InviteScope,
    id: InviteId,
) -> Result<Option<String>, StoreError> {
    let (organization, workspace) = scope.ids();
    Ok(sqlx::query_scalar!(
        "update account.invites set revoked_at = now()
        where id = $3 and organization_id = $1 and workspace_id is not distinct from $2
            and accepted_at is null and declined_at is null and revoked_at is null
        returning email",
        organization,
        workspace,
        id.uuid(),
    )
    .fetch_optional(connection)
    .await?)
}

/// Returns the unanswered invites, newest first, at most 500.
pub(crate) async fn open(
    connection: &mut PgConnection,
    scope: InviteScope,
    words: impl Fn(&str) -> Option<&'static str>,
) -> Result<Vec<SentInvite>, StoreError> {
    let (organization, workspace) = scope.ids();
    let rows = sqlx::query!(
        r#"select i.id, i.email, i.role, i.sent_at, i.expires_at, i.expires_at <= now() as "expired!", n.name as "inviter?"
        from account.invites i left join door.inviters() n on n.user_id = i.invited_by
        where i.organization_id = $1 and i.workspace_id is not distinct from $2
            and i.accepted_at is null and i.declined_at is null and i.revoked_at is null
        order by i.sent_at desc, i.id limit 500"#,
        organization,
        workspace,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SentInvite {
                id: InviteId::from_uuid(row.id),
                email: Email::parse(&row.email)
                    .map_err(|e| StoreError::Inconsistent(format!("an invite's address: {e}")))?,
                role: words(&row.role).unwrap_or_default().to_owned(),
                inviter: row.inviter.unwrap_or_default(),
                sent_at: row.sent_at.into(),
                expires_at: row.expires_at,
                expired: row.expired,
            })
        })
        .collect()
}

/// Maps the result of counting a mail to the result of sending, if the mail may not be sent.
const fn refused(quota: MailQuotaCheck) -> Option<SendOutcome> {
    match quota {
        MailQuotaCheck::Counted => None,
        MailQuotaCheck::Recipient(_) => Some(SendOutcome::Throttled),
        MailQuotaCheck::Spent(wait) => Some(SendOutcome::Spent(wait)),
    }
}

async fn is_throttled(connection: &mut PgConnection, scope: InviteScope, email: &str) -> Result<bool, StoreError> {
    let (organization, workspace) = scope.ids();
    let mails = sqlx::query_scalar!(
        r#"select count(*) as "count!" from account.invite_links l join account.invites i on i.id = l.invite_id
        where i.organization_id = $1 and i.workspace_id is not distinct from $2 and i.email = $3
            and l.kind = 'mailed' and l.created_at > now() - interval '1 day'"#,
        organization,
        workspace,
        email,
    )
    .fetch_one(connection)
    .await?;
    Ok(mails >= MAILS_A_DAY)
}

async fn link(
    connection: &mut PgConnection,
    scope: InviteScope,
    id: Uuid,
    links: &LinkTokens,
) -> Result<(), StoreError> {
    let (organization, workspace) = scope.ids();
    let (mailed, copied) = (links.mailed.hash(), links.copied.hash());
    sqlx::query!(
        "insert into account.invite_links (token_hash, invite_id, organization_id, workspace_id, kind)
        values ($1, $3, $4, $5, 'mailed'), ($2, $3, $4, $5, 'copied')",
        mailed.bytes(),
        copied.bytes(),
        id,
        organization,
        workspace,
    )
    .execute(connection)
    .await?;
    Ok(())
}
