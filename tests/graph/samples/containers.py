"""Elements by position and key, loops, unpacking, comprehensions."""


def one():
    pass


def two():
    pass


pair = (one, two)
pair[0]()  #> containers.one
pair[-1]()  #> containers.two
first, *rest = pair
first()  #> containers.one
rest[0]()  #> containers.two
table = {"one": one}
table["two"] = two
table["two"]()  #> containers.two
table.get("one")()  #> containers.one
for name, function in table.items():
    function()  #> containers.one containers.two
for i, function in enumerate([one]):
    function()  #> containers.one
made = [f() for f in pair]  #> containers.one containers.two
grown = []
grown.append(one)
grown[0]()  #> containers.one
later = table.pop("one")
later()  #> containers.one
