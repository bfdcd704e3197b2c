//! What a stream cannot be asked, told when a view is opened: OpenSearch refuses the same.

use hailstream_dql::{Bound, Expr, Name, Node, Pattern, Value};
use hailstream_query::{
    Bucket, Condition, Edge, Filter, FilterQuery, Language, Query, QueryError, resolve_date,
};
use jiff::tz::TimeZone;

use super::typed::{boolean, number};
use super::words::{block, compiled};
use crate::config::FieldType;
use crate::fields::Fields;
use crate::runtime::Runtime;

/// Refuses texts whose values are none of their field's type, and regular expressions that are none.
///
/// # Errors
/// Names the text, the field and the value.
pub(crate) fn check(query: &Query, fields: &Fields) -> Result<(), QueryError> {
    let runtime = Runtime::of(query);
    let with_runtime = (!runtime.is_empty()).then(|| fields.with_runtime(&runtime));
    let fields = with_runtime.as_ref().unwrap_or(fields);
    text("query", query.language, &query.query, fields)?;
    pills("filters", &query.filters, fields)?;
    for (index, bucket) in query.buckets.iter().enumerate() {
        let Bucket::Filters(labelled) = bucket else { continue };
        for (label, filter) in &labelled.filters {
            labelled_filter(&format!("buckets[{index}].filters.{label}"), filter, fields)?;
        }
    }
    for (index, metric) in query.metrics.iter().enumerate() {
        for (key, filter) in metric.filters() {
            labelled_filter(&format!("metrics[{index}].{key}"), filter, fields)?;
        }
    }
    Ok(())
}

fn labelled_filter(at: &str, filter: &FilterQuery, fields: &Fields) -> Result<(), QueryError> {
    text(at, Language::Dql, filter.text(), fields)?;
    pills(at, filter.filters(), fields)
}

fn pills(at: &str, filters: &[Filter], fields: &Fields) -> Result<(), QueryError> {
    for (index, filter) in filters.iter().enumerate() {
        let at = format!("{at}[{index}]");
        match &filter.condition {
            Condition::Query { query, language } => {
                text(&format!("{at}.query"), *language, query, fields)?;
            }
            Condition::Bool(joined) => {
                for filter in joined.filters() {
                    pills(&format!("{at}.bool"), std::slice::from_ref(filter), fields)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Refuses a text alone; see [`check`].
pub(super) fn text(
    at: &str,
    language: Language,
    text: &str,
    fields: &Fields,
) -> Result<(), QueryError> {
    let told = |start: usize, words: &str| {
        let character = text[..start].chars().count() + 1;
        QueryError::invalid(at, format!("{words} (character {character})"))
    };
    let node = language.parse(text).map_err(|error| told(error.span.start, &error.message))?;
    fits(&node, None, fields).map_err(|(start, words)| told(start, &words))
}

/// Where a value does not fit, and words about it.
type Misfit = (usize, String);

fn fits(node: &Node, path: Option<&Pattern>, fields: &Fields) -> Result<(), Misfit> {
    let kind = |name: &Name| {
        let full = name.pattern.within(path);
        let id = fields.id(full.as_plain()?)?;
        Some((fields.get(id).name.to_string(), fields.get(id).kind))
    };
    let told = |words: String| (node.span.start, words);
    match &node.expr {
        Expr::Nested { path: name, inner } => {
            return fits(inner, Some(&name.pattern.within(path)), fields);
        }
        Expr::Is { value: Value::Regex(regex), .. } => {
            compiled(regex).map_err(|words| told(format!("/{regex}/: {words}")))?;
        }
        Expr::Is { field: Some(field), value } => {
            if let Some((name, kind)) = kind(field) {
                value_fits(&name, kind, value).map_err(told)?;
            }
        }
        Expr::Range { field, low, high } => {
            if let Some((name, kind)) = kind(field) {
                let bounds = [low, high].into_iter().flatten();
                bounds.into_iter().try_for_each(|b| bound_fits(&name, kind, b)).map_err(told)?;
            }
        }
        Expr::All | Expr::Exists { .. } | Expr::Is { field: None, .. } => {}
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) => {
            for child in node.children() {
                fits(child, path, fields)?;
            }
        }
    }
    Ok(())
}

fn value_fits(name: &str, kind: FieldType, value: &Value) -> Result<(), String> {
    match (value, kind) {
        (_, FieldType::Keyword | FieldType::Text) => Ok(()),
        (Value::Text(text) | Value::Phrase(text), _) => {
            let fits = kind == FieldType::Ip && block(text).is_some();
            if fits { Ok(()) } else { literal_fits(name, kind, text) }
        }
        (Value::Wild(_) | Value::Regex(_), _) => {
            Err(format!("wildcards are for fields of words; `{name}` is of type {}", kind.name()))
        }
    }
}

fn bound_fits(name: &str, kind: FieldType, bound: &Bound) -> Result<(), String> {
    literal_fits(name, kind, &bound.value)
}

fn literal_fits(name: &str, kind: FieldType, text: &str) -> Result<(), String> {
    let fits = match kind {
        FieldType::Keyword | FieldType::Text => true,
        FieldType::Long | FieldType::Double => number(text).is_some(),
        FieldType::Boolean => boolean(text).is_some(),
        FieldType::Date => resolve_date(text, 0, &TimeZone::UTC, Edge::First).is_ok(),
        FieldType::Ip => block(text).is_some(),
        FieldType::GeoPoint => {
            return Err(format!("`{name}` is a position: ask for it with a filter on the map"));
        }
    };
    let expected = match kind {
        FieldType::Boolean => "true or false",
        FieldType::Date => "a date, epoch ms or date math such as now-1h/h",
        FieldType::Ip => "an address or a block such as 10.0.0.0/8",
        _ => "a number",
    };
    if fits {
        Ok(())
    } else {
        Err(format!("`{name}` is of type {}: `{text}` is not {expected}", kind.name()))
    }
}
