//! The general settings of a workspace, its deletion, and creating one.

use crate::{
    field::FieldErrors,
    id::OrganizationId,
    moment::Moment,
    slug::Slug,
    text::{Line, paragraphs},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// For how long a deleted workspace can be restored.
pub const RESTORE_FOR: Duration = Duration::days(14);

/// The page of the general settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneralSettings {
    /// What stands in the form.
    pub input: GeneralInput,
    /// The time zones to choose from, by name.
    pub zones: Vec<String>,
    /// Addresses that the workspace had before, the latest first.
    pub old: Vec<OldSlug>,
}

/// The page of what the workspace demands of whoever enters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SecuritySettings {
    /// Entering asks for a second factor.
    pub demands_factor: bool,
    /// Who looks at it has proven one in this session, and so would not be locked out.
    pub proven: bool,
}

/// An address that a workspace had before. It leads to the present one, for members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSlug {
    /// The address.
    pub slug: Slug,
    /// Until when it was in use.
    pub retired_at: Option<Moment>,
    /// When somebody last came by it since.
    pub last_used_at: Option<Moment>,
}

/// General settings as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct GeneralInput {
    /// Control `name`.
    pub name: String,
    /// Control `slug`.
    pub slug: String,
    /// Control `description`.
    pub description: String,
    /// Control `time_zone`.
    pub time_zone: String,
}

/// General settings that may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// The address.
    pub slug: Slug,
    /// At most 500 characters.
    pub description: String,
    /// A name of the time zone database; which ones there are, the database knows.
    pub time_zone: String,
}

impl GeneralInput {
    /// Parses the form.
    ///
    /// # Errors
    /// All fields that can't stand as typed.
    pub fn parse(&self) -> Result<GeneralDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let parsed = (
            errors.take("name", workspace_name(&self.name)),
            errors.take("slug", Slug::parse(self.slug.trim())),
            errors.take("description", paragraphs("the description", &self.description, 500)),
            errors.take("time_zone", Line::parse("a time zone", &self.time_zone, 64).map(String::from)),
        );
        match parsed {
            (Some(name), Some(slug), Some(description), Some(time_zone)) => {
                Ok(GeneralDraft { name, slug, description, time_zone })
            }
            _ => Err(errors),
        }
    }
}

/// A workspace's name: one line of 1 to 80 characters.
///
/// # Errors
/// A sentence for the field.
pub fn workspace_name(text: &str) -> Result<Line, String> {
    Line::parse("a name", text, 80)
}

/// What deleting a workspace would take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// People with a direct seat.
    pub people: i64,
    /// Products.
    pub products: i64,
    /// Customers.
    pub customers: i64,
    /// Invoices.
    pub invoices: i64,
}

/// A workspace that was deleted and that the person can restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedWorkspace {
    /// Its address, which it keeps.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// Its organization's name.
    pub organization: String,
    /// When it was deleted.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub deleted_at: OffsetDateTime,
}

impl DeletedWorkspace {
    /// Until when it can be restored.
    pub fn until(&self) -> OffsetDateTime {
        self.deleted_at + RESTORE_FOR
    }
}

/// A new workspace as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewWorkspaceInput {
    /// Control `name`.
    pub name: String,
    /// Control `slug`.
    pub slug: String,
    /// Control `organization`: an id.
    pub organization: String,
}

/// A workspace that may be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspaceDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// The address.
    pub slug: Slug,
    /// Who owns it; the door decides whether the person manages it.
    pub organization: OrganizationId,
}

impl NewWorkspaceInput {
    /// Parses the form.
    ///
    /// # Errors
    /// All fields that can't stand as typed.
    pub fn parse(&self) -> Result<NewWorkspaceDraft, FieldErrors> {
        let mut errors = FieldErrors::default();
        let parsed = (
            errors.take("name", workspace_name(&self.name)),
            errors.take("slug", Slug::parse(self.slug.trim())),
            errors.take("organization", self.organization.parse().map_err(|_| "Choose an organization.")),
        );
        match parsed {
            (Some(name), Some(slug), Some(organization)) => Ok(NewWorkspaceDraft { name, slug, organization }),
            _ => Err(errors),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_form_names_every_bad_field_at_once() {
        let input = GeneralInput {
            name: "a\nb".into(),
            slug: "No".into(),
            description: "x".repeat(501),
            time_zone: " ".into(),
        };
        let errors = input.parse().err().unwrap_or_default();
        for field in ["name", "slug", "description", "time_zone"] {
            assert!(errors.of(field).is_some(), "{field} was let through");
        }
        assert!(NewWorkspaceInput::default().parse().is_err_and(|e| e.0.len() == 3));
    }
}
