//! The invite page for the invited person, for another signed-in person, for a signed-out visitor, and for an invite
//! that is no longer valid. All actions are forms; viewing the page does not consume the invite.

use crate::account::AccountFrame;
use crate::{
    boot::{AccountData, Returned},
    routes::{InviteToken, Route},
    session::{Session, use_session},
    ui::{Banner, Icon, Tone, WorkspaceAvatar, WsIcon},
};
use leptos::prelude::*;
use model::{
    invite::{Invite, InviteState, InviteTo, Mailbox},
    moment,
    text::isolated,
};

/// Invite page at `/invite/{token}`.
#[component]
pub fn InvitePage(
    /// Token from the URL.
    token: InviteToken,
) -> impl IntoView {
    let session = use_session();
    let found = match session.take_account_data() {
        Some(AccountData::Invite(found)) => found,
        _ => None,
    };
    let returned = session.take_returned().unwrap_or_default();
    let action = Route::Invite(token).url();
    let body = match found {
        None => broken(session),
        Some(found) => {
            let (invite, mailbox) = *found;
            match invite.state {
                InviteState::Open => open(session, &action, &invite, mailbox, returned),
                state => closed(session, &invite, state),
            }
        }
    };
    view! { <AccountFrame><main class="auth invite" id="main" data-testid="invite">{body}</main></AccountFrame> }
}

fn avatar(invite: &Invite) -> WorkspaceAvatar {
    match invite.to {
        InviteTo::Workspace(id) => WorkspaceAvatar::automatic(id, &invite.place),
        InviteTo::Organization(_) => WorkspaceAvatar::named(&invite.place),
    }
}

fn head(invite: &Invite) -> AnyView {
    let whole = match invite.to {
        InviteTo::Workspace(_) => {
            format!("A workspace in {}. Your role will be {}.", isolated(&invite.organization), invite.role)
        }
        InviteTo::Organization(_) => {
            format!("The organization and all its workspaces. Your role will be {}.", invite.role)
        }
    };
    view! {
        <header>
            <WsIcon avatar=avatar(invite) large=true/>
            <div>
                <h1>{format!("{} invited you to {}", isolated(&invite.inviter), isolated(&invite.place))}</h1>
                <p>{whole}</p>
            </div>
        </header>
    }
    .into_any()
}

fn open(session: Session, action: &str, invite: &Invite, mailbox: Mailbox, returned: Returned) -> AnyView {
    let me = session.person.with_untracked(|p| p.as_ref().map(|p| p.email.clone()));
    let body = match me {
        Some(me) if me == invite.email.as_str() => right(action, invite),
        Some(me) => wrong(action, invite, &me),
        None if mailbox == Mailbox::New => new_person(action, invite, &returned),
        None => signed_out(action, invite, mailbox, &returned),
    };
    let message = returned.message;
    view! {
        {head(invite)}
        {(!message.is_empty()).then(|| view! { <Banner tone=Tone::Bad message/> })}
        {body}
        <p class="after">{format!("For {}, until {}.", invite.email, moment::exact(invite.expires_at))}</p>
    }
    .into_any()
}

fn button(action: &str, choice: &'static str, class: &'static str, label: String) -> AnyView {
    view! {
        <form method="post" action=action.to_owned()>
            <input type="hidden" name="action" value=choice/>
            <button class=class>{label}</button>
        </form>
    }
    .into_any()
}

fn right(action: &str, invite: &Invite) -> AnyView {
    view! {
        <div class="stack">
            {button(action, "accept", "btn primary wide", format!("Join {}", isolated(&invite.place)))}
            {button(action, "decline", "btn quiet wide", "Decline".to_owned())}
        </div>
    }
    .into_any()
}

fn wrong(action: &str, invite: &Invite, me: &str) -> AnyView {
    view! {
        <div class="banner warn" role="status"><Icon name="alert"/>
            <p>"This invite is for "<b data-testid="invited">{invite.email.to_string()}</b>", but you’re signed in as "<b data-testid="signed-in">{me.to_owned()}</b>". The invite is still valid."</p>
        </div>
        <div class="stack">
            {button(action, "switch", "btn primary wide", format!("Sign out and continue as {}", invite.email))}
            <a class="btn quiet wide" href=Route::home().url()>{format!("Stay signed in as {me}")}</a>
        </div>
    }
    .into_any()
}

