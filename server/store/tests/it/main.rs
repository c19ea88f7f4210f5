//! Tests of the guarantees of `store` against a real PostgreSQL, one module per guarantee.
//!
//! They run as `stile_app`, the role of the server; superuser connections are used only to set up data and to check
//! results. Every rejection is accompanied by a control: the same step by a user who is allowed to take it, so that
//! nothing is rejected for the wrong reason. All tests are one binary, because linking ten would take longer than
//! running them.
//!
//! `eval "$(scripts/test-postgres start)"; cargo test -p store`
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how a leak is reported"
)]

mod api_keys;
mod audit;
mod audit_words;
mod backfill;
mod cancelled_begin;
mod catalogue;
mod clock;
mod demand;
mod doors;
mod events;
mod factors;
mod functions;
mod handoff;
mod idempotency;
mod imports;
mod ingest;
mod invites;
mod invoices;
mod isolation;
mod links;
mod listing;
mod mail;
mod mail_limits;
mod meters;
mod names;
mod password_attempts;
mod pictures;
mod plan_versions;
mod read_only;
mod reading;
mod request_news;
mod revocation;
mod seating;
mod seats_cache;
mod shares;
mod slugs;
mod subjects;
mod subscriptions;
mod support;
mod usage;
mod usage_adjustments;
mod write_locks;
