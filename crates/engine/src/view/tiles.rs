//! The tiles that somebody looks at, and who is in them, in the order of their names.
//!
//! A row costs one look per zoom that is looked at and the change of at most two lists for each, however many views there are
//! and however many entities. All views of a tile share its list, whatever else they ask.

use std::collections::BTreeMap;

use hailstream_geo::mercator::Tile;
use hailstream_protocol::Value;
use hashbrown::HashMap;

use super::entities::{Identity, Newest, Reading};

#[derive(Clone, Debug, Default)]
pub(super) struct Tiles {
    by_zoom: BTreeMap<u8, HashMap<Tile, Members, foldhash::fast::FixedState>>,
    /// Changes so far, of all tiles.
    changes: u64,
}

#[derive(Clone, Debug, Default)]
struct Members {
    /// Views that look at the tile.
    views: usize,
    /// The number of the last change.
    version: u64,
    newest: BTreeMap<(Value, Identity), Newest>,
}

impl Tiles {
    /// Whether any tile is looked at.
    pub(super) fn any(&self) -> bool {
        !self.by_zoom.is_empty()
    }

    /// An entity has another row, or one no longer, or for the first time.
    pub(super) fn moved(
        &mut self,
        entity: Identity,
        old: Option<&Newest>,
        new: Option<&Newest>,
        reading: &Reading<'_>,
    ) {
        let place = |newest| Some((newest, reading.deepest_tile(newest)?));
        let (from, to) = (old.and_then(place), new.and_then(place));
        for (zoom, tiles) in &mut self.by_zoom {
            if let Some((old, deepest)) = from
                && let Some(members) = tiles.get_mut(&deepest.above(*zoom))
            {
                self.changes += 1;
                members.version = self.changes;
                members.newest.remove(&(reading.name(old), entity));
            }
            if let Some((new, deepest)) = to
                && let Some(members) = tiles.get_mut(&deepest.above(*zoom))
            {
                self.changes += 1;
                members.version = self.changes;
                members.newest.insert((reading.name(new), entity), new.clone());
            }
        }
    }

    /// One view more looks at a tile; whoever is in it is among `all`.
    pub(super) fn look_at<'a>(
        &mut self,
        tile: Tile,
        reading: &Reading<'_>,
        all: impl Iterator<Item = (&'a Identity, &'a Newest)>,
    ) {
        let members = self.by_zoom.entry(tile.zoom()).or_default().entry(tile).or_default();
        members.views += 1;
        if members.views > 1 {
            return;
        }
        self.changes += 1;
        members.version = self.changes;
        for (entity, newest) in all {
            if reading.deepest_tile(newest).is_some_and(|at| at.above(tile.zoom()) == tile) {
                members.newest.insert((reading.name(newest), *entity), newest.clone());
            }
        }
    }

    /// One view less looks at a tile.
    pub(super) fn look_away(&mut self, tile: Tile) {
        let Some(tiles) = self.by_zoom.get_mut(&tile.zoom()) else { return };
        if let Some(members) = tiles.get_mut(&tile) {
            members.views -= 1;
            if members.views == 0 {
                tiles.remove(&tile);
            }
        }
        if tiles.is_empty() {
            self.by_zoom.remove(&tile.zoom());
        }
    }

    fn of(&self, tile: Tile) -> Option<&Members> {
        self.by_zoom.get(&tile.zoom())?.get(&tile)
    }

    /// The newest rows of the entities in a tile, by entity.
    pub(super) fn members(&self, tile: Tile) -> impl Iterator<Item = &Newest> {
        self.of(tile).into_iter().flat_map(|members| members.newest.values())
    }

    /// Another number whenever something changed in a tile.
    pub(super) fn version_of(&self, tile: Tile) -> u64 {
        self.of(tile).map_or(0, |members| members.version)
    }
}
