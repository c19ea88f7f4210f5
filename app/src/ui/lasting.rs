//! An attribute of an element that stays while its view is drawn again.
//!
//! With views whose types are erased (.cargo/config.toml), drawing an element again takes every attribute off it and puts
//! it on anew, and the browser styles it anew with all below it. That is too dear for the rows of a list, which are drawn
//! again at each switch. Only for them: an element must be drawn with the same lasting attributes each time, as none of
//! them is taken off because another view doesn't name it.

use leptos::tachys::{
    html::attribute::{
        Attribute, NextAttribute,
        any_attribute::{AnyAttribute, IntoAnyAttribute},
    },
    renderer::types::Element,
};
use std::borrow::Cow;

/// The attribute; see the module.
#[derive(Debug, Clone)]
pub struct Lasting {
    name: &'static str,
    value: Option<Cow<'static, str>>,
}

/// An attribute that is always there and always the same.
pub const fn fixed(name: &'static str, value: &'static str) -> Lasting {
    Lasting { name, value: Some(Cow::Borrowed(value)) }
}

/// An attribute with that value, or none.
pub fn lasting(name: &'static str, value: Option<String>) -> Lasting {
    Lasting { name, value: value.map(Cow::Owned) }
}

impl Lasting {
    fn show(self, element: &Element) {
        match self.value {
            Some(Cow::Borrowed(_)) if element.has_attribute(self.name) => {}
            // Only a name that is none is refused.
            Some(value) => drop(element.set_attribute(self.name, &value)),
            None => drop(element.remove_attribute(self.name)),
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
        self.value.as_ref().map_or(0, |value| self.name.len() + value.len() + 4)
    }

    fn to_html(self, html: &mut String, _class: &mut String, _style: &mut String, _inner_html: &mut String) {
        if let Some(value) = self.value {
            let escaped = value.replace('&', "&amp;").replace('"', "&quot;");
            html.extend([" ", self.name, "=\"", &escaped, "\""]);
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
