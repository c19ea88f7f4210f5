//! Storage of invoices and credit notes: drafts, issued documents, payments.
//!
//! The lines of a draft are computed when it is read. Issuing computes them again, stores them, and takes the next
//! number of the series in its last statements. Triggers of the database keep what is issued and the numbers without
//! gaps (docs/BILLING.md).

mod bulk;
mod credit;
mod daily;
mod document;
mod draft;
mod due;
mod facts;
mod files;
mod issue;
mod numbers;
mod payments;
mod rows;
mod run;
mod sending;
mod stored;
mod void;

pub use bulk::{PastDocument, import};
pub use credit::{credit, credit_preview};
pub use daily::{OverdueInvoice, begin_day, cuts_to_draft, drafts_to_issue, look_later, managers, note_overdue};
pub use document::document;
pub use draft::{add_line, create, delete, edit, remake, remove_line};
pub use due::due;
pub use files::{FileKind, file, keep_file};
pub use issue::{Issued, issue, issue_on};
pub use payments::{pay, reverse_payment};
pub use rows::{get, list};
pub(super) use rows::{of_customer, overdue};
pub use run::run;
pub use sending::send;
pub use void::void;
