//! Email templates of the account pages. Emails that a stranger can trigger contain no user-chosen names.

use model::{
    Email,
    mail::{Letter, MailName},
};

const NOT_YOU: &str = "If that wasn’t you, do nothing: without this link nothing happens.";

/// Sign-up link for an address without an account.
pub(crate) fn sign_up(to: &Email, link: String) -> Letter {
    Letter::new(to, "Create your Stile account")
        .say("Somebody, probably you, wants to create a Stile account with this address.")
        .button("Create the account", link)
        .aside("The link works once, within 24 hours.")
        .aside(NOT_YOU)
}

/// Notice to an address that already has an account, after a sign-up attempt with it.
pub(crate) fn has_account(to: &Email, sign_in: String, reset: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("Somebody, probably you, wanted to create a Stile account with this address. There is one already, so sign in with it.")
        .button("Sign in", sign_in)
        .aside(format!("If you have forgotten the password, set a new one: {reset}"))
        .aside("If that wasn’t you, do nothing: your account is as it was.")
}

/// Password reset link for an address with an account.
pub(crate) fn reset(to: &Email, link: String) -> Letter {
    Letter::new(to, "Reset your Stile password")
        .say("Somebody, probably you, has forgotten the password of the Stile account with this address.")
        .button("Set a new password", link)
        .aside("The link works once, within an hour. Setting a new password signs out all devices.")
        .aside(NOT_YOU)
}

/// Notice to an address without an account, after a password reset request for it.
pub(crate) fn no_account(to: &Email, sign_up: String) -> Letter {
    Letter::new(to, "There is no Stile account with this address")
        .say("Somebody, probably you, wanted to reset the password of a Stile account with this address. There is none: perhaps it has another address of yours.")
        .button("Create an account", sign_up)
        .aside("If that wasn’t you, do nothing.")
}

/// Notice that the password was changed or reset.
pub(crate) fn password_changed(to: &Email, reset: String) -> Letter {
    Letter::new(to, "Your Stile password was changed")
        .say("The password of your Stile account was changed just now, and all other devices are signed out.")
        .say("If that wasn’t you, set a new password at once, and tell an admin of your organization.")
        .button("Set a new password", reset)
}

/// Confirmation link for the new address of an account.
pub(crate) fn confirm_address(to: &Email, old: &str, link: String) -> Letter {
    Letter::new(to, "Confirm your new address")
        .say(format!(
            "The Stile account of {} is to use this address from now on, for signing in and for mails.",
            MailName::of(old)
        ))
        .button("Use this address", link)
        .aside("The link works once, within 24 hours, while you are signed in as that account.")
        .aside("If you don’t know of this, do nothing.")
}

/// Notice to an address that already has an account, after another account requested to change to it.
pub(crate) fn address_in_use(to: &Email, sign_in: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("Somebody wanted to move another Stile account to this address. It has an account already, so nothing was changed.")
        .button("Sign in", sign_in)
        .aside("If that was you, use another address, or go on with the account that is here.")
}

/// Notice to the current address of an account that a change of address was requested.
pub(crate) fn address_asked(to: &Email, new: &Email, profile: String) -> Letter {
    Letter::new(to, "Your Stile account may get another address")
        .say(format!("Somebody who knows your password asked to move your Stile account to {new}. It moves when the link that was sent there is opened."))
        .button("Look at your profile", profile)
        .aside("If that wasn’t you, withdraw it in your profile and change your password.")
}

/// Notice to the previous address of an account that the address was changed.
pub(crate) fn address_changed(to: &Email, new: &str) -> Letter {
    Letter::new(to, "Your Stile account has another address now")
        .say(format!("Your Stile account moved to {new}. Mails about it go there from now on."))
        .aside("If that wasn’t you, tell an admin of your organization at once.")
}
