//! Filters over rows: the text of the query bar and the pills, as one tree of tests.
//!
//! A test of words is worked out once for each word of the stream and remembered; columns are looked up once for each
//! batch. What each type of field makes of a text is in `typed`, what a word is in `words`.

mod check;
mod pill;
mod typed;
mod where_clause;
mod words;

use std::cell::RefCell;
use std::sync::Arc;

use arrow_array::Array;
use hailstream_dql::{Expr, Node, Pattern};
use hailstream_query::{Condition, Filter, FilterQuery, Language, Query, RangeCondition};
use jiff::tz::TimeZone;

use crate::fields::{Code, Dictionary, FieldId, Fields};
use crate::rows::{Column, Rows, Slot};

pub(crate) use check::check;
use pill::Test;
use typed::{Class, Typed};
pub use where_clause::Where;

/// Dates of conditions that follow the clock move in steps of this.
const CLOCK_STEP_MS: i64 = 1_000;

/// The moment and the zone that dates of conditions are understood in.
#[derive(Clone, Debug)]
pub(crate) struct When {
    now_ms: i64,
    zone: TimeZone,
}

/// Filters all of which must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    all: Vec<Check>,
    leaves: Vec<Leaf>,
    /// All that they depend on; none where that is also the clock.
    name: Option<Arc<str>>,
}

/// A tree of tests; leaves are numbered.
#[derive(Clone, Debug)]
enum Check {
    Always,
    Never,
    All(Vec<Check>),
    AtLeast(usize, Vec<Check>),
    Not(Box<Check>),
    Leaf(usize),
}

#[derive(Clone, Debug)]
struct Leaf {
    fields: Which,
    test: LeafTest,
    found: RefCell<Option<Found>>,
}

/// The fields that a leaf is of, and whether each is meant as a keyword.
#[derive(Clone, Debug)]
struct Found {
    /// That of the fields they were looked up in.
    version: usize,
    fields: Vec<(FieldId, bool)>,
}

/// Which fields a test is of.
#[derive(Clone, Debug)]
enum Which {
    /// That of this name.
    Named(String),
    /// That of this name, or all inside an object of this name.
    Within(String),
    /// All whose name matches.
    Like(Pattern),
}

#[derive(Clone, Debug)]
enum LeafTest {
    Pill(Test),
    Typed(Box<Typed>),
}

impl When {
    pub(crate) fn of(query: &Query, now_ms: Option<i64>) -> Self {
        let now_ms = now_ms.unwrap_or_default().div_euclid(CLOCK_STEP_MS) * CLOCK_STEP_MS;
        Self { now_ms, zone: query.zone().unwrap_or(TimeZone::UTC) }
    }

    /// The step of the clock that a moment is in.
    pub(crate) fn step(now_ms: Option<i64>) -> Option<i64> {
        now_ms.map(|now| now.div_euclid(CLOCK_STEP_MS))
    }
}

impl Filters {
    /// The text and the pills of a query.
    pub(crate) fn of(query: &Query, when: &When) -> Self {
        Self::new(query.language, &query.query, &query.filters, when)
    }

    /// What a labelled filter of a bucket asks for.
    pub(crate) fn labelled(query: &FilterQuery, when: &When) -> Self {
        Self::new(Language::Dql, query.text(), query.filters(), when)
    }

    fn new(language: Language, text: &str, filters: &[Filter], when: &When) -> Self {
        let mut new = Self::default();
        let mut all = Vec::new();
        if !text.is_empty() {
            all.push(new.text(language, text, when));
        }
        for filter in filters.iter().filter(|filter| !filter.disabled) {
            all.push(new.pill(filter, when));
        }
        new.all = all;
        let moves = new.leaves.iter().any(Leaf::moves);
        new.name =
            (!moves).then(|| Arc::from(format!("{language:?} {text} {filters:?} {:?}", when.zone)));
        new
    }

