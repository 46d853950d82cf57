// edit: front of shared.cpp
int rounds = 300;
alignas(64) long readers = 0;
alignas(64) long writers = 0;
long buffer[96];
thread_local int depth = 5;
thread_local long spare;
extern const float curve[32];
const float curve[32] = {1.0F, 1.5F, 2.0F, 2.5F, 3.0F, 3.5F};

long counted(int count) {
  for (int i = 0; i < count; ++i) {
    __atomic_add_fetch(&readers, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&writers, i, __ATOMIC_RELAXED);
    buffer[i % 96] += static_cast<long>(curve[i % 32]) + depth;
    spare += depth;
  }
  return readers + writers + buffer[7] + spare;
}
