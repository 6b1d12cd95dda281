"""Persistent connections to network devices, as modules see them: these are not offered, and say so when used."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

REFUSED = "this module talks to a network device through a persistent connection (network_cli, netconf, httpapi)"


class ConnectionError(Exception):
    """A call over a connection failed; keyword arguments become attributes."""

    def __init__(self, message: str, *args: "Any", **kwargs: "Any") -> None:
        super().__init__(message)
        self.message = message
        self.code: "Any" = None
        for name, value in kwargs.items():
            setattr(self, name, value)


class Connection(object):
    """Calls methods of a connection plugin on the controller, in other engines; here every call is refused."""

    def __init__(self, socket_path: "Any") -> None:
        if socket_path is None:
            raise AssertionError("there is no persistent connection: {}".format(REFUSED))
        self.socket_path = socket_path

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("_"):
            raise AttributeError(name)

        def refuse(*args: "Any", **options: "Any") -> "NoReturn":
            raise ConnectionError("{}, and these are not supported".format(REFUSED), code=1)

        return refuse

    def send(self, data: "Any") -> "NoReturn":
        """Refuse."""
        raise ConnectionError("{}, and these are not supported".format(REFUSED), code=1)


def exec_command(module: "Any", command: "Any") -> "Any":
    """Refuse to run a command on a device: return code, output and reason."""
    return 1, "", "{}, and these are not supported".format(REFUSED)
