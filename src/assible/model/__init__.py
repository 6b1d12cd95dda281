"""The nouns, frozen, no I/O: origins, source text, hosts, tasks, results, events."""
