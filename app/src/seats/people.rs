//! Table of people with role and origin of the seat, a menu per person, and a bar for bulk actions.

use super::MembersForm;
use crate::{
    browser, reactive,
    ui::{Ago, Avatar, Icon, whole},
};
use leptos::prelude::*;
use model::{
    id::UserId,
    members::{Member, Members},
    seating::{Rank, SeatOwner, SeatScope, check, grantable},
};

/// People selected in the table, with their names.
type Chosen = RwSignal<Vec<(UserId, String)>>;

/// Renders the table of people. It is rebuilt whenever `members` changes, so that an open confirmation about one person
/// never appears in another person's row. The focus is kept.
pub fn people<R: Rank>(form: MembersForm<R>, members: impl Fn() -> Option<Members<R>> + Send + 'static) -> AnyView {
    view! { <div class="contents">{whole(move || members().map(|data| table(form, &data)))}</div> }.into_any()
}

fn table<R: Rank>(form: MembersForm<R>, data: &Members<R>) -> AnyView {
    let roles = grantable(data.role);
    let manages = !roles.is_empty();
    // People selected in the table.
    let chosen: Chosen = RwSignal::new(Vec::new());
    let rows = data.members.iter().map(|member| row(form, data, member, &roles, chosen)).collect_view();
    view! {
        <section class="section" aria-labelledby="people">
            <div class="section-head">{form.heading("people", "People")}<span class="end">{data.members.len()}</span></div>
            {(manages && data.members.len() > 1).then(|| bulk(form, data, &roles, chosen))}
            <div class="table-wrap"><table class="data-table seats-table">
                <caption class="visually-hidden">"People and their roles"</caption>
                <thead><tr>
                    {manages.then(|| view! { <th scope="col" class="col-check"><span class="visually-hidden">"Select"</span></th> })}
                    <th scope="col">"Name"</th>
                    <th scope="col" class="seat">"Role"</th>
                    <th scope="col" class="col-md fit">"Since"</th>
                    <th scope="col" class="col-act"><span class="visually-hidden">"Actions"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </section>
    }
    .into_any()
}

/// Renders the bulk actions. No role is preselected, and removing seats asks for confirmation.
fn bulk<R: Rank>(form: MembersForm<R>, data: &Members<R>, roles: &[R], chosen: Chosen) -> AnyView {
    let options = form.options(roles, None);
    let role = RwSignal::new(String::new());
    // Without JavaScript the button is enabled, and the server reports missing input.
    let scripted = RwSignal::new(false);
    reactive::effect(move || scripted.set(true));
    let place = data.place.clone();
    let who = move || {
        chosen.with(|names| match names.as_slice() {
            [] => "Everyone you selected".to_owned(),
            people => people.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", "),
        })
    };
    let count = move || {
        chosen.with(|names| match names.len() {
            0 => "Selected".to_owned(),
            count => format!("{count} selected"),
        })
    };
    form.form_with_id("bulk", "bulk-line", view! {
        <span class="muted">{count}</span>
        <span class="select"><select class="input" name="role" aria-label="New role" prop:value=role on:change=move |event| role.set(browser::event_value(&event))>
            <option value="" selected=true>"Choose a role"</option>
            {options}
        </select><Icon name="chevron-down"/></span>
        <button class="btn small" name="action" value="set_role" disabled=move || scripted.get() && role.with(String::is_empty)>"Change role"</button>
        <details class="confirm">
            <summary class="btn small quiet danger">"Remove people…"</summary>
            <p>{move || format!("{} {}", who(), removal::<R>(&place))}</p>
            {(!data.key_owners.is_empty()).then(|| heir(data, None))}
            <button class="btn small danger" name="action" value="remove">"Remove people"</button>
        </details>
    })
}

