//! Auto-join: email domains whose users may join a workspace by themselves.

use super::MembersForm;
use crate::ui::Icon;
use leptos::prelude::*;
use model::{
    members::{JOIN_ROLES, Members},
    seating::Rank,
};

/// Renders the auto-join domains and the form that adds one, or nothing for users who may not manage them.
pub fn joins<R: Rank>(form: MembersForm<R>, data: &Members<R>) -> AnyView {
    if !data.role.manages() {
        return ().into_any();
    }
    let rows = data
        .joins
        .iter()
        .map(|join| {
            let domain = join.domain.to_string();
            view! {
                <li class="request" data-testid="join" data-domain=domain.clone()>
                    <p class="words"><b>{format!("@{domain}")}</b><span class="muted">{format!("joins as {}", join.role.label())}</span></p>
                    {form.action_form(Some("stop_join"), "", view! { <input type="hidden" name="domain" value=domain.clone()/><button class="btn small quiet danger" aria-label=format!("Remove {domain}")>"Remove"</button> })}
                </li>
            }
        })
        .collect_view();
    let errors = form.errors;
    let domain = form.typed("domain");
    let fields = view! {
        <div class="field">
            <label for="domain">"Domain"</label>
            <input class="input" id="domain" name="domain" type="text" value=domain autocomplete="off" spellcheck="false" placeholder="example.com"
                aria-invalid=move || errors.with(|e| e.of("domain").map(|_| "true")) aria-describedby="domain-error"/>
            <p class="error" id="domain-error">{move || errors.with(|e| e.of("domain").map(|m| view! { <Icon name="alert"/><span>{m.to_owned()}</span> }))}</p>
        </div>
        <div class="field">
            <label for="join-role">"Joins as"</label>
            <span class="select"><select class="input" id="join-role" name="role">
                {JOIN_ROLES.into_iter().map(|role| view! { <option value=role.as_str()>{role.label()}</option> }).collect_view()}
            </select><Icon name="chevron-down"/></span>
        </div>
        <button class="btn" type="submit">"Add domain"</button>
    };
    view! {
        <section class="section" aria-labelledby="joins">
            <div class="section-head">{form.heading("joins", "Join by domain")}</div>
            <p class="muted lead">"Anyone with a verified email at these domains can join. Someone here must already have an email at the domain. Public email providers aren’t allowed."</p>
            {(!data.joins.is_empty()).then(|| view! { <ul class="request-list">{rows}</ul> })}
            {form.action_form(Some("set_join"), "inline-form", fields)}
        </section>
    }
    .into_any()
}
