"""Registries, getattr with known and half-known names, dispatch by configuration."""
import argparse

MODELS = {}


def register(name=None):
    def put(target):
        MODELS[name or target.__name__] = target
        return target
    return put


@register("small")  #> registries.register registries.register.put
class Small:
    def __init__(self, width):
        pass


@register()  #> registries.register registries.register.put
def large(width):
    pass


class Hooks:
    def on_start(self):
        pass

    def on_end(self):
        pass


def fire(hooks, event):
    getattr(hooks, f"on_{event}")()  #> registries.Hooks.on_start registries.Hooks.on_end


def train(args):
    pass


def test(args):
    pass


MODELS["small"](4)  #> registries.Small.__init__
MODELS["large"](4)  #> registries.large
fire(Hooks(), "start")  #> registries.fire
fire(Hooks(), "end")  #> registries.fire

parser = argparse.ArgumentParser()
parser.add_argument("--model", default="small")
commands = parser.add_subparsers()
one = commands.add_parser("train")
one.set_defaults(func=train)
two = commands.add_parser("test")
two.set_defaults(func=test)
args = parser.parse_args()
MODELS[args.model](1)  #> registries.Small.__init__
args.func(args)  #> registries.train registries.test
globals()["train"](args)  #> registries.train

ACTIONS = {"start": [], "end": []}
for name in [n for n in dir(Hooks()) if n.startswith("on_")]:
    ACTIONS["start"].append({"callback": getattr(Hooks(), name)})
for action in ACTIONS["start"]:
    action["callback"]()  #> registries.Hooks.on_start registries.Hooks.on_end
