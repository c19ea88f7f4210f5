//! Prices: what a quantity, a fee or a part of a period costs, and how the amount came about.
//!
//! All functions are pure and exact. Quantities and unit prices are decimals ([`Quantity`], [`UnitPrice`]), products and
//! sums are [`Exact`], and only [`Exact::round`] rounds: once per line, half away from zero, to the minor unit of the
//! currency. No value is ever a floating-point number. A result out of range is an error, never a wrong amount.
//!
//! - [`charge`]: the prices of a plan version.
//! - [`price`](price::price): the price of a quantity, with its steps.
//! - [`period`]: the days that an interval covers, and the part of a fee that a part of a period costs.
//! - [`phase`]: what the charges of a plan version cost for a part of a period.
//! - [`tax`]: taxes of a document, by rate.

#![deny(clippy::float_arithmetic)]

mod decimal;
mod exact;

pub mod charge;
pub mod period;
pub mod phase;
pub mod price;
pub mod tax;

pub use decimal::{NotADecimal, Quantity, UnitPrice};
pub use exact::{Exact, OutOfRange};
