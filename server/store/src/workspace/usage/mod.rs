//! Usage: reads of what was counted, of events, and of the state of the ingestion. Writing is in another module.
//!
//! Charts read the sums by day only, so that their cost does not depend on the number of events. `usage_totals` has
//! the sums of all customers; `usage_days` has them by customer. A guest reads `usage_days` of the customers that were
//! shared with them, and neither totals nor meters, so their charts count events.

mod adjustments;
mod event_list;
mod health;
mod lines;
mod meters;
mod report;
mod uses;

pub use adjustments::{ADJUSTMENTS_MAX, adjustment, adjustments};
pub use event_list::{event, events, events_of_rows};
pub use health::health;
pub use lines::{LINES_MAX, Line, LineMeter, Lines, lines};
pub use report::report;
pub use uses::{of_customer, of_meters};
