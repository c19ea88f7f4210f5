//! Mails about documents.

use model::{
    Email,
    invoice::{Document, DocumentKind},
    mail::{Attachment, Letter, MailName},
    moment,
    text::isolated,
};
use store::invoices::OverdueInvoice;

/// Most invoices that a mail lists.
const LISTED: usize = 20;

/// Creates the mail of an issued document to a customer, who has no account. `workspace` is the sender's name if the
/// document has none.
pub(crate) fn document(to: &Email, document: &Document, workspace: &str, file: Attachment) -> Letter {
    let seller = match document.seller.name.as_str() {
        "" => MailName::of(workspace).to_string(),
        name => MailName::of(name).to_string(),
    };
    let seller = isolated(&seller);
    let number = document.row.number.as_deref().unwrap_or_default();
    let (kind, total) = (document.kind.label(), document.totals.money(document.totals.total_minor));
    let what = format!("{} {number}", kind.to_lowercase());
    let sentence = match (document.kind, document.row.due_on) {
        (DocumentKind::Invoice, Some(due)) => {
            format!("{seller} sent you {what} of {total}. Please pay it by {}.", moment::date(due))
        }
        _ => format!("{seller} sent you {what} of {total}."),
    };
    let letter = Letter::new(to, format!("{kind} {number} from {seller}"))
        .say(sentence)
        .say("It is attached as a PDF.")
        .attach(file);
    let contact = Email::parse(&document.seller.email);
    let letter = match contact {
        Ok(email) => letter.say(format!("If you have a question about it, write to {email}.")),
        Err(_) => letter,
    };
    letter.aside(format!("You received this email because {seller} sends invoices to this address."))
}

/// Creates the mail to a person who manages invoices that some became overdue. `page` is the absolute URL of the list.
pub fn overdue(to: &Email, workspace: &str, invoices: &[OverdueInvoice], page: String) -> Letter {
    let place = MailName::of(workspace).to_string();
    let place = isolated(&place);
    let subject = match invoices {
        [one] => format!("Invoice {} is overdue", one.number),
        many => format!("{} invoices are overdue", many.len()),
    };
    let mut letter = Letter::new(to, subject);
    for invoice in invoices.iter().take(LISTED) {
        let customer = MailName::of(&invoice.customer).to_string();
        letter = letter.say(format!(
            "Invoice {} to {} was due on {}. {} is not paid.",
            invoice.number,
            isolated(&customer),
            moment::date(invoice.due_on),
            invoice.balance,
        ));
    }
    if invoices.len() > LISTED {
        letter = letter.say(format!("And {} more.", invoices.len() - LISTED));
    }
    letter
        .button("Open overdue invoices", page)
        .aside(format!("You received this email because you manage the invoices of {place}."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Currency, Money, id::InvoiceId};

    #[test]
    fn a_mail_about_overdue_invoices_names_each_without_links_of_customers() {
        let to = Email::parse("ada@x.example").expect("an address");
        let one = OverdueInvoice {
            id: InvoiceId::from_uuid(uuid::Uuid::nil()),
            number: "INV-2026-0042".to_owned(),
            customer: "https://evil.example".to_owned(),
            balance: Money { minor: 12_520, currency: Currency::USD },
            due_on: time::Date::from_calendar_date(2026, time::Month::November, 30).expect("a day"),
        };
        let letter = overdue(&to, "Acme", std::slice::from_ref(&one), "https://s.example/acme/invoices".to_owned());
        assert_eq!(letter.subject(), "Invoice INV-2026-0042 is overdue");
        let text = serde_json::to_string(&letter).expect("a letter");
        assert!(text.contains("$125.20") && text.contains("30 Nov 2026") && !text.contains("evil.example"), "{text}");
        let many = vec![one; 30];
        let letter = overdue(&to, "Acme", &many, String::new());
        assert_eq!(letter.subject(), "30 invoices are overdue");
        assert!(serde_json::to_string(&letter).expect("a letter").contains("And 10 more."));
    }
}
