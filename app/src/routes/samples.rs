//! Sample URLs for tests: at least one for each kind of route.

use super::page;

/// Panics if one of the patterns matches none of the values. Does not compile if a variant has no pattern.
macro_rules! assert_each {
    ($values:expr, $($pattern:pat),* $(,)?) => {{
        let found: std::collections::BTreeSet<&str> = $values
            .iter()
            .map(|value| match value { $($pattern => stringify!($pattern)),* })
            .collect();
        for pattern in [$(stringify!($pattern)),*] {
            assert!(found.contains(pattern), "no sample of {pattern}");
        }
    }};
}
pub(super) use assert_each;

/// Returns at least one URL of each kind of route.
pub(crate) fn samples() -> impl Iterator<Item = &'static str> {
    OUTSIDE.iter().chain(page::SAMPLES).copied()
}

/// Canonical URLs outside of the pages of a workspace: at least one of each kind. The test of the route table
/// (`documents::shell`) uses them, too.
const OUTSIDE: &[&str] = &[
    "/",
    "/sign-in",
    "/sign-in?next=%2Fsmartai-it%2Fcustomers%3Fq%3Dx",
    "/home",
    "/home?refused=used",
    "/account/tokens",
    "/account/profile",
    "/account/profile?saved=name",
    "/account/preferences",
    "/sign-up",
    "/sign-up?next=%2Fwelcome",
    "/sign-up/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/reset",
    "/reset/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/account/address/abcdefghijklmnopqrstuvwxyz0123456789-_ABCDE",
    "/welcome",
    "/invite/Zm9vYmFy-_",
    "/org/018f4d9e-0000-7000-8000-000000000000/members",
    "/org/018f4d9e-0000-7000-8000-000000000000/invites",
    "/org/018f4d9e-0000-7000-8000-000000000000/workspaces",
    "/org/018f4d9e-0000-7000-8000-000000000000/domains",
    "/account/sessions",
    "/new",
    "/org/018f4d9e-0000-7000-8000-000000000000/audit?period=7d",
    "/smartai-it/settings/audit/export?kind=settings",
    "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000/pdf",
    "/smartai-it/invoices/018f4d9e-0000-7000-8000-000000000000/lines.csv",
    "/account/security?next=%2Fsmartai-it%2Fcustomers",
    "/account/factor?next=%2Faccount%2Fsecurity",
];

/// Shorter URLs of pages, with the canonical ones.
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("/smartai-it", "/smartai-it/overview"),
    ("/smartai-it/settings", "/smartai-it/settings/general"),
    ("/org/018f4d9e-0000-7000-8000-000000000000", "/org/018f4d9e-0000-7000-8000-000000000000/members"),
];
