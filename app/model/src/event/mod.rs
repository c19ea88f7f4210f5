//! Usage events, as programs send them: parsed and checked, before the database is asked for meters and customers.
//!
//! An event has the attributes of [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
//! Its `subject` names a customer, its `data` is an object, and `(source, id)` is unique for ever in a workspace.
//! Numbers are read from the JSON text and never become floating-point numbers.

mod batch;
mod data;
mod envelope;
mod identity;
mod limits;
mod measure;
mod refusal;

pub use batch::{Ages, Batch, Origin, Outcome};
pub use data::{Data, Property};
pub use envelope::{Attributes, Event};
pub use limits::{FUTURE_MINUTES, LATE_DAYS, MOST_EVENTS};
pub use measure::{Measure, measure};
pub use refusal::{Refusal, RefusalCode, Rejected};

#[cfg(test)]
mod tests;
