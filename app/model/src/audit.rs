//! Audit log entries of workspaces, organizations and users (ASVS 16.2.1, 16.3).
//!
//! All three logs share one list of actions, so that each action has the same name, description and category
//! everywhere. A detail contains old and new values, but never secrets or request bodies.

use crate::{
    id::UserId,
    moment::Moment,
    text::{isolated, one_line},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

mod words;

pub use words::{Told, lacks_name, tell};

/// Category of an action, used as a log filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Seats, roles and members.
    People,
    /// Invites and access requests.
    Invites,
    /// Sign-ins, sessions and authentication factors.
    Access,
    /// Settings of the workspace or organization.
    Settings,
    /// Operator tokens.
    Tokens,
    /// Products, rate plans, customers, usage and invoices.
    Content,
}

impl ActionKind {
    /// All categories.
    pub const ALL: [Self; 6] = [Self::People, Self::Invites, Self::Access, Self::Settings, Self::Tokens, Self::Content];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Invites => "invites",
            Self::Access => "access",
            Self::Settings => "settings",
            Self::Tokens => "tokens",
            Self::Content => "content",
        }
    }

    /// Returns the display name in the filter.
    pub const fn label(self) -> &'static str {
        match self {
            Self::People => "People and roles",
            Self::Invites => "Invites and requests",
            Self::Access => "Sign-ins and sessions",
            Self::Settings => "Settings",
            Self::Tokens => "Tokens",
            Self::Content => "Products, customers, invoices",
        }
    }

    /// Parses the value of the query parameter. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Returns the stored names of the actions in this category, for a query.
    pub fn words(self) -> Vec<&'static str> {
        Action::ALL.iter().filter(|action| action.kind() == self).map(|action| action.as_str()).collect()
    }
}

macro_rules! actions {
    ($($kind:ident { $($name:ident = $word:literal, $phrase:literal;)* })*) => {
        /// An audited action. Its phrase follows the user's name in a sentence and does not name an object.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Action { $($(#[doc = $phrase] $name,)*)* }

        impl Action {
            /// All actions.
            pub const ALL: &'static [Self] = &[$($(Self::$name),*),*];

            /// Returns the name stored in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $word,)*)* }
            }

            /// Returns the phrase that follows the user's name.
            pub const fn phrase(self) -> &'static str {
                match self { $($(Self::$name => $phrase,)*)* }
            }

            /// Returns the category.
            pub const fn kind(self) -> ActionKind {
                match self { $($(Self::$name)|* => ActionKind::$kind,)* }
            }

            /// Parses a stored name. Returns `None` if this version does not know it.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($($word => Some(Self::$name),)*)* _ => None }
            }
        }
    };
}

