/** The kernels of the native addon: a part of the description in `contract.ts`. */

/** Random streams; one number each, so that no two uses share draws. */
export type StreamName = "weights" | "dropout" | "shuffle" | "augmentation" | "initialisation" | "prediction";

/** Address of a draw: the Philox counter without the element. */
export interface DrawAddress {
  readonly seed: number;
  readonly stream: StreamName;
  readonly step: number;
  readonly sample: number;
}

/** Where a kernel computes; arrays lie in the script's memory either way. Absent in a call: `"cpu"`. */
export type KernelDevice = "cpu" | "cuda";

/** Sizes of a 2-d convolution; the output has `floor((size + 2 padding - kernel) / stride) + 1` rows and columns. */
export interface NativeConvShape {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly paddingHeight: number;
  readonly paddingWidth: number;
}

/** Images, with targets of one number a pixel where there are masks, as a training batch of an epoch has them. */
export interface NativeAugmentCall {
  /** `[images, channels, rows, columns]` */
  readonly images: Uint8Array | Float32Array;
  readonly shape: readonly number[];
  /** For bytes: `[1 or channels][256]` */
  readonly byteTable?: Float32Array;
  /** For floats, as `shift`: `[1 or channels]` */
  readonly scale?: Float32Array;
  readonly shift?: Float32Array;
  readonly augmentation: readonly { readonly type: string; readonly [option: string]: unknown }[];
  readonly seed: number;
  readonly epoch: number;
  /** Stored index of the first image. */
  readonly first: number;
  /** `[images, ...maskShape]` */
  readonly masks?: Float32Array;
  readonly maskShape?: readonly number[];
  /** As `images`. */
  readonly output: Float32Array;
  /** As `masks`. */
  readonly maskOutput?: Float32Array;
  readonly device?: KernelDevice;
  readonly threads: number;
}

export interface NativeKernels {
  /** One Philox4x32-10 block. */
  philox(counter: Uint32Array, key: Uint32Array): Uint32Array;
  /** Uniforms max(k,1) 2^-24 of the elements 0..out.length-1. */
  uniform(address: DrawAddress, out: Float32Array, device?: KernelDevice): void;
  permutation(count: number, seed: number, epoch: number): Uint32Array;
  /** Network inputs, and masks, of augmented images. */
  augment(call: NativeAugmentCall): void;
  /** weights <- materialise(latent, noise); `noise` absent: drawn at `address`. Methods without noise need neither. */
  sampleWeights(call: {
    readonly optimizer: { readonly type: string; readonly [option: string]: unknown };
    readonly latent: Float32Array;
    readonly noise?: Float32Array;
    readonly address?: DrawAddress;
    readonly weights: Float32Array;
    readonly device?: KernelDevice;
    readonly threads: number;
  }): void;
  /**
   * One update of `latent` and `state` in place from `gradients` (`[samples][n]`, with the noise of each sample where the
   * pullback depends on it).
   */
  update(call: {
    readonly optimizer: { readonly type: string; readonly [option: string]: unknown };
    readonly latent: Float32Array;
    /** Every state array of the method by name; see `stateNames`. */
    readonly state: Readonly<Record<string, Float32Array>>;
    readonly noise?: readonly Float32Array[];
    readonly gradients: readonly Float32Array[];
    /** 1-based number of this update. */
    readonly t: number;
    readonly device?: KernelDevice;
    readonly threads: number;
  }): void;
  /** Names of the state arrays that a method keeps with these options. */
  stateNames(optimizer: { readonly type: string; readonly [option: string]: unknown }): string[];
  /** output[b][o] <- sum_i input[b][i] weights[o][i] (+ bias[o]). */
  linear(call: {
    readonly input: Float32Array;
    readonly weights: Float32Array;
    readonly bias?: Float32Array;
    readonly batch: number;
    readonly inFeatures: number;
    readonly outFeatures: number;
    /** Weights are -1 and 1, and multiplied as bits. Absent: no. */
    readonly packed?: boolean;
    readonly output: Float32Array;
    readonly device?: KernelDevice;
    readonly threads: number;
  }): void;
  /** Gradients of `linear`; each output present is overwritten. */
  linearGradients(call: {
    readonly input: Float32Array;
    readonly weights: Float32Array;
    readonly outputGradient: Float32Array;
    readonly batch: number;
    readonly inFeatures: number;
    readonly outFeatures: number;
    readonly packed?: boolean;
    readonly inputGradient?: Float32Array;
    readonly weightGradient?: Float32Array;
    readonly biasGradient?: Float32Array;
    readonly device?: KernelDevice;
    readonly threads: number;
  }): void;
  /** output[b][o][r][c] <- sum over i, kr, kc of weights[o][i][kr][kc] input[b][i][r s - p + kr][c s - p + kc] (+ bias[o]). */
  conv2d(
    call: NativeConvShape & {
      readonly input: Float32Array;
      readonly weights: Float32Array;
      readonly bias?: Float32Array;
      readonly packed?: boolean;
      readonly output: Float32Array;
      readonly device?: KernelDevice;
      readonly threads: number;
    },
  ): void;
  /** Gradients of `conv2d`; each output present is overwritten. */
  conv2dGradients(
    call: NativeConvShape & {
      readonly input: Float32Array;
      readonly weights: Float32Array;
      readonly outputGradient: Float32Array;
      readonly packed?: boolean;
      readonly inputGradient?: Float32Array;
      readonly weightGradient?: Float32Array;
      readonly biasGradient?: Float32Array;
      readonly device?: KernelDevice;
      readonly threads: number;
    },
  ): void;
}
