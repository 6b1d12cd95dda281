"""Vaults: secrets given in code, encrypted files, encrypted values, and plays that use them."""

from ansible import constants as C
from ansible import context
from ansible.cli import CLI
from ansible.errors import AnsibleError
from ansible.executor.task_queue_manager import TaskQueueManager
from ansible.inventory.manager import InventoryManager
from ansible.module_utils.common.collections import ImmutableDict
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret, get_file_vault_secret, is_encrypted
from ansible.playbook.play import Play
from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import init_plugin_loader
from ansible.template import trust_as_template as t
from ansible.vars.manager import VariableManager


class Told(CallbackBase):
    def v2_runner_on_ok(self, result):
        print("ok", result._result.get("msg"))

    def v2_runner_on_failed(self, result, ignore_errors=False):
        print("failed")


def main():
    init_plugin_loader()
    context.CLIARGS = ImmutableDict(connection="local", forks=1, verbosity=0, check=False, diff=False)
    secret = VaultSecret(b"swordfish")
    secrets = [("default", secret), ("prod", VaultSecret(b"other"))]
    print(C.DEFAULT_VAULT_IDENTITY, secret.bytes)
    vault = VaultLib(secrets)
    sealed = vault.encrypt("text: hidden\nlist: [1, 2]\n", secret)
    print(is_encrypted(sealed), vault.is_encrypted(sealed), is_encrypted("plain"), vault.decrypt(sealed))
    labelled = vault.encrypt(b"one", VaultSecret(b"other"), vault_id="prod")
    print(labelled.splitlines()[0], vault.decrypt(labelled))
    with open("secret.yml", "wb") as file:
        file.write(sealed)
    value = vault.encrypt("inner", secret).decode()
    with open("inline.yml", "w") as file:
        file.write("open: yes\nclosed: !vault |\n" + "".join(f"  {line}\n" for line in value.splitlines()))
    loader = DataLoader()
    try:
        loader.load_from_file("secret.yml")
    except AnsibleError as error:
        print(type(error).__name__, "without a secret")
    with open("password", "w") as file:
        file.write("swordfish\n")
    print([name for name, _ in CLI.setup_vault_secrets(loader, vault_ids=["default@password"])])
    loader.set_vault_secrets(secrets)
    print(loader.load_from_file("secret.yml"))
    inline = loader.load_from_file("inline.yml")
    print(inline["open"], str(inline["closed"]), inline["closed"] == "inner")
    real = loader.get_real_file("secret.yml")
    with open(real) as file:
        print(file.read().splitlines())
    loader.cleanup_tmp_file(real)
    from_file = get_file_vault_secret(filename="password", loader=loader)
    from_file.load()
    print(VaultLib([("default", from_file)]).decrypt(sealed) == vault.decrypt(sealed))
    try:
        VaultLib([("default", VaultSecret(b"wrong"))]).decrypt(sealed)
    except AnsibleError as error:
        print(isinstance(error, AnsibleError), "with the wrong secret")
    inventory = InventoryManager(loader=loader, sources="one,")
    variables = VariableManager(loader=loader, inventory=inventory)
    manager = TaskQueueManager(inventory=inventory, variable_manager=variables, loader=loader, passwords={})
    told = Told()
    manager.load_callbacks()
    told._init_callback_methods()
    manager._callback_plugins = [told]
    source = {
        "name": "secrets",
        "hosts": "all",
        "gather_facts": False,
        "vars_files": ["secret.yml", "inline.yml"],
        "tasks": [{"debug": {"msg": t("{{ text }} {{ list }} {{ closed }}")}}],
    }
    print(manager.run(Play().load(source, variable_manager=variables, loader=loader)))
    manager.cleanup()


if __name__ == "__main__":
    main()
