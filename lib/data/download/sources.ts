/** A file as its publisher offers it. */
export interface PublishedFile {
  readonly name: string;
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** Where a data set is published. */
export interface PublishedSource {
  /** Name of the data set. */
  readonly name: string;
  /** Address of the folder of the files, without a slash at its end. */
  readonly base: string;
  readonly files: readonly PublishedFile[];
}

/** What `bayesbinn data download` can fetch. Sizes and checksums are those that TensorFlow Datasets publishes. */
export const sources = [
  {
    name: "cifar10",
    base: "https://www.cs.toronto.edu/~kriz",
    files: [
      {
        name: "cifar-10-binary.tar.gz",
        bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
      },
    ],
  },
  {
    name: "cifar100",
    base: "https://www.cs.toronto.edu/~kriz",
    files: [
      {
        name: "cifar-100-binary.tar.gz",
        bytes: 168_513_733,
        sha256: "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
      },
    ],
  },
  {
    name: "mnist",
    // The page of the authors no longer hands out the files; this is the copy that TensorFlow and PyTorch use.
    base: "https://storage.googleapis.com/cvdf-datasets/mnist",
    files: [
      {
        name: "train-images-idx3-ubyte.gz",
        bytes: 9_912_422,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
      },
      {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 28_881,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
      },
      {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 1_648_877,
        sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      },
      {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 4_542,
        sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      },
    ],
  },
  {
    name: "fashion-mnist",
    // Only offered without TLS; the checksums make up for it.
    base: "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com",
    files: [
      {
        name: "train-images-idx3-ubyte.gz",
        bytes: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
      },
      {
        name: "train-labels-idx1-ubyte.gz",
        bytes: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
      },
      {
        name: "t10k-images-idx3-ubyte.gz",
        bytes: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      },
      {
        name: "t10k-labels-idx1-ubyte.gz",
        bytes: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      },
    ],
  },
] as const satisfies readonly PublishedSource[];

/** A data set that can be downloaded. */
export type DownloadName = (typeof sources)[number]["name"];

/** Where `name` is published. */
export function sourceOf(name: DownloadName): PublishedSource {
  return sources.find((source) => source.name === name)!;
}

/** How to download a data set, as a part of an error message: the command, what it fetches and how that is checked. */
export function downloadAdvice(name: DownloadName): string {
  const { base, files } = sourceOf(name);
  const [file] = files;
  const bytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const what =
    files.length === 1
      ? `${base}/${file?.name}, ${bytes} bytes, SHA-256 ${file?.sha256}`
      : `${files.length} files of ${base}, ${bytes} bytes, checked by SHA-256`;
  return `\`bayesbinn data download ${name}\` (${what})`;
}
