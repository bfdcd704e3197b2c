//! What holds for any text: nothing panics, places lie inside it, and what is printed reads back.

use hailstream_dql::{
    Error, Fault, MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, complete, hints, lucene, normal, parse,
    print,
};
use hailstream_fuzz::{Plan, holds, spoil};
use proptest::prelude::*;

/// Twenty thousand cases are a second's work; `make fuzz` asks for more.
fn plan() -> Plan {
    Plan::from_environment("FUZZ", 20_000)
}

/// Queries as boards and manuals have them.
const SEEDS: &[&str] = &[
    "status: hired and not speed < 3",
    "kind: view and stream: (telemetry or trips)",
    "fare > 20 and payment: (card or account) and not zone: \"South of Market\"",
    "response:200 or not (extension: php or machine.os: *win*)",
    "items: {kind: b?x and n >= 3} or i*s.n: 2",
    "host: \"10.0.0.0/29\" or host > \"2001:db8::\"",
    "seen >= \"now-1d/d\" and note: \"quick \\\"brown\\\" fox\"",
    "+status:fr?e* -speed:[0 TO 12.5} AND cab:/c[0-9]+/",
    "_exists_:level AND (a:{1 TO *] OR b:>=\"x y\")^2 NOT c\\:d",
    "((((((((((((((((a))))))))))))))))",
];

/// What means something, and some words.
const PIECES: &[&str] = &[
    "a",
    "b1",
    "ü",
    "status",
    "and",
    "or",
    "not",
    "OR",
    "Not",
    "null",
    ":",
    ": ",
    ": *",
    " ",
    " ",
    "\t",
    "\n",
    "\u{a0}",
    "(",
    ")",
    "{",
    "}",
    "<",
    ">=",
    ">",
    "\"",
    "\"x y\"",
    "\\",
    "\\*",
    "\\n",
    "\\not",
    "\\or",
    "*",
    "?",
    "/",
    "/a/",
    "[1 TO 2]",
    "{* TO b]",
    "AND",
    "NOT",
    "&&",
    "||",
    "+",
    "-",
    "!",
    "^2",
    "~",
    "_exists_:",
    "5",
    ".",
    " and ",
    " or ",
    " AND ",
    " OR ",
];

/// Texts made of what means something, so that many of them are queries.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => queries(),
        8 => prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)
            .prop_map(|pieces| pieces.concat()),
        6 => spoil::text(SEEDS, PIECES),
        1 => any::<String>(),
        1 => (prop::sample::select(vec!["(", "not ", "a:{", "a or ", "\"", "NOT(", "-", "ü*", "a:[1 TO 2] "]), 1_usize..3_000)
            .prop_map(|(piece, times)| piece.repeat(times)),
    ]
}

/// Texts that mostly are queries, of both languages.
fn queries() -> impl Strategy<Value = String> {
    let literal = prop::sample::select(vec![
        "a",
        "off duty",
        "OR",
        "x*",
        "*",
        "* or",
        "b* c",
        "\"x and y\"",
        "\\or",
        "\\*",
        "\\t x",
        "a\nb",
        "12.5",
        "v\\ w",
        "\"a\\\"b\"",
        "why not",
        "*and",
        "ü",
    ]);
    let operator =
        prop::sample::select(vec![": ", ":", " > ", "<=", ": (", ":>=", ": [1 TO ", " : {"]);
    let leaf = prop_oneof![
        literal.clone().prop_map(str::to_owned),
        (literal.clone(), operator, literal.clone(), literal).prop_map(
            |(field, operator, value, other)| {
                match operator {
                    ": (" => format!("{field}: ({value} or {other})"),
                    ": [1 TO " => format!("{field}: [1 TO {value}]"),
                    " : {" => format!("{field}: {{ {value}: {other} }}"),
                    _ => format!("{field}{operator}{value}"),
                }
            }
        ),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let joins = vec![" and ", " or ", " AND ", " OR ", " AND NOT ", " or not ", " "];
        prop_oneof![
            3 => (inner.clone(), prop::sample::select(joins), inner.clone())
                .prop_map(|(a, join, b)| format!("{a}{join}{b}")),
            1 => inner.clone().prop_map(|inner| format!("({inner})")),
            1 => inner.clone().prop_map(|inner| format!("not {inner}")),
            1 => inner.prop_map(|inner| format!("NOT ({inner})")),
        ]
    })
}

