"""The questions about the day, and what each must answer. Most are answered from the file alone; the hits also need the
places the broker gave the records, the trips a stream of their own."""

import oracle
import trips as detector

BOUNDS = {"gte": 37.77, "lt": 37.80}

POSITIONS = {
    "count by minute": {"buckets": [{"id": "minute", "type": "date_histogram", "field": "ts", "fixed_interval": "1m"}]},
    "by occupied": {"buckets": [{"id": "occupied", "type": "terms", "field": "occupied"}]},
    "top 20 cabs": {"buckets": [{"id": "cab", "type": "terms", "field": "cab_id", "size": 20, "other": True}]},
    "cabs by hour": {
        "buckets": [{"id": "hour", "type": "date_histogram", "fixed_interval": "1h"}],
        "metrics": [{"id": "cabs", "type": "cardinality", "field": "cab_id"}],
    },
    "geotile grid": {"buckets": [{"id": "tile", "type": "geotile_grid", "field": "position", "precision": 14}]},
    "statistics of lat": {
        "metrics": [{"id": kind, "type": kind, "field": "lat"} for kind in ("min", "max", "avg", "sum")]
    },
    "range filter": {
        "filters": [{"range": {"field": "lat", **BOUNDS}}],
        "buckets": [{"id": "hour", "type": "date_histogram", "fixed_interval": "1h"}],
    },
    "hours by occupied": {
        "buckets": [
            {"id": "hour", "type": "date_histogram", "fixed_interval": "1h"},
            {"id": "occupied", "type": "terms", "field": "occupied", "order": {"by": "_key", "direction": "asc"}},
        ],
        "metrics": [{"id": "fixes", "type": "count"}, {"id": "lat", "type": "avg", "field": "lat"}],
    },
    "entity table": {"entities": {"size": 1000, "fields": ["lat", "lon", "occupied", "position"]}},
    "hits": {"hits": {"size": 100, "fields": ["ts", "cab_id", "lat", "lon", "occupied"]}},
}

# Its range moves with the stream's clock; what it must answer depends on the range it names.
LAST_HOUR = {
    "time": {"from": "now-1h", "to": "now"},
    "buckets": [{"id": "minute", "type": "date_histogram", "fixed_interval": "1m"}],
    "metrics": [{"id": "fixes", "type": "count"}, {"id": "cabs", "type": "cardinality", "field": "cab_id"}],
}

TRIPS = {
    "trips": {
        "buckets": [{"id": "trip", "type": "terms", "field": "trip_id", "size": 20_000, "order": {"by": "_key", "direction": "asc"}}],
        "metrics": [
            {"id": "count", "type": "count"},
            *({"id": field, "type": "max", "field": field} for field in ("distance_km", "duration_s", "wait_s", "fare", "jumps")),
        ],
    },
    "sums of trips": {
        "metrics": [
            {"id": "count", "type": "count"},
            *({"id": field, "type": "sum", "field": field} for field in ("distance_km", "duration_s", "wait_s", "fare")),
        ]
    },
}


def asked_of(stream, questions):
    """The questions as queries to a stream."""
    return {name: {"stream": stream, **question} for name, question in questions.items()}


def answers(fixes, places_in_kafka):
    """What the questions about positions must answer: `{name: rows}`. `places_in_kafka` maps (ts, cab) to (topic,
    partition, offset, record timestamp)."""
    return {
        "count by minute": oracle.by_time(fixes, oracle.MINUTE_S),
        "by occupied": oracle.by_count(fix.occupied for fix in fixes),
        "top 20 cabs": top_cabs(fixes, 20),
        "cabs by hour": oracle.by_time(fixes, oracle.HOUR_S, oracle.cabs),
        "geotile grid": oracle.by_tile(fixes, 14),
        "statistics of lat": [oracle.statistics([fix.lat for fix in fixes])],
        "range filter": oracle.by_time([fix for fix in fixes if BOUNDS["gte"] <= fix.lat < BOUNDS["lt"]], oracle.HOUR_S),
        "hours by occupied": hours_by_occupied(fixes),
        "entity table": entities(oracle.newest_per_cab(fixes)),
        "hits": hits(fixes, places_in_kafka, 100),
    }


def top_cabs(fixes, size):
    """The most frequent cabs, and one row for all others."""
    ranked = oracle.by_count(fix.cab for fix in fixes)
    return ranked[:size] + [[None, sum(count for _, count in ranked[size:])]]


def hours_by_occupied(fixes):
    """Count and average latitude of each hour's free and hired cabs."""
    measures = oracle.per_group(
        fixes,
        lambda fix: (fix.ts // oracle.HOUR_S * oracle.HOUR_S * 1000, fix.occupied),
        [len, lambda group: oracle.statistics([fix.lat for fix in group])[2]],
    )
    return [[*key, *values] for key, values in sorted(measures.items())]


def last_hour(fixes, bounds):
    """What `LAST_HOUR` must answer for the range it names, both ends included."""
    within = [fix for fix in fixes if bounds["from_ms"] <= fix.ts * 1000 <= bounds["to_ms"]]
    rows = oracle.by_time(within, oracle.MINUTE_S, lambda group: [len(group), oracle.cabs(group)])
    return [[start, *measures] for start, measures in rows]


def entities(newest):
    """Rows of an entity table."""
    return [[fix.cab, fix.ts * 1000, fix.lat, fix.lon, fix.occupied, [fix.lon, fix.lat]] for fix in newest]


def hits(fixes, places_in_kafka, size):
    """The newest records: by time, then topic, partition and offset, all descending."""

    def order(fix):
        return fix.ts, *places_in_kafka[fix.ts, fix.cab][:3]

    newest = sorted(fixes[-10 * size:], key=order, reverse=True)[:size]
    return [[*places_in_kafka[fix.ts, fix.cab], fix.ts * 1000, fix.cab, fix.lat, fix.lon, fix.occupied] for fix in newest]


def trip_answers(found):
    """What the questions about trips must answer."""
    rows = [[trip.trip_id, 1, *measures(trip)] for trip in found]
    columns = list(zip(*(measures(trip) for trip in found)))
    sums = [oracle.math.fsum(number for number in column if number is not None) for column in columns[:4]]
    return {"trips": sorted(rows), "sums of trips": [[len(found), *sums]]}


def measures(trip):
    """Distance in km to the metre, duration, wait, fare, jumps: as trip records have them."""
    km = detector.math.floor(trip.distance_m + 0.5) / 1000
    wait = None if trip.wait_s is None else float(trip.wait_s)
    return [km, float(trip.dropoff.ts - trip.pickup.ts), wait, trip.fare, float(trip.jumps)]
