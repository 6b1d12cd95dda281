#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={})
module.exit_json(ansible_facts={"my_fact": [1, {"a": "{{ 1 + 1 }}"}]})
