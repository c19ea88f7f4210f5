//! The domain model of Stile: types and rules without I/O.
//!
//! This crate holds code that must behave the same on the server and in the browser: IDs, parsed text, roles and
//! capabilities, money, the types exchanged between `store` and the pages, and the fuzzy search behind the switcher,
//! palette and picker. SQL belongs in `store` and views belong in `app`. Clocks and randomness are passed in by the
//! caller.

pub mod api_key;
pub mod audit;
pub mod calendar;
pub mod capability;
pub mod catalog;
pub mod contact;
pub mod count;
pub mod country;
pub mod csv;
pub mod currency;
pub mod customer;
pub mod device;
pub mod domain;
pub mod email;
pub mod event;
pub mod factor;
pub mod field;
pub mod finder;
pub mod hue;
pub mod id;
pub mod idn;
pub mod import;
pub mod invite;
pub mod invoice;
pub mod job;
pub mod link;
pub mod list;
pub mod mail;
pub mod members;
pub mod meter;
pub mod moment;
pub mod money;
pub mod overview;
pub mod password;
pub mod picker;
pub mod picture;
pub mod preferences;
pub mod pricing;
pub mod profile;
pub mod rate_plan;
pub mod role;
pub mod seat;
pub mod seating;
pub mod settings;
pub mod slug;
pub mod subscription;
pub mod text;
pub mod token;
pub mod usage;
pub mod uses;
pub mod webhook;
pub mod workspace;

pub use capability::{Capability, CapabilitySet};
pub use currency::Currency;
pub use email::Email;
pub use field::{FieldError, FieldErrors};
pub use money::Money;
pub use role::{OrganizationRole, WorkspaceRole};
pub use seat::Seat;
pub use slug::Slug;
pub use text::Line;
