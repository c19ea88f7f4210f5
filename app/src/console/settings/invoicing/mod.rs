//! Settings of invoicing: seller, texts, terms, automation, numbers and tax rates.

pub(crate) mod api;

use crate::{
    boot::Returned,
    console::{
        detail::action_button,
        form::{FormPage, SectionForm},
        scope::Scope,
    },
    routes::{Page, SettingsPage},
    ui::{SelectField, TextAreaField, TextField},
};
use api::{InvoicingAction, act_on_invoicing};
use leptos::prelude::*;
use model::{
    FieldErrors,
    country::COUNTRIES,
    invoice::{DocumentKind, InvoicingInput, InvoicingSettings, Series, TaxRate, TaxRateInput},
    pricing::tax::Category,
};
use time::Date;

/// Renders the page. The preview of the next numbers is for a document that is issued today.
pub fn view(scope: Scope, settings: &InvoicingSettings, today: Date) -> AnyView {
    let returned = scope.session.take_returned().unwrap_or_default();
    view! {
        {general(scope, settings, &returned)}
        {settings.series.iter().map(|series| numbers(scope, series, today, &returned)).collect_view()}
        {rates(scope, &settings.tax_rates, &returned)}
    }
    .into_any()
}

/// Returns what the server returned for the form with this action and, if it has one, this record.
fn returned_to(returned: &Returned, action: &str, record: Option<(&str, &str)>) -> Returned {
    let is_of = record.is_none_or(|(name, value)| returned.value(name) == Some(value));
    if is_of && returned.value("action") == Some(action) { returned.clone() } else { Returned::default() }
}

/// Opens a form of the page.
fn open<Input>(scope: Scope, returned: Returned, action: fn(Input) -> InvoicingAction, done: &'static str) -> FormPage
where
    Input: serde::de::DeserializeOwned + Clone + 'static,
{
    FormPage::with(scope, returned, move |input: Input| {
        scope.ask(async move |slug, grant| {
            act_on_invoicing(slug, grant, action(input.clone())).await?;
            Ok((Page::Settings(SettingsPage::Invoicing), done.to_owned()))
        })
    })
}

fn check(name: &'static str, label: &'static str, checked: bool) -> AnyView {
    view! { <label class="check"><input type="checkbox" name=name value="on" checked=checked/><span>{label}</span></label> }
        .into_any()
}

fn general(scope: Scope, settings: &InvoicingSettings, returned: &Returned) -> AnyView {
    let returned = returned_to(returned, "save", None);
    let was_returned = returned.value("action").is_some();
    let form = open(scope, returned, InvoicingAction::Save, "Settings saved");
    let errors = form.state.errors;
    let stored = InvoicingInput::from(settings);
    let value = |name: &str, stored: &str| form.typed(name).unwrap_or_else(|| stored.to_owned());
    let checked = |name: &str, stored: &str| {
        if was_returned { form.typed(name).as_deref() == Some("on") } else { !stored.is_empty() }
    };
    let (name, address) = (value("seller_name", &stored.seller_name), value("seller_address", &stored.seller_address));
    let (country, tax_id) =
        (value("seller_country", &stored.seller_country), value("seller_tax_id", &stored.seller_tax_id));
    let email = value("seller_email", &stored.seller_email);
    let (details, footer) = (value("payment_details", &stored.payment_details), value("footer", &stored.footer));
    let (days, grace) = (value("payment_days", &stored.payment_days), value("grace_days", &stored.grace_days));
    let rate = value("tax_rate", &stored.tax_rate);
    let mut countries = vec![(String::new(), "Choose a country".to_owned())];
    countries.extend(COUNTRIES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())));
    let mut rates = vec![(String::new(), "None".to_owned())];
    let offered = settings.tax_rates.iter().filter(|one| !one.archived || one.id.to_string() == rate);
    rates.extend(offered.map(|rate| (rate.id.to_string(), rate.name.clone())));
    let automatic = [
        check(
            "auto_draft",
            "Draft invoices automatically after the days above",
            checked("auto_draft", &stored.auto_draft),
        ),
        check("auto_issue", "Issue automatic drafts that nothing blocks", checked("auto_issue", &stored.auto_issue)),
        check("zero_invoices", "Draft invoices of 0.00", checked("zero_invoices", &stored.zero_invoices)),
    ];
    view! {
        <SectionForm page=form action="save" button="Save">
            <TextField name="seller_name" label="Legal name" value=name errors hint="The seller on invoices. Required before the first one is issued."/>
            <TextAreaField name="seller_address" label="Address" value=address errors/>
            <SelectField name="seller_country" label="Country" value=country options=countries errors optional=true/>
            <TextField name="seller_tax_id" label="Tax id" value=tax_id errors optional=true mono=true/>
            <TextField name="seller_email" label="Email" kind="email" value=email errors optional=true hint="Where customers ask about an invoice."/>
            <TextAreaField name="payment_details" label="Payment details" value=details errors hint="For example the bank account. On each invoice."/>
            <TextAreaField name="footer" label="Footer" value=footer errors/>
            <TextField name="payment_days" label="Days to pay" kind="number" value=days errors/>
            <SelectField name="tax_rate" label="Default tax rate" value=rate options=rates errors optional=true/>
            <TextField name="grace_days" label="Days before an automatic draft" kind="number" value=grace errors hint="Time for late usage after the end of a period."/>
            <fieldset class="field"><legend>"Automation"</legend>{automatic.into_iter().collect_view()}</fieldset>
        </SectionForm>
    }
    .into_any()
}

