//! Mails about webhooks.

use model::{
    Email,
    mail::{Letter, MailName},
    text::isolated,
    webhook::FAILING_DAYS,
};

/// Creates the mail to a manager of settings that a webhook was turned off. `page` is the absolute URL of its page.
pub fn turned_off(to: &Email, workspace: &str, url: &str, page: String) -> Letter {
    let place = MailName::of(workspace).to_string();
    let place = isolated(&place);
    Letter::new(to, format!("A webhook of {place} was turned off"))
        .say(format!(
            "A webhook of {place} was turned off, because no message to it has been accepted for {FAILING_DAYS} days. Its address \
             is {}.",
            MailName::of(url)
        ))
        .say("Messages are not sent to it any more. Check that its server works, then turn the webhook on and redeliver what it missed.")
        .button("Open the webhook", page)
        .aside(format!("You received this email because you manage the settings of {place}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_says_what_was_turned_off_without_a_link_to_it() {
        let to = Email::parse("ada@x.example").expect("an address");
        let letter = turned_off(&to, "Acme", "https://evil.example/hook", "https://s.example/acme".to_owned());
        let text = serde_json::to_string(&letter).expect("a letter");
        assert!(text.contains("evil. example/hook") && !text.contains("evil.example"), "{text}");
        assert!(text.contains("5 days") && text.contains("https://s.example/acme"), "{text}");
    }
}
