"""Trains the network of the recipe `cifar10-vgg` with PyTorch, on the epochs that export-epochs.ts wrote.

The same images in the same order, the same network, settings and schedule; only the first weights and the draws differ.

    python vgg.py <folder> bayesbinn|adam --width 32 --hidden 256 --rate 3e-4
"""

import argparse
import json
import math
import pathlib
import time

import torch
from torch import nn
from torch.nn import functional

MEAN = torch.tensor([0.4914, 0.4822, 0.4465]).view(1, 3, 1, 1)
STD = torch.tensor([0.2023, 0.1994, 0.2010]).view(1, 3, 1, 1)


def records(path):
    data = torch.frombuffer(bytearray(path.read_bytes()), dtype=torch.uint8).view(-1, 1 + 3 * 32 * 32)
    return data[:, 0].long(), data[:, 1:].reshape(-1, 3, 32, 32)


def network(width, hidden):
    layers, channels = [], 3
    for times in (1, 2, 4):
        for pooled in (False, True):
            layers += [nn.Conv2d(channels, times * width, 3, padding=1, bias=False)]
            layers += [nn.MaxPool2d(2)] if pooled else []
            layers += [nn.BatchNorm2d(times * width, momentum=0.2, affine=False), nn.ReLU()]
            channels = times * width
    layers += [nn.Flatten()]
    widths = [16 * channels, hidden, hidden, 10]
    for i, o in zip(widths, widths[1:]):
        layers += [nn.Linear(i, o, bias=False), nn.BatchNorm1d(o, affine=False), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


class BayesBiNN:
    """One weight sample a step, no momentum; w = sign(lambda) for the mode."""

    def __init__(self, weights, samples, temperature=1e-10, epsilon=1e-10):
        self.weights, self.samples, self.temperature, self.epsilon = weights, samples, temperature, epsilon
        self.lambdas = [10 * torch.randn_like(w).sign() for w in weights]

    @torch.no_grad()
    def sample(self):
        for weight, lam in zip(self.weights, self.lambdas):
            u = torch.empty_like(weight).uniform_(2**-24, 1 - 2**-24)
            weight.copy_(torch.tanh((lam + torch.logit(u) / 2) / self.temperature))

    @torch.no_grad()
    def update(self, rate):
        for weight, lam in zip(self.weights, self.lambdas):
            mean = torch.tanh(lam)
            scale = (1 - weight**2 + self.epsilon) / self.temperature / (1 - mean**2 + self.epsilon)
            lam.sub_(rate * (self.samples * scale * weight.grad + lam))

    @torch.no_grad()
    def mode(self):
        for weight, lam in zip(self.weights, self.lambdas):
            weight.copy_(torch.where(lam >= 0, 1.0, -1.0))


class Adam:
    def __init__(self, weights):
        self.optimizer = torch.optim.Adam(weights)

    def sample(self):
        pass

    def update(self, rate):
        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.step()

    mode = sample


@torch.no_grad()
def accuracy(model, labels, images):
    model.eval()
    batches = range(0, len(labels), 1000)
    correct = sum((model((images[i : i + 1000] / 255 - MEAN) / STD).argmax(1) == labels[i : i + 1000]).sum() for i in batches)
    model.train()
    return correct.item() / len(labels)


parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("method", choices=["bayesbinn", "adam"])
parser.add_argument("--width", type=int, default=128)
parser.add_argument("--hidden", type=int, default=1024)
parser.add_argument("--rate", type=float, required=True)
parser.add_argument("--batch", type=int, default=50)
parser.add_argument("--factor", type=int, default=10, help="of the number of training images [N]")
parser.add_argument("--seed", type=int, default=10)
options = parser.parse_args()

torch.manual_seed(options.seed)
model = network(options.width, options.hidden)
weights = list(model.parameters())
epochs = len(list(options.folder.glob("epoch-*.bin")))
test = records(options.folder / "test.bin")
optimizer = None
for epoch in range(epochs):
    labels, images = records(options.folder / f"epoch-{epoch}.bin")
    if optimizer is None:
        optimizer = BayesBiNN(weights, options.factor * len(labels)) if options.method == "bayesbinn" else Adam(weights)
    rate = 1e-16 + (options.rate - 1e-16) * (1 + math.cos(math.pi * epoch / epochs)) / 2
    loss_sum, start = 0.0, time.perf_counter()
    for first in range(0, len(labels), options.batch):
        batch = slice(first, first + options.batch)
        optimizer.sample()
        model.zero_grad()
        loss = functional.cross_entropy(model((images[batch] / 255 - MEAN) / STD), labels[batch])
        loss.backward()
        optimizer.update(rate)
        loss_sum += loss.item() * len(labels[batch])
    seconds = time.perf_counter() - start
    optimizer.mode()
    result = {"epoch": epoch + 1, "train_loss": loss_sum / len(labels), "test_accuracy": accuracy(model, *test)}
    print(json.dumps({**result, "seconds": round(seconds, 1)}), flush=True)