/// Renders a text field whose id is not its name, because the page has several fields with that name.
fn field(
    prefix: &str,
    name: &'static str,
    label: &'static str,
    value: String,
    errors: RwSignal<FieldErrors>,
) -> AnyView {
    let id = format!("{prefix}-{name}");
    let error_id = format!("{id}-error");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" id=id name=name type="text" value=value autocomplete="off"
                aria-invalid=move || errors.with(|e| e.of(name).map(|_| "true")) aria-describedby=error_id.clone()/>
            <p class="error" id=error_id>{move || errors.with(|e| e.of(name).map(str::to_owned))}</p>
        </div>
    }
    .into_any()
}

fn numbers(scope: Scope, series: &Series, today: Date, returned: &Returned) -> AnyView {
    let kind = series.kind;
    let returned = returned_to(returned, "save-series", Some(("kind", kind.as_str())));
    let was_returned = returned.value("action").is_some();
    let form = open(scope, returned, InvoicingAction::SaveSeries, "Numbers saved");
    let errors = form.state.errors;
    let value = |name: &str, stored: String| form.typed(name).unwrap_or(stored);
    let (prefix, width) = (value("prefix", series.prefix.clone()), value("width", series.width.to_string()));
    let yearly = if was_returned { form.typed("yearly").as_deref() == Some("on") } else { series.yearly };
    let next = (!series.started).then(|| {
        let next = value("next", series.next.to_string());
        field(kind.as_str(), "next", "Next number", next, errors)
    });
    let preview = series.number(today.year(), series.next);
    let title = match kind {
        DocumentKind::Invoice => "Numbers of invoices",
        DocumentKind::CreditNote => "Numbers of credit notes",
    };
    let heading = format!("series-{}", kind.as_str());
    let warning = series.started.then(|| {
        view! { <p class="hint">"A change applies to the next number. Numbers that are issued stay."</p> }
    });
    let labelled_by = heading.clone();
    view! {
        <section class="block" aria-labelledby=labelled_by>
            <h3 id=heading>{title}</h3>
            <p>"Next number: "<b class="mono" data-testid=format!("next-{}", kind.as_str())>{preview}</b></p>
            <SectionForm page=form action="save-series" button="Save numbers">
                <input type="hidden" name="kind" value=kind.as_str()/>
                {field(kind.as_str(), "prefix", "Prefix", prefix, errors)}
                {field(kind.as_str(), "width", "Digits", width, errors)}
                {next}
                {check("yearly", "With the year, and from 1 each year", yearly)}
                {warning}
            </SectionForm>
        </section>
    }
    .into_any()
}

