//! `/api/v1/workspaces/{slug}/customers/{id}`: one customer. Also creates customers.

use super::{
    customers::Customer,
    door::Addressed,
    error::ApiError,
    etag::IfMatch,
    json::{Body, Patch},
    refusals::identified,
    resource::{archivable, lock, resource, respond, respond_at, set_status, show},
};
use crate::state::AppState;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use model::{
    FieldErrors,
    capability::EditContent,
    catalog::Lifecycle,
    customer::{CustomerDetail, CustomerInput},
    id::CustomerId,
};
use serde::{Deserialize, Serialize};
use store::{StoreError, customers};
use utoipa::ToSchema;

/// A customer with all of their data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CustomerResource {
    #[serde(flatten)]
    customer: Customer,
    /// Id in another system, unique in the workspace. Events name the customer by it.
    #[schema(example = "acme-17")]
    external_id: Option<String>,
    /// Name on invoices, possibly empty.
    legal_name: String,
    /// Postal address of several lines, possibly empty.
    address: String,
    /// Tax id, such as a VAT number, possibly empty.
    tax_id: String,
    /// Subjects of events that mean this customer, including the external id.
    subjects: Vec<String>,
    /// Free text for the workspace, possibly empty.
    note: String,
    /// ID of the tax rate of the customer's invoices; `null` for that of the workspace.
    tax_rate: Option<String>,
    /// Days until an invoice is due; `null` for those of the workspace.
    payment_days: Option<u16>,
}

impl From<CustomerDetail> for CustomerResource {
    fn from(detail: CustomerDetail) -> Self {
        Self {
            external_id: detail.external_id,
            legal_name: detail.legal_name,
            address: detail.address,
            tax_id: detail.tax_id,
            subjects: detail.subjects,
            note: detail.note,
            tax_rate: detail.tax_rate.map(|id| id.to_string()),
            payment_days: detail.payment_days,
            customer: detail.row.into(),
        }
    }
}

resource!(CustomerResource, "customers", customers::get, CustomerId => CustomerDetail);
archivable!(CustomerResource, CustomerId, customers::lock, customers::set_status);

/// A new customer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCustomer {
    /// 1 to 120 characters.
    #[schema(example = "Alder & Finch")]
    name: String,
    /// Billing email address.
    #[schema(example = "billing@alder.example")]
    email: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(example = "DE")]
    country: String,
    /// 1 to 200 characters, unique in the workspace.
    #[serde(default)]
    external_id: Option<String>,
    /// At most 200 characters.
    #[serde(default)]
    legal_name: String,
    /// At most 500 characters on several lines.
    #[serde(default)]
    address: String,
    /// At most 40 characters.
    #[serde(default)]
    tax_id: String,
    /// At most 2,000 characters.
    #[serde(default)]
    note: String,
    /// ID of a tax rate.
    #[serde(default)]
    tax_rate: Option<String>,
    /// 0 to 180.
    #[serde(default)]
    payment_days: Option<u16>,
}

/// Changes of a customer. Absent members stay as they are; `null` clears one that may be empty.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerChanges {
    /// 1 to 120 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    name: Patch<String>,
    /// Billing email address.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    email: Patch<String>,
    /// ISO 3166-1 alpha-2 code.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    country: Patch<String>,
    /// 1 to 200 characters, unique in the workspace.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    external_id: Patch<String>,
    /// At most 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    legal_name: Patch<String>,
    /// At most 500 characters on several lines.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    address: Patch<String>,
    /// At most 40 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    tax_id: Patch<String>,
    /// At most 2,000 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    note: Patch<String>,
    /// ID of a tax rate.
    #[serde(default)]
    #[schema(value_type = Option<String>, required = false)]
    tax_rate: Patch<String>,
    /// 0 to 180.
    #[serde(default)]
    #[schema(value_type = Option<u16>, required = false)]
    payment_days: Patch<u16>,
}

impl From<NewCustomer> for CustomerInput {
    fn from(new: NewCustomer) -> Self {
        Self {
            name: new.name,
            email: new.email,
            country: new.country,
            legal_name: new.legal_name,
            address: new.address,
            tax_id: new.tax_id,
            external_id: new.external_id.unwrap_or_default(),
            note: new.note,
            tax_rate: new.tax_rate.unwrap_or_default(),
            payment_days: new.payment_days.map(|days| days.to_string()).unwrap_or_default(),
        }
    }
}

impl CustomerChanges {
    fn apply(self, input: &mut CustomerInput) {
        self.name.apply(&mut input.name);
        self.email.apply(&mut input.email);
        self.country.apply(&mut input.country);
        self.external_id.apply(&mut input.external_id);
        self.legal_name.apply(&mut input.legal_name);
        self.address.apply(&mut input.address);
        self.tax_id.apply(&mut input.tax_id);
        self.note.apply(&mut input.note);
        self.tax_rate.apply(&mut input.tax_rate);
        match self.payment_days {
            Patch::Unchanged => {}
            Patch::Cleared => input.payment_days.clear(),
            Patch::Set(days) => input.payment_days = days.to_string(),
        }
    }
}

/// Returns a customer.
#[utoipa::path(
    get,
    path = "/api/v1/workspaces/{slug}/customers/{id}",
    operation_id = "getCustomer",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The customer", body = CustomerResource)),
    security(("operator_token" = []))
)]
pub(super) async fn get(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    show::<CustomerResource>(&state, &asked, &id).await
}

