//! The table of people: role and where the seat comes from, a menu for each, a bar for many.

use super::Desk;
use crate::ui::{Ago, Avatar, Icon};
use leptos::prelude::*;
use model::{
    id::UserId,
    members::{Member, Members},
    seating::{Rank, Whose, check, grantable},
};

/// What the table says that differs between a workspace and an organization.
#[derive(Clone, Copy)]
struct Words {
    leave: &'static str,
    remove: &'static str,
    transfer: &'static str,
}

const WORDS: Words = Words { leave: "Give up my seat", remove: "Remove seat", transfer: "Make owner, and me admin" };

/// Everybody.
pub fn people<R: Rank>(desk: Desk<R>, data: &Members<R>) -> AnyView {
    let roles = grantable(data.role);
    let manages = !roles.is_empty();
    let rows = data.members.iter().map(|member| row(desk, data, member, &roles)).collect_view();
    let options = desk.options(&roles, None);
    view! {
        <section class="section" aria-labelledby="people">
            <div class="section-head"><h2 id="people">"People"</h2><span class="end">{data.members.len()}</span></div>
            {(manages && data.members.len() > 1).then(|| desk.form_with_id("bulk", "bulk-line", view! {
                <span class="muted">"With those chosen"</span>
                <span class="select"><select class="input" name="role" aria-label="New role">{options}</select><Icon name="chevron-down"/></span>
                <button class="btn small" name="action" value="set_role">"Change role"</button>
                <button class="btn small quiet danger" name="action" value="remove">"Remove seats"</button>
            }))}
            <div class="table-wrap"><table class="data-table seats-table">
                <caption class="visually-hidden">"People and their roles"</caption>
                <thead><tr>
                    {manages.then(|| view! { <th scope="col" class="col-check"><span class="visually-hidden">"Choose"</span></th> })}
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

fn row<R: Rank>(desk: Desk<R>, data: &Members<R>, member: &Member<R>, roles: &[R]) -> AnyView {
    let me = member.id == data.me;
    let id = member.id;
    // Whether the last owner's chair is at stake, only the server knows for sure; it says so when it is.
    let may_change = !me && member.role.is_some() && check(data.role, Whose::Another, member.role, None, true).is_ok();
    let may_give = !roles.is_empty() && member.role <= Some(data.role);
    let chosen = (!roles.is_empty()).then(|| {
        let name = member.name.clone();
        view! {
            <td class="col-check">
                {(may_change && !me).then(|| view! { <input type="checkbox" name="person" value=id.to_string() form="bulk" aria-label=format!("Choose {name}")/> })}
            </td>
        }
    });
    let mine = me && member.role.is_some();
    view! {
        <tr data-testid="row" data-person=member.email.clone()>
            {chosen}
            <td class="col-main" title=member.email.clone()>
                <Avatar id=member.id name=member.name.clone() portrait=member.portrait.clone()/>
                <span class="who">{member.name.clone()}</span>{me.then(|| view! { <span class="chip">"You"</span> })}
                <span class="row-sub shown">{member.email.clone()}</span>
            </td>
            <td class="seat" data-testid="seat" title=member.seat.clone()>{member.seat.clone()}</td>
            <td class="col-md fit"><Ago at=member.since now=desk.session.now/></td>
            <td class="col-act num">
                {(may_give && !me || mine || may_change).then(|| menu(desk, data, member, roles, may_change))}
            </td>
        </tr>
    }
    .into_any()
}

fn menu<R: Rank>(desk: Desk<R>, data: &Members<R>, member: &Member<R>, roles: &[R], may_change: bool) -> AnyView {
    let me = member.id == data.me;
    let menu_id = format!("seat-{}", member.id);
    let (target, name) = (menu_id.clone(), member.name.clone());
    let label = format!("Change the seat of {name}");
    let person = person(member.id);
    let options = desk.options(roles, member.role);
    let set_role = (!roles.is_empty()).then(|| {
        let person = person.clone();
        desk.form(Some("set_role"), "menu-form", view! {
            {hidden(&person)}
            <span class="select"><select class="input" name="role" aria-label=format!("Role of {name}")>{options}</select><Icon name="chevron-down"/></span>
            <button class="btn small" aria-busy=move || desk.is_busy()>"Change role"</button>
        })
    });
    let remove = may_change.then(|| {
        desk.form(
            Some("remove"),
            "menu-form",
            view! {
                {hidden(&person)}
                <button class="menu-item danger"><Icon name="x"/>{WORDS.remove}</button>
            },
        )
    });
    let transfer = (!me && data.role == R::OWNER && member.role != Some(R::OWNER)).then(|| {
        desk.form(
            Some("transfer"),
            "menu-form",
            view! {
                {hidden(&person)}
                <button class="menu-item"><Icon name="key"/>{WORDS.transfer}</button>
            },
        )
    });
    let leave = (me && member.role.is_some()).then(|| {
        let others: Vec<_> = data.members.iter().filter(|m| m.id != data.me).map(|m| (m.id, m.name.clone())).collect();
        let names_successor = member.role == Some(R::OWNER) && !others.is_empty();
        desk.form(Some("leave"), "menu-form", view! {
            {names_successor.then(|| view! {
                <label class="stack">
                    <span>"New owner"</span>
                    <span class="select"><select class="input" name="successor">
                        <option value="">"Nobody: there is another owner"</option>
                        {others.into_iter().map(|(id, name)| view! { <option value=id.to_string()>{name}</option> }).collect_view()}
                    </select><Icon name="chevron-down"/></span>
                </label>
            })}
            <button class="menu-item danger"><Icon name="sign-out"/>{WORDS.leave}</button>
        })
    });
    view! {
        <button class="btn quiet small icon-only" type="button" popovertarget=target aria-label=label data-testid="seat-menu"><Icon name="more"/></button>
        <div class="menu seat-menu" popover="auto" id=menu_id role="dialog" aria-label=format!("Seat of {name}")>
            <div class="menu-head"><b>{name.clone()}</b><span>{member.seat.clone()}</span></div>
            <hr/>
            {set_role}{transfer}{remove}{leave}
        </div>
    }
    .into_any()
}

fn person(id: UserId) -> String {
    id.to_string()
}

fn hidden(person: &str) -> impl IntoView + use<> {
    view! { <input type="hidden" name="person" value=person.to_owned()/> }
}
