"""Boards of the presets as their files have them: what each panel asks, and of which stream; asked of the test's records."""

import json
from dataclasses import dataclass

import places
import yaml

PRESETS = places.ROOT / "assets/presets"
# Nothing is late, nothing expires, and `now` is the newest record.
OF_A_FILE = {"clock": "stream", "lateness": "3650d", "retention": {"memory": "3650d"}}


@dataclass(frozen=True)
class Board:
    """The board of a preset. `asks` maps its panels to their questions, further ones by both names (`revenue sparkline`); those that ask
    none or for records are left out."""

    name: str
    asks: dict

    def ask(self, panel, time):
        """A panel's question without its stream, over `time` where it has no range of its own."""
        query = {"time": time, **self.asks[panel]}
        del query["stream"]
        return query

    def stream_name(self):
        """That of the stream that is asked."""
        return f"{self.name}-board"

    def stream_file(self, topic):
        """The stream of the preset, reading what the others read."""
        (path,) = (PRESETS / self.name / "streams").glob("*.yaml")
        stream = yaml.safe_load(path.read_text())
        return json.dumps({**stream, **OF_A_FILE, "stream": self.stream_name(), "topics": [topic]})


def board(preset):
    """The board of a preset."""
    (path,) = (PRESETS / preset / "dashboards").glob("*.yaml")
    attributes = yaml.safe_load(path.read_text())["attributes"]
    queries = {}
    for panel in attributes["panels"]:
        name, shown = panel["panelIndex"], panel["visualization"]
        queries[name] = shown.get("query")
        queries |= {f"{name} {extra}": query for extra, query in shown.get("extra_queries", {}).items()}
    asks = {panel: query for panel, query in queries.items() if query and "hits" not in query}
    return Board(preset, asks)