actions! {
    People {
        SeatGranted = "seat_granted", "gave a role";
        SeatRoleChanged = "seat_role_changed", "changed a role";
        SeatRemoved = "seat_removed", "removed a person from the workspace";
        SeatLeft = "seat_left", "left the workspace";
        SeatAutoJoined = "seat_auto_joined", "joined through their email domain";
        OwnershipTransferred = "ownership_transferred", "transferred ownership";
        CustomerShared = "customer_shared", "shared a customer with a guest";
        CustomerUnshared = "customer_unshared", "stopped sharing a customer with a guest";
        MemberAdded = "member_added", "added an organization member";
        MemberRoleChanged = "member_role_changed", "changed an organization role";
        MemberRemoved = "member_removed", "removed an organization member";
        MemberLeft = "member_left", "left the organization";
    }
    Invites {
        InviteSent = "invite_sent", "sent an invite";
        InviteResent = "invite_resent", "sent an invite again";
        InviteRevoked = "invite_revoked", "revoked an invite";
        InviteAccepted = "invite_accepted", "accepted an invite";
        InviteDeclined = "invite_declined", "declined an invite";
        InviteRefused = "invite_refused", "tried an invite that was not valid";
        AccessRequested = "access_requested", "asked for access";
        AccessApproved = "access_approved", "approved a request for access";
        AccessRefused = "access_refused", "declined a request for access";
    }
    Access {
        SignedUp = "signed_up", "signed up";
        SignedIn = "signed_in", "signed in";
        SignInRefused = "sign_in_refused", "failed to sign in";
        SignedOut = "signed_out", "signed out";
        SessionEnded = "ended", "ended a session";
        OtherSessionsEnded = "other_sessions_ended", "ended all other sessions";
        SignedOutEverywhere = "signed_out_everywhere", "signed out on all devices";
        PasswordChanged = "password_changed", "changed the password";
        PasswordReset = "password_reset", "reset the password";
        PasswordResetAsked = "password_reset_asked", "asked for a password reset";
        EmailChangeAsked = "email_change_asked", "asked to change the email";
        EmailVerified = "email_verified", "verified the email";
        EmailChanged = "email_changed", "changed the email";
        ProfileChanged = "profile_changed", "changed the profile";
        PreferencesChanged = "preferences_changed", "changed the preferences";
        TotpEnabled = "totp_enabled", "turned on the authenticator app";
        TotpDisabled = "totp_disabled", "turned off the authenticator app";
        RecoveryCodesMade = "recovery_codes_made", "created recovery codes";
        RecoveryCodeUsed = "recovery_code_used", "used a recovery code";
        PasskeyAdded = "passkey_added", "added a passkey";
        PasskeyRemoved = "passkey_removed", "removed a passkey";
        SecondFactorPassed = "second_factor_passed", "confirmed a second factor";
        SecondFactorRefused = "second_factor_refused", "failed to confirm a second factor";
    }
    Settings {
        WorkspaceCreated = "workspace_created", "created the workspace";
        WorkspaceChanged = "workspace_changed", "changed the general settings";
        WorkspaceBranded = "workspace_branded", "changed the colour or logo";
        WorkspaceRenamed = "workspace_renamed", "changed the workspace URL";
        WorkspaceDeleted = "workspace_deleted", "deleted the workspace";
        WorkspaceRestored = "workspace_restored", "restored the workspace";
        SecondFactorDemanded = "second_factor_demanded", "changed whether two-factor authentication is required";
        AutoJoinChanged = "auto_join_changed", "changed auto-join";
        OrganizationFounded = "organization_founded", "created the organization";
        OrganizationChanged = "organization_changed", "changed the organization";
        DomainAdded = "domain_added", "added a domain";
        DomainRemoved = "domain_removed", "removed a domain";
    }
    Tokens {
        TokenCreated = "token_created", "created a token";
        TokenRevoked = "token_revoked", "revoked a token";
    }
    Content {
        ProductCreated = "product_created", "created a product";
        ProductUpdated = "product_updated", "edited a product";
        ProductArchived = "product_archived", "archived a product";
        ProductActivated = "product_active", "restored a product";
        RatePlanCreated = "rate_plan_created", "created a rate plan";
        CustomerCreated = "customer_created", "created a customer";
        CustomerUpdated = "customer_updated", "edited a customer";
        CustomerArchived = "customer_archived", "archived a customer";
        CustomerActivated = "customer_active", "restored a customer";
        CustomersImported = "customers_imported", "imported customers";
        UsageImported = "usage_imported", "imported usage";
        InvoicesImported = "invoices_imported", "imported invoices";
    }
}

/// A value in the detail of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A single value.
    Is(String),
    /// A change from an old to a new value.
    Was {
        /// Old value.
        from: String,
        /// New value.
        to: String,
    },
}

/// Maximum length of a stored value, in characters. Longer values are truncated.
const FACT_MAX: usize = 300;

/// Details of an entry, by field name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Detail(pub BTreeMap<String, Fact>);

impl Detail {
    /// Creates an empty detail.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a value: `.with("email", address)`.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl ToString) -> Self {
        self.0.insert(field.to_owned(), Fact::Is(cut(&value.to_string())));
        self
    }

    /// Adds a change. Equal values are omitted.
    #[must_use]
    pub fn change(mut self, field: &str, from: impl ToString, to: impl ToString) -> Self {
        let (from, to) = (cut(&from.to_string()), cut(&to.to_string()));
        if from != to {
            self.0.insert(field.to_owned(), Fact::Was { from, to });
        }
        self
    }

    /// Returns `true` if the detail has no values.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Formats the detail: `address: smartai-it → smartai-tech; name: IT → Tech`.
    pub fn words(&self) -> String {
        let words = |value: &str| if value.is_empty() { "nothing".to_owned() } else { isolated(value).into_owned() };
        let fact = |(field, fact): (&String, &Fact)| {
            let field = field.replace('_', " ");
            match fact {
                Fact::Is(value) => format!("{field}: {}", words(value)),
                Fact::Was { from, to } => format!("{field}: {} → {}", words(from), words(to)),
            }
        };
        self.0.iter().map(fact).collect::<Vec<_>>().join("; ")
    }
}

