//! What can be done with a document, by its state and by what the person may do, and what was done with it.

use super::{
    api::{InvoiceAction, act_on_invoice, can_be_credited},
    lines::{self, linked},
    send::send_invoice,
};
use crate::{
    boot::Returned,
    console::{
        detail::{action_button, fact},
        form::{FormPage, SectionForm, grant_field},
        scope::Scope,
    },
    error::AppError,
    routes::{InvoiceFile, Page, Route, SettingsPage},
    session::Toast,
    ui::{Pending, SelectField, TextAreaField, TextField},
};
use leptos::{ev::SubmitEvent, prelude::*};
use model::{
    Money,
    id::InvoiceId,
    invoice::{
        Blocker, CreditInput, Document, DocumentKind, DocumentPage, InvoiceStatus, IssueInput, Link, Payment,
        PaymentMethod,
    },
    list::Noun,
    moment,
};

/// Returns what the server returned for the form with this action.
fn returned_to(returned: &Returned, action: &str) -> Returned {
    if returned.value("action") == Some(action) { returned.clone() } else { Returned::default() }
}

/// Shows why a button did nothing, without JavaScript. Forms with fields show their errors themselves.
pub(super) fn problem(returned: &Returned) -> Option<AnyView> {
    let has_fields = matches!(returned.value("action"), Some("save" | "add-line" | "void" | "pay"));
    let message = returned.errors.0.first().map(|error| error.message.clone()).filter(|_| !has_fields);
    let message = message.or_else(|| (!returned.message.is_empty() && !has_fields).then(|| returned.message.clone()));
    message.map(|message| {
        view! { <div class="banner warn page-banner" role="alert" data-testid="problem"><p>{message}</p></div> }
            .into_any()
    })
}

/// Shows the stored lines of a draft beside those of this moment, if they differ.
pub(super) fn moved(document: &Document) -> Option<AnyView> {
    let moved = document.moved.as_ref()?;
    let currency = document.totals.currency;
    let now = document.totals.money(document.totals.total_minor);
    Some(
        view! {
            <section class="section moved" aria-labelledby="moved" data-testid="moved">
                <div class="section-head"><h2 id="moved">"Changed since it was drafted"</h2></div>
                <div class="moved-versions">
                    <div>
                        <h3>"As drafted: "<span data-testid="moved-before">{moved.before.to_string()}</span></h3>
                        {lines::short(&moved.lines, currency)}
                    </div>
                    <div>
                        <h3>"As of now: "<span data-testid="moved-after">{now.to_string()}</span></h3>
                        {lines::short(&document.lines, currency)}
                    </div>
                </div>
            </section>
        }
        .into_any(),
    )
}

/// Renders the buttons of the page's head: the files, and the main action.
pub(super) fn head(scope: Scope, document: &Document, may_edit: bool) -> AnyView {
    let id = document.row.id;
    let file = |file: InvoiceFile| Route::InvoiceFile(scope.slug(), id, file).url();
    let lines = file(InvoiceFile::Lines);
    let pdf = (document.row.status != InvoiceStatus::Draft).then(|| {
        let url = file(InvoiceFile::Pdf);
        view! { <a class="btn quiet" href=url rel="external">"PDF"</a> }
    });
    let main = may_edit.then(|| match document.row.status {
        InvoiceStatus::Draft => issue(scope, document),
        InvoiceStatus::Open | InvoiceStatus::Paid if can_be_credited(document) => {
            let url = scope.url(&Page::CreditInvoice(id, CreditInput::default()));
            view! { <a class="btn" href=url>"Credit"</a> }.into_any()
        }
        InvoiceStatus::Void if document.replaced_by.is_none() && document.kind == DocumentKind::Invoice => button(
            scope,
            id,
            ("remake", "Draft again", "btn primary"),
            Vec::new(),
            InvoiceAction::Remake,
            "Draft created",
        ),
        _ => ().into_any(),
    });
    let send = (may_edit && document.row.number.is_some() && document.row.status != InvoiceStatus::Void).then(|| {
        let fields = vec![("action", "send".to_owned())];
        action_button(scope, fields, ("Send", "Send by email".to_owned()), "Sent", move || {
            scope.ask(async move |slug, grant| send_invoice(slug, grant, id).await)
        })
    });
    view! {
        <a class="btn quiet" href=lines rel="external">"CSV"</a>
        {pdf}
        {send}
        {main}
    }
    .into_any()
}

