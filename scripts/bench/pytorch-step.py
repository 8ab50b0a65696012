"""Milliseconds of PyTorch's forward and backward of the network of mnist-mlp, without an optimizer, as a JSON list."""

import json
import sys
import time

import torch

threads, steps = int(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)
widths = [784, 2048, 2048, 2048, 10]
weights = [torch.randn(o, i).sign().requires_grad_() for i, o in zip(widths, widths[1:])]
norms = [torch.nn.BatchNorm1d(o, eps=1e-4, momentum=0.15, affine=False) for o in widths[1:]]
inputs, labels = torch.randn(100, 784), torch.randint(0, 10, (100,))


def step():
    x = inputs
    for layer, (weight, norm) in enumerate(zip(weights, norms)):
        weight.grad = None
        x = norm(torch.nn.functional.linear(torch.nn.functional.dropout(x, 0.2), weight))
        if layer < 3:
            x = torch.relu(x)
    torch.nn.functional.cross_entropy(x, labels).backward()


times = []
for i in range(steps + 5):
    start = time.perf_counter()
    step()
    if i >= 5:
        times.append((time.perf_counter() - start) * 1000)
print(json.dumps(times))
