import type { Layer } from "../../lib/layers/layer.js";
import type { Loss } from "../../lib/losses/loss.js";
import { type GraphNode, layerSpecs, type ModelLayer, resolveGraph } from "../../lib/model/graph.js";
import { loadAddon } from "../../lib/native/binding.js";
import type {
  NamedTensor,
  NativeSession,
  PredictCall,
  PredictResult,
  ReplayCall,
  ReplayResult,
} from "../../lib/native/contract.js";
import { claimParameters } from "../../lib/optimizers/claim.js";
import type { Optimizer } from "../../lib/optimizers/optimizer.js";

export interface Network {
  readonly inputShape: readonly number[];
  /** One after the other; or `nodes`. */
  readonly layers?: readonly Layer[];
  readonly nodes?: readonly GraphNode[];
  readonly loss: Loss;
}

/** A native session whose state is read and written by role: one flat array over all layers, in their order. */
export class GoldenSession implements Disposable {
  readonly layers: readonly ModelLayer[];
  readonly #native: NativeSession;

  constructor(network: Network, optimizers: readonly Optimizer[], maxBatch: number) {
    this.layers = resolveGraph(network.inputShape, network.nodes ?? network.layers!.map((layer) => ({ layer })));
    const claims = claimParameters(
      this.layers.flatMap(({ parameters }) => parameters),
      optimizers,
    );
    const spec = {
      device: "cpu",
      cuda: { precision: "float32", graphs: true, memoryLimit: 0 },
      threads: 2,
      seed: 1,
      maxBatch,
      inputShape: network.inputShape,
      layers: layerSpecs(this.layers),
      loss: { type: network.loss.type, ...network.loss.options },
      optimizers: claims.map(({ optimizer, parameters }) => optimizer.toSpec(parameters)),
    } as const;
    this.#native = printable(() => new (loadAddon().Session)(spec));
  }

  async replay(call: ReplayCall): Promise<ReplayResult> {
    return this.#native.replay(call).catch(rethrowPrintable);
  }

  async predict(call: PredictCall): Promise<PredictResult> {
    return this.#native.predict(call).catch(rethrowPrintable);
  }

  /** Of the next steps. */
  setHyperparameters(optimizer: number, values: Readonly<Record<string, number>>): void {
    printable(() => this.#native.setHyperparameters(optimizer, values));
  }

  /** `latent`, an optimizer's array such as `momentum`, or a statistic such as `running_mean`. */
  async read(role: string): Promise<Float32Array> {
    const tensors = await this.#native.getState("training");
    return Float32Array.from(tensors.filter((tensor) => roleOf(tensor) === role).flatMap(({ data }) => [...data]));
  }

  /** Replaces the named roles and keeps the others. */
  async write(values: Readonly<Record<string, Float32Array>>): Promise<void> {
    const used: Record<string, number> = Object.fromEntries(Object.keys(values).map((role) => [role, 0]));
    const tensors = (await this.#native.getState("training")).map((tensor) => {
      const role = roleOf(tensor);
      const given = values[role];
      if (given === undefined) return tensor;
      const start = used[role]!;
      used[role] = start + tensor.data.length;
      return { ...tensor, data: given.slice(start, used[role]) };
    });
    for (const [role, count] of Object.entries(used)) {
      if (count !== values[role]!.length) throw new Error(`${role}: ${values[role]!.length} given, there are ${count}`);
    }
    await this.#native.setState("training", tensors).catch(rethrowPrintable);
  }

  [Symbol.dispose](): void {
    this.#native.dispose();
  }
}

function roleOf({ name }: NamedTensor): string {
  return /(?:\/|\.(?=running_))(\w+)$/.exec(name)?.[1] ?? "latent";
}

function printable<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    return rethrowPrintable(error);
  }
}

/** uvu takes the `details` of an error for text, which those of native errors are not. */
function rethrowPrintable(error: unknown): never {
  throw new Error(error instanceof Error ? error.message : String(error));
}
