//! The areas of a geofence: read from GeoJSON files, each with a name of its own.
//!
//! An area that cannot be used is told and left out; the others live. Only where none is left is there nothing to do.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use hailstream_geo::geojson::{self, Feature, Shape};
use hailstream_geo::{MultiPolygon, ZoneIndex};
use hailstream_query::nearest;

use crate::config::fault::{Fault, Faults};

/// Areas, numbered in the order in which they were read.
pub type Fences = ZoneIndex;

/// Reads areas: those of `only` where it is given. With them what was left out, and why.
///
/// # Errors
/// A file that cannot be read, a name in `only` that no area has, or no area that can be used.
pub(super) fn read(
    paths: &[PathBuf],
    name_property: &str,
    only: Option<&[String]>,
    file: &str,
) -> Result<(Fences, Vec<Fault>), Faults> {
    let (mut fences, mut warnings) = (Vec::<(String, MultiPolygon)>::new(), Vec::new());
    for path in paths {
        let told = path.display().to_string();
        let wrong = |detail: String| Faults::from(Fault::whole(&told, detail));
        let document = document(path).map_err(|error| wrong(error.to_string()))?;
        let features = geojson::read_each(&document, name_property)
            .map_err(|error| wrong(error.to_string()))?;
        for (index, feature) in features.into_iter().enumerate() {
            let read = feature.map_err(|error| error.to_string());
            match read.and_then(|feature| area(index + 1, feature, name_property, &fences)) {
                Ok(fence) => fences.push(fence),
                Err(why) => warnings.push(Fault::whole(&told, format!("{why}; it is left out"))),
            }
        }
    }
    if let Some(only) = only {
        choose(only, &mut fences).map_err(|why| Fault::key(file, "only", why))?;
    }
    if fences.is_empty() {
        let none = Fault::key(file, "fences", "no area is left");
        return Err(Faults(warnings.into_iter().chain([none]).collect()));
    }
    Ok((Fences::new(fences), warnings))
}

fn document(path: &Path) -> std::io::Result<Vec<u8>> {
    let bytes = std::fs::read(path)?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Ok(bytes);
    }
    let mut document = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut document)?;
    Ok(document)
}

fn choose(only: &[String], fences: &mut Vec<(String, MultiPolygon)>) -> Result<(), String> {
    let known = || fences.iter().map(|(name, _)| name.as_str());
    if let Some(unknown) = only.iter().find(|wanted| known().all(|name| name != **wanted)) {
        let near = nearest(unknown, known())
            .map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"));
        return Err(format!("there is no area \"{unknown}\"{near}"));
    }
    fences.retain(|(name, _)| only.contains(name));
    Ok(())
}

/// The area of a feature with its name.
fn area(
    number: usize,
    feature: Feature,
    name_property: &str,
    others: &[(String, MultiPolygon)],
) -> Result<(String, MultiPolygon), String> {
    let name = feature.text(name_property).unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err(format!("feature {number}: no text property \"{name_property}\""));
    }
    let wrong = |what: String| format!("feature {number} (\"{name}\"): {what}");
    if others.iter().any(|(other, _)| *other == name) {
        return Err(wrong("another area has this name".to_owned()));
    }
    match feature.shape {
        Shape::Lines(_) => Err(wrong("a line, where an area is needed".to_owned())),
        Shape::Area(area) => match area.fault() {
            Some(what) => Err(wrong(what.to_owned())),
            None => Ok((name, area)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(name: &str, kind: &str, coordinates: &str) -> String {
        format!(
            r#"{{"type":"Feature","properties":{{"name":"{name}"}},"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}"#
        )
    }

    #[test]
    fn what_is_no_area_is_told_and_left_out() {
        let square = "[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]";
        let cases = [
            ("good", "Polygon", square, None),
            ("good", "Polygon", square, Some("feature 2 (\"good\"): another area has this name")),
            ("", "Polygon", square, Some("feature 3: no text property \"name\"")),
            ("line", "LineString", "[[0,0],[1,1]]", Some("feature 4 (\"line\"): a line, where")),
            (
                "far",
                "Polygon",
                "[[[0,99],[1,0],[1,1],[0,99]]]",
                Some("feature 5 (\"far\"): no position on"),
            ),
            (
                "two",
                "Polygon",
                "[[[0,0],[1,1],[0,0]]]",
                Some("feature 6 (\"two\"): a ring of 2 different"),
            ),
            (
                "hole",
                "Polygon",
                "[[[0,0],[4,0],[4,4],[0,0]],[[1,1]]]",
                Some("feature 7 (\"hole\"): a ring of 1"),
            ),
            (
                "flat",
                "Polygon",
                "[[[0,0],[1,1],[2,2],[0,0]]]",
                Some("feature 8 (\"flat\"): a ring around nothing"),
            ),
            (
                "round",
                "Polygon",
                "[[[170,0],[-170,0],[-170,9],[170,0]]]",
                Some("feature 9 (\"round\"): a ring across"),
            ),
            ("none", "MultiPolygon", "[]", Some("feature 10 (\"none\"): an area without rings")),
            ("point", "Point", "[1,2]", Some("feature 11 (\"point\"): unknown variant `Point`")),
        ];
        let features: Vec<String> = cases
            .iter()
            .map(|(name, kind, coordinates, _)| feature(name, kind, coordinates))
            .collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.geojson");
        let document =
            format!(r#"{{"type":"FeatureCollection","features":[{}]}}"#, features.join(","));
        std::fs::write(&path, document).unwrap();
        let (fences, warnings) = read(std::slice::from_ref(&path), "name", None, "g.yaml").unwrap();
        assert_eq!(fences.names().collect::<Vec<_>>(), ["good"]);
        let wanted: Vec<&str> = cases.iter().filter_map(|case| case.3).collect();
        assert_eq!(warnings.len(), wanted.len());
        for (warning, want) in warnings.iter().zip(wanted) {
            assert_eq!(warning.file, path.display().to_string());
            assert!(warning.detail.starts_with(want), "{}\n{want}", warning.detail);
        }
    }
}
