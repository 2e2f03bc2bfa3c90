"""A configuration file in the tree decides what runs."""
import yaml

import parts

with open("config.yaml") as f:
    config = yaml.safe_load(f)
loss = getattr(parts, config["loss"])
loss()  #> parts.mse
