//! Data of pages that are rebuilt for each visit.

#[cfg(feature = "ssr")]
use model::count::quantity;
use model::{
    WorkspaceRole,
    api_key::ApiKey,
    audit::AuditView,
    billing::{InvoiceRow, UsageRow},
    catalog::{ProductDetail, ProductInput, RatePlanRow},
    customer::{CustomerDetail, CustomerInput},
    id::RatePlanId,
    import::{ImportForm, ImportList, ImportView},
    members::Members,
    settings::{Contents, GeneralSettings, SecuritySettings},
};
use serde::{Deserialize, Serialize};

/// Data of a page that is rebuilt for each visit: a detail page, a form or a settings page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitData {
    /// Product.
    Product(Box<ProductDetail>),
    /// Rate plan.
    RatePlan(Box<RatePlanRow>),
    /// Customer.
    Customer(Box<CustomerDetail>),
    /// Usage record.
    UsageRecord(Box<UsageRow>),
    /// Invoice.
    Invoice(Box<InvoiceRow>),
    /// Form of a product.
    ProductForm(ProductInput),
    /// Form of a customer.
    CustomerForm {
        /// Values of the fields.
        input: Box<CustomerInput>,
        /// Rate plans to choose from.
        rate_plans: Vec<(RatePlanId, String)>,
    },
    /// Imports of usage.
    Imports(Box<ImportList>),
    /// Import of usage.
    Import(Box<ImportView>),
    /// Form of an import's columns.
    ImportForm(Box<ImportForm>),
    /// Members, invites and access requests.
    Members(Box<Members<WorkspaceRole>>),
    /// General settings.
    General(Box<GeneralSettings>),
    /// Colour and logo, which are part of the entry.
    Branding,
    /// Security requirements of the workspace.
    Security(SecuritySettings),
    /// API keys of the workspace.
    ApiKeys(Vec<ApiKey>),
    /// Audit log.
    Audit(Box<AuditView>),
    /// Contents that deleting the workspace would remove.
    Danger(Contents),
}

#[cfg(feature = "ssr")]
impl VisitData {
    /// Returns the name of the page's record, for the title and the browser's history.
    pub(crate) fn record(&self) -> Option<String> {
        let name = match self {
            Self::Product(product) => product.row.name.clone(),
            Self::RatePlan(plan) => plan.name.clone(),
            Self::Customer(customer) => customer.row.name.clone(),
            Self::UsageRecord(record) => quantity(record.quantity, &record.unit),
            Self::Invoice(invoice) => invoice.title(),
            Self::ProductForm(input) => input.name.clone(),
            Self::CustomerForm { input, .. } => input.name.clone(),
            Self::Import(import) => import.row.name.clone(),
            Self::ImportForm(form) => form.row.name.clone(),
            Self::Imports(_)
            | Self::Members(_)
            | Self::General(_)
            | Self::Branding
            | Self::Security(_)
            | Self::ApiKeys(_)
            | Self::Audit(_)
            | Self::Danger(_) => return None,
        };
        (!name.is_empty()).then_some(name)
    }
}
