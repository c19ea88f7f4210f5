//! Page data of a workspace in its serialized form.

use crate::{
    deferred::Deferred,
    routes::{Page, VisitData},
};
use model::{
    Capability, catalog::ProductRow, customer::CustomerRow, id::WorkspaceId, invoice::InvoiceRow, list::ListPage,
    overview::Overview, rate_plan::RatePlanRow, workspace::Entry,
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

impl PageData {
    /// Returns the name of the page's record, if it has one.
    pub fn record(&self) -> Option<&str> {
        match self {
            Self::Visit(record, _) => record.as_deref(),
            _ => None,
        }
    }
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
