//! Pages as lists of what is drawn on them, with the structure of the document beside them.
//!
//! Everything is placed before anything is drawn, because the footer of the first page has the number of pages.

use crate::{
    PdfError,
    fonts::{Fonts, Weight},
    shape::{Line, Shaper},
};
use krilla::{
    Document as Pdf,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
    },
};
use std::num::NonZeroU16;

/// Width of a page in points (A4).
pub(crate) const WIDTH: f32 = 595.28;
/// Height of a page in points (A4).
pub(crate) const HEIGHT: f32 = 841.89;

/// Colour of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    Text,
    Quiet,
}

impl Ink {
    fn color(self) -> rgb::Color {
        match self {
            Self::Text => rgb::Color::new(0x23, 0x21, 0x1f),
            Self::Quiet => rgb::Color::new(0x5f, 0x5b, 0x56),
        }
    }
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const fn new(size: f32) -> Self {
        Self { size, weight: Weight::Regular, ink: Ink::Text }
    }

    pub(crate) const fn bold(self) -> Self {
        Self { weight: Weight::Bold, ..self }
    }

    pub(crate) const fn quiet(self) -> Self {
        Self { ink: Ink::Quiet, ..self }
    }

    /// Distance of the lines.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.4
    }
}

/// Side at which a text is aligned, with its x.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At {
    Left(f32),
    Right(f32),
}

/// What a part of the document is.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Title(String),
    Heading(String),
    Paragraph,
    Table,
    Head,
    Body,
    Row,
    HeaderCell,
    RowHeaderCell,
    Cell,
}

impl Kind {
    fn tag(&self) -> TagKind {
        let heading =
            |level, title: &String| Tag::Hn(NonZeroU16::MIN.saturating_add(level), Some(title.clone())).into();
        match self {
            Self::Title(title) => heading(0, title),
            Self::Heading(title) => heading(1, title),
            Self::Paragraph => Tag::P.into(),
            Self::Table => Tag::Table.into(),
            Self::Head => Tag::THead.into(),
            Self::Body => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::HeaderCell => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHeaderCell => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
        }
    }
}

/// A part of the document's structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part(usize);

struct Node {
    kind: Kind,
    children: Vec<Child>,
}

#[derive(Debug, Clone, Copy)]
enum Child {
    Part(Part),
    Text(usize),
}

/// What a text belongs to.
#[derive(Debug, Clone, Copy)]
enum Owner {
    /// A part, with the number of the text in the document.
    Text(usize),
    /// Something that is repeated on each page.
    Artifact(ArtifactType),
}

enum Item {
    Text { x: f32, y: f32, line: Line, style: Style, owner: Owner },
    Rule { from: f32, to: f32, y: f32, ink: Ink },
}

/// Pages in the making.
pub(crate) struct Canvas<'f> {
    pub(crate) shaper: Shaper<'f>,
    pages: Vec<Vec<Item>>,
    nodes: Vec<Node>,
    top: Vec<Part>,
    texts: usize,
}

impl<'f> Canvas<'f> {
    pub(crate) fn new(fonts: &'f Fonts) -> Self {
        let shaper = Shaper::new(fonts);
        Self { shaper, pages: vec![Vec::new()], nodes: Vec::new(), top: Vec::new(), texts: 0 }
    }

    pub(crate) const fn page_count(&self) -> usize {
        self.pages.len()
    }

    pub(crate) fn missing(&self) -> Vec<char> {
        self.shaper.missing.clone()
    }

