//! Which view shows which page, and what stands there while it loads, fails or is not allowed.

use super::{
    PageData, Visit, VisitData, arrival::follow_page, customers, invoices, overview, products, rate_plans,
    scope::Scope, usage,
};
use crate::{
    chunk::{self, Part},
    reactive,
    routes::Page,
    ui::{Empty, Failed, Icon},
};
use leptos::prelude::*;
use model::list::Noun;

/// Whether the program carries a page from the first, and not in its chunk.
pub fn is_carried(page: &Page) -> bool {
    matches!(page, Page::Overview | Page::List(_))
}

/// What is mounted. As long as it is the same, the view stays and its texts change.
#[derive(Clone, PartialEq)]
enum Mounted {
    /// It takes all that it shows from whichever scope is on screen, so it stays from one workspace to the next.
    Overview,
    /// So does a list; another query of it is the same view, and its focus stays.
    List(Noun),
    /// A page of one visit: what is typed, opened or chosen in it ends with that.
    Visit(Box<Visit>),
}

/// The page on screen.
#[component]
pub fn PageHost(
    /// The scope on screen.
    scope: Signal<Scope>,
) -> impl IntoView {
    let mounted = Memo::new(move |_| {
        let visit = scope.get();
        match visit.shown.with(|shown| shown.page.key()) {
            Page::Overview => Mounted::Overview,
            Page::List(query) => Mounted::List(query.noun),
            page => Mounted::Visit(Box::new(Visit { scope: visit, page })),
        }
    });
    follow_page(scope);
    // A view within a view: another page is built anew, and never drawn into the elements of the former.
    move || {
        let mounted = mounted.get();
        move || match mounted.clone() {
            Mounted::Overview => overview::view(scope),
            Mounted::List(Noun::Products) => products::list(scope),
            Mounted::List(Noun::RatePlans) => rate_plans::list(scope),
            Mounted::List(Noun::Customers) => customers::list(scope),
            Mounted::List(Noun::Usage) => usage::list(scope),
            Mounted::List(Noun::Invoices) => invoices::list(scope),
            Mounted::Visit(visit) => chunk::later(Part::Visit(visit)),
        }
    }
}

/// Shows `view` of the page's data once there is some; a skeleton before, and what is wrong instead.
pub fn with_data(
    scope: impl Into<Signal<Scope>>,
    noun: Noun,
    view: impl Fn(Scope, &PageData) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let scope = scope.into();
    view! {
        {reactive::following(move || {
            let scope = scope.get();
            scope.shown.with(|shown| match &shown.data {
                Some(PageData::Missing) => missing(scope, noun),
                Some(PageData::Denied(_)) => denied(scope),
                Some(data) => view(scope, data).unwrap_or_else(|| skeleton(noun.title())),
                // Only while there is no data: a failure must not build a form anew over what was typed into it.
                None => match scope.failed.get() {
                    Some(error) => failed(scope, &error.message()),
                    None => skeleton(noun.title()),
                },
            })
        })}
    }
    .into_any()
}

/// The same for a page of one visit. Its data is opened here, so where its code is.
pub fn with_visit(
    scope: Scope,
    noun: Noun,
    view: impl Fn(Scope, &VisitData) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    with_data(scope, noun, move |scope, data| match data {
        PageData::Visit(_, data) => view(scope, &data.open()?),
        _ => None,
    })
}

/// No such row in this workspace; it may be in another, and nobody can tell.
pub fn missing(scope: Scope, noun: Noun) -> AnyView {
    let back = scope.url(&Page::list(noun));
    view! {
        <section class="empty" data-testid="row-not-found">
            <Icon name="search"/>
            <h1>{format!("No such {}", noun.one())}</h1>
            <p>{format!("This workspace has no {} at this address. It may have been in another workspace, or the link is incomplete.", noun.one())}</p>
            <div class="btn-row"><a class="btn" href=back>{format!("All {}", noun.many())}</a></div>
        </section>
    }
    .into_any()
}

fn denied(scope: Scope) -> AnyView {
    let back = scope.entry.with_untracked(|e| {
        let may = e.as_ref().map(|e| e.seat.capabilities()).unwrap_or_default();
        scope.url(&scope.page.get_untracked().in_another_workspace(may))
    });
    view! {
        <Empty icon="key" title="Your role doesn’t open this page".to_owned() text="Ask an admin of this workspace if you need it.".to_owned()>
            <a class="btn" href=back>"Go to what you can see"</a>
        </Empty>
    }
    .into_any()
}

/// The page could not be loaded.
pub fn failed(scope: Scope, message: &str) -> AnyView {
    view! { <Failed message=message.to_owned() retry=move || scope.retry()/> }.into_any()
}

/// In the place of a page whose code is on its way.
pub fn awaited(visit: &Visit) -> AnyView {
    skeleton(visit.page.title())
}

/// In the place of a page that is on its way.
fn skeleton(title: &'static str) -> AnyView {
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
