#include "checkout/private_repository.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/text.hpp"
#include "os/files/files.hpp"

namespace perfwarden::checkout {
namespace {

// A file of the clone's that is only data, byte for byte; nothing when the clone has none.
Status copy(const std::string& from, const std::string& name, const std::string& to) {
  if (!os::exists(from + "/" + name)) return Nothing{};
  PW_TRY_ASSIGN(const std::string bytes, os::read_file_below(from, name));
  PW_TRY(os::write_file(to + "/" + name, bytes));
  // Git takes a file that is not older than its index for perhaps changed: a younger index would hide that.
  std::error_code failure;
  const auto time = std::filesystem::last_write_time(from + "/" + name, failure);
  if (!failure) std::filesystem::last_write_time(to + "/" + name, time, failure);
  return Nothing{};
}

Status copy_index(const Clone& clone, const std::string& to) {
  PW_TRY(copy(clone.folder, "index", to));
  PW_TRY_ASSIGN(const std::vector<std::string> names, os::list_directory(clone.folder));
  for (const std::string& name : names)  // of a split index
    if (name.starts_with("sharedindex.")) PW_TRY(copy(clone.folder, name, to));
  return Nothing{};
}

Status copy_refs(const Clone& clone, const std::string& to) {
  PW_TRY_ASSIGN(const Refs refs, refs_of(clone));
  std::string packed = "# pack-refs with: sorted \n";
  for (const auto& [name, sha] : refs.shas) packed.append(sha).append(" ").append(name).append("\n");
  PW_TRY(os::write_file(to + "/packed-refs", packed));
  for (const auto& [name, target] : refs.symbolic)
    PW_TRY(os::write_file(std::string(to).append("/").append(name), std::string("ref: ").append(target).append("\n")));
  return copy(clone.folder, "HEAD", to);
}

}  // namespace

Status PrivateRepository::fill(const Clone& clone, const PrivateConfig& config) const {
  const std::string objects = clone.common + "/objects";
  if (objects.find('\n') != std::string::npos)
    return Error{.kind = ErrorKind::io,
                 .what = "git cannot borrow from a folder with a line break in its name",
                 .where = text::one_line(objects),
                 .hint = "rename the folder"};
  for (const char* name : {"/refs/heads", "/objects/pack", "/objects/info", "/info"})
    PW_TRY(os::make_directories(folder_ + name));
  PW_TRY(os::write_file(folder_ + "/objects/info/alternates", objects + "\n"));
  PW_TRY(os::write_file(folder_ + "/config", config.text));
  PW_TRY(copy_refs(clone, folder_));
  PW_TRY(copy(clone.common, "shallow", folder_));
  PW_TRY(copy(clone.folder, "info/sparse-checkout", folder_));
  return copy_index(clone, folder_);
}

Result<std::shared_ptr<const PrivateRepository>> PrivateRepository::make(os::Processes& processes, const Clone& clone,
                                                                         const std::map<std::string, std::string>& env,
                                                                         const std::optional<os::User>& user) {
  PW_TRY_ASSIGN(PrivateConfig config, private_config(processes, clone, env, user));
  PW_TRY_ASSIGN(std::string folder, os::make_temporary_directory("perfwarden-git-"));
  const std::shared_ptr<PrivateRepository> out(new PrivateRepository(std::move(folder), clone.top));  // NOLINT: private
  PW_TRY(out->fill(clone, config));
  if (user) PW_TRY(os::give_to_owner_of(out->folder_, clone.common));
  out->secret_ = std::move(config.secret);
  return std::shared_ptr<const PrivateRepository>(out);
}

PrivateRepository::~PrivateRepository() {
  (void)os::remove_all(folder_).has_value();
}

}  // namespace perfwarden::checkout
