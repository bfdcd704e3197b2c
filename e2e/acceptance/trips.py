"""The trips in a cab's fixes, by the rules written down in crates/simulator/src/trips.rs and meter.rs, worked out anew."""

import gzip
import json
import math
from collections import namedtuple

EARTH_RADIUS_M = 6_371_008.7714
MAX_KM_H = 150
MAX_FREE_GAP_S = 15 * 60
FIFTH_OF_A_MILE_M = 321.8688

Trip = namedtuple("Trip", "trip_id cab pickup dropoff distance_m jumps wait_s fare")


def haversine_m(a, b):
    """Metres along the great circle."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def find(fixes):
    """All finished trips, by time of drop-off (ties in the order of the fixes)."""
    tracks = {}
    for place, fix in enumerate(fixes):
        tracks.setdefault(fix.cab, []).append((place, fix))
    found = [trip for track in tracks.values() for trip in trips_of(track)]
    return [trip for _, trip in sorted(found, key=lambda pair: pair[0])]


def trips_of(track):
    """The trips of one cab, each with the place of its last fix among all fixes."""
    changes = [
        number for number in range(1, len(track)) if track[number][1].occupied != track[number - 1][1].occupied
    ]
    for begin, end in zip(changes, changes[1:]):
        if track[begin][1].occupied:
            stretch = [fix for _, fix in track[begin:end + 1]]
            yield track[end][0], trip(stretch, wait_s(track, begin))


def trip(stretch, waited):
    """The trip along these fixes, from the first hired to the first free one."""
    distance_m, jumps, units = 0.0, 0, 0.0
    for before, fix in zip(stretch, stretch[1:]):
        seconds, metres = fix.ts - before.ts, haversine_m(before, fix)
        if metres > 0 and (seconds <= 0 or metres / seconds * 3.6 > MAX_KM_H):
            jumps, metres = jumps + 1, 0.0
        distance_m += metres
        units += max(metres / FIFTH_OF_A_MILE_M, seconds / 60)
    pickup, dropoff = stretch[0], stretch[-1]
    cents = 310 + 45 * max(0, math.ceil(units) - 1)
    return Trip(f"{pickup.cab}-{pickup.ts}", pickup.cab, pickup, dropoff, distance_m, jumps, waited, cents / 100)


def wait_s(track, pickup):
    """How long the cab was free before the fix number `pickup`; None where that is not known."""
    first = pickup
    while first > 0 and not track[first - 1][1].occupied and gap(track, first) <= MAX_FREE_GAP_S:
        first -= 1
    if first == pickup:
        return None  # a gap right before: no free fix in the run
    if first == 0:
        return None  # the run the cab was first seen in
    return track[pickup][1].ts - track[first][1].ts


def gap(track, number):
    """Seconds between a fix and the one before."""
    return track[number][1].ts - track[number - 1][1].ts


class Zones:
    """Areas of a GeoJSON file; the first that holds a point names it, `Elsewhere` what none does."""

    def __init__(self, path):
        with gzip.open(path, "rt") as file:
            features = json.load(file)["features"]
        self._areas = [(feature["properties"]["name"], list(polygons(feature["geometry"]))) for feature in features]

    def name_at(self, lon, lat):
        """The area's name."""
        for name, parts in self._areas:
            for west, south, east, north, rings in parts:
                inside = west <= lon <= east and south <= lat <= north and crosses(rings, lon, lat)
                if inside:
                    return name
        return "Elsewhere"


def polygons(geometry):
    """Each polygon of a geometry with its box."""
    several = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for rings in several:
        lons, lats = [point[0] for point in rings[0]], [point[1] for point in rings[0]]
        yield min(lons), min(lats), max(lons), max(lats), rings


def crosses(rings, lon, lat):
    """Even-odd rule over all rings, holes included."""
    inside = False
    for ring in rings:
        for (lon_a, lat_a, *_), (lon_b, lat_b, *_) in zip(ring, ring[1:] + ring[:1]):
            if (lat_a > lat) != (lat_b > lat) and lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a):
                inside = not inside
    return inside
