//! Status messages for screen readers: the number of matching rows and the range on screen.
//!
//! There is one live region. It is in the document from the start, because assistive technology only observes regions
//! that it knows. It is empty until something changes, and is cleared when the workspace changes. Its text is always
//! replaced as a whole and never read, so changes by browser extensions don't matter.

use super::scope::{CurrentPage, Scope};
use crate::{browser, reactive};
use leptos::prelude::*;
use model::{
    list::{ListQuery, Noun},
    money::grouped,
};

/// Element id of the live region.
const REGION: &str = "console-status";

/// Live region for status messages.
#[component]
pub fn StatusRegion() -> impl IntoView {
    view! { <div class="visually-hidden" role="status" aria-live="polite" id=REGION data-testid="status-message"></div> }
}

/// Announces a change of a list after a search, filter, sort or page change, but not when the list is opened. `listed`
/// returns its query, total and range on screen.
pub fn follow_list(
    scope: Signal<Scope>,
    listed: impl Fn(&CurrentPage) -> Option<(ListQuery, i64, String)> + Send + Sync + 'static,
) {
    let at = Memo::new(move |_| {
        let scope = scope.get();
        let list = scope.current.with(&listed);
        list.map(|(query, total, range)| (scope, query, total, range))
    });
    let announced = StoredValue::new(None::<(Scope, ListQuery)>);
    reactive::effect(move || {
        let now = at.get();
        let visit = scope.get_untracked();
        let before = announced.get_value().filter(|(of, _)| *of == visit);
        if announced.with_value(Option::is_some) && before.is_none() {
            // Another workspace was entered, so the message about the previous one is cleared.
            browser::set_text(REGION, "");
            announced.set_value(None);
        }
        let Some((of, query, total, range)) = now else { return };
        if let Some((_, before)) = before
            && before != query
        {
            browser::set_text(REGION, &words(&before, &query, total, &range));
        }
        announced.set_value(Some((of, query)));
    });
    on_cleanup(|| browser::set_text(REGION, ""));
}

fn words(before: &ListQuery, now: &ListQuery, total: i64, range: &str) -> String {
    if before.search != now.search || before.status != now.status {
        return found(now.noun, total, now.is_narrowed());
    }
    if before.sort != now.sort {
        let order = if now.sort.descending { "descending" } else { "ascending" };
        return format!("Sorted by {}, {order}. Rows {range}", now.sort.by.as_str());
    }
    format!("Rows {range}")
}

fn found(noun: Noun, total: i64, narrowed: bool) -> String {
    let (count, one, many) = (grouped(total.unsigned_abs()), noun.one(), noun.many());
    match (total, narrowed) {
        (0, true) => format!("No {many} match"),
        (0, false) => format!("No {many}"),
        (1, true) => format!("1 {one} matches"),
        (_, true) => format!("{count} {many} match"),
        (1, false) => format!("1 {one}"),
        (_, false) => format!("{count} {many}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::list::{Position, Sort, SortBy};

    #[test]
    fn status_messages_describe_the_change_of_the_list() {
        let all = ListQuery::new(Noun::Customers);
        let sought = ListQuery { search: "hal".to_owned(), ..all.clone() };
        let status = ListQuery { status: Some("active".to_owned()), ..all.clone() };
        let sorted = ListQuery { sort: Sort { by: SortBy::Created, descending: true }, ..all.clone() };
        let say = |before: &ListQuery, now: &ListQuery, total| words(before, now, total, "21–40 of 54");
        assert_eq!(say(&all, &sought, 23), "23 customers match");
        assert_eq!(say(&all, &status, 1), "1 customer matches");
        assert_eq!(say(&sought, &status, 0), "No customers match");
        assert_eq!(say(&sought, &all, 1_234), "1,234 customers");
        assert_eq!(say(&all, &sorted, 54), "Sorted by created, descending. Rows 21–40 of 54");
        let cursor = model::list::Cursor { key: "x".to_owned(), id: Default::default() };
        assert_eq!(say(&all, &all.at(Position::After(cursor)), 54), "Rows 21–40 of 54");
    }
}
