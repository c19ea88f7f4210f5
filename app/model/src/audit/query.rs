//! Query of the log page: filter and position.

use super::action::ActionKind;
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Time range of a log filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// No limit.
    #[default]
    All,
    /// The last 24 hours.
    Day,
    /// The last 7 days.
    Week,
    /// The last 30 days.
    Month,
    /// The last 90 days.
    Quarter,
}

impl Period {
    /// All time ranges.
    pub const ALL: [Self; 5] = [Self::All, Self::Day, Self::Week, Self::Month, Self::Quarter];

    /// Returns the value of the query parameter.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "",
            Self::Day => "1d",
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
        }
    }

    /// Returns the display name in the filter.
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "Any time",
            Self::Day => "Last 24 hours",
            Self::Week => "Last 7 days",
            Self::Month => "Last 30 days",
            Self::Quarter => "Last 90 days",
        }
    }

    /// Returns the length in days. `None` for [`Period::All`].
    pub const fn days(self) -> Option<i32> {
        match self {
            Self::All => None,
            Self::Day => Some(1),
            Self::Week => Some(7),
            Self::Month => Some(30),
            Self::Quarter => Some(90),
        }
    }
}

/// Position of a page in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// At the newest entry.
    #[default]
    Newest,
    /// Entries older than the one with this ID.
    Before(Uuid),
    /// Entries newer than the one with this ID.
    After(Uuid),
}

/// A log query as encoded in a URL. Invalid parameters are ignored, so that old bookmarks keep working.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct AuditQuery {
    /// Only actions of this user.
    pub person: Option<UserId>,
    /// Only actions of this category.
    pub kind: Option<ActionKind>,
    /// Only actions in this time range.
    pub period: Period,
    /// Position of the page.
    pub position: Position,
}

impl AuditQuery {
    /// Parses the parameters of a query string.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut query = Self::default();
        for (name, value) in pairs {
            match name {
                "person" => query.person = value.parse().ok(),
                "kind" => query.kind = ActionKind::from_word(value),
                "period" => query.period = Period::ALL.into_iter().find(|p| p.as_str() == value).unwrap_or_default(),
                "before" => query.position = Uuid::try_parse(value).map(Position::Before).unwrap_or_default(),
                "after" => query.position = Uuid::try_parse(value).map(Position::After).unwrap_or_default(),
                _ => {}
            }
        }
        query
    }

    /// Returns the parameters of the query string. Defaults are omitted.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let place = match self.position {
            Position::Newest => None,
            Position::Before(id) => Some(("before", id.to_string())),
            Position::After(id) => Some(("after", id.to_string())),
        };
        let person = self.person.map(|id| ("person", id.to_string()));
        let kind = self.kind.map(|kind| ("kind", kind.as_str().to_owned()));
        let period = (self.period != Period::All).then(|| ("period", self.period.as_str().to_owned()));
        [person, kind, period, place].into_iter().flatten().collect()
    }

    /// Returns the same filter at another position.
    #[must_use]
    pub fn at(&self, position: Position) -> Self {
        Self { position, ..self.clone() }
    }

    /// Returns `true` if any filter is set.
    pub fn is_narrowed(&self) -> bool {
        self.person.is_some() || self.kind.is_some() || self.period != Period::All
    }
}
