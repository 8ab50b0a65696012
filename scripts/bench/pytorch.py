"""PyTorch's turns beside the rows of `npm run bench`.

Each line of stdin names a row, {"name", "threads"}; the answer is a line {contestant: value in the row's unit}, empty
where there is nothing to compare.
"""

import functools
import json
import math
import statistics
import sys
import time

import torch
from torch.nn import functional

CONVOLUTION_BATCH = 64
TURN_SECONDS = 1


class Network:
    """A binary network with batch norm, and its step with BayesBiNN in place: eager, float32, as the authors' code."""

    def __init__(self, blocks, input_shape, temperature, rate, samples, epsilon=1e-10):
        torch.manual_seed(1)
        self.temperature, self.rate, self.samples, self.epsilon = temperature, rate, samples, epsilon
        self.products, self.norms = [product for _, product, _ in blocks], [norm for _, _, norm in blocks]
        self.weights = [torch.randn(shape).sign().requires_grad_() for shape, _, _ in blocks]
        self.lambdas = [10 * torch.randn_like(w).sign() for w in self.weights]
        self.scratch = [torch.empty_like(w) for w in self.lambdas]
        self.inputs, self.labels = torch.randn(input_shape), torch.randint(0, len(self.weights[-1]), input_shape[:1])

    def forward_backward(self):
        x = self.inputs
        for layer, (weight, product, norm) in enumerate(zip(self.weights, self.products, self.norms)):
            weight.grad = None
            x = norm(product(x, weight))
            if layer + 1 < len(self.weights):
                x = torch.relu(x)
        functional.cross_entropy(x, self.labels).backward()

    @torch.no_grad()
    def sample(self):
        """w = tanh((lambda + log(u / (1 - u)) / 2) / temperature)"""
        for weight, lam in zip(self.weights, self.lambdas):
            weight.uniform_(2**-24, 1 - 2**-24).logit_().mul_(0.5).add_(lam).div_(self.temperature).tanh_()

    @torch.no_grad()
    def update(self):
        """lambda <- lambda - rate (N (1 - w^2 + eps) / (temperature (1 - tanh(lambda)^2 + eps)) g + lambda)"""
        for weight, lam, mean in zip(self.weights, self.lambdas, self.scratch):
            torch.tanh(lam, out=mean).square_().neg_().add_(1 + self.epsilon)
            scale = weight.square_().neg_().add_(1 + self.epsilon).div_(mean).mul_(self.samples / self.temperature)
            lam.mul_(1 - self.rate).addcmul_(scale, weight.grad, value=-self.rate)

    def step(self):
        self.sample()
        self.forward_backward()
        self.update()


def mlp(widths, dropout):
    """Blocks of a weight shape, a product and a batch norm."""

    def product(x, weight):
        return functional.linear(functional.dropout(x, dropout) if dropout > 0 else x, weight)

    norm = functools.partial(torch.nn.BatchNorm1d, eps=1e-4, momentum=0.15, affine=False)
    return [((o, i), product, norm(o)) for i, o in zip(widths, widths[1:])]


def vgg():
    """The blocks of the recipe cifar10-vgg; pooling comes before batch norm."""

    def conv(x, weight):
        return functional.conv2d(x, weight, padding=1)

    def pooled(x, weight):
        return functional.max_pool2d(conv(x, weight), 2)

    def linear(x, weight):
        return functional.linear(x.flatten(1), weight)

    convolutions = zip([3, 128, 128, 256, 256, 512], [128, 128, 256, 256, 512, 512], [conv, pooled] * 3)
    blocks = [((o, i, 3, 3), product, torch.nn.BatchNorm2d(o, momentum=0.2, affine=False)) for i, o, product in convolutions]
    widths = [8192, 1024, 1024, 10]
    return blocks + [((o, i), linear, torch.nn.BatchNorm1d(o, affine=False)) for i, o in zip(widths, widths[1:])]


def turn(call):
    """Median seconds of a call over one turn, after one call that does not count."""
    call()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < TURN_SECONDS:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def network_row(blocks, *arguments):
    made = functools.cache(lambda: Network(blocks(), *arguments))

    def measure():
        network = made()
        step = turn(network.step)
        network.sample()  # the update leaves no signs, and numbers next to nothing are slow to multiply
        return {"PyTorch step": 1000 * step, "PyTorch forward+backward": 1000 * turn(network.forward_backward)}

    return measure


def convolution_row(channels, size, input_gradient):
    shape = (CONVOLUTION_BATCH, channels, size, size)
    made = functools.cache(lambda: (torch.randn(shape), torch.randn(channels, channels, 3, 3).sign()))

    def measure():
        x, weight = made()
        if input_gradient:
            seconds = turn(lambda: torch.nn.grad.conv2d_input(shape, weight, x, padding=1))
        else:
            seconds = turn(lambda: functional.conv2d(x, weight, padding=1))
        return {"PyTorch conv2d": 2e-9 * math.prod(shape) * channels * 9 / seconds}

    return measure


ROWS = {
    "mnist-mlp step": network_row(lambda: mlp([784, 2048, 2048, 2048, 10], 0.2), (100, 784), 1e-10, 1e-4, 54000),
    "784-100-100-10 step": network_row(lambda: mlp([784, 100, 100, 10], 0.0), (100, 784), 1e-2, 1e-3, 60000),
    "cifar10-vgg step": network_row(vgg, (50, 3, 32, 32), 1e-10, 3e-4, 450000),
}
for channels, size in [(256, 16), (128, 32), (512, 8)]:
    name = f"conv 3x3 {channels}->{channels} on {size}x{size}"
    ROWS[f"{name} forward"] = convolution_row(channels, size, False)
    ROWS[f"{name} input gradient"] = convolution_row(channels, size, True)

for line in sys.stdin:
    request = json.loads(line)
    torch.set_num_threads(request["threads"])
    measure = ROWS.get(request["name"])
    print(json.dumps(measure() if measure else {}), flush=True)
