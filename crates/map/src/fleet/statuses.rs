//! The statuses of a fleet: those the map was told about, then those that turn up.

use hailstream_protocol::visualization::{GlyphShape, GlyphStyle, MapParams};

/// A status and how its vehicles are drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The value of the field; empty where a vehicle has none.
    pub value: String,
    /// Its glyph.
    pub style: GlyphStyle,
}

/// See the module's words. An index once given stays.
#[derive(Clone, Debug, PartialEq)]
pub struct Statuses {
    list: Vec<Status>,
}

impl Statuses {
    /// Those of the parameters, the uppermost first: what lies above is what the map is about.
    pub(super) fn of(params: &MapParams) -> Self {
        let mut list: Vec<Status> = Vec::new();
        for (value, style) in &params.glyphs {
            let place = list.partition_point(|before| before.style.level >= style.level);
            list.insert(place, Status { value: value.clone(), style: style.clone() });
        }
        Self { list }
    }

    pub(super) fn index_of(&mut self, value: &str) -> usize {
        if let Some(index) = self.list.iter().position(|status| status.value == value) {
            return index;
        }
        let style = GlyphStyle { shape: GlyphShape::Arrow, level: 0 };
        self.list.push(Status { value: value.to_owned(), style });
        self.list.len() - 1
    }

    pub(super) fn level(&self, index: usize) -> u8 {
        self.list.get(index).map_or(0, |status| status.style.level)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The status with this index.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Status> {
        self.list.get(index)
    }

    /// All, in the order of the legend.
    pub fn iter(&self) -> impl Iterator<Item = &Status> {
        self.list.iter()
    }
}
