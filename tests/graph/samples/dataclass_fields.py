"""Generated constructors: fields, factories, __post_init__, annotations as types."""
from dataclasses import dataclass, field


class Part:
    def go(self):
        pass


@dataclass
class Config:
    name: str
    part: Part = field(default_factory=Part)

    def __post_init__(self):
        self.part.go()  #> dataclass_fields.Part.go


def use(config: Config):
    config.part.go()  #> dataclass_fields.Part.go


def unknown():
    return eval(input())


config = Config("x")  #> dataclass_fields.Config.__post_init__
config.part.go()  #> dataclass_fields.Part.go
use(unknown())  #> dataclass_fields.use dataclass_fields.unknown
