from ansible.module_utils.basic import AnsibleModule
from ansible_collections.own.tools.plugins.module_utils.words import polite


def main():
    module = AnsibleModule(argument_spec={"word": {"type": "str", "default": "none"}, "more": {"type": "str"}}, supports_check_mode=True)
    module.exit_json(said=polite(module.params["word"]), more=module.params["more"])


if __name__ == "__main__":
    main()
