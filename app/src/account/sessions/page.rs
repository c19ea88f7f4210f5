//! Sessions page at `/account/sessions`: lists and ends the person's sessions. Works without JavaScript.

use crate::account::{
    AccountShell, end_other_sessions, end_session, form::keep_tokens, list_sessions, list_tokens, sign_out_everywhere,
};
use crate::session::Toast;
use crate::{
    boot::AccountData,
    browser,
    error::AppError,
    reactive,
    routes::{AccountPage, Route, SignInNotice},
    session::{Session, use_session},
    ui::{Ago, Icon, Pending},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{device::SessionRow, moment, token::TokensThen};

/// Sessions page.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let session = use_session();
    let embedded = match session.take_account_data() {
        Some(AccountData::Sessions { sessions, tokens }) => Some((sessions, tokens)),
        _ => None,
    };
    let (embedded, names) = embedded.unzip();
    let loaded = embedded.is_some();
    let rows = RwSignal::new(embedded);
    let pending = Pending::new(session.take_returned().map(|r| r.message).unwrap_or_default());
    let tokens = RwSignal::new(names.unwrap_or_default());
    let list = Sessions { session, rows, pending, tokens };
    reactive::effect(move || {
        if !loaded {
            let answer = async move {
                if let Ok(held) = list_tokens().await {
                    tokens.set(held.into_iter().filter(|token| !token.expired).map(|token| token.name).collect());
                }
                list_sessions().await
            };
            list.run(answer, None);
        }
    });
    view! {
        <AccountShell page=AccountPage::Sessions lead="Devices where you’re signed in. If you don’t recognize one, end its session and change your password.">
                {pending.banner()}
                {move || match rows.get() {
                    None => view! { <p class="muted">"Loading…"</p> }.into_any(),
                    Some(sessions) => listing(list, sessions),
                }}
        </AccountShell>
    }
}

#[derive(Clone, Copy)]
struct Sessions {
    session: Session,
    rows: RwSignal<Option<Vec<SessionRow>>>,
    /// Request in flight, and the error message of the page. At most one is in flight, so that no older list of
    /// sessions replaces a newer one.
    pending: Pending,
    /// Names of the active operator tokens.
    tokens: RwSignal<Vec<String>>,
}

impl Sessions {
    /// Sends a request and shows the sessions that are left, and the message `done`.
    fn run(
        self,
        answer: impl Future<Output = Result<Vec<SessionRow>, AppError>> + 'static,
        done: Option<&'static str>,
    ) {
        let show = move |left| {
            self.rows.set(Some(left));
            if let Some(done) = done {
                self.session.toast(Toast::done(done));
            }
        };
        self.pending.run(answer, show, move |error| self.failed(error));
    }

    fn failed(self, error: AppError) {
        if let Some(error) = self.session.form_error(error) {
            self.pending.message.set(error.message());
        }
    }
}

fn listing(list: Sessions, sessions: Vec<SessionRow>) -> AnyView {
    let others = sessions.iter().filter(|s| !s.is_this).count();
    let rows = sessions.into_iter().map(|row| line(list, row)).collect_view();
    let end_others = move |event: SubmitEvent| {
        event.prevent_default();
        list.run(end_other_sessions(), Some("Signed out of other devices"));
    };
    let everywhere = move |event: SubmitEvent| {
        event.prevent_default();
        let values = browser::form_values(&event);
        let keep = values.iter().find(|(name, _)| name == "tokens").map_or("", |(_, value)| value.as_str());
        let then = TokensThen::of_checkbox(keep);
        let answer = async move {
            browser::set_sign_out_pending(true);
            let answer = sign_out_everywhere(then).await;
            browser::set_sign_out_pending(false);
            answer
        };
        let leave = move |()| list.session.leave(SignInNotice::SignedOut);
        list.pending.run_and_leave(answer, leave, move |error| list.failed(error));
    };
    let here = Route::Sessions.url();
    view! {
        <ul class="line-list sessions">{rows}</ul>
        <section class="block" aria-labelledby="more">
            <h2 id="more">"Other devices"</h2>
            <div class="form">
                {(others == 0).then(|| view! { <p class="note">"You’re only signed in on this device."</p> })}
                {(others > 0).then(|| view! {
                    <form method="post" action=here.clone() on:submit=end_others>
                        <input type="hidden" name="action" value="end-others"/>
                        <button class="btn" data-testid="end-others" aria-busy=move || list.pending.aria_busy()>"Sign out other devices"</button>
                    </form>
                })}
                <form class="form" method="post" action=here on:submit=everywhere>
                    <input type="hidden" name="action" value="sign-out-everywhere"/>
                    {keep_tokens(&list.tokens.get_untracked())}
                    <div><button class="btn danger" data-testid="sign-out-everywhere" aria-busy=move || list.pending.aria_busy()><Icon name="sign-out"/>"Sign out all devices"</button></div>
                </form>
            </div>
        </section>
    }
    .into_any()
}

fn line(list: Sessions, row: SessionRow) -> AnyView {
    let id = row.id;
    let end = move |event: SubmitEvent| {
        event.prevent_default();
        list.run(end_session(id), Some("Session ended"));
    };
    let label = format!("End the session in {}", row.device);
    let from = row.ip.clone().unwrap_or_else(|| "an unknown IP address".to_owned());
    view! {
        <li data-testid="session" data-this=row.is_this.then_some("")>
            <div class="line">
                <Icon name=if row.handheld { "phone" } else { "monitor" }/>
                <div class="text">
                    <p><b>{row.device.clone()}</b>{row.is_this.then(|| view! { " "<span class="chip">"This device"</span> })}</p>
                    <p class="muted">
                        <span class="mono">{from}</span>" · signed in "<time title=moment::exact(row.created_at)>{moment::utc_date(row.created_at)}</time>
                        " · last seen "<Ago at=row.last_seen_at now=list.session.now/>
                    </p>
                </div>
                {(!row.is_this).then(|| view! {
                    <form method="post" action=Route::Sessions.url() on:submit=end>
                        <input type="hidden" name="action" value="end"/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <button class="btn quiet small danger" aria-label=label>"End"</button>
                    </form>
                })}
            </div>
        </li>
    }
    .into_any()
}
