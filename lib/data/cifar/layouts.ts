import { cifar10Layout } from "./cifar10.js";
import { cifar10JpegLayout } from "./cifar10-jpeg.js";
import { cifar100Layout } from "./cifar100.js";
import type { CifarLayout } from "./layout.js";

/** The data sets in the binary layout of CIFAR. */
export const cifarLayouts: readonly CifarLayout[] = [cifar10Layout, cifar10JpegLayout, cifar100Layout];
