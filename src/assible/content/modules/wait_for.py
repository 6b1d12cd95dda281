"""Wait for a port, a file, or a time (documented as ``ansible.builtin.wait_for``)."""

import os
import re
import socket
import sys
import time

from assible.agent.toolkit.module import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Iterator, Optional, Set, Tuple

#: TCP states by name, as /proc/net/tcp numbers them.
STATES = {
    "ESTABLISHED": "01",
    "SYN_SENT": "02",
    "SYN_RECV": "03",
    "FIN_WAIT1": "04",
    "FIN_WAIT2": "05",
    "TIME_WAIT": "06",
}
SPEC: "Dict[str, Dict[str, Any]]" = {
    "host": {"type": "str", "default": "127.0.0.1"},
    "timeout": {"type": "int", "default": 300},
    "connect_timeout": {"type": "int", "default": 5},
    "delay": {"type": "int", "default": 0},
    "port": {"type": "int"},
    "active_connection_states": {
        "type": "list",
        "elements": "str",
        "default": ["ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "SYN_RECV", "SYN_SENT", "TIME_WAIT"],
    },
    "path": {"type": "path"},
    "search_regex": {"type": "str"},
    "state": {"type": "str", "default": "started", "choices": ["absent", "drained", "present", "started", "stopped"]},
    "exclude_hosts": {"type": "list", "elements": "str"},
    "sleep": {"type": "int", "default": 1},
    "msg": {"type": "str"},
}
READ_BYTES = 1024


def main() -> None:
    """Wait until what is asked for is so."""
    module = Module(argument_spec=SPEC)
    params = module.params
    _check(module)
    started = time.monotonic()
    time.sleep(params["delay"])
    match = None
    if params["port"] is None and params["path"] is None and params["state"] != "drained":
        time.sleep(params["timeout"])
    else:
        match = _wait(module, started)
    module.exit_json(
        state=params["state"],
        port=params["port"],
        search_regex=params["search_regex"],
        match_groups=match.groups() if match else (),
        match_groupdict=match.groupdict() if match else {},
        path=params["path"],
        elapsed=int(time.monotonic() - started),
    )


def _check(module: Module) -> None:
    params = module.params
    state = params["state"]
    if params["port"] is not None and params["path"] is not None:
        module.fail_json(msg="'port' and 'path' cannot be combined", elapsed=0)
    if params["path"] is not None and state in ("stopped", "drained"):
        text = "state={} is for ports, not for paths"
        module.fail_json(msg=text.format(state), elapsed=0)
    if params["exclude_hosts"] is not None and state != "drained":
        module.fail_json(msg="'exclude_hosts' goes with state=drained alone", elapsed=0)
    for name in params["active_connection_states"]:
        if name not in STATES:
            module.fail_json(msg="there is no connection state {}".format(name), elapsed=0)
    try:
        re.compile(params["search_regex"] or "")
    except re.error as error:
        module.fail_json(msg="'search_regex' is no regular expression: {}".format(error), elapsed=0)


def _wait(module: Module, started: float) -> "Any":
    """Look again and again; return the match of ``search_regex``, fail the module when the time is over."""
    params = module.params
    look = LOOKS[params["state"]]
    end = started + params["timeout"]
    while True:
        is_so, match = look(module, end)
        if is_so:
            return match
        if time.monotonic() >= end:
            elapsed = int(time.monotonic() - started)
            module.fail_json(msg=params["msg"] or _timeout_text(params), elapsed=elapsed)
        time.sleep(min(params["sleep"], max(end - time.monotonic(), 0)) if params["sleep"] else 0)


def _timeout_text(params: "Dict[str, Any]") -> str:
    path, port, pattern = params["path"], "{}:{}".format(params["host"], params["port"]), params["search_regex"]
    if params["state"] == "drained":
        return "{} still has connections after the timeout".format(port)
    if params["state"] in ("absent", "stopped"):
        return (
            "{} was still there after the timeout".format(path)
            if path
            else ("{} was still open after the timeout".format(port))
        )
    if pattern:
        return "{} did not appear in {} in time".format(pattern, path or port)
    return "the file {} did not appear in time".format(path) if path else "{} did not open in time".format(port)


def look_present(module: Module, end: float) -> "Tuple[bool, Any]":
    """Tell whether the file or port is there, and holds what is sought."""
    params = module.params
    if params["path"] is not None:
        return _look_in_file(params)
    connection = _connect(params, end)
    if connection is None:
        return False, None
    with connection:
        if not params["search_regex"]:
            return True, None
        match = _read_until(connection, re.compile(params["search_regex"].encode("utf-8"), re.MULTILINE), end)
        return match is not None, _as_text(match, params["search_regex"])


def _look_in_file(params: "Dict[str, Any]") -> "Tuple[bool, Any]":
    path = params["path"]
    if not params["search_regex"]:
        return os.path.exists(path), None
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as stream:
            match = re.search(params["search_regex"], stream.read(), re.MULTILINE)
    except OSError:
        return False, None
    return match is not None, match


def _as_text(match: "Any", pattern: str) -> "Any":
    """Return the match again as one of text, for its groups."""
    if match is None:
        return None
    return re.search(pattern, match.string.decode("utf-8", "surrogateescape"), re.MULTILINE)


def _connect(params: "Dict[str, Any]", end: float) -> "Optional[socket.socket]":
    seconds = min(params["connect_timeout"], max(end - time.monotonic(), 0.1))
    try:
        return socket.create_connection((params["host"], params["port"]), seconds)
    except OSError:
        return None


def _read_until(connection: socket.socket, pattern: "Any", end: float) -> "Any":
    data = b""
    while time.monotonic() < end:
        connection.settimeout(max(end - time.monotonic(), 0.01))
        try:
            piece = connection.recv(READ_BYTES)
        except OSError:
            return None
        if not piece:
            return None
        data += piece
        match = pattern.search(data)
        if match is not None:
            return match
    return None


def look_absent(module: Module, end: float) -> "Tuple[bool, Any]":
    """Tell whether file and port are gone."""
    params = module.params
    if params["path"] is not None:
        return not os.path.exists(params["path"]), None
    connection = _connect(params, end)
    if connection is None:
        return True, None
    connection.close()
    return False, None


def look_drained(module: Module, end: float) -> "Tuple[bool, Any]":
    """Tell whether nobody is connected to the port any more."""
    params = module.params
    wanted = {STATES[name] for name in params["active_connection_states"]}
    local = _addresses(module, params["host"])
    excluded: "Set[str]" = set()
    for host in params["exclude_hosts"] or ():
        excluded |= _addresses(module, host)
    for (address, port), (peer, _), state in connections():
        is_here = address in local or local & {"0.0.0.0", "::"}
        if state in wanted and port == params["port"] and is_here and peer not in excluded:
            return False, None
    return True, None


def _addresses(module: Module, host: str) -> "Set[str]":
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError as error:
        module.fail_json(msg="{} cannot be resolved: {}".format(host, error))
        raise
    return found | {"::ffff:" + one for one in found if "." in one and ":" not in one}


def connections() -> "Iterator[Tuple[Tuple[str, int], Tuple[str, int], str]]":
    """Yield this end, the other end and the state of every TCP connection."""
    for path, family in (("/proc/net/tcp", socket.AF_INET), ("/proc/net/tcp6", socket.AF_INET6)):
        try:
            with open(path) as stream:
                lines = stream.read().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            words = line.split()
            yield endpoint(words[1], family), endpoint(words[2], family), words[3]


def endpoint(text: str, family: int) -> "Tuple[str, int]":
    """Return address and port of the kernel's notation: hexadecimal, each word in the machine's byte order."""
    address, _, port = text.partition(":")
    raw = bytes.fromhex(address)
    if sys.byteorder == "little":
        raw = b"".join(raw[start : start + 4][::-1] for start in range(0, len(raw), 4))
    return socket.inet_ntop(family, raw), int(port, 16)


LOOKS: "Dict[str, Callable[[Module, float], Tuple[bool, Any]]]" = {
    "absent": look_absent,
    "drained": look_drained,
    "present": look_present,
    "started": look_present,
    "stopped": look_absent,
}

if __name__ == "__main__":
    main()
