//! Shell of the console: the rail with switcher and navigation, and the top bar with search and profile menu.

mod info;

pub use info::ShellInfo;

use super::{current_workspace::CurrentWorkspace, palette::Palette, status::StatusRegion, switcher::Switcher};
use crate::{
    account::ProfileMenu,
    browser, reactive,
    routes::{Page, SettingsPage},
    ui::{Icon, WorkspaceAvatar, kbd, waiting_badge, whole},
};
use leptos::prelude::*;
use model::{Capability, WorkspaceRole, list::Noun, text::isolated};

/// Shell around a page. It survives switches between workspaces; only its texts and links change.
#[component]
pub fn Shell(
    /// Workspace on screen.
    workspace: CurrentWorkspace,
    /// Content of the page.
    children: Children,
) -> impl IntoView {
    let info = workspace.info;
    let page = Signal::from(workspace.page);
    let record = Memo::new(move |_| workspace.record());
    let title = Memo::new(move |_| {
        let page = record.with(|record| {
            let record = record.as_deref().map(isolated);
            workspace.page.with(|page| page.title_of(record.as_deref()))
        });
        info.with(|i| format!("{page} · {} · Stile", isolated(&i.name)))
    });
    reactive::effect(move || {
        title.track();
        // Users don't look at the tab while they switch. The shell may be disposed by then.
        browser::after_frame(move || {
            title.try_with_untracked(|title| browser::set_title(title));
        });
    });
    let avatar = Memo::new(move |_| info.with(ShellInfo::avatar));
    reactive::effect(move || {
        let icon = avatar.with(WorkspaceAvatar::favicon);
        browser::after_paint(move || {
            // The shell may be disposed by then, and its workspace's icon with it.
            if avatar.try_get_untracked().is_some() {
                browser::set_icon(Some(&icon));
            }
        });
    });
    on_cleanup(|| browser::set_icon(None));
    let hue = Signal::derive(move || avatar.with(WorkspaceAvatar::hue));
    // Not on the console, because each element below would be restyled when it changes. The rail and the main column
    // pass it on only while an element in them uses it (style/11-hues.css).
    view! {
        <div class="console">
            <aside class="rail" aria-label="Workspace" data-hue=hue>
                <span class="strip" data-hue=hue></span>
                <Switcher info page hue/>
                <Navigation workspace hue/>
                <p class="rail-hint" data-script>{kbd("Ctrl K", "⌘K")}" to jump anywhere"</p>
            </aside>
            <div class="main-column" data-hue=hue>
                <TopBar workspace record hue/>
                <main class="main" id="main" tabindex="-1">{children()}</main>
            </div>
            <StatusRegion/>
            <Palette info=Signal::derive(move || Some(info.get())) page/>
        </div>
    }
}