#[test]
fn errors_lie_inside_the_text() {
    holds("dql: places", &plan(), text, |text| {
        for result in [parse(&text), lucene::parse(&text)] {
            match result {
                Ok(tree) => {
                    places_nest(&text, &tree)?;
                    for hint in hints(&tree) {
                        prop_assert!(
                            text.get(hint.span.start..hint.span.end).is_some(),
                            "{hint:?}"
                        );
                    }
                }
                Err(error) => {
                    prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?}");
                    prop_assert!(!error.message.is_empty(), "{error:?}");
                }
            }
        }
        Ok(())
    });
}

/// Places of conditions lie in the text, and those of fields too.
fn places_nest(text: &str, node: &Node) -> Result<(), TestCaseError> {
    let named = node.fields().into_iter().map(|name| name.span);
    for span in named.chain([node.span]) {
        prop_assert!(text.get(span.start..span.end).is_some(), "{node:?}");
    }
    node.children().iter().try_for_each(|child| places_nest(text, child))
}

#[test]
fn limits_hold() {
    holds("dql: limits", &plan(), text, |text| {
        for result in [parse(&text), lucene::parse(&text)] {
            match result {
                Ok(tree) => {
                    let (depth, nodes) = size(&tree);
                    prop_assert!(text.len() <= MAX_BYTES && nodes <= MAX_NODES);
                    // A level of parentheses is a node at most, with a `not` before it.
                    prop_assert!(depth <= 3 * MAX_DEPTH, "{depth} levels");
                }
                Err(error) => {
                    prop_assert!(text.len() <= MAX_BYTES || error.fault == Fault::TooLong);
                }
            }
        }
        Ok(())
    });
}

/// Levels and nodes of a tree.
fn size(node: &Node) -> (usize, usize) {
    let below = node.children().iter().map(size);
    let (depth, nodes) =
        below.fold((0, 0), |(depth, nodes), (d, n): (usize, usize)| (depth.max(d), nodes + n));
    (depth + 1, nodes + 1)
}

#[test]
fn what_is_printed_reads_back() {
    holds("dql: printing", &plan(), text, |text| {
        reads_back(&text, parse, print)?;
        reads_back(&text, lucene::parse, lucene::print)
    });
}

#[test]
fn what_is_prohibited_before_others_reads_back() {
    for text in ["(NOT (x*)) AND x*", "(NOT a) AND b AND NOT c", "NOT a AND NOT b"] {
        reads_back(text, lucene::parse, lucene::print).unwrap();
    }
}

fn reads_back(
    text: &str,
    parse: fn(&str) -> Result<Node, Error>,
    print: fn(&Node) -> String,
) -> Result<(), TestCaseError> {
    let Ok(tree) = parse(text) else { return Ok(()) };
    same(&tree, &parse(&print(&tree)), print)?;
    let once = normal(tree);
    same(&once, &parse(&print(&once)).map(normal), print)
}

/// What is printed has blanks and parentheses of its own: near the limits it may go beyond them.
fn same(
    tree: &Node,
    again: &Result<Node, Error>,
    print: fn(&Node) -> String,
) -> Result<(), TestCaseError> {
    let is_beyond = again.as_ref().is_err_and(|error| {
        matches!(error.fault, Fault::TooLong | Fault::TooDeep | Fault::TooMany)
    });
    if !is_beyond {
        prop_assert_eq!(again.as_ref(), Ok(tree), "{}", print(tree));
    }
    Ok(())
}

#[test]
fn completion_replaces_what_is_around_the_cursor() {
    holds(
        "dql: completion",
        &plan(),
        || (text(), 0_usize..60),
        |(text, cursor)| {
            for one in complete(&text, cursor) {
                let cursor = text.floor_char_boundary(cursor);
                prop_assert!(one.span.start <= cursor && cursor <= one.span.end, "{one:?}");
                prop_assert!(text.get(one.span.start..one.span.end).is_some(), "{one:?}");
            }
            Ok(())
        },
    );
}
