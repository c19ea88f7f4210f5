//! Leaving: by signing out, here or in another tab, or because the session has ended or asks for a second factor. Always
//! with a document load, which takes all of the page's memory with it.

use super::Session;
use crate::{
    account::sign_out,
    browser::{self, Leaving},
    routes::{ReturnTo, Route, SignInNotice},
};
use leptos::{prelude::*, task::spawn_local};

/// How long signing out waits for the server before this browser leaves all the same.
const SIGN_OUT_MILLIS: u32 = 3_000;

/// How long a tab waits for the word of another tab of its browser that the person signed out.
const SIGN_OUT_WORD_MILLIS: u32 = 250;

impl Session {
    /// The session is no more, says the server. When it was this browser that signed out, the tab that did so tells the
    /// others, and they leave by that word.
    pub fn was_signed_out(self) {
        browser::after(SIGN_OUT_WORD_MILLIS, move || {
            let leaving = self.leaving.try_get_value().unwrap_or(true);
            if !leaving && !browser::is_sign_out_pending() {
                self.sign_in_again();
            }
        });
    }

    /// Signs out: at the server, in this tab and in all others. If the server fails or hangs, the browser leaves
    /// anyway, and the sign-in page asks the server again ([`finish_sign_out`](Self::finish_sign_out)).
    pub fn sign_out(self) {
        if self.navigator.asks(|| Leaving::SignOut) {
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

    /// Ends the session of a sign-out that did not reach the server. That there was one is known from this browser's
    /// own storage and never from an address, which another site could have written.
    pub fn finish_sign_out(self) {
        if browser::is_sign_out_pending() {
            spawn_local(async move {
                if sign_out().await.is_ok() {
                    browser::set_sign_out_pending(false);
                }
            });
        }
    }

    /// Leaves for the sign-in page with a document load, which takes all of the page's memory with it. The other tabs
    /// hear of a sign-out; that this one hears itself makes no difference, as it leaves once. Whoever was signed out
    /// elsewhere comes back to where they were.
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

    /// A second factor is asked for: to the page that asks, with a document load, and back here afterwards.
    pub fn prove_factor(self) {
        let next = ReturnTo::parse(&self.navigator.route_now().url());
        browser::load_document(&Route::Factor { next }.url());
    }

    /// The session ended under the page: to sign-in, and back here afterwards.
    pub fn sign_in_again(self) {
        if self.leaving.try_update_value(|leaving| std::mem::replace(leaving, true)).unwrap_or(true) {
            return;
        }
        browser::load_document(&Route::SignIn { next: self.place(), notice: Some(SignInNotice::Elsewhere) }.url());
    }

    /// The person's place, to return to. Without the search, which must not be shown to the next person who signs in.
    fn place(self) -> Option<ReturnTo> {
        let url = self.navigator.route_now().url();
        ReturnTo::parse(url.split_once('?').map_or(url.as_str(), |(path, _)| path))
    }
}
