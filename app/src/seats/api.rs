//! Server side of a workspace's members page: its data and its actions.

use crate::{
    error::AppError,
    routes::{Page, SettingsPage},
    seats::letters::{self, InviteLetter},
    server::call::Call,
    server::workspace::opened,
};
use model::{
    Email, FieldErrors, Slug, WorkspaceRole,
    capability::{Capability, CapabilityKind, ManageMembers, OwnWorkspace},
    domain::Domain,
    id::UserId,
    invite::{AT_ONCE, InviteOutcome, InviteResult, Pasted, people, too_many},
    mail::MailName,
    members::{ActionOutcome, AutoJoin, Heir, MemberAction, Members},
    seating::Rank,
};
use store::{
    api_keys,
    auto_joins::{self, NotJoinable},
    door::{Can, Mode, WorkspaceTx, Write},
    invites::{self, SendOutcome},
    mail::QueueMail,
    members::{self, Answer},
    offers,
};

/// Maximum number of people whose seats one action may change.
const MOST_CHANGED: usize = 100;

/// Loads the data of the members page: everything for managers of seats, and only their own row for guests.
pub(crate) async fn page<M: Mode>(tx: &mut WorkspaceTx<M>) -> Result<Members<WorkspaceRole>, AppError> {
    let (me, seat, organization) = (tx.user(), tx.tenant().seat, tx.tenant().workspace.organization.clone());
    let sees_all = seat.capabilities().has(Capability::ReadAll);
    let members = members::list(tx).await?;
    let (mut key_owners, mut heirs) = (Vec::new(), Vec::new());
    if let Ok(can) = tx.can::<ManageMembers>() {
        key_owners = api_keys::owners(tx, &can).await?;
        let settles = |m: &&members::WorkspaceMember| m.seat.capabilities().has(Capability::ManageSettings);
        heirs = members.iter().filter(settles).map(|m| m.id).collect();
    }
    let members = members.into_iter().filter(|m| sees_all || m.id == me).map(|m| m.row(&organization)).collect();
    let (mut invites, mut requests, mut joins, mut invites_left) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let place = tx.tenant().workspace.name.clone();
    if let Ok(can) = tx.can::<ManageMembers>() {
        invites = self::invites::open(tx, &can).await?;
        requests = members::requests(tx, &can).await?;
        joins = auto_joins::list(tx, &can).await?;
        invites_left = self::invites::allowance(tx, &can).await?.left;
    }
    Ok(Members { me, role: seat.role(), place, invites_left, members, invites, requests, joins, key_owners, heirs })
}

/// Returns the people whose seats an action changes. Their advisory locks are held during the transaction.
pub(crate) fn concerned<R: Rank>(action: &MemberAction<R>, me: UserId) -> Result<Vec<UserId>, AppError> {
    let people = match action {
        MemberAction::SetRole { people, .. } | MemberAction::Remove { people, .. } => people.clone(),
        MemberAction::Leave(successor) => successor.iter().copied().chain([me]).collect(),
        MemberAction::Transfer(to) => vec![*to, me],
        _ => Vec::new(),
    };
    if people.len() > MOST_CHANGED {
        let message = format!("Select at most {MOST_CHANGED} people at a time.");
        return Err(AppError::Invalid(FieldErrors::one("person", message)));
    }
    Ok(people)
}

/// Performs an action of the members page, as a whole or not at all.
pub async fn act(
    call: &Call,
    slug: &Slug,
    grant: &str,
    action: &MemberAction<WorkspaceRole>,
) -> Result<ActionOutcome, AppError> {
    let grant = call.request.services.grants.read(grant)?;
    let target = grant.write_target();
    let action = &action.clone().distinct();
    let people = concerned(action, target.user)?;
    let store = &call.request.services.store;
    let door = store.workspace_seating(&call.credential()?, slug, target, &people).await?;
    let mut tx = opened(call, door)?;
    grant.check(tx.tenant())?;
    let done = within(call, &mut tx, action).await?;
    tx.commit().await?;
    Ok(done)
}

/// Revokes the API keys of a person who is removed, or gives them another owner.
async fn settle_keys(
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    person: UserId,
    heir: Heir,
) -> Result<(), AppError> {
    match heir {
        Heir::Nobody => Ok(()),
        Heir::Revoke => Ok(api_keys::revoke_of(tx, can, person).await?),
        Heir::Person(heir) if api_keys::hand_over(tx, can, person, heir).await? => Ok(()),
        Heir::Person(_) => {
            let message = "Choose an owner or admin of the workspace who stays in it.";
            Err(AppError::Invalid(FieldErrors::one("heir", message)))
        }
    }
}

fn may<C: CapabilityKind>(tx: &WorkspaceTx<Write>) -> Result<Can<C>, AppError> {
    tx.can::<C>().map_err(|denied| AppError::Denied(denied.0))
}

