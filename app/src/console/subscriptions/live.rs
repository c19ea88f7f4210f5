//! Preview of a form that follows its fields.

use super::bills;
use crate::{
    console::{PageData, load_page, scope::Scope},
    routes::{Page, VisitData},
    ui::whole,
};
use leptos::{prelude::*, task::spawn_local};
use model::subscription::Preview;

/// Preview of a form. It is read like the data of the form's page with the input in the query.
#[derive(Clone, Copy)]
pub struct LivePreview {
    scope: Scope,
    shown: RwSignal<Preview>,
    /// Number of the last request. An answer to an earlier one is dropped.
    asked: StoredValue<u32>,
}

impl LivePreview {
    /// Creates the preview with that of the page's data.
    pub fn new(scope: Scope, preview: Preview) -> Self {
        Self { scope, shown: RwSignal::new(preview), asked: StoredValue::new(0) }
    }

    /// Renders the preview, which must be the only child of its element.
    pub fn view(self) -> AnyView {
        whole(move || self.shown.with(bills::preview))
    }

    /// Shows the preview of a page with another input.
    pub fn ask(self, page: Page) {
        let number = self.asked.get_value().wrapping_add(1);
        self.asked.set_value(number);
        spawn_local(async move {
            let answer = self.scope.ask(async |slug, grant| load_page(slug, grant, page.clone()).await).await;
            // The page may be disposed by then.
            if self.asked.try_get_value() != Some(number) {
                return;
            }
            let preview = match answer {
                Ok(answer) => match answer.value {
                    PageData::Visit(_, data) => match data.decode() {
                        Some(VisitData::NewSubscription(page)) => page.preview,
                        Some(VisitData::ChangeSubscription(page)) => page.preview,
                        _ => Preview::default(),
                    },
                    _ => Preview::default(),
                },
                Err(error) => Preview { problem: Some(error.message()), ..Preview::default() },
            };
            self.shown.set(preview);
        });
    }
}
