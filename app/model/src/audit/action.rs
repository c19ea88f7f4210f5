//! Actions that are logged, and their categories.

use serde::{Deserialize, Serialize};

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
        TotpEnabled = "totp_enabled", "enabled the authenticator app";
        TotpDisabled = "totp_disabled", "disabled the authenticator app";
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
        WebhookCreated = "webhook_created", "created a webhook";
        WebhookChanged = "webhook_changed", "changed a webhook";
        WebhookSecretRotated = "webhook_secret_rotated", "made a new secret of a webhook";
        WebhookTurnedOn = "webhook_turned_on", "turned on a webhook";
        WebhookTurnedOff = "webhook_turned_off", "turned off a webhook";
        WebhookDeleted = "webhook_deleted", "deleted a webhook";
        DomainAdded = "domain_added", "added a domain";
        DomainRemoved = "domain_removed", "removed a domain";
        InvoicingChanged = "invoicing_changed", "changed the settings of invoicing";
        SeriesChanged = "series_changed", "changed the numbers of documents";
        TaxRateCreated = "tax_rate_created", "created a tax rate";
        TaxRateUpdated = "tax_rate_updated", "edited a tax rate";
        TaxRateArchived = "tax_rate_archived", "archived a tax rate";
    }
    Tokens {
        TokenCreated = "token_created", "created a token";
        TokenRevoked = "token_revoked", "revoked a token";
        ApiKeyCreated = "api_key_created", "created an API key";
        ApiKeyRevoked = "api_key_revoked", "revoked an API key";
        ApiKeyHandedOver = "api_key_handed_over", "gave an API key another owner";
    }
    Content {
        ProductCreated = "product_created", "created a product";
        ProductUpdated = "product_updated", "edited a product";
        ProductArchived = "product_archived", "archived a product";
        ProductActivated = "product_active", "restored a product";
        MeterCreated = "meter_created", "created a meter";
        MeterUpdated = "meter_updated", "edited a meter";
        MeterArchived = "meter_archived", "archived a meter";
        MeterActivated = "meter_active", "restored a meter";
        RatePlanCreated = "rate_plan_created", "created a rate plan";
        RatePlanUpdated = "rate_plan_updated", "edited a rate plan";
        RatePlanArchived = "rate_plan_archived", "archived a rate plan";
        RatePlanActivated = "rate_plan_active", "restored a rate plan";
        RatePlanVersionPublished = "rate_plan_version_published", "published a version of a rate plan";
        CustomerCreated = "customer_created", "created a customer";
        CustomerUpdated = "customer_updated", "edited a customer";
        CustomerArchived = "customer_archived", "archived a customer";
        CustomerActivated = "customer_active", "restored a customer";
        CustomersImported = "customers_imported", "imported customers";
        ContactAdded = "contact_added", "added a contact of a customer";
        ContactUpdated = "contact_updated", "edited a contact of a customer";
        ContactRemoved = "contact_removed", "removed a contact of a customer";
        SubjectAdded = "subject_added", "added a subject of a customer";
        SubjectRemoved = "subject_removed", "removed a subject of a customer";
        SubscriptionCreated = "subscription_created", "started a subscription";
        SubscriptionChanged = "subscription_changed", "changed a subscription";
        SubscriptionChangeUndone = "subscription_change_undone", "undid a planned change of a subscription";
        SubscriptionEnded = "subscription_ended", "set the last day of a subscription";
        SubscriptionEndCancelled = "subscription_end_cancelled", "removed the last day of a subscription";
        SubscriptionsMoved = "subscriptions_moved", "moved subscriptions to another version";
        SubscriptionsImported = "subscriptions_imported", "imported subscriptions";
        UsageAdjusted = "usage_adjusted", "adjusted the usage of a customer";
        UsageImported = "usage_imported", "imported usage";
        InvoicesImported = "invoices_imported", "imported invoices";
        InvoiceDrafted = "invoice_drafted", "drafted an invoice";
        InvoiceEdited = "invoice_edited", "edited a draft invoice";
        InvoiceDeleted = "invoice_deleted", "deleted a draft invoice";
        InvoiceIssued = "invoice_issued", "issued an invoice";
        InvoiceSent = "invoice_sent", "mailed an invoice";
        InvoiceVoided = "invoice_voided", "voided an invoice";
        CreditNoteIssued = "credit_note_issued", "issued a credit note";
        PaymentRecorded = "payment_recorded", "recorded a payment";
        PaymentReversed = "payment_reversed", "reversed a payment";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_action_has_a_unique_name_and_one_category() {
        let words: HashSet<_> = Action::ALL.iter().map(|a| a.as_str()).collect();
        assert_eq!(words.len(), Action::ALL.len(), "two actions share a word");
        for action in Action::ALL {
            assert_eq!(Action::from_word(action.as_str()), Some(*action));
            assert!(action.kind().words().contains(&action.as_str()));
        }
        assert_eq!(ActionKind::ALL.iter().map(|k| k.words().len()).sum::<usize>(), Action::ALL.len());
    }
}
