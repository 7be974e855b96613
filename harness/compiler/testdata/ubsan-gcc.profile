extproof-wrapper 1
# What a lane that looks for undefined behaviour gives gcc.
lane ubsan
family gcc
cc /usr/bin/gcc-12
cxx /usr/bin/g++-12
compile -fsanitize=undefined
compile -fno-sanitize-recover=all
compile -g
link -fsanitize=undefined
drop strip
drop wrap
drop sanitize
drop lto
database /build/compile_commands.jsonl
