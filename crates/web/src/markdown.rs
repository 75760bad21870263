//! Markdown as HTML that can do nothing.
//!
//! What may be relied on: no tag of the text becomes a tag of the page, nothing is loaded, and a link leads to the web or to a
//! mailbox, or is text with its target beside it.

use git_plan_core::text::neutral;
use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A view as HTML. Headings are a rank lower, since the page has its own above them.
pub fn render(view: &str) -> Markup {
    let view = neutral(view);
    let (front, body) = front_matter(&view);
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut out = String::with_capacity(body.len() * 2);
    pulldown_cmark::html::push_html(&mut out, harmless(Parser::new_ext(without_base(body), options)).into_iter());
    html! {
        @if !front.is_empty() {
            details .front { summary { "Front matter" } pre { (front) } }
        }
        (PreEscaped(out))
    }
}

/// What stands between two lines `---` at the beginning, and the rest.
fn front_matter(view: &str) -> (&str, &str) {
    let Some(rest) = view.strip_prefix("---\n") else { return ("", view) };
    rest.split_once("\n---\n").unwrap_or(("", view))
}

/// The text without the comment that a view ends with.
fn without_base(text: &str) -> &str {
    let last = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
    if text[last..].starts_with("<!-- git-plan") { &text[..last] } else { text }
}

fn harmless<'a>(parser: impl Iterator<Item = Event<'a>>) -> Vec<Event<'a>> {
    let (mut out, mut links): (Vec<Event<'a>>, Vec<Option<CowStr<'a>>>) = (Vec::new(), Vec::new());
    for event in parser {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => out.push(Event::Text(text)),
            Event::Start(Tag::HtmlBlock) => out.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => out.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Link { ref dest_url, .. }) if leads_out(dest_url) => {
                links.push(None);
                out.push(event);
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => links.push(Some(dest_url)),
            Event::End(TagEnd::Link | TagEnd::Image) => match links.pop().flatten() {
                Some(target) => out.push(Event::Text(format!(" ({target})").into())),
                None => out.push(event),
            },
            Event::Start(Tag::Heading { level, .. }) => {
                out.push(Event::Start(Tag::Heading {
                    level: lower(level),
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }));
            }
            Event::End(TagEnd::Heading(level)) => out.push(Event::End(TagEnd::Heading(lower(level)))),
            _ => out.push(event),
        }
    }
    out
}

fn leads_out(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    HeadingLevel::try_from(level as usize + 2).unwrap_or(HeadingLevel::H6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_text_says_is_markup_or_leads_astray() {
        let hostile = "# <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n<div onclick=x>\n\n[a](javascript:alert(1)) \
            [b](JaVaScRiPt:alert(1)) ![c](https://example.org/x.png) [d](data:text/html,x) <javascript:alert(1)> \
            [e](https://example.org \"t\\\" onmouseover=x\")\n\n```<script>\n</pre><script>\n```\n\n| <b> |\n|---|\n| <i> |\n\u{202e}x\u{1b}";
        let page = render(hostile).into_string();
        for tag in ["<script", "<img", "<div onclick", "href=\"javascript", "href=\"JaVa", "href=\"data", "<b>", "<i>"]
        {
            assert!(!page.contains(tag), "{tag} is text:\n{page}");
        }
        assert!(page.contains("href=\"https://example.org\""), "a link to the web is one:\n{page}");
        assert!(!page.contains('\u{202e}') && page.contains("U+202E"), "what acts on the reader is shown:\n{page}");
    }
}