    /// A text by which filters that are the same are known.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        self.name.as_ref()
    }

    /// Whether the answer changes with the clock alone.
    pub(crate) fn move_with_the_clock(query: &Query) -> bool {
        let when = When::of(query, None);
        let moves = |filters: &Self| filters.leaves.iter().any(Leaf::moves);
        let in_bucket = |bucket: &hailstream_query::Bucket| match bucket {
            hailstream_query::Bucket::Filters(labelled) => {
                labelled.filters.iter().any(|(_, query)| moves(&Self::labelled(query, &when)))
            }
            _ => false,
        };
        let mut in_metrics = query.metrics.iter().flat_map(hailstream_query::Metric::filters);
        let in_siblings = query.metrics.iter().filter_map(|metric| metric.parameters().bucket());
        moves(&Self::of(query, &when))
            || query.buckets.iter().chain(in_siblings).any(in_bucket)
            || in_metrics.any(|(_, query)| moves(&Self::labelled(query, &when)))
    }

    fn text(&mut self, language: Language, text: &str, when: &When) -> Check {
        // Queries are checked when they come in: one that cannot be read does not get here.
        language.parse(text).map_or(Check::Never, |node| self.node(&node, None, when))
    }

    fn node(&mut self, node: &Node, path: Option<&Pattern>, when: &When) -> Check {
        let mut inner = |nodes: &[Node]| nodes.iter().map(|n| self.node(n, path, when)).collect();
        match &node.expr {
            Expr::All => Check::Always,
            Expr::And(nodes) => Check::All(inner(nodes)),
            Expr::Or(nodes) => Check::AtLeast(1, inner(nodes)),
            Expr::Not(negated) => Check::Not(Box::new(self.node(negated, path, when))),
            Expr::Nested { path: name, inner } => {
                let within = name.pattern.within(path);
                self.node(inner, Some(&within), when)
            }
            Expr::Exists { field } => {
                let fields = match Which::of(&field.pattern.within(path)) {
                    Which::Named(name) => Which::Within(name),
                    which => which,
                };
                self.leaf(fields, LeafTest::Pill(Test::Exists))
            }
            Expr::Is { field, value } => {
                let any: Pattern = [hailstream_dql::Part::Any].into_iter().collect();
                let name = field.as_ref().map_or(&any, |field| &field.pattern);
                let test = LeafTest::Typed(Box::new(Typed::value(value, when)));
                self.leaf(Which::of(&name.within(path)), test)
            }
            Expr::Range { field, low, high } => {
                let test = Typed::range(low.as_ref(), high.as_ref(), when);
                let fields = Which::of(&field.pattern.within(path));
                self.leaf(fields, LeafTest::Typed(Box::new(test)))
            }
        }
    }

    fn pill(&mut self, filter: &Filter, when: &When) -> Check {
        let check = match &filter.condition {
            Condition::Query { query, language } => self.text(*language, query, when),
            Condition::Bool(joined) => {
                let mut all = |filters: &[Filter]| -> Vec<Check> {
                    let active = filters.iter().filter(|filter| !filter.disabled);
                    active.map(|filter| self.pill(filter, when)).collect()
                };
                let mut must = all(&joined.must);
                must.extend(all(&joined.filter));
                let should = all(&joined.should);
                let must_not = all(&joined.must_not);
                must.push(Check::AtLeast(joined.least(), should));
                must.extend(must_not.into_iter().map(|check| Check::Not(Box::new(check))));
                Check::All(must)
            }
            Condition::Phrase { field, value } => {
                self.phrases(field, std::slice::from_ref(value), when)
            }
            Condition::Phrases { field, values } => self.phrases(field, values, when),
            Condition::Range(range) => self.between(range, when),
            condition => match Test::of(condition) {
                Some((field, test @ Test::Exists)) => {
                    self.leaf(Which::Within(field.to_owned()), LeafTest::Pill(test))
                }
                Some((field, test)) => {
                    self.leaf(Which::Named(field.to_owned()), LeafTest::Pill(test))
                }
                None => Check::Never,
            },
        };
        if filter.negate { Check::Not(Box::new(check)) } else { check }
    }

    fn phrases(&mut self, field: &str, values: &[serde_json::Value], when: &When) -> Check {
        let texts = values.iter().filter_map(pill::text);
        let checks = texts.map(|text| {
            let value = hailstream_dql::Value::Phrase(text);
            let test = LeafTest::Typed(Box::new(Typed::value(&value, when)));
            self.leaf(Which::Named(field.to_owned()), test)
        });
        Check::AtLeast(1, checks.collect())
    }

    /// A range is read as one of the query bar: days are whole, addresses are in their own order.
    fn between(&mut self, range: &RangeCondition, when: &When) -> Check {
        let Some((low, high)) = pill::ends(range) else { return Check::Never };
        let test = Typed::range(low.as_ref(), high.as_ref(), when);
        self.leaf(Which::Named(range.field.clone()), LeafTest::Typed(Box::new(test)))
    }

    fn leaf(&mut self, fields: Which, test: LeafTest) -> Check {
        self.leaves.push(Leaf { fields, test, found: RefCell::default() });
        Check::Leaf(self.leaves.len() - 1)
    }

    /// The filters over one batch: columns are looked up and words turned into codes once.
    pub(crate) fn over<'a>(
        &'a self,
        rows: &'a Rows,
        fields: &Fields,
        words: &'a Dictionary,
    ) -> Passing<'a> {
        let leaves = self.leaves.iter().map(|leaf| leaf.over(rows, fields, words)).collect();
        Passing { all: &self.all, leaves, words }
    }
}

