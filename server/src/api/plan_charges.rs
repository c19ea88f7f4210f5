//! Charges of a plan version in bodies of requests and responses.

use super::error::ApiError;
use crate::error_response::Fault;
use model::{
    FieldErrors,
    rate_plan::{ChargeInput, ModelKind, TierInput},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, Type},
};
use uuid::Uuid;

/// A charge. Members that its model does not have are absent.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ChargeBody {
    /// Name on invoices, 1 to 80 characters.
    #[schema(example = "Prompt tokens")]
    name: String,
    #[schema(schema_with = charge_model)]
    model: String,
    /// Product that a fee is for. The product of a price for usage is that of its meter.
    #[serde(skip_serializing_if = "Option::is_none")]
    product_id: Option<Uuid>,
    /// Meter whose usage is priced. Each meter has at most one charge in a version.
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_id: Option<Uuid>,
    /// When a fee is charged: `advance` or `arrears`.
    #[serde(skip_serializing_if = "Option::is_none")]
    timing: Option<String>,
    /// Whether a fee is multiplied by the seats of the subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    per_seat: Option<bool>,
    /// Amount of a fee per period.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<String>,
    /// Price of a unit, of model `per_unit`; at most 12 decimal places.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<String>,
    /// Quantity per period that is free; at most 6 decimal places.
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<String>,
    /// Units in a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    package_size: Option<String>,
    /// Price of a package.
    #[serde(skip_serializing_if = "Option::is_none")]
    package_price: Option<String>,
    /// Tiers of model `graduated` or `volume`, at most 20. Bounds rise, and the last tier has none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tiers: Vec<TierBody>,
}

/// A tier: quantities above the bound of the tier before, up to and including its own bound.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TierBody {
    /// Largest quantity; absent in the last tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "10000000")]
    up_to: Option<String>,
    /// Price of a unit.
    #[schema(example = "0.0000025")]
    unit_price: String,
    /// Amount that is charged once if the quantity is above the bound of the tier before.
    #[serde(skip_serializing_if = "Option::is_none")]
    flat: Option<String>,
}

fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

impl From<ChargeInput> for ChargeBody {
    fn from(input: ChargeInput) -> Self {
        let is_fee = input.model == ModelKind::Fee.as_str();
        Self {
            name: input.name,
            model: input.model,
            product_id: input.product.parse().ok(),
            meter_id: input.meter.parse().ok(),
            timing: given(input.timing),
            per_seat: is_fee.then_some(!input.per_seat.is_empty()),
            fee: given(input.fee),
            unit_price: given(input.unit_price),
            included: given(input.included),
            package_size: given(input.package_size),
            package_price: given(input.package_price),
            tiers: input.tiers.into_iter().map(TierBody::from).collect(),
        }
    }
}

impl From<TierInput> for TierBody {
    fn from(input: TierInput) -> Self {
        Self { up_to: given(input.up_to), unit_price: input.unit_price, flat: given(input.flat) }
    }
}

impl From<ChargeBody> for ChargeInput {
    fn from(body: ChargeBody) -> Self {
        let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let tier = |tier: TierBody| TierInput {
            up_to: tier.up_to.unwrap_or_default(),
            unit_price: tier.unit_price,
            flat: tier.flat.unwrap_or_default(),
        };
        Self {
            name: body.name,
            product: id(body.product_id),
            meter: id(body.meter_id),
            model: body.model,
            timing: body.timing.unwrap_or_default(),
            per_seat: if body.per_seat == Some(true) { "on".to_owned() } else { String::new() },
            fee: body.fee.unwrap_or_default(),
            unit_price: body.unit_price.unwrap_or_default(),
            included: body.included.unwrap_or_default(),
            package_size: body.package_size.unwrap_or_default(),
            package_price: body.package_price.unwrap_or_default(),
            tiers: body.tiers.into_iter().map(tier).collect(),
        }
    }
}

/// Returns errors of the editor's controls with pointers to members of the body.
pub(super) fn faults(errors: FieldErrors) -> ApiError {
    let pointer = |control: &str| {
        let members = control.split('.').map(|member| match member {
            "product" => "product_id",
            "meter" => "meter_id",
            member => member,
        });
        members.map(|member| format!("/{member}")).collect()
    };
    let fault =
        |error: model::FieldError| Fault { pointer: pointer(&error.field), code: "not_allowed", detail: error.message };
    ApiError::Faults(errors.0.into_iter().map(fault).collect())
}

fn charge_model() -> Object {
    let words = ModelKind::ALL.map(ModelKind::as_str);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Currency, rate_plan::VersionInput};

    const ID: &str = "0190a6c8-7b8a-7000-8000-000000000001";

    fn charges(json: &str) -> Vec<ChargeInput> {
        let bodies: Vec<ChargeBody> = serde_json::from_str(json).expect("charges");
        bodies.into_iter().map(ChargeInput::from).collect()
    }

    #[test]
    fn a_charge_is_answered_as_it_was_sent() {
        let sent = format!(
            r#"[{{"name":"Base","model":"fee","product_id":"{ID}","timing":"advance","per_seat":true,"fee":"20.00"}},
            {{"name":"Tokens","model":"graduated","meter_id":"{ID}","included":"100",
                "tiers":[{{"up_to":"10","unit_price":"5","flat":"1.00"}},{{"unit_price":"4"}}]}}]"#
        );
        let input = VersionInput { charges: charges(&sent), ..VersionInput::default() };
        let draft = input.parse(Currency::USD).expect("a draft");
        let bodies: Vec<_> = VersionInput::from(&draft).charges.into_iter().map(ChargeBody::from).collect();
        let sent: serde_json::Value = serde_json::from_str(&sent).expect("JSON");
        assert_eq!(serde_json::to_value(bodies).expect("JSON"), sent);
    }

    #[test]
    fn an_error_points_to_the_member_that_was_sent() {
        let sent = format!(r#"[{{"name":"","model":"volume","meter_id":"{ID}","tiers":[{{"unit_price":"x"}}]}}]"#);
        let input = VersionInput { charges: charges(&sent), ..VersionInput::default() };
        let errors = input.parse(Currency::USD).expect_err("a charge without a price");
        let ApiError::Faults(found) = faults(errors) else { panic!("no faults") };
        let pointers: Vec<_> = found.into_iter().map(|fault| fault.pointer).collect();
        assert_eq!(pointers, ["/charges/0/name", "/charges/0/tiers/0/unit_price"]);
    }
}
