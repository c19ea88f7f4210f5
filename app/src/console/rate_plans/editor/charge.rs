//! Fields of a charge. All models' fields are in the form, and the style sheet hides those that the chosen model does not
//! have, so that nothing typed is lost by choosing another model.

use super::{
    field::{Cell, Choice, input, notes},
    state::{Editor, Row},
};
use crate::{
    browser,
    console::rate_plans::{
        change::{Change, control, in_charge, tier_control},
        words,
    },
    ui::Icon,
};
use leptos::{ev::KeyboardEvent, prelude::*};
use model::{
    catalog::Lifecycle,
    pricing::charge::Timing,
    rate_plan::{ChargeInput, ModelKind, TierInput},
};

/// Renders a charge.
pub fn charge(editor: Editor, row: &Row) -> AnyView {
    let Row { at, count, ref charge, .. } = *row;
    let named = |name: &str| control(at, name);
    let model = Memo::new(move |_| {
        editor.input.with(|input| input.charges.get(at).map(|charge| charge.model.clone())).unwrap_or_default()
    });
    let models = ModelKind::ALL.into_iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect();
    let timings = Timing::ALL.into_iter();
    let timings = timings.map(|timing| (timing.as_str().to_owned(), words::timing_label(timing).to_owned())).collect();
    let explanation = move || ModelKind::from_word(&model.get()).map(ModelKind::explanation).unwrap_or_default();
    let currency = editor.currency.code();
    let (up, down) = (at > 0, at + 1 < count);
    let icon = |name: &'static str| view! { <Icon name/> }.into_any();
    let number = at + 1;
    let quiet = "btn quiet icon-only small";
    view! {
        <fieldset class="charge" data-model=move || model.get() data-testid="charge" on:keydown=browser::own_key(move |event| key(editor, at, count, event))>
            <legend class="visually-hidden">{format!("Charge {number}")}</legend>
            <div class="charge-head">
                <span class="muted" aria-hidden="true">{number}</span>
                {mark(editor, named("position"))}
                <span class="btn-row">
                    {up.then(|| editor.button(Change::MoveUp(at), &named("move-up"), quiet, icon("chevron-up"), Some(format!("Move charge {number} up"))))}
                    {down.then(|| editor.button(Change::MoveDown(at), &named("move-down"), quiet, icon("chevron-down"), Some(format!("Move charge {number} down"))))}
                    {editor.button(Change::RemoveCharge(at), &named("remove"), quiet, icon("x"), Some(format!("Remove charge {number}")))}
                </span>
            </div>
            <div class="field-row">
                <Cell editor name=named("name") label="Name" value=charge.name.clone() text=true/>
                <Choice editor name=named("model") label="Price" value=charge.model.clone() options=models/>
            </div>
            <p class="hint">{explanation}</p>
            <div class="field-row for-fee">
                <Choice editor name=named("product") label="Product" value=charge.product.clone() options=products(editor)/>
                <Cell editor name=named("fee") label=format!("Fee in {currency}") value=charge.fee.clone()/>
                <Choice editor name=named("timing") label="Charged" value=charge.timing.clone() options=timings/>
                <div class="field">
                    <label class="check"><input type="checkbox" id=named("per_seat") name=named("per_seat") value="on" checked=!charge.per_seat.is_empty()/><span>"For each seat"</span></label>
                    {notes(editor, &named("per_seat"))}
                </div>
            </div>
            <div class="field-row for-usage">
                <Choice editor name=named("meter") label="Meter" value=charge.meter.clone() options=meters(editor, &charge.meter)/>
                <Cell editor name=named("included") label="Included quantity" value=charge.included.clone() optional=true/>
            </div>
            <div class="field-row for-per-unit">
                <Cell editor name=named("unit_price") label=format!("Price of a unit in {currency}") value=charge.unit_price.clone()/>
            </div>
            <div class="field-row for-package">
                <Cell editor name=named("package_size") label="Units in a package" value=charge.package_size.clone()/>
                <Cell editor name=named("package_price") label=format!("Price of a package in {currency}") value=charge.package_price.clone()/>
            </div>
            {tiers(editor, at, charge)}
        </fieldset>
    }
    .into_any()
}

fn mark(editor: Editor, name: String) -> AnyView {
    let mark = move || editor.marks.with(|marks| marks.of(&name).map(str::to_owned));
    view! { <span class="was">{mark}</span> }.into_any()
}

/// Returns the products to choose from.
fn products(editor: Editor) -> Vec<(String, String)> {
    let first = (String::new(), "Choose a product".to_owned());
    let all = editor
        .products
        .with_value(|all| all.iter().map(|(id, name)| (id.to_string(), name.clone())).collect::<Vec<_>>());
    std::iter::once(first).chain(all).collect()
}