fn email_field(invite: &Invite) -> AnyView {
    view! {
        <div class="field">
            <label for="email">"Email"</label>
            <input class="input" id="email" name="email" type="email" value=invite.email.to_string() autocomplete="username" readonly/>
        </div>
    }
    .into_any()
}

fn field(
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    hint: Option<&'static str>,
    returned: &Returned,
) -> AnyView {
    // The error is cleared when the field changes. An empty field is only marked; its error is shown above the form.
    let error = RwSignal::new(returned.errors.of(name).map(str::to_owned));
    let value = returned.value(name).filter(|_| kind != "password").unwrap_or_default().to_owned();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input class="input" id=name name=name type=kind value=value autocomplete=autocomplete required
                on:input=move |_| if error.with_untracked(Option::is_some) { error.set(None) }
                aria-invalid=move || error.with(Option::is_some).then_some("true") aria-describedby=format!("{name}-error {name}-hint")/>
            <p class="error" id=format!("{name}-error")>{move || error.get().filter(|message| !message.is_empty()).map(|message| view! { <Icon name="alert"/><span>{message}</span> })}</p>
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
        </div>
    }
    .into_any()
}

fn signed_out(action: &str, invite: &Invite, mailbox: Mailbox, returned: &Returned) -> AnyView {
    view! {
        <form class="form" method="post" action=action.to_owned() novalidate>
            <input type="hidden" name="action" value="sign_in"/>
            {email_field(invite)}
            {field("password", "Password", "password", "current-password", None, returned)}
            <button class="btn primary wide" type="submit">{format!("Sign in and join {}", invite.place)}</button>
        </form>
        {if mailbox == Mailbox::Known {
            button(action, "decline", "btn quiet wide", "Decline".to_owned())
        } else {
            // The text is the same for every address, so that a visitor who was passed the link learns nothing about
            // the account.
            view! { <p class="after">"New to Stile? Open the link in the email we sent to this address, or "<a class="link" href="/sign-up" rel="external">"sign up"</a>" with it, and the invite will be waiting for you."</p> }.into_any()
        }}
    }
    .into_any()
}

fn new_person(action: &str, invite: &Invite, returned: &Returned) -> AnyView {
    view! {
        <form class="form" method="post" action=action.to_owned() novalidate>
            <input type="hidden" name="action" value="join"/>
            {email_field(invite)}
            {field("name", "Your name", "text", "name", None, returned)}
            {field("password", "Choose a password", "password", "new-password", Some("At least 12 characters. A few random words work well."), returned)}
            <button class="btn primary wide" type="submit">{format!("Sign up and join {}", invite.place)}</button>
        </form>
        {button(action, "decline", "btn quiet wide", "Decline".to_owned())}
    }
    .into_any()
}

fn ways_out(session: Session) -> AnyView {
    let signed_in = session.person.with_untracked(Option::is_some);
    let (url, label) =
        if signed_in { (Route::home().url(), "All workspaces") } else { ("/sign-in".to_owned(), "Sign in") };
    view! { <div class="btn-row"><a class="btn" href=url rel="external">{label}</a></div> }.into_any()
}

fn closed(session: Session, invite: &Invite, state: InviteState) -> AnyView {
    let title = match state {
        InviteState::Declined => format!("The invite to {} was declined", isolated(&invite.place)),
        InviteState::Accepted => format!("The invite to {} was accepted", isolated(&invite.place)),
        _ => format!("The invite to {} can’t be accepted", isolated(&invite.place)),
    };
    view! {
        <header><WsIcon avatar=avatar(invite) large=true/><div><h1>{title}</h1><p data-testid="invite-reason">{state.reason()}</p></div></header>
        {ways_out(session)}
    }
    .into_any()
}

fn broken(session: Session) -> AnyView {
    view! {
        <header><div>
            <h1>"This invite link doesn’t work"</h1>
            <p data-testid="invite-reason">"It may be incomplete. Copy the whole link from the email, or ask for a new invite."</p>
        </div></header>
        {ways_out(session)}
    }
    .into_any()
}
