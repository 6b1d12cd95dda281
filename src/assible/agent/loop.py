"""The agent: one thread that serves requests from stdin until stdin ends."""

import os
import selectors
import signal
import sys
import time

from assible.agent import current, importer, runner, wire, worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set, Tuple

    from assible.agent.importer import MemoryFinder

READ_BYTES = 1024 * 1024
SHORT_JOB_SECONDS = 0.003
#: So many processes wait for a next call at most; the first ones know the least and go first.
MOST_IDLE_WORKERS = 4

#: Requests whose code is loaded when the first one comes: ``function(agent, channel, header, body)``.
LAZY = {
    "stat": ("assible.agent.transfer", "stat"),
    "put": ("assible.agent.transfer", "put"),
    "chunk": ("assible.agent.transfer", "chunk"),
    "get": ("assible.agent.transfer", "get"),
    "ack": ("assible.agent.transfer", "acknowledge"),
    "mktemp_dir": ("assible.agent.transfer", "make_temporary_directory"),
    "remove": ("assible.agent.transfer", "remove"),
    "become": ("assible.agent.children", "become"),
}


class Stop(Exception):
    """The loop is to end: the controller is gone or said so."""


class Agent(object):
    """Serves requests of one controller, several at once.

    Attributes:
        channels: Child agents by their number.
        held: Open descriptors that are not in the selector, and that no child may keep.
        transfers: Files on their way, by ``(channel, request id)``.
        made_directories: Temporary directories that this agent made: all that it may remove.
    """

    def __init__(self, finder: "MemoryFinder", reader: int, writer: int, payload: bytes = b"") -> None:
        self.payload = payload
        self.modules = runner.Modules(finder)
        self.jobs: "Dict[Tuple[int, int], runner.Job]" = {}
        self.channels: "Dict[int, Any]" = {}
        self.transfers: "Dict[Tuple[int, int], Any]" = {}
        self.held: "Set[int]" = {writer}
        self.made_directories: "Set[str]" = set()
        self._idle: "List[worker.Worker]" = []
        self._worker_is_due = False
        self._calls = 0
        self._leaving: "Set[int]" = set()
        self._timers: "List[Tuple[float, Callable[[], None]]]" = []
        self._reader = reader
        self._writer = writer
        self._decoder = wire.Decoder()
        self._selector = selectors.DefaultSelector()
        self._wake = os.pipe()
        self._lessons, current.lessons_fd = os.pipe()
        self._requests = {
            "hello": self._hello,
            "ping": self._ping,
            "put_code": self._put_code,
            "run": self._run,
            "exec": self._exec,
            "cancel": self._cancel,
            "finish": self._finish,
            "shutdown": self._shutdown,
        }
        self._finishing = False

    def serve(self) -> None:
        """Serve until stdin ends, the controller says so, or a signal comes; then end all that was started."""
        self._catch_signals()
        try:
            self._listen()
            while not self._finishing or self.jobs or self.channels:
                self._turn()
        except Stop:
            pass
        finally:
            self._end()

    def send(self, channel: int, header: "Dict[str, Any]", body: bytes = b"") -> None:
        """Send one frame to the controller."""
        self.write(wire.pack(channel, header, body))

    def write(self, data: bytes) -> None:
        """Write all of the data; the controller always reads, so that this cannot block for ever.

        Raises:
            Stop: Nobody reads any more.
        """
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._writer, view) :]
            except BlockingIOError:
                os.set_blocking(self._writer, True)
            except OSError:
                raise Stop

    def fail(self, channel: int, request: "Dict[str, Any]", kind: str, message: str, **more: "Any") -> None:
        """Answer a request with an error."""
        self.send(channel, dict(more, t="error", id=request.get("id"), kind=kind, message=message))

    def watch(self, descriptor: int, callback: "Callable[[], None]", write: bool = False) -> None:
        """Call back whenever a descriptor can be read (or written)."""
        event = selectors.EVENT_WRITE if write else selectors.EVENT_READ
        self._selector.register(descriptor, event, callback)

    def unwatch(self, descriptor: int) -> None:
        """Stop watching; a descriptor that is not watched is no error."""
        try:
            self._selector.unregister(descriptor)
        except KeyError:
            pass

    def later(self, seconds: float, callback: "Callable[[], None]") -> None:
        """Call back once, about so many seconds from now."""
        self._timers.append((time.monotonic() + seconds, callback))

    def private_descriptors(self) -> "List[int]":
        """Return every descriptor that a forked child must close."""
        mine = set(self._selector.get_map()) | self.held | set(self._wake)
        if hasattr(self._selector, "fileno"):
            mine.add(self._selector.fileno())
        return [fd for fd in mine if isinstance(fd, int)]

    def begin(self, job: runner.Job) -> None:
        """Watch a child whose pipes are not watched yet."""
        self.jobs[(job.channel, job.request_id)] = job
        for descriptor in job.readers:
            self.watch(descriptor, lambda fd=descriptor: self._job_output(job, fd))  # type: ignore[misc]
        if job.stdin:
            self.watch(job.stdin[0], lambda: self._job_input(job), write=True)

    def start(
        self, channel: int, header: "Dict[str, Any]", child: "Callable[[], int]", stdin: bytes = b"", tmp: str = ""
    ) -> runner.Job:
        """Fork a child for a request and watch it; the reply goes out when it has ended."""
        job = runner.launch(channel, header, stdin, child, self.private_descriptors())
        job.tmp = tmp or None
        self.begin(job)
        return job

    def _listen(self) -> None:
        """Watch for requests; where stdin is a file they are all there already."""
        try:
            self.watch(self._reader, self._read)
        except PermissionError:
            self.held.add(self._reader)
            while not self._finishing:
                self._read()

    def _catch_signals(self) -> None:
        for descriptor in self._wake:
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._wake[1])
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, _stop)
        self.watch(self._wake[0], self._woken)
        os.set_blocking(self._lessons, False)
        self.watch(self._lessons, self._learn)

    def _turn(self) -> None:
        ready = self._selector.select(self._patience())
        for key, _ in ready:
            if key.fd in self._selector.get_map():
                key.data()
        if self._worker_is_due and not ready:
            self._worker_is_due = False
            self._keep(self._fork_worker())
        if self._timers or self.jobs:
            self._run_timers()

    def _patience(self) -> "Optional[float]":
        if self._worker_is_due:  # a job that is soon over is answered first
            return SHORT_JOB_SECONDS if self.jobs else 0.0
        moments = [moment for moment, _ in self._timers]
        moments.extend(job.deadline for job in self.jobs.values() if job.deadline is not None)
        if not moments:
            return None
        return max(0.0, min(moments) - time.monotonic())

    def _run_timers(self) -> None:
        now = time.monotonic()
        due = [callback for moment, callback in self._timers if moment <= now]
        self._timers = [(moment, callback) for moment, callback in self._timers if moment > now]
        for callback in due:
            callback()
        for job in self.jobs.values():
            if job.deadline is not None and job.deadline <= now:
                job.deadline = None
                job.end("timeout")

    def _read(self) -> None:
        try:
            data = os.read(self._reader, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            raise Stop
        if not data:
            raise Stop
        try:
            for channel, header, body in self._decoder.feed(data):
                child = self.channels.get(channel)
                if child is not None:
                    child.forward(wire.pack_raw(0, header, body))
                elif channel == 0 or wire.parse_header(header).get("t") == "become":
                    self._serve_one(channel, wire.parse_header(header), body)
                else:  # never served here: it was meant for another user
                    self.fail(channel, wire.parse_header(header), "closed", "that child agent is not running")
        except wire.WireError as error:
            sys.stderr.write("assible agent: {}\n".format(error))
            raise Stop

    def _serve_one(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        kind = header.get("t")
        try:
            self._handler(kind)(channel, header, body)
        except Stop:
            raise
        except OSError as error:
            text = error.strerror or str(error)
            self.fail(channel, header, "os", text, errno=error.errno, path=_text(error.filename))
        except Exception as error:  # a request must not end the agent, whatever it holds; the sender is told
            self.fail(channel, header, "request", "{}: {}".format(type(error).__name__, error))

    def _handler(self, kind: "Any") -> "Callable[[int, Dict[str, Any], bytes], None]":
        handler = self._requests.get(kind)
        if handler is None:
            if kind not in LAZY:
                raise ValueError("there is no request {!r}".format(kind))
            module, name = LAZY[kind]
            __import__(module)
            function = getattr(sys.modules[module], name)
            handler = self._requests[kind] = lambda channel, header, body: function(self, channel, header, body)
        return handler

    def _hello(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        self.send(channel, dict(greeting(), id=header.get("id")))

    def _ping(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        self.send(channel, {"t": "pong", "id": header.get("id")}, body)

    def _put_code(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        self.modules.store(header, body)

    def _run(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        if header["style"] == "native" and not header.get("detach"):
            self.begin(self._employ(channel, header, body))
            return
        tmp = ""
        if header["style"] not in ("native", "python"):
            tmp = runner.make_private_directory(header.get("tmp"))
        child = self.modules.prepare(header, body, tmp)
        if header.get("detach"):
            from assible.agent import detached

            module = child
            child = lambda: detached.launch(header["detach"], module, tmp)  # noqa: E731  # one of two ways to start
            tmp = ""
        self.start(channel, header, child, tmp=tmp)

    def _employ(self, channel: int, header: "Dict[str, Any]", body: bytes) -> runner.Job:
        """Give a call to a worker that waits and knows the module, or to a new one."""
        self._calls += 1
        call = worker.pack(header, body)
        for one in [one for one in self._idle if call and header["bundle"] in one.bundles]:
            self._idle.remove(one)
            if one.take(call):
                return one.job_of(channel, header)
            self._dismiss(one)
        self.modules.prepare(header, body, "")  # what all runs share is done here, once
        return self._fork_worker((header, body)).job_of(channel, header)

    def _fork_worker(self, call: "Optional[worker.Call]" = None) -> worker.Worker:
        fresh = worker.fork_worker(self.modules, self.private_descriptors(), call)
        self.held.update(fresh.descriptors)
        return fresh

    def _keep(self, one: worker.Worker) -> None:
        """Let a worker wait for its next call."""
        self._idle.append(one)
        if len(self._idle) > MOST_IDLE_WORKERS:
            self._dismiss(self._idle.pop(0))

    def _dismiss(self, one: worker.Worker) -> None:
        """Let go of a worker that waits, or has ended."""
        self._leaving.add(one.pid)
        self.held.difference_update(one.descriptors)
        for descriptor in one.descriptors:
            os.close(descriptor)

    def _exec(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        argv = header.get("argv")
        if not argv:
            argv = [header.get("shell") or "/bin/sh", "-c", header["command"]]
        self.start(channel, header, lambda: runner.execute(argv), stdin=body)

    def _cancel(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        job = self.jobs.get((channel, header["target"]))
        if job is not None:
            job.end("cancelled")
        transfer = self.transfers.pop((channel, header["target"]), None)
        if transfer is not None:
            transfer.abandon()

    def _finish(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        """Read no more, and end when everything that was asked has been answered: the one-shot way."""
        self._finishing = True
        self.unwatch(self._reader)
        for child in list(self.channels.values()):
            child.forward(wire.pack(0, header))

    def _shutdown(self, channel: int, header: "Dict[str, Any]", body: bytes) -> None:
        raise Stop

    def _job_output(self, job: runner.Job, descriptor: int) -> None:
        data = job.read(descriptor)
        if data:
            self._take(job, descriptor, data)
            if job.status is not None:
                self._finish_if_done(job)
        elif data is not None:
            self._let_go(job, descriptor)
            self._finish_if_done(job)

    def _take(self, job: runner.Job, descriptor: int, data: bytes) -> None:
        name = job.readers[descriptor]
        job.take(name, data)
        if job.stream and name != "res" and not job.problem:
            self.send(job.channel, {"t": "output", "id": job.request_id, "stream": name}, data)

    def _job_input(self, job: runner.Job) -> None:
        if job.stdin is None:
            return
        descriptor, data = job.stdin
        try:
            job.stdin[1] = data = data[os.write(descriptor, data[:READ_BYTES]) :]
        except BlockingIOError:
            return
        except OSError:  # the program does not read its input, which is its right
            data = b""
        if not data:
            self._close_input(job)

    def _close_input(self, job: runner.Job) -> None:
        if job.stdin is not None:
            self.unwatch(job.stdin[0])
            os.close(job.stdin[0])
            job.stdin = None

    def _let_go(self, job: runner.Job, descriptor: int) -> None:
        """Read no more from a pipe; those of a worker are closed with it."""
        if job.worker is None:
            self._close_reader(job, descriptor)
        else:
            self.unwatch(descriptor)

    def _close_reader(self, job: runner.Job, descriptor: int) -> None:
        self.unwatch(descriptor)
        os.close(descriptor)
        del job.readers[descriptor]

    def _woken(self) -> None:
        try:
            numbers = os.read(self._wake[0], 512)
        except BlockingIOError:
            return
        for job in list(self.jobs.values()):
            self._reap(job)
        self._leaving = {pid for pid in self._leaving if not _is_reaped(pid)}
        for child in list(self.channels.values()):
            child.reap()
        if set(numbers) & {int(signal.SIGTERM), int(signal.SIGHUP), int(signal.SIGINT)}:
            raise Stop

    def _learn(self) -> None:
        """Import what a module had to import, so that the next run finds it there."""
        self.modules.learn(os.read(self._lessons, runner.LESSON_BYTES).decode("ascii", "replace").split(","))

    def _reap(self, job: runner.Job) -> None:
        if job.status is not None:
            return
        try:
            pid, status = os.waitpid(job.pid, os.WNOHANG)
        except ChildProcessError:
            pid, status = job.pid, 0
        if pid:
            job.status = status
            self._finish_if_done(job)

    def _finish_if_done(self, job: runner.Job) -> None:
        """Answer once the child has ended, with all that stands in its pipes.

        A daemon that the child left behind may hold the pipes open: what it writes later is nobody's.
        """
        if job.status is None or (job.channel, job.request_id) not in self.jobs:
            return
        del self.jobs[(job.channel, job.request_id)]
        stays = job.worker if job.has_stayed and not job.problem else None
        if job.has_left:
            self._leaving.add(job.pid)
        for descriptor in list(job.readers):
            data = job.read(descriptor)
            while data and not job.problem:
                self._take(job, descriptor, data)
                data = job.read(descriptor)
            self._let_go(job, descriptor)
        self._close_input(job)
        if job.tmp:
            runner.remove_tree(job.tmp)
        self.send(job.channel, *job.outcome())
        if stays is not None:
            self._keep(stays)
        elif job.worker is not None:
            self._dismiss(job.worker)
            self._worker_is_due = self._calls > 1 and not self._idle and not self._finishing

    def _end(self) -> None:
        signal.set_wakeup_fd(-1)
        for job in self.jobs.values():
            job.end("ended")
            if job.tmp:
                runner.remove_tree(job.tmp)
        for transfer in self.transfers.values():
            transfer.abandon()
        for child in self.channels.values():
            child.close()
        if not self._finishing:  # an agent for one request leaves its directories to those that come after it
            self._remove_directories()

    def _remove_directories(self) -> None:
        """Remove what this agent made for files on their way and nobody has removed: the controller is gone."""
        for path in self.made_directories:
            try:
                runner.remove_tree(path)
            except OSError as error:
                sys.stderr.write("assible agent: {} cannot be removed: {}\n".format(path, error.strerror))


def _is_reaped(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    except ChildProcessError:
        return True


def _stop(number: int, frame: "Any") -> None:
    """Catch a signal; the wake-up descriptor tells the loop."""


def _text(path: "Any") -> "Optional[str]":
    return os.fsdecode(path) if isinstance(path, (str, bytes)) else None


def greeting() -> "Dict[str, Any]":
    """Return what the controller learns about a target when the agent starts."""
    import pwd

    try:
        user, home = pwd.getpwuid(os.geteuid())[0:6:5]
    except KeyError:
        user, home = str(os.geteuid()), os.path.expanduser("~")
    try:
        cwd = os.getcwd()
    except OSError:
        os.chdir("/")
        cwd = "/"
    return {
        "t": "hello",
        "python_version": list(sys.version_info[:3]),
        "executable": sys.executable,
        "bytecode": importer.bytecode(),
        "platform": sys.platform,
        "uname": list(os.uname()),
        "pid": os.getpid(),
        "uid": os.geteuid(),
        "gid": os.getegid(),
        "cwd": cwd,
        "home": home,
        "user": user,
        "tmp": next((p for p in runner.temporary_parents() if os.access(p, os.W_OK | os.X_OK)), None),
    }


def serve(finder: "MemoryFinder", nonce: str, payload: bytes) -> None:
    """Take over stdin and stdout, greet, serve, and end the process."""
    reader, writer = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    agent = Agent(finder, reader, writer, payload)
    try:
        agent.write(wire.marker(nonce) + wire.pack(0, greeting()))
        agent.serve()
    except Stop:
        pass
    os._exit(0)
