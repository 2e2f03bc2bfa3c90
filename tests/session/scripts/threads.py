"""Threads that reach the same line at about the same time."""

import threading


def work(number):
    here = number * 2
    return here


threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("joined")
