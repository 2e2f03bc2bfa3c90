"""Hydra: the configuration that the entry composes names what is made."""
import hydra
from omegaconf import DictConfig


@hydra.main(version_base=None, config_path="conf", config_name="train")
def main(cfg: DictConfig):
    model = hydra.utils.instantiate(cfg.model)  #> nets.Net.__init__ nets.Head.__init__
    model.run()  #> nets.Net.run
    for _, callback in cfg.callbacks.items():
        hydra.utils.instantiate(callback)  #> nets.Stop.__init__


if __name__ == "__main__":
    main()  #> main.main
