import type { Dataset } from "../data/dataset.js";
import { toDatasetSpec } from "../data/dataset-spec.js";
import type { NativeSession } from "../native/contract.js";

/** Arrays that native code has a copy of. */
interface Uploaded {
  readonly targets: Dataset["targets"];
  /** Everything else that the copy was made with. */
  readonly key: string;
  readonly id: number;
  /** Native numbers of its subsets. */
  readonly subsets: WeakMap<Uint32Array, number>;
}

/**
 * The data sets of one session. Arrays are uploaded the first time they are seen; subsets share the copy of their arrays.
 * The copy goes when the arrays have been garbage-collected.
 */
export class DatasetStore {
  readonly #uploaded = new WeakMap<Dataset["inputs"], Uploaded[]>();
  readonly #collected: number[] = [];
  readonly #registry = new FinalizationRegistry<number>((id) => this.#collected.push(id));

  constructor(private readonly native: NativeSession) {}

  /** Native number of `dataset`. Throws what makes it unfit to be one. */
  idOf(dataset: Dataset): number {
    this.#removeCollected();
    const base = this.#find(dataset) ?? this.#upload(dataset);
    const { indices } = dataset;
    if (indices === undefined) return base.id;
    const known = base.subsets.get(indices);
    if (known !== undefined) return known;
    const id = this.native.addSubset(base.id, indices);
    base.subsets.set(indices, id);
    this.#registry.register(indices, id);
    return id;
  }

  #find(dataset: Dataset): Uploaded | undefined {
    const key = keyOf(dataset);
    return this.#uploaded.get(dataset.inputs)?.find((entry) => entry.targets === dataset.targets && entry.key === key);
  }

  #upload(dataset: Dataset): Uploaded {
    const spec = toDatasetSpec(dataset);
    const id = this.native.addDataset(spec);
    const entry = { targets: dataset.targets, key: keyOf(dataset), id, subsets: new WeakMap() };
    const others = this.#uploaded.get(dataset.inputs) ?? [];
    this.#uploaded.set(dataset.inputs, [...others, entry]);
    this.#registry.register(dataset.inputs, id);
    return entry;
  }

  /** Not in the finalizer itself, which may run while the session is busy. */
  #removeCollected(): void {
    for (const id of this.#collected.splice(0)) this.native.removeDataset(id);
  }
}

function keyOf({ sampleShape, targetWidth, normalization }: Dataset): string {
  return JSON.stringify([sampleShape, targetWidth, normalization]);
}
