"""Bad records are judged, counted and set aside while the rest goes on; bad files and questions are errors that say where."""

import json
import tempfile
import time
import unittest
from pathlib import Path

import loaded_day
import places
import processes
import server
import waiting

READINGS = """
stream: readings
topics: [taxi.readings]
time: {field: ts, unit: ms}
clock: wall
entity: cab_id
future: 5m
dead_letter: taxi.readings.dead
fields:
  cab_id: keyword
  speed: double
  occupied: boolean
  position: {type: geo_point, lat: lat, lon: lon}
"""


def readings(now_ms):
    """Records as `(key, value, reason)`; the reason is None where the record is good."""

    def reading(**fields):
        return json.dumps({"ts": now_ms, "cab_id": "a", "speed": 1.5, "occupied": True, "lat": 37.7, "lon": -122.4} | fields)

    return [
        ("a", reading(), None),
        ("a", "{broken", "not_json"),
        ("a", '"text"', "not_object"),
        ("a", json.dumps({"cab_id": "a", "speed": 2}), "no_time"),
        ("a", reading(ts="soon"), "wrong_type"),
        ("a", reading(speed="fast"), "wrong_type"),
        ("a", reading(occupied="perhaps"), "wrong_type"),
        ("a", reading(ts=now_ms + 3_600_000), "future"),
        ("a", reading(lat=91.5), "off_globe"),
        ("a", reading(lon=-200), "off_globe"),
        (None, reading(cab_id="b", speed=2.5), None),
        ("a", reading(speed=3), None),
    ]


class BadRecords(unittest.TestCase):
    """One server, one topic of good and bad records."""

    @classmethod
    def setUpClass(cls):
        cls.broker = loaded_day.get().broker
        cls.broker.topics(taxi__readings=1, taxi__readings__dead=1)
        cls.serving = server.Server(cls.broker.bootstrap, {"readings": READINGS})
        cls.addClassCleanup(cls.serving.stop)
        cls.written = readings(int(time.time() * 1000))
        cls.bad = [(place, *record) for place, record in enumerate(cls.written) if record[2]]
        cls.broker.write("taxi.readings", [(key, value) for key, value, _ in cls.written])
        cls.serving.await_consumed("readings", len(cls.written), within=20)

    def test_are_counted_and_the_good_ones_count(self):
        account = self.serving.stream("readings")["account"]
        good = len(self.written) - len(self.bad)
        self.assertEqual((account["consumed"], account["applied"]), (len(self.written), good))
        self.assertEqual(account["dead_lettered"], len(self.bad))
        speeds = {"stream": "readings", "metrics": [{"id": "sum", "type": "sum", "field": "speed"}]}
        self.assertEqual(self.serving.query(speeds)["rows"], [[1.5 + 2.5 + 3]])

    def test_are_shown_with_reason_and_place(self):
        told = self.serving.stream("readings")["dead_letters"]
        shown = [(letter["topic"], letter["partition"], letter["offset"], letter["reason"]) for letter in told]
        expected = [("taxi.readings", 0, offset, reason) for offset, _, _, reason in self.bad]
        self.assertEqual(shown, expected[::-1], "newest first")
        for letter in told:
            self.assertTrue(letter["detail"], letter)
            self.assertTrue(self.written[letter["offset"]][1].startswith(letter["sample"].rstrip("…")[:20]), letter)

    def test_lie_in_the_dead_letter_topic_with_their_coordinates(self):
        waiting.until(
            lambda: sum(self.broker.end_offsets("taxi.readings.dead").values()) >= len(self.bad), 20, "dead letters are written"
        )
        letters = self.broker.read_all("taxi.readings.dead")
        self.assertEqual(len(letters), len(self.bad))
        for letter, (offset, _, value, reason) in zip(letters, self.bad):
            everything = f"{letter.headers} {letter.key} {letter.value}"
            for part in ("taxi.readings", reason, str(offset)):
                self.assertIn(part, everything)
            self.assertIn(value if letter.value == value else json.dumps(value)[1:-1], everything)

    def test_do_not_stop_the_stream(self):
        self.assertEqual(self.serving.stream("readings")["state"], "live")
        self.assertEqual(self.serving.health()[0], 200)


