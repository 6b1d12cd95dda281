"""The locale in which programs give output that can be read (documented: ``get_best_parsable_locale``)."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Sequence

PREFERRED = ("C.utf8", "C.UTF-8", "en_US.utf8", "en_US.UTF-8", "C", "POSIX")


def get_best_parsable_locale(
    module: "Any", preferences: "Optional[Sequence[str]]" = None, raise_on_locale: bool = False
) -> str:
    """Return the first locale of the preferred ones that the target has; ``C`` where none is or none can be listed.

    Args:
        raise_on_locale: Raise where the locales cannot be listed.

    Raises:
        RuntimeWarning: They cannot.
    """
    try:
        program = module.get_bin_path("locale")
        if not program:
            raise RuntimeWarning("there is no program that lists locales")
        rc, output, error = module.run_command([program, "-a"])
        if rc != 0:
            raise RuntimeWarning("the locales cannot be listed: {}".format(error.strip()))
        if not output.strip():
            raise RuntimeWarning("no locale is listed")
    except RuntimeWarning:
        if raise_on_locale:
            raise
        return "C"
    available = output.strip().splitlines()
    return next((name for name in preferences or PREFERRED if name in available), "C")
