//! Renders a letter as a text part and an HTML part with the same content.
//!
//! Mail clients support little CSS, so the layout is a single column with tables and inline styles. Colours are light
//! by default; a media query provides dark ones. There are no images and no external resources, so opening a mail can't
//! be tracked.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lettre::{
    Message,
    message::{Attachment, Mailbox, MultiPart, header::ContentType},
};
use model::mail::{Letter, Part};
use sqlx::types::Uuid;
use std::fmt::Write as _;

/// Builds the message of a letter. The Message-ID is derived from the queue id, so that mail clients can recognize a
/// letter that was sent twice.
///
/// # Errors
/// `lettre::error::Error` if an address or a header is invalid.
pub(super) fn message(
    id: Uuid,
    letter: &Letter,
    sender: &Mailbox,
    origin: &str,
) -> Result<Message, lettre::error::Error> {
    let to = letter.to().as_str().parse().map_err(|_| lettre::error::Error::MissingTo)?;
    let body = MultiPart::alternative_plain_html(text(letter, origin), html(letter, origin));
    let body = match letter.attachment() {
        None => body,
        Some(file) => {
            let content = STANDARD.decode(&file.base64).map_err(|_| lettre::error::Error::CannotParseFilename)?;
            let media_type = ContentType::parse(&file.media_type).map_err(|_| lettre::error::Error::CannotParseFilename)?;
            MultiPart::mixed().multipart(body).singlepart(Attachment::new(file.name.clone()).body(content, media_type))
        }
    };
    Message::builder()
        .from(sender.clone())
        .to(Mailbox::new(None, to))
        .subject(letter.subject())
        .message_id(Some(format!("<{id}@{}>", sender.email.domain())))
        // Suppresses automatic replies (RFC 3834).
        .header(AutoSubmitted)
        .multipart(body)
}

#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

fn text(letter: &Letter, origin: &str) -> String {
    let mut out = String::new();
    for part in letter.parts() {
        // Writing to a string can't fail.
        let _ = match part {
            Part::Say(text) | Part::Aside(text) => write!(out, "{text}\n\n"),
            Part::Button { label, url } => write!(out, "{label}:\n{url}\n\n"),
        };
    }
    let _ = writeln!(out, "--\nStile, {origin}");
    out
}

const STYLE: &str = "\
    :root { color-scheme: light dark; supported-color-schemes: light dark; }\
    @media (prefers-color-scheme: dark) {\
    .ground { background-color: #191817 !important; }\
    .sheet { background-color: #22211f !important; border-color: #3a3835 !important; }\
    .text { color: #edebe7 !important; }\
    .small, .foot { color: #a8a49d !important; }\
    .link { color: #c9c5be !important; }\
    .button { background-color: #edebe7 !important; }\
    .button a { color: #1c1b19 !important; }\
    .mark { color: #7bc98c !important; }\
    }\
    @media (max-width: 520px) { .sheet td { padding-left: 20px !important; padding-right: 20px !important; } }";
const FONT: &str = "font-family:Inter,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";

