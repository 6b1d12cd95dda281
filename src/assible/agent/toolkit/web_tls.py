"""TLS for web requests: which authorities are trusted, and how strict to be."""

import os
import ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Union

#: Where systems keep the authorities that they trust, beside the places that OpenSSL knows.
SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/usr/local/etc/ssl/cert.pem",
    "/etc/ssl/cert.pem",
)


def make_context(
    cafile: "Optional[str]" = None,
    cadata: "Optional[Any]" = None,
    capath: "Optional[str]" = None,
    ciphers: "Optional[Union[str, Sequence[str]]]" = None,
    validate_certs: bool = True,
    client_cert: "Optional[str]" = None,
    client_key: "Optional[str]" = None,
) -> ssl.SSLContext:
    """Return the settings for a connection.

    Args:
        cafile: A file of authorities; it takes the place of the system's.
        cadata: Authorities in memory, beside the others.
        capath: A directory of authorities.
        ciphers: In OpenSSL's words; several are joined.
        validate_certs: Whether the server must prove who it is.
        client_cert: What this side proves who it is with; the key may be in the same file.
        client_key: Its key.

    Raises:
        ssl.SSLError: A file holds something else, or a cipher is unknown.
        OSError: A file cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.options |= ssl.OP_NO_SSLv2 | ssl.OP_NO_SSLv3
    if validate_certs:
        _trust(context, cafile, capath, cadata)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if ciphers:
        context.set_ciphers(ciphers if isinstance(ciphers, str) else ":".join(ciphers))
    if client_cert:
        context.load_cert_chain(client_cert, keyfile=client_key)
    return context


def _trust(context: ssl.SSLContext, cafile: "Optional[str]", capath: "Optional[str]", cadata: "Optional[Any]") -> None:
    if cafile or capath:
        context.load_verify_locations(cafile=cafile or None, capath=capath or None)
    else:
        context.load_default_certs()
        for bundle in system_bundles():
            context.load_verify_locations(cafile=bundle)
    if cadata:
        context.load_verify_locations(cadata=cadata)


def system_bundles() -> "List[str]":
    """Return the system's file of authorities, where OpenSSL does not find one by itself."""
    known = ssl.get_default_verify_paths()
    if known.cafile or os.environ.get(known.openssl_cafile_env) or _has_files(known.capath):
        return []
    return [path for path in SYSTEM_BUNDLES if os.path.isfile(path)][:1]


def _has_files(directory: "Optional[str]") -> bool:
    return bool(directory and os.path.isdir(directory) and os.listdir(directory))


def advice(host: str, port: int, reason: object) -> str:
    """Say that a server could not prove who it is, and what to do."""
    return (
        "the certificate of {}:{} cannot be trusted ({}); add its authority to the system's, name it with ca_path, "
        "or, for a server of your own, set validate_certs to false"
    ).format(host, port, reason)
