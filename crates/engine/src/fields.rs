//! The fields of a stream, declared and found, and the dictionary of its words.

use std::sync::Arc;

use hailstream_protocol::Value;
use hailstream_protocol::stream_info::FieldInfo;
use hashbrown::HashMap;
use jiff::tz::TimeZone;

use crate::config::{FieldType, Format, StreamConfig, TimeUnit};
use crate::rows::Rows;
use crate::runtime::Runtime;

/// Index of a field in its stream.
pub(crate) type FieldId = u16;
/// A word of the dictionary.
pub(crate) type Code = u32;

/// Fields beyond this many are ignored: a record with random keys must not take all memory.
pub(crate) const MAX_FIELDS: usize = 1_000;
/// And those of longer names, for the same reason.
const MAX_NAME_BYTES: usize = 1_024;
const MAX_SAMPLES: usize = 3;
/// Longer words are no samples: they are shown in a list.
const MAX_SAMPLE_BYTES: usize = 256;

#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: Arc<str>,
    pub(crate) kind: FieldType,
    pub(crate) unit: Option<String>,
    pub(crate) declared: bool,
    pub(crate) lat_lon: Option<(FieldId, FieldId)>,
    /// How the stream's time field is written; its cells are kept in epoch ms.
    pub(crate) time: Option<(TimeUnit, TimeZone)>,
    pub(crate) samples: Vec<Value>,
    /// Records that have it.
    present: u64,
}

/// All fields of a stream. Ids are never reused.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    list: Vec<Field>,
    by_name: HashMap<Arc<str>, FieldId, foldhash::fast::FixedState>,
    /// Fields made of a latitude and a longitude.
    points: Vec<(FieldId, FieldId, FieldId)>,
    /// A view's runtime fields; their ids begin where those of others end.
    runtime: Vec<Field>,
    /// How many of the others there were, and changes to them.
    version: usize,
}

impl Field {
    fn new(name: Arc<str>, kind: FieldType, declared: bool, unit: Option<String>) -> Self {
        let (lat_lon, time, samples) = (None, None, Vec::new());
        Self { name, kind, unit, declared, lat_lon, time, samples, present: 0 }
    }
}

impl Fields {
    /// These fields and some runtime fields, which go before those of the same name.
    pub(crate) fn with_runtime(&self, runtime: &Runtime) -> Self {
        let mut fields = self.clone();
        for (place, (name, kind)) in runtime.fields().enumerate() {
            let name: Arc<str> = Arc::from(name);
            fields.by_name.insert(Arc::clone(&name), (MAX_FIELDS + place) as FieldId);
            fields.runtime.push(Field::new(name, kind, false, None));
        }
        fields
    }

    /// Another number whenever a field was added or got another type.
    pub(crate) fn version(&self) -> usize {
        self.version
    }

    pub(crate) fn declared(config: &StreamConfig) -> Self {
        let mut fields = Self::default();
        for (name, field) in config.fields() {
            fields.add(name, field.kind, true, field.unit.clone());
        }
        if let Format::Csv(csv) = config.format() {
            for name in &csv.columns {
                if fields.id(name).is_none() {
                    fields.add(name, FieldType::Keyword, false, None);
                }
            }
        }
        for (name, kind) in config.runtime().fields() {
            fields.add(name, kind, true, None);
        }
        if let Some((name, unit, zone)) = config.time() {
            let id = fields.id(name).or_else(|| fields.add(name, FieldType::Date, true, None));
            if let Some(field) = id.map(|id| &mut fields.list[id as usize])
                && field.kind == FieldType::Date
            {
                field.time = Some((unit, TimeZone::get(zone).unwrap_or(TimeZone::UTC)));
            }
        }
        for (name, field) in config.fields() {
            if field.kind == FieldType::GeoPoint
                && field.lat_lon.is_none()
                && let Some(id) = fields.id(name)
            {
                // As an object in the record: its members are fields of their own.
                let [lat, lon] = ["lat", "lon"].map(|part| {
                    fields.add(&format!("{name}.{part}"), FieldType::Double, false, None)
                });
                fields.points.extend(lat.zip(lon).map(|(lat, lon)| (id, lat, lon)));
            }
            if let (Some((lat, lon)), Some(id)) = (&field.lat_lon, fields.id(name)) {
                let lat = fields.id(lat).or_else(|| fields.add(lat, FieldType::Double, true, None));
                let lon = fields.id(lon).or_else(|| fields.add(lon, FieldType::Double, true, None));
                fields.list[id as usize].lat_lon = lat.zip(lon);
                fields.points.extend(lat.zip(lon).map(|(lat, lon)| (id, lat, lon)));
            }
        }
        fields
    }

