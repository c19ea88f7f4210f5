//! Human-readable descriptions of audit log entries.

use super::{
    action::Action,
    detail::{Detail, Fact},
};
use crate::text::isolated;

/// Description of a log entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The action and its object: `Archived customer Alder & Finch`.
    pub what: String,
    /// Other details: `email: a@example.com → b@example.com`.
    pub detail: String,
}

/// Returns the sentence template of an action that has an object.
///
/// Placeholders in braces are replaced with values of the detail. `{role}` is the new value and `{role<}` the old one.
/// `{name}`, `{person}` and `{email}` name the object.
const fn sentence(action: Action) -> Option<&'static str> {
    Some(match action {
        Action::SeatGranted => "gave {person} the {role} role",
        Action::SeatRoleChanged => "changed {person}’s role from {role<} to {role}",
        Action::SeatRemoved => "removed {person} ({role<}) from the workspace",
        Action::OwnershipTransferred => "transferred ownership to {person}",
        Action::CustomerShared => "shared customer {name} with a guest",
        Action::CustomerUnshared => "stopped sharing customer {name} with a guest",
        Action::MemberAdded => "added {person} to the organization as {role}",
        Action::MemberRoleChanged => "changed {person}’s organization role from {role<} to {role}",
        Action::MemberRemoved => "removed {person} ({role<}) from the organization",
        Action::InviteSent => "invited {email} as {role}",
        Action::InviteResent => "sent the invite to {email} again",
        Action::InviteRevoked => "revoked the invite to {email}",
        Action::AccessApproved => "approved {person}’s request for access as {role}",
        Action::AccessRefused => "declined {person}’s request for access",
        Action::SessionEnded => "ended a session on {device}",
        Action::WorkspaceCreated => "created workspace {name}",
        Action::WorkspaceRenamed => "changed the workspace URL from {address<} to {address}",
        Action::WorkspaceDeleted => "deleted workspace {name}",
        Action::WorkspaceRestored => "restored workspace {name}",
        Action::OrganizationFounded => "created organization {name}",
        Action::WebhookCreated => "created webhook {name}",
        Action::WebhookChanged => "changed webhook {name}",
        Action::WebhookSecretRotated => "made a new secret of webhook {name}",
        Action::WebhookTurnedOn => "turned on webhook {name}",
        Action::WebhookTurnedOff => "turned off webhook {name}",
        Action::WebhookDeleted => "deleted webhook {name}",
        Action::DomainAdded => "added the domain {domain}",
        Action::DomainRemoved => "removed the domain {domain<}",
        Action::TokenCreated => "created token {name}",
        Action::TokenRevoked => "revoked token {name}",
        Action::ApiKeyCreated => "created API key {name}",
        Action::ApiKeyRevoked => "revoked API key {name}",
        Action::ApiKeyHandedOver => "gave API key {name} to {owner}",
        Action::ProductCreated => "created product {name}",
        Action::ProductUpdated => "edited product {name}",
        Action::ProductArchived => "archived product {name}",
        Action::ProductActivated => "restored product {name}",
        Action::MeterCreated => "created meter {name}",
        Action::MeterUpdated => "edited meter {name}",
        Action::MeterArchived => "archived meter {name}",
        Action::MeterActivated => "restored meter {name}",
        Action::RatePlanCreated => "created rate plan {name}",
        Action::RatePlanUpdated => "edited rate plan {name}",
        Action::RatePlanArchived => "archived rate plan {name}",
        Action::RatePlanActivated => "restored rate plan {name}",
        Action::RatePlanVersionPublished => "published version {version} of rate plan {name}",
        Action::CustomerCreated => "created customer {name}",
        Action::CustomerUpdated => "edited customer {name}",
        Action::CustomerArchived => "archived customer {name}",
        Action::CustomerActivated => "restored customer {name}",
        Action::ContactAdded => "added a contact of customer {name}",
        Action::ContactUpdated => "edited a contact of customer {name}",
        Action::ContactRemoved => "removed a contact of customer {name}",
        Action::SubjectAdded => "added a subject of customer {name}",
        Action::SubjectRemoved => "removed a subject of customer {name}",
        Action::SubscriptionCreated => "started a subscription of customer {name}",
        Action::SubscriptionChanged => "changed a subscription of customer {name}",
        Action::SubscriptionChangeUndone => "undid a planned change of a subscription of customer {name}",
        Action::SubscriptionEnded => "set the last day of a subscription of customer {name}",
        Action::SubscriptionEndCancelled => "removed the last day of a subscription of customer {name}",
        Action::SubscriptionsMoved => "moved subscriptions of rate plan {name} to another version",
        Action::UsageAdjusted => "adjusted the usage of customer {name}",
        Action::TaxRateCreated => "created tax rate {name}",
        Action::TaxRateUpdated => "edited tax rate {name}",
        Action::TaxRateArchived => "archived tax rate {name}",
        Action::InvoiceDrafted => "drafted an invoice for customer {name}",
        Action::InvoiceEdited => "edited the draft invoice for customer {name}",
        Action::InvoiceDeleted => "deleted the draft invoice for customer {name}",
        Action::InvoiceIssued => "issued invoice {name}",
        Action::InvoiceSent => "mailed document {name}",
        Action::InvoiceVoided => "voided invoice {name}",
        Action::CreditNoteIssued => "issued credit note {name}",
        Action::PaymentRecorded => "recorded a payment of invoice {name}",
        Action::PaymentReversed => "reversed a payment of invoice {name}",
        _ => return None,
    })
}

