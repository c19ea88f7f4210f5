//! Inviting several addresses at once, the results, and the open invites.

use super::{MembersForm, members_form::EMAILS};
use crate::{
    browser,
    layout::copy_button,
    ui::{Ago, Icon, Status, StatusTone, whole},
};
use leptos::prelude::*;
use model::{
    invite::{AT_ONCE, DAYS, InviteOutcome, InviteResult, summarize_entries},
    members::Members,
    seating::{Rank, grantable},
};

/// Renders the invite form, or nothing for users who may not invite. `usual` is the preselected role.
pub fn invite_form<R: Rank>(form: MembersForm<R>, role: R, left: u32, usual: R, hint: &'static str) -> AnyView {
    let roles = grantable(role);
    if roles.is_empty() {
        return ().into_any();
    }
    let chosen = R::read(&form.typed("role")).unwrap_or(usual);
    // Escaped here: Leptos does not escape the children of a textarea (docs/SECURITY.md, F-2).
    let typed = form.emails.get_untracked();
    let escaped = typed.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let escaped = if cfg!(feature = "ssr") { format!("\n{escaped}") } else { escaped };
    let (errors, emails) = (form.errors, form.emails);
    let most = AT_ONCE.min(usize::try_from(left).unwrap_or(AT_ONCE));
    let count = Memo::new(move |_| emails.with(|text| summarize_entries(text, most)));
    let limit = match most {
        0 => "You can’t send more invites today.".to_owned(),
        AT_ONCE => format!("Up to {AT_ONCE} at a time."),
        most => format!("You can invite {most} more today."),
    };
    // The count and the server report the same error about too many people, so only one of them is shown.
    let wrong = move || errors.with(|e| e.of(EMAILS).map(str::to_owned)).or_else(|| count.get().err());
    let fields = view! {
        <div class="field">
            <label for=EMAILS>"Emails"</label>
            <textarea class="input" id=EMAILS name=EMAILS rows="2" inner_html=escaped autocomplete="off" spellcheck="false" placeholder="ada@example.com, Olu Reyes <olu@example.com>"
                on:input=move |event| emails.set(browser::event_value(&event))
                aria-invalid=move || wrong().map(|_| "true") aria-describedby="emails-error emails-count emails-hint"></textarea>
            <p class="error" id="emails-error" role="alert">{move || wrong().map(|message| view! { <Icon name="alert"/><span>{message}</span> })}</p>
            <p class="hint" id="emails-count" role="status" data-testid="emails-count">{move || if wrong().is_some() { String::new() } else { count.get().unwrap_or_default() }}</p>
            <p class="hint" id="emails-hint">{hint}" "{limit}</p>
        </div>
        <div class="field">
            <label for="invite-role">"Role"</label>
            <span class="select"><select class="input" id="invite-role" name="role">{form.options(&roles, Some(chosen))}</select><Icon name="chevron-down"/></span>
        </div>
        <button class="btn primary" type="submit" aria-busy=move || form.aria_busy()>"Invite"</button>
    };
    view! {
        <section class="section" aria-labelledby="invite">
            <div class="section-head">{form.heading("invite", "Invite people")}</div>
            {form.action_form(Some("invite"), "invite-form", fields)}
            {move || form.results.with(|results| (!results.is_empty()).then(|| outcome(results)))}
        </section>
    }
    .into_any()
}

/// Renders the results: the invited people and, separately, those not invited.
fn outcome(results: &[InviteResult]) -> AnyView {
    let (sent, unsent): (Vec<_>, Vec<_>) = results.iter().partition(|result| result.outcome.is_sent());
    let title = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}"),
    };
    view! {
        {(!unsent.is_empty()).then(|| view! {
            <div class="invite-results bad" role="alert" data-testid="not-invited">
                <p><b>{title(unsent.len(), "not invited")}</b></p>
                <ul>{unsent.into_iter().map(result).collect_view()}</ul>
            </div>
        })}
        {(!sent.is_empty()).then(|| view! {
            <div class="invite-results" role="status" data-testid="invited-people">
                <p><b>{title(sent.len(), "invited")}</b></p>
                <ul>{sent.into_iter().map(result).collect_view()}</ul>
                <p class="muted small">"Each link works only for its email and is shown only once. You can share it yourself. The email contains a different link."</p>
            </div>
        })}
    }
    .into_any()
}

