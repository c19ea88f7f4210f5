//! Data of pages that are rebuilt for each visit.

use model::{
    WorkspaceRole,
    api_key::ApiKey,
    audit::AuditView,
    catalog::{ProductDetail, ProductInput},
    contact::ContactInput,
    customer::{CustomerDetail, CustomerForm},
    id::{ProductId, RatePlanId},
    import::{ImportForm, ImportList, ImportView},
    invoice::{CreditPage, DocumentPage, DuePage, InvoicingSettings, NewInvoicePage},
    members::Members,
    meter::Meter,
    rate_plan::{RatePlanDetail, RatePlanInput, Version, preview::Impact},
    settings::{Contents, GeneralSettings, SecuritySettings},
    subscription::{ChangePage, MovePage, NewSubscriptionPage, SubscriptionDetail},
    usage::{AdjustmentPage, EventDetail, EventPage, MeterUse, UsageReport},
    webhook::{Webhook, WebhookDetail},
};
use serde::{Deserialize, Serialize};

/// Data of a page that is rebuilt for each visit: a detail page, a form or a settings page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitData {
    /// Product.
    Product {
        /// The product.
        product: Box<ProductDetail>,
        /// Its meters.
        meters: Vec<Meter>,
        /// Usage of its meters.
        uses: Vec<MeterUse>,
    },
    /// Form of a new meter: the name of its product.
    NewMeter(String),
    /// Form of a meter.
    Meter(Box<Meter>),
    /// Rate plan with one of its versions.
    RatePlan(Box<RatePlanDetail>),
    /// Form of a new rate plan.
    NewRatePlan,
    /// Form of a rate plan's name and code.
    RatePlanForm {
        /// ID of the plan.
        id: RatePlanId,
        /// Values of the fields.
        input: RatePlanInput,
    },
    /// Editor of a rate plan's draft.
    RatePlanDraft {
        /// The plan, with the draft as its shown version.
        plan: Box<RatePlanDetail>,
        /// Latest published version.
        published: Option<Box<Version>>,
        /// All meters of the workspace.
        meters: Vec<Meter>,
        /// Products to choose from.
        products: Vec<(ProductId, String)>,
    },
    /// Publication of a rate plan's draft.
    RatePlanPublication {
        /// The plan, with the draft as its shown version.
        plan: Box<RatePlanDetail>,
        /// What the last period of each subscriber would have cost. `None` if no version is published.
        impact: Option<Box<Impact>>,
    },
    /// Customer.
    Customer(Box<CustomerDetail>),
    /// Charts of the usage.
    Usage(Box<UsageReport>),
    /// List of events.
    Events(Box<EventPage>),
    /// Event.
    Event(Box<EventDetail>),
    /// What is due to be invoiced.
    DueInvoices(Box<DuePage>),
    /// Form of an invoice without a subscription.
    NewInvoice(Box<NewInvoicePage>),
    /// Draft, invoice or credit note.
    Invoice(Box<DocumentPage>),
    /// Form of a credit note.
    CreditInvoice(Box<CreditPage>),
    /// Form of a product.
    ProductForm(ProductInput),
    /// Form of a customer.
    CustomerForm(Box<CustomerForm>),
    /// Form of a contact.
    ContactForm {
        /// Name of the customer.
        customer: String,
        /// Values of the fields.
        input: Box<ContactInput>,
    },
    /// Imports of usage.
    Imports(Box<ImportList>),
    /// Import of usage.
    Import(Box<ImportView>),
    /// Form of an import's columns.
    ImportForm(Box<ImportForm>),
    /// Subscription.
    Subscription(Box<SubscriptionDetail>),
    /// Form of a new subscription, with its preview.
    NewSubscription(Box<NewSubscriptionPage>),
    /// Form that changes a subscription, with its preview.
    ChangeSubscription(Box<ChangePage>),
    /// Form that moves subscriptions to another version of their plan.
    MoveVersion(Box<MovePage>),
    /// Form that adjusts a customer's usage.
    UsageAdjustment(Box<AdjustmentPage>),
    /// Members, invites and access requests.
    Members(Box<Members<WorkspaceRole>>),
    /// General settings.
    General(Box<GeneralSettings>),
    /// Colour and logo, which are part of the entry.
    Branding,
    /// Security requirements of the workspace.
    Security(SecuritySettings),
    /// Settings of invoicing.
    Invoicing {
        /// The settings.
        settings: Box<InvoicingSettings>,
        /// Today, in the workspace's time zone.
        today: time::Date,
    },
    /// API keys of the workspace.
    ApiKeys(Vec<ApiKey>),
    /// Webhooks of the workspace.
    Webhooks(Vec<Webhook>),
    /// Webhook with its last deliveries.
    Webhook(Box<WebhookDetail>),
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
            Self::Product { product, .. } => product.row.name.clone(),
            Self::Meter(meter) => meter.name.clone(),
            Self::RatePlan(plan) | Self::RatePlanDraft { plan, .. } | Self::RatePlanPublication { plan, .. } => {
                plan.row.name.clone()
            }
            Self::RatePlanForm { input, .. } => input.name.clone(),
            Self::Customer(customer) => customer.row.name.clone(),
            Self::Events(_) => "Events".to_owned(),
            Self::Event(event) => event.row.id.clone(),
            Self::Invoice(page) => page.document.row.title(),
            Self::CreditInvoice(page) => page.document.row.title(),
            Self::ProductForm(input) => input.name.clone(),
            Self::Import(import) => import.row.name.clone(),
            Self::ImportForm(form) => form.row.name.clone(),
            Self::CustomerForm(form) => form.input.name.clone(),
            Self::ContactForm { input, .. } => input.name.clone(),
            Self::Subscription(subscription) => {
                format!("{} · {}", subscription.row.plan_name(), subscription.row.customer)
            }
            Self::ChangeSubscription(page) => format!("{} · {}", page.row.plan_name(), page.row.customer),
            Self::MoveVersion(page) => page.plan.clone(),
            Self::Webhook(detail) => detail.webhook.name().to_owned(),
            Self::Imports(_)
            | Self::DueInvoices(_)
            | Self::NewInvoice(_)
            | Self::Invoicing { .. }
            | Self::NewSubscription(_)
            | Self::UsageAdjustment(_)
            | Self::Usage(_)
            | Self::NewMeter(_)
            | Self::NewRatePlan
            | Self::Members(_)
            | Self::General(_)
            | Self::Branding
            | Self::Security(_)
            | Self::ApiKeys(_)
            | Self::Webhooks(_)
            | Self::Audit(_)
            | Self::Danger(_) => return None,
        };
        (!name.is_empty()).then_some(name)
    }
}
