//! Form for creating and editing a product.

use super::api::act_on_product;
use crate::{
    console::{
        form::{FormPage, FormShell},
        record_action::RecordAction,
        scope::Scope,
    },
    routes::Page,
    ui::{TextAreaField, TextField},
};
use leptos::prelude::*;
use model::{catalog::ProductInput, list::Noun, text::isolated};

/// Renders the form.
pub fn form(scope: Scope, input: &ProductInput) -> AnyView {
    let id = match scope.page.get_untracked() {
        Page::EditProduct(id) => Some(id),
        _ => None,
    };
    let back = id.map_or_else(|| Page::list(Noun::Products), Page::Product);
    let (title, button) =
        if id.is_some() { (input.name.clone(), "Save") } else { ("New product".to_owned(), "Create product") };
    let page = FormPage::open(scope, move |values: ProductInput| {
        scope.ask(async move |slug, grant| {
            let saved = act_on_product(slug, grant, id, RecordAction::Save(values.clone())).await?;
            let done = match id {
                Some(_) => format!("{} saved", isolated(values.name.trim())),
                None => "Product created".to_owned(),
            };
            Ok((Page::Product(saved), done))
        })
    });
    let value = |name: &str, stored: &str| page.typed(name).unwrap_or_else(|| stored.to_owned());
    let errors = page.state.errors;
    let (name, code) = (value("name", &input.name), value("code", &input.code));
    let description = value("description", &input.description);
    view! {
        <FormShell page title button back>
            <div class="form-part" role="group" aria-label="Details">
                <TextField name="name" label="Name" value=name errors/>
                <TextField name="code" label="Code" value=code errors mono=true hint="Used in the API. Letters, digits, hyphens and underscores."/>
                <TextAreaField name="description" label="Description" value=description errors/>
            </div>
        </FormShell>
    }
    .into_any()
}
