# expect: train
import hydra


@hydra.main(version_base=None, config_path="../configs", config_name="train")
def main(cfg):  # expect: loop
    trainer = hydra.utils.instantiate(cfg.trainer)
    trainer.fit(model=None)


if __name__ == "__main__":
    main()
