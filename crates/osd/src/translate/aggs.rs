//! The enabled aggregations of a visualization: which metrics and buckets they are in a query of ours.

use serde_json::{Map, Value as Json};

use super::Halt;
use super::bucket::{self, BucketPart};
use super::index_pattern::Pattern;
use super::metric::{self, MetricPart};
use crate::loose;

/// Aggregations of a visualization; more than a query takes anyway.
const MAX_AGGS: usize = 100;

/// An aggregation as it stands in a `visState`.
pub(crate) struct Agg<'a> {
    pub(crate) id: String,
    /// Its type.
    pub(crate) kind: &'a str,
    pub(crate) schema: &'a str,
    pub(crate) params: &'a Json,
}

impl<'a> Agg<'a> {
    fn read(json: &'a Json, id: String) -> Self {
        let text = |key: &str| json.get(key).and_then(Json::as_str).unwrap_or_default();
        let params = json.get("params").unwrap_or(&Json::Null);
        Self { id, kind: text("type"), schema: text("schema"), params }
    }

    /// One within another: a custom metric, bucket or order.
    pub(crate) fn within(json: &'a Json, id: &str) -> Self {
        Self::read(json, id.to_owned())
    }

    /// Its place in the report.
    pub(crate) fn at(&self) -> String {
        format!("aggs.{}", self.id)
    }

    /// The place of its parameters in the report.
    pub(crate) fn at_params(&self) -> String {
        format!("aggs.{}.params", self.id)
    }

    pub(crate) fn param(&self, name: &str) -> Option<&'a Json> {
        self.params.get(name).filter(|json| !loose::is_nothing(json))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.param(name).and_then(loose::text)
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.param(name).and_then(loose::flag).unwrap_or(false)
    }

    /// The field it reads, which a stream can have.
    pub(crate) fn field(&self, pattern: &Pattern) -> Result<&'a str, Halt> {
        let field = self
            .text("field")
            .ok_or_else(|| Halt::Kept(format!("its aggregation {} names no field", self.id)))?;
        if pattern.scripted.contains(field) {
            return Err(Halt::Kept(format!("its field `{field}` is worked out by a script")));
        }
        Ok(field)
    }
}

/// What a visualization asks.
#[derive(Default)]
pub(crate) struct Asked {
    pub(crate) metrics: Vec<MetricPart>,
    pub(crate) buckets: Vec<BucketPart>,
    /// Metrics that are asked for and not shown: what orders keys, what others are worked out of.
    pub(crate) hidden: Vec<Json>,
    pub(crate) ignored: Vec<String>,
}

impl Asked {
    /// The parts of the enabled aggregations.
    pub(crate) fn of(aggs: &[Json], pattern: &Pattern) -> Result<Self, Halt> {
        if aggs.len() > MAX_AGGS {
            return Err(Halt::Kept(format!(
                "it has {} aggregations, at most {MAX_AGGS} are read",
                aggs.len()
            )));
        }
        let enabled = aggs
            .iter()
            .enumerate()
            .filter(|(_, agg)| agg.get("enabled").and_then(loose::flag).unwrap_or(true));
        let all: Vec<Agg<'_>> =
            enabled.map(|(place, json)| Agg::read(json, id(json, place))).collect();
        let mut asked = Self::default();
        for agg in all.iter().filter(|agg| metric::is_metric(agg.kind)) {
            if agg.schema == "radius" {
                asked.ignored.push(agg.at());
                continue;
            }
            let part = metric::part(agg, &all, pattern, &mut asked)?;
            asked.metrics.push(part);
        }
        for agg in all.iter().filter(|agg| !metric::is_metric(agg.kind)) {
            let part = bucket::part(agg, &all, pattern, &mut asked)?;
            asked.buckets.push(part);
        }
        if asked.metrics.is_empty() {
            return Err(Halt::Kept("it computes nothing".to_owned()));
        }
        asked.whole_series();
        Ok(asked)
    }

    /// What goes along a series needs its empty buckets, too; OSD asks for them as well.
    fn whole_series(&mut self) {
        if self.metrics.iter().any(|metric| metric.is_along)
            && let Some(last) = self.buckets.last_mut()
            && let Some(least) = last.json.get_mut("min_doc_count")
        {
            *least = Json::from(0);
        }
    }

    /// Completes a query with these parts.
    pub(crate) fn complete(&self, mut query: Map<String, Json>) -> Json {
        let buckets: Vec<Json> = self.buckets.iter().map(|bucket| bucket.json.clone()).collect();
        let metrics = self.metrics.iter().flat_map(|metric| metric.json.iter());
        let metrics: Vec<Json> = metrics.chain(&self.hidden).cloned().collect();
        if !buckets.is_empty() {
            query.insert("buckets".to_owned(), Json::Array(buckets));
        }
        query.insert("metrics".to_owned(), Json::Array(metrics));
        Json::Object(query)
    }

    /// Leaves out buckets that a picture has no place for.
    pub(crate) fn leave_out(&mut self, unwanted: &dyn Fn(&BucketPart) -> bool) {
        let (out, kept) = std::mem::take(&mut self.buckets).into_iter().partition(unwanted);
        self.buckets = kept;
        let out: Vec<BucketPart> = out;
        self.ignored.extend(out.into_iter().map(|bucket| bucket.at));
    }

    /// The first bucket of a schema.
    pub(crate) fn of_schema(&self, schema: &str) -> Option<&BucketPart> {
        self.buckets.iter().find(|bucket| bucket.schema == schema)
    }
}

/// Ids are text or numbers; where there is none, its place.
fn id(json: &Json, place: usize) -> String {
    match json.get("id") {
        Some(Json::String(id)) if !id.is_empty() => id.clone(),
        Some(Json::Number(id)) => id.to_string(),
        _ => (place + 1).to_string(),
    }
}
