"""Runs a program at a terminal of its own, and types what it asks for.

argv: a JSON list of [question, answer] pairs, then the program and its arguments.
Prints a JSON object: the exit code, and all that the terminal showed.
"""
import json
import os
import pty
import select
import signal
import sys
import time

exchanges = json.loads(sys.argv[1])
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
shown = b""
seen = 0
deadline = time.time() + 30
while time.time() < deadline:
    ready, _, _ = select.select([fd], [], [], 0.2)
    if ready:
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        if not data:
            break
        shown += data
    if exchanges and exchanges[0][0].encode() in shown[seen:]:
        seen = len(shown)
        time.sleep(0.2)  # a password is read a moment after the question is seen
        answer = exchanges.pop(0)[1]
        if answer == "^C":
            os.kill(pid, signal.SIGINT)
        else:
            os.write(fd, answer.encode() + b"\n")
_, status = os.waitpid(pid, 0)
json.dump({"code": os.waitstatus_to_exitcode(status), "shown": shown.decode()}, sys.stdout)
