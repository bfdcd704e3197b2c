//! What is suggested is what the server takes, and what a person would have chosen.

use hailstream_protocol::saved_object::{Dashboard, panel_query};
use hailstream_protocol::visualization::Params;
use hailstream_query::Query;
use serde_json::json;

use super::panels::{COLUMNS, natural_step, view_of};
use super::*;
use crate::stream_fields::tests::telemetry;

fn known() -> Vec<Fact> {
    let told = [
        ("distinct:cab_id", Value::Int(448)),
        ("distinct:status", Value::Int(4)),
        ("distinct:zone", Value::Int(37)),
        ("least:speed", Value::Float(0.0)),
        ("most:speed", Value::Float(88.0)),
        (
            "bounds:position",
            Value::List([-122.52, 37.7, -122.36, 37.83].map(Value::Float).to_vec()),
        ),
    ];
    facts(&QueryResult {
        columns: told.iter().map(|(column, _)| (*column).to_owned()).collect(),
        rows: vec![told.into_iter().map(|(_, value)| value).collect()],
        ..QueryResult::default()
    })
}

/// What the server would say of a board: its type, its grid, its queries and parameters.
fn check(board: &Json) -> Vec<String> {
    let dashboard: Dashboard = serde_json::from_value(board.clone()).unwrap();
    let mut taken: Vec<(u32, u32)> = Vec::new();
    for panel in &dashboard.panels {
        let grid = panel.grid_data;
        assert!(
            grid.w > 0 && grid.x + grid.w <= COLUMNS,
            "{} is beside the grid",
            panel.panel_index
        );
        for cell in
            (grid.x..grid.x + grid.w).flat_map(|x| (grid.y..grid.y + grid.h).map(move |y| (x, y)))
        {
            assert!(!taken.contains(&cell), "{} lies over another", panel.panel_index);
            taken.push(cell);
        }
        let visualization = panel.visualization.as_ref().unwrap();
        Params::of(visualization).unwrap();
        for query in
            std::iter::once(&visualization.query).chain(visualization.extra_queries.values())
        {
            Query::from_json(&panel_query(query, "now-15m", "now", &[])).unwrap();
        }
    }
    let place = |panel: &hailstream_protocol::saved_object::Panel| {
        let grid = panel.grid_data;
        format!("{} {},{} {}x{}", panel.panel_index, grid.x, grid.y, grid.w, grid.h)
    };
    dashboard.panels.iter().map(place).collect()
}

#[test]
fn a_stream_of_things_that_move_gets_a_map() {
    let (stream, facts) = (telemetry(), known());
    Query::from_json(&facts_query(&stream).unwrap()).unwrap();
    let choice = choice(&stream, &facts);
    let [split, ranked, number] = ["status", "zone", "speed"].map(str::to_owned);
    assert_eq!(choice, Choice { split, ranked, number });
    let places = check(&suggested_board(&stream, &facts, &choice));
    assert_eq!(
        places,
        [
            "records 0,0 16x4",
            "entities 16,0 16x4",
            "mean 32,0 16x4",
            "map 0,4 28x16",
            "over-time 28,4 20x8",
            "spread 28,12 20x8",
            "top 0,20 24x9",
            "newest 24,20 24x9",
        ]
    );
}

#[test]
fn any_stream_gets_a_board_that_the_server_takes() {
    let bare = StreamFields::of(&json!({"stream": "raw", "fields": []}));
    assert_eq!(facts_query(&bare), None);
    let places = check(&suggested_board(&bare, &[], &choice(&bare, &[])));
    assert_eq!(places, ["records 0,0 48x4", "over-time 0,4 48x9", "newest 0,13 48x9"]);
    let field = |name: &str, kind: &str| json!({"name": name, "type": kind});
    let odd = StreamFields::of(&json!({"stream": "odd", "fields": [
        field("a,{b}", "keyword"), field("ok", "boolean"), field("n", "long"), field("at", "geo_point"), field("t", "text"),
    ]}));
    // Nothing is known yet, then everything is the same.
    check(&suggested_board(&odd, &[], &choice(&odd, &[])));
    let same = Fact { field: "n".into(), spread: Some((3.0, 3.0)), ..Fact::default() };
    let facts = [same];
    let places = check(&suggested_board(&odd, &facts, &choice(&odd, &facts)));
    assert!(!places.iter().any(|place| place.starts_with("spread")));
}

#[test]
fn what_is_understood_is_said() {
    let words: Vec<String> = findings(&telemetry(), &known())
        .iter()
        .map(|finding| format!("{}: {} {}", finding.title, finding.field, finding.words))
        .collect();
    assert_eq!(
        words,
        [
            "Time: ts says when it happened",
            "One thing each record is about: cab_id 448 of them",
            "Where: position says where, on a map",
            "Count once: fix_id the same is the same record",
            "Fields:  12: 5 words, 4 numbers, 1 yes or no, 1 date, 1 place",
        ]
    );
}

#[test]
fn steps_are_natural_and_views_show_all() {
    assert_eq!(natural_step(88.0 / 24.0, false), Some(5.0));
    assert_eq!(natural_step(0.2, false), Some(0.2));
    assert_eq!(natural_step(0.2, true), Some(1.0));
    assert_eq!(natural_step(0.0, false), None);
    let ([longitude, latitude], zoom) = view_of([170.0, -10.0, -170.0, 10.0]);
    assert_eq!((longitude, latitude), (180.0, 0.0));
    assert!((4.0..6.0).contains(&zoom), "{zoom}");
}
