//! Page data of a workspace in its serialized form.

use crate::{deferred::Deferred, routes::Page};
#[cfg(feature = "ssr")]
use model::count::quantity;
use model::{
    Capability, WorkspaceRole,
    audit::{AuditRow, Position},
    billing::{InvoiceRow, UsageRow},
    catalog::{ProductDetail, ProductInput, ProductRow, RatePlanRow},
    customer::{CustomerDetail, CustomerInput, CustomerRow},
    id::{RatePlanId, UserId, WorkspaceId},
    list::ListPage,
    members::Members,
    overview::Overview,
    settings::{Contents, GeneralSettings, SecuritySettings},
    workspace::Entry,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Data of one page. Human-readable formats such as JSON are written but never read. In them, the data of a visit page
/// is inlined: `{"customer": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum PageData {
    /// Overview.
    Overview(Box<Overview>),
    /// Page of products.
    Products(ListPage<ProductRow>),
    /// Page of rate plans.
    RatePlans(ListPage<RatePlanRow>),
    /// Page of customers.
    Customers(ListPage<CustomerRow>),
    /// Page of usage records.
    Usage(ListPage<UsageRow>),
    /// Page of invoices.
    Invoices(ListPage<InvoiceRow>),
    /// Name of the page's record, and the data of a page that is rebuilt for each visit. The data is decoded in the
    /// chunk that contains the page's code.
    Visit(Option<String>, Deferred<VisitData>),
    /// Record that does not exist in this workspace. Records of other workspaces give the same result.
    Missing,
    /// Page that the seat does not allow, with the missing capability.
    Denied(Capability),
}

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
    /// Members, invites and access requests.
    Members(Box<Members<WorkspaceRole>>),
    /// General settings.
    General(Box<GeneralSettings>),
    /// Colour and logo, which are part of the entry.
    Branding,
    /// Security requirements of the workspace.
    Security(SecuritySettings),
    /// Audit log.
    Audit(Box<AuditView>),
    /// Contents that deleting the workspace would remove.
    Danger(Contents),
}

impl Serialize for PageData {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Visit(_, data) if to.is_human_readable() => Serialize::serialize(data, to),
            _ => Self::serialize(self, to),
        }
    }
}

impl<'de> Deserialize<'de> for PageData {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::deserialize(from)
    }
}

#[cfg(feature = "ssr")]
impl From<VisitData> for PageData {
    fn from(data: VisitData) -> Self {
        Self::Visit(data.record(), Deferred::new(data))
    }
}

#[cfg(feature = "ssr")]
impl VisitData {
    /// Returns the name of the page's record, for the title and the browser's history.
    fn record(&self) -> Option<String> {
        let name = match self {
            Self::Product(product) => product.row.name.clone(),
            Self::RatePlan(plan) => plan.name.clone(),
            Self::Customer(customer) => customer.row.name.clone(),
            Self::UsageRecord(record) => quantity(record.quantity, &record.unit),
            Self::Invoice(invoice) => invoice.title(),
            Self::ProductForm(input) => input.name.clone(),
            Self::CustomerForm { input, .. } => input.name.clone(),
            Self::Members(_)
            | Self::General(_)
            | Self::Branding
            | Self::Security(_)
            | Self::Audit(_)
            | Self::Danger(_) => return None,
        };
        (!name.is_empty()).then_some(name)
    }
}

impl PageData {
    /// Returns the name of the page's record, if it has one.
    pub fn record(&self) -> Option<&str> {
        match self {
            Self::Visit(record, _) => record.as_deref(),
            _ => None,
        }
    }
}

/// Page of the audit log with the options of its filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// Entries, newest first.
    pub rows: Vec<AuditRow>,
    /// Position of newer entries, if there are any.
    pub newer: Option<Position>,
    /// Position of older entries, if there are any.
    pub older: Option<Position>,
    /// Actors to filter by, with their names.
    pub people: Vec<(UserId, String)>,
    /// Time zone in which times are shown.
    pub time_zone: String,
}

/// Response of a server function of the workspace plane, tagged with the workspace that produced it. The browser
/// discards a response for a workspace other than the one on screen (docs/SECURITY.md, I-8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scoped<T> {
    /// Workspace that produced the response.
    pub workspace: WorkspaceId,
    /// Payload of the response.
    pub value: T,
}

/// Response to entering a workspace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entered {
    /// Workspace, seat and grant.
    pub entry: Entry,
    /// Page that opened: the requested page, or the nearest one that the seat allows.
    pub page: Page,
    /// Data of that page.
    pub data: PageData,
}
