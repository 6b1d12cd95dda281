"""What the engine knows of a target: where it is, what can be asked of it, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from assible.transport.payload import Payload

DEFAULT_SSH_ARGS = "-o ControlMaster=auto -o ControlPersist=60s"
AUTOMATIC_INTERPRETERS = frozenset({"auto", "auto_silent", "auto_legacy", "auto_legacy_silent"})
INTERPRETER_FALLBACK = (
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
    "python3.10",
    "python3.9",
    "/usr/bin/python3",
    "python3",
    "python3.8",
    "python3.7",
    "python3.6",
    "/usr/libexec/platform-python",
)

#: Called with the stream (``out`` or ``err``) and a piece of output, as it comes.
OutputSink = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Become:
    """A privilege change: part of the key of the warm pool.

    Attributes:
        exe: The program; None is the method's own name.
        flags: Its options; None are the method's documented defaults.
        prompts: Words that a password prompt ends with, for methods without a prompt of our own (``su``).
        chdir: Directory to change to before ``sudo`` is started.
        template: For other methods: a shell command in which `COMMAND_PLACE` stands for what is to be run.
    """

    method: str = "sudo"
    user: str = "root"
    password: str | None = field(default=None, repr=False)
    exe: str | None = None
    flags: str | None = None
    prompts: tuple[str, ...] = ()
    chdir: str | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Everything that reaching a host takes: the key of the warm pool.

    Attributes:
        name: The host's name in the inventory; only for messages.
        interpreter: A path or command, or one of `AUTOMATIC_INTERPRETERS`.
        silence_seconds: After so long without a sign of life while an answer is due, the connection is lost.
        retries: How often a failed ssh connection is tried again.
    """

    name: str
    connection: str = "ssh"
    address: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    private_key_file: str | None = None
    interpreter: str = "auto"
    interpreter_fallback: tuple[str, ...] = INTERPRETER_FALLBACK
    become: Become | None = None
    timeout_seconds: float = 10.0
    silence_seconds: float = 30.0
    retries: int = 0
    host_key_checking: bool = True
    ssh_executable: str = "ssh"
    ssh_args: str = DEFAULT_SSH_ARGS
    ssh_common_args: str = ""
    ssh_extra_args: str = ""
    control_path: str | None = None
    control_path_dir: str = "~/.ansible/cp"

    @property
    def interpreters(self) -> tuple[str, ...]:
        """The interpreters to try, best first."""
        return self.interpreter_fallback if self.interpreter in AUTOMATIC_INTERPRETERS else (self.interpreter,)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What an agent says of its target when it starts.

    Attributes:
        bytecode: Tells its Python's bytecode from others; see `assible.agent.importer.bytecode`.
    """

    python_version: tuple[int, ...]
    executable: str
    platform: str
    uname: tuple[str, ...]
    pid: int
    uid: int
    gid: int
    cwd: str
    home: str
    user: str
    tmp: str | None
    bytecode: str = ""

    @classmethod
    def from_wire(cls, header: Mapping[str, Any]) -> Greeting:
        """Build it from the agent's frame."""
        values = {name: header[name] for name in cls.__slots__}
        values["python_version"] = tuple(values["python_version"])
        values["uname"] = tuple(values["uname"])
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Detach:
    """Run a module as a job that outlives the connection: state file ``directory/jid``."""

    jid: str
    directory: str = "~/.ansible_async"
    timeout_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """One module to run.

    Attributes:
        body: Raw data for the module: ``assible.agent.current.body``.
        cwd: Working directory; None is the login directory.
        output_limit: Bytes of stdout, stderr and result together, after which the module is ended; 0 is 64 MiB.
        tmp: Directory for temporary files; None lets the agent choose.
        interpreter: Command that runs a foreign script, in place of the one on its first line.
        on_output: Receives stdout and stderr as they come; they are then not part of the `ModuleOutput`.
    """

    payload: Payload
    args: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: str | None = None
    umask: int | None = None
    timeout_seconds: float | None = None
    output_limit: int = 0
    tmp: str | None = None
    interpreter: Sequence[str] | None = None
    detach: Detach | None = None
    on_output: OutputSink | None = None


@dataclass(frozen=True, slots=True)
class ModuleOutput:
    """What came of a module.

    Attributes:
        rc: Exit code; negative for the signal that ended it.
        result: The JSON that it reported apart from stdout; empty for a module that prints its result.
        problem: ``timeout``, ``cancelled`` or ``too_much_output`` where it was ended before its time; else None.
    """

    rc: int
    stdout: bytes
    stderr: bytes
    result: bytes = b""
    duration_seconds: float = 0.0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ExecOutput:
    """What came of a command; fields as in `ModuleOutput`. ``error`` says why it could not be started."""

    rc: int
    stdout: bytes
    stderr: bytes
    duration_seconds: float = 0.0
    problem: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FileStat:
    """What is known of a path. Where ``exists`` is false the rest has no meaning."""

    exists: bool
    path: str = ""
    mode: int = 0
    uid: int = 0
    gid: int = 0
    size: int = 0
    mtime: float = 0.0
    atime: float = 0.0
    ctime: float = 0.0
    islnk: bool = False
    isdir: bool = False
    isreg: bool = False
    dev: int = 0
    inode: int = 0
    nlink: int = 0
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was put on a target."""

    path: str
    size: int
    checksum: str


class Connection(Protocol):
    """One open agent on one target at one privilege level.

    Everything may be called concurrently. What the target's file system refuses is an `OSError` with its errno. When
    the connection goes away every call that waits raises `ConnectionLostError`.
    """

    @property
    def greeting(self) -> Greeting: ...

    @property
    def round_trips(self) -> int:
        """How many requests were sent that wait for an answer."""
        ...

    @property
    def is_alive(self) -> bool: ...

    async def run(self, call: ModuleCall) -> ModuleOutput:
        """Run a module, sending what the agent lacks of its code along. Cancelling ends the module's processes."""
        ...

    async def execute(
        self,
        command: str | Sequence[str],
        *,
        stdin: bytes = b"",
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        umask: int | None = None,
        shell: str | None = None,
        timeout_seconds: float | None = None,
        output_limit: int = 0,
        on_output: OutputSink | None = None,
    ) -> ExecOutput:
        """Run a shell command (text) or a program (a list). Cancelling ends its processes."""
        ...

    async def stat(self, path: str, *, follow: bool = False, checksum: str | None = None) -> FileStat: ...

    async def put_file(
        self,
        content: bytes | str,
        path: str,
        *,
        mode: int | None = None,
        owner: str | int | None = None,
        group: str | int | None = None,
        directory: str | None = None,
        fsync: bool = False,
    ) -> StoredFile:
        """Put bytes, or the local file that text names, in place in one step.

        Args:
            content: The content itself, or a local path.
            path: Where it goes.
            mode: Permissions; None keeps those of the file that is replaced, or takes the umask's.
            owner: User name or number; None leaves it.
            group: Group name or number; None leaves it.
            directory: Where the temporary file is written; None is the destination's directory.
            fsync: Wait until the content is on the disk.
        """
        ...

    async def fetch_file(self, path: str, local_path: str) -> StoredFile: ...

    async def make_temp_dir(self, parent: str | None = None, prefix: str = "assible-") -> str: ...

    async def remove(self, path: str) -> None: ...

    async def ping(self) -> None: ...

    async def close(self) -> None: ...
