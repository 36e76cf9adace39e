"""Reads {"floats": [...], "texts": [...]}; answers with the repr of each."""
import json
import sys

question = json.load(sys.stdin)
json.dump({
    "floats": [repr(float(f)) for f in question["floats"]],
    "texts": [repr(t) for t in question["texts"]],
}, sys.stdout)