/// Returns the consequence of removing a seat, as text that follows the person's name.
fn removal<R: Rank>(place: &str) -> String {
    match R::SCOPE {
        SeatScope::Workspace => format!(
            "will lose access to {place} immediately, unless they have it through the organization. They’ll need a new \
             invite to return."
        ),
        SeatScope::Organization => {
            format!("will immediately lose access to every workspace in {place}, except those with direct access.")
        }
    }
}

/// Renders the choice of who takes over the API keys of the people who are removed: by default the current user.
/// `leaver` is not offered.
fn heir<R: Rank>(data: &Members<R>, leaver: Option<UserId>) -> AnyView {
    let heirs = data.members.iter().filter(|m| data.heirs.contains(&m.id) && Some(m.id) != leaver);
    let options = heirs
        .map(|m| {
            let name =
                if m.id == data.me { format!("Give to {} (you)", m.name) } else { format!("Give to {}", m.name) };
            view! { <option value=m.id.to_string() selected=m.id == data.me>{name}</option> }
        })
        .collect_view();
    view! {
        <label class="stack">
            <span>"Their API keys"</span>
            <span class="select"><select class="input" name="heir">
                {options}
                <option value="revoke">"Revoke"</option>
            </select><Icon name="chevron-down"/></span>
        </label>
    }
    .into_any()
}

fn row<R: Rank>(form: MembersForm<R>, data: &Members<R>, member: &Member<R>, roles: &[R], chosen: Chosen) -> AnyView {
    let me = member.id == data.me;
    let id = member.id;
    // Only the server knows for sure if this is the last owner, and returns an error in that case.
    let may_change =
        !me && member.role.is_some() && check(data.role, SeatOwner::Other, member.role, None, true).is_ok();
    let may_give = !roles.is_empty() && member.role <= Some(data.role);
    let pick = (!roles.is_empty()).then(|| {
        let name = member.name.clone();
        let picked = name.clone();
        let choose = move |event: leptos::ev::Event| {
            let on = browser::is_checked(&event);
            chosen.update(|people| {
                people.retain(|(person, _)| *person != id);
                if on {
                    people.push((id, picked.clone()));
                }
            });
        };
        // After a change nobody is selected, even if the row stays on screen.
        let checked = move || chosen.with(|people| people.iter().any(|(person, _)| *person == id));
        view! {
            <td class="col-check">
                {(may_change && !me).then(|| view! { <input type="checkbox" name="person" value=id.to_string() form="bulk" prop:checked=checked on:change=choose aria-label=format!("Select {name}")/> })}
            </td>
        }
    });
    let mine = me && member.role.is_some();
    view! {
        <tr data-testid="row" data-person=member.email.clone()>
            {pick}
            <td class="col-main" title=member.email.clone()>
                <Avatar id=member.id name=member.name.clone() portrait=member.portrait.clone()/>
                <span class="who">{member.name.clone()}</span>{me.then(|| view! { <span class="chip">"You"</span> })}
                <span class="row-sub shown">{member.email.clone()}</span>
            </td>
            <td class="seat" data-testid="seat" title=member.seat.clone()>{member.seat.clone()}</td>
            <td class="col-md fit"><Ago at=member.since now=form.session.now/></td>
            <td class="col-act num">
                {(may_give && !me || mine || may_change).then(|| menu(form, data, member, roles, may_change))}
            </td>
        </tr>
    }
    .into_any()
}

