"""`hailstream serve` with files of a test's own, and its HTTP API."""

import json
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import places
import processes
import waiting
from viewer import Viewer


class ApiError(Exception):
    """An answer other than success."""

    def __init__(self, status, problem):
        super().__init__(f"{status} {problem}")
        self.status = status
        self.problem = problem


def write_files(folder, files):
    """Writes `{relative path: text}` below a folder."""
    for path, text in files.items():
        target = Path(folder) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def configuration(bootstrap):
    """A configuration file for `serve`."""
    return (
        f"kafka: {{bootstrap.servers: '{bootstrap}'}}\n"
        "streams: streams\n"
        "dashboards: dashboards\n"
        "data_dir: data\n"
    )


class Server:
    """A running server. `streams` maps names to the text of stream files."""

    def __init__(self, bootstrap, streams):
        self._folder = tempfile.TemporaryDirectory(prefix="hailstream-serve-")
        self.folder = Path(self._folder.name)
        files = {f"streams/{name}.yaml": text for name, text in streams.items()}
        write_files(self.folder, {"hailstream.yaml": configuration(bootstrap), **files})
        (self.folder / "dashboards").mkdir()
        self.config = self.folder / "hailstream.yaml"
        self._program = processes.Program(
            [places.binary(), "serve", "--config", self.config, "--listen", "127.0.0.1:0"], "serve"
        )
        self.url = self._program.line("listening ").rstrip("/")
        self.host, port = self.url.removeprefix("http://").split(":")
        self.port = int(port)

    def query(self, query):
        """The result of `POST /api/query`."""
        return self.post("/api/query", query)

    def stream(self, name):
        """What the API tells about a stream."""
        return self.get(f"/api/streams/{name}")

    def viewer(self, queries):
        """A viewer of these queries."""
        return Viewer(self.host, self.port, queries)

    def health(self, kind="ready"):
        """Status and words of `/health/ready` (or `live`)."""
        try:
            with urllib.request.urlopen(f"{self.url}/health/{kind}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def await_consumed(self, stream, count, within=120):
        """Waits until a stream has read so many records; its account."""

        def account():
            return self.stream(stream)["account"]

        waiting.until(
            lambda: account()["consumed"] >= count,
            within,
            lambda: f"{stream} reads {count} records; {account()}; {self._program.words()}",
        )
        return account()

    def get(self, path):
        """JSON of a resource."""
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path, body):
        """JSON of the answer to a JSON body (or to `str` as it is)."""
        data = body if isinstance(body, str) else json.dumps(body)
        return self._ask(
            urllib.request.Request(self.url + path, data.encode(), {"Content-Type": "application/json"})
        )

    def words(self):
        """The end of what it said."""
        return self._program.words()

    def stop(self):
        """Ends it."""
        self._program.stop()
        self._folder.cleanup()

    @staticmethod
    def _ask(request):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            try:
                problem = json.loads(text)
            except ValueError:
                problem = {"detail": text}
            raise ApiError(error.code, problem) from None
