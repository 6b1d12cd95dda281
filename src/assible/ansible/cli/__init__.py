"""``ansible.cli``: what programs use of the command lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from assible.ansible._bridge.terminal import ask_on_terminal
from assible.ansible.errors import AnsibleOptionsError, for_programs
from assible.ansible.parsing.vault import VaultSecret, VaultSecretsContext
from assible.language.vault import DEFAULT_ID, load_secret

if TYPE_CHECKING:
    from assible.ansible.inventory.manager import InventoryManager
    from assible.ansible.parsing.dataloader import DataLoader


class CLI:
    """Functions of the command lines; there is no object of it."""

    @staticmethod
    def setup_vault_secrets(
        loader: DataLoader,
        vault_ids: Sequence[str],
        vault_password_files: Sequence[str] | None = None,
        ask_vault_pass: bool | None = None,
        create_new_password: bool = False,
        auto_prompt: bool = True,
        initialize_context: bool = True,
    ) -> list[tuple[str, VaultSecret]]:
        """Read vault secrets, and let a loader open what they open.

        Args:
            vault_ids: As ``--vault-id``: ``label@source``, where the source is a file, a script or ``prompt``.
            vault_password_files: As ``--vault-password-file``.
            ask_vault_pass: Ask for one on the terminal; also where nothing else is given, with ``auto_prompt``.
            create_new_password: Ask twice.
            initialize_context: Loaders that are made later have them too.

        Returns:
            Pairs of an id and a secret.

        Raises:
            AnsibleError: A secret cannot be read.
        """
        specs = [*vault_ids, *(f"{DEFAULT_ID}@{path}" for path in vault_password_files or ())]
        if ask_vault_pass or (auto_prompt and not specs):
            specs.append(f"{DEFAULT_ID}@prompt_ask_vault_pass")
        with for_programs():
            found = [load_secret(spec, ask_on_terminal, confirm=create_new_password) for spec in specs]
        secrets = [(secret.id, VaultSecret(secret.secret)) for secret in found]
        loader.set_vault_secrets(secrets)
        if initialize_context:
            VaultSecretsContext.initialize(VaultSecretsContext(secrets))
        return secrets

    @staticmethod
    def split_vault_id(vault_id: str) -> tuple[str | None, str]:
        """Return the label and the source of a ``--vault-id``."""
        label, separator, source = vault_id.partition("@")
        return (label, source) if separator else (None, vault_id)

    @staticmethod
    def get_host_list(inventory: InventoryManager, subset: Any, pattern: Any = "all") -> list[Any]:
        """Return the hosts of a pattern, limited to those of another.

        Raises:
            AnsibleOptionsError: The limit leaves none.
        """
        inventory.subset(subset)
        hosts = inventory.list_hosts(pattern)
        if not hosts and subset:
            raise AnsibleOptionsError(f"the limit '{subset}' leaves no hosts")
        return hosts


__all__ = ["CLI"]
