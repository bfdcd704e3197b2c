"""The rollup's aggregates are those of the file: run through, and killed in the middle again and again."""

import json
import random
import sys
import unittest
from collections import defaultdict

import loaded_day
import oracle
import places
import processes
import server
import waiting
from comparing import assert_rows, same
from loaded_day import FIXES

SEED = 4_711
KILLS = 5
REPLAY_SECS = 20

FLEET = """
rollup: {name}
from: {source}
window: {{tumbling: {window}}}
by: [occupied]
metrics:
  - {{id: fixes, type: count}}
  - {{id: cabs, type: cardinality, field: cab_id}}
  - {{id: lat_sum, type: sum, field: lat}}
  - {{id: lat_min, type: min, field: lat}}
  - {{id: lat_max, type: max, field: lat}}
emit: update
to: {topic}
key: [occupied, window]
"""
ZONES = """
rollup: {name}
from: {source}
window: {{tumbling: {window}}}
by: [pickup_zone]
metrics:
  - {{id: trips, type: count}}
  - {{id: revenue, type: sum, field: fare}}
  - {{id: wait_s, type: sum, field: wait_s}}
emit: update
to: {topic}
key: [pickup_zone, window]
"""
UPSERT = """
stream: {name}
topics: [{topic}]
mode: upsert
key: [{by}, window]
time: {{field: window, unit: ms}}
clock: stream
fields:
  {by}: {by_type}
  window: date
"""
FLEET_COLUMNS = ("fixes", "cabs", "lat_sum", "lat_min", "lat_max")
ZONE_COLUMNS = ("trips", "revenue", "wait_s")


