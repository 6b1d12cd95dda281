"""What system the module runs on (documented as ``module_utils.common.sys_info``)."""

import platform

from assible.ansible.module_utils import distro

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Set

#: Names that are not simply the id with a capital letter.
NAMES = {"amzn": "Amazon", "rhel": "Redhat", "": "OtherLinux"}
#: Whose os-release has only the first part of the version.
COARSE = ("centos", "debian")


def get_distribution() -> str:
    """Return the distribution's name with a capital letter, ``OtherLinux`` where it has none, or the system's name."""
    if platform.system() != "Linux":
        return distro.id().capitalize() or platform.system()
    name = distro.id()
    return NAMES.get(name, name.capitalize())


def get_distribution_version() -> "Optional[str]":
    """Return the distribution's version; empty for one that has none."""
    version = distro.version()
    if distro.id() in COARSE:
        best = distro.version(best=True)
        return ".".join(best.split(".")[:2]) if distro.id() == "centos" else best
    return version


def get_distribution_codename() -> "Optional[str]":
    """Return the code name of the distribution's release; empty or None where it has none."""
    if platform.system() != "Linux":
        return None
    info = distro.os_release_info()
    name = info.get("version_codename", info.get("ubuntu_codename"))
    if name is None and distro.id() == "ubuntu":
        name = distro.lsb_release_info().get("codename")
    return name if name is not None else (distro.codename() or None)


def get_all_subclasses(cls: type, include_abstract: bool = True, consider_self: bool = False) -> "Set[Any]":
    """Return all subclasses of a class, those of its subclasses included.

    Args:
        include_abstract: Classes of which there can be no instance count, too.
        consider_self: The class itself counts, too.
    """
    found: "Set[Any]" = {cls} if consider_self else set()
    subclasses: "Any" = cls.__subclasses__()
    for subclass in subclasses:
        found |= {subclass} | get_all_subclasses(subclass)
    return {one for one in found if include_abstract or not getattr(one, "__abstractmethods__", None)}


def get_platform_subclass(cls: "Any") -> "Any":
    """Return the subclass made for this system: for its distribution, else for its kernel, else the class itself."""
    here, distribution = platform.system(), get_distribution()
    subclasses = get_all_subclasses(cls)
    for wanted in (distribution, None):
        for subclass in subclasses:
            if subclass.__dict__.get("platform", getattr(subclass, "platform", None)) != here:
                continue
            if wanted is None and getattr(subclass, "distribution", None) is None:
                return subclass
            if wanted is not None and getattr(subclass, "distribution", None) == wanted:
                return subclass
    return cls


__all__ = ["get_distribution", "get_distribution_version", "get_platform_subclass"]
