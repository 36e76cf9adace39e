"""Writes the environment it was started with to a file, as a JSON object.

Usage: seen.py FILE
"""

import json
import os
import sys

with open(sys.argv[1], "w", encoding="utf-8") as out:
    json.dump(dict(os.environ), out)