fn menu<R: Rank>(
    form: MembersForm<R>,
    data: &Members<R>,
    member: &Member<R>,
    roles: &[R],
    may_change: bool,
) -> AnyView {
    let me = member.id == data.me;
    let menu_id = format!("seat-{}", member.id);
    let (target, name) = (menu_id.clone(), member.name.clone());
    let label = format!("Actions for {name}");
    let person = person(member.id);
    let options = form.options(roles, member.role);
    // No role is preselected for a person without a direct role.
    let none = member.role.is_none().then(|| view! { <option value="" selected=true>"Choose a role"</option> });
    let set_role = (!roles.is_empty()).then(|| {
        let person = person.clone();
        form.action_form(Some("set_role"), "menu-form", view! {
            {hidden(&person)}
            <span class="select"><select class="input" name="role" aria-label=format!("Role of {name}")>{none}{options}</select><Icon name="chevron-down"/></span>
            <button class="btn small" aria-busy=move || form.aria_busy()>"Change role"</button>
        })
    });
    let remove = may_change.then(|| {
        let label = match R::SCOPE {
            SeatScope::Workspace => "Remove from workspace…",
            SeatScope::Organization => "Remove from organization…",
        };
        confirm_menu(
            "x",
            label,
            form.action_form(
                Some("remove"),
                "confirm",
                view! {
                    {hidden(&person)}
                    <p>{format!("{name} {}", removal::<R>(&data.place))}</p>
                    {data.key_owners.contains(&member.id).then(|| heir(data, Some(member.id)))}
                    <button class="btn small danger">{format!("Remove {name}")}</button>
                },
            ),
        )
    });
    let transfer = (!me && data.role == R::OWNER && member.role != Some(R::OWNER)).then(|| {
        confirm_menu("key", "Transfer ownership…", form.action_form(Some("transfer"), "confirm", view! {
            {hidden(&person)}
            <p>{format!("{name} will become the owner of {}, and you will become an admin. Only an owner can undo this.", data.place)}</p>
            <button class="btn small danger">{format!("Make {name} owner")}</button>
        }))
    });
    let leave = (me && member.role.is_some()).then(|| {
        let others: Vec<_> = data.members.iter().filter(|m| m.id != data.me).map(|m| (m.id, m.name.clone())).collect();
        let names_successor = member.role == Some(R::OWNER) && !others.is_empty();
        confirm_menu("sign-out", leaving::<R>(), form.action_form(Some("leave"), "confirm", view! {
            {names_successor.then(|| view! {
                <label class="stack">
                    <span>"New owner"</span>
                    <span class="select"><select class="input" name="successor">
                        <option value="">"Keep current owners"</option>
                        {others.into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()}
                    </select><Icon name="chevron-down"/></span>
                </label>
            })}
            <p>{consequence::<R>(&data.place)}</p>
            <button class="btn small danger">{format!("Leave {}", data.place)}</button>
        }))
    });
    view! {
        <button class="btn quiet small icon-only" type="button" id=format!("{menu_id}-button") popovertarget=target aria-label=label data-testid="seat-menu"><Icon name="more"/></button>
        <div class="menu seat-menu" popover="auto" id=menu_id role="dialog" aria-label=format!("Actions for {name}")>
            <div class="menu-head"><b>{name.clone()}</b><span>{member.seat.clone()}</span></div>
            <hr/>
            {set_role}{transfer}{remove}{leave}
        </div>
    }
    .into_any()
}

const fn leaving<R: Rank>() -> &'static str {
    match R::SCOPE {
        SeatScope::Workspace => "Leave workspace…",
        SeatScope::Organization => "Leave organization…",
    }
}

/// Returns the consequence of leaving.
pub fn consequence<R: Rank>(place: &str) -> String {
    match R::SCOPE {
        SeatScope::Workspace => {
            format!("You’ll lose access to {place} immediately. You’ll need a new invite to return.")
        }
        SeatScope::Organization => format!(
            "You’ll lose access to every workspace in {place} immediately, except those with direct access. You’ll \
             need a new invite to return."
        ),
    }
}

/// Renders an action that asks for confirmation, also without JavaScript: its summary opens the question with the
/// button.
pub fn confirm_menu(icon: &'static str, label: &'static str, question: AnyView) -> AnyView {
    view! { <details class="confirm"><summary class="menu-item danger"><Icon name=icon/>{label}</summary>{question}</details> }.into_any()
}

fn person(id: UserId) -> String {
    id.to_string()
}

fn hidden(person: &str) -> impl IntoView + use<> {
    view! { <input type="hidden" name="person" value=person.to_owned()/> }
}
