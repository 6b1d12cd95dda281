"""Child agents: the same program as another user, under this one. Their frames are passed on unopened."""

import os

from assible.agent import processes, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from assible.agent.loop import Agent

TEXT_LIMIT = 16 * 1024


class ChildAgent(object):
    """A privilege change on its way, then a child agent that serves.

    It starts as ``asking``: prompts are answered and everything the program says is kept for the error message.
    The announcement on its stdout makes it ``starting``: the agent's source is sent. The marker makes it ``serving``.
    """

    def __init__(self, agent: "Agent", channel: int, request: "Dict[str, Any]", payload: bytes) -> None:
        self.agent = agent
        self.channel = channel
        self.request = request
        self.state = "asking"
        self.payload = payload
        self.said = bytearray()
        self.answered = False
        self.greeted = False
        self.early: "List[bytes]" = []
        self.stdin = self.stdout = self.stderr = self.terminal = -1
        self._outgoing: "List[memoryview]" = []
        self._decoder = wire.Decoder()
        self._seen = bytearray()
        self.pid = self._spawn()
        for descriptor, callback in (
            (self.stdout, self._stdout),
            (self.stderr, self._stderr),
            (self.terminal, self._terminal),
        ):
            if descriptor >= 0:
                os.set_blocking(descriptor, False)
                agent.watch(descriptor, callback)
        os.set_blocking(self.stdin, False)
        agent.held.add(self.stdin)
        agent.later(request.get("timeout") or 10.0, self._out_of_time)

    def forward(self, frame: bytes) -> None:
        """Pass a frame on, without ever waiting for the child."""
        if self.state == "closed":
            return
        self._outgoing.append(memoryview(frame))
        if len(self._outgoing) == 1:
            self._flush(first=True)

    def reap(self) -> None:
        """Collect the child if it has ended."""
        try:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
        except ChildProcessError:
            pid = self.pid
        if pid and self.state != "closed":
            self._drain()
            self._lost()

    def close(self) -> None:
        """Let the child agent go: the end of its stdin makes it end itself and all that it started."""
        if self.state == "closed":
            return
        serving, self.state = self.state == "serving", "closed"
        for descriptor in (self.stdin, self.stdout, self.stderr, self.terminal):
            if descriptor >= 0:
                self.agent.unwatch(descriptor)
                os.close(descriptor)
        self.agent.held.discard(self.stdin)
        self.agent.held.discard(self.terminal)
        self.agent.channels.pop(self.channel, None)
        if not serving:
            processes.kill_tree(self.pid)

    def _spawn(self) -> int:
        terminals = os.openpty() if self.request.get("tty") else None
        ends = [os.pipe() for _ in range(3)]
        private = self.agent.private_descriptors()
        pid = os.fork()
        if pid == 0:
            _exec_child(self.request["argv"], ends, terminals, private)
        os.close(ends[0][0])
        os.close(ends[1][1])
        os.close(ends[2][1])
        self.stdin, self.stdout, self.stderr = ends[0][1], ends[1][0], ends[2][0]
        if terminals:
            os.close(terminals[1])
            self.terminal = terminals[0]
        return pid

    def _read(self, descriptor: int) -> bytes:
        try:
            return os.read(descriptor, 1024 * 1024)
        except BlockingIOError:
            return b""
        except OSError:  # a terminal whose other end is closed says EIO
            self.agent.unwatch(descriptor)
            return b""

    def _stdout(self) -> None:
        try:
            data = os.read(self.stdout, 1024 * 1024)
        except BlockingIOError:
            return
        if not data:
            self._lost()
        elif self.state == "serving":
            self._relay(data)
        else:
            self._greeting(data)

    def _greeting(self, data: bytes) -> None:
        self._seen += data
        announce = self.request["announce"].encode("ascii") + b"\n"
        if self.state == "asking":
            _, found, after = bytes(self._seen).partition(announce)
            if not found:
                self._listen(data, self.stdin)
                return
            self.state = "starting"
            self._seen = bytearray(after)
            self.forward(self.payload)
        mark = wire.marker(self.request["nonce"])
        _, found, after = bytes(self._seen).partition(mark)
        if found:
            self.state = "serving"
            self._seen = bytearray()
            self.agent.channels[self.channel] = self
            self._relay(after)
            early, self.early = self.early, []
            for frame in early:
                self.forward(frame)

    def _relay(self, data: bytes) -> None:
        """Pass frames up, each under this child's own number, so that no child can speak for another."""
        try:
            for _, header, body in self._decoder.feed(data):
                if not self.greeted:
                    self.greeted = True
                    header = wire.pack(0, dict(wire.parse_header(header), id=self.request["id"]))[wire.PREFIX_BYTES :]
                self.agent.write(wire.pack_raw(self.channel, header, body))
        except wire.WireError:
            self._lost()

    def _stderr(self) -> None:
        data = self._read(self.stderr)
        if data:
            self._listen(data, self.stdin)
        else:
            self.agent.unwatch(self.stderr)

    def _terminal(self) -> None:
        data = self._read(self.terminal)
        if data:
            self._listen(data, self.terminal)

    def _listen(self, data: bytes, answer_to: int) -> None:
        """Keep what the program says before it lets us through, and answer its prompt once."""
        del self.said[: max(0, len(self.said) + len(data) - TEXT_LIMIT)]
        self.said += data
        if self.state != "asking" or not self._is_prompt():
            return
        password = self.request.get("password")
        if password is None:
            self._refuse("password_needed")
        elif self.answered:
            self._refuse("wrong_password")
        else:
            self.answered = True
            del self.said[:]
            os.write(answer_to, password.encode("utf-8", "surrogateescape") + b"\n")

    def _is_prompt(self) -> bool:
        said = bytes(self.said)
        exact = self.request.get("prompt")
        if exact:
            return exact.encode("utf-8") in said
        tail = said.rpartition(b"\n")[2].strip().lower()
        if tail[-1:] not in (b":", b"\x9a"):  # a colon, plain or full-width
            return False
        return any(word.lower().encode("utf-8") in tail for word in self.request.get("prompts") or ["password"])

    def _drain(self) -> None:
        """Read what an ended child has left in its pipes."""
        for descriptor in (self.stderr, self.terminal):
            data = self._read(descriptor) if descriptor >= 0 else b""
            self.said += data
        if self.state != "closed" and self.stdout >= 0:
            data = self._read(self.stdout)
            if data and self.state == "serving":
                self._relay(data)
            elif data:
                self._seen += data

    def _flush(self, first: bool = False) -> None:
        while self._outgoing:
            head = self._outgoing[0]
            try:
                head = head[os.write(self.stdin, head) :]
            except BlockingIOError:
                pass
            except OSError:
                del self._outgoing[:]
                break
            if head:
                self._outgoing[0] = head
                if first:
                    self.agent.watch(self.stdin, self._flush, write=True)
                return
            del self._outgoing[0]
        if not first:
            self.agent.unwatch(self.stdin)

    def _out_of_time(self) -> None:
        if self.state in ("asking", "starting"):
            self._refuse("timeout")

    def _lost(self) -> None:
        if self.state == "serving":
            self.close()
            self.agent.send(self.channel, {"t": "closed", "id": None})
        elif self.state == "asking" and self.answered:
            self._refuse("refused_after_password")
        elif self.state == "asking":
            self._refuse("refused")
        elif self.state == "starting":
            self._refuse("no_interpreter")

    def _refuse(self, reason: str) -> None:
        self._drain()
        text = (bytes(self.said) + b"\n" + bytes(self._seen[:TEXT_LIMIT])).decode("utf-8", "replace").strip()
        self.close()
        self.agent.fail(self.channel, self.request, "become", text, reason=reason)


