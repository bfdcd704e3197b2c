"""A scenario: one question in both languages, and the rows that both must answer; or a panel of a preset's board and the question that
OpenSearch Dashboards puts for it, whose answers must be one another's. Read from YAML; compared here."""

import datetime
import math
from dataclasses import dataclass
from pathlib import Path

import yaml
from boards import Board, board

FOLDER = Path(__file__).with_name("scenarios")
COMPATIBILITY = Path(__file__).resolve().parents[2] / "docs/compatibility.md"
RELATIVE = 1e-9


class NotAScenario(Exception):
    """A file that cannot be used, and why."""


@dataclass(frozen=True)
class Scenario:
    """`ask` is our query without its stream, `opensearch` the body of a `_search`, `rows` what both answer; times in rows are written
    as times and compared as epoch milliseconds. Of a panel there are none: `board` is where it stands.

    `sql` asks DuckDB the same, of the table named like the data; it must answer `rows` without any allowance.
    `within` maps columns of ours to the relative error that their approximation may have. Where the two differ on purpose,
    `differs` says why, `rows` are ours, and `theirs` are OpenSearch's.
    """

    name: str
    data: str
    ask: dict
    opensearch: dict
    rows: list | None
    sql: str | None
    within: dict
    differs: str | None
    theirs: list | None
    board: Board | None = None

    def stream(self):
        """That of ours which is asked."""
        return self.board.stream_name() if self.board else self.data


def all_scenarios():
    """Every scenario of every file, in the order of names of files and then of places."""
    found = [one for path in sorted(FOLDER.glob("*.yaml")) for one in of_file(path)]
    names = [one.name for one in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise NotAScenario(f"names given twice: {', '.join(sorted(twice))}")
    return found


def documented():
    """The names of scenarios in the documentation's table of differences."""
    _, differences = COMPATIBILITY.read_text().split("## Differences\n", 1)
    rows = [line.split("|")[1].strip() for line in differences.split("\n## ")[0].splitlines() if line.startswith("|")]
    return set(rows[2:])


def of_file(path):
    """The scenarios of a file."""
    file = yaml.safe_load(path.read_text())
    if "board" in file:
        yield from of_board(path, file)
        return
    keys = {"name", "ask", "opensearch", "rows", "sql", "within", "differs", "theirs"}
    for one in file["scenarios"]:
        unknown, missing = set(one) - keys, {"name", "ask", "opensearch", "rows"} - set(one)
        if unknown or missing or ("differs" in one) != ("theirs" in one):
            raise NotAScenario(f"{path.name}, {one.get('name')}: unknown {unknown}, missing {missing}, or one of differs, theirs alone")
        yield Scenario(
            one["name"], file["data"], one["ask"], one["opensearch"], in_millis(one["rows"]),
            one.get("sql"), one.get("within", {}), one.get("differs"), in_millis(one.get("theirs")),
        )


def of_board(path, file):
    """A scenario for each panel of a board that asks for numbers."""
    shown = board(file["board"])
    panels = file["panels"]
    if set(panels) != set(shown.asks):
        raise NotAScenario(f"{path.name}: panels that are not compared, or not there: {sorted(set(panels) ^ set(shown.asks))}")
    for panel, body in panels.items():
        yield Scenario(f"{file['board']}: {panel}", file["data"], shown.ask(panel, file["time"]), body, None, None, {}, None, None, shown)


def in_millis(value):
    """The same with epoch milliseconds in place of times."""
    if isinstance(value, list):
        return [in_millis(one) for one in value]
    return round(value.timestamp() * 1000) if isinstance(value, datetime.datetime) else value


def differences(answer, expected, columns, within, most=6):
    """What differs between two lists of rows, in words; empty when nothing does."""
    found = []
    if len(answer) != len(expected):
        found.append(f"{len(answer)} rows, {len(expected)} expected")
    for place, (got, wanted) in enumerate(zip(answer, expected)):
        errors = [within.get(column, RELATIVE) for column in columns]
        if len(got) != len(wanted) or len(got) != len(columns) or not all(map(same, got, wanted, errors)):
            found.append(f"row {place}: {got}, expected {wanted}")
    return found[:most]


def same(got, wanted, relative):
    """Whether two cells agree: numbers within a relative error, all else exactly. Truth values are no numbers."""
    if isinstance(wanted, list):
        return isinstance(got, list) and len(got) == len(wanted) and all(same(*pair, relative) for pair in zip(got, wanted))
    if is_number(wanted):
        return is_number(got) and math.isclose(got, wanted, rel_tol=relative, abs_tol=1e-12)
    return type(got) is type(wanted) and got == wanted


def is_number(value):
    """Whole or not; not a truth value."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
