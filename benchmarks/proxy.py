"""A TCP proxy before a server, whose line a test can cut, freeze and restore."""

import contextlib
import selectors
import socket
import threading


class Proxy:
    """Passes on every connection of its own port to a server's port."""

    def __init__(self, port=0):
        self.target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._pairs = {}  # socket: the one on the other side
        self._selector = selectors.DefaultSelector()
        self._waker, self._bell = socket.socketpair()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._selector.register(self._bell, selectors.EVENT_READ)
        self._lock = threading.Lock()
        self._is_cut = self._is_frozen = self._is_over = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def cut(self):
        """Close every connection and refuse new ones."""
        with self._lock:
            self._is_cut = True
            self._drop(list(self._pairs))

    def freeze(self):
        """Pass on nothing more, though every connection stays open."""
        self._is_frozen = True

    def restore(self):
        """Be a good line again."""
        self._is_cut = self._is_frozen = False
        self._waker.send(b".")

    def end(self):
        self._is_over = True
        self._waker.send(b".")
        self._thread.join()
        for one in (self._listener, self._waker, self._bell, *self._pairs):
            one.close()
        self._selector.close()

    def _work(self):
        while not self._is_over:
            for key, _ in self._selector.select(timeout=0.05 if self._is_frozen else None):
                with self._lock:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj is self._bell:
                        self._bell.recv(100)
                    elif not self._is_frozen:
                        self._pass_on(key.fileobj)

    def _accept(self):
        ours, _ = self._listener.accept()
        try:
            if self._is_cut:
                raise ConnectionError
            theirs = socket.create_connection(("127.0.0.1", self.target), timeout=10)
        except OSError:
            ours.close()
            return
        for one, other in ((ours, theirs), (theirs, ours)):
            one.settimeout(10)
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, source):
        if source not in self._pairs:
            return
        try:
            data = source.recv(1 << 16)
            if not data:
                raise ConnectionError
            self._pairs[source].sendall(data)
        except OSError:
            self._drop([source, self._pairs[source]])

    def _drop(self, sockets):
        for one in sockets:
            if self._pairs.pop(one, None):
                self._selector.unregister(one)
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
