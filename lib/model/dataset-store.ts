import type { Dataset } from "../data/dataset.js";
import { toDatasetSpec } from "../data/dataset-spec.js";
import { checkPermutation } from "../data/validate.js";
import type { NativeSession } from "../native/contract.js";

/** Arrays that native code has a copy of. */
interface Uploaded {
  readonly targets: Dataset["targets"];
  /** Everything else that the copy was made with. */
  readonly key: string;
  readonly id: number;
  /** Its views, by indices and permutation. */
  readonly views: WeakMap<object, WeakMap<object, Numbered>>;
}

/** What native code has given a number. */
interface Numbered {
  readonly id: number;
}

/** In place of the indices or the permutation of a view that has none. */
const asStored = {};

/**
 * The data sets of one session. Arrays are uploaded the first time they are seen; subsets and data sets with permuted
 * features are views that share the copy of their arrays. What native code holds goes when the arrays that it was made
 * from have been garbage-collected.
 */
export class DatasetStore {
  readonly #uploaded = new WeakMap<Dataset["inputs"], Uploaded[]>();
  readonly #collected: number[] = [];
  readonly #registry = new FinalizationRegistry<Numbered>((entry) => {
    // A view goes with the first of its arrays, and only once.
    this.#registry.unregister(entry);
    this.#collected.push(entry.id);
  });

  constructor(private readonly native: NativeSession) {}

  /** Native number of `dataset`. Throws what makes it unfit to be one. */
  idOf(dataset: Dataset): number {
    this.#removeCollected();
    const base = this.#find(dataset) ?? this.#upload(dataset);
    const { indices, permutation } = dataset;
    if (indices === undefined && permutation === undefined) return base.id;
    const known = base.views.get(indices ?? asStored)?.get(permutation ?? asStored);
    return (known ?? this.#addView(base, dataset)).id;
  }

  #addView({ id: base, views }: Uploaded, dataset: Dataset): Numbered {
    const { indices, permutation } = dataset;
    checkPermutation(dataset);
    const view = { id: this.native.addSubset(base, indices, permutation) };
    const alike = views.get(indices ?? asStored) ?? new WeakMap();
    views.set(indices ?? asStored, alike.set(permutation ?? asStored, view));
    for (const array of [indices, permutation]) {
      if (array !== undefined) this.#registry.register(array, view, view);
    }
    return view;
  }

  #find(dataset: Dataset): Uploaded | undefined {
    const key = keyOf(dataset);
    return this.#uploaded.get(dataset.inputs)?.find((entry) => entry.targets === dataset.targets && entry.key === key);
  }

  #upload(dataset: Dataset): Uploaded {
    const spec = toDatasetSpec(dataset);
    const id = this.native.addDataset(spec);
    const entry = { targets: dataset.targets, key: keyOf(dataset), id, views: new WeakMap() };
    const others = this.#uploaded.get(dataset.inputs) ?? [];
    this.#uploaded.set(dataset.inputs, [...others, entry]);
    this.#registry.register(dataset.inputs, { id });
    return entry;
  }

  /** Not in the finalizer itself, which may run while the session is busy. */
  #removeCollected(): void {
    for (const id of this.#collected.splice(0)) this.native.removeDataset(id);
  }
}

function keyOf({ sampleShape, targetWidth, targetShape, normalization }: Dataset): string {
  return JSON.stringify([sampleShape, targetWidth, targetShape, normalization]);
}
