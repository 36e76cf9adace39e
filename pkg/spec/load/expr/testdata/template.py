"""Reads {"vars": YAML text, "env": {...}, "templates": [...], "conditions":
[...]}; answers, for each, the repr of what ansible-core makes of it,
"undefined" or "error"."""
import json
import os
import sys
import tempfile
import warnings

os.environ["ANSIBLE_LOCALHOST_WARNING"] = "false"
os.environ["ANSIBLE_DEPRECATION_WARNINGS"] = "false"
os.environ["ANSIBLE_SYSTEM_WARNINGS"] = "false"
os.environ.setdefault("ANSIBLE_LOCAL_TEMP", tempfile.mkdtemp())
warnings.simplefilter("ignore")

import yaml
from ansible.errors import AnsibleUndefinedVariable
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.yaml.loader import AnsibleLoader
from ansible.playbook.conditional import Conditional
from ansible.release import __version__
from ansible.template import Templar


def plain(value):
    """The value in Python's own types, whose repr is the same for all."""
    if isinstance(value, dict):
        return {plain(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(plain(v) for v in value)
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return str.__str__(value)[:]
    return value


def answer(make):
    try:
        value = plain(make())
        return repr(value if not isinstance(value, str) else "".join(value))
    except AnsibleUndefinedVariable:
        return "undefined"
    except Exception as error:  # of any kind: it is refused
        return "undefined" if "is undefined" in str(error) else "error"


def main():
    question = json.load(sys.stdin)
    os.environ.update(question["env"])
    variables = yaml.load(question["vars"], AnsibleLoader)
    loader = DataLoader()
    templar = Templar(loader, variables)

    def condition(text):
        check = Conditional(loader)
        check.when = [text]
        return check.evaluate_conditional(templar, variables)

    json.dump({
        "version": __version__,
        "templates": [answer(lambda: templar.template(t)) for t in question["templates"]],
        "conditions": [answer(lambda: condition(c)) for c in question["conditions"]],
    }, sys.stdout)


main()
