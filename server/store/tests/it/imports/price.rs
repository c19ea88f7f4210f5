//! Promise: what an import adds has the price of its plan, exact to the cent, and every cent has its steps.

use super::*;
use crate::support::{done, started};
use model::{
    Currency,
    id::RatePlanId,
    pricing::{
        Quantity, UnitPrice,
        charge::{Fee, FeeBasis, Metered, Model, Tier, Tiers, Timing},
    },
    rate_plan::{ChargeDraft, Priced, RatePlanDraft, VersionDraft},
    subscription::{ChangeInput, ChangeKind, NewSubscriptionInput, words::steps},
};
use store::{rate_plans, subscriptions};

/// Creates a monthly plan in US dollars: a fee in arrears, prompt tokens that cost half above 10 million, and generated
/// tokens of which 100,000 are included.
async fn plan(world: &World, [prompt, generated]: [MeterId; 2]) -> RatePlanId {
    let mut tx = world.write(&world.ann, &world.a1).await;
    let can = tx.can::<EditContent>().unwrap();
    let product = texts(
        &mut world.db.superuser().await,
        &format!("select product_id::text from workspace.meters where id = '{prompt}'"),
    )
    .await;
    let product: ProductId = product[0].parse().unwrap();
    let draft = RatePlanDraft { currency: Currency::USD, ..catalog::plan_draft("Tokens", "tokens") };
    let plan = rate_plans::create(&mut tx, &can, &draft).await.unwrap();
    let quantity = |text: &str| Quantity::parse(text).unwrap();
    let unit_price = |text: &str| UnitPrice::parse(text).unwrap();
    let fee = Fee { minor: 2_000, basis: FeeBasis::Subscription, timing: Timing::Arrears };
    let first = Tier { up_to: Some(quantity("10000000")), unit_price: unit_price("0.0000025"), flat_minor: 0 };
    let rest = Tier { up_to: None, unit_price: unit_price("0.00000125"), flat_minor: 0 };
    let graduated = Model::Graduated(Tiers::new(vec![first, rest]).unwrap());
    let usage = |name: &str, meter, included: &str, model| {
        let price = Metered { included: quantity(included), model };
        ChargeDraft { name: line(name), priced: Priced::Usage { meter, price } }
    };
    let charges = vec![
        ChargeDraft { name: line("Base fee"), priced: Priced::Fee { product, fee } },
        usage("Prompt tokens", prompt, "0", graduated),
        usage("Generated tokens", generated, "100000", Model::PerUnit(unit_price("0.00001"))),
    ];
    catalog::publish(&mut tx, &can, plan, 1, &VersionDraft { charges, ..VersionDraft::empty(Currency::USD) }).await;
    tx.commit().await.unwrap();
    plan
}

#[tokio::test]
async fn the_month_of_the_trace_costs_56_53_and_every_cent_has_its_steps() {
    let Some(trace) = trace() else { return };
    let (world, customer, mapping, meters) = traced().await;
    let plan = plan(&world, meters).await;
    let (_, imported) = import(&world, &mapping, &trace).await;
    assert_eq!(imported.accepted, 8_819);

    let first = date!(2023 - 11 - 01);
    let mut tx = world.write(&world.ann, &world.a1).await;
    let input = NewSubscriptionInput::proposed(first, Some(plan));
    let page = subscriptions::new_page(&mut tx, customer, input).await.unwrap().unwrap();
    assert_eq!(page.preview.problem, None);
    let november = page.preview.invoices[0].after.clone().unwrap();
    let can = tx.can::<EditContent>().unwrap();
    let id = done(subscriptions::create(&mut tx, &can, customer, &started(plan, first)).await.unwrap());
    // The page that ends the subscription shows its invoice of that day, without and with the end.
    let end = ChangeInput::proposed(ChangeKind::End, date!(2023 - 11 - 30), 1);
    let page = subscriptions::change_page(&mut tx, id, end).await.unwrap().unwrap();
    assert_eq!(page.preview.problem, None);
    let invoice = &page.preview.invoices[0];
    assert_eq!(invoice.before.as_ref(), Some(&november), "the subscription costs something else than its preview");
    assert_eq!(invoice.after.as_ref(), Some(&november), "its last invoice");
    tx.commit().await.unwrap();

    assert_eq!(november.on, date!(2023 - 12 - 01));
    assert_eq!(november.total.to_string(), "$56.53");
    let lines: Vec<_> = november.lines.iter().map(|line| (line.name.as_str(), line.minor)).collect();
    assert_eq!(lines, [("Base fee", 2_000), ("Prompt tokens", 3_507), ("Generated tokens", 146)]);
    let shown: Vec<String> = november
        .lines
        .iter()
        .flat_map(|line| steps(line, Currency::USD))
        .map(|step| format!("{}: {}", step.text, step.amount))
        .collect();
    assert_eq!(
        shown,
        [
            "Fee of the period: $20.00",
            "18,059,974 tokens used, 1–30 Nov 2023: ",
            "10,000,000 tokens × $0.0000025, up to 10,000,000: 25",
            "8,059,974 tokens × $0.00000125, above 10,000,000: 10.0749675",
            "35.0749675, rounded once: $35.07",
            "245,896 tokens used, 1–30 Nov 2023: ",
            "100,000 tokens included: ",
            "145,896 tokens × $0.00001: 1.45896",
            "1.45896, rounded once: $1.46",
        ]
    );
}
