"""A viewer that is cut off again and again sees in the end what one sees who never was."""

import sys
import unittest

import fixes
import loaded_day
import oracle
import proxy
import server
import waiting
from comparing import assert_rows

PART = 60_000
REPLAY_SECS = 20
CUTS = 50
SEED = 20_080_521

STREAM = """
stream: cut
topics: [taxi.cut]
time: {field: ts, unit: s}
clock: stream
entity: cab_id
expire: 10m
fields:
  cab_id: keyword
  occupied: boolean
  position: {type: geo_point, lat: lat, lon: lon}
"""

QUERIES = {
    "sliding minutes": {
        "stream": "cut",
        "time": {"from": "now-30m", "to": "now"},
        "buckets": [{"id": "minute", "type": "date_histogram", "fixed_interval": "1m"}],
        "metrics": [{"id": "fixes", "type": "count"}, {"id": "lat", "type": "avg", "field": "lat"}],
    },
    "minutes": {"stream": "cut", "buckets": [{"id": "minute", "type": "date_histogram", "fixed_interval": "1m"}]},
    "top cabs": {"stream": "cut", "buckets": [{"id": "cab", "type": "terms", "field": "cab_id", "size": 20, "other": True}]},
    "tiles": {"stream": "cut", "buckets": [{"id": "tile", "type": "geotile_grid", "field": "position", "precision": 12}]},
    "cabs": {"stream": "cut", "entities": {"size": 1000, "fields": ["occupied", "lat", "lon"]}},
    "hits": {"stream": "cut", "hits": {"size": 50, "fields": ["cab_id", "occupied"]}},
}


class CutOff(unittest.TestCase):
    """Cuts happen while records flow; what a viewer then lacks comes as deltas or as a snapshot."""

    def test_fifty_times_at_random_and_ends_with_the_state_of_one_never_cut(self):
        day = loaded_day.get()
        day.broker.topics(taxi__cut=4)
        serving = server.Server(day.broker.bootstrap, {"cut": STREAM})
        self.addCleanup(serving.stop)
        cutter = proxy.CuttingProxy(serving.host, serving.port, CUTS, least=300, most=60_000, seed=SEED)
        self.addCleanup(cutter.stop)
        steady = serving.viewer(QUERIES)
        self.addCleanup(steady.stop)
        cut = server.Viewer(cutter.host, cutter.port, QUERIES)
        self.addCleanup(cut.stop)
        steady.wait(lambda viewer: len(viewer.results) == len(QUERIES), 30, "first snapshots")

        replaying = self.replay(day, serving)
        waiting.until(lambda: cutter.cuts_left == 0, 60, lambda: f"{cutter.cuts_left} cuts were left")
        self.assertIsNone(replaying.status(), "the replay had ended before the last cut: cut sooner")
        replaying.succeed()
        serving.await_consumed("cut", PART)

        for viewer in (steady, cut):
            viewer.wait(lambda viewer: covers(viewer, PART), 30, "all is seen")
        waiting.until(lambda: sequences(steady) == sequences(cut), 10, lambda: f"{sequences(steady)} != {sequences(cut)}")
        self.report(cut)
        self.assertEqual(cut.connections, CUTS + 1)
        self.assertEqual(steady.connections, 1)
        self.assertEqual(cut.errors, [])
        self.assertGreater(cut.resumed, 0, "no position was ever resumed from")
        for name in QUERIES:
            self.assertEqual(cut.results[name], steady.results[name], name)
            assert_rows(cut.results[name]["rows"], serving.query(QUERIES[name])["rows"], name)
        self.check_with_the_file(cut)

    def replay(self, day, serving):
        csv = fixes.write_part(serving.folder / "part.csv.gz", 0, PART)
        taken_secs = fixes.day()[PART - 1].ts - fixes.day()[0].ts
        program = loaded_day.replay(
            day.broker.bootstrap, serving.folder / "streams/cut.yaml", csv, speed=str(taken_secs // REPLAY_SECS)
        )
        self.addCleanup(program.stop)
        return program

    def check_with_the_file(self, viewer):
        part = fixes.day()[:PART]
        assert_rows(viewer.results["minutes"]["rows"], oracle.by_time(part, 60), "minutes")
        now = part[-1].ts
        live = [[fix.cab, fix.ts * 1000, fix.occupied, fix.lat, fix.lon] for fix in oracle.newest_per_cab(part) if fix.ts >= now - 600]
        assert_rows(viewer.results["cabs"]["rows"], live, "cabs")

    def report(self, viewer):
        said = f"{CUTS} cuts: {viewer.resumed} of {viewer.asked_to_resume} subscriptions resumed from their position"
        print(f"({said}, {sum(viewer.snapshots.values())} snapshots)", file=sys.stderr, end=" ")


def covers(viewer, count):
    """Whether all results cover so many records."""
    results = [viewer.results.get(name) for name in QUERIES]
    return all(result and sum(result["as_of"]["offsets"].get("taxi.cut", {}).values()) == count for result in results)


def sequences(viewer):
    """The positions a viewer holds."""
    return {name: result["as_of"]["sequence"] for name, result in viewer.results.items()}


if __name__ == "__main__":
    unittest.main()
