"""Work handed to processes and threads."""
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed

import torch.multiprocessing as mp
from joblib import Parallel, delayed


def work(x):
    return Result()


class Result:
    def show(self):
        pass


def start():
    pass


def done(result):
    result.show()  #> rules_parallel.Result.show


class Worker(multiprocessing.Process):
    def run(self):
        pass


class Loop(threading.Thread):
    def run(self):
        pass


multiprocessing.Process(target=work, args=(1,)).start()  #> rules_parallel.work
Worker().start()  #> rules_parallel.Worker.run
threading.Thread(target=work, args=(1,)).start()  #> rules_parallel.work
Loop().start()  #> rules_parallel.Loop.run
with multiprocessing.Pool(2, initializer=start) as pool:  #> rules_parallel.start
    for result in pool.map(work, [1]):  #> rules_parallel.work
        result.show()  #> rules_parallel.Result.show
    pool.apply_async(work, (1,), callback=done)  #> rules_parallel.work rules_parallel.done
    for result in pool.imap_unordered(work, [1]):  #> rules_parallel.work
        result.show()  #> rules_parallel.Result.show
with ThreadPoolExecutor() as threads:
    future = threads.submit(work, 1)  #> rules_parallel.work
    future.result().show()  #> rules_parallel.Result.show
    future.add_done_callback(done)  #> rules_parallel.done
with ProcessPoolExecutor() as processes:
    waiting = [processes.submit(work, i) for i in range(2)]  #> rules_parallel.work
    for each in as_completed(waiting):
        each.result().show()  #> rules_parallel.Result.show
    list(processes.map(work, [1]))  #> rules_parallel.work


def rank(number, world):
    pass


mp.spawn(rank, args=(2,), nprocs=2)  #> rules_parallel.rank
Parallel(n_jobs=2)(delayed(work)(i) for i in range(2))  #> rules_parallel.work
