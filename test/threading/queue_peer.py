"""Plays programs on Python's queues: a line of JSON in, with a kind, a size and steps; outcomes out."""

import json
import queue
import sys

KINDS = {"Queue": queue.Queue, "LifoQueue": queue.LifoQueue, "PriorityQueue": queue.PriorityQueue}


def play(kind, size, steps):
    made = KINDS[kind](size)
    for number, step in enumerate(steps):
        try:
            if step == "get":
                item = made.get_nowait()
                yield item[1] if kind == "PriorityQueue" else item
            elif step == "done":
                made.task_done()
                yield "done"
            else:
                made.put_nowait((step, number) if kind == "PriorityQueue" else number)
                yield [made.qsize(), made.empty(), made.full(), made.unfinished_tasks]
        except (queue.Empty, queue.Full, ValueError) as error:
            yield type(error).__name__


for line in sys.stdin:
    print(json.dumps(list(play(*json.loads(line)))), flush=True)
