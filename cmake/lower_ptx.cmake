# Writes a PTX text with the lowest version under which ptxas takes it: drivers refuse texts of versions newer than
# their own, and nvcc writes its own. Script: cmake -Dptxas= -Darchitecture=75|80 -Dfrom= -Dto= -P lower_ptx.cmake
file(READ ${from} text)
# A hint on vectors of which not all is used, new in 8.3: ptxas sees that by itself.
string(REGEX REPLACE "\n[ \t]*\\.pragma \"used_bytes_mask [^\n]*" "" text "${text}")
# Of 6.x, those from the first that knows compute_75 on; of the rest, those from the first that knows compute_80 on.
set(versions 7.0 7.1 7.2 7.3 7.4 7.5 7.6 7.7 7.8 8.0 8.1 8.2 8.3 8.4 8.5 8.6 8.7 8.8 9.0)
if(architecture EQUAL 75)
  list(PREPEND versions 6.3 6.4 6.5)
endif()
string(REGEX MATCH "\n\\.version ([0-9.]+)" _ "${text}")
set(original ${CMAKE_MATCH_1})
if(NOT original)
  message(FATAL_ERROR "${from}: no .version")
endif()
foreach(version IN LISTS versions)
  if(NOT version VERSION_LESS original)
    break()
  endif()
  string(REPLACE "\n.version ${original}" "\n.version ${version}" lowered "${text}")
  file(WRITE ${to}.tmp "${lowered}")
  # The version is looked at before anything is optimised.
  execute_process(COMMAND ${ptxas} -arch=sm_${architecture} -O0 ${to}.tmp -o /dev/null
    RESULT_VARIABLE refused OUTPUT_QUIET ERROR_QUIET)
  if(NOT refused)
    file(RENAME ${to}.tmp ${to})
    return()
  endif()
endforeach()
file(WRITE ${to}.tmp "${text}")
file(RENAME ${to}.tmp ${to})
