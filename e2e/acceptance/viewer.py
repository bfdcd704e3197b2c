"""A viewer, as a page is one: subscribes over the WebSocket, applies deltas, comes back where it was cut off."""

import json
import threading

import deltas
import waiting
from socket_client import Closed, Refused, WebSocket


class Viewer:
    """Subscriptions `{name: query}` on one socket, kept up to date by a thread of their own."""

    def __init__(self, host, port, queries):
        self.address = (host, port)
        self.queries = queries
        self.results = {}
        self.deltas = {name: 0 for name in queries}
        self.snapshots = {name: 0 for name in queries}
        self.connections = 0
        self.resumed = 0
        self.asked_to_resume = 0
        self.heartbeats = []
        self.errors = []
        self.failure = None
        self._changed = threading.Condition()
        self._stopping = False
        self._socket = None
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def wait(self, condition, within, what):
        """Waits until `condition(viewer)` holds; asked after each message."""

        def words():
            return f"{what() if callable(what) else what}; errors {self.errors}, connections {self.connections}"

        with self._changed:
            came = self._changed.wait_for(lambda: self.failure or condition(self), within)
        if self.failure:
            raise AssertionError("the viewer failed") from self.failure
        if not came:
            raise waiting.TooLate(f"not within {within} s: {words()}")

    def health(self, stream):
        """The newest word about a stream, as (server's clock in ms, health), or None."""
        for beat in reversed(self.heartbeats):
            for health in beat["streams"]:
                if health["stream"] == stream:
                    return beat["now_ms"], health
        return None

    def stop(self):
        """Leaves."""
        self._stopping = True
        if self._socket:
            self._socket.close()
        self._thread.join(10)

    def _live(self):
        try:
            while not self._stopping:
                try:
                    self._connection()
                except (Closed, Refused, OSError):
                    if not self.connections:
                        raise
        except Exception as failure:  # the test that waits for us raises it
            with self._changed:
                if not self._stopping:
                    self.failure = failure
                self._changed.notify_all()

    def _connection(self):
        self._socket = WebSocket(*self.address)
        self.connections += 1
        self._say("hello", versions=[1])
        names = dict(enumerate(self.queries, start=1))
        views = {}
        for number, name in names.items():
            since = {}
            if name in self.results:
                stamps = self.results[name]["as_of"]
                since = {"since": {"epoch": stamps["epoch"], "sequence": stamps["sequence"]}}
                self.asked_to_resume += 1
            self._say("subscribe", id=number, query=self.queries[name], **since)
        while not self._stopping:
            text = self._socket.receive()
            with self._changed:
                for line in text.splitlines():
                    self._take(json.loads(line), names, views)
                self._changed.notify_all()

    def _say(self, kind, **content):
        self._socket.send(json.dumps({kind: content}))

    def _take(self, message, names, views):
        (kind, content), = message.items()
        if kind == "subscribed":
            views.setdefault(content["view"], set()).add(names[content["id"]])
            self.resumed += content["resumed"]
        elif kind == "snapshot":
            for name in views[content["view"]]:
                self.results[name] = content["result"]
                self.snapshots[name] += 1
        elif kind == "delta":
            for name in views[content["view"]]:
                self.results[name] = deltas.apply(content["delta"], self.results[name])
                self.deltas[name] += 1
        elif kind == "heartbeat":
            self.heartbeats.append(content)
        elif kind == "error":
            self.errors.append(content)
