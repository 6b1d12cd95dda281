#!/bin/sh
if [ "$1" = "--list" ]; then
cat <<'J'
{"_meta": {"hostvars": {"h1": {"a": 1, "tmpl": "{{ a }}"}, "ghost": {"b": 2}}},
 "web": {"hosts": ["h1", "h2", "r[1:2]"], "vars": {"port_no": 80, "t": "{{ port_no }}"}, "children": ["inner"]},
 "inner": ["i1", "i2"],
 "all": {"vars": {"x": 1}, "children": ["web", "late"]},
 "late": {"hosts": ["l1"]},
 "ungrouped": {"hosts": ["u1"]}}
J
fi
