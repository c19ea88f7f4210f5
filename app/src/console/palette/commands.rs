//! Commands of the palette, and matching of queries. Free of side effects except for running a command.

use crate::{
    boot::Theme,
    browser,
    console::ShellInfo,
    routes::{Page, Route, SettingsPage},
    session::Session,
};
use model::{
    Capability, Slug,
    finder::Query,
    list::Noun,
    picker::{Picker, PickerOrganization, PickerWorkspace},
    usage::EventQuery,
};

/// Number of workspaces listed under "Recent" while the query is empty.
const RECENT: usize = 4;

/// Prefix of a query that lists the keyboard shortcuts.
pub const KEYS: char = '?';

/// Sections of the palette, in display order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Pinned workspaces, except the current one.
    Pinned,
    /// Recently entered workspaces, except the current one.
    Recent,
    /// All other workspaces.
    Workspaces,
    /// Pages of the current workspace.
    GoTo,
    /// Actions.
    Actions,
    /// Settings of the workspace and of the user.
    Settings,
}

impl Section {
    /// Returns the section's heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Pinned => "Pinned",
            Self::Recent => "Recent",
            Self::Workspaces => "Workspaces",
            Self::GoTo => "Go to",
            Self::Actions => "Actions",
            Self::Settings => "Settings",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    Open(String),
    Theme(Theme),
    CopyLink,
    ClearRecents,
    SignOut,
    /// Lists the keyboard shortcuts in the palette.
    Keys,
}

/// Entry of the palette that is not a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Section that lists the command.
    pub section: Section,
    /// Label of the command.
    pub label: String,
    /// Name of its icon.
    pub icon: &'static str,
    /// `false` if the label has data of the workspace, which must not be kept on the device.
    pub is_counted: bool,
    action: Action,
}

impl Command {
    fn new(section: Section, icon: &'static str, label: &str, action: Action) -> Self {
        Self { section, label: label.to_owned(), icon, is_counted: true, action }
    }

    /// Returns the URL of a command that is a link, or `None` for an action.
    pub fn url(&self) -> Option<&str> {
        match &self.action {
            Action::Open(url) => Some(url),
            Action::Theme(_) | Action::CopyLink | Action::ClearRecents | Action::SignOut | Action::Keys => None,
        }
    }

    /// Runs an action. Returns `false` for links, which the navigator follows.
    pub fn run(&self, session: Session) -> bool {
        match &self.action {
            Action::Open(_) => return false,
            Action::Theme(theme) => session.choose_theme(*theme),
            Action::CopyLink => session.copy(browser::address(), "Link copied"),
            Action::ClearRecents => session.clear_recents(),
            Action::SignOut => session.sign_out(),
            // The palette handles it.
            Action::Keys => {}
        }
        true
    }

    /// Returns `true` if the command lists the keyboard shortcuts.
    pub const fn shows_keys(&self) -> bool {
        matches!(self.action, Action::Keys)
    }

    /// Returns the texts that queries are matched against.
    pub fn texts(&self) -> [&str; 2] {
        [&self.label, if self.shows_keys() { "help hotkeys" } else { "" }]
    }
}

/// Row of the user's workspace list.
pub type Row<'a> = (&'a PickerOrganization, &'a PickerWorkspace);

/// Returns the texts of a workspace that queries are matched against.
pub fn texts_of<'a>((organization, workspace): Row<'a>) -> impl Iterator<Item = &'a str> {
    workspace.texts(&organization.name).chain(["switch"])
}

/// Reference to a workspace or command by index. With ten thousand matches, a line stays as small as a number, and only
/// the visible lines are rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item {
    /// Workspace, by its index in [`Picker::rows`].
    Workspace(usize),
    /// Command, by its index.
    Command(usize),
}

/// Line of the palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Section that contains the line.
    pub section: Section,
    /// Item on the line.
    pub item: Item,
}

/// Returns `true` if the query asks for the keyboard shortcuts.
pub fn asks_for_keys(query: &str) -> bool {
    query.trim_start().starts_with(KEYS)
}

/// Parses the prefix of a query. Returns the rest and the filter for sections: `@` selects workspaces only, `>` selects
/// actions only.
fn asked(query: &str) -> (&str, fn(Section) -> bool) {
    let query = query.trim_start();
    match (query.strip_prefix('@'), query.strip_prefix('>')) {
        (Some(rest), _) => (rest, |section| matches!(section, Section::Pinned | Section::Recent | Section::Workspaces)),
        (_, Some(rest)) => (rest, |section| section == Section::Actions),
        _ => (query, |_| true),
    }
}

