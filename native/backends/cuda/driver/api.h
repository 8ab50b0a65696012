// The part of the CUDA driver API that this project uses, declared by itself: no header of the toolkit is needed to build,
// and no library to start. Names, values and signatures are those of NVIDIA's driver API reference.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bayesbinn::cuda {

using Result = int;        // CUresult
using DeviceHandle = int;  // CUdevice
using DevicePointer = uint64_t;
struct ContextObject;
struct ModuleObject;
struct FunctionObject;
struct StreamObject;
struct EventObject;
struct GraphObject;
struct GraphExecObject;
using ContextHandle = ContextObject*;
using ModuleHandle = ModuleObject*;
using FunctionHandle = FunctionObject*;
using StreamHandle = StreamObject*;
using EventHandle = EventObject*;
using GraphHandle = GraphObject*;
using GraphExecHandle = GraphExecObject*;

constexpr Result kSuccess = 0;
constexpr Result kOutOfMemory = 2;
constexpr Result kNoDevice = 100;
constexpr Result kUnsupportedPtxVersion = 222;

// CUdevice_attribute
enum class Attribute : int {
  multiprocessor_count = 16,
  compute_capability_major = 75,
  compute_capability_minor = 76,
};

// CUfunction_attribute
enum class FunctionAttribute : int {
  max_dynamic_shared_size_bytes = 8,
};

constexpr unsigned kStreamNonBlocking = 1;   // CU_STREAM_NON_BLOCKING
constexpr unsigned kEventDisableTiming = 2;  // CU_EVENT_DISABLE_TIMING
constexpr int kCaptureThreadLocal = 1;       // CU_STREAM_CAPTURE_MODE_THREAD_LOCAL

// Every function in use: X(name here, exported name, parameter types). The exported name is the newest version of a
// function whose parameters changed.
#define BB_CUDA_FUNCTIONS(X)                                                                                     \
  X(init, "cuInit", (unsigned))                                                                                  \
  X(driver_get_version, "cuDriverGetVersion", (int*))                                                            \
  X(get_error_name, "cuGetErrorName", (Result, const char**))                                                    \
  X(get_error_string, "cuGetErrorString", (Result, const char**))                                                \
  X(device_get_count, "cuDeviceGetCount", (int*))                                                                \
  X(device_get, "cuDeviceGet", (DeviceHandle*, int))                                                             \
  X(device_get_name, "cuDeviceGetName", (char*, int, DeviceHandle))                                              \
  X(device_total_mem, "cuDeviceTotalMem_v2", (size_t*, DeviceHandle))                                            \
  X(device_get_attribute, "cuDeviceGetAttribute", (int*, Attribute, DeviceHandle))                               \
  X(primary_ctx_retain, "cuDevicePrimaryCtxRetain", (ContextHandle*, DeviceHandle))                              \
  X(primary_ctx_release, "cuDevicePrimaryCtxRelease_v2", (DeviceHandle))                                         \
  X(primary_ctx_reset, "cuDevicePrimaryCtxReset_v2", (DeviceHandle))                                             \
  X(ctx_set_current, "cuCtxSetCurrent", (ContextHandle))                                                         \
  X(module_load_data, "cuModuleLoadDataEx", (ModuleHandle*, const void*, unsigned, int*, void**))                \
  X(module_get_function, "cuModuleGetFunction", (FunctionHandle*, ModuleHandle, const char*))                    \
  X(func_set_attribute, "cuFuncSetAttribute", (FunctionHandle, FunctionAttribute, int))                          \
  X(mem_get_info, "cuMemGetInfo_v2", (size_t*, size_t*))                                                         \
  X(mem_alloc, "cuMemAlloc_v2", (DevicePointer*, size_t))                                                        \
  X(mem_free, "cuMemFree_v2", (DevicePointer))                                                                   \
  X(mem_host_alloc, "cuMemHostAlloc", (void**, size_t, unsigned))                                                \
  X(mem_free_host, "cuMemFreeHost", (void*))                                                                     \
  X(memcpy_htod_async, "cuMemcpyHtoDAsync_v2", (DevicePointer, const void*, size_t, StreamHandle))               \
  X(memcpy_dtoh_async, "cuMemcpyDtoHAsync_v2", (void*, DevicePointer, size_t, StreamHandle))                     \
  X(memcpy_dtod_async, "cuMemcpyDtoDAsync_v2", (DevicePointer, DevicePointer, size_t, StreamHandle))             \
  X(memset_d8_async, "cuMemsetD8Async", (DevicePointer, unsigned char, size_t, StreamHandle))                    \
  X(launch_kernel, "cuLaunchKernel",                                                                             \
    (FunctionHandle, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, StreamHandle, void**, \
     void**))                                                                                                    \
  X(stream_create, "cuStreamCreate", (StreamHandle*, unsigned))                                                  \
  X(stream_destroy, "cuStreamDestroy_v2", (StreamHandle))                                                        \
  X(stream_synchronize, "cuStreamSynchronize", (StreamHandle))                                                   \
  X(stream_wait_event, "cuStreamWaitEvent", (StreamHandle, EventHandle, unsigned))                               \
  X(event_create, "cuEventCreate", (EventHandle*, unsigned))                                                     \
  X(event_destroy, "cuEventDestroy_v2", (EventHandle))                                                           \
  X(event_record, "cuEventRecord", (EventHandle, StreamHandle))                                                  \
  X(event_synchronize, "cuEventSynchronize", (EventHandle))                                                      \
  X(stream_begin_capture, "cuStreamBeginCapture_v2", (StreamHandle, int))                                        \
  X(stream_end_capture, "cuStreamEndCapture", (StreamHandle, GraphHandle*))                                      \
  X(graph_instantiate, "cuGraphInstantiateWithFlags", (GraphExecHandle*, GraphHandle, unsigned long long))       \
  X(graph_launch, "cuGraphLaunch", (GraphExecHandle, StreamHandle))                                              \
  X(graph_exec_destroy, "cuGraphExecDestroy", (GraphExecHandle))                                                 \
  X(graph_destroy, "cuGraphDestroy", (GraphHandle))

struct Api {
#define BB_CUDA_DECLARE(name, exported, parameters) Result(*name) parameters = nullptr;
  BB_CUDA_FUNCTIONS(BB_CUDA_DECLARE)
#undef BB_CUDA_DECLARE
};

}  // namespace bayesbinn::cuda
