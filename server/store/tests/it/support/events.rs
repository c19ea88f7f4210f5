//! Usage events for the tests.

use super::{Person, Place, World, texts};
use model::{
    capability::RecordUsage,
    event::{Ages, Attributes, Batch, Data, Event, Origin, Outcome},
};
use sqlx::PgConnection;
use time::OffsetDateTime;

/// Creates an event of the source `tests`. `data` is JSON.
pub(crate) fn event(id: &str, kind: &str, subject: &str, time: Option<OffsetDateTime>, data: &str) -> Event {
    let attributes = Attributes {
        source: "tests".to_owned(),
        id: id.to_owned(),
        kind: kind.to_owned(),
        subject: subject.to_owned(),
        time,
    };
    Event::new(attributes, Data::parse(data).unwrap(), data.len()).unwrap()
}

/// Creates a batch of any age.
pub(crate) fn batch(events: impl IntoIterator<Item = Event>) -> Batch {
    Batch { origin: Origin::Api, ages: Ages::Any, import: None, events: events.into_iter().map(Ok).collect() }
}

/// Ingests a batch and commits.
pub(crate) async fn ingest(world: &World, who: &Person, place: &Place, batch: &Batch) -> Vec<Outcome> {
    let mut tx = world.write(who, place).await;
    let can = tx.can::<RecordUsage>().unwrap();
    let outcomes = store::events::ingest(&mut tx, &can, batch).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}

/// Returns each outcome as a word: `accepted`, `duplicate`, or the code of the refusal.
pub(crate) fn words(outcomes: &[Outcome]) -> Vec<&'static str> {
    outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Accepted => "accepted",
            Outcome::Duplicate => "duplicate",
            Outcome::Refused(refusal) => refusal.as_str(),
        })
        .collect()
}

/// Returns the sums of a workspace, one line per meter code and day: `code day events quantity peak`. The sums by
/// customer and those of the workspace must agree.
pub(crate) async fn sums(superuser: &mut PgConnection, place: &Place) -> Vec<String> {
    let of = |table: &str| {
        format!(
            "select m.code || ' ' || s.day || ' ' || sum(s.events) || ' ' || trim_scale(sum(s.quantity)) || ' ' || trim_scale(max(s.peak))
            from workspace.{table} s join workspace.meters m on m.workspace_id = s.workspace_id and m.id = s.meter_id
            where s.workspace_id = '{}' group by m.code, s.day order by m.code, s.day",
            place.id
        )
    };
    let days = texts(superuser, &of("usage_days")).await;
    assert_eq!(texts(superuser, &of("usage_totals")).await, days, "the sums of customers differ from the total");
    days
}
