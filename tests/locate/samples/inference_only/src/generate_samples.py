# expect: eval
# expect: no-train
import torch


@torch.no_grad()
def main(model):
    model.eval()
    model.generate(3)


if __name__ == "__main__":
    main(None)
