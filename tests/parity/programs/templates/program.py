"""Templates that a program renders itself."""

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import init_plugin_loader
from ansible.template import Templar, is_trusted_as_template
from ansible.template import trust_as_template as t


def main():
    init_plugin_loader()
    loader = DataLoader()
    templar = Templar(
        loader=loader, variables={"name": "world", "deep": {"list": [1, 2]}, "other": t("{{ name | upper }}")}
    )
    for text in (
        "hello {{ name }}",
        "{{ deep.list }}",
        "{{ deep.list | sum }}",
        "{{ other }}",
        "plain",
        "{{ [1, 2] | map('string') | list }}",
    ):
        print(repr(templar.template(t(text))))
    print(repr(templar.template("hello {{ name }}")), is_trusted_as_template("x"), is_trusted_as_template(t("x")))
    print(templar.template({"a": t("{{ name }}"), "b": [t("{{ deep.list[0] }}")], "c": 3}))
    print(templar.is_template(t("{{ x }}")), templar.is_template("x"), templar.is_possibly_template(t("{{ x")))
    print(templar.is_template({"a": [t("{{ x }}")]}), templar.is_template([1, 2]))
    try:
        templar.template(t("{{ missing }}"))
    except AnsibleUndefinedVariable as error:
        print("undefined", isinstance(error, AnsibleError))
    print(repr(templar.template(t("{{ missing }}"), fail_on_undefined=False)))
    templar.available_variables = {"name": "you"}
    print(templar.template(t("hello {{ name }}")), sorted(templar.available_variables))
    with templar.set_temporary_context(available_variables={"name": "them"}):
        print(templar.template(t("hello {{ name }}")))
    print(templar.template(t("hello {{ name }}")), templar.do_template(t("a {{ name }}")))
    print(templar.evaluate_expression(t("name ~ '!'")), templar.evaluate_conditional(t("name == 'you'")))
    print(
        templar.template(t("{{ lookup('ansible.builtin.dict', {'k': 1}) }}")),
        templar.resolve_variable_expression(t("name")),
    )
    print(
        repr(templar.template(t("line\n{{ name }}\n"))),
        repr(templar.template(t("{{ name }}\n"), preserve_trailing_newlines=False)),
    )
    try:
        templar.template(t("{{ broken"))
    except AnsibleError:
        print("broken")
    print(repr(templar.template(None)), templar.template(3), templar.template(t("{{ 1 == 1 }}")))
    copy = templar.copy_with_new_env(available_variables={"name": "copy"})
    print(copy.template(t("{{ name }}")), templar.template(t("{{ name }}")))


if __name__ == "__main__":
    main()
