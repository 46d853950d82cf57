#include "os/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "os/files/unique_fd.hpp"

namespace perfwarden::os {
namespace {

sockaddr_in address_of(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

Result<int> free_loopback_port() {
  const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = address_of(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the type that the calls take
  if (!listener || ::bind(listener.get(), generic, size) != 0 || ::getsockname(listener.get(), generic, &size) != 0)
    return Error{.kind = ErrorKind::io, .what = std::string("there is no free port: ") + std::strerror(errno)};
  return ntohs(address.sin_port);
}

bool loopback_accepts(int port) {
  const UniqueFd connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = address_of(port);
  return connection &&
         ::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;  // NOLINT
}

}  // namespace perfwarden::os
