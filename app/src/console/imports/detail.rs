//! Page of an import: its progress, what the check found, and the report.
//!
//! While the check or the import has more to do, the page calls the server again and again. Without JavaScript, the
//! button "Continue" does the same.

use super::{
    api::act_on_import,
    list::words,
    report::{counts, effects, refusals, sample},
};
use crate::{
    browser,
    console::{form::grant_field, scope::Scope},
    error::AppError,
    reactive,
    routes::{ImportLayout, Page},
    ui::{Banner, Pending, Status, Tone},
};
use leptos::{ev::SubmitEvent, prelude::*, reactive::traits::IsDisposed, task::spawn_local};
use model::{
    count::pluralize,
    id::ImportId,
    import::{ImportAction, ImportProgress, ImportState, ImportView},
    money::grouped,
};

/// Renders the page.
pub fn detail(scope: Scope, import: &ImportView) -> AnyView {
    let returned = scope.session.take_returned().map(|returned| returned.message).unwrap_or_default();
    let message = (!returned.is_empty()).then(|| view! { <Banner tone=Tone::Bad message=returned/> });
    let (tone, label) = words(import.row.state);
    let body = match import.row.state {
        ImportState::Receiving => receiving(scope, import),
        // The columns are not mapped, or the check is in progress. No row is handled before the columns are mapped.
        ImportState::Uploaded if import.position == 0 => unmapped(scope, import),
        ImportState::Uploaded => working(scope, import, "Checking the file", 0),
        ImportState::Running => working(scope, import, "Importing", import.preview.rows),
        ImportState::Previewed => previewed(scope, import),
        ImportState::Done | ImportState::Stopped => finished(scope, import),
    };
    view! {
        <header class="page-head">
            <div class="titles"><h1>{import.row.name.clone()}</h1><Status tone label/></div>
            <div class="btn-row"><a class="btn quiet" href=scope.url(&Page::Imports)>"All imports"</a></div>
        </header>
        {message}
        {body}
    }
    .into_any()
}

fn receiving(scope: Scope, import: &ImportView) -> AnyView {
    view! {
        <section class="section">
            <p>"The upload of this file has not ended. If it was interrupted, stop the import and upload the file again."</p>
            <div class="btn-row">{button(scope, import.row.id, ImportAction::Stop, "Stop", "btn")}</div>
        </section>
    }
    .into_any()
}

fn unmapped(scope: Scope, import: &ImportView) -> AnyView {
    let columns = scope.url(&Page::ImportMapping(ImportLayout::guessed(import.row.id)));
    view! {
        <section class="section">
            <p>"Choose what the columns of the file mean. Then all rows are checked, and you see what the file adds."</p>
            <div class="btn-row">
                <a class="btn primary" href=columns>"Choose columns"</a>
                {button(scope, import.row.id, ImportAction::Continue, "Check the file", "btn")}
                {button(scope, import.row.id, ImportAction::Stop, "Stop", "btn quiet")}
            </div>
        </section>
    }
    .into_any()
}

/// Renders the progress of the check or the import. `rows` is the number of rows of the file, or 0 if it is unknown.
fn working(scope: Scope, import: &ImportView, title: &'static str, rows: u64) -> AnyView {
    let id = import.row.id;
    let position = RwSignal::new(import.position);
    drive(scope, id, position);
    let text = move || {
        let handled = grouped(position.get());
        if rows > 0 { format!("{handled} of {} rows", grouped(rows)) } else { format!("{handled} rows so far") }
    };
    let bar = (rows > 0).then(|| {
        view! { <progress class="import-progress" max=rows.to_string() value=move || position.get().to_string() aria-labelledby="progress-title"></progress> }
    });
    view! {
        <section class="section" aria-labelledby="progress-title">
            <div class="section-head"><h2 id="progress-title">{title}</h2></div>
            {bar}
            <p role="status" data-testid="progress">{text}</p>
            <p class="hint">"It goes on while this page is open. If you leave, come back here to continue."</p>
            <div class="btn-row">
                <div data-no-script>{button(scope, id, ImportAction::Continue, "Continue", "btn primary")}</div>
                {button(scope, id, ImportAction::Stop, "Stop", "btn")}
            </div>
        </section>
    }
    .into_any()
}

