"""YAML where the target has PyYAML: ``yaml_load``, ``yaml_dump`` and the like; otherwise these fail when called."""

from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HAS_YAML = True
HAS_LIBYAML = False
SafeLoader: "Any" = None
SafeDumper: "Any" = None
Parser: "Any" = None


def _missing(*args: "Any", **options: "Any") -> "Any":
    raise ImportError("PyYAML is not installed for the Python that runs the module")


yaml_load = yaml_load_all = yaml_dump = yaml_dump_all = _missing  # type: Any

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_LIBYAML = hasattr(yaml, "CSafeLoader")
    SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    SafeDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    Parser = getattr(yaml, "CParser", yaml.parser.Parser)
    yaml_load = partial(yaml.load, Loader=SafeLoader)
    yaml_load_all = partial(yaml.load_all, Loader=SafeLoader)
    yaml_dump = partial(yaml.dump, Dumper=SafeDumper)
    yaml_dump_all = partial(yaml.dump_all, Dumper=SafeDumper)
