//! Buckets and metrics as OSD's aggregations. An error says what has no words there.

use std::collections::BTreeMap;

use hailstream_query::{
    Bucket, CalendarUnit, DateHistogram, DateRange, Filters, GapPolicy, Histogram, IpRange, Keys,
    Metric, MovingFn, Order, Range, Sibling, Terms, TimeStretch, TopHits,
};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::source::input;

/// What aggregations refer to.
pub(super) struct Names<'a> {
    /// The field of a stream's event time.
    pub(super) time_field: &'a str,
    /// All metrics of the query: an order may name one that is not shown.
    pub(super) metrics: &'a [Metric],
    /// Ids of those that are.
    pub(super) shown: &'a [&'a str],
    /// Words for columns, by id.
    pub(super) labels: BTreeMap<String, String>,
}

fn agg(id: &str, kind: &str, schema: &str, params: Json) -> Json {
    let mut agg =
        json!({ "id": id, "enabled": true, "type": kind, "params": null, "schema": schema });
    agg["params"] = params;
    agg
}

fn written(value: &impl Serialize) -> Json {
    // Of types that have a text or a number each, which cannot fail.
    serde_json::to_value(value).unwrap_or_default()
}

impl Names<'_> {
    fn labelled(&self, id: &str, mut agg: Json) -> Json {
        if let Some(label) = self.labels.get(id).filter(|label| !label.is_empty()) {
            agg["params"]["customLabel"] = json!(label);
        }
        agg
    }

    /// A bucket in a place of the picture.
    pub(super) fn bucket(&self, bucket: &Bucket, schema: &str) -> Result<Json, String> {
        let id = bucket.id();
        Ok(self.labelled(id, self.plain_bucket(bucket, id, schema)?))
    }

    fn plain_bucket(&self, bucket: &Bucket, id: &str, schema: &str) -> Result<Json, String> {
        let (kind, params) = match bucket {
            Bucket::DateHistogram(bucket) => ("date_histogram", self.date_histogram(bucket)?),
            Bucket::Terms(bucket) => ("terms", self.terms(bucket)?),
            Bucket::Histogram(bucket) => ("histogram", histogram(bucket)?),
            Bucket::Range(bucket) => ("range", range(bucket)),
            Bucket::DateRange(bucket) => ("date_range", self.date_range(bucket)?),
            Bucket::IpRange(bucket) => ("ip_range", ip_range(bucket)?),
            Bucket::Filters(bucket) => ("filters", filters(bucket)?),
            Bucket::GeotileGrid(_) | Bucket::GeohashGrid(_) => {
                return Err("cells of a map".to_owned());
            }
        };
        Ok(agg(id, kind, schema, params))
    }

    fn terms(&self, bucket: &Terms) -> Result<Json, String> {
        let Terms { id, field, size, order, other, missing, include, exclude } = bucket;
        let Order { by, direction } = order;
        let mut params = json!({ "field": field, "size": size, "order": written(direction) });
        params["otherBucket"] = json!(other);
        params["otherBucketLabel"] = json!("Other");
        params["missingBucket"] = json!(missing.is_some());
        match missing {
            None => {}
            Some(Json::String(label)) => params["missingBucketLabel"] = json!(label),
            Some(_) => return Err("a number in the place of a missing word".to_owned()),
        }
        for (key, keys) in [("include", include), ("exclude", exclude)] {
            match keys {
                None => {}
                Some(Keys::Pattern(pattern)) => params[key] = json!(pattern),
                Some(Keys::List(_)) => return Err("a list of keys".to_owned()),
            }
        }
        let metric_of = |column: &str| {
            self.metrics.iter().find(|metric| metric.columns().iter().any(|of| of == column))
        };
        let shown_count = || {
            let counts = self.metrics.iter().filter(|metric| matches!(metric, Metric::Count(_)));
            counts.map(Metric::id).find(|id| self.shown.contains(id))
        };
        let (order_by, order_agg) = match by.as_str() {
            "_key" => ("_key", None),
            "_count" => match shown_count() {
                Some(count) => (count, None),
                None => {
                    ("custom", Some(agg(&format!("{id}-orderAgg"), "count", "orderAgg", json!({}))))
                }
            },
            column => match metric_of(column) {
                Some(metric) if self.shown.contains(&metric.id()) => (column, None),
                Some(metric) if metric.columns() == [column] => {
                    ("custom", Some(self.plain_metric(metric, metric.id(), "orderAgg")?))
                }
                _ => return Err(format!("an order by \"{column}\"")),
            },
        };
        params["orderBy"] = json!(order_by);
        if let Some(order_agg) = order_agg {
            params["orderAgg"] = order_agg;
        }
        Ok(params)
    }

    fn date_histogram(&self, bucket: &DateHistogram) -> Result<Json, String> {
        let DateHistogram {
            id: _,
            field,
            fixed_interval,
            calendar_interval,
            // OSD aims for as many bars as it likes.
            auto: _,
            minimum_interval: _,
            time_zone,
            offset,
            min_doc_count,
            extended_bounds,
            hard_bounds,
        } = bucket;
        if offset.is_some() || hard_bounds.is_some() {
            return Err("times with an offset or hard bounds".to_owned());
        }
        let interval = match (fixed_interval, calendar_interval) {
            (Some(fixed), _) => written(fixed).as_str().unwrap_or_default().to_owned(),
            (None, Some(unit)) => calendar_unit(*unit)?.to_owned(),
            (None, None) => "auto".to_owned(),
        };
        let mut params = json!({ "field": field.as_deref().unwrap_or(self.time_field) });
        params["useNormalizedOpenSearchInterval"] = json!(true);
        let unit = interval.strip_prefix('1').filter(|unit| unit.chars().all(char::is_alphabetic));
        match unit {
            Some(unit) => params["interval"] = json!(unit),
            None if interval.starts_with(|c: char| c.is_ascii_digit()) => {
                params["interval"] = json!("custom");
                params["customInterval"] = json!(interval);
            }
            None => params["interval"] = json!(interval),
        }
        params["drop_partials"] = json!(false);
        params["min_doc_count"] = json!(min_doc_count);
        params["extended_bounds"] = extended_bounds.as_ref().map_or_else(|| json!({}), written);
        if let Some(zone) = time_zone {
            params["time_zone"] = json!(zone);
        }
        Ok(params)
    }

    fn date_range(&self, bucket: &DateRange) -> Result<Json, String> {
        let DateRange { id: _, field, time_zone, ranges } = bucket;
        let one = |TimeStretch { from, to, key }: &TimeStretch| match key {
            Some(_) => Err("stretches of time with names".to_owned()),
            None => {
                Ok(json!({ "from": from.as_ref().map(written), "to": to.as_ref().map(written) }))
            }
        };
        let ranges: Result<Vec<Json>, String> = ranges.iter().map(one).collect();
        let field = field.as_deref().unwrap_or(self.time_field);
        let mut params = json!({ "field": field, "ranges": ranges? });
        if let Some(zone) = time_zone {
            params["time_zone"] = json!(zone);
        }
        Ok(params)
    }

    /// A metric of the picture.
    pub(super) fn metric(&self, metric: &Metric) -> Result<Json, String> {
        let id = metric.id();
        Ok(self.labelled(id, self.plain_metric(metric, id, "metric")?))
    }

    fn plain_metric(&self, metric: &Metric, id: &str, schema: &str) -> Result<Json, String> {
        if metric.filter().is_some() {
            return Err("a metric with a filter of its own".to_owned());
        }
        let params = match metric {
            Metric::Count(_) => json!({}),
            Metric::Sum(of)
            | Metric::Avg(of)
            | Metric::Min(of)
            | Metric::Max(of)
            | Metric::Median(of)
            | Metric::GeoCentroid(of) => json!({ "field": of.field }),
            Metric::Cardinality(of) => json!({ "field": of.field }),
            Metric::GeoBounds(of) => json!({ "field": of.field }),
            Metric::Percentiles(of) => json!({ "field": of.field, "percents": of.percents }),
            Metric::PercentileRanks(of) => json!({ "field": of.field, "values": of.values }),
            Metric::TopHits(of) => self.top_hits(of)?,
            Metric::Derivative(of) if of.gap_policy == GapPolicy::Skip => {
                self.along(&of.buckets_path, id)?
            }
            Metric::CumulativeSum(of) => self.along(&of.buckets_path, id)?,
            Metric::SerialDiff(of) if of.gap_policy == GapPolicy::Skip => {
                let mut params = self.along(&of.buckets_path, id)?;
                params["lag"] = json!(of.lag);
                params
            }
            Metric::MovingAvg(of) => self.moving(of, id)?,
            Metric::AvgBucket(of)
            | Metric::SumBucket(of)
            | Metric::MinBucket(of)
            | Metric::MaxBucket(of) => self.sibling(of, id)?,
            Metric::ValueCount(_)
            | Metric::StdDev(_)
            | Metric::FilterRatio(_)
            | Metric::Derivative(_)
            | Metric::SerialDiff(_) => {
                return Err(format!("a metric `{}` of this kind", metric.name()));
            }
        };
        Ok(agg(id, metric.name(), schema, params))
    }

    fn top_hits(&self, of: &TopHits) -> Result<Json, String> {
        let TopHits { id: _, field, source: _, size, sort, aggregate, filter: _ } = of;
        let Some(field) = field else { return Err("whole records in a column".to_owned()) };
        let (sort_field, order) = match sort {
            Some(sort) => (sort.field.as_str(), written(&sort.order)),
            None => (self.time_field, json!("desc")),
        };
        Ok(json!({
            "field": field, "size": size, "aggregate": written(aggregate), "sortField": sort_field, "sortOrder": order,
        }))
    }

    /// A metric along a series of another, or of the number of records.
    fn along(&self, path: &str, id: &str) -> Result<Json, String> {
        if self.shown.contains(&path) {
            return Ok(json!({ "metricAgg": path }));
        }
        let (inner, metrics) = (format!("{id}-metric"), self.metrics.iter());
        let of = match metrics.clone().find(|metric| metric.id() == path) {
            _ if path == "_count" => agg(&inner, "count", "metricAgg", json!({})),
            Some(metric) => self.plain_metric(metric, &inner, "metricAgg")?,
            None => return Err(format!("a series of \"{path}\"")),
        };
        Ok(json!({ "metricAgg": "custom", "customMetric": of }))
    }

    fn moving(&self, of: &MovingFn, id: &str) -> Result<Json, String> {
        let MovingFn { id: _, buckets_path, window, shift, script, gap_policy } = of;
        if *shift != 0 || *gap_policy != GapPolicy::Skip {
            return Err("a moving window that is shifted, or gaps that count as 0".to_owned());
        }
        let mut params = self.along(buckets_path, id)?;
        params["window"] = json!(window);
        params["script"] = written(script);
        Ok(params)
    }

    fn sibling(&self, of: &Sibling, id: &str) -> Result<Json, String> {
        let Sibling { id: _, bucket, metric, gap_policy, filter: _ } = of;
        if *gap_policy != GapPolicy::Skip {
            return Err("gaps that count as 0".to_owned());
        }
        let (bucket_id, metric_id) = (format!("{id}-bucket"), format!("{id}-metric"));
        let custom_bucket = self.plain_bucket(bucket, &bucket_id, "bucketAgg")?;
        let custom_metric = match metric {
            Some(metric) => self.plain_metric(metric, &metric_id, "metricAgg")?,
            None => agg(&metric_id, "count", "metricAgg", json!({})),
        };
        Ok(json!({ "customBucket": custom_bucket, "customMetric": custom_metric }))
    }
}