GOOD = {
    "hailstream.yaml": "kafka:\n  bootstrap.servers: 127.0.0.1:9\n  sasl.password: secret-word\nstreams: streams\nrollups: rollups\ndashboards: dashboards\n",
    "streams/positions.yaml": loaded_day.STREAMS["positions"],
    "rollups/fleet.yaml": """rollup: fleet
from: positions
window: {tumbling: 1m}
by: [occupied]
metrics:
  - {id: fixes, type: count}
emit: update
to: taxi.fleet
key: [occupied, window]
""",
    "dashboards/board.yaml": """id: board
type: dashboard
attributes:
  title: Board
  panels:
    - panelIndex: fixes
      gridData: {x: 0, y: 0, w: 8, h: 4}
      visualization:
        title: Fixes
        type: metric
        query: {stream: positions, metrics: [{id: fixes, type: count}]}
""",
}

# What is wrong: the file, the text replaced in it, and what the error must name besides the file.
WRONG_FILES = {
    "an unknown key of the configuration": ("hailstream.yaml", "streams: streams", "steams: streams", ["steams", "streams"]),
    "a configuration that is no YAML": ("hailstream.yaml", "kafka:\n", "kafka: [\n", []),
    "a configuration without brokers": ("hailstream.yaml", "bootstrap.servers: 127.0.0.1:9", "client.id: me", ["bootstrap.servers"]),
    "a property that librdkafka lacks": ("hailstream.yaml", "sasl.password: secret-word", "sasl.pasword: x", ["sasl.pasword"]),
    "an unknown key of a stream": ("streams/positions.yaml", "entity: cab_id", "entiy: cab_id", ["entiy", "entity"]),
    "an unknown unit of time": ("streams/positions.yaml", "unit: s", "unit: seconds", ["unit", "seconds"]),
    "an unknown mode": ("streams/positions.yaml", "mode: append", "mode: apend", ["mode", "apend", "append"]),
    "a length of time that is none": ("streams/positions.yaml", "expire: 30h", "expire: 5 parsecs", ["expire", "5 parsecs"]),
    "an unknown type of field": ("streams/positions.yaml", "lat: double", "lat: doubel", ["lat", "doubel"]),
    "a stream without topics": ("streams/positions.yaml", "topics: [taxi.positions]\n", "", ["topics"]),
    "a rollup from no stream": ("rollups/fleet.yaml", "from: positions", "from: position", ["from", "position"]),
    "a rollup of averages": ("rollups/fleet.yaml", "{id: fixes, type: count}", "{id: lat, type: avg, field: lat}", ["avg"]),
    "an unknown key of a rollup": ("rollups/fleet.yaml", "window:", "windw:", ["windw", "window"]),
    "a question of a panel that cannot be asked": (
        "dashboards/board.yaml", "{id: fixes, type: count}", "{id: fixes, type: cuont}", ["cuont", "count"]
    ),
    "a panel that asks an unknown stream": ("dashboards/board.yaml", "stream: positions", "stream: postions", ["postions", "positions"]),
}


class BadFiles(unittest.TestCase):
    """`hailstream check`, and `serve` with the same files."""

    def check(self, files, command="check"):
        with tempfile.TemporaryDirectory(prefix="hailstream-check-") as folder:
            server.write_files(folder, files)
            return processes.run([places.binary(), command, "--config", Path(folder) / "hailstream.yaml"], command, within=20)

    def test_good_ones_pass_and_secrets_are_masked(self):
        done = self.check(GOOD)
        self.assertEqual(done.status(), 0, done.words())
        said = "\n".join(done.stdout)
        self.assertIn("positions", said)
        self.assertNotIn("secret-word", said + "\n".join(done.stderr))

    def assert_refused(self, done, needles):
        self.assertNotIn(done.status(), (0, None), done.words())
        said = "\n".join(done.stderr)
        for needle in needles:
            self.assertIn(needle, said)
        self.assertNotIn("panicked", said)


