"""A real Apache Kafka, started by scripts/kafka, and its own console tools to write and read records without the product."""

import atexit
import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import places

# Between the parts of a printed record; in no record of these tests.
SEPARATOR = "\x1f"
ABSENT = "\x1e"


@dataclass(frozen=True)
class Record:
    """A record as the broker holds it."""

    partition: int
    offset: int
    timestamp_ms: int
    headers: str
    key: str | None
    value: str | None

    def json(self):
        """Its value, read as JSON."""
        return json.loads(self.value)


class Broker:
    """One broker in a folder of its own."""

    def __init__(self):
        self._dir = Path(tempfile.mkdtemp(prefix="hailstream-acceptance-"))
        self._folder = self._dir / "kafka"
        atexit.register(self.remove)
        self.bootstrap = self.start()

    def start(self):
        """Starts it, or brings it back with its data on its port. Gives its address."""
        printed = self._script("start")
        self.bootstrap = printed.split()[-1]
        return self.bootstrap

    def stop(self):
        """Stops it in good order; data and port stay."""
        self._script("stop", "--keep")

    def kill(self):
        """Ends it at once; data and port stay."""
        self._script("kill")

    def remove(self):
        """Ends it and deletes its data."""
        if self._dir.exists():
            self._script("stop")
            shutil.rmtree(self._dir, ignore_errors=True)

    def topics(self, **partitions):
        """Creates topics, all at once because each takes the start of a JVM: `topics(positions=4)`. `__` is a dot."""
        names = {name.replace("__", "."): count for name, count in partitions.items()}
        commands = {name: self._command("topic", name, str(count)) for name, count in names.items()}
        started = [
            (name, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
            for name, command in commands.items()
        ]
        for name, process in started:
            _, errors = process.communicate(timeout=60)
            if process.returncode != 0:
                raise AssertionError(f"topic {name} was not created: {errors.decode()}")

    def write(self, topic, records):
        """Sends `(key, value)` pairs of text; None is no key, or a null record."""
        lines = []
        for key, value in records:
            parts = [ABSENT if part is None else part for part in (key, value)]
            lines.append(SEPARATOR.join(parts) + "\n")
        self._tool(
            "org.apache.kafka.tools.ConsoleProducer",
            *("--topic", topic),
            *("--reader-property", "parse.key=true", "--reader-property", f"key.separator={SEPARATOR}"),
            *("--reader-property", f"null.marker={ABSENT}"),
            stdin="".join(lines),
        )

    def read(self, topic, count):
        """Exactly `count` records of a topic from its beginning, by partition and offset; fewer are an error."""
        options = ["timestamp", "partition", "offset", "headers", "key"]
        printed = self._tool(
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            *("--topic", topic, "--from-beginning", "--max-messages", str(count), "--timeout-ms", "20000"),
            *(part for option in options for part in ("--formatter-property", f"print.{option}=true")),
            *("--formatter-property", f"key.separator={SEPARATOR}"),
            *("--formatter-property", f"null.literal={ABSENT}"),
        )
        records = [parse_record(line) for line in printed.split("\n") if SEPARATOR in line]
        if len(records) != count:
            raise AssertionError(f"{topic} gave {len(records)} of {count} records")
        return sorted(records, key=lambda record: (record.partition, record.offset))

    def end_offsets(self, topic):
        """How many records each partition was given so far."""
        printed = self._tool("org.apache.kafka.tools.GetOffsetShell", "--topic", topic)
        rows = [line.split(":") for line in printed.split()]
        return {int(partition): int(offset) for name, partition, offset in rows if name == topic}

    def read_all(self, topic):
        """All records of a topic that nobody writes to any more."""
        return self.read(topic, sum(self.end_offsets(topic).values()))

    def _command(self, *arguments):
        return [str(places.require(places.KAFKA_SCRIPT, "the project is incomplete")), *arguments, "--dir", str(self._folder)]

    def _script(self, *arguments):
        done = subprocess.run(self._command(*arguments), capture_output=True, text=True, timeout=150)
        if done.returncode != 0:
            raise AssertionError(f"scripts/kafka {' '.join(arguments)} failed: {done.stderr}")
        return done.stdout

    def _tool(self, name, *arguments, stdin=""):
        done = subprocess.run(
            self._command("tool", name, *arguments), input=stdin, capture_output=True, text=True, timeout=120
        )
        if done.returncode != 0:
            raise AssertionError(f"{name} failed: {done.stderr[-2000:]}")
        return done.stdout


def parse_record(line):
    """A line of the console consumer: CreateTime, Partition, Offset, headers, key, value."""
    stamp, partition, offset, headers, key, value = line.split(SEPARATOR)
    return Record(
        partition=int(partition.split(":")[1]),
        offset=int(offset.split(":")[1]),
        timestamp_ms=int(stamp.split(":")[1]),
        headers=headers,
        key=None if key == ABSENT else key,
        value=None if value == ABSENT else value,
    )