/// Renders the button that issues a draft as it is on screen.
fn issue(scope: Scope, document: &Document) -> AnyView {
    let Some(basis) = document.basis.filter(|_| document.blockers.is_empty()) else {
        return view! { <button class="btn primary" type="button" disabled=true aria-describedby="blockers">"Issue"</button> }
            .into_any();
    };
    let label = if document.moved.is_some() { "Issue the new version" } else { "Issue" };
    let input = IssueInput { basis: basis.to_string() };
    let fields = vec![("basis", input.basis.clone())];
    button(scope, document.row.id, ("issue", label, "btn primary"), fields, InvoiceAction::Issue(input), "Issued")
}

/// Renders a button that does something with the document, and then shows what the answer names. It is a form, so that
/// it works without JavaScript. The button has the form's action, its text and its class.
fn button(
    scope: Scope,
    id: InvoiceId,
    (name, label, class): (&'static str, &'static str, &'static str),
    fields: Vec<(&'static str, String)>,
    action: InvoiceAction,
    done: &'static str,
) -> AnyView {
    let pending = Pending::default();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if !pending.is_idle() {
            return;
        }
        let action = action.clone();
        let answer = scope.ask(async move |slug, grant| act_on_invoice(slug, grant, id, action.clone()).await);
        let finished = move |shown: Option<InvoiceId>| {
            scope.session.toast(Toast::done(done));
            scope.changed(shown.map_or_else(|| Page::list(Noun::Invoices), Page::Invoice));
        };
        let stopped = move |error: AppError| match error.fields().0.first() {
            Some(first) => {
                scope.session.toast(Toast::failed(first.message.clone()));
                // The document on screen is not the one that is stored.
                scope.reload();
            }
            None => scope.handle_error(error),
        };
        pending.run(answer, finished, stopped);
    };
    let here = scope.url(&Page::Invoice(id));
    let hidden =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form method="post" action=here on:submit=submit>
            <input type="hidden" name="action" value=name/>
            {hidden}
            {grant_field(scope)}
            <button class=class aria-busy=move || pending.aria_busy()>{label}</button>
        </form>
    }
    .into_any()
}

/// Renders the column beside the document.
pub(super) fn side(scope: Scope, page: &DocumentPage, returned: &Returned, may_edit: bool) -> AnyView {
    let document = &page.document;
    let is_draft = document.row.status == InvoiceStatus::Draft;
    let is_owed = document.kind == DocumentKind::Invoice
        && matches!(document.row.status, InvoiceStatus::Open | InvoiceStatus::Paid);
    let blockers = is_draft.then(|| blockers(scope, document));
    let draft = (is_draft && may_edit).then(|| draft(scope, page, returned));
    let settle = is_owed.then(|| payments(scope, document, returned, may_edit));
    let untouched = document.totals.paid_minor == 0 && document.totals.credited_minor == 0;
    let void = (is_owed && may_edit && untouched).then(|| void(scope, document.row.id, returned));
    view! {
        {blockers}
        {draft}
        {settle}
        {void}
        {details(scope, document)}
        {timeline(scope, document)}
    }
    .into_any()
}

