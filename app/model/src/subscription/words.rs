//! The steps of an amount in words.

use super::bill::{BillLine, Working};
use crate::{
    count::amount,
    currency::Currency,
    moment,
    money::{Money, grouped},
    pricing::{Exact, Quantity, period::Period, phase::Reason, words::step as step_words},
};

/// A step of an amount: what it is, and what it comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepWords {
    /// The step: `10,000,000 tokens × $0.0000025, up to 10,000,000`.
    pub text: String,
    /// The amount of the step with all digits, or empty.
    pub amount: String,
}

/// Formats days: `1–30 Nov 2026`, or both dates if they are in different months.
pub fn days(period: Period) -> String {
    let last = period.until.previous_day().unwrap_or(period.from);
    let (from, to) = (period.from, last);
    if from == to {
        moment::date(from)
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        format!("{}–{}", from.day(), moment::date(to))
    } else {
        format!("{} – {}", moment::date(from), moment::date(to))
    }
}

/// Returns the steps of a line, in the order in which they are computed.
pub fn steps(line: &BillLine, currency: Currency) -> Vec<StepWords> {
    let money = |minor: i64| Money { minor, currency }.to_string();
    let step = |text: String, amount: String| StepWords { text, amount };
    let exact = |amount: Exact| amount.to_string();
    let part = || {
        let (days, all) = (line.days.days(), line.period.days());
        format!("{days} of {all} days ({})", self::days(line.days))
    };
    match &line.working {
        Working::Price(Reason::Fee { whole_minor, seats }) => {
            let mut all = Vec::new();
            let what = match seats {
                Some(1) => "Fee of the period for 1 seat".to_owned(),
                Some(seats) => format!("Fee of the period for {} seats", grouped(u64::from(*seats))),
                None => "Fee of the period".to_owned(),
            };
            all.push(step(what, money(*whole_minor)));
            if line.is_prorated() {
                all.push(step(part(), money(line.minor)));
            }
            all
        }
        Working::Price(Reason::Usage(calculation)) => {
            let mut all = vec![step(
                format!("{} used, {}", amount(calculation.used, &line.unit), days(line.days)),
                String::new(),
            )];
            if calculation.used.is_negative() {
                all.push(step("Usage below zero costs nothing".to_owned(), String::new()));
            }
            if calculation.included > Quantity::ZERO {
                let prorated = if line.is_prorated() { format!(" for {}", part()) } else { String::new() };
                all.push(step(
                    format!("{} included{prorated}", amount(calculation.included, &line.unit)),
                    String::new(),
                ));
            }
            for one in &calculation.steps {
                let text = step_words(one, &line.unit, currency);
                all.push(step(text, exact(one.amount())));
            }
            all.push(step(format!("{}, rounded once", exact(calculation.exact)), money(line.minor)));
            all
        }
        Working::Price(Reason::Minimum { minimum_minor, others_minor }) => {
            let minimum =
                if line.is_prorated() { format!("Minimum for {}", part()) } else { "Minimum of the period".to_owned() };
            vec![
                step(minimum, money(*minimum_minor)),
                step("Less the other lines".to_owned(), money(others_minor.saturating_neg())),
            ]
        }
        Working::Difference { due_minor, charged_minor } => vec![
            step(format!("Fee for {}", part()), money(*due_minor)),
            step("Less what was charged in advance".to_owned(), money(charged_minor.saturating_neg())),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn line(days: Period, minor: i64, working: Working) -> BillLine {
        let period = Period { from: date!(2026 - 04 - 01), until: date!(2026 - 05 - 01) };
        let (plan, name, unit) = ("Tokens".to_owned(), "Calls".to_owned(), "call".to_owned());
        BillLine { plan, version: 1, name, unit, days, period, seats: 1, minor, working }
    }

    #[test]
    fn days_name_each_month_once() {
        let words = |from, until| days(Period { from, until });
        assert_eq!(words(date!(2026 - 11 - 01), date!(2026 - 12 - 01)), "1–30 Nov 2026");
        assert_eq!(words(date!(2026 - 11 - 17), date!(2026 - 12 - 17)), "17 Nov 2026 – 16 Dec 2026");
        assert_eq!(words(date!(2026 - 11 - 17), date!(2026 - 11 - 18)), "17 Nov 2026");
    }

    #[test]
    fn the_steps_of_a_difference_name_both_amounts() {
        let days = Period { from: date!(2026 - 04 - 01), until: date!(2026 - 04 - 11) };
        let working = Working::Difference { due_minor: 667, charged_minor: 2_000 };
        let steps = steps(&line(days, -1_333, working), Currency::USD);
        assert_eq!(steps[0].text, "Fee for 10 of 30 days (1–10 Apr 2026)");
        assert_eq!((steps[0].amount.as_str(), steps[1].amount.as_str()), ("$6.67", "−$20.00"));
    }

    #[test]
    fn the_steps_of_a_fee_show_its_part() {
        let days = Period { from: date!(2026 - 04 - 16), until: date!(2026 - 05 - 01) };
        let working = Working::Price(Reason::Fee { whole_minor: 3_000, seats: Some(3) });
        let steps = steps(&line(days, 1_500, working), Currency::USD);
        let texts: Vec<_> = steps.iter().map(|step| (step.text.as_str(), step.amount.as_str())).collect();
        assert_eq!(texts, [("Fee of the period for 3 seats", "$30.00"), ("15 of 30 days (16–30 Apr 2026)", "$15.00")]);
    }
}
