"""Makes environments as proc_wrapper does, for whoever writes them to stdin.

Each line is a JSON list of NAME=value; the answer is {"env", "failed"} or
{"error"}, one line each, in order.
"""

import json
import logging
import os
import sys

from proc_wrapper.config_resolver import ConfigResolver
from proc_wrapper.proc_wrapper_params import ConfigResolverParams

logging.disable(logging.CRITICAL)


def answer(env):
    try:
        resolver = ConfigResolver(params=ConfigResolverParams(env=env), env_override=env)
        made, failed = resolver.fetch_and_resolve_env_and_config()[:2]
    except Exception as failure:  # whatever it is, the process does not run
        return {"error": type(failure).__name__}
    return {"env": {name: str(value) for name, value in made.items()}, "failed": failed}


for line in sys.stdin:
    variables = dict(entry.split("=", 1) for entry in json.loads(line))
    os.environ.clear()
    os.environ.update(variables)
    print(json.dumps(answer(variables)), flush=True)
