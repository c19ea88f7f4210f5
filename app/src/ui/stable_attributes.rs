//! Attributes that are kept when their element is rendered again.
//!
//! With type-erased views (.cargo/config.toml), rendering an element again removes and sets each of its attributes, and
//! the browser recalculates the styles of the whole subtree. That is too slow for elements that are rendered again on
//! each workspace switch or key press, such as list rows and palette entries. Use it only for these: all views that can
//! be rendered into the same place must set the same attributes, because an attribute is not removed when another view
//! doesn't set it.

use leptos::tachys::{
    html::attribute::{
        Attribute, NextAttribute,
        any_attribute::{AnyAttribute, IntoAnyAttribute},
    },
    renderer::types::Element,
};
use std::borrow::Cow;

/// Set of attributes. See the module documentation.
#[derive(Debug, Clone, Default)]
pub struct StableAttributes(Vec<(&'static str, Option<Cow<'static, str>>)>);

/// Creates a set with a class attribute, to which more can be added.
pub fn stable(class: &'static str) -> StableAttributes {
    StableAttributes::default().fixed("class", class)
}

impl StableAttributes {
    /// Adds an attribute with a constant value.
    #[must_use]
    pub fn fixed(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.push((name, Some(Cow::Borrowed(value))));
        self
    }

    /// Adds an attribute with the given value.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.optional(name, Some(value.to_string()))
    }

    /// Adds an attribute with the given value; `None` removes it from the element.
    #[must_use]
    pub fn optional(mut self, name: &'static str, value: Option<String>) -> Self {
        self.0.push((name, value.map(Cow::Owned)));
        self
    }

    fn show(self, element: &Element) {
        for (name, value) in self.0 {
            match value {
                Some(value) if element.get_attribute(name).is_some_and(|now| now == value) => {}
                // `set_attribute` fails only for an invalid name.
                Some(value) => drop(element.set_attribute(name, &value)),
                None => drop(element.remove_attribute(name)),
            }
        }
    }
}

impl Attribute for StableAttributes {
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

    // Returns no keys, because the attributes named by keys would be removed.
}

impl NextAttribute for StableAttributes {
    type Output<NewAttr: Attribute> = Vec<AnyAttribute>;

    fn add_any_attr<NewAttr: Attribute>(self, next: NewAttr) -> Self::Output<NewAttr> {
        vec![self.into_any_attr(), next.into_any_attr()]
    }
}
