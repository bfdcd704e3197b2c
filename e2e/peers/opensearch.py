"""A real OpenSearch of its own: started on free ports of loopback, filled, asked, and stopped with its folder removed."""

import atexit
import json
import os
import shutil
import socket
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import places
import processes
import waiting

VERSION = "2.19.1"
TOOLS = Path(os.environ.get("HAILSTREAM_TOOLS", places.ROOT / "target/tools"))
LIBRARIES = TOOLS / f"opensearch-{VERSION}/libs"
HEAP = "512m"
READY_WITHIN_SECS = 120
BULK_RECORDS = 2000


class Refused(Exception):
    """An answer other than success, with OpenSearch's own words."""


class OpenSearch:
    """A running node with one index per data set."""

    def __init__(self):
        places.require(LIBRARIES.parent / "complete", "run scripts/setup peers")
        self._program = None
        self._folder = Path(tempfile.mkdtemp(prefix="hailstream-opensearch-"))
        atexit.register(self.stop)
        http, transport = free_ports(2)
        self._url = f"http://127.0.0.1:{http}"
        boot = Path(__file__).with_name("Boot.java")
        options = (f"-Xms{HEAP}", f"-Xmx{HEAP}", "-XX:+UseSerialGC", "-cp", f"{LIBRARIES}/*")
        self._program = processes.Program(["java", *options, boot, self._folder, http, transport], "OpenSearch")

    def await_ready(self):
        """Waits until it answers."""

        def answers():
            if self._program.status() is not None:
                raise AssertionError(f"OpenSearch ended: {self._program.words()}")
            try:
                return self._ask("GET", "/")["version"]["number"]
            except (OSError, Refused):
                return None

        version = waiting.until(answers, READY_WITHIN_SECS, lambda: f"OpenSearch answers; {self._program.words()}")
        assert version == VERSION, f"OpenSearch {version} instead of {VERSION}"

    def fill(self, index, properties, records):
        """Creates an index with an explicit mapping and stores the records, in their order, under their numbers."""
        settings = {"number_of_shards": 1, "number_of_replicas": 0, "refresh_interval": -1}
        mappings = {"dynamic": "strict", "properties": properties}
        self._ask("PUT", f"/{index}", {"settings": settings, "mappings": mappings})
        for start in range(0, len(records), BULK_RECORDS):
            lines = []
            for number, record in enumerate(records[start:start + BULK_RECORDS], start):
                lines += [json.dumps({"index": {"_id": str(number)}}), json.dumps(record)]
            answer = self._ask("POST", f"/{index}/_bulk", "\n".join(lines) + "\n")
            bad = [item["index"]["error"] for item in answer["items"] if "error" in item["index"]]
            assert not bad, f"{index}: {len(bad)} records were refused, the first: {bad[0]}"
        self._ask("POST", f"/{index}/_refresh")

    def search(self, index, body):
        """The answer to a `_search`: all hits are counted, none is returned unless asked for."""
        return self._ask("POST", f"/{index}/_search", {"size": 0, "track_total_hits": True, **body})

    def stop(self):
        """Ends it and removes its data."""
        if self._program:
            self._program.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _ask(self, method, path, body=None):
        data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
        kind = "application/x-ndjson" if path.endswith("_bulk") else "application/json"
        request = urllib.request.Request(self._url + path, data, {"Content-Type": kind}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path}: {error.code} {error.read().decode()}") from None


def free_ports(count):
    """Ports of loopback that nobody has."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
