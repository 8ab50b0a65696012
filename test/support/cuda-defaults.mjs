/** How sessions compute on a CUDA device where a test does not say otherwise: as the library does. */
export const cudaDefaults = /** @type {const} */ ({ precision: "float32", graphs: true, memoryLimit: 0 });
