"""A TCP proxy on loopback that cuts its connections after random amounts of data, in good order or abruptly."""

import random
import select
import socket
import struct
import threading

READ_BYTES = 1 << 16
RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: the connection is reset, what is under way is lost


class CuttingProxy:
    """Cuts `cuts` connections, each after `least` to `most` bytes of the server; then lets all through."""

    def __init__(self, host, port, cuts, least, most, seed):
        self._upstream = (host, port)
        self._random = random.Random(seed)
        self._range = (least, most)
        self.cuts_left = cuts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = self._listener.getsockname()
        self._stopping = False
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self):
        """Ends all connections."""
        self._stopping = True
        self._thread.join(10)
        self._listener.close()

    def _accept(self):
        while not self._stopping:
            ready, _, _ = select.select([self._listener], [], [], 0.1)
            if ready:
                self._serve(self._listener.accept()[0])

    def _serve(self, client):
        """One viewer at a time: that is all this is for."""
        server = socket.create_connection(self._upstream)
        bytes_left = self._random.randint(*self._range) if self.cuts_left else None
        while not self._stopping:
            ready, _, _ = select.select([client, server], [], [], 0.1)
            if client in ready and not pass_on(client, server, READ_BYTES):
                break
            if server in ready:
                passed = pass_on(server, client, min(READ_BYTES, bytes_left or READ_BYTES))
                if not passed:
                    break
                if bytes_left is not None:
                    bytes_left -= passed
                    if bytes_left <= 0:
                        self.cuts_left -= 1
                        if self._random.random() < 0.5:
                            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                            server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                        break
        client.close()
        server.close()


def pass_on(source, target, most):
    """Passes on what came, at most so many bytes; 0 at the end."""
    try:
        data = source.recv(most)
        target.sendall(data)
    except OSError:
        return 0
    return len(data)
