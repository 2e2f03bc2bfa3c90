"""self.attr, class attributes, properties, static and class methods, __getattr__."""


class Engine:
    def start(self):
        pass


class Car:
    shared = Engine()

    def __init__(self):
        self.engine = Engine()
        self.hook = self.honk

    def honk(self):
        pass

    @property
    def ready(self):
        return self.engine.start()  #> attributes.Engine.start

    @ready.setter
    def ready(self, value):
        pass

    @classmethod
    def make(cls):
        return cls()  #> attributes.Car.__init__

    @staticmethod
    def check():
        pass


class Proxy:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


car = Car.make()  #> attributes.Car.make
car.engine.start()  #> attributes.Engine.start
Car.shared.start()  #> attributes.Engine.start
car.hook()  #> attributes.Car.honk
car.ready  #> attributes.Car.ready
car.ready = 1  #> attributes.Car.ready
Car.check()  #> attributes.Car.check
proxy = Proxy(car)  #> attributes.Proxy.__init__
proxy.honk()  #> attributes.Proxy.__getattr__ attributes.Car.honk