/// Lists why a draft can't be issued, each with where to fix it.
fn blockers(scope: Scope, document: &Document) -> Option<AnyView> {
    if document.blockers.is_empty() {
        return None;
    }
    let settings = scope.url(&Page::Settings(SettingsPage::Invoicing));
    let customer = scope.url(&Page::EditCustomer(document.row.customer_id));
    let items = document
        .blockers
        .iter()
        .map(|blocker| {
            let link = |url: &str, text: &'static str| view! { " "<a class="link" href=url.to_owned()>{text}</a> };
            let fix = match blocker {
                Blocker::NoSeller => link(&settings, "Open settings").into_any(),
                Blocker::NoTaxRate => {
                    view! { {link(&settings, "Open settings")}{link(&customer, "Edit customer")} }.into_any()
                }
                Blocker::Negative | Blocker::NoLines | Blocker::NotDue | Blocker::Unpriced => ().into_any(),
            };
            view! { <li data-testid="blocker"><span>{blocker.text()}</span>{fix}</li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="section" aria-labelledby="blocked">
                <div class="section-head"><h2 id="blocked">"Before it can be issued"</h2></div>
                <ul class="blockers" id="blockers">{items}</ul>
            </section>
        }
        .into_any(),
    )
}

/// Opens a form of the page. `save` returns the action for the values, and `done` the message.
fn open<Input>(
    scope: Scope,
    id: InvoiceId,
    returned: Returned,
    action: fn(Input) -> InvoiceAction,
    done: &'static str,
) -> FormPage
where
    Input: serde::de::DeserializeOwned + Clone + 'static,
{
    FormPage::with(scope, returned, move |input: Input| {
        scope.ask(async move |slug, grant| {
            act_on_invoice(slug, grant, id, action(input.clone())).await?;
            Ok((Page::Invoice(id), done.to_owned()))
        })
    })
}

/// Renders the forms that change a draft.
fn draft(scope: Scope, page: &DocumentPage, returned: &Returned) -> AnyView {
    let (document, id) = (&page.document, page.document.row.id);
    let note = open(scope, id, returned_to(returned, "save"), InvoiceAction::Save, "Note saved");
    let text = note.typed("note").unwrap_or_else(|| document.note.clone());
    let note_errors = note.state.errors;
    let line = open(scope, id, returned_to(returned, "add-line"), InvoiceAction::AddLine, "Line added");
    let typed = |name: &str| line.typed(name).unwrap_or_default();
    let (name, amount, rate) = (typed("name"), typed("amount"), typed("tax_rate"));
    let errors = line.state.errors;
    let mut rates = vec![(String::new(), "As for the customer".to_owned())];
    rates.extend(page.tax_rates.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let entered = document.lines.iter().filter(|line| line.slot.is_none()).map(|line| {
        let position = line.position.to_string();
        let fields = vec![("action", "remove-line".to_owned()), ("position", position.clone())];
        let remove = action_button(scope, fields, ("Remove", format!("Remove {}", line.name)), "Line removed", move || {
            let action = InvoiceAction::RemoveLine { position: position.clone() };
            scope.ask(async move |slug, grant| act_on_invoice(slug, grant, id, action.clone()).await)
        });
        let amount = document.totals.money(line.net_minor).to_string();
        view! { <li><div class="line"><span class="text">{line.name.clone()}</span><span class="amount">{amount}</span>{remove}</div></li> }
    }).collect_view();
    view! {
        <section class="section" aria-labelledby="add-line">
            <div class="section-head"><h2 id="add-line">"Lines of your own"</h2></div>
            <ul class="line-list">{entered}</ul>
            <SectionForm page=line action="add-line" button="Add line" secondary=true>
                <TextField name="name" label="Description" value=name errors/>
                <TextField name="amount" label="Amount before tax" value=amount errors hint="Negative for a discount."/>
                <SelectField name="tax_rate" label="Tax rate" value=rate options=rates errors/>
            </SectionForm>
        </section>
        <section class="section" aria-labelledby="draft-note">
            <div class="section-head"><h2 id="draft-note">"Note on the document"</h2></div>
            <SectionForm page=note action="save" button="Save note" secondary=true>
                <TextAreaField name="note" label="Note" value=text errors=note_errors/>
            </SectionForm>
        </section>
        <section class="section" aria-labelledby="delete-draft">
            <div class="section-head"><h2 id="delete-draft">"Delete draft"</h2></div>
            <p class="hint">"What it would have charged is due again."</p>
            {button(scope, id, ("delete", "Delete draft", "btn danger"), Vec::new(), InvoiceAction::Delete, "Draft deleted")}
        </section>
    }
    .into_any()
}

/// Renders the payments of an invoice, with the form that records one.
fn payments(scope: Scope, document: &Document, returned: &Returned, may_edit: bool) -> AnyView {
    let id = document.row.id;
    let rows = document.payments.iter().map(|payment| paid(scope, id, payment, may_edit)).collect_view();
    let record = may_edit.then(|| pay(scope, document, returned));
    let none = document.payments.is_empty().then(|| view! { <p class="muted">"No payments yet"</p> });
    view! {
        <section class="section" aria-labelledby="payments">
            <div class="section-head"><h2 id="payments">"Payments"</h2></div>
            {none}
            <ul class="line-list">{rows}</ul>
            {record}
        </section>
    }
    .into_any()
}

fn paid(scope: Scope, id: InvoiceId, payment: &Payment, may_edit: bool) -> AnyView {
    let named = payment.id.to_string();
    let is_reversed = payment.reversed_at.is_some();
    let reverse = (may_edit && !is_reversed).then(|| {
        let fields = vec![("action", "reverse".to_owned()), ("payment", named.clone())];
        let label = format!("Reverse {}", payment.amount);
        action_button(scope, fields, ("Reverse", label), "Payment reversed", move || {
            let action = InvoiceAction::Reverse { payment: named.clone() };
            scope.ask(async move |slug, grant| act_on_invoice(slug, grant, id, action.clone()).await)
        })
    });
    let what = if payment.amount.minor < 0 { "Refund, " } else { "" };
    let mut parts = vec![format!("{what}{}", payment.method.label()), moment::date(payment.received_on)];
    if !payment.reference.is_empty() {
        parts.push(payment.reference.clone());
    }
    if is_reversed {
        parts.push("reversed".to_owned());
    }
    view! {
        <li data-testid="payment"><div class="line">
            <span class="text">{parts.join(" · ")}</span>
            <span class="amount">{payment.amount.to_string()}</span>
            {reverse}
        </div></li>
    }
    .into_any()
}

fn pay(scope: Scope, document: &Document, returned: &Returned) -> AnyView {
    let returned = returned_to(returned, "pay");
    let was_returned = returned.value("amount").is_some();
    let form = open(scope, document.row.id, returned, InvoiceAction::Pay, "Payment recorded");
    let errors = form.state.errors;
    let left = document.totals.balance();
    let left = if left.minor > 0 { left.decimal() } else { String::new() };
    let amount = form.typed("amount").unwrap_or(left);
    let received = form.typed("received_on").unwrap_or_else(|| model::calendar::day(document.today));
    let method = form.typed("method").unwrap_or_else(|| PaymentMethod::default().as_str().to_owned());
    let reference = form.typed("reference").unwrap_or_default();
    let refund = form.typed("refund").as_deref() == Some("on");
    let methods = PaymentMethod::ALL.into_iter();
    let methods = methods.map(|method| (method.as_str().to_owned(), method.label().to_owned())).collect::<Vec<_>>();
    view! {
        <details class="act" open=was_returned>
            <summary class="btn">"Record payment"</summary>
            <SectionForm page=form action="pay" button="Save payment">
                <TextField name="amount" label="Amount" value=amount errors/>
                <TextField name="received_on" label="Received on" kind="date" value=received errors/>
                <SelectField name="method" label="Method" value=method options=methods errors/>
                <TextField name="reference" label="Reference" value=reference errors optional=true/>
                <label class="check"><input type="checkbox" name="refund" value="on" checked=refund/><span>"Refund: the money was paid back"</span></label>
            </SectionForm>
        </details>
    }
    .into_any()
}

fn void(scope: Scope, id: InvoiceId, returned: &Returned) -> AnyView {
    let returned = returned_to(returned, "void");
    let was_returned = returned.value("reason").is_some();
    let form = open(scope, id, returned, InvoiceAction::Void, "Voided");
    let reason = form.typed("reason").unwrap_or_default();
    let errors = form.state.errors;
    view! {
        <section class="section" aria-labelledby="void">
            <div class="section-head"><h2 id="void">"Void"</h2></div>
            <p class="hint">"A void invoice keeps its number and is not paid. What it charged is due again."</p>
            <details class="act" open=was_returned>
                <summary class="btn">"Void this invoice"</summary>
                <SectionForm page=form action="void" button="Void">
                    <TextField name="reason" label="Reason" value=reason errors/>
                </SectionForm>
            </details>
        </section>
    }
    .into_any()
}

/// Lists facts of the document, and the records that belong to it.
fn details(scope: Scope, document: &Document) -> AnyView {
    let notes = document
        .credit_notes
        .iter()
        .map(|note| {
            let text = view! { {linked(scope, note)}" "{note.total.to_string()} };
            fact("Credit note", text)
        })
        .collect_view();
    let one = |label: &'static str, link: &Option<Link>| link.as_ref().map(|link| fact(label, linked(scope, link)));
    let subscription = document.subscription.map(|id| {
        let url = scope.url(&Page::Subscription(id));
        fact("Subscription", view! { <a class="link" href=url>"Open subscription"</a> })
    });
    let customer = scope.url(&Page::Customer(document.row.customer_id));
    view! {
        <section class="section" aria-labelledby="facts">
            <div class="section-head"><h2 id="facts">"Details"</h2></div>
            <dl class="facts">
                {fact("Customer", view! { <a class="link" href=customer>{document.row.customer.clone()}</a> })}
                {fact("Currency", document.totals.currency.code())}
                {subscription}
                {notes}
                {one("Replaces", &document.replaces)}
                {one("Replaced by", &document.replaced_by)}
            </dl>
        </section>
    }
    .into_any()
}

/// Lists what happened to the document, oldest first.
fn timeline(scope: Scope, document: &Document) -> AnyView {
    let mut all: Vec<(String, AnyView)> = vec![(moment::minute(document.created_at), "Created".into_any())];
    if let Some(at) = document.issued_at {
        all.push((moment::minute(at), "Issued".into_any()));
    }
    if let Some(at) = document.sent_at {
        all.push((moment::minute(at), "Sent by email".into_any()));
    }
    for payment in &document.payments {
        let by = payment.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let what = if payment.amount.minor < 0 { "Refund" } else { "Payment" };
        let amount = Money { minor: payment.amount.minor.saturating_abs(), ..payment.amount };
        all.push((moment::minute(payment.at), format!("{what} of {amount} recorded{by}").into_any()));
        if let Some(at) = payment.reversed_at {
            all.push((moment::minute(at), format!("{what} of {amount} reversed").into_any()));
        }
    }
    for note in &document.credit_notes {
        all.push((String::new(), view! { "Credited by "{linked(scope, note)} }.into_any()));
    }
    if let Some(reason) = &document.void_reason {
        all.push((String::new(), format!("Void: {reason}").into_any()));
    }
    let items = all
        .into_iter()
        .map(|(at, what)| view! { <li><span>{what}</span><span class="muted">{at}</span></li> })
        .collect_view();
    view! {
        <section class="section" aria-labelledby="timeline">
            <div class="section-head"><h2 id="timeline">"Timeline"</h2><span class="end">"UTC"</span></div>
            <ul class="timeline" data-testid="timeline">{items}</ul>
        </section>
    }
    .into_any()
}
