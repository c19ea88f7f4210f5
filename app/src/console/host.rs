//! Selects the view of each page, and its placeholder while it loads, fails or is not allowed.

use super::{PageData, Visit, scope::Scope};
use crate::{
    layout::Failed,
    routes::{Page, VisitData},
    ui::{Icon, whole_form, whole_kept},
};
use leptos::prelude::*;
use model::{Capability, list::Noun};

/// Renders the page's data with `view`, a skeleton while it loads, and an error if loading failed. `view` must not
/// contain elements that are added or removed reactively.
pub fn with_data(
    scope: Signal<Scope>,
    page: Page,
    view: impl Fn(Scope, &PageData) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let content = whole_kept(move || of_data(scope.get(), &page, &view));
    view! { <div class="contents">{content}</div> }.into_any()
}

fn of_data(scope: Scope, page: &Page, view: &dyn Fn(Scope, &PageData) -> Option<AnyView>) -> AnyView {
    scope.current.with(|current| match &current.data {
        Some(PageData::Missing) => page.noun().map_or_else(|| unknown(scope), |noun| missing(scope, noun)),
        Some(PageData::Denied(needed)) => denied(scope, *needed),
        Some(data) => view(scope, data).unwrap_or_else(|| skeleton(page.title())),
        // Only without data, so that a failure does not replace a form with typed input.
        None => match scope.failed.get() {
            Some(error) => failed(scope, &error.message()),
            None => skeleton(page.title()),
        },
    })
}

/// Like [`with_data`], for a page that is rebuilt for each visit. Its data is decoded here, in the chunk with its
/// code.
pub fn with_visit(
    scope: Scope,
    page: Page,
    view: impl Fn(Scope, &VisitData) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let content = whole_form(move || {
        of_data(scope, &page, &|scope, data| match data {
            PageData::Visit(_, data) => view(scope, &data.decode()?),
            _ => None,
        })
    });
    view! { <div class="contents">{content}</div> }.into_any()
}

/// Renders the message that the record does not exist in this workspace. A record of another workspace gives the same
/// message.
fn missing(scope: Scope, noun: Noun) -> AnyView {
    let all = if noun == Noun::Usage { Page::events() } else { Page::list(noun) };
    let back = scope.url(&all);
    view! {
        <section class="empty" data-testid="row-not-found">
            <Icon name="search"/>
            <h1>{format!("No such {}", noun.one())}</h1>
            <p>{format!("This workspace has no {} at this address. It may be in another workspace, or the link may be incomplete.", noun.one())}</p>
            <div class="btn-row"><a class="btn" href=back>{format!("All {}", noun.many())}</a></div>
        </section>
    }
    .into_any()
}

/// Renders the message that the workspace has no page at this URL.
pub fn unknown(scope: Scope) -> AnyView {
    let name = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.workspace.name.clone())).unwrap_or_default();
    view! {
        <section class="empty" data-testid="page-not-found">
            <Icon name="search"/>
            <h1>{format!("No such page in {name}")}</h1>
            <p>"Check the address, or continue from here."</p>
            <div class="btn-row"><a class="btn primary" href=nearest(scope, &Page::Overview)>{format!("Open {name}")}</a></div>
        </section>
    }
    .into_any()
}

/// Returns the URL of the page, or of the nearest page that the role allows.
fn nearest(scope: Scope, page: &Page) -> String {
    let may = scope.entry.with_untracked(|e| e.as_ref().map(|e| e.seat.capabilities())).unwrap_or_default();
    scope.url(&page.in_another_workspace(may))
}

/// Renders the message that the role does not allow the page, with a link to a page that it allows.
pub fn denied(scope: Scope, needed: Capability) -> AnyView {
    let seat = scope.entry.with_untracked(|e| e.as_ref().map(|e| (e.workspace.name.clone(), e.seat.role())));
    let text = match seat {
        Some((name, role)) => format!(
            "Only {} can open it. Your role in {name} is {}. Contact one of them if you need access.",
            needed.holders(),
            role.label()
        ),
        None => format!("Only {} can open it.", needed.holders()),
    };
    let back = nearest(scope, &scope.page.get_untracked());
    view! {
        <section class="empty" data-testid="why-not">
            <Icon name="key"/>
            <h1>"Your role doesn’t allow this page"</h1>
            <p>{text}</p>
            <div class="btn-row"><a class="btn" href=back>"Go to a page you can open"</a></div>
        </section>
    }
    .into_any()
}

/// Renders the message that the page could not be loaded.
pub fn failed(scope: Scope, message: &str) -> AnyView {
    view! { <Failed message=message.to_owned() retry=move || scope.retry()/> }.into_any()
}

/// Renders the placeholder of a page whose code is loading.
pub fn visit_placeholder(visit: &Visit) -> AnyView {
    skeleton(visit.page.title())
}

/// Renders the placeholder of a page that is loading.
pub(super) fn skeleton(title: &'static str) -> AnyView {
    view! {
        <header class="page-head" aria-busy="true">
            <div class="titles"><h1><span class="visually-hidden">{title}</span><span class="skeleton title-line"></span></h1></div>
        </header>
        <div class="detail" aria-hidden="true">
            <section class="section side"><span class="skeleton long"></span><span class="skeleton"></span><span class="skeleton short"></span></section>
            <div class="activity"><section class="section"><span class="skeleton block"></span></section></div>
        </div>
    }
    .into_any()
}