fn calendar_unit(unit: CalendarUnit) -> Result<&'static str, String> {
    Ok(match unit {
        CalendarUnit::Minute => "m",
        CalendarUnit::Hour => "h",
        CalendarUnit::Day => "d",
        CalendarUnit::Week => "w",
        CalendarUnit::Month => "M",
        CalendarUnit::Quarter => return Err("quarters of a year".to_owned()),
        CalendarUnit::Year => "y",
    })
}

fn histogram(bucket: &Histogram) -> Result<Json, String> {
    let Histogram { id: _, field, interval, offset, min_doc_count, extended_bounds, hard_bounds } =
        bucket;
    if *offset != 0.0 || *min_doc_count > 1 || hard_bounds.is_some() {
        return Err("steps of a number with an offset, hard bounds or a least count".to_owned());
    }
    let mut params =
        json!({ "field": field, "interval": interval, "min_doc_count": *min_doc_count == 0 });
    params["has_extended_bounds"] = json!(extended_bounds.is_some());
    params["extended_bounds"] = extended_bounds.as_ref().map_or_else(|| json!({}), written);
    Ok(params)
}

fn range(bucket: &Range) -> Json {
    let Range { id: _, field, ranges } = bucket;
    json!({ "field": field, "ranges": ranges.iter().map(|range| {
        let mut said = json!({ "from": range.from, "to": range.to });
        if let Some(key) = &range.key {
            said["label"] = json!(key);
        }
        said
    }).collect::<Vec<Json>>() })
}