def add_file_tests():
    """Two tests for each wrong file: it is refused by `check` and by `serve`."""

    def add(what, command, path, old, new, needles):
        def test(self):
            assert old in GOOD[path], f"{old} is not in {path}"
            done = self.check(GOOD | {path: GOOD[path].replace(old, new)}, command)
            self.assert_refused(done, [Path(path).name, *needles])

        setattr(BadFiles, f"test_{command}_refuses_{what.replace(' ', '_')}", test)

    for what, case in WRONG_FILES.items():
        for command in ("check", "serve"):
            add(what, command, *case)


add_file_tests()

# What is asked, the status of the answer, and what it must name.
WRONG_QUERIES = {
    "no JSON": ("{", 400, []),
    "an unknown key": ({"stream": "positions", "bukets": []}, 400, ["bukets", "buckets"]),
    "an unknown stream": ({"stream": "postions"}, 404, ["postions", "positions"]),
    "an unknown bucket": ({"stream": "positions", "buckets": [{"id": "b", "type": "term", "field": "cab_id"}]}, 400, ["term", "terms"]),
    "a wrong value deep inside": (
        {"stream": "positions", "buckets": [{"id": "b", "type": "terms", "field": "cab_id", "size": -1}]}, 400, ["size"]
    ),
    "two columns of one name": ({"stream": "positions", "metrics": [{"id": "m", "type": "count"}] * 2}, 400, ["m"]),
    "a metric without its field": ({"stream": "positions", "metrics": [{"id": "m", "type": "avg"}]}, 400, ["field"]),
    "a metric not built yet": ({"stream": "positions", "metrics": [{"id": "m", "type": "weighted_avg", "field": "lat"}]}, 501, ["weighted_avg"]),
    "a time that is none": ({"stream": "positions", "time": {"from": "yesterdayish", "to": "now"}}, 400, ["yesterdayish"]),
}


class BadQueries(unittest.TestCase):
    """The same question by API, socket and command."""

    @classmethod
    def setUpClass(cls):
        cls.day = loaded_day.get()

    def test_a_refused_subscription_leaves_the_others_alive(self):
        good, bad = self.day.queries["by occupied"], WRONG_QUERIES["an unknown bucket"][0]
        viewer = self.day.server.viewer({"bad": bad, "good": good})
        self.addCleanup(viewer.stop)
        viewer.wait(lambda _: viewer.errors and "good" in viewer.results, 15, "an error and a result")
        (error,) = viewer.errors
        self.assertEqual(error["id"], 1)
        self.assertIn("buckets[0]", error["at"])
        # The last records of the day may just be on their way.
        total = lambda viewer: viewer.results["good"]["total"]
        viewer.wait(lambda viewer: total(viewer) == loaded_day.FIXES, 10, lambda: f"the other lives on: {total(viewer)}")
        self.assertEqual(viewer.connections, 1)

    def api_refuses(self, query, status, needles):
        with self.assertRaises(server.ApiError) as caught:
            self.day.server.post("/api/query", query)
        self.assertEqual(caught.exception.status, status, caught.exception)
        problem = caught.exception.problem
        self.assertEqual(problem["status"], status)
        for needle in needles:
            self.assertIn(needle, f"{problem['detail']} {problem.get('at')}")

    def command_refuses(self, query, needles):
        arguments = [places.binary(), "query", "--url", self.day.server.url, "--query", "-"]
        done = processes.run(arguments, "query", stdin=query if isinstance(query, str) else json.dumps(query))
        self.assertNotIn(done.status(), (0, None))
        self.assertEqual(done.stdout, [])
        for needle in needles:
            self.assertIn(needle, "\n".join(done.stderr))


def add_query_tests():
    """Two tests for each wrong question."""

    def add(what, query, status, needles):
        name = what.replace(" ", "_")
        setattr(BadQueries, f"test_api_refuses_{name}", lambda self: self.api_refuses(query, status, needles))
        setattr(BadQueries, f"test_command_refuses_{name}", lambda self: self.command_refuses(query, needles))

    for what, (query, status, needles) in WRONG_QUERIES.items():
        add(what, query, status, needles)


add_query_tests()

if __name__ == "__main__":
    unittest.main()