def become(agent: "Agent", channel: int, header: "Dict[str, Any]", body: bytes) -> None:
    """Start a child agent from this one's own first stage; its greeting, or an error, is the reply.

    The request names ``argv``, ``announce``, ``nonce``, ``password``, ``prompt`` or ``prompts``, ``timeout``, ``tty``.
    """
    child = ChildAgent(agent, channel, header, agent.payload)
    agent.channels.setdefault(channel, _Waiting(child))


class _Waiting(object):
    """Stands for a child that does not serve yet, so that its end is noticed."""

    def __init__(self, child: ChildAgent) -> None:
        self._child = child
        self.reap = child.reap
        self.close = child.close

    def forward(self, frame: bytes) -> None:
        """Keep a frame until the child serves."""
        self._child.early.append(frame)


def _exec_child(argv: "List[str]", ends: "List[Any]", terminals: "Optional[Any]", private: "List[int]") -> None:
    try:
        os.setsid()
        processes.reset_signals()
        if terminals:
            _take_terminal(terminals[1])
        os.dup2(ends[0][0], 0)
        os.dup2(ends[1][1], 1)
        os.dup2(ends[2][1], 2)
        for descriptor in private:
            os.close(descriptor)
        os.execvp(argv[0], argv)
    except OSError as error:
        os.write(2, "{}: {}\n".format(argv[0], error.strerror).encode("utf-8", "replace"))
    finally:
        os._exit(127)


def _take_terminal(slave: int) -> None:
    """Make a pseudo-terminal the controlling one, with echo off; stdin and stdout stay pipes."""
    import fcntl
    import termios

    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    settings = termios.tcgetattr(slave)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, settings)
