//! Attack: a file whose rows name customers of another workspace.

use super::*;
use model::import::Given;

#[tokio::test]
async fn a_row_that_names_a_customer_of_another_workspace_is_refused_like_an_unknown_one() {
    let (world, customer, mapping) = metered().await;
    let beta = world.stock(&world.ola, &world.b1, "Beta").await;
    let columns = ["at", "n", "who"].map(str::to_owned).to_vec();
    let mapping = Mapping { subject: Given::Column(2), columns, ..mapping };
    let mut superuser = world.db.superuser().await;
    let of_beta = format!(
        "select (select count(*) from workspace.events where workspace_id = '{0}') || ' '
            || (select count(*) from workspace.usage_days where workspace_id = '{0}')",
        world.b1.id
    );
    let before = texts(&mut superuser, &of_beta).await;
    // The id, the external id and another subject of customers of B, and one of nobody.
    let foreign = beta.customers[0];
    let rows = [customer.to_string(), foreign.to_string(), "Beta-first".into(), "Beta first device".into(), "x".into()];
    let rows: String = rows.iter().map(|who| format!("2026-01-01,1,{who}\n")).collect();
    let (preview, done) = import(&world, &mapping, format!("at,n,who\n{rows}").as_bytes()).await;
    assert_eq!((preview.accepted, preview.refused["unknown_customer"]), (1, 4));
    assert_eq!((done.accepted, done.refused["unknown_customer"]), (1, 4), "control: the row of the own customer");
    assert_eq!(sums(&world, "tokens").await, ["2026-01-01 1 in 1"]);
    assert_eq!(texts(&mut superuser, &of_beta).await, before, "A wrote usage of B");
}
