//! What a quantity costs, with the steps of the computation.

use super::words;
use leptos::prelude::*;
use model::{
    currency::Currency,
    money::Money,
    pricing::{
        Quantity,
        charge::Charge,
        phase::{Item, Line, Prices, Reason},
    },
    rate_plan::{Interval, Version, preview::whole_period},
    usage::amount,
};

/// Quantity that is priced if none was asked for.
pub const DEFAULT_QUANTITY: &str = "1000";

/// Charges with what the calculator says of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Priced {
    /// Length of the period.
    pub interval: Interval,
    /// The prices.
    pub prices: Prices,
    /// Name and unit of each charge of `prices`, by position.
    pub named: Vec<(String, String)>,
}

impl Priced {
    /// Returns the charges of a version.
    pub fn of(version: &Version, interval: Interval) -> Self {
        let named = version.charges.iter().map(|row| {
            let unit = row.meter.as_ref().map(|meter| meter.unit.clone()).unwrap_or_default();
            (row.name.clone(), unit)
        });
        Self { interval, prices: version.prices(), named: named.collect() }
    }

    fn has_usage(&self) -> bool {
        self.prices.charges.iter().any(|charge| matches!(charge, Charge::Metered(_)))
    }
}

/// Renders what a period with one seat and this quantity of each meter costs.
pub fn cost(priced: &Priced, quantity: &str) -> AnyView {
    let quantity = match Quantity::parse(quantity.trim()) {
        Ok(quantity) if !quantity.is_negative() => quantity,
        Ok(_) => return problem("Enter a number that is not negative."),
        Err(error) => return problem(&error.to_string()),
    };
    let lines = match whole_period(&priced.prices, 1, |_| quantity) {
        Ok(lines) => lines,
        Err(_) => return problem("This price is too large to compute. Enter a smaller quantity."),
    };
    let currency = priced.prices.currency;
    let total = lines.iter().try_fold(0i64, |sum, line| sum.checked_add(line.minor));
    let total = total.map(|minor| Money { minor, currency }.to_string()).unwrap_or_default();
    let rows = lines.iter().map(|line| of_line(line, priced, currency)).collect_view();
    let of_each =
        if priced.has_usage() { format!(" with {} of each meter", quantity.grouped()) } else { String::new() };
    view! {
        <table class="steps" data-testid="cost">
            <caption class="visually-hidden">{format!("Price of a period{of_each}")}</caption>
            <thead><tr><th scope="col">{format!("One seat{of_each}")}</th><th scope="col" class="num">"Amount"</th></tr></thead>
            <tbody>{rows}</tbody>
            <tfoot><tr><th scope="row">{format!("Total {}", words::per(priced.interval))}</th><td class="num" data-testid="total">{total}</td></tr></tfoot>
        </table>
    }
    .into_any()
}

fn problem(message: &str) -> AnyView {
    view! { <p class="muted" role="status">{message.to_owned()}</p> }.into_any()
}

fn of_line(line: &Line, priced: &Priced, currency: Currency) -> AnyView {
    let (name, unit) = match line.item {
        Item::Charge(at) => priced.named.get(at).cloned().unwrap_or_default(),
        Item::Minimum => ("Difference to the minimum".to_owned(), String::new()),
    };
    let steps: Vec<(String, String)> = match &line.reason {
        Reason::Fee { .. } => Vec::new(),
        Reason::Usage(calculation) => {
            let free = calculation.included.min(calculation.used);
            let included =
                (free > Quantity::ZERO).then(|| (format!("{} included", amount(free, &unit)), String::new()));
            let steps = calculation
                .steps
                .iter()
                .map(|step| (words::step(step, &unit, currency), words::exact(step.amount(), currency)));
            included.into_iter().chain(steps).collect()
        }
        Reason::Minimum { minimum_minor, others_minor } => {
            let money = |minor: i64| Money { minor, currency };
            vec![(format!("{} − {}", money(*minimum_minor), money(*others_minor)), String::new())]
        }
    };
    let steps = steps
        .into_iter()
        .map(|(text, amount)| view! { <tr class="step"><td>{text}</td><td class="num">{amount}</td></tr> })
        .collect_view();
    view! {
        <tr><th scope="row">{name}</th><td class="num">{Money { minor: line.minor, currency }.to_string()}</td></tr>
        {steps}
    }
    .into_any()
}
