//! What the prices in the editor cost, computed in the browser while a person types.

use super::state::{Editor, FORM, Row};
use crate::{
    browser,
    console::rate_plans::{
        api::draft_impact,
        calculator::{Priced, cost},
        impact::impact,
    },
    ui::{Banner, CURVE_SIZE, CurveLine, Pending, PriceCurve, Tone, whole},
};
use leptos::prelude::*;
use model::{
    currency::Currency,
    money::Money,
    pricing::{
        Exact,
        charge::{Charge, Metered, Model},
        phase::Prices,
    },
    rate_plan::{
        ChargeDraft, ChargeInput, ModelKind, VersionInput,
        preview::{Curve, Impact, comparison, curve, curve_end, jumps, table},
    },
};

/// ID that stands for a meter or product that is not chosen yet. The price does not depend on it.
const NOT_CHOSEN: &str = "00000000-0000-0000-0000-000000000000";

/// Renders the preview.
pub fn preview(editor: Editor) -> AnyView {
    let priced = Memo::new(move |_| editor.input.with(|input| priced(editor, input)));
    let missing = move || {
        let missing = priced.with(|(_, missing)| missing.clone());
        (!missing.is_empty()).then(|| {
            view! { <p class="muted">{format!("Complete the fields of {} to see the price.", missing.join(", "))}</p> }
        })
    };
    let first = editor.quantity.get_untracked();
    view! {
        <div class="editor-preview" role="group" aria-label="Preview" data-testid="preview">
            <section aria-labelledby="cost">
                <h2 id="cost">"What would it cost?"</h2>
                <div class="field calculator">
                    <label for="quantity">"Quantity of each meter"</label>
                    // A search field, because a quantity is no unsaved input.
                    <input class="input" type="search" inputmode="decimal" id="quantity" name="quantity" value=first autocomplete="off" maxlength="40"/>
                </div>
                <div>{whole(move || priced.with(|(priced, _)| cost(priced, &editor.quantity.get())))}</div>
                <div class="contents">{whole(missing)}</div>
            </section>
            <For each=move || editor.rows() key=|row| (row.generation, row.at) children=move |row| of_charge(editor, &row)/>
            {subscribers(editor)}
        </div>
    }
    .into_any()
}

