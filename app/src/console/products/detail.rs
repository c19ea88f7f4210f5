//! Detail page of a product: facts on the left, its meters and the plans that price it on the right.

use super::api::act_on_product;
use crate::{
    console::{
        detail::{archive_button, fact, lifecycle},
        meters,
        scope::Scope,
    },
    routes::Page,
    ui::Icon,
};
use leptos::prelude::*;
use model::{Capability, catalog::ProductDetail, meter::Meter, moment, money::grouped, usage::MeterUse};

/// Renders the detail page.
pub fn detail(scope: Scope, product: &ProductDetail, of_product: &[Meter], uses: &[MeterUse]) -> AnyView {
    let row = &product.row;
    let id = row.id;
    // A memo, because renewing the grant during a call would otherwise draw the page again, and drop the answer.
    let may_edit = Memo::new(move |_| scope.may(Capability::EditContent));
    let actions = may_edit.get().then(|| {
        let archive = archive_button(scope, row.name.clone(), row.status, move |status| {
            scope.ask(async move |slug, grant| act_on_product(slug, grant, Some(id), status.into()).await)
        });
        let edit = scope.url(&Page::EditProduct(id));
        view! { {archive}<a class="btn primary" href=edit><Icon name="edit"/>"Edit"</a> }
    });
    let plans = product
        .rate_plans
        .iter()
        .map(|plan| {
            view! {
                <tr data-testid="row">
                    <td class="col-main"><a draggable="false" class="row-link" href=scope.url(&Page::RatePlan(plan.id))>{plan.name.clone()}</a></td>
                    <td class="fit">{lifecycle(plan.status)}</td>
                    <td class="num">{grouped(plan.customers.unsigned_abs())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <header class="page-head">
            <div class="titles"><h1>{row.name.clone()}</h1>{lifecycle(row.status)}</div>
            <div class="btn-row">{actions}</div>
        </header>
        <div class="detail">
            <section class="section side" aria-labelledby="facts">
                <div class="section-head"><h2 id="facts">"Details"</h2></div>
                <dl class="facts">
                    {fact("Code", view! { <span class="mono">{row.code.clone()}</span> })}
                    {fact("Created", view! { <time title=moment::exact(*row.created_at)>{moment::date(row.created_at.date())}</time> })}
                    {(!product.description.is_empty()).then(|| fact("Description", product.description.clone()))}
                </dl>
            </section>
            <div class="activity">
                {meters::section(scope, id, &row.name, of_product, uses, may_edit.get())}
                <section class="section" aria-labelledby="plans">
                    <div class="section-head"><h2 id="plans">"Rate plans"</h2></div>
                    {if product.rate_plans.is_empty() { view! { <p class="muted">"No rate plan prices this product yet."</p> }.into_any() } else { view! {
                        <div class="table-wrap"><table class="data-table">
                            <caption class="visually-hidden">{format!("Rate plans of {}", row.name)}</caption>
                            <thead><tr><th scope="col">"Name"</th><th scope="col" class="fit">"Status"</th><th scope="col" class="num count">"Customers"</th></tr></thead>
                            <tbody>{plans}</tbody>
                        </table></div>
                    }.into_any() }}
                </section>
            </div>
        </div>
    }
    .into_any()
}
