# Data as code: nothing to optimise when linking, nothing for clang-tidy and cppcheck to find.
function(data name source)
  add_library(${name} OBJECT ${source})
  target_compile_options(${name} PRIVATE -fno-lto)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  set_target_properties(${name} PROPERTIES C_CLANG_TIDY "" C_CPPCHECK "" POSITION_INDEPENDENT_CODE "${BUILD_SHARED_LIBS}")
endfunction()

# embed(TARGET FOLDER…): the folders' files become `library_files` of TARGET, and what their templates are once they are
# bound becomes `library_image` (compiler/library/library.h).
function(embed target)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${CMAKE_SOURCE_DIR}/)
  list(TRANSFORM patterns APPEND /*)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${patterns})
  list(SORT files)
  set(out ${CMAKE_BINARY_DIR}/library_files.c)
  set(inputs ${files})
  list(TRANSFORM inputs PREPEND ${CMAKE_SOURCE_DIR}/)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DROOT=${CMAKE_SOURCE_DIR} -DOUT=${out}
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${inputs} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
  data(${target}-files ${out})
  add_executable(image tools/image.c compiler/library/library.c $<TARGET_OBJECTS:${target}-files>)
  target_link_libraries(image PRIVATE base compiler-bicep compiler-bind)
  if(SWARMGEN_STATIC) # its addresses must not look like the library's numbers
    target_link_options(image PRIVATE -Wl,-Ttext-segment=0x5a5a0000)
  endif()
  set(image ${CMAKE_BINARY_DIR}/library_image.c)
  add_custom_command(OUTPUT ${image} COMMAND image > ${image} DEPENDS image VERBATIM)
  data(${target}-image ${image})
  target_sources(${target} PRIVATE $<TARGET_OBJECTS:${target}-files> $<TARGET_OBJECTS:${target}-image>)
endfunction()
