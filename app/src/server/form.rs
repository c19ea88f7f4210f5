//! Forms posted without JavaScript.

use super::call::Call;
use crate::{
    boot::Returned,
    error::AppError,
    routes::{ReturnTo, Route},
};
use axum::body::Body;
use http::{Response, Uri};
use model::{FieldErrors, members::MemberAction, seating::Rank};
use serde::de::DeserializeOwned;

/// Body of a form POST.
#[derive(Debug, Default)]
pub struct Posted {
    /// Values by control name.
    pub fields: Vec<(String, String)>,
    /// Uploaded file, if the form has one.
    pub file: Option<Vec<u8>>,
}

/// Posted form: values by control name and the uploaded file.
pub(crate) struct Form(pub(crate) Vec<(String, String)>, pub(crate) Option<Vec<u8>>);

/// Message for a form action that the page doesn't have.
const NOT_UNDERSTOOD: &str = "The form couldn’t be read, so nothing was changed. Reload the page and try again.";
/// Maximum number of controls, and of bytes of their values, that are returned with a page. No form of the product has
/// more: a draft of a rate plan has up to 50 charges with 20 tiers each.
const RETURNED: (usize, usize) = (4_000, 128 * 1024);

/// Returns the error for a form without a known action.
pub(crate) fn not_understood() -> AppError {
    AppError::Invalid(FieldErrors::one("action", NOT_UNDERSTOOD))
}

impl Form {
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.as_str())
    }

    /// Deserializes the form into the page's action, an enum that the control `action` tags. There is no default.
    /// Controls that the action doesn't have are ignored.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `action` if it is missing, repeated or unknown, or if a control of it is.
    pub(crate) fn act<A: DeserializeOwned>(&self) -> Result<A, AppError> {
        let text = serde_urlencoded::to_string(&self.0).map_err(|_| not_understood())?;
        serde_urlencoded::from_str(&text).map_err(|_| not_understood())
    }

    /// Checks the action of a page with only one. It must be named exactly once, case-sensitively. There is no default.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `action` if it is missing, repeated or unknown.
    pub(crate) fn expect_action(&self, known: &str) -> Result<(), AppError> {
        let mut named = self.0.iter().filter(|(name, _)| name == "action").map(|(_, value)| value.as_str());
        if (named.next(), named.next()) == (Some(known), None) { Ok(()) } else { Err(not_understood()) }
    }

    /// Returns the input of a page whose only action is `save`.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `action` if it is missing, repeated or another one, or if a control of the input is
    /// repeated.
    pub(crate) fn saved<Input: DeserializeOwned>(&self) -> Result<Input, AppError> {
        self.expect_action("save")?;
        self.act()
    }

    /// Returns the action, which must be named exactly once.
    ///
    /// # Errors
    /// [`AppError::Invalid`] on `action` if it is missing or repeated.
    pub(crate) fn only_action(&self) -> Result<&str, AppError> {
        let mut named = self.0.iter().filter(|(name, _)| name == "action").map(|(_, value)| value.as_str());
        match (named.next(), named.next()) {
            (Some(action), None) => Ok(action),
            _ => Err(not_understood()),
        }
    }

    /// Same as [`expect_action`](Self::expect_action), but the action may be omitted. For forms that programs may send
    /// before sign-in.
    ///
    /// # Errors
    /// As [`expect_action`](Self::expect_action), if there is another action.
    pub(crate) fn expect_action_if_any(&self, known: &str) -> Result<(), AppError> {
        if self.0.iter().any(|(name, _)| name == "action") { self.expect_action(known) } else { Ok(()) }
    }

    /// Returns the action of a members page.
    pub(crate) fn member_action<R: Rank>(&self) -> Result<MemberAction<R>, AppError> {
        if self.0.iter().filter(|(name, _)| name == "action").count() != 1 {
            return Err(not_understood());
        }
        MemberAction::read(&self.0).map_err(AppError::Invalid)
    }

    /// Deserializes the form into the input type of its server function. Unknown controls are ignored.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> T {
        let text = serde_urlencoded::to_string(&self.0).unwrap_or_default();
        serde_urlencoded::from_str(&text).unwrap_or_default()
    }

    /// Returns the values and errors to show in the form again. Secrets are omitted.
    pub(crate) fn returned(self, call: &Call, error: &AppError, uri: &Uri) -> Returned {
        // Product forms have a `code` too, which is not secret.
        let has_factors = uri.path().starts_with("/account/");
        let secret = |name: &str| {
            matches!(name, "password" | "current_password" | "address_password" | "grant")
                || (has_factors && name == "code")
        };
        let (controls, mut bytes) = RETURNED;
        let mut fits = |value: &str| match bytes.checked_sub(value.len()) {
            Some(left) => {
                bytes = left;
                true
            }
            None => false,
        };
        let values = self.0.into_iter().filter(|(name, _)| name.len() <= 40 && !secret(name)).take(controls);
        let values = values.filter(|(_, value)| fits(value)).collect();
        let errors = match error {
            AppError::Credentials => FieldErrors::one("password", ""),
            error => error.fields(),
        };
        let message = match error {
            AppError::Internal => format!(
                "Something went wrong on the server. Nothing was changed. Try again. If it happens again, give your \
                 administrator this number: {}",
                call.request.request_id
            ),
            // No form has a field of that name. All other errors are shown at their fields.
            error => error.form_message(|field| field != "action"),
        };
        Returned { values, errors, message, results: Vec::new() }
    }
}

pub(crate) enum Outcome {
    Go(String),
    /// Shows the page of the form again, with these values.
    Again(Returned),
    Show(Response<Body>),
}

/// Redirects to the second-factor prompt, which returns to `back`.
pub(crate) fn prove_first(back: &Route) -> Outcome {
    Outcome::Go(Route::Factor { next: ReturnTo::parse(&back.url()) }.url())
}
