import type { CudaSpec } from "../../../lib/native/contract.js";
import type { Sums } from "../../native/support/reference-linear.js";

/**
 * Of the sum of the products' sizes, by the bf16 terms that a factor is split into.
 *
 * float32: three terms, 24 bits, and products with the smallest two of these are left out: 2^-23 of each product. Tensor cores
 * cut off the bits of a sum that do not fit, which may cost 2^-23 of it with each of up to six terms; what is summed in
 * float32 rounds as on the CPU, 2^-22. Together at most 2^-20; dropping the third term would lose 2^-17 of single products.
 *
 * bf16: one term is rounded to 8 bits, by 2^-8 of it at most: two factors, 2^-7. bf16x2: what the second term leaves is
 * 2^-16 of a factor, and the product of the second terms, 2^-16, is left out: below 2^-14.
 */
const shares: Readonly<Record<CudaSpec["precision"], number>> = { float32: 2 ** -20, bf16x2: 2 ** -14, bf16: 2 ** -7 };

export const productTolerances = ({ sizes }: Sums, precision: CudaSpec["precision"] = "float32") =>
  sizes.map((size) => shares[precision] * size);
