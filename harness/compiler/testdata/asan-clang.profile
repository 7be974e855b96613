extproof-wrapper 1
# What a lane that looks for memory errors gives clang.
lane asan
family clang
cc /opt/llvm/bin/clang
cxx /opt/llvm/bin/clang++
ccache /usr/bin/ccache
compile -fsanitize=address
compile -fno-omit-frame-pointer
compile -O1
compile -g
compile -U_FORTIFY_SOURCE
link -fsanitize=address
link-shared -shared-libsan
link-executable -static-libsan
drop strip
drop lto
drop static-libstdcxx
drop static-executable
drop symbolic
drop no-undefined
drop fortify
drop ndebug
drop optimisation
drop omit-frame-pointer
drop sanitize
map /build/project	/home/user/my project
database /build/compile_commands.jsonl
