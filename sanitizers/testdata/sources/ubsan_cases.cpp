// SPDX-License-Identifier: Apache-2.0
//
// ubsan_cases: makes every mistake that UndefinedBehaviorSanitizer reports, one after the other.
// See ../README.md.

#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

template <class T>
T opaque(T value) {
  volatile T copy = value;
  return copy;
}

enum class Colour : unsigned char { red, green };
enum Plain { first, second };

struct Base {
  virtual ~Base() = default;
  virtual int value() const { return 1; }
  int member = 3;
};
struct Derived : Base {
  int value() const override { return 2; }
};
struct Unrelated {
  virtual ~Unrelated() = default;
  virtual int other() const { return 4; }
  long fields[4] = {};
};

struct Aligned {
  std::int64_t wide;
  int get() const { return static_cast<int>(wide); }
};
struct alignas(64) OverAligned {
  char bytes[64];
};

int table[10];
volatile int sink;

__attribute__((noinline)) int no_return(int value) {
  if (value == 0) return 1;
}
__attribute__((noinline)) void unreachable(int value) {
  if (value == 0) __builtin_unreachable();
}
__attribute__((nonnull(1))) void takes_nonnull(int* pointer) { sink += pointer == nullptr; }
__attribute__((returns_nonnull, noinline)) int* gives_nonnull(int* pointer) { return pointer; }
__attribute__((noinline)) long takes_long(long value) { return value; }
__attribute__((aligned(16))) char storage[256];
__attribute__((assume_aligned(16), noinline)) char* gives_aligned(char* pointer) { return pointer; }

void arithmetic() {
  sink = opaque(INT_MAX) + opaque(1);
  sink = opaque(INT_MIN) - opaque(1);
  sink = opaque(INT_MAX) * opaque(3);
  sink = -opaque(INT_MIN);
  sink = static_cast<int>(opaque(7.0) / opaque(0.0) > 1);
  sink = 1 << opaque(40);
  sink = 1 << opaque(-2);
  sink = opaque(-5) << 3;
  sink = opaque(INT_MAX) << 2;
  sink = static_cast<int>(opaque(1e20));
}

void conversions() {
#ifdef __clang__
  const unsigned char narrow = static_cast<unsigned char>(0);
  unsigned char byte = narrow;
  byte = opaque(300u);
  signed char small = opaque(300);
  sink = byte + small;
  signed char mixed = opaque(4000000000u);
  sink = mixed;
  unsigned int unsign = opaque(-1);
  sink = static_cast<int>(unsign);
  signed char sign = opaque<unsigned char>(200);
  sink = sign;
  unsigned int wrapped = opaque(4294967295u) + opaque(1u);
  sink = static_cast<int>(wrapped);
#endif
}

void loads() {
  bool flag;
  unsigned char two = 2;
  std::memcpy(&flag, &two, 1);
  bool* hidden_flag = opaque(&flag);
  sink = *hidden_flag ? 1 : 2;
  Plain plain;
  int seven = 77;
  std::memcpy(&plain, &seven, sizeof plain);
  Plain* hidden_plain = opaque(&plain);
  sink = *hidden_plain == second;
}

void pointers() {
  sink = table[opaque(10)];
  sink = table[opaque(-1)];
  int* nothing = opaque(static_cast<int*>(nullptr));
  int& reference = *nothing;
  sink = &reference == nullptr;
  char* base = opaque(storage);
  int* misaligned = reinterpret_cast<int*>(base + 1);
  sink = *misaligned;
  *misaligned = 3;
  sink = reinterpret_cast<Aligned*>(base + 1)->get();
  Aligned* built = new (base + 3) Aligned{4};
  sink = static_cast<int>(built->wide);
  char* overflowed = opaque(storage) + opaque(PTRDIFF_MAX);
  overflowed = overflowed + opaque(PTRDIFF_MAX);
  sink = overflowed == nullptr;
  char* offset_null = opaque(static_cast<char*>(nullptr)) + opaque(8);
  sink = offset_null != nullptr;
  takes_nonnull(opaque(static_cast<int*>(nullptr)));
  std::memcpy(opaque(static_cast<void*>(nullptr)), storage, opaque(std::size_t{0}));
  sink = gives_nonnull(opaque(static_cast<int*>(nullptr))) == nullptr;
  sink = *gives_aligned(opaque(storage + 1));
  char small[4] = {};
  int* big = reinterpret_cast<int*>(small);
  sink = static_cast<int>(__builtin_object_size(big, 0));
  sink = big[1];
  int length = opaque(-3);
  int vla[length];
  sink = static_cast<int>(sizeof vla);
}

void types() {
  Unrelated* unrelated = new Unrelated;
  Derived* wrong = reinterpret_cast<Derived*>(opaque(unrelated));
  sink = wrong->member;
  sink = wrong->value();
  Base* plain = new Base;
  Derived* down = static_cast<Derived*>(opaque(plain));
  sink = down->value();
  char* raw = static_cast<char*>(opaque(malloc(sizeof(Derived))));
  std::memset(raw, 0, sizeof(Derived));
  Derived* unset = reinterpret_cast<Derived*>(raw);
  sink = unset->member;
  free(raw);
  auto wrong_call = reinterpret_cast<int (*)(int)>(opaque(reinterpret_cast<void*>(&takes_long)));
  sink = wrong_call(3);
  sink = __builtin_ctz(opaque(0u));
  sink = __builtin_clz(opaque(0u));
}

}  // namespace

int main(int argc, char** argv) {
  const char* name = argc > 1 ? argv[1] : "all";
  if (std::strcmp(name, "no_return") == 0) return no_return(argc);
  if (std::strcmp(name, "unreachable") == 0) {
    unreachable(argc - 2);
    return 0;
  }
  if (std::strcmp(name, "null_member") == 0) {
    sink = opaque(static_cast<Aligned*>(nullptr))->get();
    return 0;
  }
  if (std::strcmp(name, "divide") == 0) sink = opaque(7) / opaque(0);
  if (std::strcmp(name, "divide_overflow") == 0) sink = opaque(INT_MIN) / opaque(-1);
  arithmetic();
  conversions();
  loads();
  pointers();
  if (std::strcmp(name, "types") == 0) types();
  std::puts("done");
  return 0;
}
