import { suite } from "uvu";
import * as assert from "uvu/assert";
import { meanAndStd } from "../../../../lib/recipes/comparison/statistics.js";

const statistics = suite("mean and standard deviation");

statistics("population form: the sum of squares over n", () => {
  // Deviations -3, -1, -1, -1, 0, 0, 2, 4: squares add up to 32, over 8 is 4; over 7, the root would be 2.14.
  assert.equal(meanAndStd([2, 4, 4, 4, 5, 5, 7, 9]), { mean: 5, std: 2 });
});

statistics("of one number and of nothing", () => {
  assert.equal(meanAndStd([0.25]), { mean: 0.25, std: 0 });
  assert.is(meanAndStd([]), undefined);
});

statistics("of five accuracies in percent", () => {
  // Deviations in hundredths: 7, -7, 4, -4, 0.
  const { mean, std } = meanAndStd([98.93, 98.79, 98.9, 98.82, 98.86])!;
  assert.is(mean.toFixed(2), "98.86");
  // sqrt((49 + 49 + 16 + 16) / 5) = 5.099
  assert.is(std.toFixed(4), "0.0510");
});

statistics.run();