/// Returns the meters to choose from: the active ones, and the chosen one.
fn meters(editor: Editor, chosen: &str) -> Vec<(String, String)> {
    let first = (String::new(), "Choose a meter".to_owned());
    let all = editor.meters.with_value(|meters| {
        let offered = meters.iter().filter(|m| m.status == Lifecycle::Active || m.id.to_string() == chosen);
        offered.map(|meter| (meter.id.to_string(), format!("{} ({})", meter.name, meter.unit))).collect::<Vec<_>>()
    });
    std::iter::once(first).chain(all).collect()
}

fn tiers(editor: Editor, at: usize, charge: &ChargeInput) -> AnyView {
    let blank = [TierInput::default()];
    let tiers = if charge.tiers.is_empty() { &blank[..] } else { &charge.tiers[..] };
    let count = tiers.len();
    let rows =
        tiers.iter().enumerate().map(|(at_tier, input)| tier(editor, (at, at_tier), count, input)).collect_view();
    let currency = editor.currency.code();
    view! {
        <div class="for-tiers">
            <table class="tiers">
                <caption class="visually-hidden">{format!("Tiers of charge {}", at + 1)}</caption>
                <thead><tr>
                    <th scope="col">"Above"</th><th scope="col">"Up to"</th><th scope="col">{format!("Unit price, {currency}")}</th><th scope="col">"Flat amount"</th>
                    <th scope="col"><span class="visually-hidden">"Actions"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {notes(editor, &control(at, "tiers"))}
            {editor.button(Change::AddTier(at), &control(at, "add-tier"), "btn small", view! { <Icon name="plus"/>"Add tier" }.into_any(), None)}
            <p class="hint">"Leave the last bound empty: the last tier has no end."</p>
        </div>
    }
    .into_any()
}

fn tier(editor: Editor, (at, tier): (usize, usize), count: usize, values: &TierInput) -> AnyView {
    let number = tier + 1;
    let cell = |name: &str, label: &str, value: &str| {
        let name = tier_control(at, tier, name);
        let label = format!("{label}, tier {number}");
        view! { <td>{input(editor, &name, value.to_owned(), Some(label), false)}{notes(editor, &name)}</td> }
    };
    let above = move || match tier.checked_sub(1) {
        None => "0".to_owned(),
        Some(before) => editor.input.with(|input| {
            let before = input.charges.get(at).and_then(|charge| charge.tiers.get(before));
            before
                .map(|before| before.up_to.trim().to_owned())
                .filter(|bound| !bound.is_empty())
                .unwrap_or_else(|| "–".to_owned())
        }),
    };
    let remove = (count > 1).then(|| {
        let icon = view! { <Icon name="x"/> }.into_any();
        let label = format!("Remove tier {number}");
        editor.button(
            Change::RemoveTier(at, tier),
            &tier_control(at, tier, "remove"),
            "btn quiet icon-only small",
            icon,
            Some(label),
        )
    });
    view! {
        <tr data-testid="tier">
            <td class="above">{above}</td>
            {cell("up_to", "Up to", &values.up_to)}
            {cell("unit_price", "Unit price", &values.unit_price)}
            {cell("flat", "Flat amount", &values.flat)}
            <td>{remove}</td>
        </tr>
    }
    .into_any()
}

/// Handles a key in a charge: Alt and an arrow move it, and Tab in the last field of the last tier adds a tier if that
/// tier has a bound.
fn key(editor: Editor, at: usize, count: usize, event: &KeyboardEvent) {
    let focused = browser::event_name(event);
    let pressed = event.key();
    let moves = match pressed.as_str() {
        "ArrowUp" => Some((Change::MoveUp(at), at.checked_sub(1))),
        "ArrowDown" => Some((Change::MoveDown(at), Some(at + 1).filter(|to| *to < count))),
        _ => None,
    };
    if let Some((change, to)) = moves.filter(|_| event.alt_key() && !event.ctrl_key() && !event.meta_key()) {
        event.prevent_default();
        if let Some(to) = to {
            let focus = in_charge(&focused, at, to).unwrap_or_else(|| control(to, "name"));
            editor.change_and_focus(change, focus);
        }
        return;
    }
    if pressed == "Tab" && browser::is_plain(event) && !event.shift_key() {
        let ends = editor.input.with_untracked(|input| {
            let tiers = input.charges.get(at).map(|charge| charge.tiers.as_slice()).unwrap_or_default();
            let last = tiers.len().checked_sub(1)?;
            let bounded = tiers.last().is_some_and(|tier| !tier.up_to.trim().is_empty());
            Some(bounded && focused == tier_control(at, last, "flat"))
        });
        if ends == Some(true) {
            event.prevent_default();
            editor.change(Change::AddTier(at));
        }
    }
}
