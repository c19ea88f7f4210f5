//! What the palette can do, and which of it matches. Pure, but for running a command.

use crate::{
    boot::Theme,
    browser,
    console::ShellInfo,
    routes::{Page, Route, SettingsPage, section_requires},
    session::Session,
    ui::Toast,
};
use model::{Capability, Slug, finder, list::Noun, picker::Picker};

/// Most workspaces listed at once; typing narrows.
const WORKSPACES: usize = 50;
/// How many workspaces stand under "Recent" while nothing is typed.
const RECENT: usize = 4;

/// The keys that work everywhere, for the section of help.
const SHORTCUTS: [(&str, &str); 7] = [
    ("Open or close the palette", "Ctrl K"),
    ("Only workspaces", "@"),
    ("Only actions", ">"),
    ("Open in a new tab", "Ctrl ↵"),
    ("First nine workspaces, in the switcher and on the picker", "1 – 9"),
    ("Search on a list or on the picker", "/"),
    ("Close what is open", "Esc"),
];

/// The palette's sections, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Other workspaces that are pinned.
    Pinned,
    /// Other workspaces, entered last.
    Recent,
    /// Other workspaces.
    Workspaces,
    /// Pages of this one.
    GoTo,
    /// Things to do.
    Actions,
    /// Settings of the workspace and of the person.
    Settings,
    /// The keys.
    Help,
}

impl Section {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Pinned, Self::Recent, Self::Workspaces, Self::GoTo, Self::Actions, Self::Settings, Self::Help];

    /// For an element's id.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Recent => "recent",
            Self::Workspaces => "workspaces",
            Self::GoTo => "go-to",
            Self::Actions => "actions",
            Self::Settings => "settings",
            Self::Help => "help",
        }
    }

    /// What stands above it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pinned => "Pinned",
            Self::Recent => "Recent",
            Self::Workspaces => "Workspaces",
            Self::GoTo => "Go to",
            Self::Actions => "Actions",
            Self::Settings => "Settings",
            Self::Help => "Help: the keys",
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
    /// Addresses that it had before.
    pub former: Vec<Slug>,
    /// The person's role.
    pub role: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Deed {
    Switch(WorkspaceRow, String),
    Open(String),
    Theme(Theme),
    CopyLink,
    SignOut,
    /// Says which keys do it.
    Keys(&'static str),
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
            Deed::Theme(_) | Deed::CopyLink | Deed::SignOut | Deed::Keys(_) => None,
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
            Deed::CopyLink => {
                browser::copy_address();
                session.toast(Toast::done("The link to this page is copied."));
                true
            }
            Deed::SignOut => {
                session.sign_out();
                true
            }
            Deed::Keys(_) => true,
        }
    }

    /// The keys that it tells of.
    pub const fn keys(&self) -> Option<&'static str> {
        match self.deed {
            Deed::Keys(keys) => Some(keys),
            _ => None,
        }
    }

    fn texts(&self) -> Vec<&str> {
        match &self.deed {
            Deed::Switch(row, _) => {
                let mut texts = vec![self.label.as_str(), row.slug.as_str(), &row.organization, "switch"];
                texts.extend(row.former.iter().map(Slug::as_str));
                texts
            }
            Deed::Keys(_) => vec![&self.label, "help keys shortcuts"],
            _ => vec![&self.label],
        }
    }
}

/// What a query asks for: all, after `@` only workspaces, after `>` only what can be done.
fn asked(query: &str) -> (&str, fn(Section) -> bool) {
    let query = query.trim_start();
    match (query.strip_prefix('@'), query.strip_prefix('>')) {
        (Some(rest), _) => (rest, |section| matches!(section, Section::Pinned | Section::Recent | Section::Workspaces)),
        (_, Some(rest)) => (rest, |section| section == Section::Actions),
        _ => (query, |_| true),
    }
}

/// The commands that `query` finds, by section: workspaces (the one on screen left out, in the person's order), the
/// pages of this one, what the seat allows to do, settings, and the keys.
pub fn gather(query: &str, picker: Option<&Picker>, here: Option<&ShellInfo>, page: &Page) -> Vec<Command> {
    let (query, listed) = asked(query);
    let idle = query.trim().is_empty();
    let mut all = Vec::new();
    if let Some(picker) = picker.filter(|_| listed(Section::Workspaces)) {
        let rows = picker.ordered().into_iter().filter(|(_, w)| here.is_none_or(|h| h.slug != w.slug));
        let recents: Vec<_> = picker.recent(here.map(|h| &h.slug), RECENT).iter().map(|(_, w)| w.id).collect();
        all.extend(rows.map(|(organization, workspace)| {
            let url = page.in_another_workspace(workspace.seat.capabilities()).url(&workspace.slug);
            let row = WorkspaceRow {
                slug: workspace.slug.clone(),
                name: workspace.name.clone(),
                organization: organization.name.clone(),
                former: workspace.former.clone(),
                role: workspace.seat.role().label(),
            };
            let section = match workspace {
                _ if !idle => Section::Workspaces,
                w if w.pinned => Section::Pinned,
                w if recents.contains(&w.id) => Section::Recent,
                _ => Section::Workspaces,
            };
            Command::new(section, "switch", &workspace.name, Deed::Switch(row, url))
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
            Command::new(Section::Settings, page.icon(), &label, open(Page::Settings(page)))
        }));
        if here.may.has(Capability::EditContent) {
            all.push(Command::new(Section::Actions, "plus", "New customer", open(Page::NewCustomer)));
            all.push(Command::new(Section::Actions, "plus", "New product", open(Page::NewProduct)));
        }
        if here.may.has(Capability::ManageMembers) {
            let invite = open(Page::Settings(SettingsPage::Members));
            all.push(Command::new(Section::Actions, "plus", "Invite people", invite));
        }
        all.push(Command::new(Section::Actions, "copy", "Copy the link to this page", Deed::CopyLink));
    }
    all.push(Command::new(Section::GoTo, "switch", "All workspaces", Deed::Open(Route::home().url())));
    all.push(Command::new(Section::Settings, "key", "Tokens", Deed::Open(Route::Tokens.url())));
    all.push(Command::new(Section::Settings, "monitor", "Sessions", Deed::Open(Route::Sessions.url())));
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
    all.extend(SHORTCUTS.map(|(label, keys)| Command::new(Section::Help, "key", label, Deed::Keys(keys))));
    all.retain(|command| listed(command.section));
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
