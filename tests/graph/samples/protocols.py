"""Special methods behind syntax and builtins."""


class Bag:
    def __len__(self):
        return 1

    def __iter__(self):
        yield self

    def __getitem__(self, i):
        return self

    def __setitem__(self, i, value):
        pass

    def __contains__(self, x):
        return True

    def __add__(self, other):
        return self

    def __iadd__(self, other):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *args):
        pass

    def __str__(self):
        return "bag"

    def __call__(self, x):
        return x

    def __eq__(self, other):
        return True


class Steps:
    def __iter__(self):
        return self

    def __next__(self):
        return Bag()


bag = Bag()
len(bag)  #> protocols.Bag.__len__
for b in bag:  #> protocols.Bag.__iter__
    b(1)  #> protocols.Bag.__call__
bag[0]  #> protocols.Bag.__getitem__
bag[0] = 1  #> protocols.Bag.__setitem__
1 in bag  #> protocols.Bag.__contains__
bag + bag  #> protocols.Bag.__add__
bag += bag  #> protocols.Bag.__iadd__
with bag as opened:  #> protocols.Bag.__enter__ protocols.Bag.__exit__
    opened(1)  #> protocols.Bag.__call__
f"{bag}"  #> protocols.Bag.__str__
str(bag)  #> protocols.Bag.__str__
print(bag)  #> protocols.Bag.__str__
bag == 1  #> protocols.Bag.__eq__
if not bag:  #> protocols.Bag.__len__
    pass
for step in Steps():  #> protocols.Steps.__iter__ protocols.Steps.__next__
    step(1)  #> protocols.Bag.__call__
next(iter(Steps()))  #> protocols.Steps.__iter__ protocols.Steps.__next__
