//! What pills and the query bar ask, and how addresses keep them.

use super::*;

fn words(pills: &Filters) -> Vec<String> {
    pills.pills.iter().map(Pill::address).collect()
}

#[test]
fn an_address_keeps_a_pill() {
    for word in [
        "zone:Mission",
        "-zone:Mission|Marina",
        "~zone:Castro/Upper Market",
        "~-a%3Ab:c:d%7Ce%25",
        "-%2Dfield:value",
        "%7Bfield:value",
        "zone:*",
        "-zone:%2A",
        "speed:10..30",
        "speed:..30",
        "path:a%2E%2Eb|c*".replace("c*", "c%2A").as_str(),
    ] {
        let pill = Pill::parse(word).unwrap();
        assert_eq!(pill.address(), word);
    }
    assert_eq!(Pill::parse("zone:*").unwrap().test, Test::Exists);
    assert_eq!(Pill::parse("-zone:%2A").unwrap().values, ["*"]);
    assert_eq!(Pill::parse("path:a%2E%2Eb").unwrap().values, ["a..b"]);
    assert_eq!(Pill::parse("{no json"), None);
    assert_eq!(Pill::parse("~-a%3Ab:c:d%7Ce%25").unwrap().field, "a:b");
    assert_eq!(Pill::parse("~-a%3Ab:c:d%7Ce%25").unwrap().values, ["c:d|e%"]);
    assert_eq!(Pill::parse("no colon"), None);
    assert_eq!(Pill::parse(":value"), None);
}

#[test]
fn a_saved_filter_is_asked_as_it_was_saved() {
    let asked = |filter: Json| {
        let pill = Pill::of_saved(&filter);
        assert_eq!(pill.written_out(), filter);
        assert_eq!(Pill::parse(&pill.address()).as_ref(), Some(&pill), "an address keeps it");
        let words = pill.words(&str::to_uppercase);
        (
            format!("{} {:?} {words}", pill.field, pill.test),
            pill.query("long").map(|query| query.to_string()),
        )
    };
    let (pill, query) = asked(
        json!({"phrase": {"field": "zone", "value": "Mission"}, "negate": true, "label": "L"}),
    );
    assert_eq!(pill, "zone OneOf MISSION");
    assert_eq!(query.unwrap(), r#"{"phrase":{"field":"zone","value":"Mission"},"negate":true}"#);
    let (pill, query) =
        asked(json!({"range": {"field": "speed", "gt": 3, "lte": 7.5}, "pinned": true}));
    assert_eq!(pill, "speed Between 3 to 7.5");
    assert_eq!(query.unwrap(), r#"{"range":{"field":"speed","gt":3,"lte":7.5},"negate":false}"#);
    let (pill, query) = asked(json!({"exists": {"field": "zone"}, "disabled": true}));
    assert_eq!((pill.as_str(), query), ("zone Exists exists", None));
    let (pill, _) = asked(json!({"query": {"query": "a: 1", "language": "lucene"}, "label": "a"}));
    assert_eq!(pill, r#" Other {"query":{"query":"a: 1","language":"lucene"}}"#);
}

#[test]
fn a_click_on_a_saved_pill_chooses_anew() {
    let saved =
        json!({"terms": {"field": "zone", "values": ["Mission", "Marina"]}, "label": "Ours"});
    let mut pills = Filters::of_pills(vec![Pill::of_saved(&saved)]);
    pills.click("zone", "Marina", true);
    assert_eq!(words(&pills), ["zone:Mission"]);
}

#[test]
fn conditions_on_several_fields_need_them_all() {
    let either = json!({"or": [{"term": {"field": "a", "value": 1}}, {"query": {"query": "b: 2", "language": "dql"}}]});
    let pills = Filters::of_pills(vec![Pill::of_saved(&either), Pill::between("a", "", "5")]);
    let kind_of = |field: &str| (field != "b").then(|| "long".to_owned());
    let queries = serde_json::to_string(&pills.queries(&kind_of)).unwrap();
    assert_eq!(queries, r#"[{"range":{"field":"a","lt":5},"negate":false}]"#);
    assert_eq!(pills.without_effect(&|field| field != "b"), ["b"]);
    assert_eq!(pills.queries(&|_| Some("long".to_owned())).len(), 2);
}

#[test]
fn a_click_chooses_and_a_second_one_gives_up() {
    let mut pills = Filters::default();
    pills.click("zone", "Mission", false);
    assert_eq!(words(&pills), ["zone:Mission"]);
    pills.click("zone", "Marina", false);
    assert_eq!(words(&pills), ["zone:Marina"]);
    pills.click("zone", "Mission", true);
    pills.click("status", "free", false);
    assert_eq!(words(&pills), ["zone:Marina|Mission", "status:free"]);
    pills.click("zone", "Marina", true);
    assert_eq!(words(&pills), ["zone:Mission", "status:free"]);
    pills.click("zone", "Mission", false);
    assert_eq!(words(&pills), ["status:free"]);
}

#[test]
fn a_click_leaves_excluding_pills_alone_and_wakes_disabled_ones() {
    let mut pills = Filters::of_pills(vec![
        Pill::parse("-zone:Marina").unwrap(),
        Pill::parse("~zone:Castro").unwrap(),
    ]);
    pills.click("zone", "Castro", false);
    assert_eq!(words(&pills), ["-zone:Marina", "zone:Castro"]);
}

#[test]
fn a_stream_gets_the_filters_on_fields_it_has() {
    let pills = Filters::of_pills(vec![
        Pill::parse("-zone:Mission").unwrap(),
        Pill::parse("occupied:true").unwrap(),
        Pill::parse("~speed:3").unwrap(),
    ]);
    let kind_of = |field: &str| (field != "zone").then(|| "boolean".to_owned());
    let queries = serde_json::to_string(&pills.queries(&kind_of)).unwrap();
    assert_eq!(queries, r#"[{"terms":{"field":"occupied","values":[true]},"negate":false}]"#);
    assert_eq!(pills.without_effect(&|field| field != "zone"), ["zone"]);
}

#[test]
fn a_query_is_put_to_streams_that_have_all_its_fields() {
    let query = |text: &str| Filters { query: text.to_owned(), ..Filters::default() };
    let kind_of = |field: &str| (field == "zone").then(|| "keyword".to_owned());
    let asked = |text: &str| query(text).queries(&kind_of).len();
    assert_eq!(asked("zone: Mission"), 1);
    assert_eq!(asked("zone: Mission and speed > 30"), 0);
    assert_eq!(asked("Mission"), 1);
    assert_eq!(asked("zo*: Mission"), 1);
    assert_eq!(asked(""), 0);
    let missing = query("zone: Mission and speed > 30").without_effect(&|field| field == "zone");
    assert_eq!(missing, ["speed"]);
}
