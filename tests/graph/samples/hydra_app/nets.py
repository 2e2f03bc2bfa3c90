class Head:
    def __init__(self, width):
        pass

    def go(self):
        pass


class Net:
    def __init__(self, head):
        self.head = head

    def run(self):
        self.head.go()  #> nets.Head.go


class Other:
    def __init__(self):
        pass


class Stop:
    def __init__(self, patience=1):
        pass