const fn category_label(category: Category) -> &'static str {
    match category {
        Category::S => "Standard or reduced rate",
        Category::Z => "Zero rated",
        Category::E => "Exempt",
        Category::AE => "Reverse charge",
        Category::O => "Outside the scope of tax",
    }
}

fn rates(scope: Scope, rates: &[TaxRate], returned: &Returned) -> AnyView {
    let rows = rates.iter().map(|rate| rate_row(scope, rate, returned)).collect_view();
    let returned = returned_to(returned, "add-rate", None);
    let form = open(scope, returned, InvoicingAction::AddRate, "Tax rate added");
    let empty = TaxRateInput { category: Category::S.as_str().to_owned(), ..TaxRateInput::default() };
    let fields = rate_fields("rate-new", form, &empty);
    let none = rates.is_empty().then(|| view! { <p class="muted">"No tax rates yet"</p> });
    view! {
        <section class="block" aria-labelledby="tax-rates">
            <h3 id="tax-rates">"Tax rates"</h3>
            {none}
            <ul class="line-list">{rows}</ul>
            <SectionForm page=form action="add-rate" button="Add tax rate">{fields}</SectionForm>
        </section>
    }
    .into_any()
}

fn rate_fields(prefix: &str, form: FormPage, stored: &TaxRateInput) -> AnyView {
    let errors = form.state.errors;
    let value = |name: &str, stored: &str| form.typed(name).unwrap_or_else(|| stored.to_owned());
    let chosen = value("category", &stored.category);
    let id = format!("{prefix}-category");
    let options = Category::ALL
        .into_iter()
        .map(|category| {
            let selected = category.as_str() == chosen;
            view! { <option value=category.as_str() selected=selected>{category_label(category)}</option> }
        })
        .collect_view();
    view! {
        {field(prefix, "name", "Name", value("name", &stored.name), errors)}
        {field(prefix, "percent", "Percent", value("percent", &stored.percent), errors)}
        <div class="field">
            <label for=id.clone()>"Category"</label>
            <span class="select"><select class="input" id=id name="category">{options}</select></span>
        </div>
        {field(prefix, "note", "Note on invoices", value("note", &stored.note), errors)}
    }
    .into_any()
}

fn rate_row(scope: Scope, rate: &TaxRate, returned: &Returned) -> AnyView {
    let id = rate.id.to_string();
    let text = format!("{} · {} %", rate.name, rate.percent);
    if rate.archived {
        return view! { <li data-testid="tax-rate"><div class="line"><span class="text muted">{text}</span><span class="end">"Archived"</span></div></li> }.into_any();
    }
    let fields = vec![("action", "archive-rate".to_owned()), ("id", id.clone())];
    let named = id.clone();
    let archive =
        action_button(scope, fields, ("Archive", format!("Archive {}", rate.name)), "Tax rate archived", move || {
            let action = InvoicingAction::ArchiveRate { id: named.clone() };
            scope.ask(async move |slug, grant| act_on_invoicing(slug, grant, action.clone()).await)
        });
    let returned = returned_to(returned, "edit-rate", Some(("id", &id)));
    let was_returned = returned.value("action").is_some();
    let form = open(scope, returned, InvoicingAction::EditRate, "Tax rate saved");
    let stored = TaxRateInput {
        name: rate.name.clone(),
        percent: rate.percent.to_string(),
        category: rate.category.as_str().to_owned(),
        note: rate.note.clone(),
    };
    let inputs = rate_fields(&format!("rate-{id}"), form, &stored);
    view! {
        <li data-testid="tax-rate">
            <div class="line"><span class="text">{text}</span>{archive}</div>
            <details class="act" open=was_returned>
                <summary class="btn small quiet">"Edit "<span class="visually-hidden">{rate.name.clone()}</span></summary>
                <SectionForm page=form action="edit-rate" button="Save tax rate">
                    <input type="hidden" name="id" value=id/>
                    {inputs}
                </SectionForm>
            </details>
        </li>
    }
    .into_any()
}
