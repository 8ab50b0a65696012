// Session: the calls that run on its thread.
#include "addon/arguments.h"
#include "addon/augmentations.h"
#include "addon/results.h"
#include "addon/session_start.h"

namespace bayesbinn::addon {
namespace {

WeightChoice weight_choice(const Napi::Object& call) {
  return {integer_of(call, "samples", 0, 1 << 20), static_cast<uint32_t>(integer_of(call, "draw", 0, kLargestUint32))};
}

std::optional<Reestimation> reestimation_of(const Napi::Object& call) {
  if (!has(call, "batchNorm")) return std::nullopt;
  const Napi::Object object = object_of(call, "batchNorm");
  return Reestimation{
      static_cast<int>(to_integer(object.Get("dataset"), "batchNorm.dataset", 0, INT32_MAX)),
      to_integer(object.Get("batchSize"), "batchNorm.batchSize", 1, kMaxElements),
  };
}

bool flag_if_given(const Napi::Object& call, const char* key) { return has(call, key) && flag_of(call, key); }

PredictionStatistic statistic_of(const Napi::Object& call) {
  if (!has(call, "statistics")) return PredictionStatistic::none;
  const std::string name = text_of(call, "statistics");
  if (name == "classes") return PredictionStatistic::classes;
  if (name == "outputs") return PredictionStatistic::outputs;
  if (name == "deviation") return PredictionStatistic::deviation;
  throw Error(ErrorCode::option_range,
              "statistics: " + quoted(name) + " given, accepted: \"classes\", \"outputs\", \"deviation\"");
}

PredictCall read_predict(const Napi::Object& object) {
  const std::string output = text_of(object, "output");
  if (output != "probabilities" && output != "logits") {
    throw Error(ErrorCode::option_range,
                "output: " + quoted(output) + " given, accepted: \"probabilities\", \"logits\"");
  }
  PredictCall call = {};
  if (has(object, "dataset")) {
    call.dataset = static_cast<int>(integer_of(object, "dataset", 0, INT32_MAX));
  } else {
    call.inputs = copy_of<float>(typed_array_of<float>(object, "inputs"));
  }
  call.batch_size = integer_of(object, "batchSize", 1, kMaxElements);
  call.link = output == "probabilities";
  call.weights = weight_choice(object);
  call.batch_norm = reestimation_of(object);
  call.statistics = statistic_of(object);
  call.record_outputs = flag_if_given(object, "logits");
  return call;
}

void set_array(Napi::Object object, const char* key, std::vector<float>&& values) {
  if (!values.empty()) object.Set(key, to_float32_array(object.Env(), std::move(values)));
}

Napi::Object sums_object(Napi::Env env, bool cancelled, double loss_sum, double correct, int64_t count) {
  Napi::Object object = Napi::Object::New(env);
  object.Set("cancelled", cancelled);
  object.Set("lossSum", loss_sum);
  object.Set("correct", correct);
  object.Set("count", static_cast<double>(count));
  return object;
}

// The entries of a list of float arrays; undefined ones are absent.
RecordedArrays float_lists(const Napi::Object& call, const char* key) {
  const Napi::Value value = call.Get(key);
  if (!value.IsArray()) throw Error(ErrorCode::option_type, std::string(key) + ": accepted: an array of Float32Array");
  const Napi::Array list = value.As<Napi::Array>();
  RecordedArrays lists(list.Length());
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const Napi::Value entry = list.Get(i);
    if (!entry.IsUndefined()) lists[i] = copy_of<float>(typed_array<float>(entry, key));
  }
  return lists;
}

ReplayCall read_replay(const Napi::Object& object) {
  ReplayCall call;
  call.inputs = copy_of<float>(typed_array_of<float>(object, "inputs"));
  const Napi::Value targets = object.Get("targets");
  if (is_typed_array<int32_t>(targets)) call.labels = copy_of<int32_t>(typed_array<int32_t>(targets, "targets"));
  if (is_typed_array<float>(targets)) call.rows = copy_of<float>(typed_array<float>(targets, "targets"));
  if (has(object, "outputGradients")) {
    for (auto& gradient : float_lists(object, "outputGradients"))
      call.output_gradients.push_back(gradient.value_or(std::vector<float>{}));
  }
  call.batch = integer_of(object, "batch", 1, kMaxElements);
  const std::string phase = text_of(object, "phase");
  if (phase != "train" && phase != "eval")
    throw Error(ErrorCode::option_range, "phase: " + quoted(phase) + " given, accepted: \"train\", \"eval\"");
  call.phase = phase == "train" ? Phase::train : Phase::eval;
  call.commit = flag_of(object, "commit");
  if (has(object, "noise")) call.noise = float_lists(object, "noise");
  if (has(object, "weights")) call.weights = float_lists(object, "weights");
  if (has(object, "dropoutKeep")) {
    const Napi::Value value = object.Get("dropoutKeep");
    if (!value.IsObject()) throw Error(ErrorCode::option_type, "dropoutKeep: accepted: an object of Uint8Array");
    const Napi::Object masks = value.As<Napi::Object>();
    const Napi::Array names = masks.GetPropertyNames();
    for (uint32_t i = 0; i < names.Length(); ++i) {
      const std::string name = names.Get(i).ToString().Utf8Value();
      call.dropout_keep.emplace_back(name,
                                     copy_of<uint8_t>(typed_array<uint8_t>(masks.Get(name), "dropoutKeep." + name)));
    }
  }
  return call;
}

}  // namespace

