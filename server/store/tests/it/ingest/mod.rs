//! Invariant: an acknowledged event is counted once, whatever is sent again, at the same time or after a failure
//! (docs/SECURITY.md, I-29).

mod counting;
mod crashes;
mod tenants;

use crate::support::{
    Person, Place, World, catalog, draft,
    events::{batch, event},
    line,
};
use model::{
    capability::{EditContent, RecordUsage},
    catalog::ProductDraft,
    event::{Event, Outcome},
    id::{CustomerId, MeterId},
    meter::{Aggregation, MeterDraft},
};
use store::{customers, meters, products};
use time::OffsetDateTime;

/// A workspace with one customer and one meter for each aggregation, all of events of the type `calls`. The meters that
/// take a property take `value`.
struct Shop {
    customer: CustomerId,
    sum: MeterId,
}

impl Shop {
    async fn open(world: &World, who: &Person, place: &Place) -> Self {
        let mut tx = world.write(who, place).await;
        let can = tx.can::<EditContent>().unwrap();
        let product = ProductDraft { name: line("Calls"), code: "calls".to_owned(), description: String::new() };
        let product = products::create(&mut tx, &can, &product).await.unwrap();
        let meter = MeterDraft {
            event_type: line("calls"),
            property: Some(line("value")),
            ..catalog::meter_draft("Sum", "sum")
        };
        let sum = meters::create(&mut tx, &can, product, &meter).await.unwrap().id;
        let customer = customers::create(&mut tx, &can, &draft("Acme")).await.unwrap();
        tx.commit().await.unwrap();
        Self { customer, sum }
    }

    /// Adds a meter of events of the type `kind`.
    async fn meter(
        &self,
        world: &World,
        who: &Person,
        place: &Place,
        kind: &str,
        code: &str,
        aggregation: Aggregation,
    ) {
        let mut tx = world.write(who, place).await;
        let can = tx.can::<EditContent>().unwrap();
        let product = meters::get(&mut tx, self.sum).await.unwrap().unwrap().product_id;
        let property = (aggregation != Aggregation::Count).then(|| line("value"));
        let meter = MeterDraft { event_type: line(kind), aggregation, property, ..catalog::meter_draft(code, code) };
        meters::create(&mut tx, &can, product, &meter).await.unwrap();
        tx.commit().await.unwrap();
    }

    fn call(&self, id: &str, at: OffsetDateTime, value: &str) -> Event {
        event(id, "calls", &self.customer.to_string(), Some(at), &format!("{{\"value\":{value}}}"))
    }
}
