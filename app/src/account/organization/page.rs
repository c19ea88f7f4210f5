//! Organization pages at `/org/{id}/{members,invites,workspaces,domains}`.

use super::{OrganizationData, OrganizationView};
use crate::account::{OrganizationFrame, load_organization, manage_organization};
use crate::{
    boot::AccountData,
    browser,
    error::AppError,
    layout::NotFound,
    reactive,
    routes::{OrganizationPage, Page, Route},
    seats::{self, MembersForm},
    session::{Session, use_session},
    ui::{Ago, SlugText, WorkspaceAvatar, WsIcon},
};
use leptos::{prelude::*, task::spawn_local};
use model::{
    OrganizationRole,
    count::pluralize,
    id::OrganizationId,
    members::{Members, OrganizationWorkspace},
    picker::Picker,
    text::isolated,
};
use std::sync::Arc;

/// Layout and content of an organization page.
#[component]
pub fn OrganizationShell(
    /// Organization id.
    id: OrganizationId,
    /// Current page.
    page: OrganizationPage,
) -> impl IntoView {
    let session = use_session();
    let shown = RwSignal::new(match session.take_account_data() {
        Some(AccountData::Organization(view)) if view.profile.id == id => Some(*view),
        _ => None,
    });
    let failed = RwSignal::new(None::<AppError>);
    let load = move || {
        spawn_local(async move {
            match load_organization(id, page.path().to_owned()).await {
                Ok(view) => drop(shown.try_set(Some(view))),
                Err(AppError::SignedOut) => session.sign_in_again(),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    reactive::effect(move || {
        if shown.with_untracked(Option::is_none) {
            load();
        }
    });
    let form: MembersForm<OrganizationRole> = MembersForm::open(
        session,
        Route::Organization(id, page).url(),
        Signal::stored(None),
        move |action| Box::pin(manage_organization(id, action)),
        move |done| {
            if done.left {
                browser::load_document(&Route::home().url());
            } else {
                load();
            }
        },
        move |error| match error {
            AppError::SignedOut => session.sign_in_again(),
            AppError::Factor => session.prove_factor(),
            error => failed.set(Some(error)),
        },
    );
    let manages =
        Memo::new(move |_| shown.with(|s| s.as_ref().is_some_and(|s| !matches!(s.data, OrganizationData::Mine(_)))));
    let has_members = Memo::new(move |_| shown.with(|s| members_in(s.as_ref()).is_some()));
    let name = Memo::new(move |_| shown.with(|s| s.as_ref().map(|s| s.profile.name.clone())).unwrap_or_default());
    view! {
        {move || match failed.get() {
            Some(AppError::Absent) => view! { <NotFound/> }.into_any(),
            _ => view! {
                <OrganizationFrame id page=Some(page) name manages>
                    {form.error_message()}
                    {move || failed.get().map(|error| view! { <p class="muted" role="alert">{error.message()}</p> })}
                    {move || if has_members.get() {
                        seats_of(form, page, shown)
                    } else {
                        shown.with(|shown| match shown {
                            Some(view) => body(session, form, page, view),
                            None => view! { <p class="muted" aria-busy="true">"Loading…"</p> }.into_any(),
                        })
                    }}
                </OrganizationFrame>
            }.into_any(),
        }}
    }
}

fn members_in(view: Option<&OrganizationView>) -> Option<&Members<OrganizationRole>> {
    match &view?.data {
        OrganizationData::Members(data) => Some(data),
        _ => None,
    }
}

/// Members and invites for people who manage the organization. Form messages stay when the list is rendered again.
fn seats_of(
    form: MembersForm<OrganizationRole>,
    page: OrganizationPage,
    shown: RwSignal<Option<OrganizationView>>,
) -> AnyView {
    let members = move || shown.with(|shown| members_in(shown.as_ref()).cloned());
    if page == OrganizationPage::Members {
        return view! {
            <p class="lead">"Roles here apply to every workspace in the organization, including future ones."</p>
            <div class="seats">{seats::people(form, members)}</div>
        }
        .into_any();
    }
    let may = Memo::new(move |_| shown.with(|s| members_in(s.as_ref()).map(|data| (data.role, data.invites_left))));
    let hint = "Each invite works only for its email and is accepted automatically when that person first signs in.";
    view! {
        <p class="lead">"People you invite here get access to every workspace. To give access to only one, invite them there."</p>
        <div class="seats">
            {move || may.get().map(|(role, left)| seats::invite_form(form, role, left, OrganizationRole::Member, hint))}
            {seats::open_invites(form, members)}
        </div>
    }
    .into_any()
}

fn body(
    session: Session,
    form: MembersForm<OrganizationRole>,
    page: OrganizationPage,
    view: &OrganizationView,
) -> AnyView {
    match (&view.data, page) {
        (OrganizationData::Mine(role), _) => mine(form, *role, &view.profile.name),
        // Rendered by `seats_of`.
        (OrganizationData::Members(_), _) => ().into_any(),
        (OrganizationData::Workspaces(list), OrganizationPage::Domains) => domains(form, list),
        (OrganizationData::Workspaces(list), _) => workspaces(session, list),
    }
}

fn mine(form: MembersForm<OrganizationRole>, role: OrganizationRole, name: &str) -> AnyView {
    view! {
        <p class="lead">{format!("Your role is {} in {}, and {} in each of its workspaces. Its owners and admins manage the rest.", role.label(), isolated(name), role.inherited().label())}</p>
        {seats::confirm_menu("sign-out", "Leave organization…", form.action_form(Some("leave"), "confirm", view! {
            <p>{seats::consequence::<OrganizationRole>(name)}</p>
            <button class="btn small danger">{format!("Leave {name}")}</button>
        }))}
    }
    .into_any()
}

/// Returns the workspace's icon from the person's workspace list, which contains every workspace of the organization
/// for its owners and admins.
fn avatar(session: Session, workspace: &OrganizationWorkspace) -> WorkspaceAvatar {
    let seat = |picker: &Arc<Picker>| picker.find(&workspace.slug).map(|(_, seat)| seat.brand.clone());
    let brand = session.picker.with_untracked(|picker| picker.as_ref().and_then(seat));
    match brand {
        Some(brand) => WorkspaceAvatar::of(&workspace.name, &workspace.slug, &brand),
        None => WorkspaceAvatar::automatic(workspace.id, &workspace.name),
    }
}

fn workspaces(session: Session, list: &[OrganizationWorkspace]) -> AnyView {
    if list.is_empty() {
        return view! { <p class="muted">"This organization has no workspaces yet."</p> }.into_any();
    }
    let rows = list
        .iter()
        .map(|workspace| {
            let members = Page::Settings(crate::routes::SettingsPage::Members).url(&workspace.slug);
            view! {
                <tr data-testid="row" data-slug=workspace.slug.to_string()>
                    <td class="col-main"><span class="named"><WsIcon avatar=avatar(session, workspace)/><a draggable="false" class="row-link" title=workspace.name.clone() href=Page::Overview.url(&workspace.slug)>{workspace.name.clone()}</a></span></td>
                    <td class="col-sm"><SlugText slug=workspace.slug.clone()/></td>
                    <td class="num"><a class="link over-row" href=members>{pluralize(i64::from(workspace.seats), "person", "people")}</a></td>
                    <td class="col-md fit"><Ago at=workspace.created_at now=session.now/></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <p class="lead">"Owners and admins of the organization have access to every workspace."</p>
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"Workspaces of the organization"</caption>
            <thead><tr><th scope="col">"Workspace"</th><th scope="col" class="col-sm">"URL"</th><th scope="col" class="num">"People"</th><th scope="col" class="col-md fit">"Created"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn domains(form: MembersForm<OrganizationRole>, list: &[OrganizationWorkspace]) -> AnyView {
    let rows: Vec<_> = list
        .iter()
        .flat_map(|workspace| workspace.joins.iter().map(move |join| (workspace, join)))
        .map(|(workspace, join)| {
            let domain = join.domain.to_string();
            let fields = view! {
                <input type="hidden" name="domain" value=domain.clone()/>
                <input type="hidden" name="workspace" value=workspace.id.to_string()/>
                <button class="btn small quiet danger" aria-label=format!("Remove {domain} from {}", workspace.name)>"Remove"</button>
            };
            view! {
                <li class="request" data-testid="join" data-domain=domain.clone()>
                    <p class="words"><b>{format!("@{domain}")}</b><span class="muted">{format!("joins {} as {}", workspace.name, join.role.label())}</span></p>
                    {form.action_form(Some("stop_join"), "", fields)}
                </li>
            }
        })
        .collect();
    let none = rows.is_empty();
    view! {
        <p class="lead">"Anyone with a verified email at these domains can join the workspace without an invite. Add domains in the workspace’s settings, under Members."</p>
        {none.then(|| view! { <p class="muted">"No domains. Everyone needs an invite."</p> })}
        <ul class="request-list">{rows}</ul>
    }
    .into_any()
}
