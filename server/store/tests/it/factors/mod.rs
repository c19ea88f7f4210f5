//! Invariant: each code proves a second factor only once, only for its own user, and only for its own purpose. A proof
//! rotates the session secret. A workspace that requires a second factor is closed to sessions that have not proven one
//! (docs/SECURITY.md, I-15, I-17).

mod authenticator;
mod challenges;
mod changes;
mod codes;
mod demand;
mod passkeys;
mod sign_in;
