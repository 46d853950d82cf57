#include "app/pipe/foreign_code.hpp"

#include <utility>

#include "os/files/files.hpp"

namespace perfwarden::app {
namespace {

bool is_within(const std::string& path, const std::string& folder) {
  const std::string inner = os::absolute_path(path), outer = os::absolute_path(folder);
  return inner == outer || inner.starts_with(outer + "/");
}

}  // namespace

Result<ForeignCode> ForeignCode::begin(const World& world, measure::Children children) {
  os::sweep_stale_temporaries();
  ForeignCode out(std::move(children), github::CommandFiles::look(world.environment));
  std::map<std::string, std::string>& env = out.children_.env;
  const auto runner = env.find("RUNNER_TEMP");
  if (runner == env.end()) return out;
  const std::string theirs = runner->second;
  const auto temporary = env.find("TMPDIR");
  const bool in_theirs = temporary == env.end() || is_within(temporary->second, theirs);
  PW_TRY_ASSIGN(out.temporary_,
                os::make_temporary_directory("perfwarden-runner-", in_theirs ? "/tmp" : temporary->second));
  PW_TRY(os::give_to_owner_of(out.temporary_, "."));
  for (const char* name : {"RUNNER_TEMP", "TMPDIR", "TMP", "TEMP"})
    if (const auto found = env.find(name); found != env.end() && is_within(found->second, theirs))
      found->second = out.temporary_;
  return out;
}

ForeignCode::ForeignCode(ForeignCode&& other) noexcept
    : children_(std::move(other.children_)),
      files_(std::move(other.files_)),
      ended_(std::exchange(other.ended_, true)),
      temporary_(std::exchange(other.temporary_, "")) {}

Status ForeignCode::end() {
  ended_ = true;
  return files_.put_back();
}

ForeignCode::~ForeignCode() {
  if (!ended_) (void)files_.put_back().has_value();
  if (!temporary_.empty()) (void)os::remove_all(temporary_).has_value();
}

}  // namespace perfwarden::app
