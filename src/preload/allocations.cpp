// Counts the allocations of the program that it is loaded into (LD_PRELOAD). The counters lie in a file that is mapped,
// so there is nothing to be written at the end. Nothing in here allocates, throws or waits, and the real functions do
// all work.

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "os/allocation_slots.hpp"

// By their oldest names: linked on a new distribution, the object is loaded on old ones too (libdl.so.2 has it there).
// fstat has no such name.
#if defined(__x86_64__) && defined(__GLIBC__)
__asm__(".symver dlsym, dlsym@GLIBC_2.2.5");
#endif

namespace {

using perfwarden::os::AllocationFile;
using perfwarden::os::AllocationSlot;

struct Functions {
  void* (*malloc)(std::size_t) = nullptr;
  void* (*calloc)(std::size_t, std::size_t) = nullptr;
  void* (*realloc)(void*, std::size_t) = nullptr;
  void (*free)(void*) = nullptr;
  void* (*aligned_alloc)(std::size_t, std::size_t) = nullptr;
  void* (*memalign)(std::size_t, std::size_t) = nullptr;
  int (*posix_memalign)(void**, std::size_t, std::size_t) = nullptr;
  void* (*valloc)(std::size_t) = nullptr;
  void* (*pvalloc)(std::size_t) = nullptr;
  std::size_t (*usable_size)(void*) = nullptr;
};

Functions real;
AllocationFile* file = nullptr;
AllocationSlot* slot = nullptr;

// dlsym itself may ask for memory the first time: it gets some of this, which is never given back.
alignas(std::max_align_t) char early[16384];
std::size_t early_used = 0;
__thread bool looking_up __attribute__((tls_model("initial-exec"))) = false;

bool is_early(const void* block) {
  return block >= early && block < early + sizeof early;
}

void* early_block(std::size_t size) {
  constexpr std::size_t k_align = alignof(std::max_align_t);
  const std::size_t whole = (size + k_align - 1) / k_align * k_align;
  const std::size_t at = __atomic_fetch_add(&early_used, whole, __ATOMIC_RELAXED);
  if (whole < size || at > sizeof early || whole > sizeof early - at) return nullptr;
  return early + at;
}

template <class F>
void look_up(F& target, const char* name) {
  void* const found = dlsym(RTLD_NEXT, name);
  std::memcpy(&target, &found, sizeof found);
}

// Threads that come here at once find the same; `malloc` is set last and tells that all are there.
void look_up_all() {
  looking_up = true;
  look_up(real.calloc, "calloc");
  look_up(real.realloc, "realloc");
  look_up(real.free, "free");
  look_up(real.aligned_alloc, "aligned_alloc");
  look_up(real.memalign, "memalign");
  look_up(real.posix_memalign, "posix_memalign");
  look_up(real.valloc, "valloc");
  look_up(real.pvalloc, "pvalloc");
  look_up(real.usable_size, "malloc_usable_size");
  void* (*last)(std::size_t) = nullptr;
  look_up(last, "malloc");
  __atomic_store_n(&real.malloc, last, __ATOMIC_RELEASE);
  looking_up = false;
}

// False while the functions are being looked up by this very thread.
bool ready() {
  if (__atomic_load_n(&real.malloc, __ATOMIC_ACQUIRE) != nullptr) return true;
  if (looking_up) return false;
  look_up_all();
  return true;
}

long long held(void* block) {
  return real.usable_size == nullptr ? 0 : static_cast<long long>(real.usable_size(block));
}

void hold(AllocationSlot& counts, long long more) {
  const long long live = __atomic_add_fetch(&counts.live, more, __ATOMIC_RELAXED);
  long long peak = __atomic_load_n(&counts.peak, __ATOMIC_RELAXED);
  while (live > peak &&
         !__atomic_compare_exchange_n(&counts.peak, &peak, live, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
  }
}

void* took(void* block, std::size_t size, long long held_before = 0) {
  AllocationSlot* const counts = slot;
  if (block == nullptr || counts == nullptr) return block;
  __atomic_fetch_add(&counts->count, 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&counts->bytes, size, __ATOMIC_RELAXED);
  hold(*counts, held(block) - held_before);
  return block;
}

void claim_slot() {
  const unsigned long long mine = __atomic_fetch_add(&file->claimed, 1, __ATOMIC_RELAXED);
  constexpr unsigned long long k_last = perfwarden::os::k_allocation_slots - 1;
  slot = &file->slots[mine < k_last ? mine : k_last];
}

// A forked child begins with a copy of all that its parent holds then; a moment later the parent holds something else.
long long live_at_fork = 0;
void before_fork() {
  live_at_fork = __atomic_load_n(&slot->live, __ATOMIC_RELAXED);
}
void after_fork() {
  claim_slot();
  hold(*slot, live_at_fork);
}

__attribute__((constructor)) void begin() {
  const char* const path = std::getenv(perfwarden::os::k_allocation_variable);
  if (path == nullptr || !ready()) return;
  const int before = errno;
  const int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor >= 0 && lseek(descriptor, 0, SEEK_END) == static_cast<off_t>(sizeof(AllocationFile))) {
    void* const mapped = mmap(nullptr, sizeof(AllocationFile), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (mapped != MAP_FAILED) {
      file = static_cast<AllocationFile*>(mapped);
      pthread_atfork(before_fork, nullptr, after_fork);
      claim_slot();
    }
  }
  if (descriptor >= 0) close(descriptor);
  errno = before;
}

}  // namespace

// The names and the exception specifications are those of <malloc.h> and <stdlib.h>.
#define PW_EXPORT extern "C" __attribute__((visibility("default")))

PW_EXPORT void* malloc(std::size_t size) noexcept {
  if (!ready()) return early_block(size);
  return took(real.malloc(size), size);
}

PW_EXPORT void* calloc(std::size_t count, std::size_t size) noexcept {
  // Fresh pages of a static array are zero, and no early block is used twice.
  if (!ready()) return size != 0 && count > sizeof early / size ? nullptr : early_block(count * size);
  return took(real.calloc(count, size), count * size);
}

PW_EXPORT void* realloc(void* block, std::size_t size) noexcept {
  if (!ready()) return nullptr;
  if (is_early(block)) {
    void* const moved = took(real.malloc(size), size);
    const std::size_t left = static_cast<std::size_t>(early + sizeof early - static_cast<char*>(block));
    if (moved != nullptr) std::memcpy(moved, block, size < left ? size : left);
    return moved;
  }
  const long long before = block == nullptr || slot == nullptr ? 0 : held(block);
  void* const out = real.realloc(block, size);
  if (out == nullptr && size == 0 && block != nullptr && slot != nullptr) hold(*slot, -before);  // it was freed
  return took(out, size, before);
}

PW_EXPORT void free(void* block) noexcept {
  if (block == nullptr || is_early(block) || !ready()) return;
  if (slot != nullptr) hold(*slot, -held(block));
  real.free(block);
}

PW_EXPORT void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return ready() && real.aligned_alloc != nullptr ? took(real.aligned_alloc(alignment, size), size) : nullptr;
}

PW_EXPORT void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return ready() && real.memalign != nullptr ? took(real.memalign(alignment, size), size) : nullptr;
}

PW_EXPORT int posix_memalign(void** out, std::size_t alignment, std::size_t size) noexcept {
  if (!ready() || real.posix_memalign == nullptr) return ENOMEM;
  const int error = real.posix_memalign(out, alignment, size);
  if (error == 0) took(*out, size);
  return error;
}

PW_EXPORT void* valloc(std::size_t size) noexcept {
  return ready() && real.valloc != nullptr ? took(real.valloc(size), size) : nullptr;
}

PW_EXPORT void* pvalloc(std::size_t size) noexcept {
  return ready() && real.pvalloc != nullptr ? took(real.pvalloc(size), size) : nullptr;
}
