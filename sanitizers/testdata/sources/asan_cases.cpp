// SPDX-License-Identifier: Apache-2.0
//
// asan_cases NAME: makes one mistake that AddressSanitizer reports. See ../README.md.

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include <sanitizer/asan_interface.h>

namespace {

volatile int k_zero = 0;
volatile int global_table[10];
char* volatile sink;

// Keeps the compiler from seeing what a pointer points to.
template <class T>
T* hidden(T* pointer) {
  T* volatile copy = pointer;
  return copy;
}

struct Row {
  int* cells;
  int operator()(int column, const std::string&) const { return cells[column]; }
  Row& operator=(int value) {
    cells[10] = value;
    return *this;
  }
};

__attribute__((noinline)) void heap_overflow() {
  int* row = hidden(static_cast<int*>(malloc(40)));
  row[10 + k_zero] = 1;
}

__attribute__((noinline)) void use_after_free() {
  char* block = hidden(static_cast<char*>(malloc(24)));
  free(block);
  std::printf("%d\n", block[3]);
}

__attribute__((noinline)) void use_after_delete_in_lambda() {
  std::vector<int>* rows = new std::vector<int>(10);
  const auto read = [rows](int index, const std::string&) { return (*hidden(rows))[static_cast<std::size_t>(index)]; };
  const std::function<int(int, const std::string&)> call = read;
  delete hidden(rows);
  std::printf("%d\n", call(k_zero, "x"));
}

__attribute__((noinline)) void stack_overflow_write() {
  char buffer[16];
  std::memset(hidden(buffer), 0, 17);
}

__attribute__((noinline)) void stack_underflow() {
  char buffer[16];
  hidden(buffer)[-1 + k_zero] = 1;
}

__attribute__((noinline)) void dynamic_stack() {
  const std::size_t size = 16 + static_cast<std::size_t>(k_zero);
  char* buffer = static_cast<char*>(__builtin_alloca(size));
  sink = buffer;
  hidden(buffer)[size] = 1;
}

__attribute__((noinline)) void vla(int length) {
  char buffer[length];
  sink = buffer;
  hidden(buffer)[length] = 1;
}

__attribute__((noinline)) char* returned_buffer() {
  char buffer[16];
  sink = buffer;
  return hidden(buffer);
}

__attribute__((noinline)) void use_after_return() { *returned_buffer() = 1; }

__attribute__((noinline)) void use_after_scope() {
  char* kept = nullptr;
  {
    char buffer[16];
    kept = hidden(buffer);
  }
  *hidden(kept) = 1;
}

__attribute__((noinline)) void container_overflow() {
  std::vector<int> values;
  values.reserve(10);
  values.push_back(1);
  __sanitizer_annotate_contiguous_container(values.data(), values.data() + 10, values.data() + 10,
                                            values.data() + 1);
  std::printf("%d\n", hidden(values.data())[5]);
}

__attribute__((noinline)) void poisoned() {
  static char block[64];
  __asan_poison_memory_region(block, 64);
  std::printf("%d\n", hidden(block)[8]);
}

__attribute__((noinline)) void double_free() {
  char* block = hidden(static_cast<char*>(malloc(24)));
  free(block);
  free(hidden(block));
}

__attribute__((noinline)) void invalid_free() {
  char* block = static_cast<char*>(malloc(24));
  free(hidden(block + 4));
}

__attribute__((noinline)) void alloc_dealloc() {
  int* value = new int(1);
  free(hidden(value));
}

__attribute__((noinline)) void new_delete_size() {
  struct Wide { char bytes[32]; };
  char* block = static_cast<char*>(::operator new(16));
  ::operator delete(hidden(block), sizeof(Wide));
}

__attribute__((noinline)) void memcpy_overlap() {
  char buffer[32] = "0123456789";
  std::memcpy(hidden(buffer) + 1, hidden(buffer), 8 + static_cast<std::size_t>(k_zero));
}

__attribute__((noinline)) void negative_size() {
  char buffer[32] = "0123456789";
  std::memmove(hidden(buffer), hidden(buffer) + 8, static_cast<std::size_t>(-8 + k_zero));
}

__attribute__((noinline)) void too_big() {
  sink = static_cast<char*>(malloc((std::size_t{1} << 48) + static_cast<std::size_t>(k_zero)));
}

__attribute__((noinline)) void calloc_overflow() {
  sink = static_cast<char*>(calloc(~std::size_t{0} / 2 + static_cast<std::size_t>(k_zero), 8));
}

__attribute__((noinline)) void null_write() {
  int* nothing = hidden(static_cast<int*>(nullptr));
  nothing[2] = 1;
}

__attribute__((noinline)) void wild_jump() {
  void (*function)() = reinterpret_cast<void (*)()>(0x1234560 + k_zero);
  function();
}

__attribute__((noinline)) void divide() { std::printf("%d\n", 7 / k_zero); }

__attribute__((noinline)) int recursion(int depth) {
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return depth == -1 ? 0 : recursion(depth + 1) + frame[0];
}

void* thread_main(void* block) {
  static_cast<char*>(block)[24] = 1;
  return nullptr;
}

__attribute__((noinline)) void in_thread() {
  char* block = hidden(static_cast<char*>(malloc(24)));
  pthread_t thread;
  pthread_create(&thread, nullptr, thread_main, block);
  pthread_join(thread, nullptr);
}

void* stack_of_thread(void*) {
  char buffer[16];
  std::memset(hidden(buffer), 0, 17);
  return nullptr;
}

__attribute__((noinline)) void in_thread_stack() {
  pthread_t thread;
  pthread_create(&thread, nullptr, stack_of_thread, nullptr);
  pthread_join(thread, nullptr);
}

__attribute__((noinline)) void operators() {
  int* cells = static_cast<int*>(malloc(40));
  Row row{hidden(cells)};
  row = 5;
}

__attribute__((noinline)) void global_overflow() { global_table[10 + k_zero] = 1; }
__attribute__((noinline)) void strdup_overflow() {
  char* text = strdup("hello");
  std::printf("%zu\n", std::string(hidden(text), 9).size());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string name = argc > 1 ? argv[1] : "";
  std::printf("running %s\n", name.c_str());
  std::fflush(stdout);
  if (name == "heap_overflow") heap_overflow();
  if (name == "use_after_free") use_after_free();
  if (name == "use_after_delete_in_lambda") use_after_delete_in_lambda();
  if (name == "stack_overflow_write") stack_overflow_write();
  if (name == "stack_underflow") stack_underflow();
  if (name == "dynamic_stack") dynamic_stack();
  if (name == "vla") vla(16 + k_zero);
  if (name == "use_after_return") use_after_return();
  if (name == "use_after_scope") use_after_scope();
  if (name == "container_overflow") container_overflow();
  if (name == "poisoned") poisoned();
  if (name == "double_free") double_free();
  if (name == "invalid_free") invalid_free();
  if (name == "alloc_dealloc") alloc_dealloc();
  if (name == "new_delete_size") new_delete_size();
  if (name == "memcpy_overlap") memcpy_overlap();
  if (name == "negative_size") negative_size();
  if (name == "too_big") too_big();
  if (name == "calloc_overflow") calloc_overflow();
  if (name == "null_write") null_write();
  if (name == "wild_jump") wild_jump();
  if (name == "divide") divide();
  if (name == "illegal") __builtin_trap();
  if (name == "abort") abort();
  if (name == "recursion") return recursion(k_zero);
  if (name == "in_thread") in_thread();
  if (name == "in_thread_stack") in_thread_stack();
  if (name == "operators") operators();
  if (name == "global_overflow") global_overflow();
  if (name == "strdup_overflow") strdup_overflow();
  if (name == "out_of_memory") {
    // The address space ends before the memory, which is never touched.
    for (;;) sink = static_cast<char*>(malloc(std::size_t{1} << 39));
  }
  return 0;
}
