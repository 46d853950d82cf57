// A static C library that follows the host's /etc/nsswitch.conf would load the host's modules, made for another C
// library. Names are looked up in /etc/hosts and by DNS instead, users in /etc/passwd; both are built in.

#include <array>
#include <utility>

extern "C" int __nss_configure_lookup(const char* database, const char* services);  // of glibc, <nss.h>

namespace {

[[gnu::constructor]] void use_what_is_built_in() {
  constexpr std::array<std::pair<const char*, const char*>, 4> k_services{
      {{"hosts", "files dns"}, {"passwd", "files"}, {"group", "files"}, {"services", "files"}}};
  for (const auto& [database, services] : k_services) (void)__nss_configure_lookup(database, services);
}

}  // namespace
