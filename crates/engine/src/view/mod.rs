//! Views: one distinct query each, over one stream.

mod bucket;
mod budget;
mod cost;
mod entities;
mod entity_rows;
mod grouped;
mod hits;
mod metric;
mod pipeline;
pub(crate) mod rounding;
mod shared;
mod tiles;
mod window;

pub use budget::Budget;
pub(crate) use cost::{KeyEstimate, keys_of};
pub(crate) use entities::EntityTable;
pub(crate) use shared::Shared;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use hailstream_geo::mercator::Tile;
use hailstream_protocol::QueryResult;
use hailstream_query::{Over, Query};

use crate::fields::{Dictionary, FieldId, Fields};
use crate::filter::{Filters, When};
use crate::rows::Rows;
use crate::runtime::Runtime;

use self::entity_rows::EntityRows;
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
    /// Conditions follow the clock: what matched a second ago may not match now.
    conditions_move: bool,
    bounds: Option<Bounds>,
    /// The step of the clock for conditions that follow it.
    step: Option<i64>,
    /// The tile whose entities the stream keeps for it, and their version in the newest answer.
    tile: Option<(Tile, u64)>,
    budget: Budget,
    runtime: Runtime,
    /// The stream's fields with the runtime ones, and the version of the former.
    overlay: Option<(usize, Fields)>,
    pub(crate) dirty: bool,
}

#[derive(Clone, Debug)]
enum Body {
    Grouped(Box<Grouped>),
    Hits(NewestHits),
    Entities(Window, Filters),
}

impl Body {
    fn new(
        query: &Query,
        time_field: Option<FieldId>,
        now_ms: Option<i64>,
        fields: &Fields,
        budget: &Budget,
    ) -> Self {
        match (&query.hits, &query.entities) {
            (Some(hits), _) => Self::Hits(NewestHits::new(query, hits, now_ms)),
            (None, Some(_)) => {
                let filters = Filters::of(query, &When::of(query, now_ms));
                Self::Entities(Window::of(query, None), filters)
            }
            (None, None) => {
                let grouped = Grouped::new(query, time_field, now_ms, fields, budget);
                Self::Grouped(Box::new(grouped))
            }
        }
    }

    /// Takes in some rows; says whether any concerned it.
    fn add(
        &mut self,
        rows: &Arc<Rows>,
        chosen: Range<usize>,
        bounds: &Bounds,
        context: &Context<'_>,
        shared: &Shared,
    ) -> bool {
        match self {
            Self::Grouped(grouped) => grouped.add(rows, chosen, bounds, context, shared),
            Self::Hits(hits) => hits.add(rows, chosen, bounds, context),
            Self::Entities(..) => false,
        }
    }
}

impl View {
    pub(crate) fn new(
        query: Query,
        time_field: Option<FieldId>,
        upsert: bool,
        now_ms: Option<i64>,
        fields: &Fields,
        budget: &Budget,
    ) -> Self {
        let recomputed = upsert || query.over == Over::Entities || query.entities.is_some();
        let body = Body::new(&query, time_field, now_ms, fields, budget);
        let comes_later = match &body {
            Body::Grouped(grouped) => grouped.window.end_moves() && !grouped.window.slides(),
            Body::Hits(hits) => hits.window.end_moves(),
            Body::Entities(..) => false,
        };
        let conditions_move = Filters::move_with_the_clock(&query);
        let recomputed = recomputed || comes_later || conditions_move;
        let runtime = Runtime::of(&query);
        let tile = query.entities.as_ref().and_then(|asked| asked.tile);
        // Of an upsert stream those rows count that were not replaced, which is not told row by row.
        let tile = tile.filter(|_| !upsert).map(|tile| (tile.0, 0));
        Self {
            query,
            body,
            tile,
            time_field,
            recomputed,
            conditions_move,
            bounds: None,
            step: None,
            budget: budget.clone(),
            runtime,
            overlay: None,
            dirty: true,
        }
    }

    /// The fields as this view sees them; none where it has no runtime fields. To be put back into `overlay`.
    fn take_overlay(&mut self, fields: &Fields) -> Option<(usize, Fields)> {
        if self.runtime.is_empty() {
            return None;
        }
        let version = fields.version();
        let known = self.overlay.take().filter(|(known, _)| *known == version);
        Some(known.unwrap_or_else(|| (version, fields.with_runtime(&self.runtime))))
    }

    /// Rows as this view sees them; `fields` are the stream's.
    fn seen(&self, rows: &Arc<Rows>, fields: &Fields) -> Arc<Rows> {
        if self.runtime.is_empty() {
            return Arc::clone(rows);
        }
        Arc::new(rows.with_runtime(self.runtime.columns(rows, fields, self.time_field)))
    }

    /// Whether entities are asked for, not records.
    pub(crate) fn over_entities(&self) -> bool {
        self.query.over == Over::Entities || self.query.entities.is_some()
    }

    /// The tile whose entities it needs to be kept.
    pub(crate) fn tile(&self) -> Option<Tile> {
        self.tile.map(|(tile, _)| tile)
    }

    /// Whether its answer may be another one by now.
    pub(crate) fn has_changed(&self, entities: &EntityTable) -> bool {
        self.dirty || self.tile.is_some_and(|(tile, seen)| entities.version_of(tile) != seen)
    }

