// A library that takes the place of a profiler: NVTX loads what NVTX_INJECTION64_PATH names, and ranges are written, a line
// each and indented by their depth, to the file that BAYESBINN_RANGES names.
#include <nvtx3/nvToolsExt.h>

#include <cstdio>
#include <cstdlib>

namespace {

std::FILE* file = nullptr;
thread_local int depth = 0;

int NVTX_API push(const char* name) {
  std::fprintf(file, "%*s%s\n", 2 * depth, "", name);
  std::fflush(file);
  return depth++;
}

int NVTX_API pop() { return --depth; }

}  // namespace

extern "C" __attribute__((visibility("default"))) int NVTX_API
InitializeInjectionNvtx2(NvtxGetExportTableFunc_t export_table) {
  const char* const path = std::getenv("BAYESBINN_RANGES");
  file = path ? std::fopen(path, "w") : nullptr;
  const auto* const callbacks = static_cast<const NvtxExportTableCallbacks*>(export_table(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable table = nullptr;
  unsigned size = 0;
  if (!file || !callbacks || !callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE, &table, &size)) return 0;
  if (size <= NVTX_CBID_CORE_RangePop) return 0;
  *table[NVTX_CBID_CORE_RangePushA] = reinterpret_cast<NvtxFunctionPointer>(push);
  *table[NVTX_CBID_CORE_RangePop] = reinterpret_cast<NvtxFunctionPointer>(pop);
  return 1;
}
