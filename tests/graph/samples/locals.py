"""Names, attributes, conditional values."""


class Dog:
    def speak(self):
        pass


class Cat:
    def speak(self):
        pass


def pick(flag):
    return Dog() if flag else Cat()


dog = Dog()
dog.speak()  #> locals.Dog.speak
pet = pick(True)  #> locals.pick
pet.speak()  #> locals.Dog.speak locals.Cat.speak
same = pet.speak
same()  #> locals.Dog.speak locals.Cat.speak
(lambda: dog)().speak()  #> locals.<lambda1> locals.Dog.speak