/// Parses the search terms of a query, without its prefix.
pub fn words(query: &str) -> Query {
    Query::parse(asked(query).0)
}

/// Returns the lines that match `query`, grouped by section: workspaces except the current one, pages of the current
/// one, actions that the seat allows, and settings. `order` contains the indices of the workspaces in the user's order.
pub fn lines(
    query: &str,
    picker: Option<&Picker>,
    order: &[usize],
    here: Option<&Slug>,
    commands: &[Command],
    bonus: impl Fn(&str) -> u32,
) -> Vec<Line> {
    if asks_for_keys(query) {
        return Vec::new();
    }
    let (typed, listed) = asked(query);
    let query = Query::parse(typed);
    let rows: Vec<Row> = picker.map(|picker| picker.rows().collect()).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(picker) = picker.filter(|_| listed(Section::Workspaces)) {
        let others = order.iter().copied().filter_map(|at| Some((at, *rows.get(at)?)));
        let others: Vec<(usize, Row)> = others.filter(|(_, (_, w))| here != Some(&w.slug)).collect();
        let line = |section, at| Line { section, item: Item::Workspace(at) };
        if query.is_empty() {
            let recent: Vec<_> = picker.recent(here, RECENT).iter().map(|(_, w)| w.id).collect();
            let of = |w: &PickerWorkspace| match w {
                w if w.pinned => Section::Pinned,
                w if recent.contains(&w.id) => Section::Recent,
                _ => Section::Workspaces,
            };
            found.extend(others.iter().map(|(at, (_, w))| line(of(w), *at)));
            found.sort_by_key(|line| line.section);
        } else {
            let used = |i: usize| others.get(i).map_or(0, |(_, (_, w))| bonus(w.slug.as_str()));
            let ranked = query.rank_with(others.iter().map(|(_, row)| texts_of(*row)), used);
            found.extend(ranked.into_iter().filter_map(|i| Some(line(Section::Workspaces, others.get(i)?.0))));
        }
    }
    let offered: Vec<_> = commands.iter().enumerate().filter(|(_, command)| listed(command.section)).collect();
    let used = |i: usize| offered.get(i).map_or(0, |(_, command)| bonus(&command.label));
    let ranked = query.rank_with(offered.iter().map(|(_, command)| command.texts()), used);
    let mut ranked: Vec<Line> = ranked
        .into_iter()
        .filter_map(|i| offered.get(i))
        .filter(|(_, command)| !is_scattered(&command.label, &query.letters(command.texts())))
        .map(|(at, command)| Line { section: command.section, item: Item::Command(*at) })
        .collect();
    ranked.sort_by_key(|line| line.section);
    found.extend(ranked);
    debug_assert!(found.is_sorted_by_key(|line| line.section), "the window counts headings by it");
    found
}

/// Returns `true` if a fuzzy match is spread over several places of a label, of which some are not the start of a word.
/// `sign` matches `Sign out` but not `Settings: Danger zone`.
fn is_scattered(label: &str, letters: &[u32]) -> bool {
    let mut places = 0;
    let (mut inside, mut before, mut at) = (0, None, 0);
    for (place, letter) in (0_u32..).zip(label.chars()) {
        if letters.get(at) == Some(&place) {
            let continues = at > 0 && letters.get(at - 1).is_some_and(|last| last + 1 == place);
            if !continues {
                places += 1;
                inside += u32::from(!matches!(before, None | Some(' ')));
            }
            at += 1;
        }
        before = Some(letter);
    }
    places > 1 && inside > 0
}

