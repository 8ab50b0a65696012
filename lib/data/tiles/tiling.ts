/** An image that tiles were cut from. */
export interface TiledImage {
  readonly rows: number;
  readonly columns: number;
  /** Of its file, without the ending. */
  readonly name?: string;
}

/** The place of a tile. */
export interface Tile {
  /** Which of the images, from 0. */
  readonly image: number;
  /** Where the first row of the tile lies in the image: negative in a margin beyond its edges. */
  readonly row: number;
  readonly column: number;
}

/** How the samples of a data set were cut from larger images. */
export interface Tiling {
  readonly images: readonly TiledImage[];
  /** One for each stored sample. */
  readonly tiles: readonly Tile[];
}