    fn add(
        &mut self,
        name: &str,
        kind: FieldType,
        declared: bool,
        unit: Option<String>,
    ) -> Option<FieldId> {
        if self.list.len() >= MAX_FIELDS {
            return None;
        }
        let id = self.list.len() as FieldId;
        let name: Arc<str> = Arc::from(name);
        self.by_name.insert(Arc::clone(&name), id);
        self.list.push(Field::new(name, kind, declared, unit));
        self.version += 1;
        Some(id)
    }

    /// The id of a field found in a record, made known if it was not.
    pub(crate) fn found(&mut self, name: &str, kind: FieldType) -> Option<FieldId> {
        let known = self.id(name);
        known.or_else(|| {
            let fits = name.len() <= MAX_NAME_BYTES;
            fits.then(|| self.add(name, kind, false, None)).flatten()
        })
    }

    pub(crate) fn id(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(name).copied()
    }

    /// The id of a field as queries name it: OpenSearch's `name.keyword` is the field `name`.
    pub(crate) fn asked(&self, name: &str) -> Option<FieldId> {
        self.id(name).or_else(|| self.id(name.strip_suffix(".keyword")?))
    }

    pub(crate) fn get(&self, id: FieldId) -> &Field {
        match usize::from(id).checked_sub(MAX_FIELDS) {
            Some(place) => &self.runtime[place],
            None => &self.list[usize::from(id)],
        }
    }

    /// Fields made of two others: their own id, the latitude's, the longitude's.
    pub(crate) fn points(&self) -> &[(FieldId, FieldId, FieldId)] {
        &self.points
    }

    pub(crate) fn widen(&mut self, id: FieldId) {
        self.list[id as usize].kind = FieldType::Double;
        self.version += 1;
    }

    pub(crate) fn sample(&mut self, id: FieldId, value: &Value) {
        let samples = &mut self.list[id as usize].samples;
        let is_short = value.as_str().is_none_or(|word| word.len() <= MAX_SAMPLE_BYTES);
        if samples.len() < MAX_SAMPLES && is_short && !value.is_null() && !samples.contains(value) {
            samples.push(value.clone());
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        self.list.iter().enumerate().map(|(id, field)| (id as FieldId, field))
    }

    /// All that a view sees: its runtime fields, and those of others that have not the same name.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (FieldId, &Field)> {
        let runtime = self.runtime.iter().zip(MAX_FIELDS as FieldId..);
        let runtime = runtime.map(|(field, id)| (id, field));
        self.iter().filter(|(id, field)| self.id(&field.name) == Some(*id)).chain(runtime)
    }

    /// Counts in which of these records each field is.
    pub(crate) fn note_presence(&mut self, rows: &Rows) {
        for (field, present) in self.list.iter_mut().zip(rows.present()) {
            field.present += present as u64;
        }
    }

    /// The fields by name, as the API tells them; `records` is how many have been applied.
    pub(crate) fn info(&self, records: u64) -> Vec<FieldInfo> {
        let mut infos: Vec<FieldInfo> = self
            .list
            .iter()
            .map(|field| FieldInfo {
                name: field.name.to_string(),
                kind: field.kind.name().to_owned(),
                unit: field.unit.clone(),
                declared: field.declared,
                share: (records > 0).then(|| field.present as f64 / records as f64),
                samples: field.samples.clone(),
            })
            .collect();
        infos.sort_by(|a, b| a.name.cmp(&b.name));
        infos
    }
}

/// Words by number, so that groups are keyed by four bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    words: Vec<Arc<str>>,
    codes: HashMap<Arc<str>, Code, foldhash::fast::FixedState>,
}

impl Dictionary {
    pub(crate) fn code(&mut self, word: &str) -> Code {
        if let Some(code) = self.codes.get(word) {
            return *code;
        }
        let code = self.words.len() as Code;
        let word: Arc<str> = Arc::from(word);
        self.words.push(Arc::clone(&word));
        self.codes.insert(word, code);
        code
    }

    pub(crate) fn find(&self, word: &str) -> Option<Code> {
        self.codes.get(word).copied()
    }

    pub(crate) fn word(&self, code: Code) -> &Arc<str> {
        &self.words[code as usize]
    }
}
