//! Computes prices of quantities, fees and parts of periods, with the steps of each computation.
//!
//! All functions are pure. Quantities and unit prices are decimals ([`Quantity`], [`UnitPrice`]), and products and sums
//! are [`Exact`]. A line is rounded once, half away from zero, to the minor unit of the currency ([`Exact::round`]).
//! No value is a floating-point number. A result out of range is an error, never a wrong amount.
//!
//! For a part of a period, two more values are rounded ([`period::part`]). A prorated included quantity is the
//! difference of two quantities, each rounded to 6 decimal places. A prorated fee or minimum is the difference of two
//! amounts, each rounded to minor units.
//!
//! - [`charge`]: the prices of a plan version.
//! - [`price`](price::price): the price of a quantity, with its steps.
//! - [`period`]: the days of an interval, and the part of a fee or quantity that belongs to some of them.
//! - [`phase`]: the lines of a phase, which is a part of a period.
//! - [`tax`]: taxes of a document, by rate.
//! - [`words`]: tiers and steps of prices in words.

#![deny(clippy::float_arithmetic)]

mod decimal;
mod exact;

pub mod charge;
pub mod period;
pub mod phase;
pub mod price;
pub mod tax;
pub mod words;

pub use decimal::{NotADecimal, Quantity, UnitPrice};
pub use exact::{Exact, OutOfRange};