async fn within(
    call: &Call,
    tx: &mut WorkspaceTx<Write>,
    action: &MemberAction<WorkspaceRole>,
) -> Result<ActionOutcome, AppError> {
    // Leaving needs no capability.
    if let MemberAction::Leave(successor) = action {
        members::leave(tx, *successor).await?;
        let left = tx.tenant().seat.organization().is_none();
        return Ok(ActionOutcome { left, ..success("You no longer have direct access") });
    }
    let can = may::<ManageMembers>(tx)?;
    Ok(match action {
        MemberAction::Invite { emails, role } => invite(call, tx, &can, emails, *role).await?,
        MemberAction::Resend(id) => {
            let links = offers::links().map_err(|_| AppError::Internal)?;
            let (sending, resent) = invites::resend(tx, &can, *id, &links).await?.ok_or_else(no_invite)?;
            let role = WorkspaceRole::from_word(&resent.role).map_or("", WorkspaceRole::label);
            if let SendOutcome::Spent(wait) = sending {
                return Err(AppError::TooManyMails { left: 0, wait });
            }
            let result = send(call, tx, &resent.email, role, sending, &links).await?;
            ActionOutcome { results: vec![result], ..ActionOutcome::default() }
        }
        MemberAction::Revoke(id) => {
            let email = invites::revoke(tx, &can, *id).await?.ok_or_else(no_invite)?;
            success(format!("Invite to {email} revoked"))
        }
        MemberAction::SetRole { people, role } => {
            let mut names = Vec::new();
            for person in people {
                names.push(members::set_role(tx, &can, *person, *role).await?);
            }
            success(format!("{} now {}", people_are(&names), role.label()))
        }
        MemberAction::Remove { people, heir } => {
            let mut names = Vec::new();
            for person in people {
                // Before the seat is removed: the keys are of a member.
                settle_keys(tx, &can, *person, *heir).await?;
                names.push(members::remove(tx, &can, *person).await?);
            }
            success(format!("{} removed from {}", listed(&names), tx.tenant().workspace.name))
        }
        MemberAction::Transfer(to) => {
            let own = may::<OwnWorkspace>(tx)?;
            let name = members::transfer(tx, &own, *to).await?;
            success(format!("{name} now owns {}", tx.tenant().workspace.name))
        }
        MemberAction::Approve(id, role) => {
            let answered = members::answer(tx, &can, *id, Answer::Approve(*role)).await?;
            let request = answered.ok_or_else(no_request)?;
            if let Ok(to) = Email::parse(&request.email) {
                let workspace = tx.tenant().workspace.clone();
                let link = call.request.services.link(&format!("/{}", workspace.slug));
                tx.queue(&letters::approved(&to, &workspace.name, role.label(), link)).await?;
            }
            success(format!("{} now has access", request.name))
        }
        MemberAction::Refuse(id) => {
            let answered = members::answer(tx, &can, *id, Answer::Refuse).await?;
            success(format!("Request from {} declined", answered.ok_or_else(no_request)?.name))
        }
        MemberAction::SetJoin { domain, role } => {
            let mut errors = FieldErrors::default();
            let domain = errors.take("domain", Domain::parse(domain));
            let role = errors.take("role", WorkspaceRole::from_word(role).ok_or("Choose a role from the list."));
            let (Some(domain), Some(role)) = (domain, role) else { return Err(AppError::Invalid(errors)) };
            let join = AutoJoin { domain, role };
            auto_joins::set(tx, &can, &join).await?.map_err(|why| {
                AppError::Invalid(match why {
                    NotJoinable::NobodyThere => FieldErrors::one(
                        "domain",
                        "No one in this workspace has a verified email at this domain. Invite someone from it first.",
                    ),
                    NotJoinable::Role => {
                        FieldErrors::one("role", "People who join by domain can’t have a role above Member.")
                    }
                })
            })?;
            success(format!("People at {} can join", join.domain))
        }
        MemberAction::StopJoin { domain, .. } => {
            let domain = Domain::parse(domain).map_err(|_| AppError::Absent)?;
            auto_joins::stop(tx, &can, &domain).await?;
            success(format!("People at {domain} now need an invite"))
        }
        MemberAction::Leave(_) => ActionOutcome::default(),
    })
}

pub(crate) fn success(text: impl Into<String>) -> ActionOutcome {
    ActionOutcome { said: text.into(), ..ActionOutcome::default() }
}

/// Joins the names of people, at most three of them.
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => "No one".to_owned(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, other, third] => format!("{one}, {other} and {third}"),
        [one, other, more @ ..] => format!("{one}, {other} and {} others", more.len()),
    }
}

