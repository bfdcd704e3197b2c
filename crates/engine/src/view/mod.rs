//! Views: one distinct query each, over one stream.

mod bucket;
mod cost;
mod entities;
mod grouped;
mod hits;
mod metric;
mod rounding;
mod window;

pub(crate) use cost::{Keys, keys_of};
pub(crate) use entities::EntityTable;

use std::ops::Range;
use std::sync::Arc;

use hailstream_protocol::QueryResult;
use hailstream_query::{Over, Query};

use crate::fields::{Dictionary, FieldId, Fields};
use crate::rows::Rows;

use self::grouped::Grouped;
use self::hits::NewestHits;
use self::window::{Bounds, Window};

/// What a view reads while it works.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) words: &'a Dictionary,
    pub(crate) topics: &'a [Arc<str>],
    pub(crate) now_ms: Option<i64>,
}

/// Some rows of a batch.
pub(crate) type Stretch<'a> = (&'a Arc<Rows>, Range<usize>);

/// The state of a view.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) query: Query,
    body: Body,
    time_field: Option<FieldId>,
    /// Worked out anew from all current rows: rows replace earlier ones, or come in later than they arrive because the
    /// range's end lies behind the clock.
    recomputed: bool,
    bounds: Option<Bounds>,
    budget_bytes: usize,
    pub(crate) dirty: bool,
}

#[derive(Clone, Debug)]
enum Body {
    Grouped(Box<Grouped>),
    Hits(NewestHits),
    Entities(Window),
}

impl View {
    pub(crate) fn new(
        query: Query,
        time_field: Option<FieldId>,
        upsert: bool,
        now_ms: Option<i64>,
        fields: &Fields,
        budget_bytes: usize,
    ) -> Self {
        let recomputed = upsert || query.over == Over::Entities || query.entities.is_some();
        let body = match (&query.hits, &query.entities) {
            (Some(hits), _) => Body::Hits(NewestHits::new(&query, hits)),
            (None, Some(_)) => Body::Entities(Window::of(&query, None)),
            (None, None) => Body::Grouped(Box::new(Grouped::new(
                &query,
                time_field,
                now_ms,
                fields,
                budget_bytes,
            ))),
        };
        let comes_later = match &body {
            Body::Grouped(grouped) => grouped.window.end_moves() && !grouped.window.slides(),
            Body::Hits(hits) => hits.window.end_moves(),
            Body::Entities(_) => false,
        };
        let recomputed = recomputed || comes_later;
        Self { query, body, time_field, recomputed, bounds: None, budget_bytes, dirty: true }
    }

    /// Whether entities are asked for, not records.
    pub(crate) fn over_entities(&self) -> bool {
        self.query.over == Over::Entities || self.query.entities.is_some()
    }

    fn bounds_at(&self, now_ms: Option<i64>) -> Bounds {
        match &self.body {
            Body::Grouped(grouped) => grouped.window.at(now_ms),
            Body::Hits(hits) => hits.window.at(now_ms),
            Body::Entities(window) => window.at(now_ms),
        }
    }

    /// Takes in accepted rows, those at `rows[from..]`.
    pub(crate) fn add(&mut self, rows: &Arc<Rows>, from: usize, context: &Context<'_>) {
        if self.recomputed {
            self.dirty |= rows.len() > 0;
            return;
        }
        let bounds = self.bounds_at(context.now_ms);
        let (fields, words) = (context.fields, context.words);
        self.dirty |= match &mut self.body {
            Body::Grouped(grouped) => grouped.add(rows, from..rows.len(), &bounds, fields, words),
            Body::Hits(hits) => hits.add(rows, from..rows.len(), &bounds, context),
            Body::Entities(_) => false,
        };
    }

    /// Moves the window; the view is dirty where that changes its answer.
    pub(crate) fn advance(&mut self, now_ms: Option<i64>) {
        let bounds = self.bounds_at(now_ms);
        let moved = self.bounds.is_none_or(|old| {
            (old.from_ms, old.to_ms, old.range.map(|r| r.from_ms))
                != (bounds.from_ms, bounds.to_ms, bounds.range.map(|r| r.from_ms))
        });
        if let Body::Grouped(grouped) = &self.body {
            self.dirty |= grouped.is_outgrown(&self.query, now_ms);
        }
        if moved {
            self.dirty = true;
            match &mut self.body {
                Body::Grouped(grouped) => grouped.slide(&bounds),
                Body::Hits(hits) => hits.slide(&bounds),
                Body::Entities(_) => {}
            }
        }
        self.bounds = Some(bounds);
    }

    /// The answer now. `current`: all rows of the stream that count; `entities`: the newest row of each live entity.
    pub(crate) fn result<'a>(
        &mut self,
        context: &Context<'_>,
        current: &mut dyn Iterator<Item = Stretch<'a>>,
        entities: &'a EntityTable,
        entity_field: Option<FieldId>,
    ) -> QueryResult {
        let now_ms = context.now_ms;
        let mut anew = self.recomputed;
        if let Body::Grouped(grouped) = &mut self.body
            && grouped.is_outgrown(&self.query, now_ms)
        {
            **grouped = Grouped::new(
                &self.query,
                self.time_field,
                now_ms,
                context.fields,
                self.budget_bytes,
            );
            anew = true;
        }
        let bounds = self.bounds_at(now_ms);
        if anew {
            let mut live = entities.live(now_ms).map(|(rows, row)| (rows, row..row + 1));
            let over_entities = self.query.over == Over::Entities;
            self.fill(if over_entities { &mut live } else { current }, &bounds, context);
        }
        let mut result = match &self.body {
            Body::Entities(_) => entities.result(&self.query, context, &bounds, entity_field),
            Body::Hits(hits) => hits.result(context, &bounds),
            Body::Grouped(grouped) => grouped.result(&bounds, context.words),
        };
        result.range = bounds.range;
        self.dirty = false;
        result
    }

    /// Starts anew with these rows.
    fn fill<'a>(
        &mut self,
        rows: &mut dyn Iterator<Item = Stretch<'a>>,
        bounds: &Bounds,
        context: &Context<'_>,
    ) {
        match &mut self.body {
            Body::Grouped(grouped) => {
                grouped.clear();
                for (rows, chosen) in rows {
                    grouped.add(rows, chosen, bounds, context.fields, context.words);
                }
            }
            Body::Hits(hits) => {
                hits.clear();
                for (rows, chosen) in rows {
                    hits.add(rows, chosen, bounds, context);
                }
            }
            Body::Entities(_) => {}
        }
    }

    /// Where buckets begin that may still change while the watermark is at `watermark_ms`.
    pub(crate) fn provisional_from_ms(&self, watermark_ms: Option<i64>) -> Option<i64> {
        let watermark = watermark_ms?;
        match &self.body {
            Body::Grouped(grouped) => grouped.date_start_ms(watermark),
            Body::Hits(_) | Body::Entities(_) => None,
        }
    }

    /// About how many bytes its groups take.
    pub(crate) fn bytes(&self) -> usize {
        match &self.body {
            Body::Grouped(grouped) => grouped.bytes(),
            Body::Hits(_) | Body::Entities(_) => 0,
        }
    }

    pub(crate) fn start_ms(&self, now_ms: Option<i64>) -> i64 {
        self.bounds_at(now_ms).from_ms
    }
}
