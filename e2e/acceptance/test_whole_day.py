"""A whole real day through a real Kafka: what the API, the WebSocket and the command line answer is what the file holds."""

import json
import unittest
from collections import Counter

import fixes
import loaded_day
import questions
from comparing import assert_rows
from loaded_day import FIXES


class TheRoad(unittest.TestCase):
    """Every record arrives, once."""

    @classmethod
    def setUpClass(cls):
        cls.day = loaded_day.get()

    def test_kafka_holds_each_fix_of_the_file_once_as_json_keyed_by_cab(self):
        held = Counter()
        for record in self.day.records:
            fix = record.json()
            self.assertEqual(record.key, fix["cab_id"])
            self.assertGreater(record.timestamp_ms, self.day.began_ms, "the record timestamp is the time of sending")
            held[fix["ts"], fix["cab_id"], fix["lat"], fix["lon"], fix["occupied"]] += 1
        self.assertEqual(held, Counter(map(tuple, fixes.day())))
        self.assertGreater(len({record.partition for record in self.day.records}), 1)

    def test_the_account_of_each_partition_adds_up_and_nothing_is_lost_or_doubled(self):
        told = self.day.server.stream("positions")
        self.assertEqual(told["state"], "live")
        self.assertEqual(told["lag"], 0)
        everything_applied = account(FIXES)
        self.assertEqual(told["account"], everything_applied)
        in_kafka = Counter(record.partition for record in self.day.records)
        for partition in told["partitions"]:
            count = in_kafka[partition["partition"]]
            self.assertEqual((partition["next_offset"], partition["end_offset"]), (count, count))
            self.assertEqual(partition["account"], account(count))
        self.assertEqual(len(told["partitions"]), 4)

    def test_results_say_that_they_cover_everything(self):
        result = self.day.server.query(self.day.queries["by occupied"])
        self.assertEqual(result["total"], FIXES)
        self.assertEqual(result["coverage"]["gaps"], [])
        self.assertTrue(result["coverage"]["complete"])
        self.assertEqual(result["as_of"]["event_time_ms"], fixes.day()[-1].ts * 1000)
        self.assertEqual(sum(result["as_of"]["offsets"]["taxi.positions"].values()), FIXES)
        self.assertEqual(result["approximate"], [])

    def test_the_row_of_all_other_cabs_is_marked(self):
        result = self.day.server.query(self.day.queries["top 20 cabs"])
        self.assertEqual([flags["other"] for flags in result["row_flags"]], [False] * 20 + [True])
        self.assertEqual(result["truncated"], {"cab": {"shown": 20, "of": 499}})

    def test_replay_says_how_many_it_sent(self):
        records = FIXES + len(self.day.trips)
        said = " ".join(self.day.replay.stdout)
        self.assertEqual(said, f"sent {records} acknowledged {records} rejected 0 unreadable 0")

    def test_trip_records_have_times_places_and_zones(self):
        expected = {trip.trip_id: trip for trip in self.day.trips}
        records = self.day.broker.read_all("taxi.trips")
        self.assertEqual(len(records), len(expected))
        for record in records:
            told = record.json()
            trip = expected.pop(told["trip_id"])
            self.assertEqual((told["cab_id"], told["ts"], told["pickup_ts"]), (trip.cab, trip.dropoff.ts * 1000, trip.pickup.ts * 1000))
            for end, fix in (("pickup", trip.pickup), ("dropoff", trip.dropoff)):
                self.assertEqual((told[f"{end}_lon"], told[f"{end}_lat"]), (fix.lon, fix.lat))
                self.assertEqual(told[f"{end}_zone"], self.day.zones.name_at(fix.lon, fix.lat), told)
            self.assertIs(told["fare_derived"], True)


def account(applied):
    """An account in which everything counts."""
    none = dict.fromkeys(("filtered", "duplicate", "late_dropped", "dead_lettered", "tombstones"), 0)
    return {"consumed": applied, "applied": applied, **none}


class Answers(unittest.TestCase):
    """Each question, by each way of asking."""

    @classmethod
    def setUpClass(cls):
        cls.day = loaded_day.get()
        cls.total = {name: len(cls.day.trips) if "trips" in name else FIXES for name in cls.day.queries}
        live = cls.day.answers["live cabs"]
        in_bounds = sum(count for _, count in cls.day.answers["range filter"])
        entities = len(cls.day.answers["entity table"])
        cls.total |= {"live cabs": len(live), "entity table": entities, "range filter": in_bounds}
        cls.day.server.await_consumed("trips", len(cls.day.trips))

    def by_api(self, name):
        result = self.day.server.query(self.day.queries[name])
        self.assertEqual(result["total"], self.total[name])
        assert_rows(result["rows"], self.day.answers[name], f"API, {name}")

    def by_deltas(self, name):
        """What a viewer has who subscribed before the first record came."""
        viewer = self.day.viewer

        def covers_all(_):
            answer = viewer.results[name]
            return answer["total"] == self.total[name] and answer["rows"] and not comparing_fails(answer)

        def comparing_fails(answer):
            return sum(answer["as_of"]["offsets"].get("taxi.positions", {"": FIXES}).values()) != FIXES

        viewer.wait(covers_all, 30, lambda: f"{name}: {viewer.results[name]['total']} of {self.total[name]}")
        assert_rows(viewer.results[name]["rows"], self.day.answers[name], f"WebSocket, {name}")
        self.assertGreater(viewer.deltas[name], 0, "the result came in one piece: deltas were not tried")

    def by_command(self, name):
        """What `hailstream query --follow` prints first when all is there."""
        program = loaded_day.follow(self.day.server.url, self.day.queries[name])
        self.addCleanup(program.stop)
        result = loaded_day.followed_to(program, self.total[name])
        assert_rows(result["rows"], self.day.answers[name], f"query --follow, {name}")

    def test_a_command_that_followed_from_the_beginning_ends_with_the_same(self):
        result = loaded_day.followed_to(self.day.follower, FIXES)
        assert_rows(result["rows"], self.day.answers["by occupied"], "query --follow from the beginning")
        totals = [json.loads(line)["total"] for line in self.day.follower.stdout]
        self.assertEqual(totals, sorted(totals), "a total went back")


    def test_a_sliding_window_answers_for_the_range_it_names(self):
        newest_ms = fixes.day()[-1].ts * 1000
        query = self.day.queries["last hour"]
        for way, result in (("API", self.day.server.query(query)), ("WebSocket", self.day.viewer.results["last hour"])):
            bounds = result["range"]
            self.assertEqual(bounds["to_ms"], newest_ms, way)
            # It moves in steps, of which there are about sixty.
            self.assertAlmostEqual(bounds["from_ms"], newest_ms - 3_600_000, delta=60_000, msg=way)
            assert_rows(result["rows"], questions.last_hour(fixes.day(), bounds), f"{way}, last hour")


def add_tests():
    """One test for each question and way."""
    names = [*questions.POSITIONS, *questions.TRIPS, "live cabs"]
    ways = {"api": Answers.by_api, "socket": Answers.by_deltas, "command": Answers.by_command}
    for name in names:
        for way, ask in ways.items():
            method = f"test_{name.replace(' ', '_')}_by_{way}"
            setattr(Answers, method, lambda self, ask=ask, name=name: ask(self, name))


add_tests()

if __name__ == "__main__":
    unittest.main()
