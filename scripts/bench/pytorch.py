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

    def __init__(self, shapes, forward, inputs, labels, temperature, rate, samples, epsilon=1e-10):
        self.forward, self.inputs, self.labels = forward, inputs, labels
        self.temperature, self.rate, self.samples, self.epsilon = temperature, rate, samples, epsilon
        self.weights = [laid_out_as(inputs, torch.randn(shape).sign()).requires_grad_() for shape in shapes]
        self.lambdas = [10 * torch.randn_like(w).sign() for w in self.weights]
        self.scratch = [torch.empty_like(w) for w in self.lambdas]

    def forward_backward(self):
        for weight in self.weights:
            weight.grad = None
        functional.cross_entropy(self.forward(self.inputs, self.weights), self.labels).backward()

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


def laid_out_as(inputs, tensor):
    channels_last = inputs.dim() == 4 and inputs.is_contiguous(memory_format=torch.channels_last)
    return tensor.to(memory_format=torch.channels_last) if channels_last and tensor.dim() == 4 else tensor


def chain(blocks, input_shape):
    """Blocks of a weight shape, a product and a batch norm, with a ReLU between them; noise and labels for it."""

    def forward(x, weights):
        for layer, (weight, (_, product, norm)) in enumerate(zip(weights, blocks)):
            x = norm(product(x, weight))
            if layer + 1 < len(weights):
                x = torch.relu(x)
        return x

    shapes = [shape for shape, _, _ in blocks]
    return shapes, forward, torch.randn(input_shape), torch.randint(0, shapes[-1][0], input_shape[:1])


def mlp(widths, dropout):
    """Blocks of a chain."""

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


def unet(batch, size, classes, depth, width):
    """The network of the recipe em-unet-small. Channels last, which is the faster layout for it."""
    shapes, norms = [], []

    def layer(inputs, outputs, kernel, transposed=False):
        shapes.append((inputs, outputs, kernel, kernel) if transposed else (outputs, inputs, kernel, kernel))
        norms.append(torch.nn.BatchNorm2d(outputs, momentum=0.2, affine=False))

    channels = [width << level for level in range(depth)]
    for inputs, outputs in zip([1] + channels, channels):
        layer(inputs, outputs, 3)
        layer(outputs, outputs, 3)
    for inputs, outputs in zip(channels[:0:-1], channels[-2::-1]):
        layer(inputs, outputs, 2, transposed=True)
        layer(inputs, outputs, 3)
        layer(outputs, outputs, 3)
    layer(width, classes, 1)

    def forward(x, weights):
        left = iter(zip(weights, norms))

        def product(x, call=functional.conv2d, **options):
            weight, norm = next(left)
            return norm(call(x, weight, **options))

        def pair(x):
            return torch.relu(product(torch.relu(product(x))))

        x, skips = pair(x), []
        for _ in range(depth - 1):
            skips.append(x)
            x = pair(functional.dropout2d(functional.max_pool2d(x, 2), 0.05))
        for skip in reversed(skips):
            x = product(x, functional.conv_transpose2d, stride=2)
            first = (skip.shape[-1] - x.shape[-1]) // 2
            rows = columns = slice(first, first + x.shape[-1])
            x = pair(functional.dropout2d(torch.cat([skip[..., rows, columns], x], 1), 0.05))
        return product(x)

    inputs = torch.randn(batch, 1, size, size).to(memory_format=torch.channels_last)
    outputs = size - 4
    for _ in range(depth - 1):
        outputs = outputs // 2 - 4
    for _ in range(depth - 1):
        outputs = 2 * outputs - 4
    return shapes, forward, inputs, torch.randint(0, classes, (batch, outputs, outputs))


def turn(call):
    """Median seconds of a call over one turn, after one call that does not count."""
    call()
    times, begin = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < TURN_SECONDS:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def network_row(parts, *arguments):
    @functools.cache
    def made():
        torch.manual_seed(1)
        return Network(*parts(), *arguments)

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
    "mnist-mlp step": network_row(
        lambda: chain(mlp([784, 2048, 2048, 2048, 10], 0.2), (100, 784)), 1e-10, 1e-4, 54000
    ),
    "784-100-100-10 step": network_row(lambda: chain(mlp([784, 100, 100, 10], 0.0), (100, 784)), 1e-2, 1e-3, 60000),
    "cifar10-vgg step": network_row(lambda: chain(vgg(), (50, 3, 32, 32)), 1e-10, 3e-4, 450000),
    "em-unet-small step": network_row(lambda: unet(4, 188, 2, 4, 16), 1e-10, 1e-3, 864),
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
