//! What the palette can do, and which of it matches. Pure, but for running a command.

use crate::{
    boot::Theme,
    console::ShellInfo,
    routes::{Page, Route, SettingsPage, section_requires},
    session::Session,
};
use model::{Capability, Slug, finder, list::Noun, picker::Picker};

/// Most workspaces listed at once; typing narrows.
const WORKSPACES: usize = 50;

/// The palette's sections, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Other workspaces.
    Workspaces,
    /// Pages of this one.
    GoTo,
    /// Things to do.
    Actions,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Workspaces, Self::GoTo, Self::Actions];

    /// For an element's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Workspaces => "workspaces",
            Self::GoTo => "go-to",
            Self::Actions => "actions",
        }
    }

    /// What stands above it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Workspaces => "Workspaces",
            Self::GoTo => "Go to",
            Self::Actions => "Actions",
        }
    }
}

/// A workspace's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// Its address.
    pub slug: Slug,
    /// Its name.
    pub name: String,
    /// Its organization.
    pub organization: String,
    /// The person's role.
    pub role: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Switch(WorkspaceRow, String),
    Open(String),
    Theme(Theme),
    SignOut,
}

/// One row of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Where it stands.
    pub section: Section,
    /// What it is called.
    pub label: String,
    /// Which letters of the label matched.
    pub letters: Vec<u32>,
    /// Its icon, unless it is a workspace.
    pub icon: &'static str,
    deed: Deed,
}

impl Command {
    fn new(section: Section, icon: &'static str, label: &str, deed: Deed) -> Self {
        Self { section, label: label.to_owned(), letters: Vec::new(), icon, deed }
    }

    /// The workspace that it switches to.
    pub const fn workspace(&self) -> Option<&WorkspaceRow> {
        match &self.deed {
            Deed::Switch(row, _) => Some(row),
            _ => None,
        }
    }

    /// That workspace's slug.
    pub fn slug(&self) -> Option<&Slug> {
        self.workspace().map(|w| &w.slug)
    }

    /// Its address, if it has one: then it is a link like any other.
    pub fn url(&self) -> Option<String> {
        match &self.deed {
            Deed::Switch(_, url) | Deed::Open(url) => Some(url.clone()),
            Deed::Theme(_) | Deed::SignOut => None,
        }
    }

    /// Does what is not a link; `false` for links, which the navigator follows.
    pub fn run(&self, session: Session) -> bool {
        match &self.deed {
            Deed::Switch(..) | Deed::Open(_) => false,
            Deed::Theme(theme) => {
                session.choose_theme(*theme);
                true
            }
            Deed::SignOut => {
                session.sign_out();
                true
            }
        }
    }

    fn texts(&self) -> Vec<&str> {
        match &self.deed {
            Deed::Switch(row, _) => vec![&self.label, row.slug.as_str(), &row.organization, "switch"],
            _ => vec![&self.label],
        }
    }
}

/// The commands that `query` finds, by section: workspaces (the one on screen left out, the most recent first), the
/// pages of this one, and what the seat allows to do.
pub fn gather(query: &str, picker: Option<&Picker>, here: Option<&ShellInfo>, page: &Page) -> Vec<Command> {
    let mut all = Vec::new();
    if let Some(picker) = picker {
        let mut rows: Vec<_> = picker.rows().filter(|(_, w)| here.is_none_or(|h| h.slug != w.slug)).collect();
        rows.sort_by_key(|(_, w)| std::cmp::Reverse(w.opened));
        all.extend(rows.into_iter().map(|(organization, workspace)| {
            let url = page.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug);
            let row = WorkspaceRow {
                slug: workspace.slug.clone(),
                name: workspace.name.clone(),
                organization: organization.name.clone(),
                role: workspace.seat.role().label(),
            };
            Command::new(Section::Workspaces, "switch", &workspace.name, Deed::Switch(row, url))
        }));
    }
    if let Some(here) = here {
        let open = |page: Page| Deed::Open(page.url(&here.slug));
        if here.may.has(Capability::ReadAll) {
            all.push(Command::new(Section::GoTo, "overview", "Overview", open(Page::Overview)));
        }
        let sections = Noun::ALL.into_iter().filter(|noun| here.may.has(section_requires(*noun)));
        all.extend(sections.map(|n| Command::new(Section::GoTo, n.path(), n.title(), open(Page::list(n)))));
        let settings = SettingsPage::all().into_iter().filter(|page| here.may.has(page.requires()));
        all.extend(settings.map(|page| {
            let label = format!("Settings: {}", page.title());
            Command::new(Section::GoTo, page.icon(), &label, open(Page::Settings(page)))
        }));
        if here.may.has(Capability::EditContent) {
            all.push(Command::new(Section::Actions, "plus", "New customer", open(Page::NewCustomer)));
            all.push(Command::new(Section::Actions, "plus", "New product", open(Page::NewProduct)));
        }
    }
    all.push(Command::new(Section::GoTo, "switch", "All workspaces", Deed::Open(Route::home().url())));
    all.push(Command::new(Section::GoTo, "key", "Tokens", Deed::Open(Route::Tokens.url())));
    all.push(Command::new(Section::GoTo, "monitor", "Sessions", Deed::Open(Route::Sessions.url())));
    if picker.is_some_and(Picker::manages_one) {
        let deed = Deed::Open(Route::NewWorkspace.url());
        all.push(Command::new(Section::Actions, "plus", "New workspace", deed));
    }
    for (theme, icon, label) in [
        (Theme::Light, "sun", "Use the light theme"),
        (Theme::Dark, "moon", "Use the dark theme"),
        (Theme::System, "monitor", "Use the device’s theme"),
    ] {
        all.push(Command::new(Section::Actions, icon, label, Deed::Theme(theme)));
    }
    all.push(Command::new(Section::Actions, "sign-out", "Sign out", Deed::SignOut));
    let found = finder::find(query, all.iter().map(Command::texts));
    let mut commands: Vec<Command> = Vec::with_capacity(found.len().min(80));
    for section in Section::ALL {
        let of_section = found.iter().filter(|f| all.get(f.index).is_some_and(|c| c.section == section));
        let most = if section == Section::Workspaces { WORKSPACES } else { usize::MAX };
        commands.extend(
            of_section
                .take(most)
                .filter_map(|f| Some(Command { letters: f.letters.clone(), ..all.get(f.index)?.clone() })),
        );
    }
    commands
}
