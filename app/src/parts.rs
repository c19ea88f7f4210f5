//! What the pages of the program's chunk are drawn as: the function that the chunk begins with.

use crate::{account, chunk::Part, console};
use leptos::prelude::*;

/// Draws a page. In the browser it is called through the entry's [`Loader`](crate::chunk::Loader) alone, or all pages
/// would be in the program's first part.
pub fn draw(part: Part) -> AnyView {
    match part {
        Part::Account(plane) => account::draw(plane),
        Part::Visit(visit) => console::draw(*visit),
    }
}