#[component]
fn Navigation(workspace: CurrentWorkspace, hue: Signal<u8>) -> impl IntoView {
    let info = workspace.info;
    // Only the current item, where the colour is visible.
    let tinted = move |current: bool| current.then(|| hue.get());
    // Page of the navigation that the page on screen belongs to.
    let section = Memo::new(move |_| workspace.page.with(|page| page.noun().map_or_else(|| page.key(), Page::list)));
    let may = move |capability: Capability| info.with(|i| i.may.has(capability));
    let in_settings = move || section.with(|s| matches!(s, Page::Settings(_)));
    // With open requests, the link leads to the page where they are answered.
    let waiting = Memo::new(move |_| info.with(|i| workspace.session.waiting_in(Some(&i.slug))));
    let settings = move || workspace.url(&Page::Settings(SettingsPage::first(info.with(|i| i.may))));
    // On a phone, four pages have their own tab; the others are under "More".
    let has_tab = |page: &Page| match page.noun() {
        Some(noun) => matches!(noun, Noun::Products | Noun::Customers | Noun::Invoices),
        None => matches!(page, Page::Overview),
    };
    let in_more = move || section.with(|section| !has_tab(section) && !matches!(section, Page::Unknown(_)));
    let item = move |page: Page| {
        let class = if has_tab(&page) { "nav-item" } else { "nav-item not-on-phone" };
        let (title, icon, needed) = (page.title(), page.icon(), page.requires());
        let here = page.clone();
        let current = Memo::new(move |_| section.with(|section| *section == here));
        view! {
            <a class=class href=move || workspace.url(&page) title=title hidden=move || !may(needed)
                aria-current=move || current.get().then_some("page") data-hue=move || tinted(current.get())>
                <Icon name=icon/><span class="rail-label">{title}</span>
            </a>
        }
    };
    let further = move |page: Page| {
        let (title, icon, needed) = (page.title(), page.icon(), page.requires());
        let here = page.clone();
        view! {
            <a class="menu-item" href=move || workspace.url(&page) hidden=move || !may(needed)
                aria-current=move || section.with(|section| *section == here).then_some("page")
                on:click=move |_| browser::hide_popover("more-menu")>
                <Icon name=icon/>{title}
            </a>
        }
    };
    view! {
        <nav class="nav" aria-label="Main">
            {Page::navigation().into_iter().map(item).collect_view()}
            <span class="spacer"></span>
            <a class="nav-item not-on-phone" href=settings title="Settings" hidden=move || !may(Capability::ReadAll)
                aria-current=move || in_settings().then_some("page") data-hue=move || tinted(in_settings())>
                <Icon name="settings"/><span class="rail-label">"Settings"</span><span class="contents">{whole(move || waiting_badge(waiting.get()))}</span>
            </a>
            <button class="nav-item nav-more" type="button" popovertarget="more-menu"
                aria-current=move || in_more().then_some("true") data-hue=move || tinted(in_more())><Icon name="more"/><span class="rail-label">"More"</span></button>
        </nav>
        <div class="menu" popover="auto" id="more-menu" role="dialog" aria-label="More pages">
            {Page::navigation().into_iter().filter(|page| !has_tab(page)).map(further).collect_view()}
            <a class="menu-item" href=settings hidden=move || !may(Capability::ReadAll) aria-current=move || in_settings().then_some("page")
                on:click=move |_| browser::hide_popover("more-menu")><Icon name="settings"/>"Settings"<span class="contents">{whole(move || waiting_badge(waiting.get()))}</span></a>
        </div>
    }
}

#[component]
fn TopBar(workspace: CurrentWorkspace, record: Memo<Option<String>>, hue: Signal<u8>) -> impl IntoView {
    let (info, session) = (workspace.info, workspace.session);
    // "Switching to ..." is shown only if the switch takes noticeably long.
    let slow = RwSignal::new(false);
    let entering = Memo::new(move |_| workspace.entering());
    reactive::effect(move || {
        slow.set(false);
        if let Some(which) = entering.get() {
            browser::after(150, move || {
                if entering.try_get_untracked().flatten() == Some(which) {
                    slow.try_set(true);
                }
            });
        }
    });
    let home = move || workspace.url(&Page::Overview.in_another_workspace(info.with(|i| i.may)));
    let crumb = move || {
        workspace.page.with(|page| match page.noun() {
            Some(noun) => (noun.title(), (page.key() != Page::list(noun)).then(|| workspace.url(&Page::list(noun)))),
            None if matches!(page, Page::Settings(_)) => ("Settings", None),
            None => (page.title(), None),
        })
    };
    // A new record has no name yet, and other names are unknown until the record is read.
    let here =
        move || record.get().or_else(|| workspace.page.with(|page| page.is_form().then(|| page.title().to_owned())));
    view! {
        <header class="topbar">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol>
                    {whole(move || view! {
                        <li><a href=home()>{info.with(|i| i.name.clone())}</a></li>
                        {match crumb() {
                            (title, Some(url)) => view! {
                                <li><a href=url>{title}</a></li>
                                {here().map(|name| view! { <li><span aria-current="page" title=name.clone()>{name.clone()}</span></li> })}
                            }.into_any(),
                            (title, None) => view! { <li><span aria-current="page">{title}</span></li> }.into_any(),
                        }}
                    })}
                </ol>
            </nav>
            <div class="contents">{whole(move || (entering.get().is_some() && slow.get()).then(|| view! {
                <div class="switching" role="status" data-hue=hue data-testid="switching">{info.with(|i| format!("Switching to {}…", isolated(&i.name)))}</div>
            }))}</div>
            <span class="chip outline" data-testid="role" title=move || info.with(|i| i.why.clone())>{whole(move || info.with(|i| i.role.map(WorkspaceRole::label)))}</span>
            <button class="palette-button" type="button" data-script aria-keyshortcuts="Control+K Meta+K" on:click=move |_| session.palette.set(true)>
                <Icon name="search"/><span>"Search or jump to…"</span><kbd class="kbd" aria-hidden="true"><span class="for-control">"Ctrl K"</span><span class="for-command">"⌘K"</span></kbd>
            </button>
            <ProfileMenu/>
        </header>
    }
}
