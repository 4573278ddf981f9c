# Writes OUT, a C file with the bytes of FILES (relative to ROOT).
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  file(READ ${ROOT}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  file(SIZE ${ROOT}/${file} size)
  string(APPEND arrays 
    "const char library_path_${index}[] = \"${file}\";\nconst unsigned char library_text_${index}[] = {${bytes}0};\n")
  string(APPEND rows "    {library_path_${index}, (const char *)library_text_${index}, ${size}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUT} "// Made at build time: the embedded library.\n#include \"compiler/library/library.h\"\n\n${arrays}
const LibraryFile library_files[] = {\n${rows}    {0, 0, 0},\n};\nconst size_t library_file_count = ${index};\n")
