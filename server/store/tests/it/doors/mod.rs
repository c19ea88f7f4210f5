//! Invariant: access requires a live session and a live seat. Both are read in the transaction that is opened, so a
//! grant takes effect with the next request, and a revoked seat is rejected at once. A user without a seat can't
//! distinguish an existing workspace from a missing one. Capabilities are granted only by opening a transaction, and
//! only for that transaction (docs/SECURITY.md, I-3, I-4, I-7 to I-9).

mod capabilities;
mod credentials;
mod guests;
mod organizations;
mod outcomes;
mod seats;
mod writes;
