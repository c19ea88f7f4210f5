//! Server side of the organization pages.

use crate::{
    account::{OrganizationData, OrganizationView},
    error::AppError,
    routes::OrganizationPage,
    seats::{
        api::{by_address, concerned, listed, no_invite, outcome, people_are, success, typed, unsent},
        letters::{self, InviteLetter},
    },
    server::call::Call,
};
use model::{
    Email, OrganizationRole,
    domain::Domain,
    id::OrganizationId,
    invite::{InviteOutcome, InviteResult},
    mail::MailName,
    members::{ActionOutcome, Member, MemberAction, Members},
};
use store::{
    door::OrganizationTx,
    mail::QueueMail,
    offers,
    organizations::{self, LinkTokens, SendOutcome},
};

/// Loads a page of an organization. Members who don't manage it get only their own role.
///
/// # Errors
/// [`AppError::Absent`] if the person is not in the organization or it does not exist.
pub async fn page(call: &Call, id: OrganizationId, page: OrganizationPage) -> Result<OrganizationView, AppError> {
    let store = &call.request.services.store;
    let credential = call.credential()?;
    let Some(mut tx) = store.organization(&credential, id).await? else {
        let mut tx = store.person(&credential).await?.ok_or(AppError::SignedOut)?;
        call.set_user(tx.principal().person.id);
        let (profile, role) = organizations::mine(&mut tx, id).await?.ok_or(AppError::Absent)?;
        return Ok(OrganizationView { profile, data: OrganizationData::Mine(role) });
    };
    call.set_user(tx.user);
    let profile = organizations::profile(&mut tx).await?;
    let data = match page {
        OrganizationPage::Members | OrganizationPage::Invites => {
            OrganizationData::Members(Box::new(members(&mut tx).await?))
        }
        OrganizationPage::Workspaces | OrganizationPage::Domains => {
            OrganizationData::Workspaces(organizations::workspaces(&mut tx).await?)
        }
    };
    tx.commit().await?;
    Ok(OrganizationView { profile, data })
}

/// Loads a page of an organization by its path segment. See [`page`].
pub async fn page_named(call: &Call, id: OrganizationId, name: &str) -> Result<OrganizationView, AppError> {
    let named = OrganizationPage::ALL.into_iter().find(|page| page.path() == name);
    page(call, id, named.ok_or(AppError::Absent)?).await
}

async fn members(tx: &mut OrganizationTx) -> Result<Members<OrganizationRole>, AppError> {
    let people = organizations::people(tx).await?;
    let row = |p: organizations::OrganizationMember| Member {
        id: p.id,
        name: p.name,
        email: p.email,
        portrait: p.portrait,
        role: Some(p.role),
        seat: format!("{} in every workspace", p.role.inherited().label()),
        since: p.since.into(),
    };
    let invites = organizations::open_invites(tx).await?;
    Ok(Members {
        me: tx.user,
        role: tx.role,
        place: organizations::profile(tx).await?.name,
        invites_left: organizations::mail_allowance(tx).await?.left,
        members: people.into_iter().map(row).collect(),
        invites,
        requests: Vec::new(),
        joins: Vec::new(),
        key_owners: Vec::new(),
        heirs: Vec::new(),
    })
}

/// Performs an action of an organization page in a single transaction.
pub async fn act(
    call: &Call,
    id: OrganizationId,
    action: &MemberAction<OrganizationRole>,
) -> Result<ActionOutcome, AppError> {
    let store = &call.request.services.store;
    let credential = call.credential()?;
    let mut person = store.person(&credential).await?.ok_or(AppError::SignedOut)?;
    let me = person.principal().person.id;
    call.set_user(me);
    let role = organizations::mine(&mut person, id).await?.ok_or(AppError::Absent)?.1;
    if let (MemberAction::Leave(_), OrganizationRole::Member) = (action, role) {
        organizations::quit(&mut person, id).await?;
        person.commit().await?;
        return Ok(ActionOutcome { left: true, ..success("You left the organization") });
    }
    let name = person.principal().person.name.clone();
    drop(person);
    let action = &action.clone().distinct();
    let people = concerned(action, me)?;
    let opened = store.organization_seating(&credential, id, me, &people).await?;
    let mut tx = opened.ok_or(AppError::Absent)?;
    let done = within(call, &mut tx, &name, action).await?;
    tx.commit().await?;
    Ok(done)
}

