"""Reads a JSON list of texts, writes what python-dotenv makes of each."""

import io
import json
import os
import re
import sys

from dotenv import dotenv_values
from dotenv.parser import parse_stream

NEWLINE = re.compile(r"\r\n|\n|\r")


def statements(text):
    # The parser's own line is where the white space before a statement
    # begins, and counts a CRLF twice after a malformed one.
    offset = 1 if text.startswith("\ufeff") else 0
    for binding in parse_stream(io.StringIO(text, newline="")):
        original = binding.original.string
        start = offset + len(original) - len(original.lstrip())
        offset += len(original)
        if binding.error or binding.key is not None:
            yield {
                "key": binding.key,
                "value": binding.value,
                "malformed": binding.error,
                "line": 1 + len(NEWLINE.findall(text[:start])),
            }


def expanded(text):
    values = dotenv_values(stream=io.StringIO(text, newline=""))
    return [[key, value] for key, value in values.items()]


def main():
    os.environ.clear()
    os.environ.update({"OUTER": "outside", "A": "outer a", "EMPTY": ""})
    texts = json.load(sys.stdin)
    json.dump([{"statements": list(statements(t)), "expanded": expanded(t)} for t in texts], sys.stdout)


main()
