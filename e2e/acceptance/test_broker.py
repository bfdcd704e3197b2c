"""Kafka goes away and comes back: it is said at once, and nothing is missing afterwards."""

import time
import unittest

import fixes
import loaded_day
import oracle
import server
import waiting
from comparing import assert_rows

PART = 20_000
REPLAY_SECS = 12
SAID_WITHIN_SECS = 3

STREAM = """
stream: outage
topics: [taxi.outage]
time: {field: ts, unit: s}
clock: stream
entity: cab_id
fields:
  cab_id: keyword
  occupied: boolean
"""
BY_MINUTE = {"stream": "outage", "buckets": [{"id": "minute", "type": "date_histogram", "fixed_interval": "1m"}]}


class Outage(unittest.TestCase):
    """One broker, taken away in good order and by force."""

    @classmethod
    def setUpClass(cls):
        cls.broker = loaded_day.get().broker
        cls.broker.topics(taxi__outage=4)
        cls.addClassCleanup(cls.broker.start)

    def serve(self):
        serving = server.Server(self.broker.bootstrap, {"outage": STREAM})
        self.addCleanup(serving.stop)
        viewer = serving.viewer({"minutes": BY_MINUTE})
        self.addCleanup(viewer.stop)
        return serving, viewer

    def test_1_a_broker_stopped_and_started_while_records_flow_loses_and_doubles_nothing(self):
        serving, viewer = self.serve()
        replaying = self.replay(serving)
        serving.await_consumed("outage", PART // 10)

        self.broker.stop()
        gone = time.monotonic()
        viewer.wait(lambda _: state(viewer) == "disconnected", SAID_WITHIN_SECS, "heartbeats say disconnected")
        self.assertLessEqual(time.monotonic() - gone, SAID_WITHIN_SECS)
        self.assert_not_ready(serving)
        before = serving.query(BY_MINUTE)["total"]
        self.assertGreaterEqual(before, PART // 10, "what was known is still answered")
        self.assertLess(before, PART, "the replay was over before the broker stopped")

        self.broker.start()
        viewer.wait(lambda _: state(viewer) in ("live", "catching_up"), 30, "heartbeats say live again")
        replaying.succeed(within=60)
        serving.await_consumed("outage", PART, within=30)
        viewer.wait(lambda _: state(viewer) == "live", 10, "heartbeats say live again")
        self.check(serving, viewer)
        self.assertEqual(viewer.connections, 1, "the viewer's own connection was not touched")

    def test_2_a_broker_unreachable_at_start_is_said_and_found_when_it_comes(self):
        self.broker.kill()
        serving, viewer = self.serve()
        self.assert_not_ready(serving)
        self.assertEqual(serving.health("live")[0], 200)
        viewer.wait(lambda _: state(viewer) in ("connecting", "disconnected"), 5, "heartbeats say so")
        said = serving.health()[1]
        self.assertIn("outage", said, "readiness names the stream")

        self.broker.start()
        serving.await_consumed("outage", PART, within=30)
        waiting.until(lambda: serving.health()[0] == 200, 10, lambda: f"ready again: {serving.health()}")
        viewer.wait(lambda _: state(viewer) == "live", 10, "heartbeats say live")
        self.check(serving, viewer)

    def replay(self, serving):
        csv = fixes.write_part(serving.folder / "part.csv.gz", 0, PART)
        taken_secs = fixes.day()[PART - 1].ts - fixes.day()[0].ts
        program = loaded_day.replay(
            self.broker.bootstrap, serving.folder / "streams/outage.yaml", csv, speed=str(taken_secs // REPLAY_SECS)
        )
        self.addCleanup(program.stop)
        return program

    def assert_not_ready(self, serving):
        waiting.until(lambda: serving.health()[0] == 503, SAID_WITHIN_SECS, lambda: f"not ready: {serving.health()}")

    def check(self, serving, viewer):
        """All fixes count, once."""
        expected = oracle.by_time(fixes.day()[:PART], 60)
        viewer.wait(lambda _: viewer.results["minutes"]["total"] >= PART, 15, lambda: viewer.results["minutes"]["total"])
        assert_rows(viewer.results["minutes"]["rows"], expected, "WebSocket")
        answer = serving.query(BY_MINUTE)
        assert_rows(answer["rows"], expected, "API")
        self.assertEqual(answer["coverage"]["gaps"], [])
        account = serving.stream("outage")["account"]
        self.assertEqual((account["consumed"], account["applied"]), (PART, PART))


def state(viewer):
    """The newest word on the stream."""
    found = viewer.health("outage")
    return found and found[1]["state"]


if __name__ == "__main__":
    unittest.main()
