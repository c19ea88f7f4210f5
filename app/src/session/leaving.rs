//! Leaving the console by signing out, here or in another tab, or because the session has ended or requires a second
//! factor. Always a document load, which frees all of the page's memory.

use super::Session;
use crate::{
    account::sign_out,
    browser::{self, Leaving},
    error::AppError,
    routes::{ReturnTo, Route, SignInNotice},
};
use leptos::{prelude::*, task::spawn_local};

/// Timeout for the server's response to signing out, in milliseconds. The browser leaves afterwards in any case.
const SIGN_OUT_MILLIS: u32 = 3_000;

/// Time in milliseconds to wait for a sign-out message from another tab of this browser.
const SIGN_OUT_WORD_MILLIS: u32 = 250;

impl Session {
    /// Handles a session that the server reports as ended. If this browser signed out, the tab that did so notifies the
    /// others, and they leave on that message.
    pub fn was_signed_out(self) {
        browser::after(SIGN_OUT_WORD_MILLIS, move || {
            let leaving = self.leaving.try_get_value().unwrap_or(true);
            if !leaving && !browser::is_sign_out_pending() {
                self.sign_in_again();
            }
        });
    }

    /// Signs out on the server, in this tab and in all others. If the server fails or hangs, the browser leaves anyway,
    /// and the sign-in page retries ([`finish_sign_out`](Self::finish_sign_out)).
    pub fn sign_out(self) {
        if self.navigator.confirm_leaving(|| Leaving::SignOut) {
            return;
        }
        browser::set_sign_out_pending(true);
        browser::after(SIGN_OUT_MILLIS, move || self.leave(SignInNotice::SignedOut));
        spawn_local(async move {
            if sign_out().await.is_ok() {
                browser::set_sign_out_pending(false);
            }
            self.leave(SignInNotice::SignedOut);
        });
    }

    /// Ends the session of a sign-out that did not reach the server. The pending sign-out is recorded in this browser's
    /// storage and never in a URL, which another site could have written.
    pub fn finish_sign_out(self) {
        if browser::is_sign_out_pending() {
            spawn_local(async move {
                if sign_out().await.is_ok() {
                    browser::set_sign_out_pending(false);
                }
            });
        }
    }

    /// Loads the sign-in page as a document, which frees all of the page's memory. Other tabs are notified of a
    /// sign-out; this tab ignores the notification, as it leaves only once. A user who was signed out elsewhere returns
    /// to the current page after signing in.
    pub fn leave(self, notice: SignInNotice) {
        if self.leaving.try_update_value(|leaving| std::mem::replace(leaving, true)).unwrap_or(true) {
            return;
        }
        browser::forget_uses();
        if notice == SignInNotice::SignedOut {
            browser::announce_sign_out();
        }
        let next = if notice == SignInNotice::Elsewhere { self.place() } else { None };
        browser::load_document(&Route::SignIn { next, notice: Some(notice) }.url());
    }

    /// Loads the page that asks for a second factor as a document, which leads back to the current page afterwards.
    pub fn prove_factor(self) {
        let next = ReturnTo::parse(&self.navigator.route_now().url());
        browser::load_document(&Route::Factor { next }.url());
    }

    /// Returns the error for a form to show, unless the session has ended: then it loads the sign-in page.
    pub fn form_error(self, error: AppError) -> Option<AppError> {
        match error {
            AppError::SignedOut => {
                self.sign_in_again();
                None
            }
            error => Some(error),
        }
    }

    /// Loads the sign-in page after the session has ended, which leads back to the current page afterwards.
    pub fn sign_in_again(self) {
        if self.leaving.try_update_value(|leaving| std::mem::replace(leaving, true)).unwrap_or(true) {
            return;
        }
        browser::load_document(&Route::SignIn { next: self.place(), notice: Some(SignInNotice::Elsewhere) }.url());
    }

    /// Returns the current page to return to, without the query, which must not be shown to the next user who signs in.
    fn place(self) -> Option<ReturnTo> {
        let url = self.navigator.route_now().url();
        ReturnTo::parse(url.split_once('?').map_or(url.as_str(), |(path, _)| path))
    }
}
