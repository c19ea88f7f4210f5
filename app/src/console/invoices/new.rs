//! Form of an invoice without a subscription.

use super::api::create_invoice;
use crate::{
    console::{
        form::{FormPage, FormShell},
        scope::Scope,
    },
    routes::Page,
    ui::SelectField,
};
use leptos::prelude::*;
use model::{
    currency::Currency,
    invoice::{NewInvoiceInput, NewInvoicePage},
    list::Noun,
};

/// Renders the form.
pub fn new_form(scope: Scope, data: &NewInvoicePage) -> AnyView {
    let page = FormPage::open(scope, move |input: NewInvoiceInput| {
        scope.ask(async move |slug, grant| {
            let id = create_invoice(slug, grant, input.clone()).await?;
            Ok((Page::Invoice(id), "Draft created".to_owned()))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let (customer, currency) = (value("customer", &data.input.customer), value("currency", &data.input.currency));
    let errors = page.state.errors;
    let mut customers = vec![(String::new(), "Choose a customer".to_owned())];
    customers.extend(data.customers.iter().map(|(id, name)| (id.to_string(), name.clone())));
    let mut currencies = vec![(String::new(), "Choose a currency".to_owned())];
    // The code comes first: a list finds its entries by the letters that are typed.
    let label = |currency: Currency| format!("{} · {}", currency.code(), currency.name());
    currencies.extend(Currency::all().map(|currency| (currency.code().to_owned(), label(currency))));
    let more = data.more.then(|| {
        let all = scope.url(&Page::list(Noun::Customers));
        view! { <p class="hint">"Only the first 100 customers are listed. For another one, open "<a class="link" href=all>"its page"</a>" and choose New invoice there."</p> }
    });
    view! {
        <FormShell page title="New invoice".to_owned() button="Create draft" back=Page::list(Noun::Invoices)>
            <div class="form-part" role="group" aria-label="Details">
                <SelectField name="customer" label="Customer" value=customer options=customers errors/>
                {more}
                <SelectField name="currency" label="Currency" value=currency options=currencies errors/>
                <p class="muted">"This creates a draft. You add its lines next. Invoices of subscriptions are drafted under To bill."</p>
            </div>
        </FormShell>
    }
    .into_any()
}
