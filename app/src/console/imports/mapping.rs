//! Form in which the columns of a file are mapped. How the file is read (delimiter, first row, saved mapping) is a form of
//! its own that loads the page again, because it changes the columns.

use super::api::act_on_import;
use crate::{
    console::{
        form::{FormPage, grant_field},
        scope::Scope,
    },
    routes::{ImportLayout, Page},
    ui::{Banner, ErrorSummary, FieldMessage, Icon, SelectField, SubmitButton, TextField, Tone},
};
use leptos::prelude::*;
use model::import::{Column, DecimalSign, Delimiter, ImportAction, ImportForm, ImportState, MappingInput, Role};
use std::collections::BTreeMap;

/// Renders the form.
pub fn form(scope: Scope, form: &ImportForm) -> AnyView {
    let id = form.row.id;
    let page = FormPage::open(scope, move |values: BTreeMap<String, String>| {
        scope.ask(async move |slug, grant| {
            let mut values = values.clone();
            // The action is named by its tag.
            values.retain(|name, _| name != "action" && name != "grant");
            let action = ImportAction::Map(MappingInput(values));
            let progress = act_on_import(slug, grant, id, action).await?;
            let done = match progress.state {
                ImportState::Previewed => "File checked",
                _ => "Checking the file",
            };
            Ok((Page::Import(id), done.to_owned()))
        })
    });
    let value = |name: &str| page.typed(name).unwrap_or_else(|| form.input.value(name).to_owned());
    let errors = page.state.errors;
    let here = scope.url(&scope.page.get_untracked());
    let hint = if form.chosen.is_empty() && form.guessed {
        "What is filled in was guessed from the first rows. Check it before you continue.".to_owned()
    } else if form.chosen.is_empty() {
        String::new()
    } else {
        format!("Filled in from the saved mapping {}.", form.chosen)
    };
    let columns = (0..).zip(&form.columns).map(|(at, column)| line(at, column, &value)).collect_view();
    let decimals = DecimalSign::ALL.map(|sign| (sign.as_str().to_owned(), sign.label().to_owned())).to_vec();
    let types = form.types.iter().map(|kind| view! { <option value=kind.clone()></option> }).collect_view();
    let header = form.input.value("header") == "on";
    view! {
        <header class="page-head">
            <div class="titles"><h1>{form.row.name.clone()}</h1></div>
            <div class="btn-row"><a class="btn quiet" href=scope.url(&Page::Import(id))>"Cancel"</a></div>
        </header>
        <section class="section" aria-labelledby="layout-title">
            <div class="section-head"><h2 id="layout-title">"How the file is read"</h2></div>
            {layout(scope, form)}
        </section>
        <form class="section import-mapping" method="post" action=here novalidate on:submit=move |event| page.submit(event)>
            <div class="section-head"><h2>"What the columns mean"</h2></div>
            <ErrorSummary errors/>
            {page.state.pending.banner()}
            {(!hint.is_empty()).then(|| view! { <Banner tone=Tone::Quiet message=hint/> })}
            <input type="hidden" name="action" value="map"/>
            {grant_field(scope)}
            <input type="hidden" name="delimiter" value=form.input.value("delimiter").to_owned()/>
            {header.then(|| view! { <input type="hidden" name="header" value="on"/> })}
            <div class="field" id="columns" tabindex="-1">
                <div class="table-wrap"><table class="data-table imports mapping">
                    <caption class="visually-hidden">"Columns of the file"</caption>
                    <thead><tr>
                        <th scope="col" class="wide">"Column"</th>
                        <th scope="col" class="col-md">"First cells"</th>
                        <th scope="col" class="wide">"Use as"</th>
                        <th scope="col" class="wide">"Property"</th>
                    </tr></thead>
                    <tbody>{columns}</tbody>
                </table></div>
                <FieldMessage name="columns" errors/>
                <p class="hint">"Numbers and texts become properties of the event data, which meters read."</p>
            </div>
            <div class="field-row">
                <SelectField name="decimal" label="Decimal sign" value=value("decimal") options=decimals errors/>
                <SelectField name="times_in" label="Times without a time zone are in" value=value("times_in") options=zones(&form.zone) errors/>
            </div>
            <div class="field-row">
                <TextField name="customer" label="Customer of all rows" value=value("customer") errors optional=true hint="A subject or id of the customer. Not needed if a column contains it."/>
                <div class="field">
                    <label for="type">"Event type of all rows "<span class="optional">"(optional)"</span></label>
                    <input class="input" id="type" name="type" type="text" list="event-types" autocomplete="off" value=value("type")
                        aria-invalid=move || errors.with(|e| e.of("type").map(|_| "true")) aria-describedby="type-error type-hint"/>
                    <datalist id="event-types">{types}</datalist>
                    <FieldMessage name="type" errors/>
                    <p class="hint" id="type-hint">"Meters find events by their type. Not needed if a column contains it."</p>
                </div>
            </div>
            <TextField name="name" label="Save this mapping as" value=value("name") errors optional=true hint="The name becomes the source of the events. Import further files of the same kind with the same mapping, so that rows that are already there are recognized."/>
            <div class="btn-row"><SubmitButton form=page.state label="Check the file"/></div>
        </form>
    }
    .into_any()
}