fn html(letter: &Letter, origin: &str) -> String {
    let mut body = String::new();
    let mut preview = None;
    for part in letter.parts() {
        let _ = match part {
            Part::Say(text) => {
                preview.get_or_insert(text);
                write!(
                    body,
                    "<p class=\"text\" style=\"margin:0 0 16px;font-size:15px;line-height:23px;color:#23211f\">{}</p>",
                    escape(text)
                )
            }
            Part::Button { label, url } => write!(
                body,
                "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"margin:24px 0 12px\"><tr>\
                 <td class=\"button\" bgcolor=\"#23211f\" style=\"border-radius:6px;background-color:#23211f\">\
                 <a href=\"{url}\" style=\"display:inline-block;padding:11px 18px;font-size:15px;line-height:20px;font-weight:600;color:#ffffff;text-decoration:none\">{label}</a>\
                 </td></tr></table>\
                 <p class=\"small\" style=\"margin:0 0 20px;font-size:12px;line-height:18px;color:#6d6963;word-break:break-all\">\
                 Or open this link: <a class=\"link\" href=\"{url}\" style=\"color:#4b4844\">{url}</a></p>",
                url = escape(url),
                label = escape(label),
            ),
            Part::Aside(text) => write!(
                body,
                "<p class=\"small\" style=\"margin:0 0 12px;font-size:13px;line-height:19px;color:#6d6963\">{}</p>",
                escape(text)
            ),
        };
    }
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{subject}</title><style>{STYLE}</style></head>\
         <body class=\"ground\" style=\"margin:0;padding:0;background-color:#f7f6f4;{FONT}\">\
         <div style=\"display:none;max-height:0;overflow:hidden\">{preview}</div>\
         <table role=\"presentation\" class=\"ground\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" bgcolor=\"#f7f6f4\" style=\"background-color:#f7f6f4\"><tr>\
         <td align=\"center\" style=\"padding:32px 12px\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"max-width:520px\">\
         <tr><td style=\"padding:0 4px 16px\"><span class=\"mark\" style=\"font-size:16px;font-weight:700;letter-spacing:-0.01em;color:#2f6f41\">Stile</span></td></tr>\
         <tr><td><table role=\"presentation\" class=\"sheet\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" bgcolor=\"#ffffff\" \
         style=\"background-color:#ffffff;border:1px solid #e4e1dc;border-radius:10px\"><tr><td style=\"padding:28px 32px 20px\">\
         <h1 class=\"text\" style=\"margin:0 0 16px;font-size:19px;line-height:26px;font-weight:650;color:#23211f;overflow-wrap:anywhere;word-break:break-word\">{subject}</h1>\
         {body}</td></tr></table></td></tr>\
         <tr><td class=\"foot\" style=\"padding:16px 4px 0;font-size:12px;line-height:18px;color:#6d6963\">\
         Sent by Stile at <a class=\"link\" href=\"{origin}\" style=\"color:#4b4844\">{origin}</a></td></tr>\
         </table></td></tr></table></body></html>",
        subject = escape(letter.subject()),
        preview = escape(preview.map_or("", String::as_str)),
        origin = escape(origin),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Email;

    fn letter() -> Letter {
        Letter::new(&Email::parse("ada@x.example").unwrap(), "Join “<b>Acme</b>” on Stile")
            .say("</td><script>alert(1)</script> & co")
            .button("Open", "https://s.example/invite/abc\"><img src=x>")
            .aside("The link works for 7 days.")
    }

    #[test]
    fn user_input_is_escaped_in_html_mails() {
        let html = html(&letter(), "https://s.example");
        for bad in ["<script", "<b>", "<img", "abc\">"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"));
    }

    #[test]
    fn a_file_is_attached_beside_both_parts() {
        let sender: Mailbox = "Stile <no-reply@s.example>".parse().unwrap();
        let file = model::mail::Attachment {
            name: "INV-2026-0042.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            base64: STANDARD.encode(b"%PDF-1.7 content"),
        };
        let message = message(Uuid::nil(), &letter().attach(file), &sender, "https://s.example").unwrap();
        let raw = String::from_utf8(message.formatted()).unwrap();
        for expected in
            ["multipart/mixed", "multipart/alternative", "application/pdf", "filename=\"INV-2026-0042.pdf\"", "text/html"]
        {
            assert!(raw.contains(expected), "{expected} in {raw}");
        }
        assert!(raw.contains("%PDF-1.7 content") || raw.contains(&STANDARD.encode(b"%PDF-1.7 content")), "{raw}");
    }

    #[test]
    fn a_message_has_both_parts_one_id_and_one_recipient() {
        let sender: Mailbox = "Stile <no-reply@s.example>".parse().unwrap();
        let id = Uuid::nil();
        let message = message(id, &letter(), &sender, "https://s.example").unwrap();
        let raw = String::from_utf8(message.formatted()).unwrap();
        assert!(raw.contains(&format!("Message-ID: <{id}@s.example>")), "{raw}");
        assert!(
            raw.contains("multipart/alternative") && raw.contains("text/plain") && raw.contains("text/html"),
            "{raw}"
        );
        assert_eq!(message.envelope().to().len(), 1);
        assert!(raw.contains("Auto-Submitted: auto-generated"), "{raw}");
    }
}