fn ip_range(bucket: &IpRange) -> Result<Json, String> {
    let IpRange { id: _, field, ranges } = bucket;
    if ranges.iter().any(|range| range.key.is_some()) {
        return Err("ranges of addresses with names".to_owned());
    }
    let masks: Vec<Json> =
        ranges.iter().filter_map(|range| Some(json!({ "mask": range.mask.as_ref()? }))).collect();
    let ends = ranges.iter().filter(|range| range.mask.is_none());
    let ends: Vec<Json> = ends.map(|range| json!({ "from": range.from, "to": range.to })).collect();
    let kind = match (masks.is_empty(), ends.is_empty()) {
        (false, false) => return Err("ranges and masks of addresses in one".to_owned()),
        (false, true) => "mask",
        (true, _) => "fromTo",
    };
    Ok(json!({ "field": field, "ipRangeType": kind, "ranges": { "fromTo": ends, "mask": masks } }))
}

fn filters(bucket: &Filters) -> Result<Json, String> {
    let one = |(label, filter): &(String, hailstream_query::FilterQuery)| {
        let mut said = Map::from_iter([("input".to_owned(), input(filter)?)]);
        said.insert("label".to_owned(), json!(label));
        Ok(Json::Object(said))
    };
    let filters: Result<Vec<Json>, String> = bucket.filters.iter().map(one).collect();
    Ok(json!({ "filters": filters? }))
}
