"""Files, paths and data, as the loader gives them."""

import os

from ansible.errors import AnsibleError, AnsibleFileNotFound, AnsibleParserError
from ansible.parsing.dataloader import DataLoader


def main():
    here = os.getcwd()
    os.makedirs("roles/r/tasks")
    os.makedirs("roles/r/files")
    os.makedirs("vars/web")
    for name, text in {
        "data.yml": "a: 1\nb: [x, y]\n",
        "data.json": '{"a": {"b": null}}',
        "bad.yml": "a: [1\n",
        "vars/web/one.yml": "x: 1",
        "vars/web/two.json": "{}",
        "vars/web/.hidden.yml": "",
        "vars/db.yaml": "y: 1",
        "roles/r/tasks/main.yml": "[]",
        "roles/r/files/f.txt": "text",
        "script.sh": "#!/bin/sh\n",
    }.items():
        with open(name, "w") as file:
            file.write(text)
    os.chmod("script.sh", 0o755)
    loader = DataLoader()

    def short(path):
        return path.replace(here, "HERE") if isinstance(path, str) else path

    print(
        short(loader.get_basedir()),
        short(loader.path_dwim("x/y")),
        loader.path_dwim("/abs"),
        short(loader.path_dwim("~")) == os.path.expanduser("~"),
    )
    print(
        loader.load("a: 1"), loader.load('{"a": true}'), loader.load("- x\n- 2\n"), loader.load("text"), loader.load("")
    )
    print(loader.load_from_file("data.yml"), loader.load_from_file("data.json"))
    first = loader.load_from_file("data.yml")
    first["a"] = 2
    print(loader.load_from_file("data.yml")["a"], loader.load_from_file("data.yml", cache="none")["a"])
    for wrong, kind in (("bad.yml", AnsibleParserError), ("none.yml", AnsibleFileNotFound)):
        try:
            loader.load_from_file(wrong)
        except kind as error:
            print(wrong, kind.__name__, isinstance(error, AnsibleError))
    try:
        loader.load("a: [1")
    except AnsibleParserError:
        print("parser")
    print(
        [loader.path_exists(p) for p in ("data.yml", "none")], loader.is_file("data.yml"), loader.is_directory("vars")
    )
    print(
        bool(loader.is_executable("script.sh")),
        bool(loader.is_executable("data.yml")),
        sorted(loader.list_directory("vars")),
    )
    print([os.path.basename(p if isinstance(p, str) else p.decode()) for p in loader.find_vars_files("vars", "web")])
    print(
        [os.path.basename(p if isinstance(p, str) else p.decode()) for p in loader.find_vars_files("vars", "db")],
        loader.find_vars_files("vars", "none"),
    )
    loader.set_basedir(os.path.join(here, "vars"))
    print(short(loader.get_basedir()), short(loader.path_dwim("x")), loader.load_from_file("db.yaml"))
    loader.set_basedir(here)
    print(short(loader.path_dwim_relative(os.path.join(here, "roles/r/tasks"), "files", "f.txt")))
    print(short(loader.path_dwim_relative_stack([os.path.join(here, "roles/r")], "files", "f.txt")))
    try:
        loader.path_dwim_relative_stack([here], "files", "none.txt")
    except AnsibleFileNotFound:
        print("not found")
    print(short(loader.get_real_file("data.yml")), loader.get_text_file_contents("data.json"))
    loader.cleanup_all_tmp_files()


if __name__ == "__main__":
    main()