fn result(result: &InviteResult) -> AnyView {
    let link = match &result.outcome {
        InviteOutcome::Sent(link) => Some(link.clone()),
        _ => None,
    };
    let tone = if link.is_some() { StatusTone::Ok } else { StatusTone::Warn };
    let copied = link.clone().unwrap_or_default();
    view! {
        <li data-testid="invite-result" data-address=result.address.clone()>
            <p>
                <b><bdi>{result.address.clone()}</bdi></b>" "
                {(!result.name.is_empty()).then(|| view! { <span class="muted"><bdi>{result.name.clone()}</bdi></span>" " })}
                <Status tone label=result.outcome.message()/>
            </p>
            {link.map(|link| view! {
                <div class="copy-box">
                    <code tabindex="0" data-testid="invite-link">{link}</code>
                    {copy_button(copied, "Copy link", "Link copied")}
                </div>
            })}
        </li>
    }
    .into_any()
}

/// Renders the open invites. The table is rebuilt on each change, like that of the people.
pub fn open_invites<R: Rank>(
    form: MembersForm<R>,
    members: impl Fn() -> Option<Members<R>> + Send + 'static,
) -> AnyView {
    let managed = move || members().filter(|data| data.role.manages());
    view! { <div class="contents">{whole(move || managed().map(|data| open_table(form, &data)))}</div> }.into_any()
}

fn open_table<R: Rank>(form: MembersForm<R>, data: &Members<R>) -> AnyView {
    let rows = data
        .invites
        .iter()
        .map(|invite| {
            let (id, email) = (invite.id.to_string(), invite.email.to_string());
            let (resend, revoke, menu) = (id.clone(), id.clone(), format!("revoke-{id}"));
            let target = menu.clone();
            let question = format!("{email} will no longer be able to use the link. You can invite them again.");
            view! {
                <tr data-testid="row" data-invite=email.clone()>
                    <td class="col-main"><span class="who">{email.clone()}</span><span class="row-sub shown">{format!("by {}", invite.inviter)}</span></td>
                    <td class="fit">{invite.role.clone()}</td>
                    <td class="col-md fit">{if invite.expired { view! { <Status tone=StatusTone::Off label="Expired"/> }.into_any() } else { view! { <span>"Sent "<Ago at=invite.sent_at now=form.session.now/></span> }.into_any() }}</td>
                    <td class="col-act wide num"><div class="btn-row end">
                        {form.action_form(Some("resend"), "", view! { <input type="hidden" name="invite" value=resend/><button class="btn quiet small" aria-label=format!("Resend the invite to {email}")>"Resend"</button> })}
                        <button class="btn quiet small danger" type="button" popovertarget=target aria-label=format!("Revoke the invite to {email}")>"Revoke"</button>
                        <div class="menu seat-menu" popover="auto" id=menu role="dialog" aria-label=format!("Revoke the invite to {email}?")>
                            {form.action_form(Some("revoke"), "confirm", view! {
                                <input type="hidden" name="invite" value=revoke/>
                                <p>{question}</p>
                                <button class="btn small danger">{format!("Revoke {email}")}</button>
                            })}
                        </div>
                    </div></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="open-invites">
            <div class="section-head">{form.heading("open-invites", "Pending invites")}<span class="end">{data.invites.len()}</span></div>
            {if data.invites.is_empty() { view! { <p class="muted">{format!("No pending invites. Invites expire after {DAYS} days.")}</p> }.into_any() } else { view! {
                <div class="table-wrap"><table class="data-table seats-table">
                    <caption class="visually-hidden">"Pending invites"</caption>
                    <thead><tr><th scope="col">"Email"</th><th scope="col" class="fit">"Role"</th><th scope="col" class="col-md fit">"Sent"</th><th scope="col" class="col-act wide"><span class="visually-hidden">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }.into_any() }}
        </section>
    }
    .into_any()
}
