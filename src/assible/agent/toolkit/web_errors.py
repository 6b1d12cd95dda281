"""What may go wrong on the way to a web server."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class ConnectionError(Exception):
    """A server could not be spoken to."""


class ProxyError(ConnectionError):
    """A proxy could not be used."""


class SSLValidationError(ConnectionError):
    """A server's certificate is not to be trusted."""


class NoSSLError(SSLValidationError):
    """This Python cannot speak TLS."""


class MissingModuleError(Exception):
    """A library is missing; ``import_traceback`` tells how its import failed."""

    def __init__(self, message: str, import_traceback: "Optional[str]", module: "Optional[str]" = None) -> None:
        super().__init__(message)
        self.import_traceback = import_traceback
        self.module = module
