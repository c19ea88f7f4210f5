//! Rate plans: versions of prices, of which a published one never changes.
//!
//! - [`RatePlanRow`], [`RatePlanDetail`]: a plan in a list and on its page.
//! - [`VersionInput`], [`VersionDraft`]: the prices of a version, as typed into the editor and as validated.
//! - [`preview`]: what the editor shows of prices.

mod draft;
mod input;
mod kind;
mod plan;
pub mod preview;

pub use crate::pricing::period::Interval;
pub use draft::{ChargeDraft, Priced, VersionDraft};
pub use input::{ChargeInput, MAX_CHARGES, MAX_TIERS, TierInput, VersionInput};
pub use kind::ModelKind;
pub use plan::{
    ChargeMeter, ChargeRow, LowestPrice, PlanCharge, PlanPrices, RatePlanDetail, RatePlanDraft, RatePlanInput,
    RatePlanRow, Version, VersionRow, VersionState,
};

#[cfg(test)]
mod tests;
