"""Reads a JSON list of YAML texts; answers with the repr of what PyYAML makes
of each, or "error". Dates are answered as their source text, in quotes."""
import json
import sys

import yaml


class Loader(yaml.SafeLoader):
    """SafeLoader without dates, and with Ansible's two tags."""


def as_text(loader, node):
    return loader.construct_scalar(node)


def unsafe(loader, node):
    return getattr(loader, "construct_" + node.id)(node)


Loader.add_constructor("tag:yaml.org,2002:timestamp", as_text)
Loader.add_constructor("tag:yaml.org,2002:value", as_text)
Loader.add_constructor("!unsafe", unsafe)


def load(text):
    try:
        return repr(yaml.load(text, Loader))
    except Exception:  # whatever it is, the text is refused
        return "error"


json.dump([load(text) for text in json.load(sys.stdin)], sys.stdout)