/// Returns the charges whose price is complete, and the names of the others.
fn priced(editor: Editor, input: &VersionInput) -> (Priced, Vec<String>) {
    let (mut charges, mut named, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for (at, charge) in input.charges.iter().enumerate() {
        let name = match charge.name.trim() {
            "" => format!("charge {}", at + 1),
            name => name.to_owned(),
        };
        match price_of(charge, editor.currency) {
            Some(price) => {
                charges.push(price);
                named.push((name, unit_of(editor, charge)));
            }
            None => missing.push(name),
        }
    }
    let minimum_minor = Money::parse(&input.minimum, editor.currency).ok().map(|minimum| minimum.minor);
    let prices = Prices { currency: editor.currency, charges, minimum_minor };
    (Priced { interval: editor.interval, prices, named }, missing)
}

/// Returns the price of a charge, even if its name and its meter are not chosen yet.
fn price_of(charge: &ChargeInput, currency: Currency) -> Option<Charge> {
    let chosen = |id: &str| if id.is_empty() { NOT_CHOSEN.to_owned() } else { id.to_owned() };
    let charge = ChargeInput {
        name: "-".to_owned(),
        meter: chosen(&charge.meter),
        product: chosen(&charge.product),
        ..charge.clone()
    };
    let alone = VersionInput { charges: vec![charge], ..VersionInput::default() };
    alone.parse(currency).ok()?.charges.first().map(ChargeDraft::charge)
}

fn unit_of(editor: Editor, charge: &ChargeInput) -> String {
    editor.meters.with_value(|meters| {
        let meter = meters.iter().find(|meter| meter.id.to_string() == charge.meter);
        meter.map(|meter| meter.unit.clone()).unwrap_or_default()
    })
}

/// Renders curve, table, jumps and comparison of a charge for usage.
fn of_charge(editor: Editor, row: &Row) -> AnyView {
    let at = row.at;
    let charge = Memo::new(move |_| editor.input.with(|input| input.charges.get(at).cloned()));
    let view = move || {
        let charge = charge.get()?;
        let Some(Charge::Metered(metered)) = price_of(&charge, editor.currency) else { return None };
        let name =
            if charge.name.trim().is_empty() { format!("Charge {}", at + 1) } else { charge.name.trim().to_owned() };
        Some(metered_view(&metered, &name, at, editor.currency))
    };
    view! { <div class="contents">{whole(view)}</div> }.into_any()
}

fn metered_view(metered: &Metered, name: &str, at: usize, currency: Currency) -> AnyView {
    let heading = format!("preview-{at}");
    let rows = table(metered, currency)
        .into_iter()
        .map(|(quantity, amount)| {
            let amount = amount.map_or_else(|| "–".to_owned(), |amount| amount.to_string());
            view! { <tr><th scope="row" class="num">{quantity.grouped()}</th><td class="num">{amount}</td></tr> }
        })
        .collect_view();
    let jumps = jumps(metered, currency).unwrap_or_default();
    let jumps =
        jumps.into_iter().map(|jump| view! { <li class:falls=jump.falls>{jump.sentence()}</li> }).collect_view();
    let labelled_by = heading.clone();
    view! {
        <section aria-labelledby=labelled_by>
            <h2 id=heading>{name.to_owned()}</h2>
            {drawn(metered, name, currency)}
            {compared(metered, currency)}
            <ul class="jumps">{jumps}</ul>
            <table class="steps">
                <caption class="visually-hidden">{format!("Prices of {name}")}</caption>
                <thead><tr><th scope="col" class="num">"Quantity"</th><th scope="col" class="num">"Price"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// Returns the same tiers by the other model, if the charge has tiers.
fn other_model(metered: &Metered) -> Option<(Metered, ModelKind)> {
    let (model, kind) = match &metered.model {
        Model::Graduated(tiers) => (Model::Volume(tiers.clone()), ModelKind::Volume),
        Model::Volume(tiers) => (Model::Graduated(tiers.clone()), ModelKind::Graduated),
        Model::PerUnit(_) | Model::Package { .. } => return None,
    };
    Some((Metered { included: metered.included, model }, kind))
}

fn drawn(metered: &Metered, name: &str, currency: Currency) -> Option<AnyView> {
    let end = curve_end(metered);
    let mut own = curve(metered, end, currency).ok()?;
    let other = other_model(metered).and_then(|(other, kind)| Some((curve(&other, end, currency).ok()?, kind)));
    let mut lines = Vec::new();
    if let Some((mut other, kind)) = other {
        // Both are drawn on one scale.
        let top = larger(own.top, other.top);
        own.top = top;
        other.top = top;
        if other.points != own.points {
            lines.push(line(&other, kind.label()));
        }
    }
    lines.insert(0, line(&own, ModelKind::of(&Charge::Metered(metered.clone())).label()));
    let top = own.top.round(currency).ok().map(|minor| Money { minor, currency }.to_string()).unwrap_or_default();
    let label = format!("Price of {name} from 0 to {}", end.grouped());
    Some(view! { <PriceCurve label lines end=end.grouped() top/> }.into_any())
}

fn larger(a: Exact, b: Exact) -> Exact {
    if a.is_below(b).unwrap_or(false) { b } else { a }
}

fn line(curve: &Curve, label: &'static str) -> CurveLine {
    CurveLine { label, points: curve.drawn(CURVE_SIZE, CURVE_SIZE) }
}

/// Renders what one quantity costs by both models with tiers, if that differs.
fn compared(metered: &Metered, currency: Currency) -> Option<AnyView> {
    let compared = comparison(metered, currency).ok()??;
    let text = format!(
        "{} cost {} graduated, and {} by volume.",
        compared.quantity.grouped(),
        compared.graduated,
        compared.volume
    );
    Some(view! { <p data-testid="both-models">{text}</p> }.into_any())
}

/// Renders the button that prices the last period of each subscriber by the draft, and its answer.
fn subscribers(editor: Editor) -> AnyView {
    let (scope, id, pending) = (editor.scope, editor.id, Pending::default());
    let answer = RwSignal::new(None::<Option<Impact>>);
    let ask = move |_| {
        let input = VersionInput::from_pairs(browser::values_of(&format!("#{FORM}")));
        let call = scope.ask(async move |slug, grant| draft_impact(slug, grant, id, input.clone()).await);
        pending.run(
            call,
            move |impact| answer.set(Some(impact)),
            move |error| {
                let Some(error) = editor.refused(error) else { return };
                editor.form.errors.set(error.fields());
                pending.message.set(error.message());
            },
        );
    };
    let shown = move || {
        answer.get().map(|answer| match answer {
            Some(compared) => impact(scope, &compared),
            None => view! { <Banner tone=Tone::Quiet message="No version is published yet, so nobody would pay other prices.".to_owned()/> }.into_any(),
        })
    };
    view! {
        <section aria-labelledby="subscribers">
            <h2 id="subscribers">"Subscribers"</h2>
            <p class="muted">"What the last period of each subscriber would have cost by this draft."</p>
            <button class="btn small" type="button" data-script aria-busy=move || pending.aria_busy() on:click=ask>"Compare"</button>
            <p class="muted" data-no-script>"“Review and publish” saves the draft and shows it."</p>
            {pending.banner()}
            <div aria-live="polite">{shown}</div>
        </section>
    }
    .into_any()
}
