//! Data embedded in the document. It contains everything that the first view needs, so that server and browser render
//! the same view.
//!
//! The server loads it before rendering, in as few transactions as possible, and embeds it in the encoding of `wire`.
//! The browser reads it once during hydration. Nothing is fetched while rendering, so no view waits, streams or
//! flickers.

use crate::{
    account::{FactorAsk, OrganizationView, SecurityData, StartPage},
    console::PageData,
    deferred::Deferred,
    error::Refusal,
};
use model::{
    FieldErrors,
    audit::AuditView,
    device::SessionRow,
    invite::{Invite, InviteResult, Mailbox},
    members::Notices,
    picker::Picker,
    preferences::Preferences,
    profile::Profile,
    token::OperatorToken,
    workspace::{Entry, Person},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

pub use model::preferences::Theme;

/// Form returned by the server: the typed values (except passwords) and the errors.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returned {
    /// Values of the controls by name.
    pub values: Vec<(String, String)>,
    /// Validation errors by field.
    pub errors: FieldErrors,
    /// Error message that concerns the form as a whole.
    pub message: String,
    /// Result for each invited address.
    #[serde(default)]
    pub results: Vec<InviteResult>,
}

impl Returned {
    /// Returns `true` if the form was rejected, `false` if it was returned only with invite results.
    pub fn is_refused(&self) -> bool {
        self.results.is_empty()
    }

    /// Returns the value of a control.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// Content of the document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Sign-in page.
    SignIn,
    /// Data of an account page, decoded in the chunk that contains the page's code.
    Account(Deferred<AccountData>),
    /// Response to an access request. It is the same whether the workspace exists or not.
    AccessRequested(AccessRequestOutcome),
    /// Form for a new workspace.
    NewWorkspace,
    /// Page of a workspace.
    Workspace {
        /// Workspace, seat and grant.
        entry: Box<Entry>,
        /// Data of the page.
        data: Box<PageData>,
    },
    /// Page that the user can't see. Pages that don't exist give the same content.
    Absent,
    /// Deleted workspace in which the user had a seat.
    Gone,
    /// Database unavailable.
    Unavailable,
}

/// Data of the account pages, whose code is in the lazily loaded chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountData {
    /// Picker.
    Home {
        /// Reason for a redirect to the picker.
        refused: Option<Refusal>,
        /// Pending notices of the user, such as invites.
        notices: Box<Notices>,
    },
    /// Operator tokens.
    Tokens {
        /// Valid tokens.
        tokens: Vec<OperatorToken>,
        /// Token that was just created. It is shown only once.
        created: Option<String>,
    },
    /// Page of sign-up or password reset.
    Start(StartPage),
    /// Profile of the user.
    Profile(Profile),
    /// Preferences of the user.
    Preferences(Preferences),
    /// Invite, or `None` for an invalid link.
    Invite(Option<Box<(Invite, Mailbox)>>),
    /// Page of an organization.
    Organization(Box<OrganizationView>),
    /// Sessions of the user.
    Sessions {
        /// Live sessions.
        sessions: Vec<SessionRow>,
        /// Names of the valid operator tokens.
        tokens: Vec<String>,
    },
    /// Audit log of an organization.
    OrganizationAudit {
        /// Name of the organization.
        name: String,
        /// Page of the log.
        log: Box<AuditView>,
    },
    /// Second factors and passkeys.
    Security(Box<SecurityData>),
    /// Page that asks for a second factor.
    Factor(FactorAsk),
}

#[cfg(feature = "ssr")]
impl From<AccountData> for Content {
    fn from(data: AccountData) -> Self {
        Self::Account(Deferred::new(data))
    }
}

/// Outcome of an access request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessRequestOutcome {
    /// The request was noted. Managers of the workspace see it, if it exists.
    Noted,
    /// The daily limit is reached.
    Limited,
}

/// Data for the first view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InitialState {
    /// Signed-in user.
    pub person: Option<Person>,
    /// Workspace list of the user. A long list is truncated; see [`InitialState::picker_is_whole`].
    pub picker: Option<Picker>,
    /// `true` if `picker` is complete. Otherwise the browser requests the rest.
    pub picker_is_whole: bool,
    /// Theme of the device.
    pub theme: Theme,
    /// Server time of rendering, or `None` on pages that must be the same for everyone.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub now: Option<OffsetDateTime>,
    /// Content of the document.
    pub content: Content,
    /// Form returned by the server.
    pub returned: Option<Deferred<Returned>>,
}

/// Maximum number of rows of the workspace list in a document.
pub const PICKER_ROWS_IN_DOCUMENT: usize = 150;

/// Id of the `<script>` element that contains the data.
pub const ELEMENT: &str = "boot";

/// Id of the root element of the view. Elements that browser extensions add next to it in `<body>` are not touched.
pub const ROOT: &str = "app";
