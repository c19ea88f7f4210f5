//! Operator tokens at `/account/tokens`: created, shown once, revoked. Works without JavaScript.

use super::{AccountShell, CreatedToken, create_token, list_tokens, revoke_token};
use crate::{
    boot::AccountData,
    error::AppError,
    layout::copy_button,
    reactive,
    routes::{AccountPage, Route},
    session::{Session, use_session},
    ui::{Ago, FormState, PasswordField, Pending, SelectField, SubmitButton, TextField},
};
use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::{
    moment,
    token::{OperatorToken, TokenLife},
};

/// Operator tokens page at `/account/tokens`.
#[component]
pub fn TokensPage() -> impl IntoView {
    let session = use_session();
    let (tokens, created) = match session.take_account_data() {
        Some(AccountData::Tokens { tokens, created }) => (Some(tokens), created),
        _ => (None, None),
    };
    let loaded = tokens.is_some();
    let tokens = RwSignal::new(tokens);
    let created = RwSignal::new(created);
    let form = FormState::new(session.take_returned().unwrap_or_default()).emptied_after_success();
    let errors = form.errors;
    let failed = move |error: AppError| {
        if let Some(error) = session.form_error(error) {
            form.pending.message.set(error.message());
        }
    };
    reactive::effect(move || {
        if !loaded {
            spawn_local(async move {
                match list_tokens().await {
                    // A token that was created in the meantime has brought a newer list.
                    Ok(list) => tokens.update(|shown| {
                        shown.get_or_insert(list);
                    }),
                    Err(error) => failed(error),
                }
            });
        }
    });
    let name = form.typed("name").unwrap_or_default();
    let life = form.typed("life").unwrap_or_else(|| TokenLife::default().as_str().to_owned());
    let lives: Vec<_> =
        TokenLife::ALL.into_iter().map(|life| (life.as_str().to_owned(), life.label().to_owned())).collect();
    let create = move |event: SubmitEvent| {
        let send = move |values: Vec<(String, String)>| {
            let value = |name: &str| values.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
            let life = TokenLife::from_word(&value("life")).unwrap_or_default();
            Some(create_token(value("name"), life, value("password")))
        };
        let done = move |made: CreatedToken| {
            created.set(Some(made.secret));
            tokens.set(Some(made.tokens));
        };
        form.submit(&event, send, done, move |error| session.form_error(error));
    };
    view! {
        <AccountShell page=AccountPage::Tokens lead="A token lets a script read what you can read through the JSON API, until it expires. If you lose access to a workspace, so do your tokens. Resetting your password revokes all tokens. Changing it or signing out all devices also revokes them, unless you keep them.">
                {form.pending.banner()}
                {move || created.get().map(|secret| view! { <Secret secret/> })}
                <section class="block" aria-labelledby="new-token">
                    <h2 id="new-token">"New token"</h2>
                    <form class="form narrow" method="post" action=Route::Tokens.url() novalidate on:submit=create>
                        <input type="hidden" name="action" value="create"/>
                        <TextField name="name" label="Name" value=name errors hint="For example, nightly export"/>
                        <SelectField name="life" label="Expires after" value=life options=lives errors/>
                        <PasswordField name="password" label="Your password" autocomplete="current-password" errors
                            hint="Not required within 15 minutes of confirming it’s you."/>
                        <div><SubmitButton form label="Create token"/></div>
                    </form>
                </section>
                <section class="block" aria-labelledby="all-tokens">
                    <h2 id="all-tokens">"Your tokens"</h2>
                    {move || match tokens.get() {
                        None => view! { <p class="muted">"Loading…"</p> }.into_any(),
                        Some(list) if list.is_empty() => view! { <p class="muted">"No tokens yet"</p> }.into_any(),
                        Some(list) => token_table(session, form.pending, list, tokens, failed),
                    }}
                </section>
        </AccountShell>
    }
}

#[component]
fn Secret(secret: String) -> impl IntoView {
    let copied = secret.clone();
    view! {
        <div class="secret" role="status">
            <p><b>"Copy the token now."</b>" You won’t be able to see it again."</p>
            <div class="copy-box">
                <code tabindex="0" data-testid="token">{secret}</code>
                {copy_button(copied, "Copy", "Token copied")}
            </div>
        </div>
    }
}

/// Renders the tokens. They are revoked one at a time and not while one is created, so that no older list replaces a
/// newer one.
fn token_table(
    session: Session,
    pending: Pending,
    list: Vec<OperatorToken>,
    tokens: RwSignal<Option<Vec<OperatorToken>>>,
    failed: impl Fn(AppError) + Copy + Send + 'static,
) -> AnyView {
    let rows = list.into_iter().map(|token| {
        let id = token.id;
        let revoke = move |event: SubmitEvent| {
            event.prevent_default();
            pending.run(revoke_token(id), move |left| tokens.set(Some(left)), failed);
        };
        view! {
            <tr data-testid="row">
                <td class="col-main">{token.name.clone()}<span class="muted mono">{format!(" …{}", token.hint)}</span></td>
                <td class="col-sm fit">{moment::utc_day(token.created_at)}</td>
                <td class="fit">{if token.expired { "Expired".to_owned() } else { moment::utc_day(token.expires_at) }}</td>
                <td class="col-sm fit">{match token.last_used_at {
                    Some(used) => view! { <Ago at=used now=session.now/> }.into_any(),
                    None => "Never".into_any(),
                }}</td>
                <td class="num">
                    <form method="post" action=Route::Tokens.url() on:submit=revoke>
                        <input type="hidden" name="action" value="revoke"/>
                        <input type="hidden" name="id" value=id.to_string()/>
                        <button class="btn quiet small danger" aria-label=format!("Revoke {}", token.name)>"Revoke"</button>
                    </form>
                </td>
            </tr>
        }
    }).collect_view();
    view! {
        <div class="table-wrap"><table class="data-table">
            <caption class="visually-hidden">"Tokens"</caption>
            <thead><tr>
                <th scope="col">"Name"</th><th scope="col" class="col-sm fit">"Created (UTC)"</th><th scope="col" class="fit day">"Expires (UTC)"</th><th scope="col" class="col-sm fit">"Last used"</th>
                <th scope="col" class="narrow"><span class="visually-hidden">"Actions"</span></th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
