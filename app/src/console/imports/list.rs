//! List of imports, with the form that uploads a file. The browser submits the form itself, because of the file.

use crate::{
    browser,
    console::{form::grant_field, scope::Scope},
    routes::{ImportLayout, Page},
    ui::{Banner, Empty, FieldMessage, Status, StatusTone, Tone},
};
use leptos::prelude::*;
use model::{
    FieldErrors,
    import::{FILE_MAX, ImportList, ImportRow, ImportState},
    moment,
    money::grouped,
};

/// Renders the page.
pub fn list(scope: Scope, list: &ImportList) -> AnyView {
    let rows = list.rows.iter().map(|row| line(scope, row)).collect_view();
    let table = if list.rows.is_empty() {
        view! { <Empty icon="usage" title="No imports yet".to_owned() text="Files that you import appear here, with what became of each row.".to_owned()/> }.into_any()
    } else {
        view! {
            <div class="table-wrap"><table class="data-table imports">
                <caption class="visually-hidden">"Imports"</caption>
                <thead><tr>
                    <th scope="col" class="col-main">"File"</th>
                    <th scope="col" class="fit">"Status"</th>
                    <th scope="col" class="num">"Imported rows"</th>
                    <th scope="col" class="num">"Refused rows"</th>
                    <th scope="col" class="wide col-md">"Uploaded"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
        .into_any()
    };
    view! {
        <header class="page-head"><div class="titles"><h1>"Import usage"</h1></div></header>
        <section class="section" aria-labelledby="upload-title">
            <div class="section-head"><h2 id="upload-title">"Upload a file"</h2></div>
            {upload(scope)}
        </section>
        <section class="section" aria-labelledby="imports-title">
            <div class="section-head"><h2 id="imports-title">"Imports"</h2></div>
            {table}
        </section>
    }
    .into_any()
}

fn upload(scope: Scope) -> AnyView {
    let returned = scope.session.take_returned().unwrap_or_default();
    let message = Some(returned.message.clone()).filter(|message| !message.is_empty());
    let errors = RwSignal::new(returned.errors);
    let here = scope.url(&Page::Imports);
    // Checked before the upload; without JavaScript the server reports it.
    let chosen = move |_| {
        errors.set(match browser::file_size("file") {
            Some(size) if size > FILE_MAX as f64 => {
                FieldErrors::one("file", "That file is larger than 50 MB. Split it into several files.")
            }
            _ => FieldErrors::default(),
        });
    };
    view! {
        {message.map(|message| view! { <Banner tone=Tone::Bad message/> })}
        <form class="form import-upload" method="post" action=here enctype="multipart/form-data">
            {grant_field(scope)}
            <input type="hidden" name="action" value="upload"/>
            <div class="field">
                <label for="file">"CSV file"</label>
                <input class="input file" id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain" required=true
                    on:change=chosen aria-invalid=move || errors.with(|e| e.of("file").map(|_| "true")) aria-describedby="file-error file-hint"/>
                <FieldMessage name="file" errors/>
                <p class="hint" id="file-hint">"At most 50 MB. Nothing is imported before you have seen what the file adds."</p>
            </div>
            <div class="btn-row"><button class="btn primary" type="submit">"Upload"</button></div>
        </form>
    }
    .into_any()
}

fn line(scope: Scope, row: &ImportRow) -> AnyView {
    let page = match row.state {
        ImportState::Uploaded => Page::ImportMapping(ImportLayout::guessed(row.id)),
        _ => Page::Import(row.id),
    };
    let (tone, label) = words(row.state);
    view! {
        <tr data-testid="row">
            <td class="col-main"><a draggable="false" class="row-link" href=scope.url(&page)>{row.name.clone()}</a></td>
            <td class="fit"><Status tone label/></td>
            <td class="num">{grouped(row.accepted)}</td>
            <td class="num">{grouped(row.refused)}</td>
            <td class="wide col-md"><time title=moment::exact(*row.created_at)>{moment::date(row.created_at.date())}</time>{format!(" · {}", row.actor)}</td>
        </tr>
    }
    .into_any()
}

/// Returns the tone and label of the status badge of a state.
pub const fn words(state: ImportState) -> (StatusTone, &'static str) {
    let tone = match state {
        ImportState::Done => StatusTone::Ok,
        ImportState::Receiving | ImportState::Uploaded | ImportState::Previewed | ImportState::Running => {
            StatusTone::Info
        }
        ImportState::Stopped => StatusTone::Off,
    };
    (tone, state.label())
}
