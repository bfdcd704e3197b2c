//! What texts mean, as text: the tree of each, or the error with its place marked below.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use hailstream_dql::{Bound, Error, Expr, Name, Node, Part, Pattern, Value, lucene, parse, print};

fn pattern(pattern: &Pattern) -> String {
    let part = |part: &Part| match part {
        Part::Text(text) => text.clone(),
        Part::Any => "⁎".to_owned(),
        Part::One => "¿".to_owned(),
    };
    pattern.parts().iter().map(part).collect()
}

fn name(name: &Name) -> String {
    pattern(&name.pattern)
}

fn bound(sign: char, bound: Option<&Bound>) -> String {
    bound.map_or_else(String::new, |bound| {
        format!(" {sign}{} {}", if bound.inclusive { "=" } else { "" }, bound.value)
    })
}

fn tree(node: &Node) -> String {
    let all = |nodes: &[Node]| nodes.iter().map(tree).collect::<Vec<_>>().join(" ");
    match &node.expr {
        Expr::All => "all".to_owned(),
        Expr::And(nodes) => format!("(and {})", all(nodes)),
        Expr::Or(nodes) => format!("(or {})", all(nodes)),
        Expr::Not(inner) => format!("(not {})", tree(inner)),
        Expr::Nested { path, inner } => format!("(in {} {})", name(path), tree(inner)),
        Expr::Exists { field } => format!("[{} exists]", name(field)),
        Expr::Range { field, low, high } => {
            format!("[{}{}{}]", name(field), bound('>', low.as_ref()), bound('<', high.as_ref()))
        }
        Expr::Is { field, value } => {
            let value = match value {
                Value::Text(text) => text.clone(),
                Value::Phrase(text) => format!("\"{text}\""),
                Value::Regex(regex) => format!("/{regex}/"),
                Value::Wild(words) => words.iter().map(pattern).collect::<Vec<_>>().join("|"),
            };
            format!("[{} = {value}]", field.as_ref().map_or_else(|| "any".to_owned(), name))
        }
    }
}

fn told(text: &str, result: Result<Node, Error>) -> String {
    match result {
        Ok(node) => tree(&node),
        Err(error) => {
            let place = &text[error.span.start..error.span.end];
            let suggestion = error.suggestion.map_or_else(String::new, |s| format!(" → {s}"));
            format!("{}‹{place}› {}{suggestion}", error.span.start, error.message)
        }
    }
}

#[test]
fn dql() {
    for (text, want) in [
        ("", "all"),
        ("  ", "all"),
        ("*", "all"),
        ("*:*", "all"),
        ("foo bar", "[any = foo bar]"),
        ("status: off duty", "[status = off duty]"),
        ("status:\"off duty\"", "[status = \"off duty\"]"),
        ("a: 1 or b: 2 and c: 3 or d", "(or [a = 1] (and [b = 2] [c = 3]) [any = d])"),
        ("(a: 1 OR b: 2) And c: 3", "(and (or [a = 1] [b = 2]) [c = 3])"),
        ("not a: 1 and not (b or c)", "(and (not [a = 1]) (not (or [any = b] [any = c])))"),
        ("not not a", "(not (not [any = a]))"),
        ("a: ((b or c) and not d)", "(and (or [a = b] [a = c]) (not [a = d]))"),
        ("speed > 30 and speed<=80.5", "(and [speed > 30] [speed <= 80.5])"),
        ("ts >= \"2024-01-01T10:00\"", "[ts >= 2024-01-01T10:00]"),
        ("status: *", "[status exists]"),
        ("not status:*", "(not [status exists])"),
        ("status: h*d", "[status = h⁎d]"),
        ("status: off d*", "[status = off|d⁎]"),
        ("machine.*: x", "[machine.⁎ = x]"),
        ("items: { name: a and n > 3 }", "(in items (and [name = a] [n > 3]))"),
        ("a:{b:{c:d}}", "(in a (in b [c = d]))"),
        ("field with space: x", "[field with space = x]"),
        ("\"quoted: field\": x", "[quoted: field = x]"),
        (r"a\:b: c\*d", "[a:b = c*d]"),
        (r"rock \and roll", "[any = rock and roll]"),
        (r"\nothing", "[any = \nothing]"),
        (r"\not so", "[any = not so]"),
        ("cannot be", "[any = cannot be]"),
        ("why not", "[any = why not]"),
        ("state: OR or state: IN", "(or [state = OR] [state = IN])"),
        ("state: (OR or WA)", "(or [state = OR] [state = WA])"),
        ("or: 5", "[or = 5]"),
        ("not: 5", "[not = 5]"),
        ("not*", "[any = not⁎]"),
        ("a and(b)", "(and [any = a] [any = b])"),
        ("größe: ü", "[größe = ü]"),
    ] {
        assert_eq!(told(text, parse(text)), want, "{text}");
    }
}

