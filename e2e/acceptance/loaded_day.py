"""What most tests share: one Kafka, one server, the whole day replayed into it once, and viewers who saw it come.

Built when first asked for, ended by `stop` (which the runner calls) or at exit."""

import atexit
import json
import tempfile
import time
from functools import cached_property
from pathlib import Path

import fixes
import kafka
import oracle
import places
import processes
import questions
import server
import trips
import waiting

FIXES = 456_453

STREAMS = {
    "positions": """
stream: positions
topics: [taxi.positions]
format: json
mode: append
time: {field: ts, unit: s}
clock: stream
entity: cab_id
expire: 30h
fields:
  cab_id: keyword
  occupied: boolean
  lat: double
  lon: double
  position: {type: geo_point, lat: lat, lon: lon}
""",
    "cabs_on_the_road": """
stream: cabs_on_the_road
topics: [taxi.positions]
time: {field: ts, unit: s}
clock: stream
entity: cab_id
expire: 10m
fields:
  cab_id: keyword
  occupied: boolean
""",
    "trips": """
stream: trips
topics: [taxi.trips]
time: {field: ts, unit: ms}
clock: stream
entity: cab_id
fields:
  trip_id: keyword
  cab_id: keyword
  pickup_zone: keyword
""",
}

MAP = """
map: acceptance
inputs: {{entity: cab_id, lat: lat, lon: lon, occupied: occupied}}
polygons: {{files: ['{zones}'], name: name, outside: Elsewhere}}
derive: {{trips: from occupied}}
trips: {{topic: {trips_topic}}}
"""


class Day:
    """See the module's words."""

    def __init__(self):
        places.binary()
        fixes.day()
        self._folder = tempfile.TemporaryDirectory(prefix="hailstream-day-")
        self.folder = Path(self._folder.name)
        self.broker = kafka.Broker()
        self.broker.topics(taxi__positions=4, taxi__trips=2)
        self.server = server.Server(self.broker.bootstrap, STREAMS)
        self.viewer = self.server.viewer(self.queries)
        self.follower = follow(self.server.url, self.queries["by occupied"])
        self.viewer.wait(lambda viewer: len(viewer.results) == len(self.queries), 30, "first snapshots")
        self.began_ms = time.time() * 1000
        self.replay = self._replay()
        self.server.await_consumed("positions", FIXES)
        self.viewer.wait(lambda viewer: viewer.results["by occupied"]["total"] == FIXES, 30, "the last fixes are told")

    @cached_property
    def queries(self):
        """All questions by name."""
        return {
            **questions.asked_of("positions", questions.POSITIONS),
            **questions.asked_of("trips", questions.TRIPS),
            "last hour": {"stream": "positions", **questions.LAST_HOUR},
            "live cabs": {"stream": "cabs_on_the_road", "entities": {"size": 1000, "fields": ["occupied"]}},
        }

    @cached_property
    def records(self):
        """What the broker holds of the positions, read without the product."""
        return self.broker.read_all("taxi.positions")

    @cached_property
    def trips(self):
        """The trips of the day, worked out anew."""
        return trips.find(fixes.day())

    @cached_property
    def zones(self):
        """The neighbourhoods by which trips are told apart."""
        return trips.Zones(places.ZONES_GEOJSON)

    @cached_property
    def answers(self):
        """What every query must answer."""
        placed = {}
        for record in self.records:
            fix = record.json()
            placed[fix["ts"], fix["cab_id"]] = ("taxi.positions", record.partition, record.offset, record.timestamp_ms)
        newest = oracle.newest_per_cab(fixes.day())
        since = fixes.day()[-1].ts - 600
        return {
            **questions.answers(fixes.day(), placed),
            **questions.trip_answers(self.trips),
            "live cabs": [[fix.cab, fix.ts * 1000, fix.occupied] for fix in newest if fix.ts >= since],
        }

    def _replay(self):
        server.write_files(self.folder, {"map.yaml": map_to("taxi.trips"), "positions.yaml": STREAMS["positions"]})
        return replay(
            self.broker.bootstrap, self.folder / "positions.yaml", places.day_csv(), "--map", self.folder / "map.yaml"
        ).succeed()

    def stop(self):
        """Ends all of it."""
        self.viewer.stop()
        self.follower.stop()
        self.server.stop()
        self.broker.remove()
        self._folder.cleanup()


def map_to(trips_topic):
    """A replay map that finds trips and sends them to a topic."""
    zones = places.require(places.ZONES_GEOJSON, "set HAILSTREAM_DATA to the folder of test data")
    return MAP.format(zones=zones, trips_topic=trips_topic)


def replay(bootstrap, stream_file, csv, *options, speed="max"):
    """Starts a replay of a file into the topic of a stream."""
    return processes.Program(
        [places.binary(), "replay", "--stream", stream_file, "--brokers", bootstrap, "--input", csv, "--speed", speed, *options],
        "replay",
    )


def follow(url, query):
    """Starts `hailstream query --follow`."""
    arguments = [places.binary(), "query", "--url", url, "--query", "-", "--follow"]
    return processes.Program(arguments, "query --follow", stdin=json.dumps(query))


def followed_to(program, total, within=30):
    """The newest result that a follower printed, once it covers `total` records."""

    def newest():
        lines = program.stdout
        result = json.loads(lines[-1]) if lines else {"total": None}
        return result if result["total"] == total else None

    return waiting.until(newest, within, lambda: f"a result over {total} records; it said {program.words()[-2000:]}")


_day = None


def get():
    """The one day of this run."""
    global _day
    if _day is None:
        _day = Day()
    return _day


def stop():
    """Ends it, if it was built."""
    global _day
    if _day is not None:
        _day, day = None, _day
        day.stop()


atexit.register(stop)