impl Which {
    fn of(pattern: &Pattern) -> Self {
        pattern
            .as_plain()
            .map_or_else(|| Self::Like(pattern.clone()), |name| Self::Named(name.to_owned()))
    }

    /// The fields there are, and whether each is meant as a keyword (`name.keyword`).
    fn find(&self, fields: &Fields) -> Vec<(FieldId, bool)> {
        let like = |matches: &dyn Fn(&str) -> bool| {
            let found = fields.seen().filter(|(_, field)| matches(&field.name));
            found.map(|(id, _)| (id, false)).collect()
        };
        match self {
            Self::Like(pattern) => like(&|name| pattern.matches(name)),
            Self::Named(name) | Self::Within(name) => {
                if let Some(id) = fields.id(name) {
                    return vec![(id, false)];
                }
                let keyword = name.strip_suffix(".keyword").and_then(|name| fields.id(name));
                if let Some(id) = keyword {
                    return vec![(id, true)];
                }
                let is_object = matches!(self, Self::Within(_));
                like(&|field| {
                    let rest = field.strip_prefix(name.as_str());
                    is_object && rest.is_some_and(|rest| rest.starts_with('.'))
                })
            }
        }
    }
}

impl Leaf {
    /// Whether what it asks for changes with the clock.
    fn moves(&self) -> bool {
        matches!(&self.test, LeafTest::Typed(typed) if typed.moves)
    }

    fn over<'a>(&'a self, rows: &'a Rows, fields: &Fields, words: &Dictionary) -> Prepared<'a> {
        let mut found = self.found.borrow_mut();
        let version = fields.version();
        if found.as_ref().is_none_or(|found| found.version != version) {
            *found = Some(Found { version, fields: self.fields.find(fields) });
        }
        let found = found.iter().flat_map(|found| &found.fields);
        let columns = found.filter_map(|(id, as_keyword)| {
            let column = rows.column(*id)?;
            let class = Class::of(fields.get(*id), column);
            let is_words = matches!(column.cells(), Column::Words(_));
            Some((column, if *as_keyword && is_words { Class::Keyword } else { class }))
        });
        match &self.test {
            LeafTest::Typed(test) => Prepared::Typed(test, columns.collect()),
            LeafTest::Pill(test) => {
                let mut columns = columns.map(|(column, _)| column);
                let first = columns.next();
                match (first, test.codes(first, words)) {
                    (None, _) => Prepared::Absent,
                    (Some(column), Some(codes)) => Prepared::Codes(column, codes),
                    (Some(column), None) => {
                        Prepared::Pill(test, std::iter::once(column).chain(columns).collect())
                    }
                }
            }
        }
    }
}

/// Filters over one batch.
pub(crate) struct Passing<'a> {
    all: &'a [Check],
    leaves: Vec<Prepared<'a>>,
    words: &'a Dictionary,
}

/// A leaf over one batch.
enum Prepared<'a> {
    Absent,
    Codes(&'a Column, Vec<Code>),
    Pill(&'a Test, Vec<&'a Column>),
    Typed(&'a Typed, Vec<(&'a Column, Class)>),
}

impl Passing<'_> {
    /// Whether a row passes all filters. A field that is not there passes only negated ones.
    pub(crate) fn row(&self, row: usize) -> bool {
        self.all.iter().all(|check| self.holds(check, row))
    }

    fn holds(&self, check: &Check, row: usize) -> bool {
        match check {
            Check::Always => true,
            Check::Never => false,
            Check::All(all) => all.iter().all(|check| self.holds(check, row)),
            Check::AtLeast(least, some) => {
                *least == 0
                    || some.iter().filter(|check| self.holds(check, row)).nth(least - 1).is_some()
            }
            Check::Not(check) => !self.holds(check, row),
            Check::Leaf(index) => self.leaf(&self.leaves[*index], row),
        }
    }

    fn leaf(&self, leaf: &Prepared<'_>, row: usize) -> bool {
        match leaf {
            Prepared::Absent => false,
            Prepared::Codes(Column::Words(words), codes) => {
                words.is_valid(row) && codes.contains(&words.value(row))
            }
            Prepared::Codes(column, codes) => column
                .slots(row)
                .any(|slot| matches!(slot, Slot::Word(code) if codes.contains(&code))),
            Prepared::Pill(test, columns) => columns
                .iter()
                .any(|column| column.slots(row).any(|slot| test.holds(slot, self.words))),
            Prepared::Typed(test, columns) => columns.iter().any(|(column, class)| {
                column.slots(row).any(|slot| test.holds(*class, slot, self.words))
            }),
        }
    }
}
