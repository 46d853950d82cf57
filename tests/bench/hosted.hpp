#pragma once

#include <string>

namespace perfwarden::bench {

// Rows for the jobs of identical code that a file holds ("job,benchmark,block,base_s,head_s", a header line first),
// through compare and gates: as imported blocks (one session a job, a fixed number of pairs) in families of six, with
// +10 % in one, half and all; with the labels of each block flipped by a coin, in ten draws; and against the job
// before, as against a cached baseline. Throws std::runtime_error when the file holds no jobs.
void print_hosted(const std::string& file);

}  // namespace perfwarden::bench
