"""Runs a Python program, such as an emulator, until stdin ends.

Usage: emulator.py PROGRAM [ARGUMENT…]

The end of stdin is the end of whoever started it, so that no emulator
outlives the tests, however they end.
"""

import os
import runpy
import sys
import threading


def end_with_stdin():
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_stdin, daemon=True).start()
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
