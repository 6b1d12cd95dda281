"""The text, lists and mappings of a playbook, as plugins tell them from others."""

from __future__ import annotations

from assible.model.text import SourceDict, SourceList, SourceText, VaultedText

AnsibleUnicode = SourceText
AnsibleMapping = SourceDict
AnsibleSequence = SourceList
AnsibleVaultEncryptedUnicode = VaultedText

__all__ = ["AnsibleMapping", "AnsibleSequence", "AnsibleUnicode", "AnsibleVaultEncryptedUnicode"]
