//! Inviting several addresses at once, what became of each, and the invites that nobody has answered yet.

use super::Desk;
use crate::ui::{Ago, Icon, Status, StatusTone, copy_button};
use leptos::prelude::*;
use model::{
    invite::{DAYS, InviteOutcome, InviteResult},
    members::Members,
    seating::{Rank, grantable},
};

/// The form; nothing for whoever may not invite. `usual` is the role that most invites are for.
pub fn invite_form<R: Rank>(desk: Desk<R>, data: &Members<R>, usual: R, hint: &'static str) -> AnyView {
    let roles = grantable(data.role);
    if roles.is_empty() {
        return ().into_any();
    }
    let (emails, role) = (desk.typed("emails"), R::read(&desk.typed("role")).unwrap_or(usual));
    let escaped = emails.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let escaped = if cfg!(feature = "ssr") { format!("\n{escaped}") } else { escaped };
    let errors = desk.errors;
    let fields = view! {
        <div class="field">
            <label for="emails">"E-mail addresses"</label>
            <textarea class="input" id="emails" name="emails" rows="2" inner_html=escaped autocomplete="off" spellcheck="false" placeholder="ada@example.com, olu@example.com"
                aria-invalid=move || errors.with(|e| e.of("emails").map(|_| "true")) aria-describedby="emails-error emails-hint"></textarea>
            <p class="error" id="emails-error">{move || errors.with(|e| e.of("emails").map(|m| view! { <Icon name="alert"/><span>{m.to_owned()}</span> }))}</p>
            <p class="hint" id="emails-hint">{hint}</p>
        </div>
        <div class="field">
            <label for="invite-role">"Role"</label>
            <span class="select"><select class="input" id="invite-role" name="role">{desk.options(&roles, Some(role))}</select><Icon name="chevron-down"/></span>
        </div>
        <button class="btn primary" type="submit" aria-busy=move || desk.is_busy()>"Invite"</button>
    };
    view! {
        <section class="section" aria-labelledby="invite">
            <div class="section-head"><h2 id="invite">"Invite people"</h2></div>
            {desk.form(Some("invite"), "invite-form", fields)}
            {move || desk.results.with(|results| (!results.is_empty()).then(|| outcome(results)))}
        </section>
    }
    .into_any()
}

fn outcome(results: &[InviteResult]) -> AnyView {
    let rows = results
        .iter()
        .map(|result| {
            let (tone, link) = match &result.outcome {
                InviteOutcome::Sent(link) => (StatusTone::Ok, Some(link.clone())),
                _ => (StatusTone::Warn, None),
            };
            let copied = link.clone().unwrap_or_default();
            view! {
                <li data-testid="invite-result" data-address=result.address.clone()>
                    <p><b>{result.address.clone()}</b>" "<Status tone label=result.outcome.message()/></p>
                    {link.map(|link| view! {
                        <div class="copy-box">
                            <code tabindex="0" data-testid="invite-link">{link}</code>
                            {copy_button(copied, "Copy link", "Link copied")}
                        </div>
                    })}
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="invite-results" role="status">
            <ul>{rows}</ul>
            <p class="muted small">"A link is for that address only and is shown this once. You can pass it on yourself; the mail carries another."</p>
        </div>
    }
    .into_any()
}

/// The invites that nobody has answered.
pub fn open_invites<R: Rank>(desk: Desk<R>, data: &Members<R>) -> AnyView {
    if !data.role.manages() {
        return ().into_any();
    }
    let rows = data
        .invites
        .iter()
        .map(|invite| {
            let (id, email) = (invite.id.to_string(), invite.email.to_string());
            let (resend, revoke) = (id.clone(), id);
            view! {
                <tr data-testid="row" data-invite=email.clone()>
                    <td class="col-main"><span class="who">{email.clone()}</span><span class="row-sub shown">{format!("by {}", invite.inviter)}</span></td>
                    <td class="fit">{invite.role.clone()}</td>
                    <td class="col-md fit">{if invite.expired { view! { <Status tone=StatusTone::Off label="Expired"/> }.into_any() } else { view! { <span>"Sent "<Ago at=invite.sent_at now=desk.session.now/></span> }.into_any() }}</td>
                    <td class="col-act wide num"><div class="btn-row end">
                        {desk.form(Some("resend"), "", view! { <input type="hidden" name="invite" value=resend/><button class="btn quiet small" aria-label=format!("Resend the invite of {email}")>"Resend"</button> })}
                        {desk.form(Some("revoke"), "", view! { <input type="hidden" name="invite" value=revoke/><button class="btn quiet small danger" aria-label=format!("Revoke the invite of {email}")>"Revoke"</button> })}
                    </div></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="open-invites">
            <div class="section-head"><h2 id="open-invites">"Open invites"</h2><span class="end">{data.invites.len()}</span></div>
            {if data.invites.is_empty() { view! { <p class="muted">{format!("None. An invite stands for {DAYS} days.")}</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table seats-table">
                    <caption class="visually-hidden">"Open invites"</caption>
                    <thead><tr><th scope="col">"Address"</th><th scope="col" class="fit">"Role"</th><th scope="col" class="col-md fit">"Sent"</th><th scope="col" class="col-act wide"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
    }
    .into_any()
}
