//! What the mails of the account plane say. Names that people chose are not in mails that a stranger can have sent.

use model::{
    Email,
    mail::{Letter, MailName},
};

const NOT_YOU: &str = "If that wasn’t you, do nothing: without this link nothing happens.";

/// To an address without an account: the link to sign up.
pub(crate) fn sign_up(to: &Email, link: String) -> Letter {
    Letter::new(to, "Create your Stile account")
        .say("Somebody, probably you, wants to create a Stile account with this address.")
        .button("Create the account", link)
        .aside("The link works once, within 24 hours.")
        .aside(NOT_YOU)
}

/// To an address with an account, when somebody wants to sign up with it.
pub(crate) fn has_account(to: &Email, sign_in: String, reset: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("Somebody, probably you, wanted to create a Stile account with this address. There is one already, so sign in with it.")
        .button("Sign in", sign_in)
        .aside(format!("If you have forgotten the password, set a new one: {reset}"))
        .aside("If that wasn’t you, do nothing: your account is as it was.")
}

/// To an address with an account: the link to set a new password.
pub(crate) fn reset(to: &Email, link: String) -> Letter {
    Letter::new(to, "Reset your Stile password")
        .say("Somebody, probably you, has forgotten the password of the Stile account with this address.")
        .button("Set a new password", link)
        .aside("The link works once, within an hour. Setting a new password signs out all devices.")
        .aside(NOT_YOU)
}

/// To an address without an account, when somebody wants to reset its password.
pub(crate) fn no_account(to: &Email, sign_up: String) -> Letter {
    Letter::new(to, "There is no Stile account with this address")
        .say("Somebody, probably you, wanted to reset the password of a Stile account with this address. There is none: perhaps it has another address of yours.")
        .button("Create an account", sign_up)
        .aside("If that wasn’t you, do nothing.")
}

/// After a password was changed or set anew.
pub(crate) fn password_changed(to: &Email, reset: String) -> Letter {
    Letter::new(to, "Your Stile password was changed")
        .say("The password of your Stile account was changed just now, and all other devices are signed out.")
        .say("If that wasn’t you, set a new password at once, and tell an admin of your organization.")
        .button("Set a new password", reset)
}

/// To the address that an account wants to move to.
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

/// To an address that another account wants to move to, and that has an account.
pub(crate) fn address_in_use(to: &Email, sign_in: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("Somebody wanted to move another Stile account to this address. It has an account already, so nothing was changed.")
        .button("Sign in", sign_in)
        .aside("If that was you, use another address, or go on with the account that is here.")
}

/// To the present address of an account that is about to move.
pub(crate) fn address_asked(to: &Email, new: &Email, profile: String) -> Letter {
    Letter::new(to, "Your Stile account may get another address")
        .say(format!("Somebody who knows your password asked to move your Stile account to {new}. It moves when the link that was sent there is opened."))
        .button("Look at your profile", profile)
        .aside("If that wasn’t you, withdraw it in your profile and change your password.")
}

/// To the address that an account has left.
pub(crate) fn address_changed(to: &Email, new: &str) -> Letter {
    Letter::new(to, "Your Stile account has another address now")
        .say(format!("Your Stile account moved to {new}. Mails about it go there from now on."))
        .aside("If that wasn’t you, tell an admin of your organization at once.")
}
