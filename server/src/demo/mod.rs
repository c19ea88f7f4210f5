//! `stile demo`: example people, organizations and workspaces, and with `--scale` the large ones that the benchmarks
//! use.
//!
//! The loader is a client of the doors like any other: it signs people in, acts as them, and signs them out again.
//! Two runs at once wait for one another.
//! Here belongs what the examples are and how they come into being; not here: SQL (`store`), command line (`main`).

mod catalogue;
mod content;
mod history;
mod outcome;
mod people;
mod random;
mod scale;
#[cfg(test)]
mod tests;
mod world;

use app::ssr::Services;
use people::Stage;

pub(crate) use outcome::{DemoError, Loaded, MOST};
pub(crate) use people::PASSWORD;

/// Its people.
pub(crate) const PEOPLE: [&str; 5] = [
    "ada@smartai.example", "olu@smartai.example", "ben@globalai.example", "mia@smartai.example", "vik@smartai.example",
];

/// Loads the example. What is there already is left as it is, including changes by hand.
///
/// # Errors
/// See [`DemoError`].
pub(crate) async fn load(services: &Services) -> Result<Loaded, DemoError> {
    let _alone = services.store.exclusive("demo").await?;
    let mut stage = Stage::new(services);
    let made = world::build(&mut stage).await;
    stage.leave(made).await
}

/// Loads a person with so many workspaces for each of `counts`. What is there already is left as it is.
///
/// # Errors
/// [`DemoError::Count`] for 0 and for more than [`MOST`], before anything is made.
pub(crate) async fn scale(services: &Services, counts: &[u32]) -> Result<Loaded, DemoError> {
    if let Some(count) = counts.iter().find(|count| !(1..=MOST).contains(*count)) {
        return Err(DemoError::Count(*count));
    }
    let _alone = services.store.exclusive("demo").await?;
    let mut stage = Stage::new(services);
    let made = scale::build(&mut stage, counts).await;
    stage.leave(made).await
}
