//! The newest row of each entity, when entities expire, and which of them are in the tiles that somebody looks at.
//!
//! Nothing here looks at all entities while records come and time passes: a row touches the tiles that its entity leaves and
//! enters, and only those whose time may have come are looked at for expiry. The tables that viewers see are made in
//! `entity_rows`.

use std::collections::BTreeMap;
use std::sync::Arc;

use hailstream_geo::mercator::Tile;
use hailstream_protocol::Value;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::config::FieldType;
use crate::fields::{Dictionary, FieldId, Fields};
use crate::rows::{Rows, Slot};

use super::Context;
use super::hits::cell;
use super::metric::identity;
use super::tiles::Tiles;

/// An entity, told apart by its first value.
pub(super) type Identity = (u8, u64);
/// A row of a batch.
pub(super) type Newest = (Arc<Rows>, usize);

/// Newest by (event time, topic, partition, offset), so that the interleaving of partitions does not show.
#[derive(Clone, Debug, Default)]
pub(crate) struct EntityTable {
    newest: HashMap<Identity, Newest, foldhash::fast::FixedState>,
    expiry: Expiry,
    /// The field of positions.
    position: Option<FieldId>,
    tiles: Tiles,
}

/// Who may have expired. Each entity waits in the second of the row it had when it was last looked at, so that a new row
/// costs nothing here, and each is looked at about once in the time after which it expires.
#[derive(Clone, Debug, Default)]
struct Expiry {
    after_ms: Option<i64>,
    waiting: BTreeMap<i64, Vec<Identity>>,
}

impl Expiry {
    fn wait(&mut self, entity: Identity, time_ms: i64) {
        if self.after_ms.is_some() {
            self.waiting.entry(time_ms.div_euclid(1_000)).or_default().push(entity);
        }
    }

    /// The oldest event time that is not expired.
    fn oldest_ms(&self, now_ms: Option<i64>) -> Option<i64> {
        Some(now_ms? - self.after_ms?)
    }

    /// Those who wait in seconds that began before `oldest_ms`.
    fn due(&mut self, oldest_ms: i64) -> Vec<Identity> {
        let first_to_stay = oldest_ms.saturating_sub(1).div_euclid(1_000) + 1;
        let staying = self.waiting.split_off(&first_to_stay);
        std::mem::replace(&mut self.waiting, staying).into_values().flatten().collect()
    }
}

/// What a row says of its entity.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) entity: Option<FieldId>,
    pub(super) position: Option<FieldId>,
    pub(super) words: &'a Dictionary,
}

impl Reading<'_> {
    /// The entity as tables show it.
    pub(super) fn name(&self, (rows, row): &Newest) -> Value {
        cell(rows, *row, self.entity, self.words)
    }

    /// The deepest tile in which the entity is; of several positions the first counts.
    pub(super) fn deepest_tile(&self, (rows, row): &Newest) -> Option<Tile> {
        match rows.slot(self.position?, *row)? {
            Slot::Point(at) => Some(Tile::at(at, hailstream_geo::mercator::MAX_ZOOM)),
            Slot::Word(_) | Slot::Long(_) | Slot::Double(_) | Slot::Bool(_) => None,
        }
    }
}

impl EntityTable {
    pub(crate) fn new(expire_ms: Option<i64>, fields: &Fields) -> Self {
        let mut points = fields.iter().filter(|(_, field)| field.kind == FieldType::GeoPoint);
        // Positions are declared, not found: it is known from the start.
        let position = points.next().map(|(id, _)| id);
        let expiry = Expiry { after_ms: expire_ms, ..Expiry::default() };
        Self { expiry, position, ..Self::default() }
    }