Napi::Value SessionObject::train(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const Napi::Object object = object_argument(info, "train");
    const double budget = number_of(object, "budgetMilliseconds");
    if (!(budget >= 0))
      throw Error(ErrorCode::option_range, "budgetMilliseconds: accepted: a number >= 0, or infinity");
    const TrainCall call = {static_cast<int>(integer_of(object, "dataset", 0, INT32_MAX)),
                            integer_of(object, "epoch", 0, kLargestUint32),
                            integer_of(object, "batchSize", 1, kMaxElements),
                            integer_of(object, "firstBatch", 0, kLargestInteger),
                            integer_of(object, "batches", 0, kLargestInteger),
                            flag_of(object, "shuffle"),
                            budget,
                            pipeline_of(object)};
    return start(
        env, [call](Session& session) { return session.train(call); },
        [](Napi::Env result_env, TrainResult&& result) {
          Napi::Object sums = sums_object(result_env, result.cancelled, result.loss_sum, result.correct, result.count);
          sums.Set("steps", static_cast<double>(result.steps));
          sums.Set("flips", static_cast<double>(result.flips));
          sums.Set("stepLosses", to_float64_array(result_env, result.step_losses));
          sums.Set("stepSeconds", to_float64_array(result_env, result.step_seconds));
          return sums;
        });
  });
}

Napi::Value SessionObject::evaluate(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    const Napi::Object object = object_argument(info, "evaluate");
    const EvaluateCall call = {static_cast<int>(integer_of(object, "dataset", 0, INT32_MAX)),
                               integer_of(object, "batchSize", 1, kMaxElements), weight_choice(object),
                               reestimation_of(object), flag_if_given(object, "predictions")};
    return start(
        env, [call](Session& session) { return session.evaluate(call); },
        [](Napi::Env result_env, EvaluateResult&& result) {
          Napi::Object sums = sums_object(result_env, result.cancelled, result.loss_sum, result.correct, result.count);
          set_array(sums, "predictions", std::move(result.predictions));
          return sums;
        });
  });
}

Napi::Value SessionObject::predict(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    PredictCall call = read_predict(object_argument(info, "predict"));
    return start(
        env, [call = std::move(call)](Session& session) { return session.predict(call); },
        [](Napi::Env result_env, PredictResult&& result) {
          Napi::Object values = Napi::Object::New(result_env);
          values.Set("cancelled", result.cancelled);
          values.Set("values", to_float32_array(result_env, std::move(result.values)));
          set_array(values, "entropy", std::move(result.spread.entropy));
          set_array(values, "mutualInformation", std::move(result.spread.mutual_information));
          set_array(values, "deviation", std::move(result.spread.deviation));
          set_array(values, "logits", std::move(result.logits));
          return values;
        });
  });
}

Napi::Value SessionObject::replay(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  return guarded(env, [&] {
    ReplayCall call = read_replay(object_argument(info, "replay"));
    return start(
        env, [call = std::move(call)](Session& session) { return session.replay(call); },
        [](Napi::Env result_env, ReplayResult&& result) {
          Napi::Object object = Napi::Object::New(result_env);
          object.Set("losses", to_float64_array(result_env, result.losses));
          object.Set("outputs", to_arrays(result_env, std::move(result.outputs)));
          object.Set("inputGradients", to_arrays(result_env, std::move(result.input_gradients)));
          object.Set("weights", to_arrays(result_env, std::move(result.weights)));
          object.Set("gradients", to_arrays(result_env, std::move(result.gradients)));
          return object;
        });
  });
}

}  // namespace bayesbinn::addon
