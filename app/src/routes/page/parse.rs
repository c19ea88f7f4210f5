//! Parses the URLs of pages.

use super::{
    super::{ImportLayout, SettingsPage},
    Page,
};
use model::{
    list::{ListQuery, Noun},
    subscription::{ChangeInput, NewSubscriptionInput},
    usage::{EventQuery, UsageQuery},
};

impl Page {
    /// Parses the path below the slug.
    pub fn parse(rest: &str, pairs: &[(String, String)]) -> Self {
        Self::known(rest, pairs).unwrap_or_else(|| Self::unknown(rest))
    }

    fn known(rest: &str, pairs: &[(String, String)]) -> Option<Self> {
        if let Some(page) = Self::of_customers(rest, pairs) {
            return Some(page);
        }
        let mut segments = rest.split('/');
        let parts = (segments.next().unwrap_or_default(), segments.next(), segments.next(), segments.next());
        let fifth = (segments.next(), segments.next());
        let noun = |path: &str| Noun::ALL.into_iter().find(|n| n.path() == path);
        let pairs_of = || pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        fn id<T: std::str::FromStr>(text: &str, page: impl Fn(T) -> Page) -> Option<Page> {
            text.parse().ok().map(page)
        }
        Some(match parts {
            ("" | "overview", None, ..) => Self::Overview,
            ("settings", name, None, _) => Self::Settings(SettingsPage::parse(name.unwrap_or_default(), pairs)?),
            ("usage", None, ..) => Self::Usage(UsageQuery::from_pairs(pairs_of())),
            ("usage", Some("events"), None, _) => Self::Events(EventQuery::from_pairs(pairs_of())),
            ("usage", Some("events"), Some(key), None) => return id(key, Self::Event),
            (path, None, ..) => Self::List(ListQuery::from_pairs(noun(path)?, pairs_of())),
            ("products", Some("new"), None, _) => Self::NewProduct,
            ("customers", Some("new"), None, _) => {
                let external = pairs_of().find(|(name, value)| *name == "external_id" && !value.is_empty());
                external.map_or(Self::NewCustomer, |(_, value)| Self::NewCustomerOf(value.to_owned()))
            }
            ("rate-plans", Some("new"), None, _) => Self::NewRatePlan,
            ("products", Some(text), Some("edit"), None) => return id(text, Self::EditProduct),
            ("products", Some(text), Some("meters"), Some("new")) if fifth.0.is_none() => {
                return id(text, Self::NewMeter);
            }
            ("products", Some(text), Some("meters"), Some(meter)) if fifth == (Some("edit"), None) => {
                Self::EditMeter(text.parse().ok()?, meter.parse().ok()?)
            }
            ("rate-plans", Some(text), None, _) => {
                let plan = text.parse().ok()?;
                quantity(pairs).map_or(Self::RatePlan(plan), |quantity| Self::RatePlanPrice(plan, None, quantity))
            }
            ("rate-plans", Some(text), Some("versions"), Some(number)) if fifth.0.is_none() => {
                let (plan, version) = (text.parse().ok()?, version(number)?);
                match quantity(pairs) {
                    Some(quantity) => Self::RatePlanPrice(plan, Some(version), quantity),
                    None => Self::RatePlanVersion(plan, version),
                }
            }
            ("rate-plans", Some(text), Some("details"), None) => return id(text, Self::EditRatePlan),
            ("rate-plans", Some(text), Some("edit"), None) => return id(text, Self::EditDraft),
            ("rate-plans", Some(text), Some("publish"), None) => return id(text, Self::PublishDraft),
            ("customers", Some(text), Some("edit"), None) => return id(text, Self::EditCustomer),
            ("usage", Some("import"), None, _) => Self::Imports,
            ("usage", Some("import"), Some(text), None) => return id(text, Self::Import),
            ("usage", Some("import"), Some(text), Some("mapping")) if segments.next().is_none() => {
                return id(text, |id| Self::ImportMapping(ImportLayout::from_pairs(id, pairs)));
            }
            (path, Some(text), None, _) => {
                return match noun(path)? {
                    Noun::Products => id(text, Self::Product),
                    Noun::RatePlans => id(text, Self::RatePlan),
                    Noun::Customers => id(text, Self::Customer),
                    Noun::Usage => None,
                    Noun::Invoices => id(text, Self::Invoice),
                };
            }
            _ => return None,
        })
    }

    /// Parses the path of a page of contacts or subscriptions.
    fn of_customers(rest: &str, pairs: &[(String, String)]) -> Option<Self> {
        let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parts: Vec<&str> = rest.split('/').collect();
        Some(match parts.as_slice() {
            ["customers", id, "contacts", "new"] => Self::NewContact(id.parse().ok()?),
            ["customers", id, "contacts", contact] => Self::EditContact(id.parse().ok()?, contact.parse().ok()?),
            ["customers", id, "subscriptions", "new"] => {
                Self::NewSubscription(id.parse().ok()?, NewSubscriptionInput::from_pairs(pairs))
            }
            ["customers", id, "usage", "adjust"] => Self::AdjustUsage(id.parse().ok()?),
            ["subscriptions", id] => Self::Subscription(id.parse().ok()?),
            ["subscriptions", id, "change"] => {
                Self::ChangeSubscription(id.parse().ok()?, ChangeInput::from_pairs(pairs))
            }
            ["rate-plans", id, "versions", version, "move"] => {
                Self::MoveVersion(id.parse().ok()?, version.parse().ok().filter(|version| *version > 0)?)
            }
            _ => return None,
        })
    }
}

/// Longest quantity in a URL, in bytes. The longest quantity with a price has 25.
pub(super) const QUANTITY_MAX: usize = 40;

/// Returns the quantity in a query.
fn quantity(pairs: &[(String, String)]) -> Option<String> {
    let (_, quantity) = pairs.iter().find(|(name, _)| name == "quantity")?;
    (!quantity.is_empty() && quantity.len() <= QUANTITY_MAX).then(|| quantity.clone())
}

/// Parses the number of a version: 1 or more, without leading zeros.
fn version(text: &str) -> Option<i32> {
    let number = text.parse::<i32>().ok().filter(|number| *number > 0)?;
    (text == number.to_string()).then_some(number)
}
