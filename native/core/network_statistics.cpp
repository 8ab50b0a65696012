// Network: running statistics.
#include "core/network.h"

namespace bayesbinn {

std::vector<NamedStatistic> Network::statistics() {
  std::vector<NamedStatistic> list;
  for (Node& node : nodes_) {
    for (RunningStatistic& statistic : node.layer->statistics)
      list.push_back({node.layer->name() + '.' + statistic.name, &statistic});
  }
  return list;
}

// Every step does this: no names are formed for it.
template <class Action>
void Network::for_statistics(Action&& action) {
  for (Node& node : nodes_) {
    for (RunningStatistic& statistic : node.layer->statistics)
      action(statistic, element_count(statistic.shape) * static_cast<int64_t>(sizeof(float)));
  }
}

void Network::begin_step() {
  for_statistics([&](RunningStatistic& of, int64_t bytes) { backend_.copy(of.working, of.committed, bytes); });
}

void Network::commit_step() {
  for_statistics([&](RunningStatistic& of, int64_t bytes) { backend_.commit(of.committed, of.working, bytes); });
}

void Network::set_initial(float* RunningStatistic::*copy) {
  for_statistics([&](RunningStatistic& of, int64_t bytes) {
    const std::vector<float> values(static_cast<size_t>(element_count(of.shape)), of.initial);
    backend_.upload(of.*copy, values.data(), bytes);
  });
}

// Finite numbers: the first batch, with its share of 1, takes what was there times 0.
void Network::begin_reestimation() {
  reestimated_ = 0;
  set_initial(&RunningStatistic::working);
}

bool Network::has_statistics() {
  bool any = false;
  for_statistics([&](RunningStatistic&, int64_t) { any = true; });
  return any;
}

}  // namespace bayesbinn
