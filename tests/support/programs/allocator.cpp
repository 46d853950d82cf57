// A program whose allocations are known: allocator COUNT [threads|fork|vary|abort|aligned]
// COUNT blocks of 1000 bytes, held together, then freed; `vary` makes up to 1000 more, by the process id.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

namespace {

constexpr std::size_t k_size = 1000;
void* volatile sink = nullptr;  // keeps the compiler from taking the blocks out

void allocate(long count) {
  void** const blocks = static_cast<void**>(std::calloc(static_cast<std::size_t>(count), sizeof(void*)));
  for (long i = 0; i < count; ++i) sink = blocks[i] = std::malloc(k_size);
  for (long i = 0; i < count; ++i) std::free(blocks[i]);
  std::free(blocks);
}

void align(long count) {
  for (long i = 0; i < count; ++i) {
    void* block = nullptr;
    if (posix_memalign(&block, 64, k_size) != 0) std::abort();
    sink = block;
    std::free(block);
    sink = block = std::aligned_alloc(64, 1024);
    block = std::realloc(block, 2 * k_size);
    sink = block;
    std::free(block);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const long count = argc > 1 ? std::atol(argv[1]) : 0;
  const char* const how = argc > 2 ? argv[2] : "";
  if (std::strcmp(how, "threads") == 0) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back(allocate, count);
    for (std::thread& one : threads) one.join();
  } else if (std::strcmp(how, "fork") == 0) {
    const pid_t child = fork();
    allocate(count);
    if (child == 0) _exit(0);
    waitpid(child, nullptr, 0);
  } else if (std::strcmp(how, "aligned") == 0) {
    align(count);
  } else if (std::strcmp(how, "vary") == 0) {
    allocate(count + getpid() % 1000);
  } else {
    allocate(count);
  }
  if (std::strcmp(how, "abort") == 0) std::abort();
  std::puts("work 10 ms");
  return 0;
}
