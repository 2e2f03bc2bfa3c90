import numpy as np
import torch

x_data = np.array([[1, 2], [2, 3], [3, 1]], dtype=np.float32)  # stop: data
y_data = np.array([[0], [0], [1]], dtype=np.float32)
X, Y = torch.from_numpy(x_data), torch.from_numpy(y_data)
model = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.Sigmoid())  # stop: model
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
print("-----------")  # never
for step in range(100):
    optimizer.zero_grad()
    hypothesis = model(X)  # stop: forward
    cost = -(Y * torch.log(hypothesis) + (1 - Y) * torch.log(1 - hypothesis)).mean()  # stop: loss
    cost.backward()  # stop: backward
    optimizer.step()  # stop: step
    print(step, cost.item())  # stop: logging
