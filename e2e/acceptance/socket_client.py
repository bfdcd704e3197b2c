"""A WebSocket client of RFC 6455 in its plainest form: text messages, one thread, no extensions. What the messages mean
is told in viewer.py."""

import base64
import hashlib
import os
import socket
import struct

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The connection ended."""


class Refused(Exception):
    """The server did not agree to a WebSocket; `status` is its answer."""

    def __init__(self, status, head):
        super().__init__(f"handshake answered {status}: {head}")
        self.status = status


class WebSocket:
    """An open connection."""

    def __init__(self, host, port, path="/ws", protocols=("hailstream.v1.json",), origin=None, timeout=20):
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        try:
            self.protocol = self._handshake(f"{host}:{port}", path, protocols, origin)
        except BaseException:
            self._socket.close()
            raise

    def _handshake(self, host, path, protocols, origin):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}", "Connection: Upgrade", "Upgrade: websocket"]
        lines += ["Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
        if protocols:
            lines.append(f"Sec-WebSocket-Protocol: {', '.join(protocols)}")
        if origin is not None:
            lines.append(f"Origin: {origin}")
        self._write("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, value in (line.split(":", 1) for line in rest)}
        status = int(first.split()[1])
        if status != 101:
            raise Refused(status, head.decode("latin-1"))
        expected = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        if headers.get("sec-websocket-accept") != expected:
            raise Refused(status, "wrong Sec-WebSocket-Accept")
        return headers.get("sec-websocket-protocol")

    def send(self, text):
        """Sends one text message."""
        self._frame(TEXT, text.encode())

    def receive(self):
        """The next text message; pings are answered on the way."""
        parts = []
        while True:
            first, second = self._read(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack(">H", self._read(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self._read(8))
            payload = self._read(length)
            kind = first & 0x0F
            if kind == PING:
                self._frame(PONG, payload)
            elif kind == CLOSE:
                raise Closed(f"closed by the server: {payload[:2].hex()} {payload[2:].decode(errors='replace')}")
            elif kind != PONG:
                parts.append(payload)
                if first & 0x80:
                    return b"".join(parts).decode()

    def close(self):
        """Says goodbye, without waiting for an answer."""
        try:
            self._frame(CLOSE, struct.pack(">H", 1000))
            self._socket.shutdown(socket.SHUT_RDWR)
        except (OSError, Closed):
            pass
        self._socket.close()

    def _frame(self, kind, payload):
        mask = os.urandom(4)
        if len(payload) < 126:
            head = struct.pack(">BB", 0x80 | kind, 0x80 | len(payload))
        elif len(payload) < 1 << 16:
            head = struct.pack(">BBH", 0x80 | kind, 0x80 | 126, len(payload))
        else:
            head = struct.pack(">BBQ", 0x80 | kind, 0x80 | 127, len(payload))
        self._write(head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)))

    def _write(self, data):
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from None

    def _read(self, count):
        while len(self._buffer) < count:
            self._fill()
        data, self._buffer = self._buffer[:count], self._buffer[count:]
        return data

    def _fill(self):
        try:
            data = self._socket.recv(1 << 18)
        except OSError as error:
            raise Closed(str(error)) from None
        if not data:
            raise Closed("the connection ended")
        self._buffer += data
