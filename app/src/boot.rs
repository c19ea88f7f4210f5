//! What a document carries: all that the first view needs, so that server and browser render the same from the same.
//!
//! The server gathers it before it renders, in as few transactions as can be, and puts it into the page as `wire` writes
//! it; the browser reads it once while hydrating. Nothing is fetched while rendering, so no view waits, streams or
//! flickers.

use crate::{
    account::{FactorAsk, OrganizationView, SecurityData, StartPage},
    console::{AuditView, PageData},
    error::Refusal,
    packed::Packed,
};
use model::{
    FieldErrors,
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

/// A form that came back: what was typed (passwords excepted) and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Returned {
    /// The controls' values by name.
    pub values: Vec<(String, String)>,
    /// What was wrong with which.
    pub errors: FieldErrors,
    /// What was wrong with all of it.
    pub message: String,
    /// What became of each address that was invited.
    #[serde(default)]
    pub results: Vec<InviteResult>,
}

impl Returned {
    /// Whether it was refused, or comes back only to say what became of it.
    pub fn is_refused(&self) -> bool {
        self.results.is_empty()
    }

    /// What was typed into a control.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What the document shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// The sign-in page.
    SignIn,
    /// What a page of the person's own shows: opened where its code is.
    Account(Packed<AccountData>),
    /// The answer to asking for a seat: the same whether there is anything to ask for.
    Asked(Asking),
    /// The form of a new workspace.
    NewWorkspace,
    /// A page of a workspace.
    Workspace {
        /// The workspace and the seat.
        entry: Box<Entry>,
        /// The page's data.
        data: Box<PageData>,
    },
    /// Nothing that this person can see: the same for what does not exist.
    Absent,
    /// A deleted workspace in which the person had a seat.
    Gone,
    /// The database can't answer.
    Unavailable,
}

/// What the pages of the person's own show that are in the program's chunk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountData {
    /// The picker.
    Home {
        /// Why the person was sent here.
        refused: Option<Refusal>,
        /// What waits for them.
        notices: Box<Notices>,
    },
    /// The operator tokens.
    Tokens {
        /// The live ones.
        tokens: Vec<OperatorToken>,
        /// The one just made, shown this once.
        created: Option<String>,
    },
    /// A page of the way in.
    Start(StartPage),
    /// The person's profile.
    Profile(Profile),
    /// The person's preferences.
    Preferences(Preferences),
    /// The page of an invite; `None` for a link that leads nowhere.
    Invite(Option<Box<(Invite, Mailbox)>>),
    /// A page of an organization.
    Organization(Box<OrganizationView>),
    /// The sessions.
    Sessions {
        /// The live ones.
        sessions: Vec<SessionRow>,
        /// The names of the valid operator tokens.
        tokens: Vec<String>,
    },
    /// The audit log of an organization.
    OrganizationAudit {
        /// What the organization is called.
        name: String,
        /// The page.
        log: Box<AuditView>,
    },
    /// Second factors and passkeys.
    Security(Box<SecurityData>),
    /// The page that asks for a second factor.
    Factor(FactorAsk),
}

#[cfg(feature = "ssr")]
impl From<AccountData> for Content {
    fn from(data: AccountData) -> Self {
        Self::Account(Packed::new(data))
    }
}

/// What became of asking for a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asking {
    /// Whoever may answer will see it.
    Noted,
    /// Often enough for today.
    Limited,
}

/// All that the first view needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Boot {
    /// Who is signed in.
    pub person: Option<Person>,
    /// Their list of seats. For whoever has very many, only the first; see [`Boot::picker_is_whole`].
    pub picker: Option<Picker>,
    /// Whether `picker` is the whole list; if not, the browser asks for it.
    pub picker_is_whole: bool,
    /// The device's theme.
    pub theme: Theme,
    /// The server's time when it rendered; `None` on pages that must be the same for everybody.
    #[serde(with = "time::serde::timestamp::milliseconds::option")]
    pub now: Option<OffsetDateTime>,
    /// What to show.
    pub content: Content,
    /// A form that came back.
    pub returned: Option<Packed<Returned>>,
}

/// Most rows of the list of seats that go into a document.
pub const PICKER_ROWS_IN_DOCUMENT: usize = 150;

/// The id of the element that carries it.
pub const ELEMENT: &str = "boot";

/// The id of the root element of the view. Elements that others add beside it in `<body>` are not touched.
pub const ROOT: &str = "app";
