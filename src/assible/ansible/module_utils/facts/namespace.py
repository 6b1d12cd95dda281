"""What facts are called."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class FactNamespace(object):
    """Leaves names as they are."""

    def __init__(self, namespace_name: str) -> None:
        self.namespace_name = namespace_name

    def transform(self, name: str) -> str:
        """Return the name that a fact gets."""
        return name


class PrefixFactNamespace(FactNamespace):
    """Puts a prefix before names, and underscores in the place of hyphens."""

    def __init__(self, namespace_name: str, prefix: "Optional[str]" = None) -> None:
        super().__init__(namespace_name)
        self.prefix = prefix

    def transform(self, name: str) -> str:
        """Return the name that a fact gets."""
        return (self.prefix or "") + name.replace("-", "_")
