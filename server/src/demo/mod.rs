//! `stile demo`: example people, organizations and workspaces. With `--scale`, also the large accounts that the
//! benchmarks use.
//!
//! The loader uses the store like any other client: it signs people in, acts as them, and signs them out again.
//! Concurrent runs are serialized. Contains the example data and its creation; SQL is in `store`, and the command line
//! is in `cli`.

mod catalogue;
mod content;
mod history;
mod outcome;
mod people;
mod prices;
mod random;
mod scale;
mod subscriptions;
#[cfg(test)]
mod tests;
mod usage;
mod world;

use app::server::request::Services;
use people::Stage;

pub(crate) use outcome::{DemoError, LoadSummary, MOST};
pub(crate) use people::PASSWORD;

/// Email addresses of the demo users.
pub(crate) const PEOPLE: [&str; 5] = [
    "ada@smartai.example", "olu@smartai.example", "ben@globalai.example", "mia@smartai.example", "vik@smartai.example",
];

/// Loads the example data. Existing data, including manual changes, is left unchanged.
///
/// # Errors
/// See [`DemoError`].
pub(crate) async fn load(services: &Services) -> Result<LoadSummary, DemoError> {
    let _lock = services.store.advisory_lock("demo").await?;
    let mut stage = Stage::new(services);
    let made = world::build(&mut stage).await;
    stage.leave(made).await
}

/// Loads, for each number in `counts`, a person with that many workspaces. Existing data is left unchanged.
///
/// # Errors
/// [`DemoError::Count`] for 0 and for numbers greater than [`MOST`], before anything is created. Otherwise see
/// [`DemoError`].
pub(crate) async fn scale(services: &Services, counts: &[u32]) -> Result<LoadSummary, DemoError> {
    if let Some(count) = counts.iter().find(|count| !(1..=MOST).contains(*count)) {
        return Err(DemoError::Count(*count));
    }
    let _lock = services.store.advisory_lock("demo").await?;
    let mut stage = Stage::new(services);
    let made = scale::build(&mut stage, counts).await;
    stage.leave(made).await
}
