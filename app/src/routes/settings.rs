//! Pages under `/{slug}/settings/`.

use model::{Capability, audit::AuditQuery, capability::CapabilitySet, id::WebhookId};
use std::borrow::Cow;

/// Page of the workspace settings.
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
    /// `/settings/invoicing`.
    Invoicing,
    /// `/settings/keys`.
    Keys,
    /// `/settings/webhooks`.
    Webhooks,
    /// `/settings/webhooks/{id}`.
    Webhook(WebhookId),
    /// `/settings/audit`.
    Audit(AuditQuery),
    /// `/settings/danger`.
    Danger,
}

impl SettingsPage {
    /// Returns the pages of the navigation, in its order.
    pub fn all() -> [Self; 9] {
        [
            Self::General,
            Self::Branding,
            Self::Members,
            Self::Security,
            Self::Invoicing,
            Self::Keys,
            Self::Webhooks,
            Self::Audit(AuditQuery::default()),
            Self::Danger,
        ]
    }

    /// Returns the first page that the capabilities allow, to which links to the settings lead.
    pub fn first(may: CapabilitySet) -> Self {
        Self::all().into_iter().find(|page| may.has(page.requires())).unwrap_or(Self::Members)
    }

    /// Parses the path below `/settings/`.
    pub(super) fn parse(name: &str, pairs: &[(String, String)]) -> Option<Self> {
        Some(match name {
            "" | "general" => Self::General,
            "branding" => Self::Branding,
            "members" => Self::Members,
            "security" => Self::Security,
            "invoicing" => Self::Invoicing,
            "keys" => Self::Keys,
            "webhooks" => Self::Webhooks,
            "audit" => Self::Audit(AuditQuery::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))),
            "danger" => Self::Danger,
            _ => return None,
        })
    }

    /// Parses the path of a record below `/settings/{name}/`.
    pub(super) fn record(name: &str, id: &str) -> Option<Self> {
        match name {
            "webhooks" => id.parse().ok().map(Self::Webhook),
            _ => None,
        }
    }

    /// Returns the page of the navigation that the page belongs to.
    #[must_use]
    pub fn section(&self) -> Self {
        match self {
            Self::Webhook(_) => Self::Webhooks,
            page => page.key(),
        }
    }

    /// Returns the path below `/settings/`.
    pub fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Webhook(id) => return Cow::Owned(format!("webhooks/{id}")),
            Self::General => "general",
            Self::Branding => "branding",
            Self::Members => "members",
            Self::Security => "security",
            Self::Invoicing => "invoicing",
            Self::Keys => "keys",
            Self::Webhooks => "webhooks",
            Self::Audit(_) => "audit",
            Self::Danger => "danger",
        })
    }

    /// Returns the parameters of the query string.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Audit(query) => query.pairs(),
            _ => Vec::new(),
        }
    }

    /// Returns the title.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Branding => "Branding",
            Self::Members => "Members",
            Self::Security => "Security",
            Self::Invoicing => "Invoicing",
            Self::Keys => "API keys",
            Self::Webhooks => "Webhooks",
            Self::Webhook(_) => "Webhook",
            Self::Audit(_) => "Audit log",
            Self::Danger => "Danger zone",
        }
    }

    /// Returns the icon name.
    pub const fn icon(&self) -> &'static str {
        match self {
            Self::General => "settings",
            Self::Branding => "palette",
            Self::Members => "customers",
            Self::Security => "shield",
            Self::Invoicing => "invoices",
            Self::Keys => "key",
            Self::Webhooks | Self::Webhook(_) => "arrow-up-right",
            Self::Audit(_) => "clock",
            Self::Danger => "alert",
        }
    }

    /// Returns the capability that is required to use the page. Without it the page only shows the reason. Individual
    /// actions are checked by their server functions.
    pub const fn requires(&self) -> Capability {
        match self {
            // Every member may see the other members, and leave.
            Self::Members => Capability::ReadShared,
            Self::Invoicing => Capability::ManageInvoices,
            Self::General
            | Self::Branding
            | Self::Security
            | Self::Keys
            | Self::Webhooks
            | Self::Webhook(_)
            | Self::Audit(_)
            | Self::Danger => Capability::ManageSettings,
        }
    }

    /// Returns the page without its query.
    #[must_use]
    pub fn key(&self) -> Self {
        match self {
            Self::Audit(_) => Self::Audit(AuditQuery::default()),
            page => page.clone(),
        }
    }
}