/// Creates a customer.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers",
    operation_id = "createCustomer",
    params(("slug" = String, Path, description = "The workspace's address")),
    request_body = NewCustomer,
    responses((status = 201, description = "The customer", body = CustomerResource,
        headers(("Location" = String, description = "Its address")))),
    security(("operator_token" = []))
)]
pub(super) async fn create(
    State(state): State<AppState>,
    asked: Addressed,
    Body(new): Body<NewCustomer>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let draft = CustomerInput::from(new).parse()?;
    let id = customers::create(&mut tx, &can, &draft).await.map_err(taken)?;
    respond_at::<CustomerResource>(tx, id, StatusCode::CREATED).await
}

/// Changes a customer.
#[utoipa::path(
    patch,
    path = "/api/v1/workspaces/{slug}/customers/{id}",
    operation_id = "changeCustomer",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    request_body = CustomerChanges,
    responses((status = 200, description = "The changed customer", body = CustomerResource)),
    security(("operator_token" = []))
)]
pub(super) async fn change(
    State(state): State<AppState>,
    asked: Addressed,
    if_match: IfMatch,
    Path((_, id)): Path<(String, String)>,
    Body(changes): Body<CustomerChanges>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    let id = identified(&id)?;
    let mut input: CustomerInput = lock::<CustomerResource, _>(&mut tx, &can, id, &if_match).await?;
    changes.apply(&mut input);
    customers::update(&mut tx, &can, id, &input.parse()?).await.map_err(taken)?;
    respond::<CustomerResource>(tx, id).await
}

/// Creates the customer with an external id, or replaces the data of the one that has it.
///
/// Members that the body does not have are cleared. The body has no `external_id`, because the path has.
#[utoipa::path(
    put,
    path = "/api/v1/workspaces/{slug}/customers/by-external-id/{external_id}",
    operation_id = "putCustomer",
    params(("slug" = String, Path, description = "The workspace's address"),
        ("external_id" = String, Path, description = "The customer's external id, percent-encoded")),
    request_body = NewCustomer,
    responses(
        (status = 200, description = "The changed customer", body = CustomerResource),
        (status = 201, description = "The new customer", body = CustomerResource)),
    security(("operator_token" = []))
)]
pub(super) async fn put(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, external_id)): Path<(String, String)>,
    Body(new): Body<NewCustomer>,
) -> Result<Response, ApiError> {
    let (mut tx, can) = asked.writing::<EditContent>(&state).await?;
    if new.external_id.as_ref().is_some_and(|other| *other != external_id) {
        let message = "Leave this out, or send the external id of the path.";
        return Err(ApiError::Invalid(FieldErrors::one("external_id", message)));
    }
    let draft = CustomerInput { external_id, ..CustomerInput::from(new) }.parse()?;
    let known = match &draft.external_id {
        Some(external_id) => customers::with_external_id(&mut tx, external_id).await?,
        None => None,
    };
    let (id, status) = match known {
        Some(id) => {
            customers::update(&mut tx, &can, id, &draft).await.map_err(taken)?;
            (id, StatusCode::OK)
        }
        None => (customers::create(&mut tx, &can, &draft).await.map_err(taken)?, StatusCode::CREATED),
    };
    respond_at::<CustomerResource>(tx, id, status).await
}

/// Converts the violation of a constraint of the external id into an error of the member.
fn taken(error: StoreError) -> ApiError {
    let taken = ["customer_external_id_taken", "customer_subject_taken"];
    if taken.into_iter().any(|constraint| error.is_refused_by(constraint)) {
        let message = "Another customer has this external id, or has it as a subject.";
        ApiError::Invalid(FieldErrors::one("external_id", message))
    } else if error.is_refused_by("customer_tax_rate") {
        ApiError::Invalid(FieldErrors::one("tax_rate", "The workspace has no such tax rate."))
    } else {
        error.into()
    }
}

/// Archives a customer. An archived customer stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers/{id}/archive",
    operation_id = "archiveCustomer",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The archived customer", body = CustomerResource)),
    security(("operator_token" = []))
)]
pub(super) async fn archive(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<CustomerResource>(&state, &asked, &id, Lifecycle::Archived).await
}

/// Restores an archived customer. An active customer stays as it is.
#[utoipa::path(
    post,
    path = "/api/v1/workspaces/{slug}/customers/{id}/restore",
    operation_id = "restoreCustomer",
    params(("slug" = String, Path, description = "The workspace's address"), ("id" = String, Path, description = "The customer's id")),
    responses((status = 200, description = "The active customer", body = CustomerResource)),
    security(("operator_token" = []))
)]
pub(super) async fn restore(
    State(state): State<AppState>,
    asked: Addressed,
    Path((_, id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    set_status::<CustomerResource>(&state, &asked, &id, Lifecycle::Active).await
}

#[cfg(test)]
mod tests {
    use super::{super::json::parse, *};

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let before = CustomerInput {
            name: "Alder".to_owned(),
            email: "a@alder.example".to_owned(),
            country: "DE".to_owned(),
            note: "Net 30".to_owned(),
            ..CustomerInput::default()
        };
        let after = |changes: &str| {
            let mut input = before.clone();
            parse::<CustomerChanges>(changes.as_bytes()).expect("changes").apply(&mut input);
            input
        };
        assert_eq!(after("{}"), before);
        assert_eq!(after(r#"{"note":null}"#), CustomerInput { note: String::new(), ..before.clone() });
        assert_eq!(after(r#"{"name":"Finch"}"#), CustomerInput { name: "Finch".to_owned(), ..before.clone() });
        let errors = after(r#"{"email":null}"#).parse().expect_err("a customer without an email address");
        assert!(errors.of("email").is_some());
    }
}
