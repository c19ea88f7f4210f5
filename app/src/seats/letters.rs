//! Mails about seats.

use model::{
    Email,
    invite::DAYS,
    mail::{Letter, MailName},
    text::isolated,
};
use store::access::AccessRequestNotice;

/// Contents of an invite mail.
pub(crate) struct InviteLetter<'l> {
    pub(crate) to: &'l Email,
    pub(crate) inviter: MailName,
    /// Name of the workspace or organization.
    pub(crate) place: MailName,
    /// Name of the organization, if the invite is to one of its workspaces.
    pub(crate) organization: Option<MailName>,
    /// Display name of the role.
    pub(crate) role: &'l str,
    /// Link to the invite.
    pub(crate) link: String,
}

/// Formats a name for use within a sentence, isolated so that its text direction doesn't affect the words around it.
fn display_name(name: &MailName) -> String {
    isolated(&name.to_string()).into_owned()
}

/// Creates the invite mail.
pub(crate) fn invite(letter: &InviteLetter<'_>) -> Letter {
    let InviteLetter { to, inviter, place, organization, role, link } = letter;
    let (inviter, place) = (display_name(inviter), display_name(place));
    let what = match organization {
        Some(organization) => format!("{place}, a workspace in {}", display_name(organization)),
        None => format!("{place} and all its workspaces"),
    };
    Letter::new(to, format!("{inviter} invited you to {place}"))
        .say(format!("{inviter} invited you to {what}. Your role will be {role}."))
        .button("View invite", link.clone())
        .aside(format!(
            "This invite is for {to}, works once and expires after {DAYS} days. If you don’t want it, open it and \
             decline. Nothing happens until you accept. Don’t forward this email: anyone with the link can act as {to}."
        ))
}

/// Creates the mail that tells the inviter that the invite was declined.
pub(crate) fn declined(to: &Email, who: &str, place: &str) -> Letter {
    let (who, place) = (isolated(who), display_name(&MailName::of(place)));
    Letter::new(to, format!("{who} declined the invite to {place}"))
        .say(format!("{who} declined your invite to {place}. You can invite them again after a day."))
}

/// Creates the mail that tells the requester that access was approved.
pub(crate) fn approved(to: &Email, place: &str, role: &str, link: String) -> Letter {
    let place = display_name(&MailName::of(place));
    Letter::new(to, format!("You have access to {place}"))
        .say(format!("Your request was approved. Your role in {place} is {role}."))
        .button(format!("Open {place}"), link)
}

/// Creates the mail about an access request to a manager of seats. `members` is the absolute URL of the members page.
pub fn request(notice: &AccessRequestNotice, members: String) -> Letter {
    let (requester, place) =
        (display_name(&MailName::of(&notice.requester)), display_name(&MailName::of(&notice.workspace)));
    Letter::new(&notice.to, format!("{requester} requested access to {place}"))
        .say(format!(
            "{requester} ({}) requested access to {place}. You can approve or decline the request in Settings, under \
             Members.",
            notice.requester_email
        ))
        .button("Review request", members)
        .aside(format!("You received this email because you manage access to {place}."))
}
