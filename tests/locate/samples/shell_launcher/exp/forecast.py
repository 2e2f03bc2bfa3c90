class Experiment:
    def __init__(self, args):
        self.args = args

    def train(self):  # expect: loop
        for epoch in range(3):
            loss = self.model()
            loss.backward()
            self.optimizer.step()

    def test(self):
        self.model.eval()
