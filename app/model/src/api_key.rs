//! API keys of a workspace, as displayed in its settings.

use crate::{
    capability::{Capability, CapabilitySet},
    field::FieldErrors,
    id::{ApiKeyId, UserId},
    moment::Moment,
    text::Line,
};
use serde::{Deserialize, Serialize};

/// Maximum number of valid keys per workspace.
pub const KEY_LIMIT: i64 = 50;

/// Beginning of every key, by which programs and secret scanners recognize one.
pub const KEY_PREFIX: &str = "stile_key_";

/// What a key may be used for. A key never has a capability that its owner does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Send usage events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Read what the owner can read.
    #[serde(rename = "read")]
    Read,
}

impl Scope {
    /// All scopes, in the order in which forms offer them.
    pub const ALL: [Self; 2] = [Self::EventsWrite, Self::Read];

    /// Returns the name in the API and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EventsWrite => "events:write",
            Self::Read => "read",
        }
    }

    /// Returns the label of the check box.
    pub const fn label(self) -> &'static str {
        match self {
            Self::EventsWrite => "Send usage events",
            Self::Read => "Read what its owner can read",
        }
    }

    /// Parses a name. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// Returns the capabilities that the scope admits.
    pub const fn capabilities(self) -> CapabilitySet {
        match self {
            Self::EventsWrite => CapabilitySet::of(&[Capability::RecordUsage]),
            Self::Read => CapabilitySet::of(&[Capability::ReadShared, Capability::ReadAll]),
        }
    }
}

/// Returns the capabilities that `scopes` admit.
pub fn capabilities(scopes: &[Scope]) -> CapabilitySet {
    scopes.iter().fold(CapabilitySet::default(), |set, scope| set.union(scope.capabilities()))
}

/// Validity of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It is accepted.
    Active,
    /// Its expiry time has passed.
    Expired,
    /// Its owner has no seat in the workspace.
    OwnerLeft,
    /// The workspace requires a second factor, and the key was created without one.
    NeedsFactor,
}

impl KeyState {
    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Expired => "Expired",
            Self::OwnerLeft => "Owner has no seat",
            Self::NeedsFactor => "Created without a second factor",
        }
    }
}

/// A key that has not been revoked. Its secret is displayed once and never stored in plain text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Key ID.
    pub id: ApiKeyId,
    /// Name, chosen by the person who created it.
    pub name: String,
    /// Beginning of the key, which is not secret.
    pub prefix: String,
    /// Scopes.
    pub scopes: Vec<Scope>,
    /// The person whose seat the key uses.
    pub owner: UserId,
    /// Name of the owner; empty without a seat.
    pub owner_name: String,
    /// Creation time.
    pub created_at: Moment,
    /// Time of the last request, accurate to one minute. `None` if the key was never used.
    pub last_used_at: Option<Moment>,
    /// Expiry time, if any.
    pub expires_at: Option<Moment>,
    /// Validity when it was read.
    pub state: KeyState,
}

/// Validity period of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyLife {
    /// 90 days.
    Quarter,
    /// 365 days.
    #[default]
    Year,
    /// Until it is revoked.
    Unlimited,
}

impl KeyLife {
    /// All validity periods, shortest first.
    pub const ALL: [Self; 3] = [Self::Quarter, Self::Year, Self::Unlimited];

    /// Returns the number of days; `None` without a limit.
    pub const fn days(self) -> Option<i32> {
        match self {
            Self::Quarter => Some(90),
            Self::Year => Some(365),
            Self::Unlimited => None,
        }
    }

    /// Returns the value of the form control.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Quarter => "90",
            Self::Year => "365",
            Self::Unlimited => "never",
        }
    }

    /// Returns the display name.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Quarter => "90 days",
            Self::Year => "1 year",
            Self::Unlimited => "No expiry",
        }
    }

    /// Parses the value of the form control. Returns `None` if it is unknown.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|life| life.as_str() == word)
    }
}

/// Values of the form that creates a key. An unchecked scope is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct KeyInput {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// `on` for the scope `events:write`.
    #[serde(default)]
    pub events_write: String,
    /// `on` for the scope `read`.
    #[serde(default)]
    pub read: String,
    /// Validity period, as in [`KeyLife::as_str`].
    #[serde(default)]
    pub life: String,
    /// Password of the person who creates it.
    #[serde(default)]
    pub password: String,
}

/// A key to create.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyDraft {
    /// Name.
    pub name: Line,
    /// Scopes, at least one.
    pub scopes: Vec<Scope>,
    /// Validity period.
    pub life: KeyLife,
}

impl KeyInput {
    /// Parses the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with all invalid fields.
    pub fn parse(&self) -> Result<KeyDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let name = errors.take("name", Line::parse("a name", &self.name, 80));
        let checked = [(Scope::EventsWrite, &self.events_write), (Scope::Read, &self.read)];
        let scopes: Vec<Scope> =
            checked.into_iter().filter(|(_, value)| value.as_str() == "on").map(|(scope, _)| scope).collect();
        let scopes =
            errors.take("scopes", if scopes.is_empty() { Err("Choose at least one scope.") } else { Ok(scopes) });
        let life = errors.take("life", KeyLife::from_word(&self.life).ok_or("Choose when it expires."));
        match (name, scopes, life) {
            (Some(name), Some(scopes), Some(life)) => Ok(KeyDraft { name, scopes, life }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_and_lifetimes_parse_only_from_their_names() {
        for scope in Scope::ALL {
            assert_eq!(Scope::from_word(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::from_word("write"), None);
        for life in KeyLife::ALL {
            assert_eq!(KeyLife::from_word(life.as_str()), Some(life));
        }
        assert_eq!(KeyLife::from_word(""), None);
    }

    #[test]
    fn no_scope_admits_more_than_reading_and_recording_usage() {
        let all = capabilities(&Scope::ALL);
        for capability in Capability::ALL {
            let admitted = matches!(capability, Capability::ReadShared | Capability::ReadAll | Capability::RecordUsage);
            assert_eq!(all.has(capability), admitted, "{capability:?}");
        }
        assert!(!capabilities(&[Scope::EventsWrite]).has(Capability::ReadShared));
        assert!(!capabilities(&[Scope::Read]).has(Capability::RecordUsage));
    }

    #[test]
    fn a_key_without_a_scope_is_not_created() {
        let input = KeyInput { name: "Meter".to_owned(), life: "365".to_owned(), ..KeyInput::default() };
        assert!(input.parse().is_err());
        let input = KeyInput { read: "on".to_owned(), ..input };
        assert_eq!(input.parse().expect("valid").scopes, [Scope::Read]);
    }
}
