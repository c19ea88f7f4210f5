//! The charges of a version as a price table.

use super::words;
use crate::{console::scope::Scope, routes::Page};
use leptos::prelude::*;
use model::{
    currency::Currency,
    money::Money,
    pricing::{
        Quantity,
        charge::{Charge, Metered, Model, Tiers},
    },
    rate_plan::{ChargeRow, Interval, ModelKind, Version},
    usage::amount,
};

/// A row of a charge: what is priced, the price, and what is added once.
type Priced = (String, String, String);

/// Renders the charges of a version, and its minimum.
pub fn prices(scope: Scope, version: &Version, interval: Interval) -> AnyView {
    if version.charges.is_empty() && version.minimum_minor.is_none() {
        return view! { <p class="muted">"No charges yet"</p> }.into_any();
    }
    let currency = version.currency;
    let groups = version.charges.iter().map(|row| group(scope, row, interval, currency)).collect_view();
    let minimum = version.minimum_minor.map(|minor| {
        view! {
            <tbody><tr>
                <th scope="rowgroup">"Minimum"</th><td>{words::per(interval)}</td><td class="num">{Money { minor, currency }.to_string()}</td><td class="num"></td>
            </tr></tbody>
        }
    });
    view! {
        <div class="table-wrap"><table class="data-table prices" data-testid="prices">
            <caption class="visually-hidden">"Prices"</caption>
            <thead><tr>
                <th scope="col">"Charge"</th><th scope="col">"For"</th><th scope="col" class="num wide">"Price"</th><th scope="col" class="num">"Flat amount"</th>
            </tr></thead>
            {groups}
            {minimum}
        </table></div>
    }
    .into_any()
}

fn group(scope: Scope, row: &ChargeRow, interval: Interval, currency: Currency) -> AnyView {
    let unit = row.meter.as_ref().map(|meter| meter.unit.as_str()).unwrap_or_default();
    let rows = priced(row, unit, interval, currency);
    let count = rows.len().to_string();
    let product = scope.url(&Page::Product(row.product_id));
    let meter = row.meter.as_ref().filter(|meter| meter.name != row.product);
    let of = meter.map_or_else(|| row.product.clone(), |meter| format!("{}, {}", row.product, meter.name));
    let kind = ModelKind::of(&row.charge);
    let mut head = Some(view! {
        <th scope="rowgroup" rowspan=count>
            <span class="charge-name">{row.name.clone()}</span>
            <span class="muted">{kind.label()}" · "<a class="link" href=product>{of}</a></span>
        </th>
    });
    let rows = rows
        .into_iter()
        .map(|(what, price, flat)| {
            view! { <tr>{head.take()}<td>{what}</td><td class="num">{price}</td><td class="num">{flat}</td></tr> }
        })
        .collect_view();
    view! { <tbody data-testid="charge">{rows}</tbody> }.into_any()
}

/// Returns the rows of a charge, at least one.
fn priced(row: &ChargeRow, unit: &str, interval: Interval, currency: Currency) -> Vec<Priced> {
    let money = |minor: i64| Money { minor, currency }.to_string();
    let metered = match &row.charge {
        Charge::Fee(fee) => return vec![(words::fee(fee, interval), money(fee.minor), String::new())],
        Charge::Metered(metered) => metered,
    };
    let mut rows = Vec::new();
    if metered.included > Quantity::ZERO {
        rows.push((format!("first {}", amount(metered.included, unit)), "included".to_owned(), String::new()));
    }
    rows.extend(models(metered, unit, currency));
    rows
}

fn models(metered: &Metered, unit: &str, currency: Currency) -> Vec<Priced> {
    let rest = if metered.included > Quantity::ZERO { "each further " } else { "each " };
    let money = |minor: i64| Money { minor, currency }.to_string();
    let tiers = |tiers: &Tiers, of: &str| -> Vec<Priced> {
        let row = |(lower, tier): (Quantity, model::pricing::charge::Tier)| {
            let flat = if tier.flat_minor == 0 { String::new() } else { money(tier.flat_minor) };
            (format!("{of}{}", words::tier((lower, tier.up_to))), tier.unit_price.display(currency), flat)
        };
        tiers.bounded().map(row).collect()
    };
    match &metered.model {
        Model::PerUnit(price) => vec![(format!("{rest}{unit}"), price.display(currency), String::new())],
        Model::Graduated(list) => tiers(list, ""),
        Model::Volume(list) => tiers(list, "all, if the quantity is "),
        Model::Package { size, minor } => {
            vec![(format!("{rest}package of {}", amount(*size, unit)), money(*minor), String::new())]
        }
    }
}