/// Returns all commands available in the current workspace, or outside of workspaces if `here` is `None`. `pasted` looks
/// for events by an id in the query.
pub fn commands(picker: Option<&Picker>, here: Option<&ShellInfo>, pasted: Option<&EventQuery>) -> Vec<Command> {
    let mut all = Vec::new();
    if let Some(here) = here {
        let open = |page: Page| Action::Open(page.url(&here.slug));
        let pages = Page::navigation().into_iter().filter(|page| here.may.has(page.requires()));
        all.extend(pages.map(|page| Command::new(Section::GoTo, page.icon(), page.title(), open(page))));
        if let Some(query) = pasted {
            let page = Page::Events(query.clone());
            if here.may.has(page.requires()) {
                let label = format!("Event {}", query.id);
                let event = Command::new(Section::GoTo, "usage", &label, open(page));
                all.push(Command { is_counted: false, ..event });
            }
        }
        let settings = SettingsPage::all().into_iter().filter(|page| here.may.has(page.requires()));
        all.extend(settings.map(|page| {
            let label = format!("Settings: {}", page.title());
            Command::new(Section::Settings, page.icon(), &label, open(Page::Settings(page)))
        }));
        if here.may.has(Capability::EditContent) {
            all.push(Command::new(Section::Actions, "plus", "New customer", open(Page::NewCustomer)));
            all.push(Command::new(Section::Actions, "plus", "New product", open(Page::NewProduct)));
            all.push(Command::new(Section::Actions, "plus", "New rate plan", open(Page::NewRatePlan)));
            // A meter belongs to a product, which is chosen first.
            let products = open(Page::list(Noun::Products));
            all.push(Command::new(Section::Actions, "plus", "New meter of a product", products));
            all.push(Command::new(Section::Actions, "usage", "Import usage", open(Page::Imports)));
            // A subscription belongs to a customer, who is chosen first.
            let customers = open(Page::list(Noun::Customers));
            all.push(Command::new(Section::Actions, "plus", "New subscription of a customer", customers));
        }
        if here.may.has(Page::DueInvoices.requires()) {
            all.push(Command::new(Section::GoTo, "invoices", "To bill", open(Page::DueInvoices)));
        }
        if here.may.has(Capability::ManageInvoices) {
            all.push(Command::new(Section::Actions, "plus", "New invoice", open(Page::NewInvoice(None))));
        }
        if here.may.has(Capability::ManageMembers) {
            let invite = open(Page::Settings(SettingsPage::Members));
            all.push(Command::new(Section::Actions, "plus", "Invite people", invite));
        }
        all.push(Command::new(Section::Actions, "copy", "Copy link", Action::CopyLink));
    }
    all.push(Command::new(Section::GoTo, "switch", "All workspaces", Action::Open(Route::home().url())));
    all.push(Command::new(Section::Settings, "key", "Tokens", Action::Open(Route::Tokens.url())));
    all.push(Command::new(Section::Settings, "monitor", "Sessions", Action::Open(Route::Sessions.url())));
    if picker.is_some_and(Picker::manages_one) {
        let action = Action::Open(Route::NewWorkspace.url());
        all.push(Command::new(Section::Actions, "plus", "New workspace", action));
    }
    for (theme, icon, label) in [
        (Theme::Light, "sun", "Light theme"),
        (Theme::Dark, "moon", "Dark theme"),
        (Theme::System, "monitor", "System theme"),
    ] {
        all.push(Command::new(Section::Actions, icon, label, Action::Theme(theme)));
    }
    if picker.is_some_and(|picker| !picker.recent(here.map(|here| &here.slug), 1).is_empty()) {
        all.push(Command::new(Section::Actions, "clock", "Clear recent workspaces", Action::ClearRecents));
    }
    all.push(Command::new(Section::Actions, "sign-out", "Sign out", Action::SignOut));
    all.push(Command::new(Section::Actions, "keyboard", "Keyboard shortcuts", Action::Keys));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let commands = commands(None, None, None);
        let lines = lines(query, None, &[], None, &commands, |_| 0);
        lines
            .iter()
            .filter_map(|line| match line.item {
                Item::Command(at) => commands.get(at).map(|command| command.label.clone()),
                Item::Workspace(_) => None,
            })
            .collect()
    }

    #[test]
    fn keyboard_shortcuts_are_not_search_results() {
        assert_eq!(found("keyboard"), ["Keyboard shortcuts"], "control: the command that lists them");
        for help in ["fin", "first nine", "search a list", "actions only", "close"] {
            assert!(!found(help).iter().any(|label| label != "Keyboard shortcuts"), "{help}");
        }
        for asking in ["?", " ?", "?keys"] {
            assert!(asks_for_keys(asking) && found(asking).is_empty(), "{asking}");
        }
    }

    #[test]
    fn an_id_is_offered_only_in_a_workspace() {
        let pasted = EventQuery::pasted("use-000042");
        assert!(pasted.is_some(), "control: it is an id");
        let offered = commands(None, None, pasted.as_ref());
        assert!(!offered.iter().any(|command| command.label.starts_with("Event ")));
    }

    #[test]
    fn scattered_matches_are_excluded() {
        assert_eq!(found("sign"), ["Sign out"]);
        assert_eq!(found("so"), ["Sign out"], "first letters of words count");
        assert_eq!(found("theme").len(), 3);
        assert!(!is_scattered("Settings: Danger zone", &[]), "found by another text than its label");
        assert!(is_scattered("Settings: Danger zone", &[0, 5, 6, 7]));
        assert!(!is_scattered("New customer", &[0, 4]));
        assert!(!is_scattered("Überblick", &[0, 1, 2]));
    }
}
