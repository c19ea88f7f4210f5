//! Invariant: the rows that a statement can read or write depend only on the context set in its transaction, never on
//! the statement itself. With no context, an empty one or another user's, every table of both planes shows no rows and
//! accepts none. A row can't be inserted into, moved to or linked to another workspace. A context ends with its
//! transaction (docs/SECURITY.md, I-1 to I-3).
//!
//! All tests use raw SQL as `stile_app`, as if every check in Rust were missing. The tables are read from the
//! catalogue, so tables that are added later are covered as well.

mod context;
mod lifetime;
mod requests;
mod role;
mod rows;
mod tables;
mod writes;
