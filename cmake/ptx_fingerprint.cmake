# Sets `ptx_fingerprint`: a hash of all that the PTX is made from, by which texts that were built elsewhere are known to
# belong to these sources.
file(GLOB_RECURSE ptx_origins RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}
  native/backends/cuda/* native/base/* native/losses/* native/optimizers/*)
list(FILTER ptx_origins EXCLUDE REGEX "^native/backends/cuda/checks/")  # no package has them
file(GLOB ptx_shared_headers RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} native/backends/*.h)
list(APPEND ptx_origins ${ptx_shared_headers} cmake/lower_ptx.cmake cmake/ptx.cmake)
set(ptx_hashes)
foreach(origin IN LISTS ptx_origins)
  file(SHA256 ${CMAKE_CURRENT_SOURCE_DIR}/${origin} hash)
  string(APPEND ptx_hashes "${hash} ${origin}\n")
endforeach()
string(SHA256 ptx_fingerprint "${ptx_hashes}")
