//! Table of the pages: title, section and required capability of each.

use super::Page;
use model::{Capability, capability::CapabilitySet, list::Noun};

/// Row of the table of pages.
struct Row {
    title: &'static str,
    /// Section that the page belongs to.
    noun: Option<Noun>,
    /// Capability that is required to open the page.
    requires: Capability,
    is_form: bool,
    /// `true` if every workspace has the page, so that a switch keeps it.
    carries: bool,
}

impl Row {
    /// Row of a page outside of the sections.
    const fn page(title: &'static str, requires: Capability) -> Self {
        Self { title, noun: None, requires, is_form: false, carries: false }
    }

    /// Row of a section's list and of its records.
    const fn list(noun: Noun) -> Self {
        let requires = match noun {
            Noun::Products | Noun::RatePlans => Capability::ReadAll,
            Noun::Customers | Noun::Usage | Noun::Invoices => Capability::ReadShared,
        };
        Self { title: noun.title(), noun: Some(noun), requires, is_form: false, carries: false }
    }

    /// Row of a form for the records of a section.
    const fn form(title: &'static str, noun: Noun) -> Self {
        Self { title, noun: Some(noun), requires: Capability::EditContent, is_form: true, carries: false }
    }
}

impl Page {
    /// Returns the page's row of the table.
    const fn row(&self) -> Row {
        match self {
            Self::Overview => Row { carries: true, ..Row::page("Overview", Capability::ReadAll) },
            Self::List(query) => Row::list(query.noun),
            Self::Product(_) => Row::list(Noun::Products),
            Self::NewProduct => Row { carries: true, ..Row::form("New product", Noun::Products) },
            Self::EditProduct(_) => Row::form("Edit product", Noun::Products),
            Self::NewMeter(_) => Row::form("New meter", Noun::Products),
            Self::EditMeter(..) => Row::form("Edit meter", Noun::Products),
            Self::RatePlan(_) | Self::RatePlanVersion(..) | Self::RatePlanPrice(..) => Row::list(Noun::RatePlans),
            Self::NewRatePlan => Row { carries: true, ..Row::form("New rate plan", Noun::RatePlans) },
            Self::EditRatePlan(_) => Row::form("Edit rate plan", Noun::RatePlans),
            Self::EditDraft(_) => Row::form("Edit draft", Noun::RatePlans),
            Self::PublishDraft(_) => Row::form("Publish", Noun::RatePlans),
            Self::Customer(_) => Row::list(Noun::Customers),
            Self::NewCustomer => Row { carries: true, ..Row::form("New customer", Noun::Customers) },
            Self::EditCustomer(_) => Row::form("Edit customer", Noun::Customers),
            Self::Imports => Row { carries: true, is_form: false, ..Row::form("Import usage", Noun::Usage) },
            Self::Import(_) => Row { is_form: false, ..Row::form("Import", Noun::Usage) },
            Self::ImportMapping(_) => Row::form("Columns of an import", Noun::Usage),
            Self::NewContact(_) => Row::form("New contact", Noun::Customers),
            Self::EditContact(..) => Row::form("Edit contact", Noun::Customers),
            Self::NewSubscription(..) => Row::form("New subscription", Noun::Customers),
            Self::AdjustUsage(_) => Row::form("Adjust usage", Noun::Customers),
            Self::Subscription(_) => Row::list(Noun::Customers),
            Self::ChangeSubscription(..) => Row::form("Change subscription", Noun::Customers),
            Self::MoveVersion(..) => Row::form("Move subscriptions", Noun::RatePlans),
            Self::NewCustomerOf(_) => Row::form("New customer", Noun::Customers),
            Self::Usage(_) => Row { carries: true, ..Row::list(Noun::Usage) },
            Self::Events(_) => Row { title: "Events", carries: true, ..Row::list(Noun::Usage) },
            Self::Event(_) => Row::list(Noun::Usage),
            Self::Invoice(_) => Row::list(Noun::Invoices),
            // Settings open for every member; a page that a role may not use shows the reason.
            Self::Settings(page) => Row::page(page.title(), Capability::ReadShared),
            // Every member may learn that the page does not exist.
            Self::Unknown(_) => Row::page("Not found", Capability::ReadShared),
        }
    }

    /// Returns the section of the page, or `None` for the overview, the settings and unknown pages.
    pub const fn noun(&self) -> Option<Noun> {
        self.row().noun
    }

    /// Returns `true` if the page is a form, whose data is never cached.
    pub const fn is_form(&self) -> bool {
        self.row().is_form
    }

    /// Returns the title of the page in the browser tab.
    pub const fn title(&self) -> &'static str {
        self.row().title
    }

    /// Returns the title with the page's record and section: `Alder & Finch · Customers`.
    pub fn title_of(&self, record: Option<&str>) -> String {
        match (record, self.noun()) {
            (Some(record), Some(noun)) if self.is_form() => format!("Edit {record} · {}", noun.title()),
            (Some(record), Some(noun)) => format!("{record} · {}", noun.title()),
            _ => self.title().to_owned(),
        }
    }

    /// Returns the name of the icon of the page's section.
    pub const fn icon(&self) -> &'static str {
        match (self.noun(), self) {
            (Some(noun), _) => noun.path(),
            (None, Self::Settings(_)) => "settings",
            (None, _) => "overview",
        }
    }

    /// Returns the capability that is required to open the page.
    pub const fn requires(&self) -> Capability {
        self.row().requires
    }

    /// Returns the page to open when a person switches from this page to a workspace where they have the capabilities
    /// `may`: the same page, else the same section, else the first page that is allowed. Input and state of the old
    /// workspace (search, position in the list, ids) are not carried over.
    #[must_use]
    pub fn in_another_workspace(&self, may: CapabilitySet) -> Self {
        let section = self.noun().map(Self::list);
        let same = match self {
            Self::Settings(page) if may.has(page.requires()) => Some(self.key()),
            page if page.row().carries => Some(page.key()),
            _ => None,
        };
        let candidates = [same, section, Some(Self::Overview), Some(Self::list(Noun::Customers))];
        candidates.into_iter().flatten().find(|page| may.has(page.requires())).unwrap_or(Self::Overview)
    }
}
