//! Mails about seats.

use model::{
    Email,
    invite::DAYS,
    mail::{Letter, MailName},
    text::isolated,
};
use store::access::Told;

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
fn said(name: &MailName) -> String {
    isolated(&name.to_string()).into_owned()
}

/// Creates the invite mail.
pub(crate) fn invite(letter: &InviteLetter<'_>) -> Letter {
    let InviteLetter { to, inviter, place, organization, role, link } = letter;
    let (inviter, place) = (said(inviter), said(place));
    let what = match organization {
        Some(organization) => format!("{place}, a workspace of {}", said(organization)),
        None => format!("{place} and all of its workspaces"),
    };
    Letter::new(to, format!("{inviter} invites you to {place}"))
        .say(format!("{inviter} invites you to {what}. Your role would be {role}."))
        .button("Open the invite", link.clone())
        .aside(format!(
            "The invite is for {to}, works once and stands for {DAYS} days. If you don’t want it, open it and decline; \
             nothing happens until you accept. Don’t pass this mail on: whoever has its link can act as this address."
        ))
}

/// Creates the mail that tells the inviter that the invite was declined.
pub(crate) fn declined(to: &Email, who: &str, place: &str) -> Letter {
    let (who, place) = (isolated(who), said(&MailName::of(place)));
    Letter::new(to, format!("{who} declined the invite to {place}"))
        .say(format!("{who} declined your invite to {place}. They can be invited again after a day."))
}

/// Creates the mail that tells the requester that access was approved.
pub(crate) fn approved(to: &Email, place: &str, role: &str, link: String) -> Letter {
    let place = said(&MailName::of(place));
    Letter::new(to, format!("You have a seat in {place}"))
        .say(format!("Your request was approved: your role in {place} is {role}."))
        .button(format!("Open {place}"), link)
}

/// Creates the mail about an access request to a manager of seats. `members` is the absolute URL of the members page.
pub fn request(told: &Told, members: String) -> Letter {
    let (asker, place) = (said(&MailName::of(&told.asker)), said(&MailName::of(&told.workspace)));
    Letter::new(&told.to, format!("{asker} asks for access to {place}"))
        .say(format!(
            "{asker} ({}) asks for a seat in {place}. You can approve or refuse it under Settings, Members.",
            told.asker_email
        ))
        .button("Review the request", members)
        .aside(format!("You get this because you manage the seats of {place}."))
}