    pub(crate) fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    /// Adds a part to the structure, in reading order.
    pub(crate) fn part(&mut self, parent: Option<Part>, kind: Kind) -> Part {
        let part = Part(self.nodes.len());
        self.nodes.push(Node { kind, children: Vec::new() });
        match parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            Some(parent) => parent.children.push(Child::Part(part)),
            None => self.top.push(part),
        }
        part
    }

    /// Writes a line on the last page, with its baseline at `y`.
    pub(crate) fn text(&mut self, part: Part, at: At, y: f32, line: Line, style: Style) {
        let number = self.texts;
        self.texts += 1;
        if let Some(node) = self.nodes.get_mut(part.0) {
            node.children.push(Child::Text(number));
        }
        let page = self.pages.len() - 1;
        self.place(page, at, y, line, style, Owner::Text(number));
    }

    /// Writes something that is not part of the document's text, such as the number of the page.
    pub(crate) fn artifact(&mut self, page: usize, at: At, y: f32, text: &str, style: Style, kind: ArtifactType) {
        let line = self.shaper.line(text, style.weight);
        self.place(page, at, y, line, style, Owner::Artifact(kind));
    }

    fn place(&mut self, page: usize, at: At, y: f32, line: Line, style: Style, owner: Owner) {
        let x = match at {
            At::Left(x) => x,
            At::Right(x) => x - line.width * style.size,
        };
        if let Some(page) = self.pages.get_mut(page) {
            page.push(Item::Text { x, y, line, style, owner });
        }
    }

    /// Draws a horizontal rule on the last page.
    pub(crate) fn rule(&mut self, from: f32, to: f32, y: f32, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(Item::Rule { from, to, y, ink });
        }
    }

    /// Draws all pages. Returns the structure.
    ///
    /// # Errors
    /// [`PdfError`] if the size of the page is refused.
    pub(crate) fn draw(&self, pdf: &mut Pdf) -> Result<TagTree, PdfError> {
        let mut written: Vec<Option<Identifier>> = Vec::new();
        written.resize_with(self.texts, || None);
        for items in &self.pages {
            let settings =
                PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| PdfError::Write("page size".to_owned()))?;
            let mut page = pdf.start_page_with(settings);
            let mut surface = page.surface();
            for item in items {
                self.draw_item(&mut surface, item, &mut written);
            }
            surface.finish();
            page.finish();
        }
        let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
        for part in &self.top {
            if let Some(group) = self.group(*part, &mut written) {
                tree.push(group);
            }
        }
        Ok(tree)
    }

    fn draw_item(&self, surface: &mut Surface<'_>, item: &Item, written: &mut [Option<Identifier>]) {
        let fill = |ink: Ink| Fill { paint: ink.color().into(), opacity: NormalizedF32::ONE, ..Fill::default() };
        match item {
            Item::Text { x, y, line, style, owner } => {
                let tag = match owner {
                    Owner::Text(_) => ContentTag::Span(SpanTag::empty()),
                    Owner::Artifact(kind) => ContentTag::Artifact(Artifact::with_kind(*kind)),
                };
                let identifier = surface.start_tagged(tag);
                surface.set_fill(Some(fill(style.ink)));
                let mut x = *x;
                for run in &line.runs {
                    if let Some(face) = self.shaper.fonts.face(run.face) {
                        let start = Point::from_xy(x, *y);
                        surface.draw_glyphs(start, &run.glyphs, face.font.clone(), &run.text, style.size, false);
                    }
                    x += run.advance * style.size;
                }
                surface.end_tagged();
                if let Owner::Text(number) = owner
                    && let Some(place) = written.get_mut(*number)
                {
                    *place = Some(identifier);
                }
            }
            Item::Rule { from, to, y, ink } => {
                surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
                surface.set_fill(Some(fill(*ink)));
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_ltrb(*from, *y, *to, *y + 0.6) {
                    path.push_rect(rect);
                }
                if let Some(path) = path.finish() {
                    surface.draw_path(&path);
                }
                surface.end_tagged();
            }
        }
    }

    fn group(&self, part: Part, written: &mut [Option<Identifier>]) -> Option<TagGroup> {
        let node = self.nodes.get(part.0)?;
        let mut group = TagGroup::new(node.kind.tag());
        for child in &node.children {
            match child {
                Child::Part(part) => {
                    if let Some(child) = self.group(*part, written) {
                        group.push(child);
                    }
                }
                Child::Text(number) => {
                    if let Some(identifier) = written.get_mut(*number).and_then(Option::take) {
                        group.push(identifier);
                    }
                }
            }
        }
        // Cells may be empty; other parts without content are left out.
        let keeps = matches!(node.kind, Kind::Cell | Kind::HeaderCell);
        (keeps || !group.children.is_empty()).then_some(group)
    }
}