def fleet_expected(fixes, window_s):
    """Aggregates by (occupied, start of the window)."""

    def lats(group):
        return [fix.lat for fix in group]

    return oracle.per_group(
        fixes,
        lambda fix: (fix.occupied, fix.ts // window_s * window_s * 1000),
        [len, oracle.cabs, lambda g: oracle.math.fsum(lats(g)), lambda g: min(lats(g)), lambda g: max(lats(g))],
    )


def zones_expected(day):
    """Aggregates by (pick-up zone, start of the minute of the drop-off)."""

    def waits(group):
        return oracle.math.fsum(trip.wait_s for trip in group if trip.wait_s is not None)

    return oracle.per_group(
        day.trips,
        lambda trip: (day.zones.name_at(trip.pickup.lon, trip.pickup.lat), trip.dropoff.ts // 60 * 60_000),
        [len, lambda group: oracle.math.fsum(trip.fare for trip in group), waits],
    )


class Output:
    """A rollup's topic, as it was written and as an upsert stream shows it."""

    def __init__(self, name, rollup, source, window, by, by_type, columns, expected):
        self.name, self.by, self.columns, self.expected = name, by, columns, expected
        self.topic = f"taxi.{name}"
        self.rollup = rollup.format(name=name, source=source, window=window, topic=self.topic)
        self.stream = UPSERT.format(name=name, topic=self.topic, by=by, by_type=by_type)

    def query(self):
        """All rows, through a server."""
        keys = [{"id": "window", "type": "date_histogram", "fixed_interval": "1m", "min_doc_count": 1}]
        keys.append({"id": self.by, "type": "terms", "field": self.by, "size": 1000, "order": {"by": "_key", "direction": "asc"}})
        metrics = [{"id": column, "type": "sum", "field": column} for column in self.columns]
        return {"stream": self.name, "buckets": keys, "metrics": metrics}

    def count(self):
        """The sum of the first column: how far the rollup has come."""
        return {"stream": self.name, "metrics": [{"id": "sum", "type": "sum", "field": self.columns[0]}]}

    def total(self):
        """What `count` ends with."""
        return sum(measures[0] for measures in self.expected.values())

    def check_server(self, serving):
        """The upsert stream shows the aggregates of the file."""
        rows = [[window, key, *map(float, measures)] for (key, window), measures in self.expected.items()]
        assert_rows(serving.query(self.query())["rows"], sorted(rows), self.name)

    def check_topic(self, broker):
        """The newest record of each key holds its aggregates, and no count ever went back. Gives the records' number."""
        newest, writes = {}, defaultdict(list)
        records = broker.read_all(self.topic)
        for record in records:
            row = record.json()
            newest[row[self.by], row["window"]] = [row[column] for column in self.columns]
            writes[record.partition, record.key].append(row[self.columns[0]])
        assert newest.keys() == self.expected.keys(), f"{self.name}: other keys than expected"
        wrong = {key: got for key, got in newest.items() if not same(got, list(self.expected[key]))}
        assert not wrong, f"{self.name}: {len(wrong)} keys differ, e.g. {next(iter(wrong.items()))}"
        assert len(writes) == len(newest), f"{self.name}: a window has two keys or partitions"
        dips = {key: counts for key, counts in writes.items() if counts != sorted(counts)}
        assert not dips, f"{self.name}: counts went back, e.g. {next(iter(dips.items()))}"
        return len(records)


class Rollup(unittest.TestCase):
    """Three rollups: fixes by occupied, per minute and per hour (whose rows are written many times), and trips by zone."""

    @classmethod
    def setUpClass(cls):
        cls.day = loaded_day.get()
        cls.minutes, cls.hours = (fleet_expected(loaded_day.fixes.day(), window_s) for window_s in (60, 3600))
        cls.zones = zones_expected(cls.day)

    def outputs(self, suffix, positions, trips):
        fleet = ("occupied", "boolean", FLEET_COLUMNS)
        return [
            Output(f"minutes_{suffix}", FLEET, positions, "1m", *fleet, self.minutes),
            Output(f"hours_{suffix}", FLEET, positions, "1h", *fleet, self.hours),
            Output(f"zones_{suffix}", ZONES, trips, "1m", "pickup_zone", "keyword", ZONE_COLUMNS, self.zones),
        ]

    def serve(self, outputs, sources):
        """A server of the outputs, with the files of the rollups beside it."""
        serving = server.Server(self.day.broker.bootstrap, sources | {output.name: output.stream for output in outputs})
        self.addCleanup(serving.stop)
        server.write_files(serving.folder, {f"rollups/{output.name}.yaml": output.rollup for output in outputs})
        serving.config.write_text(serving.config.read_text() + "rollups: rollups\n")
        return serving

    def roll(self, serving):
        program = processes.Program(
            [places.binary(), "rollup", "--config", serving.config, "--brokers", self.day.broker.bootstrap], "rollup"
        )
        self.addCleanup(program.stop)
        return program

    def await_totals(self, serving, outputs, rollup, within):
        def sums():
            return [serving.query(output.count())["rows"][0][0] for output in outputs]

        wanted = [output.total() for output in outputs]
        waiting.until(lambda: sums() == wanted, within, lambda: f"{sums()} of {wanted}; {rollup.words()}")

    def test_1_aggregates_of_the_whole_day_equal_the_files(self):
        outputs = self.outputs("through", "positions", "trips")
        sources = {name: loaded_day.STREAMS[name] for name in ("positions", "trips")}
        self.day.broker.topics(taxi__minutes_through=2, taxi__hours_through=2, taxi__zones_through=2)
        serving = self.serve(outputs, sources)
        rollup = self.roll(serving)
        self.await_totals(serving, outputs, rollup, 60)
        rollup.stop()
        for output in outputs:
            output.check_server(serving)
            output.check_topic(self.day.broker)

    def test_2_killed_five_times_nothing_changes_and_nothing_dips(self):
        outputs = self.outputs("killed", "positions_paced", "trips_paced")
        sources = {
            f"{name}_paced": text.replace(f"stream: {name}", f"stream: {name}_paced").replace(f"taxi.{name}", f"taxi.{name}_paced")
            for name, text in loaded_day.STREAMS.items()
            if name in ("positions", "trips")
        }
        self.day.broker.topics(
            taxi__positions_paced=4, taxi__trips_paced=2, taxi__minutes_killed=2, taxi__hours_killed=2, taxi__zones_killed=2
        )
        serving = self.serve(outputs, sources)
        watchers = [loaded_day.follow(serving.url, output.count()) for output in outputs]
        for watcher in watchers:
            self.addCleanup(watcher.stop)
        replaying = self.replay(serving)

        draw = random.Random(SEED)
        rollup = self.roll(serving)
        in_the_middle = 0
        for kill in range(KILLS):
            moment = FIXES * (kill + 0.1 + 0.8 * draw.random()) / (KILLS + 0.5)
            waiting.until(lambda: self.seen(serving, outputs[0]) >= moment, 60, lambda: f"{moment:.0f} fixes; {rollup.words()}")
            rollup.kill()
            in_the_middle += replaying.status() is None and self.seen(serving, outputs[0]) < FIXES
            rollup = self.roll(serving)
        # On a busy machine the last moments are noticed late.
        self.assertGreater(in_the_middle, KILLS // 2, "most kills came after the end")
        replaying.succeed()
        self.await_totals(serving, outputs, rollup, 60)
        rollup.stop()
        for output in outputs:
            output.check_server(serving)
            written = output.check_topic(self.day.broker)
            print(f"({output.name}: {written} records for {len(output.expected)} windows)", file=sys.stderr, end=" ")
        for output, watcher in zip(outputs, watchers):
            seen = [json.loads(line)["rows"][0][0] for line in watcher.stdout]
            self.assertEqual(seen, sorted(seen), f"a viewer of {output.name} saw the sum go back")
            self.assertGreater(len(seen), KILLS, "hardly anything was seen on the way")

    def seen(self, serving, output):
        return serving.query(output.count())["rows"][0][0]

    def replay(self, serving):
        (serving.folder / "map.yaml").write_text(loaded_day.map_to("taxi.trips_paced"))
        taken_secs = loaded_day.fixes.day()[-1].ts - loaded_day.fixes.day()[0].ts
        program = loaded_day.replay(
            self.day.broker.bootstrap,
            serving.folder / "streams/positions_paced.yaml",
            places.day_csv(),
            "--map",
            serving.folder / "map.yaml",
            speed=str(taken_secs // REPLAY_SECS),
        )
        self.addCleanup(program.stop)
        return program


if __name__ == "__main__":
    unittest.main()
