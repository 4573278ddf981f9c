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
  add_executable(image tools/image.c compiler/library/library.c ${out})
  target_link_libraries(image PRIVATE base compiler-bicep compiler-bind)
  if(SWARMGEN_STATIC) # its addresses must not look like the library's numbers
    target_link_options(image PRIVATE -Wl,-Ttext-segment=0x5a5a0000)
  endif()
  set(image ${CMAKE_BINARY_DIR}/library_image.c)
  add_custom_command(OUTPUT ${image} COMMAND image > ${image} DEPENDS image VERBATIM)
  set_source_files_properties(${out} ${image} PROPERTIES COMPILE_OPTIONS -fno-lto) # only data
  target_sources(${target} PRIVATE ${out} ${image})
endfunction()
