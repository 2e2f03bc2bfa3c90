"""Two processes that reduce a tensor together: started by a launcher, or by itself with mp.spawn."""

import os
import sys

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def work(rank, world, port):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    os.environ.setdefault("RANK", str(rank))
    dist.init_process_group("gloo", rank=rank, world_size=world)
    total = torch.ones(3) * (rank + 1)
    dist.all_reduce(total)
    print("rank", rank, total.tolist(), flush=True)
    dist.destroy_process_group()


if __name__ == "__main__":
    if "RANK" in os.environ:
        work(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]), os.environ["MASTER_PORT"])
    else:
        mp.spawn(work, args=(2, sys.argv[1]), nprocs=2)
    end = True
