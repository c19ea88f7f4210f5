//! Usage of the example data, sent as events like any other.

use super::outcome::DemoError;
use model::{
    audit::{Action, Detail},
    capability::RecordUsage,
    event::{Ages, Attributes, Batch, Data, Event, MOST_EVENTS, Origin, Outcome, Property},
    id::{CustomerId, ProductId},
    meter::{Aggregation, Meter},
};
use store::{
    audit,
    door::{WorkspaceTx, Write},
    events, meters,
};
use time::OffsetDateTime;

/// Use of a product by a customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Use {
    /// The customer.
    pub(super) customer: CustomerId,
    /// The product.
    pub(super) product: ProductId,
    /// Number of units.
    pub(super) quantity: i64,
    /// Time of use.
    pub(super) at: OffsetDateTime,
}

/// Sends one event per use, for the first meter of its product. A product without a meter has no usage. Returns the
/// number of events.
///
/// # Errors
/// [`DemoError::Example`] if an event is refused.
pub(super) async fn write(tx: &mut WorkspaceTx<Write>, uses: &[Use]) -> Result<usize, DemoError> {
    let can = tx.can::<RecordUsage>()?;
    let meters = meters::all(tx).await?;
    let source = format!("{}.example", tx.tenant().workspace.slug);
    let mut all = Vec::with_capacity(uses.len());
    for (number, used) in uses.iter().enumerate() {
        let Some(meter) = meters.iter().find(|meter| meter.product_id == used.product) else { continue };
        all.push(event(&meters, meter, used, &source, number)?);
    }
    for events in all.chunks(MOST_EVENTS) {
        let events = events.iter().cloned().map(Ok).collect();
        let batch = Batch { origin: Origin::Console, ages: Ages::Any, import: None, events };
        let outcomes = events::ingest(tx, &can, &batch).await?;
        let refused = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Refused(refusal) => Some(refusal.message()),
            Outcome::Accepted | Outcome::Duplicate => None,
        });
        if let Some(message) = refused {
            return Err(DemoError::Example(message));
        }
    }
    if !all.is_empty() {
        let workspace = tx.id().uuid();
        audit::record(tx, Action::UsageImported, workspace, &Detail::none()).await?;
        // The example data has one row per sum, as after some time of use.
        events::fold(tx, &can).await?;
    }
    Ok(all.len())
}

/// Creates an event that every meter of its type can count.
fn event(meters: &[Meter], meter: &Meter, used: &Use, source: &str, number: usize) -> Result<Event, DemoError> {
    let mut properties: Vec<(String, Property)> =
        meter.filter.iter().map(|(name, value)| (name.clone(), Property::Text(value.clone()))).collect();
    for other in meters.iter().filter(|other| other.event_type == meter.event_type) {
        let Some(name) = other.property.as_ref().filter(|name| properties.iter().all(|(known, _)| known != *name))
        else {
            continue;
        };
        let value = match other.aggregation {
            Aggregation::Unique => Property::Text(format!("user-{}", used.quantity % 40)),
            Aggregation::Count | Aggregation::Sum | Aggregation::Max => Property::Number(used.quantity.to_string()),
        };
        properties.push((name.clone(), value));
    }
    let attributes = Attributes {
        source: source.to_owned(),
        id: event_id(used.at, number),
        kind: meter.event_type.clone(),
        subject: used.customer.to_string(),
        time: Some(used.at),
    };
    let data = Data::from_properties(&properties).map_err(|must| DemoError::Example(format!("data must {must}")))?;
    let bytes = data.text().len();
    Event::new(attributes, data, bytes).map_err(|refusal| DemoError::Example(refusal.message()))
}

/// Returns a UUIDv7 of the time. Events that are received together are listed by the time in their ids.
fn event_id(at: OffsetDateTime, number: usize) -> String {
    let millis = u64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or_default();
    let mut rest = [0; 10];
    rest[2..].copy_from_slice(&(number as u64).to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid().to_string()
}
