//! The pages under `/{slug}/settings/`.

use model::{Capability, Slug, audit::AuditQuery, capability::CapabilitySet};

/// A page of the workspace's settings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SettingsPage {
    /// `/settings/general`, and `/settings` itself.
    General,
    /// `/settings/branding`.
    Branding,
    /// `/settings/members`.
    Members,
    /// `/settings/security`.
    Security,
    /// `/settings/audit`.
    Audit(AuditQuery),
    /// `/settings/danger`.
    Danger,
}

impl SettingsPage {
    /// All of them, in the order of the navigation.
    pub fn all() -> [Self; 6] {
        [Self::General, Self::Branding, Self::Members, Self::Security, Self::Audit(AuditQuery::default()), Self::Danger]
    }

    /// The first section that a role allows, which links to the settings lead to.
    pub fn first(may: CapabilitySet) -> Self {
        Self::all().into_iter().find(|page| may.has(page.requires())).unwrap_or(Self::Members)
    }

    /// Reads what stands behind `/settings/`.
    pub(super) fn parse(name: &str, pairs: &[(String, String)]) -> Option<Self> {
        Some(match name {
            "" | "general" => Self::General,
            "branding" => Self::Branding,
            "members" => Self::Members,
            "security" => Self::Security,
            "audit" => Self::Audit(AuditQuery::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))),
            "danger" => Self::Danger,
            _ => return None,
        })
    }

    /// Its path segment.
    pub const fn path(&self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Branding => "branding",
            Self::Members => "members",
            Self::Security => "security",
            Self::Audit(_) => "audit",
            Self::Danger => "danger",
        }
    }

    pub(super) fn url(&self, slug: &Slug) -> String {
        let path = format!("/{slug}/settings/{}", self.path());
        match self {
            Self::Audit(query) => match serde_urlencoded::to_string(query.pairs()) {
                Ok(pairs) if !pairs.is_empty() => format!("{path}?{pairs}"),
                _ => path,
            },
            _ => path,
        }
    }

    /// Its title.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Branding => "Branding",
            Self::Members => "Members",
            Self::Security => "Security",
            Self::Audit(_) => "Audit log",
            Self::Danger => "Danger zone",
        }
    }

    /// Its icon.
    pub const fn icon(&self) -> &'static str {
        match self {
            Self::General => "settings",
            Self::Branding => "palette",
            Self::Members => "customers",
            Self::Security => "key",
            Self::Audit(_) => "clock",
            Self::Danger => "alert",
        }
    }

    /// What a seat must allow for it to show more than why it doesn't. What a single button needs, its function asks for.
    pub const fn requires(&self) -> Capability {
        match self {
            // Everybody may see who works here, and leave.
            Self::Members => Capability::ReadShared,
            Self::General | Self::Branding | Self::Security | Self::Audit(_) | Self::Danger => {
                Capability::ManageSettings
            }
        }
    }

    /// The page without its query.
    #[must_use]
    pub fn key(&self) -> Self {
        match self {
            Self::Audit(_) => Self::Audit(AuditQuery::default()),
            page => page.clone(),
        }
    }
}
