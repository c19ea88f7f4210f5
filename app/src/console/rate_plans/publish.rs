//! Page that publishes a draft: its prices, who stays on the former version, and what the change would have cost.

use super::{
    api::{PlanAction, act_on_rate_plan},
    impact::impact,
    table::prices,
};
use crate::{
    browser,
    console::{
        form::{FormPage, SectionForm},
        scope::Scope,
    },
    routes::Page,
    ui::FieldMessage,
};
use leptos::prelude::*;
use model::{
    count::pluralize,
    rate_plan::{RatePlanDetail, preview::Impact},
};
use serde::Deserialize;

/// Values of the form.
#[derive(Deserialize)]
struct Publication {
    revision: i32,
}

/// Renders the page. `plan` shows the draft.
pub fn publish(scope: Scope, plan: &RatePlanDetail, compared: Option<&Impact>) -> AnyView {
    let Some(draft) = plan.shown.as_ref() else { return ().into_any() };
    let (id, number) = (plan.row.id, draft.number);
    let page = FormPage::open(scope, move |values: Publication| {
        scope.ask(async move |slug, grant| {
            act_on_rate_plan(slug, grant, Some(id), PlanAction::Publish { revision: values.revision }).await?;
            Ok((Page::RatePlan(id), format!("Version {number} published")))
        })
    });
    browser::on_key(|event| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            browser::click("#publish button[type=submit]");
        }
    });
    let errors = page.state.errors;
    let edit = scope.url(&Page::EditDraft(id));
    // Not the one that was posted: the page shows the draft as it is stored.
    let revision = draft.revision.to_string();
    view! {
        <header class="page-head">
            <div class="titles"><h1>{format!("Publish version {number} of {}", plan.row.name)}</h1></div>
            <div class="btn-row"><a class="btn" href=edit>"Back to the draft"</a></div>
        </header>
        <div class="publication">
            <section class="section" aria-labelledby="effect">
                <div class="section-head"><h2 id="effect">"What happens"</h2></div>
                <p data-testid="stay">{who_stays(plan)}</p>
                <p class="muted">"A published version never changes. For other prices, create another version."</p>
                <div id="publish">
                    <SectionForm page action="publish" button="Publish">
                        <input type="hidden" name="revision" value=revision/>
                        <FieldMessage name="revision" errors/>
                        <FieldMessage name="charges" errors/>
                    </SectionForm>
                </div>
            </section>
            <section class="section" aria-labelledby="prices">
                <div class="section-head"><h2 id="prices">{format!("Version {number}")}</h2></div>
                {prices(scope, draft, plan.row.interval)}
            </section>
            {compared.map(|compared| view! {
                <section class="section" aria-labelledby="impact">
                    <div class="section-head"><h2 id="impact">"The last period by both prices"</h2></div>
                    {impact(scope, compared)}
                </section>
            })}
        </div>
    }
    .into_any()
}

/// Returns who stays on the former version.
fn who_stays(plan: &RatePlanDetail) -> String {
    let number = plan.shown.as_ref().map(|draft| draft.number).unwrap_or_default();
    let Some(former) = plan.row.version else {
        return "Customers can then subscribe to the plan.".to_owned();
    };
    match plan.row.customers {
        0 => format!("The plan has no subscribers. New ones get version {number}."),
        count => format!(
            "{} {} on version {former} or earlier. After publishing, you can move them on the plan’s page. New subscriptions get version {number}.",
            pluralize(count, "customer", "customers"),
            if count == 1 { "stays" } else { "stay" },
        ),
    }
}