async fn within(
    call: &Call,
    tx: &mut OrganizationTx,
    name: &str,
    action: &MemberAction<OrganizationRole>,
) -> Result<ActionOutcome, AppError> {
    Ok(match action {
        MemberAction::Invite { emails, role } => {
            let people = typed(emails)?;
            let mut results = unsent(&people);
            let left = organizations::mail_allowance(tx).await?.left;
            for (at, email) in by_address(&people) {
                let links = offers::links().map_err(|_| AppError::Internal)?;
                let sending = organizations::send_invite(tx, &email, *role, &links).await?;
                if let SendOutcome::Spent(wait) = sending {
                    return Err(AppError::TooManyMails { left, wait });
                }
                let sent = send(call, tx, name, (&email, *role), sending, &links).await?;
                if let Some(result) = results.get_mut(at) {
                    result.outcome = sent.outcome;
                }
            }
            ActionOutcome { results, ..ActionOutcome::default() }
        }
        MemberAction::Resend(id) => {
            let links = offers::links().map_err(|_| AppError::Internal)?;
            let (sending, resent) = organizations::resend_invite(tx, *id, &links).await?.ok_or_else(no_invite)?;
            if let SendOutcome::Spent(wait) = sending {
                return Err(AppError::TooManyMails { left: 0, wait });
            }
            let role = OrganizationRole::from_word(&resent.role).ok_or_else(no_invite)?;
            ActionOutcome {
                results: vec![send(call, tx, name, (&resent.email, role), sending, &links).await?],
                ..ActionOutcome::default()
            }
        }
        MemberAction::Revoke(id) => {
            let email = organizations::revoke_invite(tx, *id).await?.ok_or_else(no_invite)?;
            success(format!("Invite to {email} revoked"))
        }
        MemberAction::SetRole { people, role } => {
            let mut names = Vec::new();
            for person in people {
                names.push(organizations::set_role(tx, *person, *role).await?);
            }
            success(format!("{} now {}", people_are(&names), role.label()))
        }
        // The keys of workspaces are kept, and not accepted while their owner has no seat.
        MemberAction::Remove { people, .. } => {
            let mut names = Vec::new();
            for person in people {
                names.push(organizations::remove(tx, *person).await?);
            }
            success(format!("{} removed from the organization. Direct access to its workspaces stays.", listed(&names)))
        }
        MemberAction::Leave(successor) => {
            organizations::leave(tx, *successor).await?;
            ActionOutcome { left: true, ..success("You left the organization") }
        }
        MemberAction::Transfer(to) => {
            let name = organizations::transfer(tx, *to).await?;
            success(format!("{name} now owns the organization"))
        }
        MemberAction::StopJoin { domain, workspace: Some(workspace) } => {
            let domain = Domain::parse(domain).map_err(|_| AppError::Absent)?;
            organizations::stop_auto_join(tx, *workspace, &domain).await?;
            success(format!("People at {domain} now need an invite"))
        }
        MemberAction::Approve(..)
        | MemberAction::Refuse(_)
        | MemberAction::SetJoin { .. }
        | MemberAction::StopJoin { .. } => {
            return Err(AppError::Absent);
        }
    })
}

async fn send(
    call: &Call,
    tx: &mut OrganizationTx,
    inviter: &str,
    (email, role): (&Email, OrganizationRole),
    sending: SendOutcome,
    links: &LinkTokens,
) -> Result<InviteResult, AppError> {
    let outcome = match outcome(sending) {
        Some(outcome) => outcome,
        None => {
            let profile = organizations::profile(tx).await?;
            let letter = letters::invite(&InviteLetter {
                to: email,
                inviter: MailName::of(inviter),
                place: MailName::of(&profile.name),
                organization: None,
                role: role.label(),
                link: call.request.services.link(&format!("/invite/{}", links.mailed.reveal())),
            });
            tx.queue(&letter).await?;
            InviteOutcome::Sent(call.request.services.link(&format!("/invite/{}", links.copied.reveal())))
        }
    };
    Ok(InviteResult { address: email.to_string(), name: String::new(), outcome })
}