    fn bounds_at(&self, now_ms: Option<i64>) -> Bounds {
        match &self.body {
            Body::Grouped(grouped) => grouped.window.at(now_ms),
            Body::Hits(hits) => hits.window.at(now_ms),
            Body::Entities(window, _) => window.at(now_ms),
        }
    }

    /// Takes in accepted rows, those at `rows[from..]`; `shared` is of all views that take in these.
    pub(crate) fn add(
        &mut self,
        rows: &Arc<Rows>,
        from: usize,
        context: &Context<'_>,
        shared: &Shared,
    ) {
        if self.recomputed {
            self.dirty |= rows.len() > 0 && self.tile.is_none();
            return;
        }
        let bounds = self.bounds_at(context.now_ms);
        let rows = &self.seen(rows, context.fields);
        let overlay = self.take_overlay(context.fields);
        let fields = overlay.as_ref().map_or(context.fields, |(_, fields)| fields);
        let context = &Context { fields, ..*context };
        // A view's own fields may have the names of others.
        let own = Shared::default();
        let shared = if self.runtime.is_empty() { shared } else { &own };
        self.dirty |= self.body.add(rows, from..rows.len(), &bounds, context, shared);
        self.overlay = overlay;
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
                Body::Entities(..) => {}
            }
        }
        self.bounds = Some(bounds);
        let step = When::step(now_ms);
        self.dirty |= self.conditions_move && step != self.step;
        self.step = step;
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
        let stored = context.fields;
        let overlay = self.take_overlay(stored);
        let fields = overlay.as_ref().map_or(stored, |(_, fields)| fields);
        let context = &Context { fields, ..*context };
        let mut anew = self.recomputed;
        if let Body::Grouped(grouped) = &mut self.body
            && grouped.is_outgrown(&self.query, now_ms)
        {
            let time = self.time_field;
            **grouped = Grouped::new(&self.query, time, now_ms, fields, &self.budget);
            anew = true;
        }
        if self.conditions_move {
            self.body = Body::new(&self.query, self.time_field, now_ms, fields, &self.budget);
        }
        let bounds = self.bounds_at(now_ms);
        if anew {
            let mut live = entities.live(now_ms).map(|(rows, row)| (rows, row..row + 1));
            let over_entities = self.query.over == Over::Entities;
            self.fill(if over_entities { &mut live } else { current }, &bounds, context, stored);
        }
        let mut result = match &mut self.body {
            Body::Entities(_, filters) => {
                let by_tile = self.tile.is_some();
                let (bounds, entity) = (&bounds, entity_field);
                let rows = |asked| EntityRows { asked, filters, context, bounds, entity, by_tile };
                let asked = self.query.entities.as_ref();
                asked.map_or_else(QueryResult::default, |asked| rows(asked).result(entities))
            }
            Body::Hits(hits) => hits.result(context, &bounds),
            Body::Grouped(grouped) => grouped.result(&bounds, context.words),
        };
        self.overlay = overlay;
        result.range = bounds.range;
        self.dirty = false;
        if let Some((tile, seen)) = &mut self.tile {
            *seen = entities.version_of(*tile);
        }
        result
    }

    /// Starts anew with these rows; `stored` are the stream's fields.
    fn fill<'a>(
        &mut self,
        rows: &mut dyn Iterator<Item = Stretch<'a>>,
        bounds: &Bounds,
        context: &Context<'_>,
        stored: &Fields,
    ) {
        match &mut self.body {
            Body::Grouped(grouped) => grouped.clear(),
            Body::Hits(hits) => hits.clear(),
            Body::Entities(..) => return,
        }
        // Rows that are left of one batch come one by one: the batch is worked out once.
        let mut seen: BTreeMap<*const Rows, Arc<Rows>> = BTreeMap::new();
        for (rows, chosen) in rows {
            if self.runtime.is_empty() {
                self.body.add(rows, chosen, bounds, context, &Shared::default());
                continue;
            }
            let rows = seen
                .entry(Arc::as_ptr(rows))
                .or_insert_with(|| {
                    Arc::new(rows.with_runtime(self.runtime.columns(rows, stored, self.time_field)))
                })
                .clone();
            self.body.add(&rows, chosen, bounds, context, &Shared::default());
        }
    }

    /// Where buckets begin that may still change while the watermark is at `watermark_ms`.
    pub(crate) fn provisional_from_ms(&self, watermark_ms: Option<i64>) -> Option<i64> {
        let watermark = watermark_ms?;
        match &self.body {
            Body::Grouped(grouped) => grouped.date_start_ms(watermark),
            Body::Hits(_) | Body::Entities(..) => None,
        }
    }

    /// About how many bytes its groups take.
    pub(crate) fn bytes(&self) -> usize {
        match &self.body {
            Body::Grouped(grouped) => grouped.bytes(),
            Body::Hits(_) | Body::Entities(..) => 0,
        }
    }

    /// About how many bytes so many groups take, over so many records.
    pub(crate) fn bytes_of(&self, groups: u64, records: u64) -> u64 {
        match &self.body {
            Body::Grouped(grouped) => grouped.bytes_of(groups, records),
            Body::Hits(_) | Body::Entities(..) => 0,
        }
    }

    /// Whether it is worked out anew whenever something changed.
    pub(crate) fn is_recomputed(&self) -> bool {
        self.recomputed
    }

    pub(crate) fn start_ms(&self, now_ms: Option<i64>) -> i64 {
        self.bounds_at(now_ms).from_ms
    }
}
