#include "base/memory.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "base/error.h"

namespace bayesbinn {
namespace {

constexpr int64_t kUnknown = std::numeric_limits<int64_t>::max();

// Where /proc and /sys are: elsewhere in tests. Read once, since another thread may change the environment later.
const std::string& root() {
  static const char* const given = std::getenv("BAYESBINN_SYSTEM_ROOT");
  static const std::string path = given ? given : "";
  return path;
}

// The number after `key` at the start of a line; `absent` where there is none.
int64_t number_after(const std::string& path, const std::string& key, int64_t absent) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.compare(0, key.size(), key) != 0) continue;
    char* end = nullptr;
    const int64_t number = std::strtoll(line.c_str() + key.size(), &end, 10);
    return end == line.c_str() + key.size() ? absent : number;
  }
  return absent;
}

int64_t only_number(const std::string& path) {
  int64_t value = kUnknown;
  std::ifstream file(path);
  return file >> value ? value : kUnknown;  // "max": no limit
}

// How the two versions of control groups name the same things.
struct GroupFiles {
  const char* folder;
  const char* limit;
  const char* usage;
  const char* cache;  // before the keys of memory.stat that hold for a group with those below it
};
constexpr GroupFiles kVersion1 = {"/sys/fs/cgroup/memory", "/memory.limit_in_bytes", "/memory.usage_in_bytes",
                                  "total_"};
constexpr GroupFiles kVersion2 = {"/sys/fs/cgroup", "/memory.max", "/memory.current", ""};

// Left of the limit of one group; files in the page cache count as used there, but go when memory is wanted.
int64_t free_in_group(const std::string& folder, const GroupFiles& files) {
  const int64_t limit = only_number(folder + files.limit);
  const int64_t used = only_number(folder + files.usage);
  if (limit == kUnknown || used == kUnknown) return kUnknown;
  int64_t cache = 0;
  for (const char* key : {"inactive_file ", "active_file "})
    cache += number_after(folder + "/memory.stat", std::string(files.cache) + key, 0);
  return std::max<int64_t>(0, limit - std::max<int64_t>(0, used - cache));
}

// Every group above the process's own limits it as well. Within a container its path may not exist: then the topmost
// folder is the container's.
int64_t free_in_groups() {
  int64_t least = kUnknown;
  std::ifstream file(root() + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // "4:memory:/path", version 2: "0::/path"
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const bool version2 = second == first + 1;
    if (!version2 && line.compare(first, second - first, ":memory") != 0) continue;
    const GroupFiles& files = version2 ? kVersion2 : kVersion1;
    for (std::string path = line.substr(second + 1);; path.resize(path.rfind('/'))) {
      least = std::min(least, free_in_group(root() + files.folder + path, files));
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return least;
}

int64_t free_memory() {
  const int64_t kilobytes = number_after(root() + "/proc/meminfo", "MemAvailable:", kUnknown);
  return std::min(kilobytes == kUnknown ? kUnknown : kilobytes * 1024, free_in_groups());
}

}  // namespace

void require_memory(const std::string& what, int64_t bytes) {
  const int64_t free = free_memory();
  if (bytes <= free) return;
  const std::string asked = std::to_string(bytes);
  const std::string left = std::to_string(free);
  throw Error(ErrorCode::out_of_memory,
              what + ": " + asked + " bytes of memory asked for, accepted: at most the " + left + " that are free",
              {{"asked", asked}, {"free", left}});
}

std::vector<float> zeros(const std::string& what, std::initializer_list<int64_t> sizes) {
  int64_t bytes = sizeof(float);
  for (const int64_t size : sizes) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) refuse_memory(what, std::numeric_limits<int64_t>::max());
  }
  require_memory(what, bytes);
  return std::vector<float>(static_cast<size_t>(bytes) / sizeof(float));
}

void refuse_memory(const std::string& what, int64_t bytes) {
  Error::Details details = {{"asked", std::to_string(bytes)}};
  const int64_t free = free_memory();
  if (free != kUnknown) details.emplace_back("free", std::to_string(free));
  throw Error(ErrorCode::out_of_memory, what + ": " + std::to_string(bytes) + " bytes could not be allocated", details);
}

}  // namespace bayesbinn
