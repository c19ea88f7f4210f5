//! Notices on the sign-in page, which its URL names.

/// Notice on the sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInNotice {
    /// The person signed out in this tab.
    SignedOut,
    /// The person signed out in another tab, or the session was ended elsewhere.
    Elsewhere,
    /// The password was reset by an emailed link.
    PasswordReset,
    /// First request after a session was created. If the person is not signed in, the browser did not keep the cookie.
    Arriving,
}

impl SignInNotice {
    pub(super) const ALL: [Self; 4] = [Self::SignedOut, Self::Elsewhere, Self::PasswordReset, Self::Arriving];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed-out",
            Self::Elsewhere => "ended",
            Self::PasswordReset => "password-reset",
            Self::Arriving => "arriving",
        }
    }

    /// Returns the text of the notice.
    pub const fn message(self) -> &'static str {
        match self {
            Self::SignedOut => "You’re signed out.",
            Self::Elsewhere => "You were signed out in another tab or on another device.",
            Self::PasswordReset => {
                "Your password was changed. All devices were signed out and all operator tokens revoked. Sign in with \
                 your new password."
            }
            Self::Arriving => {
                "Your browser blocks the cookie that keeps you signed in. Allow cookies for this site, then sign in \
                 again."
            }
        }
    }
}
