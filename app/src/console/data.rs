//! What the pages of a workspace are made of, as it travels.

use crate::packed::Packed;
#[cfg(feature = "ssr")]
use model::money::grouped;
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

/// The data of one page. In JSON, which we write and never read, what a page of one visit shows stands in its place:
/// `{"customer": …}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", remote = "Self")]
pub enum PageData {
    /// The overview.
    Overview(Box<Overview>),
    /// A page of products.
    Products(ListPage<ProductRow>),
    /// A page of rate plans.
    RatePlans(ListPage<RatePlanRow>),
    /// A page of customers.
    Customers(ListPage<CustomerRow>),
    /// A page of usage records.
    Usage(ListPage<UsageRow>),
    /// A page of invoices.
    Invoices(ListPage<InvoiceRow>),
    /// The data of a page of one visit, which is unpacked where its code is. First the name of the page's record.
    Visit(Option<String>, Packed<VisitData>),
    /// This workspace has no such thing (another may; nobody can tell).
    Missing,
    /// The seat does not allow it.
    Denied(Capability),
}

/// The data of a page of one visit: a detail, a form, a page of the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitData {
    /// One product.
    Product(Box<ProductDetail>),
    /// One rate plan.
    RatePlan(Box<RatePlanRow>),
    /// One customer.
    Customer(Box<CustomerDetail>),
    /// One usage record.
    UsageRecord(Box<UsageRow>),
    /// One invoice.
    Invoice(Box<InvoiceRow>),
    /// The form of a product.
    ProductForm(ProductInput),
    /// The form of a customer.
    CustomerForm {
        /// What stands in it.
        input: Box<CustomerInput>,
        /// The rate plans to choose from.
        rate_plans: Vec<(RatePlanId, String)>,
    },
    /// The members, and what waits there.
    Members(Box<Members<WorkspaceRole>>),
    /// The general settings.
    General(Box<GeneralSettings>),
    /// The colour and the logo: they stand in the entry.
    Branding,
    /// What the workspace demands of whoever enters.
    Security(SecuritySettings),
    /// The audit log.
    Audit(Box<AuditView>),
    /// What deleting the workspace would take away.
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
        Self::Visit(data.record(), Packed::new(data))
    }
}

#[cfg(feature = "ssr")]
impl VisitData {
    /// The name of the page's record, for the title and the browser's history.
    fn record(&self) -> Option<String> {
        let name = match self {
            Self::Product(product) => product.row.name.clone(),
            Self::RatePlan(plan) => plan.name.clone(),
            Self::Customer(customer) => customer.row.name.clone(),
            Self::UsageRecord(record) => {
                format!("{} {}", grouped(record.quantity.unsigned_abs()), record.unit)
            }
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
    /// The name of the page's record, if it has one.
    pub fn record(&self) -> Option<&str> {
        match self {
            Self::Visit(record, _) => record.as_deref(),
            _ => None,
        }
    }
}

/// A page of the audit log, and what it can be filtered by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditView {
    /// The lines, newest first.
    pub rows: Vec<AuditRow>,
    /// Where newer ones are.
    pub newer: Option<Position>,
    /// Where older ones are.
    pub older: Option<Position>,
    /// Who did something, by name.
    pub people: Vec<(UserId, String)>,
    /// The zone in which its times are said.
    pub time_zone: String,
}

/// An answer from the workspace plane, with the workspace that gave it. The browser drops one that is not for the
/// workspace on screen (docs/SECURITY.md, I-8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scoped<T> {
    /// Who answered.
    pub workspace: WorkspaceId,
    /// The answer.
    pub value: T,
}

/// What entering a workspace gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entered {
    /// The workspace, the seat, the grant.
    pub entry: Entry,
    /// The address of the page that opened: the one asked for, or the nearest that the seat allows.
    pub url: String,
    /// Its data.
    pub data: PageData,
}
