//! Rendering of the chunk's pages: the function that is the chunk's entry point.

use crate::{account, chunk::ChunkPage, console};
use leptos::prelude::*;

/// Renders a page. In the browser it is called only through the entry point's `chunk::Loader`; a
/// direct call would link all pages into the main bundle.
pub fn draw(page: ChunkPage) -> AnyView {
    match page {
        ChunkPage::Account(plane) => account::draw(plane),
        ChunkPage::Visit(visit) => console::draw(*visit),
    }
}