#[test]
fn dql_mistakes() {
    for (text, want) in [
        (
            "status:",
            "7‹› expected a value after `status:` → `status: *` finds records that have it",
        ),
        (
            "status: and speed > 3",
            "8‹› expected a value after `status:` → `status: *` finds records that have it",
        ),
        ("speed >", "7‹› expected a value after `speed >` → `speed > 10`"),
        ("speed => 3", "6‹=>› `=>` is no operator → `speed >=`"),
        ("speed > 3*", "8‹3*› a bound has no wildcards → `speed: 3*`"),
        ("a and", "5‹› expected a condition after `and` → to look for the word, write \"and\""),
        (
            "a and or b",
            "6‹or› expected a condition, found `or` → to look for the word, write \"or\"",
        ),
        (
            "or b",
            "0‹or› `or` joins two conditions; there is none before it → to look for the word, write \"or\"",
        ),
        ("(a or b", "0‹(› `(` is not closed → add `)`"),
        ("a)", "1‹)› `)` closes nothing → write `\\)` for the character"),
        ("()", "1‹› expected a condition after `(`"),
        ("a: {b: c", "3‹{› `{` is not closed → add `}`"),
        ("a: \"b", "3‹\"› the quote is not closed → add `\"`"),
        ("\"a\" b", "4‹b› expected `and` or `or` before `b`"),
        ("a not b", "2‹not› expected `and` or `or` before `not`"),
        ("at: 10:30", "6‹:› `:` cannot stand here → put values that contain `:` into quotes"),
        (": x", "0‹:› expected a field before `:`"),
        (
            "a: (b or c: d)",
            "10‹:› a list in parentheses holds values of one field only → close the list before the next field",
        ),
        ("a: null", "3‹null› nothing equals `null` → records without the field: `not a: *`"),
        (
            r"C\temp\x",
            "6‹\\› `\\` only stands before \\ ( ) : < > \" * { } t r n, and, or, not → write `\\\\` for the character",
        ),
    ] {
        assert_eq!(told(text, parse(text)), want, "{text}");
    }
}

