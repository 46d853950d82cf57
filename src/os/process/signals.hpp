#pragma once

#include <sys/types.h>

namespace perfwarden::os {

// How many stop signals came so far.
[[nodiscard]] int stop_count();
// A descriptor that is readable for ever once `nth` (1 or 2) stop signals came; -1 while no handlers are installed.
// For poll; never read from it.
[[nodiscard]] int stop_fd(int nth);

// The process groups that the third signal kills before it ends us. A full table is not an error.
void remember_group(pid_t group);
void forget_group(pid_t group);

}  // namespace perfwarden::os
