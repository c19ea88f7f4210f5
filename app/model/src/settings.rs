//! General settings of a workspace, its deletion, and creation of a workspace.

use crate::{
    field::FieldErrors,
    id::OrganizationId,
    moment::Moment,
    slug::Slug,
    text::{Line, paragraphs},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// Time for which a deleted workspace can be restored.
pub const RESTORE_FOR: Duration = Duration::days(14);

/// Data of the general settings page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeneralSettings {
    /// Current values of the form.
    pub input: GeneralInput,
    /// Selectable time zones, sorted by name.
    pub zones: Vec<String>,
    /// Former slugs of the workspace, most recently retired first.
    pub old: Vec<OldSlug>,
}

/// Data of the security settings page of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SecuritySettings {
    /// `true` if the workspace requires two-factor authentication.
    pub demands_factor: bool,
    /// `true` if the current user has verified a second factor in this session. They would keep access if the workspace
    /// required it.
    pub proven: bool,
}

/// A former slug of a workspace. It redirects members to the current slug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OldSlug {
    /// The former slug.
    pub slug: Slug,
    /// Time at which it was replaced.
    pub retired_at: Option<Moment>,
    /// Time of the last visit by this slug since then, if any.
    pub last_used_at: Option<Moment>,
}

/// Unvalidated form data of the general settings.
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

/// Validated form data of the general settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneralDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// URL slug.
    pub slug: Slug,
    /// At most 500 characters.
    pub description: String,
    /// Name in the time zone database. The database server checks that it exists.
    pub time_zone: String,
}

impl GeneralInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
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

/// Validates a workspace name: one line of 1 to 80 characters.
///
/// # Errors
/// An error message for the field if the name is empty, too long or has invalid characters.
pub fn workspace_name(text: &str) -> Result<Line, String> {
    Line::parse("a name", text, 80)
}

/// Number of records that deleting a workspace would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// Number of users with a direct seat.
    pub people: i64,
    /// Number of products.
    pub products: i64,
    /// Number of customers.
    pub customers: i64,
    /// Number of invoices.
    pub invoices: i64,
}

/// A deleted workspace that the user can restore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedWorkspace {
    /// URL slug, which stays reserved for the workspace.
    pub slug: Slug,
    /// Workspace name.
    pub name: String,
    /// Name of its organization.
    pub organization: String,
    /// Time of deletion.
    #[serde(with = "time::serde::timestamp::milliseconds")]
    pub deleted_at: OffsetDateTime,
}

impl DeletedWorkspace {
    /// Returns the time until which the workspace can be restored.
    pub fn until(&self) -> OffsetDateTime {
        self.deleted_at + RESTORE_FOR
    }
}

/// Unvalidated form data of a new workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewWorkspaceInput {
    /// Control `name`.
    pub name: String,
    /// Control `slug`.
    pub slug: String,
    /// Control `organization`: an ID.
    pub organization: String,
}

/// Validated form data of a new workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWorkspaceDraft {
    /// 1 to 80 characters.
    pub name: Line,
    /// URL slug.
    pub slug: Slug,
    /// ID of the owning organization. The door (the authorization check of `store`) verifies that the user manages it.
    pub organization: OrganizationId,
}

impl NewWorkspaceInput {
    /// Validates the form.
    ///
    /// # Errors
    /// [`FieldErrors`] with an error for each invalid field.
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
    fn parse_reports_every_invalid_field() {
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