/// Removes control characters, which could forge a line of an export (ASVS 16.4.1), and truncates the value.
fn cut(value: &str) -> String {
    one_line(value).chars().take(FACT_MAX).collect()
}

/// A log entry, as displayed on the log page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Entry ID. Newer entries have greater IDs.
    pub id: Uuid,
    /// Time of the action, in the time zone of the log.
    pub at: Moment,
    /// ID of the user who acted.
    pub user: UserId,
    /// Name of that user at the time.
    pub actor: String,
    /// Stored name of the action, which may be unknown to this version.
    pub action: String,
    /// Description of the action and its object, from [`tell`].
    pub what: String,
    /// Remaining details, formatted by [`Detail::words`].
    pub detail: String,
}

/// Time range of a log filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// No limit.
    #[default]
    All,
    /// The last 24 hours.
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// The last 90 days.
    Quarter,
}

impl Period {
    /// All time ranges.
    pub const ALL: [Self; 5] = [Self::All, Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
        }
    }

    /// Returns the display name in the filter.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "Any time",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Quarter => "Last 90 days",
        }
    }

    /// Returns the length in days. `None` for [`Period::All`].
    pub const fn days(self) -> Option<i32> {
        match self {
            Self::All => None,
            Self::Day => Some(1),
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Quarter => Some(90),
        }
    }
}

/// Position of a page in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// At the newest entry.
    #[default]
    Newest,
    /// Entries older than the one with this ID.
    Before(Uuid),
    /// Entries newer than the one with this ID.
    After(Uuid),
}

/// A log query as encoded in a URL. Invalid parameters are ignored, so that old bookmarks keep working.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Only actions of this user.
    pub person: Option<UserId>,
    /// Only actions of this category.
    pub kind: Option<ActionKind>,
    /// Only actions in this time range.
    pub period: Period,
    /// Position of the page.
    pub position: Position,
}

impl AuditQuery {
    /// Parses the parameters of a query string.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name {
                "person" => query.person = value.parse().ok(),
                "kind" => query.kind = ActionKind::from_word(value),
                "period" => query.period = Period::ALL.into_iter().find(|p| p.as_str() == value).unwrap_or_default(),
                "before" => query.position = Uuid::try_parse(value).map(Position::Before).unwrap_or_default(),
                "after" => query.position = Uuid::try_parse(value).map(Position::After).unwrap_or_default(),
                _ => {}
            }
        }
        query
    }

    /// Returns the parameters of the query string. Defaults are omitted.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let place = match self.position {
            Position::Newest => None,
            Position::Before(id) => Some(("before", id.to_string())),
            Position::After(id) => Some(("after", id.to_string())),
        };
        let person = self.person.map(|id| ("person", id.to_string()));
        let kind = self.kind.map(|kind| ("kind", kind.as_str().to_owned()));
        let period = (self.period != Period::All).then(|| ("period", self.period.as_str().to_owned()));
        [person, kind, period, place].into_iter().flatten().collect()
    }

    /// Returns the same filter at another position.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Returns `true` if any filter is set.
    pub fn is_narrowed(&self) -> bool {
        self.person.is_some() || self.kind.is_some() || self.period != Period::All
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_action_has_one_word_and_one_kind() {
        let words: HashSet<_> = Action::ALL.iter().map(|a| a.as_str()).collect();
        assert_eq!(words.len(), Action::ALL.len(), "two actions share a word");
        for action in Action::ALL {
            assert_eq!(Action::from_word(action.as_str()), Some(*action));
            assert!(action.kind().words().contains(&action.as_str()));
        }
        assert_eq!(ActionKind::ALL.iter().map(|k| k.words().len()).sum::<usize>(), Action::ALL.len());
    }

    #[test]
    fn a_detail_says_what_was_and_is() {
        let detail = Detail::none()
            .change("address", "smartai-it", "smartai-tech")
            .change("name", "IT", "IT")
            .with("note", "one\r\ntwo");
        assert_eq!(detail.words(), "address: smartai-it → smartai-tech; note: one  two");
        let json = serde_json::to_string(&detail).unwrap_or_default();
        assert_eq!(json, r#"{"address":{"from":"smartai-it","to":"smartai-tech"},"note":"one  two"}"#);
        assert_eq!(serde_json::from_str::<Detail>(&json).ok(), Some(detail));
        assert!(Detail::none().change("name", "a", "a").is_empty());
    }
}
