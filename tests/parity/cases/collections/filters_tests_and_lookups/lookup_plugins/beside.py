from ansible.errors import AnsibleError
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = """
name: beside
options:
  _terms: {description: words, required: true}
  sign:
    description: what ends each
    default: "."
    vars: [{name: beside_sign}]
    env: [{name: PARITY_BESIDE_SIGN}]
"""


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        if "fail" in terms:
            raise AnsibleError("asked to fail")
        place = self.find_file_in_search_path(variables, "files", "words.txt", ignore_missing=True)
        return [t + self.get_option("sign") + str(variables["inventory_hostname"]) + str(bool(place)) for t in terms]
