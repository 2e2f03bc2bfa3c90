"""Method resolution order, super, abstract bases, mixins, __init_subclass__, metaclasses."""
from abc import ABC, abstractmethod

REGISTRY = {}


class Base(ABC):
    def __init_subclass__(cls, **kwargs):
        REGISTRY[cls.__name__] = cls

    def __init__(self):
        self.setup()  #> inheritance.Left.setup

    def run(self):
        return self.step()  #> inheritance.Both.step

    @abstractmethod
    def step(self):
        pass

    def setup(self):
        pass


class Left(Base):  #> inheritance.Base.__init_subclass__
    def setup(self):
        super().setup()  #> inheritance.Right.setup


class Right(Base):  #> inheritance.Base.__init_subclass__
    def setup(self):
        super().setup()  #> inheritance.Base.setup


class Both(Left, Right):  #> inheritance.Base.__init_subclass__
    def step(self):
        pass


Both().run()  #> inheritance.Base.__init__ inheritance.Base.run
REGISTRY["Both"]().step()  #> inheritance.Base.__init__ inheritance.Both.step