#[test]
fn lucene_of_old_boards() {
    for (text, want) in [
        ("", "all"),
        ("*", "all"),
        ("*:*", "all"),
        ("foo bar", "[any = foo bar]"),
        ("status:hired AND speed:[1 TO 5]", "(and [status = hired] [speed >= 1 <= 5])"),
        ("a OR b AND c", "(and [any = b] [any = c])"),
        ("a OR b", "(or [any = a] [any = b])"),
        ("a:1 b:2", "(or [a = 1] [b = 2])"),
        ("+a:1 -b:2 c:3", "(and [a = 1] (not [b = 2]))"),
        ("NOT a:1", "(not [a = 1])"),
        ("!a && (b || NOT c)", "(and (and [any = b] (not [any = c])) (not [any = a]))"),
        ("a OR (NOT b)", "(or [any = a] (not [any = b]))"),
        (
            "event.dataset:(conn OR http) AND NOT x.y:z",
            "(and (or [event.dataset = conn] [event.dataset = http]) (not [x.y = z]))",
        ),
        ("_exists_:zeek", "[zeek exists]"),
        ("NOT _exists_: zeek", "(not [zeek exists])"),
        ("a:*", "[a exists]"),
        ("a:w?n*", "[a = w¿n⁎]"),
        (r"a:off\ d*", "[a = off d⁎]"),
        ("a:{* TO 5}", "[a < 5]"),
        ("a:{2020-01-01 TO now/d]", "[a > 2020-01-01 <= now/d]"),
        ("a:[* TO *]", "[a exists]"),
        ("a:>=5 AND b:<3", "(and [a >= 5] [b < 3])"),
        ("a:(>=5 AND <9)", "(and [a >= 5] [a < 9])"),
        (r#"a:"b c"^2 d^0.5"#, "(or [a = \"b c\"] [any = d])"),
        (r"a:/jo(hn|an)\/x/", "[a = /jo(hn|an)/x/]"),
        (r"city.\*:x", "[city.⁎ = x]"),
        ("a:10.0.0.0\\/8", "[a = 10.0.0.0/8]"),
        ("foo bar AND baz", "(and [any = bar] [any = baz])"),
        // Mistakes.
        ("a~2", "1‹~› fuzzy terms and proximity are not understood → leave `~` out"),
        ("a:", "2‹› expected a value after `a:`"),
        ("a:b:c", "3‹:› `:` cannot stand here → write `\\:` for the character"),
        ("(a", "0‹(› `(` is not closed → add `)`"),
        ("a)", "1‹)› `)` closes nothing → write `\\)` for the character"),
        ("[1 TO 2]", "0‹[1 TO 2]› a range needs a field → `field:[1 TO 2]`"),
        ("a:[1 5]", "5‹› expected `TO` → `[1 TO 5]`, `[* TO 5}`"),
        ("AND a", "0‹AND› `AND` has nothing before it"),
        ("a AND", "5‹› expected a condition"),
        ("a AND OR b", "6‹OR› expected a condition, found `OR` → write `\\OR` for the word"),
    ] {
        assert_eq!(told(text, lucene::parse(text)), want, "{text}");
    }
}

#[test]
fn one_text_for_each_tree() {
    for (text, want) in [
        ("  ", ""),
        ("(( a:1 ))   OR b : \"x\"", "a: 1 or b: \"x\""),
        ("a:(b or c) and d", "(a: b or a: c) and d"),
        ("not(a and b)", "not (a and b)"),
        ("(not a) and *", "not a and *: *"),
        ("x:{y:{z:1}}", "x: { y: { z: 1 } }"),
        ("a<1", "a < 1"),
        ("ts > \"2024-01-01T10:00\"", r"ts > 2024-01-01T10\:00"),
        ("state: OR", r"state: \OR"),
    ] {
        assert_eq!(print(&parse(text).unwrap()), want, "{text}");
    }
    let text = r#"a:b* AND NOT ( c:[1 TO 2} OR d:"e f") AND g:/h\/i/"#;
    let want = r#"a:b* AND g:/h\/i/ AND NOT (c:["1" TO "2"} OR d:"e f")"#;
    assert_eq!(lucene::print(&lucene::parse(text).unwrap()), want);
}

#[test]
fn questions_that_are_equal_have_one_normal_form() {
    let normal = |text: &str| print(&hailstream_dql::normal(parse(text).unwrap()));
    assert_eq!(normal("b and (a and b)"), "a and b");
    assert_eq!(normal("not not a or a"), "a");
    assert_eq!(normal("x or (not (b or a))"), "not (a or b) or x");
}

#[test]
fn limits_are_errors() {
    let fault = |text: &str| format!("{:?}", parse(text).unwrap_err().fault);
    assert_eq!(fault(&"a".repeat(8_193)), "TooLong");
    assert_eq!(fault(&format!("{}a", "(".repeat(33))), "TooDeep");
    assert_eq!(fault(&format!("{}a", "not ".repeat(33))), "TooDeep");
    assert_eq!(fault(&format!("{}a", "a: { ".repeat(33))), "TooDeep");
    assert_eq!(fault(&format!("a: ({})", vec!["b"; 256].join(" or "))), "TooMany");
    assert!(parse(&format!("a: ({})", vec!["b"; 255].join(" or "))).is_ok());
    let fault = |text: &str| format!("{:?}", lucene::parse(text).unwrap_err().fault);
    assert_eq!(fault(&"(".repeat(33)), "TooDeep");
    assert_eq!(fault(&vec!["a:b"; 257].join(" ")), "TooMany");
}
