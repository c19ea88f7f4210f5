//! Open access requests.

use super::MembersForm;
use crate::ui::{Ago, Icon};
use leptos::prelude::*;
use model::{
    members::Members,
    seating::{Rank, grantable},
};

/// Renders the open access requests, or nothing if there are none. `usual` is the preselected role.
pub fn requests<R: Rank>(form: MembersForm<R>, data: &Members<R>, usual: R) -> AnyView {
    if data.requests.is_empty() {
        return ().into_any();
    }
    let roles = grantable(data.role);
    let rows = data
        .requests
        .iter()
        .map(|request| {
            let (approve, refuse) = (request.id.to_string(), request.id.to_string());
            let name = request.name.clone();
            let options = form.options(&roles, Some(usual));
            view! {
                <li class="request" data-testid="request" data-person=request.email.clone()>
                    <p class="words"><b>{name.clone()}</b><span class="muted">{request.email.clone()}" · requested "<Ago at=request.since now=form.session.now/></span></p>
                    <div class="btn-row">
                        {form.action_form(Some("approve"), "btn-row", view! {
                            <input type="hidden" name="request" value=approve/>
                            <span class="select"><select class="input" name="role" aria-label=format!("Role for {name}")>{options}</select><Icon name="chevron-down"/></span>
                            <button class="btn small primary" aria-busy=move || form.aria_busy()>"Approve"</button>
                        })}
                        {form.action_form(Some("refuse"), "", view! { <input type="hidden" name="request" value=refuse/><button class="btn small quiet">"Decline"</button> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="requests" id="access-requests">
            <div class="section-head">{form.heading("requests", "Access requests")}<span class="end">{data.requests.len()}</span></div>
            <ul class="request-list">{rows}</ul>
        </section>
    }
    .into_any()
}
