# The kernels of native/backends/cuda/ops as PTX, in a source file `ptx_source` that holds all of it. Sets `cuda_state`,
# and `ptx_source` where there is any.
set(ptx_source)
find_program(BAYESBINN_NVCC nvcc HINTS ENV CUDACXX PATHS /usr/local/cuda/bin)
if(NOT BAYESBINN_NVCC)
  set(cuda_state "off: nvcc was not found")
  return()
endif()
set(cuda_state "on: ${BAYESBINN_NVCC}")

set(ptx_folder ${CMAKE_CURRENT_BINARY_DIR}/ptx)
file(MAKE_DIRECTORY ${ptx_folder})
file(GLOB ptx_kernels CONFIGURE_DEPENDS native/backends/cuda/ops/*.cu)
set(ptx_texts)
set(ptx_entries)
set(ptx_declarations)
# Products round as the host's do: no multiply-add but where a kernel asks for one.
set(ptx_flags -std=c++20 -O3 -fmad=false -Werror all-warnings -I ${CMAKE_CURRENT_SOURCE_DIR}/native)
foreach(kernels IN LISTS ptx_kernels)
  get_filename_component(name ${kernels} NAME_WE)
  foreach(architecture 75 80)
    set(text ${ptx_folder}/${name}.compute_${architecture}.ptx)
    add_custom_command(OUTPUT ${text}
      COMMAND ${BAYESBINN_NVCC} ${ptx_flags} -arch=compute_${architecture} -ptx
        -MD -MT ${text} -MF ${text}.d -o ${text} ${kernels}
      DEPENDS ${kernels} DEPFILE ${text}.d VERBATIM
      COMMENT "PTX of ${name}, compute_${architecture}")
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
