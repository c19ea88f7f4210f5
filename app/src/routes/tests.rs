//! Tests of the typed URLs.

use super::{
    samples::{ALIASES, assert_each, samples},
    *,
};

#[test]
fn every_route_has_a_sample_url() {
    // `Unknown` has no URL of its own.
    let routes: Vec<Route> = samples().map(Route::parse_url).chain([Route::Unknown]).collect();
    assert_each!(
        routes,
        Route::Landing,
        Route::SignIn { .. },
        Route::Home { .. },
        Route::Start(_),
        Route::Profile { .. },
        Route::Preferences { .. },
        Route::Tokens,
        Route::Invite(_),
        Route::Organization(..),
        Route::Sessions,
        Route::NewWorkspace,
        Route::OrganizationAudit(..),
        Route::AuditExport(..),
        Route::InvoiceFile(..),
        Route::Security { .. },
        Route::Factor { .. },
        Route::Workspace(..),
        Route::Unknown,
    );
    let (mut starts, mut organizations, mut settings) = (Vec::new(), Vec::new(), Vec::new());
    for route in &routes {
        match route {
            Route::Start(start) => starts.push(start),
            Route::Organization(_, page) => organizations.push(page),
            Route::Workspace(_, Page::Settings(page)) => settings.push(page),
            _ => {}
        }
    }
    assert_each!(
        starts,
        Start::SignUp { .. },
        Start::SignUpLink(_),
        Start::Reset,
        Start::ResetLink(_),
        Start::AddressLink(_),
        Start::Welcome,
    );
    assert_each!(
        organizations,
        OrganizationPage::Members,
        OrganizationPage::Invites,
        OrganizationPage::Workspaces,
        OrganizationPage::Domains,
    );
    assert_each!(
        settings,
        SettingsPage::General,
        SettingsPage::Branding,
        SettingsPage::Members,
        SettingsPage::Security,
        SettingsPage::Keys,
        SettingsPage::Invoicing,
        SettingsPage::Webhooks,
        SettingsPage::Webhook(_),
        SettingsPage::Audit(_),
        SettingsPage::Danger,
    );
}

#[test]
fn routes_round_trip_through_their_urls() {
    for url in samples() {
        assert_eq!(Route::parse_url(url).url(), url);
    }
    for (alias, url) in ALIASES {
        assert_eq!(Route::parse_url(alias).url(), *url);
    }
    assert_eq!(Route::parse_url("/smartai-it/nope//").url(), "/smartai-it/nope");
    assert_eq!(Route::parse_url("/smartai-it//").url(), "/smartai-it/overview");
    for unknown in
        ["/admin", "/sign-up/short", "/reset/a b", "/reset/%2e%2e%2f%2e%2e%2f%2e%2e%2fx", "/account", "/account/x"]
    {
        assert_eq!(Route::parse_url(unknown), Route::Unknown, "{unknown}");
    }
}

/// All spellings of a URL lead to the same page and have the same canonical form.
#[test]
fn respelled_returns_the_canonical_path() {
    for (path, one) in [
        ("/SmartAI-IT/customers", "/smartai-it/customers"),
        ("/smartai%2Dit/customers", "/smartai-it/customers"),
        ("/smartai%2dit/%63ustomers", "/smartai-it/customers"),
        ("/smartai-it/Customers", "/smartai-it/customers"),
        ("/smartai-it/customers/", "/smartai-it/customers"),
        ("/SMARTAI-IT", "/smartai-it/overview"),
        ("/SmartAI-IT/Settings/General", "/smartai-it/settings/general"),
        (
            "/smartai-it/products/018F4D9E-0000-7000-8000-000000000000",
            "/smartai-it/products/018f4d9e-0000-7000-8000-000000000000",
        ),
        ("/SmartAI-IT/settings/audit/export", "/smartai-it/settings/audit/export"),
        (
            "/smartai-it/Invoices/018F4D9E-0000-7000-8000-000000000000/PDF",
            "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000/pdf",
        ),
        ("/Home", "/home"),
        ("/Account/tokens", "/account/tokens"),
    ] {
        let route = Route::parse(path, "q=x");
        assert_eq!(route, Route::parse(one, "q=x"), "{path}");
        assert_eq!(route.respelled(path).as_deref(), Some(one), "{path}");
        assert!(ReturnTo::parse(path).is_some(), "sign-in forgets {path}");
        assert_eq!(route.respelled(one), None, "{one} leads in a circle");
    }
    for path in [
        "/smartai-it", "/", "/invite/Zm9vYmFy-_", "/smartai-it/nope", "/smartai%2Fit", "/%00", "/smartai%2", "/%ff",
        "/smartai-it%20",
    ] {
        assert_eq!(Route::parse(path, "").respelled(path), None, "{path}");
    }
    assert_eq!(Route::parse("/smartai-it%2Fcustomers", ""), Route::Unknown);
}

#[test]
fn arrival_keeps_the_requested_path_as_next() {
    for (path, url) in [
        ("/", "/sign-in?notice=arriving"),
        ("/smartai-it/customers?q=x", "/sign-in?next=%2Fsmartai-it%2Fcustomers%3Fq%3Dx&notice=arriving"),
        ("/account/factor?next=%2Fhome", "/sign-in?next=%2Fhome&notice=arriving"),
        ("/account/factor", "/sign-in?notice=arriving"),
        ("//evil.example", "/sign-in?notice=arriving"),
    ] {
        assert_eq!(Route::arrival(path), url);
    }
}

#[test]
fn return_to_never_leaves_the_site() {
    for bad in [
        "//evil.example", "/\\evil.example", "https://evil.example", "/%0d%0aSet-Cookie", "javascript:alert(1)", "",
        "/", "/sign-in", "/sign-up", "/reset", "/home\n", "/account/factor?next=%2Fhome",
    ] {
        let parsed = ReturnTo::parse(bad);
        assert!(parsed.is_none() || bad == "/%0d%0aSet-Cookie", "{bad:?} was accepted");
    }
    assert!(ReturnTo::parse("/%0d%0aSet-Cookie").is_none(), "no slug is spelled like that");
    assert!(ReturnTo::parse("/smartai-it/customers?q=%2F%2F").is_some());
}
