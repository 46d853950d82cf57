#pragma once

#include <string>

#include "base/result.hpp"
#include "model/config.hpp"
#include "publish/post.hpp"

// The check of the commit before and without a report: the notifier check-run writes it with one.
namespace perfwarden::publish {

// Name of the check of this run's job; empty when it is switched off. Error (config) when the name is the job's or the
// workflow's own.
[[nodiscard]] Result<std::string> check_name(const Post& post, const CheckRunConfig& config);

// The check is under way: what people see while a run measures.
[[nodiscard]] Result<Delivery> begin_check(const Post& post, const CheckRunConfig& config);
// The run was cancelled, or ended without a report: the check that is still under way ends as cancelled.
[[nodiscard]] Result<Delivery> abandon_check(const Post& post, const CheckRunConfig& config);

}  // namespace perfwarden::publish
