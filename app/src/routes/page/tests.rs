//! Tests of the pages of a workspace.

use super::{
    super::{Route, samples::assert_each},
    *,
};
use model::WorkspaceRole;

#[test]
fn every_page_has_a_sample_url() {
    let pages: Vec<Page> = SAMPLES
        .iter()
        .filter_map(|url| match Route::parse_url(url) {
            Route::Workspace(_, page) => Some(page),
            _ => None,
        })
        .collect();
    assert_each!(
        pages,
        Page::Overview,
        Page::List(_),
        Page::Product(_),
        Page::NewProduct,
        Page::EditProduct(_),
        Page::NewMeter(_),
        Page::EditMeter(..),
        Page::RatePlan(_),
        Page::RatePlanVersion(..),
        Page::RatePlanPrice(..),
        Page::NewRatePlan,
        Page::EditRatePlan(_),
        Page::EditDraft(_),
        Page::PublishDraft(_),
        Page::Customer(_),
        Page::NewCustomer,
        Page::EditCustomer(_),
        Page::Imports,
        Page::Import(_),
        Page::ImportMapping(_),
        Page::NewContact(_),
        Page::EditContact(..),
        Page::NewSubscription(..),
        Page::AdjustUsage(_),
        Page::Subscription(_),
        Page::ChangeSubscription(..),
        Page::MoveVersion(..),
        Page::NewCustomerOf(_),
        Page::Usage(_),
        Page::Events(_),
        Page::Event(_),
        Page::DueInvoices,
        Page::NewInvoice(_),
        Page::Invoice(_),
        Page::CreditInvoice(..),
        Page::Settings(_),
        Page::Unknown(_),
    );
    for noun in Noun::LISTS {
        let listed = pages.iter().any(|page| matches!(page, Page::List(query) if query.noun == noun));
        assert!(listed, "no sample of the list {noun:?}");
    }
}

#[test]
fn a_switch_keeps_the_kind_of_page_without_record_and_query() {
    let owner = WorkspaceRole::Owner.capabilities();
    let searched = Page::parse("customers", &[("q".into(), "secret corp".into())]);
    assert_eq!(searched.in_another_workspace(owner), Page::list(Noun::Customers));
    let detail = Page::parse("invoices/018f4d9e-0000-7000-8000-000000000000", &[]);
    assert_eq!(detail.in_another_workspace(owner), Page::list(Noun::Invoices));
    let events = Page::parse("usage/events", &[("id".into(), "secret-1".into())]);
    assert_eq!(events.in_another_workspace(owner), Page::events());
    let event = Page::parse("usage/events/018f4d9e-0000-7000-8000-000000000000", &[]);
    assert_eq!(event.in_another_workspace(owner), Page::list(Noun::Usage));
    let chosen = Page::parse("usage", &[("by".into(), "customer".into())]);
    assert_eq!(chosen.in_another_workspace(owner), Page::list(Noun::Usage));
    assert_eq!(Page::NewCustomerOf("acme".into()).in_another_workspace(owner), Page::list(Noun::Customers));
    assert_eq!(
        Page::NewCustomer.in_another_workspace(WorkspaceRole::Viewer.capabilities()),
        Page::list(Noun::Customers)
    );
    assert_eq!(Page::Overview.in_another_workspace(WorkspaceRole::Guest.capabilities()), Page::list(Noun::Customers));
}

#[test]
fn a_quantity_is_part_of_the_address_but_not_of_the_page_on_screen() {
    let plan = Page::parse("rate-plans/018f4d9e-0000-7000-8000-000000000000", &[]);
    let priced = |quantity: String| Page::parse(&plan.path(), &[("quantity".into(), quantity)]);
    assert_ne!(priced("1000".into()), plan, "control: the quantity is parsed");
    assert_eq!(priced("1000".into()).key(), plan);
    assert_eq!(priced(String::new()), plan);
    assert_eq!(priced("9".repeat(QUANTITY_MAX + 1)), plan, "a longer text is not kept");
}

#[test]
fn pages_serialize_as_their_path_and_parse_as_a_url() {
    for path in ["overview", "customers?q=a+b&status=archived", "customers/new", "settings/audit?period=7d", "nope/x"] {
        let json = serde_json::to_string(path).unwrap();
        let page: Page = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&page).unwrap(), json);
    }
    let forged: Page = serde_json::from_str(r#""customers?status=secret&sort=password""#).unwrap();
    assert_eq!(forged, Page::list(Noun::Customers), "what a URL can't say, a call can't either");
}

#[test]
fn invalid_paths_are_unknown_pages() {
    const PLAN: &str = "rate-plans/018f4d9e-0000-7000-8000-000000000000";
    let of_plan = ["versions", "versions/0", "versions/-1", "versions/02", "versions/2/x", "edit/x", "draft"];
    let of_plan = of_plan.map(|rest| format!("{PLAN}/{rest}"));
    let bad = ["customers/1", "customers/new/x", "nope", "overview/x", "usage/new", "usage/events/1", "invoices//"];
    for bad in bad.into_iter().chain(of_plan.iter().map(String::as_str)) {
        let page = Page::parse(bad, &[]);
        assert!(matches!(page, Page::Unknown(_)), "{bad}");
        assert_eq!(page.in_another_workspace(CapabilitySet::ALL), Page::Overview, "{bad} is not looked for elsewhere");
    }
}