/// Calls the server until the check or the import has ended, or the page is gone.
fn drive(scope: Scope, id: ImportId, position: RwSignal<u64>) {
    let begun = StoredValue::new(false);
    reactive::effect(move || {
        if begun.get_value() {
            return;
        }
        begun.set_value(true);
        spawn_local(async move {
            loop {
                let answer =
                    scope.ask(async move |slug, grant| act_on_import(slug, grant, id, ImportAction::Continue).await);
                match answer.await {
                    Ok(ImportProgress { position: now, more, .. }) => {
                        if position.try_set(now).is_some() {
                            return;
                        }
                        if !more {
                            scope.reload();
                            return;
                        }
                    }
                    Err(error) => {
                        if position.try_get_untracked().is_some() {
                            stopped(scope, error);
                        }
                        return;
                    }
                }
            }
        });
    });
}

fn stopped(scope: Scope, error: AppError) {
    let busy = matches!(error, AppError::Limited(_));
    scope.handle_error(error);
    if busy {
        browser::after(2_000, move || {
            if !scope.current.is_disposed() {
                scope.reload();
            }
        });
    }
}

fn previewed(scope: Scope, import: &ImportView) -> AnyView {
    let id = import.row.id;
    let refused = import.preview.refused();
    let good = import.preview.accepted;
    let columns = scope.url(&Page::ImportMapping(ImportLayout::guessed(id)));
    // A file that adds nothing can be finished, too, so that its report stays.
    let run = (good > 0 || import.preview.duplicate > 0).then(|| {
        let label = if good == 0 {
            "Finish".to_owned()
        } else if refused > 0 {
            format!("Import the {}", rows(good, "good row", "good rows"))
        } else {
            format!("Import {}", rows(good, "row", "rows"))
        };
        button(scope, id, ImportAction::Run { refused: refused.to_string() }, label, "btn primary")
    });
    let question = (refused > 0).then(|| {
        let text = format!(
            "{} can’t be imported. Import only the others, or stop, correct the file and upload it again.",
            rows(refused, "row", "rows")
        );
        view! { <Banner tone=Tone::Bad message=text/> }
    });
    view! {
        <section class="section" aria-labelledby="check-title">
            <div class="section-head"><h2 id="check-title">"What the file contains"</h2></div>
            {question}
            {counts(&import.preview, "New")}
            <div class="btn-row">
                {run}
                <a class="btn" href=columns>"Change columns"</a>
                {button(scope, id, ImportAction::Stop, "Stop", "btn quiet")}
            </div>
        </section>
        <section class="section" aria-labelledby="effect-title">
            <div class="section-head"><h2 id="effect-title">"What the import adds"</h2></div>
            {effects(scope, &import.preview)}
        </section>
        {refusals(scope, import, refused)}
        {sample(&import.sample)}
    }
    .into_any()
}

fn rows(number: u64, one: &str, many: &str) -> String {
    pluralize(i64::try_from(number).unwrap_or(i64::MAX), one, many)
}

fn finished(scope: Scope, import: &ImportView) -> AnyView {
    let refused = import.counts.refused();
    view! {
        <section class="section" aria-labelledby="report-title">
            <div class="section-head"><h2 id="report-title">"Report"</h2></div>
            {counts(&import.counts, "Imported")}
        </section>
        {refusals(scope, import, refused.max(import.refusals.len() as u64))}
    }
    .into_any()
}

/// Renders a form with one button that applies an action.
fn button(scope: Scope, id: ImportId, action: ImportAction, label: impl Into<String>, class: &'static str) -> AnyView {
    let pending = Pending::default();
    let (word, seen) = match &action {
        ImportAction::Run { refused } => ("run", Some(refused.clone())),
        ImportAction::Stop => ("stop", None),
        ImportAction::Continue | ImportAction::Map(_) => ("continue", None),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let action = action.clone();
        let call = scope.ask(async move |slug, grant| act_on_import(slug, grant, id, action.clone()).await);
        pending.run(call, move |_: ImportProgress| scope.reload(), move |error| scope.handle_error(error));
    };
    let here = scope.url(&Page::Import(id));
    let label: String = label.into();
    view! {
        <form method="post" action=here on:submit=submit>
            <input type="hidden" name="action" value=word/>
            {grant_field(scope)}
            {seen.map(|seen| view! { <input type="hidden" name="refused" value=seen/> })}
            <button class=class aria-busy=move || pending.aria_busy()>{label}</button>
        </form>
    }
    .into_any()
}
