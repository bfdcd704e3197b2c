//! What holds for any text: nothing panics, places lie inside it, and what is printed reads back.

use hailstream_dql::{complete, lucene, normal, parse, print};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(2_008);
    ProptestConfig { rng_seed, failure_persistence: None, ..ProptestConfig::with_cases(20_000) }
}

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
        1 => any::<String>(),
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

proptest! {
    #![proptest_config(config())]

    #[test]
    fn errors_lie_inside_the_text(text in text()) {
        for result in [parse(&text), lucene::parse(&text)] {
            if let Err(error) = result {
                prop_assert!(text.get(error.span.start..error.span.end).is_some(), "{error:?}");
            }
        }
    }

    #[test]
    fn what_is_printed_reads_back(text in text()) {
        if let Ok(tree) = parse(&text) {
            let printed = print(&tree);
            let again = parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&tree), "{}", printed);
            let once = normal(tree);
            let again = parse(&print(&once)).map(normal);
            prop_assert_eq!(again.as_ref(), Ok(&once), "{}", print(&once));
        }
        if let Ok(tree) = lucene::parse(&text) {
            let printed = lucene::print(&tree);
            let again = lucene::parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&tree), "{}", printed);
            let once = normal(tree);
            let again = lucene::parse(&lucene::print(&once)).map(normal);
            prop_assert_eq!(again.as_ref(), Ok(&once), "{}", lucene::print(&once));
        }
    }

    #[test]
    fn completion_replaces_what_is_around_the_cursor(text in text(), cursor in 0_usize..60) {
        for one in complete(&text, cursor) {
            let cursor = text.floor_char_boundary(cursor);
            prop_assert!(one.span.start <= cursor && cursor <= one.span.end, "{one:?}");
            prop_assert!(text.get(one.span.start..one.span.end).is_some(), "{one:?}");
        }
    }
}
