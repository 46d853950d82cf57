#include "os/machine/control.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <map>
#include <set>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "os/files/files.hpp"
#include "os/machine/facts.hpp"
#include "os/machine/kernel_files.hpp"
#include "os/process/descriptors.hpp"

namespace perfwarden::os {
namespace {

constexpr std::string_view k_header = "perfwarden.settings/1";
constexpr std::string_view k_sum = "sum ";
constexpr const char* k_smt = "/sys/devices/system/cpu/smt/control";
constexpr const char* k_no_turbo = "/sys/devices/system/cpu/intel_pstate/no_turbo";
constexpr const char* k_boost = "/sys/devices/system/cpu/cpufreq/boost";
constexpr const char* k_huge_pages = "/sys/kernel/mm/transparent_hugepage/enabled";
constexpr const char* k_boot_id = "/proc/sys/kernel/random/boot_id";
constexpr std::string_view k_cpu_folder = "/sys/devices/system/cpu/cpu";
constexpr std::string_view k_governor = "/cpufreq/scaling_governor";
constexpr std::string_view k_irq_folder = "/proc/irq/";
constexpr std::string_view k_irq_file = "/smp_affinity_list";
constexpr std::size_t k_largest_state = std::size_t{1} << 20;

// The last line of a state file: of all before it.
std::string sum_of(std::string_view text) {
  return std::string(k_sum) + hex16(fnv1a(text));
}

bool is_number_between(std::string_view name, std::string_view head, std::string_view tail) {
  if (!name.starts_with(head) || !name.ends_with(tail) || name.size() <= head.size() + tail.size()) return false;
  const std::string_view number = name.substr(head.size(), name.size() - head.size() - tail.size());
  return number.size() <= 6 && number.find_first_not_of("0123456789") == std::string_view::npos;
}

// The files that are ever written, and nothing else, whatever a state file says.
bool is_known(std::string_view file) {
  return file == k_smt || file == k_no_turbo || file == k_boost || file == k_huge_pages ||
         is_number_between(file, k_cpu_folder, k_governor) || is_number_between(file, k_irq_folder, k_irq_file);
}

bool is_plain(std::string_view value) {
  return !value.empty() && value.size() <= 4096 && std::all_of(value.begin(), value.end(), [](char c) {
    return text::is_lower_or_digit(c) || c == '-' || c == '_' || c == ',';
  });
}

// What a file says now, in the words in which it is written: "always [madvise] never" is madvise.
std::string present(const KernelFiles& files, const std::string& file) {
  std::string value = files.word(file);
  const std::size_t open = value.find('['), close = value.find(']');
  if (open != std::string::npos && close != std::string::npos && open < close)
    return value.substr(open + 1, close - open - 1);
  return is_number_between(file, k_irq_folder, k_irq_file) ? print_cpu_list(parse_cpu_list(value)) : value;
}

// errno's words; empty when the machine now is as it shall be.
std::string set(const KernelFiles& files, const std::string& file, const std::string& value) {
  if (const Status written = files.write(file, value); !written) return written.error().what;
  return present(files, file) == value ? "" : "the machine did not keep the setting";
}

// Nobody else may write there: root will do what is written.
bool is_ours(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

// What is made while this lives can be written by nobody else, whatever the user's own umask.
class OnlyOurs {
 public:
  OnlyOurs() : before_(::umask(S_IWGRP | S_IWOTH)) {}
  ~OnlyOurs() { ::umask(before_); }
  OnlyOurs(const OnlyOurs&) = delete;
  OnlyOurs& operator=(const OnlyOurs&) = delete;

 private:
  mode_t before_;
};

bool is_our_folder(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && is_ours(status);
}

std::string read_ours(const std::string& path) {
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) || !is_ours(status)) return "";
  return read_descriptor(file.get(), path, k_largest_state).value_or("");
}

std::vector<int> cpus_of_node(const KernelFiles& files, int node) {
  return parse_cpu_list(files.word(fmt::format("/sys/devices/system/node/node{}/cpulist", node)));
}

bool holds(const std::vector<int>& list, int one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

MachinePlaces machine_places(const std::string& work_folder) {
  return {"", ::geteuid() == 0 ? "/run/perfwarden" : work_folder + "/machine"};
}

std::vector<int> cpus_to_pin(const Host& host, const std::string& root) {
  const KernelFiles files(root);
  std::set<int> taken;
  std::vector<int> cores;
  for (const int cpu : host.cpus_isolated) {
    if ((!host.cpus_allowed.empty() && !holds(host.cpus_allowed, cpu)) || taken.contains(cpu)) continue;
    for (const int sibling : with_siblings({cpu}, root)) taken.insert(sibling);
    cores.push_back(cpu);
  }
  std::vector<int> best;
  for (const int node : parse_cpu_list(files.word("/sys/devices/system/node/online"))) {
    const std::vector<int> of_node = cpus_of_node(files, node);
    std::vector<int> here;
    std::copy_if(cores.begin(), cores.end(), std::back_inserter(here), [&](int cpu) { return holds(of_node, cpu); });
    if (here.size() > best.size()) best = here;
  }
  return best.empty() ? cores : best;
}

bool may_turn_aslr_off() {
  const int before = ::personality(0xffffffff);
  if (before < 0) return false;
  const auto now = static_cast<unsigned long>(before);
  if (::personality(now | ADDR_NO_RANDOMIZE) < 0) return false;
  ::personality(now);  // it is of this thread alone, and concerns only what it executes
  return true;
}

bool may_set_machine(const std::string& root) {
  const auto writable = [&root](const std::string& name) { return ::access((root + name).c_str(), W_OK) == 0; };
  return writable(k_smt) || writable(k_no_turbo) || writable(k_boost) || writable(k_huge_pages) ||
         writable(fmt::format("{}0{}", k_cpu_folder, k_governor));
}

std::string leftover_settings(const MachinePlaces& places) {
  const std::string file = places.state_folder + "/settings";
  if (!exists(file)) return "";
  const Result<FolderLock> lock = FolderLock::try_lock(places.state_folder);
  return lock && !lock->held() ? "" : file;
}

void MachineControl::warn(std::string text) {
  Warning warning{"machine", std::move(text)};
  if (std::find(warnings_.begin(), warnings_.end(), warning) == warnings_.end())
    warnings_.push_back(std::move(warning));
}

MachineControl MachineControl::take(const MachineConfig& wanted, const MachinePlaces& places) {
  MachineControl control(places);
  control.recover();
  const Host host = read_host(places.root);
  if (wanted.pin == Pinning::automatic) control.cpus_ = cpus_to_pin(host, places.root);
  if (wanted.pin == Pinning::cpus) control.cpus_ = wanted.cpus;
  control.aslr_off_ = wanted.aslr_off && may_turn_aslr_off();
  if (wanted.aslr_off && !control.aslr_off_)
    control.warn(
        "address space randomization stays on: the container's seccomp profile forbids personality(2); give it "
        "--security-opt seccomp=… with a profile that allows it");
  const Settings settings = control.wishes(wanted);
  if (!settings.empty() && !control.damaged_ && control.lock() && control.remember(settings)) control.apply(settings);
  if (control.before_.empty()) control.lock_.reset();
  if (!control.before_.empty() && host.container != "none" && !host.container.empty() && places.root.empty())
    control.warn(
        "the machine is set from inside a container: after a kill of the container it can only be put back when " +
        places.state_folder + " is the host's (docker run -v " + places.state_folder + ":" + places.state_folder + ")");
  return control;
}

MachineControl::~MachineControl() {
  static_cast<void>(put_back());
}

// ---- what is wanted

void MachineControl::want(const std::string& what, const std::string& file, const std::string& value, Settings& out) {
  const std::string now = present(KernelFiles(places_.root), file);
  if (now != value) out.push_back({what, file, value});
}

void MachineControl::want_smt(bool on, Settings& out) {
  const std::string now = present(KernelFiles(places_.root), k_smt);
  if (now == "on" || now == "off") return want("smt", k_smt, on ? "on" : "off", out);
  if (on) warn("smt stays off: this machine has no SMT, or its firmware turned it off");
}

void MachineControl::want_turbo(bool on, Settings& out) {
  const KernelFiles files(places_.root);
  if (files.has(k_no_turbo)) return want("turbo", k_no_turbo, on ? "0" : "1", out);
  if (files.has(k_boost)) return want("turbo", k_boost, on ? "1" : "0", out);
  warn(
      "turbo cannot be set: this machine has no switch for it, as is usual for virtual machines; set it in the "
      "firmware");
}

void MachineControl::want_governor(const std::string& governor, Settings& out) {
  const KernelFiles files(places_.root);
  bool any = false;
  for (const int cpu : parse_cpu_list(files.word("/sys/devices/system/cpu/online"))) {
    const std::string file = fmt::format("{}{}{}", k_cpu_folder, cpu, k_governor);
    if (!files.has(file)) continue;
    any = true;
    const std::string known = files.word(fmt::format("{}{}/cpufreq/scaling_available_governors", k_cpu_folder, cpu));
    const auto words = text::split(known, ' ');
    if (!known.empty() && std::find(words.begin(), words.end(), governor) == words.end())
      return warn("the governor '" + text::one_line(governor) + "' is not known here: choose one of " +
                  text::one_line(known));
    want("governor", file, governor, out);
  }
  if (!any)
    warn("the governor cannot be set: this machine shows none, as is usual for virtual machines; set it on the host");
}

void MachineControl::want_interrupts_away(Settings& out) {
  const KernelFiles files(places_.root);
  if (cpus_.empty()) return warn("interrupts stay where they are, since no CPU is pinned: add `pin:` below `machine:`");
  std::vector<int> others;
  for (const int cpu : parse_cpu_list(files.word("/sys/devices/system/cpu/online")))
    if (!holds(cpus_, cpu)) others.push_back(cpu);
  if (others.empty()) return warn("interrupts stay where they are, since every CPU is pinned: leave one CPU free");
  for (const std::string& name : files.names_in("/proc/irq")) {
    const std::string file = fmt::format("{}{}{}", k_irq_folder, name, k_irq_file);
    std::vector<int> now = parse_cpu_list(files.word(file));
    if (std::none_of(now.begin(), now.end(), [this](int cpu) { return holds(cpus_, cpu); })) continue;
    std::erase_if(now, [this](int cpu) { return holds(cpus_, cpu); });
    want("interrupts", file, print_cpu_list(now.empty() ? others : now), out);
  }
}

// smt comes first: it takes CPUs away, and gives them back before their governors are put back.
MachineControl::Settings MachineControl::wishes(const MachineConfig& wanted) {
  Settings out;
  if (wanted.smt) want_smt(*wanted.smt, out);
  if (wanted.turbo) want_turbo(*wanted.turbo, out);
  if (!wanted.governor.empty()) want_governor(wanted.governor, out);
  if (!wanted.huge_pages.empty()) {
    if (KernelFiles(places_.root).has(k_huge_pages))
      want("thp", k_huge_pages, wanted.huge_pages, out);
    else
      warn("transparent huge pages cannot be set: this kernel does not have them");
  }
  if (wanted.interrupts_away) want_interrupts_away(out);
  return out;
}

// ---- setting and putting back

bool MachineControl::lock() {
  if (lock_ && lock_->held()) return true;
  const std::string& folder = places_.state_folder;
  const OnlyOurs guard;
  if (const Status made = make_directories(folder); !made) {
    warn("nothing was set: the previous settings cannot be recorded in " + folder + " (" + made.error().what + ")");
    return false;
  }
  if (!is_our_folder(folder)) {
    warn("nothing was set: " + folder + " can be written by others; remove it");
    return false;
  }
  Result<FolderLock> lock = FolderLock::try_lock(folder);
  if (!lock || !lock->held()) {
    warn(
        "another perfwarden is measuring on this machine: its settings are kept, and the two disturb each other; let "
        "one run at a time");
    return false;
  }
  lock_ = std::move(*lock);
  return true;
}

MachineControl::State MachineControl::read_state() const {
  const std::string text = read_ours(state_file());
  const std::vector<std::string_view> rows = text::lines(text);
  State out;
  out.damaged = rows.size() < 3 || rows[0] != k_header || rows.back() != sum_of(text.substr(0, text.rfind(k_sum)));
  // A reboot reset it all.
  if (!out.damaged && rows[1] != "boot " + KernelFiles(places_.root).word(k_boot_id)) return out;
  for (const std::string_view row : rows) {
    const std::size_t space = row.find(' ');
    if (space == std::string_view::npos || !is_known(row.substr(0, space)) || !is_plain(row.substr(space + 1)))
      continue;
    out.settings.push_back({"", std::string(row.substr(0, space)), std::string(row.substr(space + 1))});
  }
  return out;
}

void MachineControl::recover() {
  if (!is_our_folder(places_.state_folder) || !exists(state_file())) return;
  Result<FolderLock> lock = FolderLock::try_lock(places_.state_folder);
  if (!lock || !lock->held()) return;  // its owner lives
  State state = read_state();
  damaged_ = state.damaged;
  if (damaged_)
    return warn("nothing was set: the record of what an interrupted run changed on this machine is damaged (" +
                state_file() + "): put back what can be read of it with `perfwarden doctor`");
  lock_ = std::move(*lock);
  before_ = std::move(state.settings);
  const std::size_t count = before_.size();
  std::vector<Warning> failed = put_back();
  warnings_.insert(warnings_.end(), failed.begin(), failed.end());
  if (count > 0 && failed.empty())
    warn(fmt::format("{} machine settings that an interrupted run had left were put back", count));
}

Restored restore_machine(const MachinePlaces& places) {
  MachineControl control(places);
  Restored out;
  if (!is_our_folder(places.state_folder) || !exists(control.state_file())) return out;
  Result<FolderLock> lock = FolderLock::try_lock(places.state_folder);
  if (!lock || !lock->held()) return out;
  control.lock_ = std::move(*lock);
  MachineControl::State state = control.read_state();
  out.damaged = state.damaged;
  for (const MachineControl::Setting& setting : state.settings)
    out.settings.push_back(fmt::format("{} = {}", setting.file, setting.value));
  if (out.damaged && ::rename(control.state_file().c_str(), (control.state_file() + ".damaged").c_str()) != 0)
    out.failed.push_back({"machine", fmt::format("{} could not be moved aside: remove it", control.state_file())});
  control.before_ = std::move(state.settings);
  std::vector<Warning> failed = control.put_back();
  out.failed.insert(out.failed.end(), failed.begin(), failed.end());
  return out;
}

bool MachineControl::remember(const Settings& settings) {
  const KernelFiles files(places_.root);
  std::string text = fmt::format("{}\nboot {}\n", k_header, files.word(k_boot_id));
  for (const Setting& setting : settings) {
    const bool left =
        std::any_of(before_.begin(), before_.end(), [&](const Setting& one) { return one.file == setting.file; });
    const std::string now = present(files, setting.file);
    // What an earlier run could not put back is older, and so the truth.
    if (!left && is_known(setting.file) && is_plain(now)) before_.push_back({setting.what, setting.file, now});
  }
  for (const Setting& setting : before_) text += fmt::format("{} {}\n", setting.file, setting.value);
  text += sum_of(text) + "\n";
  const OnlyOurs guard;
  const Status written = write_file(state_file(), text);
  if (written) return true;
  before_.clear();
  warn("nothing was set: the previous settings cannot be recorded in " + state_file() + " (" + written.error().what +
       ")");
  return false;
}

void MachineControl::apply(const Settings& settings) {
  const KernelFiles files(places_.root);
  std::map<std::string, std::string> refused;  // by what
  Settings changed;
  std::copy_if(before_.begin(), before_.end(), std::back_inserter(changed), [&](const Setting& one) {
    return std::none_of(settings.begin(), settings.end(), [&](const Setting& now) { return now.file == one.file; });
  });
  for (const Setting& setting : settings) {
    const auto old =
        std::find_if(before_.begin(), before_.end(), [&](const Setting& one) { return one.file == setting.file; });
    if (old == before_.end()) continue;  // what was there cannot be put back
    if (!files.has(setting.file)) {      // went away with the other threads of the cores
      changed.push_back(*old);
      continue;
    }
    if (const std::string why = set(files, setting.file, setting.value); !why.empty()) {
      refused.emplace(setting.what, why);
      if (present(files, setting.file) == old->value) continue;
    }
    changed.push_back(*old);
  }
  for (const auto& [what, why] : refused)
    warn(
        fmt::format("{} could not be set completely ({}): run perfwarden as root on the host; a container needs "
                    "--privileged to write "
                    "/sys",
                    what, why));
  before_ = std::move(changed);
  if (before_.empty()) static_cast<void>(remove_all(state_file()));
}

std::vector<Warning> MachineControl::put_back() {
  if (!lock_) return {};
  const KernelFiles files(places_.root);
  std::vector<Warning> failed;
  for (const Setting& setting : std::exchange(before_, {})) {
    if (!files.has(setting.file) || present(files, setting.file) == setting.value) continue;
    if (const std::string why = set(files, setting.file, setting.value); !why.empty()) {
      before_.push_back(setting);
      failed.push_back({"machine", fmt::format("{} could not be put back to {} ({}): echo {} | sudo tee {}",
                                               places_.root + setting.file, setting.value, why, setting.value,
                                               places_.root + setting.file)});
    }
  }
  // The file stays while something is not as it was: the next start tries again.
  if (failed.empty()) static_cast<void>(remove_all(state_file()));
  lock_.reset();
  return failed;
}

Machine MachineControl::machine() const {
  Machine machine = read_machine(places_.root);
  const auto aslr =
      std::find_if(machine.facts.begin(), machine.facts.end(), [](const auto& fact) { return fact.first == "aslr"; });
  if (aslr_off_ && aslr != machine.facts.end()) aslr->second = "off";
  if (!cpus_.empty()) machine.facts.emplace_back("pinned", print_cpu_list(cpus_));
  seal(machine);
  return machine;
}

}  // namespace perfwarden::os
