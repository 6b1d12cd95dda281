"""transport: reaching a target: ssh, local, containers, become; starts the agent; memory.py, the shipped fake.

``connection`` holds the Protocols and values that the engine knows; ``pool`` opens and shares connections;
``link`` speaks with an agent; ``ssh``, ``local`` and ``become`` start one; ``payload`` packs modules.
"""
