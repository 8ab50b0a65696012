/** Every method, with its update of a weight. */
import { adam, bayesbinn, bop, type MethodSpec, pmf, sgd, ste, unclipped } from "./specs.js";

/** A method with its update of one weight in float64, without noise. Regimes of noise have tests of their own. */
export interface MethodRow {
  readonly kind: "binary" | "real";
  readonly method: MethodSpec;
  /** What sets a row apart from others of its method. */
  readonly variant?: string;
  /** Changes `state` and returns the new latent weight. */
  update(latent: number, state: Record<string, number>, gradient: number, t: number): number;
  /** Hyperparameters that change with the epoch while the toy problem is learnt. */
  schedule?(epoch: number): Record<string, number>;
}

/** As the options of Adam in the rows; their epsilon keeps the step well-conditioned. */
const adamStep = { learningRate: 0.05, beta1: 0.75, beta2: 0.875, epsilon: 0.125 } as const;

function adamChange(state: Record<string, number>, [m, v]: readonly [string, string], g: number, t: number): number {
  state[m] = 0.75 * state[m]! + 0.25 * g;
  state[v] = 0.875 * state[v]! + 0.125 * g ** 2;
  return (0.05 * state[m]!) / (1 - 0.75 ** t) / (Math.sqrt(state[v]! / (1 - 0.875 ** t)) + 0.125);
}

const moments = ["first_moment", "second_moment"] as const;
const clip = (x: number, limit: number) => Math.min(Math.max(x, -limit), limit);

/** The two probabilities of softmax(beta (a, b)). */
function softmax(beta: number, a: number, b: number): readonly [number, number] {
  const larger = Math.max(a, b);
  const [low, high] = [Math.exp(beta * (a - larger)), Math.exp(beta * (b - larger))];
  return [low / (low + high), high / (low + high)];
}

export const methodRows: readonly MethodRow[] = [
  {
    kind: "binary",
    method: bayesbinn({ estimator: "mean", learningRate: 0.05, momentum: 0.75, klWeight: 0.5, trainSetSize: 20 }),
    update(lambda, state, g, t) {
      state["momentum"] = 0.75 * state["momentum"]! + 0.25 * (20 * g + 0.5 * lambda);
      return lambda - (0.05 * state["momentum"]!) / (1 - 0.75 ** t);
    },
  },
  {
    kind: "real",
    method: adam(adamStep),
    update: (w, state, g, t) => w - adamChange(state, moments, g, t),
  },
  {
    kind: "real",
    variant: "clipped",
    method: adam({ ...adamStep, gradientClip: 0.25, weightClip: 0.5 }),
    update: (w, state, g, t) => clip(w - adamChange(state, moments, clip(g, 0.25), t), 0.5),
  },
  {
    kind: "real",
    method: sgd({ learningRate: 0.5 }),
    update: (w, _, g) => w - 0.5 * g,
  },
  {
    kind: "real",
    variant: "momentum, decay",
    method: sgd({ learningRate: 0.25, momentum: 0.75, weightDecay: 0.03125 }),
    update(w, state, g) {
      state["momentum"] = 0.75 * state["momentum"]! + (g + 0.03125 * w);
      return w - 0.25 * state["momentum"]!;
    },
  },
  {
    kind: "real",
    variant: "nesterov",
    method: sgd({ learningRate: 0.25, momentum: 0.75, weightDecay: 0.03125, nesterov: true }),
    update(w, state, g) {
      const total = g + 0.03125 * w;
      state["momentum"] = 0.75 * state["momentum"]! + total;
      return w - 0.25 * (total + 0.75 * state["momentum"]!);
    },
  },
  {
    kind: "binary",
    method: ste(adamStep),
    update: (r, state, g, t) => clip(r - adamChange(state, moments, g, t), 1),
  },
  {
    kind: "binary",
    variant: "mask, gradients clipped",
    method: ste({ ...adamStep, gradientClip: 0.25, weightClip: unclipped, latentMask: true }),
    update: (r, state, g, t) => r - adamChange(state, moments, Math.abs(r) <= 1 ? clip(g, 0.25) : 0, t),
  },
  {
    kind: "binary",
    method: bop({ gamma: 0.25, threshold: 0.0625 }),
    update(latent, state, g) {
      state["gradient_average"] = 0.75 * state["gradient_average"]! + 0.25 * g;
      const w = latent >= 0 ? 1 : -1;
      return w * state["gradient_average"]! > 0.0625 ? -w : w;
    },
    schedule: (epoch) => ({ threshold: 0.002, gamma: 0.25 * 0.8 ** epoch }),
  },
  {
    kind: "binary",
    method: pmf({ ...adamStep, beta: 2, weightDecay: 0.25 }),
    update(u, state, g, t) {
      const change = adamChange(state, moments, 2 * (1 - Math.tanh(2 * u) ** 2) * g, t);
      return u - 0.05 * 0.25 * u - change;
    },
    schedule: (epoch) => ({ weightDecay: 0, beta: 1.2 ** epoch }),
  },
  {
    kind: "binary",
    variant: "the authors' gradient, beta at its limit",
    method: pmf({ ...adamStep, beta: 7, maxBeta: 1.5, weightDecay: 0.25, gradient: "authors" }),
    update(u, state, g, t) {
      const [low, high] = [state["auxiliary_mean"]! - u, state["auxiliary_mean"]! + u];
      const [p0, p1] = softmax(1.5, ...softmax(1.5, low, high));
      // beta G (I - p p^T) with G = (-g, g), and L2 decay.
      const along = g * (p1 - p0);
      const lowChange = adamChange(
        state,
        ["low_first_moment", "low_second_moment"],
        1.5 * (-g - along * p0) + 0.25 * low,
        t,
      );
      const highChange = adamChange(state, moments, 1.5 * (g - along * p1) + 0.25 * high, t);
      state["auxiliary_mean"] = (high - highChange + (low - lowChange)) / 2;
      return (high - highChange - (low - lowChange)) / 2;
    },
    schedule: (epoch) => ({ weightDecay: 0, maxBeta: 1e4, beta: 1.2 ** epoch }),
  },
];

export interface NamedMethod {
  readonly name: string;
  readonly kind: "binary" | "real";
  readonly method: MethodSpec;
}

/** The method of every row by its name, and BayesBiNN with these options. */
export const namedMethods = (
  regimes: readonly (readonly [name: string, options: Readonly<Record<string, unknown>>])[],
): NamedMethod[] => [
  ...methodRows.map(({ kind, method, variant }) => ({
    name: [method.type, variant].filter(Boolean).join(", "),
    kind,
    method,
  })),
  ...regimes.map(([name, options]) => ({
    name: `bayesbinn, ${name}`,
    kind: "binary" as const,
    method: bayesbinn(options),
  })),
];