pub(crate) fn people_are(names: &[String]) -> String {
    format!("{} {}", listed(names), if names.len() == 1 { "is" } else { "are" })
}

pub(crate) fn no_invite() -> AppError {
    AppError::Invalid(FieldErrors::one("invite", "That invite was already answered or revoked."))
}

fn no_request() -> AppError {
    AppError::Invalid(FieldErrors::one("request", "That request was already answered."))
}

/// Parses a typed list of people. Returns an error if there are none or too many, in which case nothing is sent.
pub(crate) fn typed(emails: &str) -> Result<Vec<Pasted>, AppError> {
    let people = people(emails);
    let wrong = |message: String| Err(AppError::Invalid(FieldErrors::one("emails", message)));
    match people.len() {
        0 => wrong("Enter at least one email.".to_owned()),
        count if count > AT_ONCE => wrong(format!("{} Nothing was sent.", too_many(count, AT_ONCE))),
        _ => Ok(people),
    }
}

/// Creates the initial result for each person. Entries without a valid address have their final result already.
pub(crate) fn unsent(people: &[Pasted]) -> Vec<InviteResult> {
    let result = |person: &Pasted| match person {
        Pasted::Person { email, name } => {
            InviteResult { address: email.to_string(), name: name.clone(), outcome: InviteOutcome::Throttled }
        }
        Pasted::Unclear(text) => {
            InviteResult { address: text.clone(), name: String::new(), outcome: InviteOutcome::Malformed }
        }
    };
    people.iter().map(result).collect()
}

/// Returns the addresses with their positions, sorted by address. Mails are counted under a lock per address, so that
/// with a fixed order two lists wait for each other and don't deadlock.
pub(crate) fn by_address(people: &[Pasted]) -> Vec<(usize, Email)> {
    let address = |(at, person): (usize, &Pasted)| match person {
        Pasted::Person { email, .. } => Some((at, email.clone())),
        Pasted::Unclear(_) => None,
    };
    let mut addresses: Vec<_> = people.iter().enumerate().filter_map(address).collect();
    addresses.sort_by(|(_, a), (_, b)| a.cmp(b));
    addresses
}

/// Returns the result of a sending that produced no link, or `None` if an invite was sent.
pub(crate) const fn outcome(sending: SendOutcome) -> Option<InviteOutcome> {
    match sending {
        SendOutcome::Sent(_) => None,
        SendOutcome::Seated => Some(InviteOutcome::Seated),
        SendOutcome::Pending => Some(InviteOutcome::Pending),
        SendOutcome::Declined => Some(InviteOutcome::Declined),
        SendOutcome::Throttled | SendOutcome::Spent(_) => Some(InviteOutcome::Throttled),
    }
}

async fn invite(
    call: &Call,
    tx: &mut WorkspaceTx<Write>,
    can: &Can<ManageMembers>,
    emails: &str,
    role: WorkspaceRole,
) -> Result<ActionOutcome, AppError> {
    let people = typed(emails)?;
    let mut results = unsent(&people);
    let left = invites::allowance(tx, can).await?.left;
    for (at, email) in by_address(&people) {
        let links = offers::links().map_err(|_| AppError::Internal)?;
        let sending = invites::send(tx, can, &email, role, &links).await?;
        if let SendOutcome::Spent(wait) = sending {
            // The transaction is rolled back.
            return Err(AppError::TooManyMails { left, wait });
        }
        let sent = send(call, tx, &email, role.label(), sending, &links).await?;
        if let Some(result) = results.get_mut(at) {
            result.outcome = sent.outcome;
        }
    }
    Ok(ActionOutcome { results, ..ActionOutcome::default() })
}

/// Queues the mail of a stored invite.
async fn send(
    call: &Call,
    tx: &mut WorkspaceTx<Write>,
    email: &Email,
    role: &str,
    sending: SendOutcome,
    links: &invites::LinkTokens,
) -> Result<InviteResult, AppError> {
    let outcome = match outcome(sending) {
        Some(outcome) => outcome,
        None => {
            let tenant = tx.tenant().clone();
            let letter = letters::invite(&InviteLetter {
                to: email,
                inviter: MailName::of(&tenant.principal.person.name),
                place: MailName::of(&tenant.workspace.name),
                organization: Some(MailName::of(&tenant.workspace.organization)),
                role,
                link: call.request.services.link(&format!("/invite/{}", links.mailed.reveal())),
            });
            tx.queue(&letter).await?;
            InviteOutcome::Sent(call.request.services.link(&format!("/invite/{}", links.copied.reveal())))
        }
    };
    Ok(InviteResult { address: email.to_string(), name: String::new(), outcome })
}

/// Returns `true` if the page is the one that these forms belong to.
pub(crate) const fn is_here(page: &Page) -> bool {
    matches!(page, Page::Settings(SettingsPage::Members))
}
