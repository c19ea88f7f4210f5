//! The promises of `store`, held against a real PostgreSQL, one file per promise.
//!
//! They run as `stile_app`, the role the server runs as; superuser connections only plant facts and look at the
//! outcome. Beside every denial stands the same step by somebody who may take it, so that nothing is refused for the
//! wrong reason. All of them are one binary, because linking ten costs more than running them.
//!
//! `eval "$(scripts/test-postgres start)"; cargo test -p store`
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test they are how a leak is reported"
)]

mod audit;
mod audit_words;
mod cancelled_begin;
mod catalogue;
mod clock;
mod demand;
mod doors;
mod events;
mod factors;
mod fences;
mod guesses;
mod handoff;
mod invites;
mod isolation;
mod links;
mod listing;
mod mail;
mod mail_limits;
mod names;
mod pictures;
mod read_only;
mod reading;
mod request_news;
mod revocation;
mod seating;
mod seats_cache;
mod shares;
mod slugs;
mod support;
