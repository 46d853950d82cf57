#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dashboard/server/message.hpp"

// Who may ask for what. docs/dashboard.md#security says why.
namespace perfwarden::dashboard {

enum class Authentication { none, token, proxy };

// A Guard decides about requests before anything is done for them.
struct Guard {
  Authentication by = Authentication::none;
  std::string token;                             // for Authentication::token; not empty
  std::string user_header = "x-forwarded-user";  // for Authentication::proxy
  std::string who;                               // name of those who are not told apart
  std::vector<std::string> hosts;                // that the Host header may name, without a port
  std::string secret;                            // of this process, at least 128 random bits as hex
  bool read_only = true;

  // What a page of ours sends back to show that it is ours.
  [[nodiscard]] std::string csrf() const;
  // What the cookie of somebody who gave the token holds.
  [[nodiscard]] std::string session() const;
  [[nodiscard]] bool is_token(std::string_view given) const;  // takes as long for any text
};

// What a request may do, and who asks.
struct Admission {
  int status = 200;  // or why not: 401, 403, 415, 421
  std::string_view why;
  std::string who;
};

// Whether the Host header names us: a page elsewhere whose name was made to lead here (DNS rebinding) is turned away.
[[nodiscard]] bool is_our_host(const Guard& guard, std::string_view host);
// For requests that read.
[[nodiscard]] Admission admit(const Guard& guard, const Request& request);
// For requests that change something: from a page of ours only.
[[nodiscard]] Admission admit_change(const Guard& guard, const Request& request);
// Whether the browser says that a page of ours sends it, as far as it says anything.
[[nodiscard]] bool is_same_origin(const Request& request);

}  // namespace perfwarden::dashboard
