"""Programs that tests start. Whatever happens, all of them are ended: by their test, or at exit."""

import atexit
import collections
import os
import signal
import subprocess
import threading

import waiting

KEPT_LINES = 5000
_running = set()


class Program:
    """A running program with the newest lines of its output."""

    def __init__(self, arguments, name, stdin=None):
        self.name = name
        self._output = {"stdout": collections.deque(maxlen=KEPT_LINES), "stderr": collections.deque(maxlen=KEPT_LINES)}
        self._process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        _running.add(self)
        self._readers = [threading.Thread(target=self._read, args=(kind,), daemon=True) for kind in self._output]
        for reader in self._readers:
            reader.start()
        if stdin is not None:
            self._process.stdin.write(stdin)
            self._process.stdin.close()

    def _read(self, kind):
        for line in getattr(self._process, kind):
            self._output[kind].append(line.rstrip("\n"))

    @property
    def stdout(self):
        """The newest lines of its standard output."""
        return list(self._output["stdout"])

    @property
    def stderr(self):
        """The newest lines of its messages."""
        return list(self._output["stderr"])

    def status(self):
        """Its exit status, or None while it runs."""
        return self._process.poll()

    def line(self, prefix, within=30):
        """The rest of the first line of output that starts with `prefix`."""

        def found():
            if self.status() is not None and not any(reader.is_alive() for reader in self._readers):
                lines = [line for line in self.stdout if line.startswith(prefix)]
                if not lines:
                    raise AssertionError(f"{self.name} ended with {self.status()}: {self.words()}")
            return next((line[len(prefix):].strip() for line in self.stdout if line.startswith(prefix)), None)

        return waiting.until(found, within, lambda: f"{self.name} prints `{prefix}…`; it said {self.words()}")

    def succeed(self, within=120):
        """Waits for its end and insists on exit status 0."""
        status = self.end_within(within)
        if status != 0:
            raise AssertionError(f"{self.name} ended with {status}: {self.words()}")
        return self

    def end_within(self, within):
        """Waits for its end; its exit status."""
        try:
            status = self._process.wait(within)
        except subprocess.TimeoutExpired:
            raise waiting.TooLate(f"{self.name} did not end within {within} s: {self.words()}") from None
        for reader in self._readers:
            reader.join()
        _running.discard(self)
        return status

    def words(self):
        """The end of all it said, for failure messages."""
        return "\n".join([*self.stdout[-5:], *self.stderr[-30:]]) or "nothing"

    def kill(self):
        """Ends it without letting it finish anything."""
        self._process.kill()
        self.end_within(10)

    def stop(self, within=15):
        """Asks it to end; ends it by force where it does not."""
        if self.status() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self.end_within(10)


def run(arguments, name, stdin=None, within=120):
    """Runs a program to its end, whatever its exit status."""
    program = Program(arguments, name, stdin)
    program.end_within(within)
    return program


def stop_all():
    """Ends all that still runs."""
    for program in list(_running):
        program.stop(within=3)


def end_cleanly_on_signals():
    """Makes a signal end the tests as ctrl-C does, so that clean-ups run."""

    def interrupt(number, _frame):
        raise KeyboardInterrupt(signal.Signals(number).name)

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


atexit.register(stop_all)
os.environ.setdefault("RUST_BACKTRACE", "1")
