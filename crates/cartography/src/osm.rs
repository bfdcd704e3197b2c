//! An extract of OpenStreetMap in its binary format (`.osm.pbf`): ways to drive or walk on, water and parks.
//!
//! Read three times: which ways make up areas, which nodes ways are made of, where these are. Memory is some 100 bytes for each node of what
//! is kept, so an extract of a city or a region, not of a continent. Coastlines are no areas in these files; what lies beyond one is
//! drawn as land unless a land area is given. Tags: the wiki's pages on `highway`, `natural`, `landuse`, `leisure`, `waterway`.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use hailstream_geo::basemap::StreetClass;
use hailstream_geo::{LonLat, Polygon};
use osmpbf::{Element, ElementReader, RelMemberType, Relation, Way};

use crate::streets::{Road, class_of_highway};

/// Whom the licence asks to name (ODbL 1.0).
pub const CREDIT: &str = "© OpenStreetMap contributors";

/// What a map takes from an extract.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extract {
    /// Ways.
    pub roads: Vec<Road>,
    /// Lakes, rivers, basins.
    pub water: Vec<Polygon>,
    /// Parks and gardens.
    pub parks: Vec<Polygon>,
}

/// An extract that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not an OpenStreetMap extract (.osm.pbf): {0}")]
pub struct Unreadable(#[from] osmpbf::Error);

/// Reads an extract.
///
/// # Errors
/// A file that cannot be opened or is no such extract.
pub fn read(file: &Path) -> Result<Extract, Unreadable> {
    let mut plan = Plan::default();
    ElementReader::from_path(file)?.for_each(|element| {
        if let Element::Relation(relation) = element {
            plan.relation(&relation);
        }
    })?;
    ElementReader::from_path(file)?.for_each(|element| {
        if let Element::Way(way) = element {
            plan.way(&way);
        }
    })?;
    let mut places: HashMap<i64, LonLat> = HashMap::new();
    let needed = plan.needed_nodes();
    let mut place = |id: i64, lon: f64, lat: f64| {
        if needed.binary_search(&id).is_ok()
            && let Ok(at) = LonLat::new(lon, lat)
        {
            places.insert(id, at);
        }
    };
    ElementReader::from_path(file)?.for_each(|element| match element {
        Element::Node(node) => place(node.id(), node.lon(), node.lat()),
        Element::DenseNode(node) => place(node.id(), node.lon(), node.lat()),
        Element::Way(_) | Element::Relation(_) => {}
    })?;
    Ok(plan.extract(&places))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Water,
    Park,
}

/// Ids of nodes, in their order along a way.
type Nodes = Vec<i64>;

/// What is wanted of an extract, before it is known where its nodes are.
#[derive(Default)]
struct Plan {
    roads: Vec<(StreetClass, String, Nodes)>,
    /// Closed ways that are areas by themselves.
    areas: Vec<(Kind, Nodes)>,
    /// Areas of several ways: outer ones, inner ones.
    joined: Vec<(Kind, [Vec<i64>; 2])>,
    /// Ways that relations name, and those of them that were read.
    named: HashSet<i64>,
    ways: HashMap<i64, Nodes>,
}

fn tag<'a>(mut tags: impl Iterator<Item = (&'a str, &'a str)>, key: &str) -> Option<&'a str> {
    tags.find_map(|(name, value)| (name == key).then_some(value))
}

fn kind<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Kind> {
    tags.into_iter().find_map(|(key, value)| match (key, value) {
        ("natural", "water" | "bay" | "strait") | ("waterway", "riverbank" | "dock") => {
            Some(Kind::Water)
        }
        ("landuse", "reservoir" | "basin") => Some(Kind::Water),
        ("leisure", "park" | "garden" | "nature_reserve" | "golf_course") => Some(Kind::Park),
        ("landuse", "forest" | "grass" | "recreation_ground" | "cemetery")
        | ("natural", "wood") => Some(Kind::Park),
        _ => None,
    })
}

impl Plan {
    fn way(&mut self, way: &Way<'_>) {
        let nodes: Nodes = way.refs().collect();
        let is_area = tag(way.tags(), "area") == Some("yes");
        let class = tag(way.tags(), "highway").filter(|_| !is_area).and_then(class_of_highway);
        if let Some(class) = class {
            let name = tag(way.tags(), "name").unwrap_or_default().to_owned();
            self.roads.push((class, name, nodes.clone()));
        }
        let is_closed = nodes.len() > 3 && nodes.first() == nodes.last();
        if let Some(kind) = kind(way.tags()).filter(|_| is_closed && class.is_none()) {
            self.areas.push((kind, nodes.clone()));
        }
        // A street may be the edge of a park.
        if self.named.contains(&way.id()) {
            self.ways.insert(way.id(), nodes);
        }
    }

    fn relation(&mut self, relation: &Relation<'_>) {
        if tag(relation.tags(), "type") != Some("multipolygon") {
            return;
        }
        let Some(kind) = kind(relation.tags()) else { return };
        let mut members = [Vec::new(), Vec::new()];
        let ways = relation.members().filter(|member| member.member_type == RelMemberType::Way);
        for member in ways {
            let is_inner = member.role().is_ok_and(|role| role == "inner");
            members[usize::from(is_inner)].push(member.member_id);
            self.named.insert(member.member_id);
        }
        self.joined.push((kind, members));
    }

    fn needed_nodes(&self) -> Vec<i64> {
        let roads = self.roads.iter().map(|(_, _, nodes)| nodes);
        let areas = self.areas.iter().map(|(_, nodes)| nodes);
        let mut nodes: Vec<i64> =
            roads.chain(areas).chain(self.ways.values()).flatten().copied().collect();
        nodes.sort_unstable();
        nodes.dedup();
        nodes
    }

    fn extract(self, places: &HashMap<i64, LonLat>) -> Extract {
        let course = |nodes: &[i64]| -> Vec<LonLat> {
            nodes.iter().filter_map(|node| places.get(node).copied()).collect()
        };
        let roads = self.roads.iter().map(|(class, name, nodes)| Road {
            class: *class,
            name: name.clone(),
            is_route: false,
            points: course(nodes),
        });
        let mut extract = Extract {
            roads: roads.filter(|road| road.points.len() > 1).collect(),
            ..Extract::default()
        };
        let simple =
            self.areas.iter().map(|(kind, nodes)| (*kind, [vec![nodes.clone()], Vec::new()]));
        let joined = self.joined.iter().map(|(kind, members)| {
            let rings = |ids: &Vec<i64>| {
                rings(ids.iter().filter_map(|id| self.ways.get(id).cloned()).collect())
            };
            (*kind, members.each_ref().map(rings))
        });
        for (kind, rings) in simple.chain(joined) {
            let areas = match kind {
                Kind::Water => &mut extract.water,
                Kind::Park => &mut extract.parks,
            };
            areas.extend(polygons(&rings, course));
        }
        extract
    }
}

/// Joins ways end to end into closed rings; what does not close (cut off at the edge of the extract) is left out.
fn rings(mut ways: Vec<Nodes>) -> Vec<Nodes> {
    let mut rings = Vec::new();
    while let Some(mut ring) = ways.pop() {
        while ring.first() != ring.last() {
            let Some(end) = ring.last().copied() else { break };
            let meets = |way: &Nodes| way.first() == Some(&end) || way.last() == Some(&end);
            let Some(next) = ways.iter().position(meets) else { break };
            let mut next = ways.swap_remove(next);
            if next.first() != Some(&end) {
                next.reverse();
            }
            ring.extend(next.into_iter().skip(1));
        }
        if ring.len() > 3 && ring.first() == ring.last() {
            rings.push(ring);
        }
    }
    rings
}

/// Each outer ring with the inner ones that lie in it.
fn polygons(
    [outer, inner]: &[Vec<Nodes>; 2],
    course: impl Fn(&[i64]) -> Vec<LonLat>,
) -> Vec<Polygon> {
    let ring = |nodes: &Nodes| {
        let mut points = course(nodes);
        points.pop();
        (points.len() >= 3).then_some(points)
    };
    let mut polygons: Vec<Polygon> =
        outer.iter().filter_map(ring).map(|outer| Polygon { outer, holes: Vec::new() }).collect();
    for hole in inner.iter().filter_map(ring) {
        let around = polygons.iter_mut().find(|polygon| polygon.contains(hole[0]));
        if let Some(polygon) = around {
            polygon.holes.push(hole);
        }
    }
    polygons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_joined_whichever_way_they_run() {
        let closed = rings(vec![vec![1, 2, 3], vec![5, 4, 3], vec![5, 1], vec![8, 9, 10, 8]]);
        assert_eq!(closed.len(), 2);
        assert!(closed.iter().all(|ring| ring.first() == ring.last()));
        assert_eq!(rings(vec![vec![1, 2, 3], vec![3, 4]]), Vec::<Nodes>::new(), "cut off");
    }

    #[test]
    fn what_is_no_extract_is_an_error() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let error = read(&file).unwrap_err().to_string();
        assert!(error.starts_with("not an OpenStreetMap extract"), "{error}");
    }
}
