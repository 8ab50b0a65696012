/** The cases that each test file of this folder replays. */
export const replayed = {
  table: "bayesbinn/bb00_scale_table",
  trajectories: [
    "bayesbinn/bb01_tau1e-10",
    "bayesbinn/bb02_tau1e-2",
    "bayesbinn/bb03_tau1_beta0.99_S5_lam15",
    "bayesbinn/bb04_tau1_beta0.99_S5_lam1",
    "bayesbinn/bb05_tau0.1_beta0.9_S2",
    "bayesbinn/bb06_mean_S0",
    "bayesbinn/bb07_prior",
    "bayesbinn/bb08_prior_reweight0.3",
    "bayesbinn/bb09_dropout",
    "bayesbinn/bb10_task_switch",
    "bayesbinn/bb11_two_moons",
    "bayesbinn/bb12_snelson",
  ],
  linear: ["layers/linear_pm1", "layers/linear_bias"],
  convolution: ["layers/conv2d_k1", "layers/conv2d_k3_p1", "layers/conv2d_k3_valid", "layers/conv2d_k5_p2"],
  transposedConvolution: ["layers/conv_transpose2d_k2_s2"],
  batchNorm: [
    "layers/bn1d_m0.1_eps1e-5",
    "layers/bn1d_m0.15_eps1e-4",
    "layers/bn1d_m0.15_eps1e-4_affine",
    "layers/bn2d_m0.2_eps1e-5",
    "layers/bn2d_m0.2_eps1e-5_affine",
  ],
  activations: ["layers/relu", "layers/tanh"],
  dropout: ["layers/dropout_mask", "layers/dropout2d_mask"],
  maxPooling: ["layers/max_pool2d_even", "layers/max_pool2d_odd_ties"],
  cropAndConcatenate: ["layers/crop_concat"],
  losses: [
    "layers/cross_entropy",
    "layers/cross_entropy_per_pixel",
    "layers/bce_with_logits",
    "layers/squared_hinge",
    "layers/mse",
  ],
  schedules: "schedule/lr_schedules",
  endToEnd: ["endtoend/mlp_mnist", "endtoend/mlp_cl", "endtoend/vgg_cifar10"],
} as const;

/** Cases of layers, losses and methods that do not exist yet. Whoever adds one moves its cases up. */
export const waiting = {
  straightThrough: ["ste/ste01_noclip", "ste/ste02_gradclip", "ste/ste03_two_moons_bias"],
  bop: ["bop/bop01", "bop/bop02_paper_mnist", "bop/bop03_gamma_decay", "bop/bop04_edge", "bop/bop05_network"],
  proximalMeanField: ["pmf/pmf01_mlp", "pmf/pmf02_conv"],
} as const;
