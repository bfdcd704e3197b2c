//! Runtime fields over a batch: columns worked out of its other columns.

use arrow_array::builder::{Float64Builder, Int64Builder};
use hailstream_query::{CalendarUnit, Expression, Query, RuntimeField, RuntimeFields};
use jiff::tz::TimeZone;

use crate::config::FieldType;
use crate::fields::{FieldId, Fields};
use crate::rows::{Column, Rows, Slot};
use crate::view::rounding::{Length, Rounder, Rounding};

const HOUR_MS: i64 = 3_600_000;

/// The runtime fields of a query or a stream, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runtime {
    fields: Vec<(String, Working)>,
}

#[derive(Clone, Debug)]
enum Working {
    /// A part of the time of a field, or of the event time.
    Clock(Option<String>, Part, Rounding),
    Formula(Expression),
}

#[derive(Clone, Copy, Debug)]
enum Part {
    Hour,
    Weekday,
}

impl Runtime {
    /// `zone` gives the zone for a name, or the one for none.
    pub(crate) fn new(fields: &RuntimeFields, zone: impl Fn(Option<&str>) -> TimeZone) -> Self {
        let clock = |field: &Option<String>, part: Part, name: &Option<String>| {
            let hours = Length::Calendar(CalendarUnit::Hour);
            let rounding = Rounding::new(hours, zone(name.as_deref()), 0);
            Working::Clock(field.clone(), part, rounding)
        };
        let working = |field: &RuntimeField| match field {
            RuntimeField::HourOfDay { field, time_zone } => clock(field, Part::Hour, time_zone),
            RuntimeField::DayOfWeek { field, time_zone } => clock(field, Part::Weekday, time_zone),
            RuntimeField::Formula { formula } => Working::Formula(formula.expression.clone()),
        };
        let fields = fields.iter().map(|(name, field)| (name.clone(), working(field)));
        Self { fields: fields.collect() }
    }

    /// The runtime fields of a query.
    pub(crate) fn of(query: &Query) -> Self {
        Self::new(&query.runtime, |name| query.zone_of(name).unwrap_or(TimeZone::UTC))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Names and types, in the order of the columns.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, FieldType)> {
        self.fields.iter().map(|(name, working)| match working {
            Working::Clock(..) => (name.as_str(), FieldType::Long),
            Working::Formula(_) => (name.as_str(), FieldType::Double),
        })
    }

    /// The columns over a batch; `time` is the field of the event time, if it is one.
    pub(crate) fn columns(
        &self,
        rows: &Rows,
        fields: &Fields,
        time: Option<FieldId>,
    ) -> Vec<Column> {
        self.fields.iter().map(|(_, working)| working.column(rows, fields, time)).collect()
    }
}

impl Working {
    fn column(&self, rows: &Rows, fields: &Fields, time: Option<FieldId>) -> Column {
        match self {
            Self::Clock(field, part, rounding) => {
                let clocks = rounding.over_many();
                let id = field.as_deref().map(|name| fields.asked(name));
                let of_event = id.is_none_or(|id| id.is_some() && id == time);
                let column = id.flatten().and_then(|id| rows.column(id));
                let mut cells = Int64Builder::with_capacity(rows.len());
                for row in 0..rows.len() {
                    let at = match column.and_then(|column| column.slot(row)) {
                        _ if of_event => Some(rows.origins[row].time_ms),
                        Some(Slot::Long(at)) => Some(at),
                        _ => None,
                    };
                    cells.append_option(at.map(|at| part.of(at, &clocks)));
                }
                Column::Longs(cells.finish())
            }
            Self::Formula(expression) => {
                let formula = Bound::of(expression, rows, fields);
                let mut cells = Float64Builder::with_capacity(rows.len());
                for row in 0..rows.len() {
                    let number = formula.number(row).filter(|number| number.is_finite());
                    // Zero is one number.
                    cells.append_option(number.map(|number| number + 0.0));
                }
                Column::Doubles(cells.finish())
            }
        }
    }
}

impl Part {
    fn of(self, at_ms: i64, clocks: &Rounder<'_>) -> i64 {
        let local = clocks.local_ms(at_ms);
        match self {
            Self::Hour => local.div_euclid(HOUR_MS).rem_euclid(24),
            // The first day of 1970 was a Thursday.
            Self::Weekday => (local.div_euclid(24 * HOUR_MS) + 3).rem_euclid(7) + 1,
        }
    }
}

/// An expression with its columns looked up.
enum Bound<'a> {
    Number(f64),
    Column(Option<&'a Column>),
    Negated(Box<Bound<'a>>),
    Both(hailstream_query::Operator, Box<(Bound<'a>, Bound<'a>)>),
}

impl<'a> Bound<'a> {
    fn of(expression: &Expression, rows: &'a Rows, fields: &Fields) -> Self {
        match expression {
            Expression::Number(number) => Self::Number(*number),
            Expression::Field(name) => {
                Self::Column(fields.asked(name).and_then(|id| rows.column(id)))
            }
            Expression::Negated(inner) => Self::Negated(Box::new(Self::of(inner, rows, fields))),
            Expression::Both(operator, both) => {
                let (left, right) = (&both.0, &both.1);
                let both = (Self::of(left, rows, fields), Self::of(right, rows, fields));
                Self::Both(*operator, Box::new(both))
            }
        }
    }

    fn number(&self, row: usize) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Column(column) => column.as_ref()?.slot(row)?.number(),
            Self::Negated(inner) => Some(-inner.number(row)?),
            Self::Both(operator, both) => {
                Some(operator.apply(both.0.number(row)?, both.1.number(row)?))
            }
        }
    }
}