/// Fields of a detail that can name the object of an entry.
const NAMES: [&str; 3] = ["name", "person", "email"];

/// Returns `true` if an entry does not contain the name of its object, so that the name must be looked up. This is the
/// case for entries written by earlier versions.
pub fn lacks_name(action: Action, detail: &Detail) -> bool {
    let named = NAMES.iter().any(|name| detail.0.contains_key(*name));
    !named
        && sentence(action).is_some_and(|sentence| NAMES.iter().any(|name| sentence.contains(&format!("{{{name}}}"))))
}

/// Describes a log entry. `object` is the name or ID of the object, used if the entry does not contain its name.
pub fn tell(word: &str, detail: &Detail, object: Option<&str>) -> Told {
    let Some(action) = Action::from_word(word) else {
        return Told { what: capitalized(&word.replace('_', " ")), detail: detail.words() };
    };
    match sentence(action).and_then(|sentence| fill(sentence, detail, object)) {
        Some((what, rest)) => Told { what: capitalized(&what), detail: rest.words() },
        // A placeholder has no value: use the generic phrase, followed by the available details.
        None => {
            let rest = match object {
                Some(object) if lacks_name(action, detail) => detail.clone().with("object", object),
                _ => detail.clone(),
            };
            Told { what: capitalized(action.phrase()), detail: rest.words() }
        }
    }
}

/// Fills in the placeholders of a sentence. Returns the sentence and the details that it does not contain, or `None` if
/// a placeholder has no value.
fn fill(sentence: &str, detail: &Detail, object: Option<&str>) -> Option<(String, Detail)> {
    let mut rest = detail.clone();
    let mut parts = sentence.split('{');
    let mut what = parts.next()?.to_owned();
    for part in parts {
        let (slot, after) = part.split_once('}')?;
        let (field, before) = slot.strip_suffix('<').map_or((slot, false), |field| (field, true));
        let names = NAMES.contains(&field);
        let value = match detail.0.get(field) {
            Some(Fact::Is(value)) => {
                rest.0.remove(field);
                Some(value.as_str())
            }
            // Readers know the object by its old name, so the sentence uses that name and the details show the new one.
            Some(Fact::Was { from, .. }) if names => Some(from.as_str()),
            Some(Fact::Was { from, to }) => {
                rest.0.remove(field);
                Some(if before { from.as_str() } else { to.as_str() })
            }
            None if names => object,
            None => None,
        };
        let value = value.filter(|value| !value.is_empty())?;
        match field {
            "role" => what.push_str(&capitalized(&value.replace('_', " "))),
            _ => what.push_str(&isolated(value)),
        }
        what.push_str(after);
    }
    Some((what, rest))
}

