//! Attributes of an element that stay while its view is drawn again.
//!
//! With views whose types are erased (.cargo/config.toml), drawing an element again takes every attribute off it and puts
//! it on anew, and the browser styles it anew with all below it. That is too dear for what is drawn again at each switch or
//! key: the rows of a list and the lines of the palette. Only for them: whatever may stand in the same place must name the
//! same attributes, as none is taken off because another view doesn't name it.

use leptos::tachys::{
    html::attribute::{
        Attribute, NextAttribute,
        any_attribute::{AnyAttribute, IntoAnyAttribute},
    },
    renderer::types::Element,
};
use std::borrow::Cow;

/// The attributes; see the module.
#[derive(Debug, Clone, Default)]
pub struct Lasting(Vec<(&'static str, Option<Cow<'static, str>>)>);

/// A class, which more can be added to.
pub fn lasting(class: &'static str) -> Lasting {
    Lasting::default().fixed("class", class)
}

impl Lasting {
    /// And one that is always there.
    #[must_use]
    pub fn fixed(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.push((name, Some(Cow::Borrowed(value))));
        self
    }

    /// And one with that value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.perhaps(name, Some(value.to_string()))
    }

    /// And one with that value, or none.
    #[must_use]
    pub fn perhaps(mut self, name: &'static str, value: Option<String>) -> Self {
        self.0.push((name, value.map(Cow::Owned)));
        self
    }

    fn show(self, element: &Element) {
        for (name, value) in self.0 {
            match value {
                Some(value) if element.get_attribute(name).is_some_and(|now| now == value) => {}
                // Only a name that is none is refused.
                Some(value) => drop(element.set_attribute(name, &value)),
                None => drop(element.remove_attribute(name)),
            }
        }
    }
}

impl Attribute for Lasting {
    const MIN_LENGTH: usize = 0;

    type State = Element;
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.iter().map(|(name, value)| value.as_ref().map_or(0, |value| name.len() + value.len() + 4)).sum()
    }

    fn to_html(self, html: &mut String, _class: &mut String, _style: &mut String, _inner_html: &mut String) {
        for (name, value) in self.0 {
            if let Some(value) = value {
                let escaped = value.replace('&', "&amp;").replace('"', "&quot;");
                html.extend([" ", name, "=\"", &escaped, "\""]);
            }
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Element {
        if !FROM_SERVER {
            self.show(element);
        }
        element.clone()
    }

    fn build(self, element: &Element) -> Element {
        self.show(element);
        element.clone()
    }

    fn rebuild(self, element: &mut Element) {
        self.show(element);
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    // No keys: by them the attribute would be taken off.
}

impl NextAttribute for Lasting {
    type Output<NewAttr: Attribute> = Vec<AnyAttribute>;

    fn add_any_attr<NewAttr: Attribute>(self, next: NewAttr) -> Self::Output<NewAttr> {
        vec![self.into_any_attr(), next.into_any_attr()]
    }
}
