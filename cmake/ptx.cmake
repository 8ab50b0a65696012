# The kernels of native/backends/cuda/ops as PTX, in a source file `ptx_source` that holds all of it: compiled by nvcc,
# or, where there is none, the texts in ptx/ that a package brings. Sets `cuda_state`, and `ptx_source` where there is any.
set(ptx_source)
set(ptx_shipped ${CMAKE_CURRENT_SOURCE_DIR}/ptx)
set(ptx_folder ${CMAKE_CURRENT_BINARY_DIR}/ptx)
file(MAKE_DIRECTORY ${ptx_folder})
include(cmake/ptx_fingerprint.cmake)

if(BAYESBINN_CUDA STREQUAL SHIPPED)
  set(nvcc)
  set(nvcc_problem "BAYESBINN_CUDA=SHIPPED")
else()
  include(cmake/nvcc.cmake)
endif()
if(nvcc)
  set(cuda_state "on: ${nvcc}, CUDA ${nvcc_version}")
else()
  # What else there is.
  if(NOT EXISTS ${ptx_shipped}/fingerprint)
    set(cuda_state "off: ${nvcc_problem}, and no compiled kernels came with the sources")
    return()
  endif()
  file(READ ${ptx_shipped}/fingerprint ptx_shipped_fingerprint)
  string(STRIP "${ptx_shipped_fingerprint}" ptx_shipped_fingerprint)
  if(NOT ptx_shipped_fingerprint STREQUAL ptx_fingerprint)
    set(cuda_state "off: ${nvcc_problem}, and the kernels in ${ptx_shipped} are of other sources")
    return()
  endif()
  set(cuda_state "on: with the compiled kernels of the package (${nvcc_problem})")
endif()

file(GLOB ptx_kernels CONFIGURE_DEPENDS native/backends/cuda/ops/*.cu)
# Products round as the host's do: no multiply-add but where a kernel asks for one.
set(ptx_flags -std=c++20 -O3 -fmad=false -I ${CMAKE_CURRENT_SOURCE_DIR}/native)
if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/lib)
  list(APPEND ptx_flags -Werror all-warnings)
endif()
# Makefiles read no lists of headers before CMake 3.20.
set(ptx_list_headers TRUE)
if(CMAKE_VERSION VERSION_LESS 3.20 AND NOT CMAKE_GENERATOR MATCHES Ninja)
  set(ptx_list_headers FALSE)
  file(GLOB_RECURSE ptx_headers CONFIGURE_DEPENDS native/*.h)
endif()
set(ptx_texts)
set(ptx_entries)
set(ptx_declarations)
foreach(kernels IN LISTS ptx_kernels)
  get_filename_component(name ${kernels} NAME_WE)
  foreach(architecture 75 80)
    set(file ${name}.compute_${architecture}.ptx)
    if(nvcc)
      set(text ${ptx_folder}/${file})
      if(ptx_list_headers)
        # Ninja knows the text by its path from here.
        set(headers -MD -MT ptx/${file} -MF ${text}.d)
        set(dependencies DEPFILE ${text}.d)
      else()
        set(headers)
        set(dependencies DEPENDS ${ptx_headers})
      endif()
      add_custom_command(OUTPUT ${text}
        COMMAND ${nvcc} ${ptx_flags} -arch=compute_${architecture} -ptx ${headers} -o ${text}.new ${kernels}
        COMMAND ${CMAKE_COMMAND} -Dptxas=${ptxas} -Darchitecture=${architecture} -Dfrom=${text}.new -Dto=${text}
          -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/lower_ptx.cmake
        DEPENDS ${kernels} ${CMAKE_CURRENT_SOURCE_DIR}/cmake/lower_ptx.cmake ${dependencies} VERBATIM
        COMMENT "PTX of ${name}, compute_${architecture}")
    else()
      set(text ${ptx_shipped}/${file})
    endif()
    list(APPEND ptx_texts ${text})
    set(symbol bayesbinn_ptx_${name}_${architecture})
    string(APPEND ptx_declarations
      "asm(\".section .rodata\\n.balign 16\\n${symbol}: .incbin \\\"${text}\\\"\\n.byte 0\\n.previous\");\n"
      "extern const char ${symbol}[] asm(\"${symbol}\");\n")
  endforeach()
  string(APPEND ptx_entries "    {\"${name}\", bayesbinn_ptx_${name}_75, bayesbinn_ptx_${name}_80},\n")
endforeach()
set(ptx_source ${ptx_folder}/ptx.cpp)
file(CONFIGURE OUTPUT ${ptx_source} @ONLY CONTENT "#include \"backends/cuda/driver/ptx.h\"

@ptx_declarations@
namespace bayesbinn::cuda {

std::span<const PtxFile> ptx_files() {
  static const PtxFile files[] = {
@ptx_entries@  };
  return files;
}

}  // namespace bayesbinn::cuda
")
set_source_files_properties(${ptx_source} PROPERTIES OBJECT_DEPENDS "${ptx_texts}")

# What a package brings in ptx/, see scripts/support/ptx.mjs.
if(nvcc)
  add_custom_target(bayesbinn_ptx DEPENDS ${ptx_texts})
  file(WRITE ${ptx_folder}/fingerprint "${ptx_fingerprint}\n")
endif()