fn capitalized(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(action: Action, detail: &Detail, object: Option<&str>) -> (String, String) {
        let Told { what, detail } = tell(action.as_str(), detail, object);
        (what, detail)
    }

    #[test]
    fn a_description_names_the_object() {
        let seat = Detail::none().with("person", "Ada Moreau");
        for (action, detail, object, what, rest) in [
            (
                Action::CustomerArchived,
                Detail::none().with("name", "Alder & Finch"),
                None,
                "Archived customer Alder & Finch",
                "",
            ),
            (Action::SeatGranted, seat.clone().change("role", "", "owner"), None, "Gave Ada Moreau the Owner role", ""),
            (
                Action::SeatRoleChanged,
                seat.clone().change("role", "viewer", "billing_admin"),
                None,
                "Changed Ada Moreau’s role from Viewer to Billing admin",
                "",
            ),
            (
                Action::SeatRemoved,
                seat.change("role", "viewer", ""),
                None,
                "Removed Ada Moreau (Viewer) from the workspace",
                "",
            ),
            (
                Action::CustomerUpdated,
                Detail::none().change("name", "Alder", "Finch").change("country", "DE", "FR"),
                None,
                "Edited customer Alder",
                "country: DE → FR; name: Alder → Finch",
            ),
            // Entries of an earlier version: the name was looked up, or only the ID is known.
            (Action::CustomerArchived, Detail::none(), Some("Alder & Finch"), "Archived customer Alder & Finch", ""),
            (Action::OwnershipTransferred, Detail::none(), Some("0190"), "Transferred ownership to 0190", ""),
            (Action::SeatGranted, Detail::none(), Some("0190"), "Gave a role", "object: 0190"),
        ] {
            assert_eq!(told(action, &detail, object), (what.to_owned(), rest.to_owned()));
        }
        assert_eq!(tell("flew_away", &Detail::none(), None).what, "Flew away");
    }

    /// For any detail, no brace remains and no detail is lost.
    #[test]
    fn every_action_has_a_description_with_and_without_details() {
        let facts = ["name", "person", "email", "role", "address", "domain", "device"];
        let full = facts
            .iter()
            .fold(Detail::none(), |detail, fact| detail.change(fact, format!("old {fact}"), format!("new {fact}")));
        for action in Action::ALL {
            for (detail, object) in [(&full, None), (&Detail::none(), None), (&Detail::none(), Some("the object"))] {
                let (what, rest) = told(*action, detail, object);
                assert!(!what.is_empty() && !what.contains(['{', '}']), "{action:?}: {what}");
                assert!(what.starts_with(|c: char| c.is_uppercase()), "{action:?}: {what}");
                if object.is_some() && lacks_name(*action, detail) {
                    assert!(what.contains("the object") || rest.contains("the object"), "{action:?}: {what}; {rest}");
                }
            }
        }
    }

    /// A right-to-left name does not reorder the words around it.
    #[test]
    fn a_right_to_left_name_is_isolated() {
        let detail = Detail::none().with("name", "שלום");
        let kept = "Archived product \u{2068}שלום\u{2069}";
        assert_eq!(told(Action::ProductArchived, &detail, None).0, kept);
        assert_eq!(told(Action::ProductArchived, &Detail::none(), Some("שלום")).0, kept);
    }

    /// Braces in a name are not placeholders.
    #[test]
    fn placeholders_in_a_name_are_not_replaced() {
        let detail = Detail::none().with("name", "{role} {name}");
        assert_eq!(told(Action::ProductArchived, &detail, None).0, "Archived product {role} {name}");
    }
}
