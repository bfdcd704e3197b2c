//! Markdown of panels as HTML that may stand in a page: CommonMark with tables and strikethrough; HTML in it is text, and links
//! lead to pages, mail or places on this server only.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, html};

/// The HTML of a text.
pub(crate) fn to_html(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let safe = Parser::new_ext(text, options).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Link { link_type, dest_url: safe_url(dest_url), title, id })
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Event::Start(Tag::Image { link_type, dest_url: safe_url(dest_url), title, id })
        }
        other => other,
    });
    let mut written = String::new();
    html::push_html(&mut written, safe);
    written
}

/// An address as it is where it has no scheme or a harmless one; else nowhere.
fn safe_url(url: CowStr<'_>) -> CowStr<'_> {
    let before_path = url.split(['/', '?', '#']).next().unwrap_or_default();
    let scheme = before_path.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        None | Some("http" | "https" | "mailto") => url,
        Some(_) => CowStr::Borrowed("#"),
    }
}

#[cfg(test)]
mod tests {
    use super::to_html;

    #[test]
    fn markdown_becomes_html() {
        let html = to_html(
            "# Fleet\n\nSee [Business](/d/business), **now**.\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        );
        insta::assert_snapshot!(html, @r#"
        <h1>Fleet</h1>
        <p>See <a href="/d/business">Business</a>, <strong>now</strong>.</p>
        <table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>
        <tr><td>1</td><td>2</td></tr>
        </tbody></table>
        "#);
    }

    #[test]
    fn nothing_in_it_runs() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "[x](javascript:alert(1))",
            "[x](JaVaScRiPt:alert(1))",
            "![x](data:text/html;base64,AAAA)",
            "[x](&#106;avascript:alert(1))",
            "<javascript:alert(1)>",
        ] {
            let html = to_html(text).to_lowercase();
            let has_handler = html.contains("<script")
                || html.contains("<img src=x")
                || html.contains("=\"javascript:")
                || html.contains("=\"data:");
            assert!(!has_handler, "{text} became {html}");
        }
    }
}