    /// The table of some rows alone: those of an upsert stream that were not replaced.
    pub(crate) fn of<'a>(
        current: impl Iterator<Item = &'a Newest>,
        like: &Self,
        entity_field: Option<FieldId>,
        context: &Context<'_>,
    ) -> Self {
        let mut table = Self::new(like.expiry.after_ms, context.fields);
        for (rows, row) in current {
            if let Some(slot) = entity_field.and_then(|field| rows.slot(field, *row)) {
                table.note(slot, rows, *row, entity_field, context);
            }
        }
        table
    }

    pub(super) fn position(&self) -> Option<FieldId> {
        self.position
    }

    fn reading<'a>(&self, entity: Option<FieldId>, words: &'a Dictionary) -> Reading<'a> {
        Reading { entity, position: self.position, words }
    }

    /// Takes in a row of an entity, if it is the newest.
    pub(crate) fn note(
        &mut self,
        entity: Slot,
        rows: &Arc<Rows>,
        row: usize,
        entity_field: Option<FieldId>,
        context: &Context<'_>,
    ) {
        let rank = |rows: &Rows, row: usize| {
            let origin = rows.origins[row];
            let topic: &str = &context.topics[usize::from(origin.topic)];
            (origin.time_ms, topic, origin.partition, origin.offset)
        };
        let entity = identity(entity);
        let new = (Arc::clone(rows), row);
        let old = match self.newest.entry(entity) {
            Entry::Occupied(known) if rank(&known.get().0, known.get().1) > rank(rows, row) => {
                return;
            }
            Entry::Occupied(mut known) => Some(known.insert(new.clone())),
            Entry::Vacant(place) => {
                place.insert(new.clone());
                self.expiry.wait(entity, rows.origins[row].time_ms);
                None
            }
        };
        if self.tiles.any() {
            let reading = self.reading(entity_field, context.words);
            self.tiles.moved(entity, old.as_ref(), Some(&new), &reading);
        }
    }

    /// Drops the expired; says whether there were any.
    pub(crate) fn expire(
        &mut self,
        now_ms: Option<i64>,
        entity_field: Option<FieldId>,
        words: &Dictionary,
    ) -> bool {
        let Some(oldest_ms) = self.expiry.oldest_ms(now_ms) else { return false };
        let mut any = false;
        let reading = self.reading(entity_field, words);
        for entity in self.expiry.due(oldest_ms) {
            let Entry::Occupied(known) = self.newest.entry(entity) else { continue };
            let (rows, row) = known.get();
            let time_ms = rows.origins[*row].time_ms;
            if time_ms >= oldest_ms {
                self.expiry.wait(entity, time_ms);
                continue;
            }
            any = true;
            self.tiles.moved(entity, Some(&known.remove()), None, &reading);
        }
        any
    }

    /// The newest rows of those that are not expired.
    pub(crate) fn live(&self, now_ms: Option<i64>) -> impl Iterator<Item = (&Arc<Rows>, usize)> {
        let oldest_ms = self.expiry.oldest_ms(now_ms).unwrap_or(i64::MIN);
        let all = self.newest.values().map(|(rows, row)| (rows, *row));
        all.filter(move |(rows, row)| rows.origins[*row].time_ms >= oldest_ms)
    }

    /// The same of a tile that is looked at, in the order of the entities.
    pub(super) fn live_in(
        &self,
        tile: Tile,
        now_ms: Option<i64>,
    ) -> impl Iterator<Item = (&Arc<Rows>, usize)> {
        let oldest_ms = self.expiry.oldest_ms(now_ms).unwrap_or(i64::MIN);
        let all = self.tiles.members(tile).map(|(rows, row)| (rows, *row));
        all.filter(move |(rows, row)| rows.origins[*row].time_ms >= oldest_ms)
    }

    /// Begins to keep the entities of a tile, for one more view.
    pub(crate) fn look_at(&mut self, tile: Tile, entity: Option<FieldId>, words: &Dictionary) {
        let reading = self.reading(entity, words);
        self.tiles.look_at(tile, &reading, self.newest.iter());
    }

    /// One view less looks at a tile.
    pub(crate) fn look_away(&mut self, tile: Tile) {
        self.tiles.look_away(tile);
    }

    /// A number that is another one whenever the entities of a tile or their rows have changed.
    pub(crate) fn version_of(&self, tile: Tile) -> u64 {
        self.tiles.version_of(tile)
    }
}
