#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(argument_spec={"name": {"type": "str", "required": True}}, supports_check_mode=True)
    if module.params["name"] == "bad":
        module.fail_json(msg="a bad name", code=5)
    module.exit_json(changed=module.params["name"] == "changed", greeting="hello " + module.params["name"])


if __name__ == "__main__":
    main()
