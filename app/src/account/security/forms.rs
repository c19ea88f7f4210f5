//! Form POSTs of the security page.

use super::{SecurityData, api};
use crate::{
    boot::{AccountData, InitialState, Returned},
    deferred::Deferred,
    error::AppError,
    routes::{ReturnTo, Route},
    server::{
        call::Call,
        form::{Form, Outcome, not_understood, prove_first},
        page::render,
    },
};
use http::StatusCode;
use model::factor::FactorAsked;
use serde::Deserialize;
use store::door::Principal;

/// Form actions of the security page.
#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
enum SecurityForm {
    Start {
        #[serde(default)]
        password: String,
    },
    Confirm {
        #[serde(default)]
        code: String,
    },
    Renew,
    Off {
        #[serde(default)]
        code: String,
    },
    Asked {
        #[serde(default)]
        asked: String,
    },
    Remove {
        id: String,
    },
}

/// Handles a form of the security page. Secrets and recovery codes are shown once, in this response; all other actions
/// redirect to the page.
pub(crate) async fn submit(call: &Call, form: &Form, next: Option<ReturnTo>) -> Result<Outcome, AppError> {
    let here = Route::Security { next };
    let outcome = match form.act()? {
        SecurityForm::Start { password } => api::start_totp(call, &password).await.map(Some),
        SecurityForm::Confirm { code } => match api::confirm_totp(call, &code).await {
            Err(error @ AppError::Invalid(_)) => {
                let (principal, data) = api::security_again(call).await?;
                let returned = Returned { errors: error.fields(), ..Returned::default() };
                return Ok(show(call, here, principal, data, Some(returned)));
            }
            outcome => outcome.map(Some),
        },
        SecurityForm::Renew => api::renew_codes(call).await.map(Some),
        SecurityForm::Off { code } => api::turn_off_totp(call, &code).await.map(|_| None),
        SecurityForm::Asked { asked } => {
            let asked = FactorAsked::from_word(&asked).ok_or_else(not_understood)?;
            api::set_asked(call, asked).await.map(|_| None)
        }
        SecurityForm::Remove { id } => {
            let id = id.parse().map_err(|_| AppError::Absent)?;
            api::remove_passkey(call, id).await.map(|_| None)
        }
    };
    match outcome {
        Ok(Some((principal, data))) => Ok(show(call, here, principal, data, None)),
        Ok(None) => Ok(Outcome::Go(here.url())),
        Err(AppError::Factor) => Ok(prove_first(&here)),
        Err(error) => Err(error),
    }
}

fn show(call: &Call, route: Route, principal: Principal, data: SecurityData, returned: Option<Returned>) -> Outcome {
    let status = if returned.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let boot = InitialState {
        now: Some(principal.now),
        person: Some(principal.person),
        picker: None,
        picker_is_whole: false,
        theme: call.request.theme,
        content: AccountData::Security(Box::new(data)).into(),
        returned: returned.map(Deferred::new),
    };
    Outcome::Show(render(boot, route, status))
}
