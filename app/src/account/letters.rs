//! Email templates of the account pages. Emails that a stranger can trigger contain no user-chosen names.

use model::{
    Email,
    mail::{Letter, MailName},
};

const NOT_YOU: &str = "If that wasn’t you, you can ignore this email.";

/// Sign-up link for an address without an account.
pub(crate) fn sign_up(to: &Email, link: String) -> Letter {
    Letter::new(to, "Create your Stile account")
        .say("We received a request to create a Stile account with this email.")
        .button("Create account", link)
        .aside("This link works once and expires in 24 hours.")
        .aside(NOT_YOU)
}

/// Notice to an address that already has an account, after a sign-up attempt with it.
pub(crate) fn has_account(to: &Email, sign_in: String, reset: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("We received a request to create a Stile account with this email, but you already have one. Sign in instead.")
        .button("Sign in", sign_in)
        .aside(format!("Forgot your password? Set a new one: {reset}"))
        .aside("If that wasn’t you, you can ignore this email. Your account hasn’t changed.")
}

/// Password reset link for an address with an account.
pub(crate) fn reset(to: &Email, link: String) -> Letter {
    Letter::new(to, "Reset your Stile password")
        .say("We received a request to reset the password of your Stile account.")
        .button("Set a new password", link)
        .aside("This link works once and expires in an hour. Setting a new password signs you out on all devices.")
        .aside(NOT_YOU)
}

/// Notice to an address without an account, after a password reset request for it.
pub(crate) fn no_account(to: &Email, sign_up: String) -> Letter {
    Letter::new(to, "There is no Stile account with this email")
        .say("We received a request to reset the password of a Stile account with this email, but there isn’t one. You may have signed up with another email.")
        .button("Create an account", sign_up)
        .aside("If that wasn’t you, you can ignore this email.")
}

/// Notice that the password was changed or reset.
pub(crate) fn password_changed(to: &Email, reset: String) -> Letter {
    Letter::new(to, "Your Stile password was changed")
        .say("The password of your Stile account was just changed, and all other devices were signed out.")
        .say("If that wasn’t you, set a new password right away and tell an admin of your organization.")
        .button("Set a new password", reset)
}

/// Confirmation link for the new address of an account.
pub(crate) fn confirm_address(to: &Email, old: &str, link: String) -> Letter {
    Letter::new(to, "Confirm your new email")
        .say(format!(
            "We received a request to use this email for the Stile account of {}, to sign in and to receive emails.",
            MailName::of(old)
        ))
        .button("Use this email", link)
        .aside("This link works once, while you are signed in to that account, and expires in 24 hours.")
        .aside("If you don’t recognize this request, you can ignore this email.")
}

/// Notice to an address that already has an account, after another account requested to change to it.
pub(crate) fn address_in_use(to: &Email, sign_in: String) -> Letter {
    Letter::new(to, "You already have a Stile account")
        .say("We received a request to use this email for another Stile account. This email already has an account, so nothing was changed.")
        .button("Sign in", sign_in)
        .aside("If that was you, use another email, or sign in to the existing account.")
}

/// Notice to the current address of an account that a change of address was requested.
pub(crate) fn address_asked(to: &Email, new: &Email, profile: String) -> Letter {
    Letter::new(to, "Request to change the email of your Stile account")
        .say(format!("Someone with your password asked to change the email of your Stile account to {new}. It changes when the link sent there is opened."))
        .button("Open your profile", profile)
        .aside("If that wasn’t you, cancel the change in your profile and change your password.")
}

/// Notice to the previous address of an account that the address was changed.
pub(crate) fn address_changed(to: &Email, new: &str) -> Letter {
    Letter::new(to, "The email of your Stile account was changed")
        .say(format!("The email of your Stile account is now {new}. We’ll send emails about your account there."))
        .aside("If that wasn’t you, tell an admin of your organization right away.")
}
