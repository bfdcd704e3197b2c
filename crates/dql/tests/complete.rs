//! What is offered at a cursor (`|`), as text: kind, prefix, and what a choice replaces.

use hailstream_dql::{What, complete};

fn offered(text: &str) -> String {
    let cursor = text.find('|').unwrap_or(text.len());
    let text = text.replacen('|', "", 1);
    let one = complete(&text, cursor).into_iter().map(|one| {
        let what = match one.what {
            What::Field { within } if within.is_empty() => "field".to_owned(),
            What::Field { within } => format!("field in {within}"),
            What::Operator { field } => format!("operator of {field}"),
            What::Value { field, quoted: false } => format!("value of {field}"),
            What::Value { field, quoted: true } => format!("quoted value of {field}"),
            What::Conjunction => "conjunction".to_owned(),
        };
        format!("{what} {:?} for ‹{}›", one.prefix, one.span.of(&text))
    });
    one.collect::<Vec<_>>().join("; ")
}

#[test]
fn what_is_expected_at_the_cursor() {
    for (text, want) in [
        ("|", "field \"\" for ‹›"),
        ("sta|", "field \"sta\" for ‹sta›"),
        ("sta|tus: free", "field \"sta\" for ‹status›"),
        ("status |", "operator of status \"\" for ‹›; conjunction \"\" for ‹›"),
        ("status an|", "field \"status an\" for ‹status an›; conjunction \"an\" for ‹an›"),
        ("status:|", "value of status \"\" for ‹›"),
        ("status: fr|", "value of status \"fr\" for ‹fr›"),
        ("status: fr|ee and x", "value of status \"fr\" for ‹free›"),
        ("status: \"off d|", "quoted value of status \"off d\" for ‹\"off d›"),
        ("status: \"off d|uty\" and", "quoted value of status \"off d\" for ‹\"off duty\"›"),
        ("status: free |", "conjunction \"\" for ‹›"),
        ("status: free o|", "value of status \"free o\" for ‹free o›; conjunction \"o\" for ‹o›"),
        ("status: \"free\" o|", "conjunction \"o\" for ‹o›"),
        ("status: \"free\" and|", "conjunction \"and\" for ‹and›"),
        ("status: free and |", "field \"\" for ‹›"),
        ("status: free and not sp|", "field \"sp\" for ‹sp›"),
        ("status: (free or h|", "value of status \"h\" for ‹h›"),
        ("status: (free or |", "value of status \"\" for ‹›"),
        ("status: (free or hired) |", "conjunction \"\" for ‹›"),
        ("speed > |", "value of speed \"\" for ‹›"),
        ("(speed|", "field \"speed\" for ‹speed›"),
        ("items: { na|", "field in items \"na\" for ‹na›"),
        ("items: { deep: { name: x|", "value of items.deep.name \"x\" for ‹x›"),
        (r"a\:b: c|", "value of a:b \"c\" for ‹c›"),
        ("grö|ße", "field \"grö\" for ‹größe›"),
        ("a) b|", ""),
    ] {
        assert_eq!(offered(text), want, "{text}");
    }
}
