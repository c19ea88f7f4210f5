//! Renders the part of Markdown that docs/API.md uses: headings, paragraphs, lists, tables and code.

use super::html::{code, escape};
use std::fmt::Write as _;

/// A section below a heading of the second level.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) id: String,
    pub(super) html: String,
}

/// Renders a document. The text before the first section has no title.
pub(super) fn sections(text: &str) -> Vec<Section> {
    let mut sections = vec![Section { title: String::new(), id: String::new(), html: String::new() }];
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(section) = sections.last_mut() else { break };
        let html = &mut section.html;
        if let Some(title) = line.strip_prefix("## ") {
            let id = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
            sections.push(Section { title: title.to_owned(), id, html: String::new() });
        } else if line.starts_with("```") {
            let text: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            html.push_str(&code(&text.join("\n")));
        } else if line.starts_with('|') {
            let mut rows = vec![line];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(row);
            }
            table(html, &rows);
        } else if let Some((ordered, first)) = item(line) {
            let mut items = vec![first.to_owned()];
            while let Some(line) = lines.next_if(|line| !line.trim().is_empty()) {
                if let Some((_, next)) = item(line) {
                    items.push(next.to_owned());
                } else if let Some(last) = items.last_mut() {
                    last.push(' ');
                    last.push_str(line.trim());
                }
            }
            let tag = if ordered { "ol" } else { "ul" };
            let items: String = items.iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
            let _ = write!(html, "<{tag} class=\"list\">{items}</{tag}>");
        } else if !line.trim().is_empty() && !line.starts_with("# ") {
            let mut paragraph = line.trim().to_owned();
            while let Some(more) = lines.next_if(|line| {
                !line.trim().is_empty()
                    && !line.starts_with(['|', '#'])
                    && !line.starts_with("```")
                    && item(line).is_none()
            }) {
                paragraph.push(' ');
                paragraph.push_str(more.trim());
            }
            let _ = write!(html, "<p>{}</p>", inline(&paragraph));
        }
    }
    sections
}

/// Returns the text of a list's item, and whether the list is numbered.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ") {
        return Some((false, text));
    }
    let (number, text) = line.split_once(". ")?;
    (!number.is_empty() && number.len() < 3 && number.bytes().all(|b| b.is_ascii_digit())).then_some((true, text))
}

fn table(html: &mut String, rows: &[&str]) {
    let cells = |row: &str, tag: &str| -> String {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| format!("<{tag}>{}</{}>", inline(cell.trim()), &tag[..2])).collect()
    };
    let (Some(head), rows) = (rows.first(), rows.get(2..).unwrap_or_default()) else { return };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row, "td"))).collect();
    let head = cells(head, "th scope=\"col\"");
    let _ = write!(
        html,
        "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    );
}

/// Renders code, and the text of links: the files that they lead to are not served.
pub(super) fn inline(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(html, "<code>{}</code>", escape(part));
            continue;
        }
        let mut rest = part;
        while let Some((before, (label, after))) = rest.split_once('[').and_then(|(before, link)| {
            let (label, behind) = link.split_once("](")?;
            Some((before, (label, behind.split_once(')')?.1)))
        }) {
            html.push_str(&escape(before));
            html.push_str(&escape(label));
            rest = after;
        }
        html.push_str(&escape(rest));
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_structured() {
        let text = "# T\n\nA <b> `c<d`\nmore [API.md](API.md).\n\n## One two\n\n- x\n  y\n- z\n\n1. n\n\n| a | b |\n|---|---|\n| `c` | d |\n\n```sh\ncurl <x>\n```\n";
        let sections = sections(text);
        assert_eq!(sections[0].html, "<p>A &lt;b&gt; <code>c&lt;d</code> more API.md.</p>");
        assert_eq!((sections[1].title.as_str(), sections[1].id.as_str()), ("One two", "one-two"));
        for part in [
            "<ul class=\"list\"><li>x y</li><li>z</li></ul>",
            "<ol class=\"list\"><li>n</li></ol>",
            "<td><code>c</code></td><td>d</td>",
            "curl &lt;x&gt;",
        ] {
            assert!(sections[1].html.contains(part), "{part}: {}", sections[1].html);
        }
    }
}