/// Renders the form that changes how the file is read.
fn layout(scope: Scope, form: &ImportForm) -> AnyView {
    let to = scope.url(&Page::ImportMapping(ImportLayout::guessed(form.row.id)));
    let delimiter = form.input.value("delimiter").to_owned();
    let delimiters = Delimiter::ALL
        .iter()
        .map(|known| {
            let selected = known.as_str() == delimiter;
            view! { <option value=known.as_str() selected=selected>{known.label()}</option> }
        })
        .collect_view();
    let header = form.input.value("header") == "on";
    let saved = (!form.saved.is_empty()).then(|| {
        let options = form
            .saved
            .iter()
            .map(|name| {
                let selected = *name == form.chosen;
                view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
            })
            .collect_view();
        view! {
            <div class="field">
                <label for="saved">"Saved mapping"</label>
                <span class="select"><select class="input" id="saved" name="saved"><option value="">"None"</option>{options}</select><Icon name="chevron-down"/></span>
            </div>
        }
    });
    view! {
        <form class="import-layout" method="get" action=to>
            <div class="field">
                <span class="label">"Encoding"</span>
                <p data-testid="encoding">{form.encoding.clone()}</p>
            </div>
            <div class="field">
                <label for="delimiter">"Delimiter"</label>
                <span class="select"><select class="input" id="delimiter" name="delimiter">{delimiters}</select><Icon name="chevron-down"/></span>
            </div>
            <div class="field">
                <label for="header">"First row"</label>
                <span class="select">
                    <select class="input" id="header" name="header">
                        <option value="on" selected=header>"Names of the columns"</option>
                        <option value="off" selected=!header>"Data"</option>
                    </select>
                    <Icon name="chevron-down"/>
                </span>
            </div>
            {saved}
            <button class="btn" type="submit">"Read again"</button>
        </form>
    }
    .into_any()
}

/// Renders the controls of a column.
fn line(at: usize, column: &Column, value: &dyn Fn(&str) -> String) -> AnyView {
    let (role, property) = (format!("role_{at}"), format!("property_{at}"));
    let chosen = value(&role);
    let options = Role::ALL
        .iter()
        .map(|known| {
            let selected = known.as_str() == chosen;
            view! { <option value=known.as_str() selected=selected>{known.label()}</option> }
        })
        .collect_view();
    let typed = value(&property);
    view! {
        <tr data-testid="column">
            <th scope="row" class="wide">{column.name.clone()}</th>
            <td class="mono col-md">{column.samples.join(", ")}</td>
            <td class="wide">
                <span class="select"><select class="input" name=role aria-label=format!("Use of {}", column.name)>{options}</select><Icon name="chevron-down"/></span>
            </td>
            <td class="wide"><input class="input mono" type="text" name=property value=typed maxlength="60" autocomplete="off" aria-label=format!("Property of {}", column.name)/></td>
        </tr>
    }
    .into_any()
}

/// Returns the choices for times without a zone.
fn zones(workspace: &str) -> Vec<(String, String)> {
    let offset = |hours: i32| {
        let sign = if hours < 0 { '-' } else { '+' };
        let text = format!("{sign}{:02}:00", hours.abs());
        (text.clone(), format!("UTC{text}"))
    };
    let own = ("workspace".to_owned(), format!("Workspace time ({})", workspace.replace('_', " ")));
    let hours = (-12..=14).filter(|hours| *hours != 0).map(offset);
    [("utc".to_owned(), "UTC".to_owned()), own].into_iter().chain(hours).collect()
}
