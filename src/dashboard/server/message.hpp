#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a browser asks and gets, without the wire.
namespace perfwarden::dashboard {

// A Request as it came. Hostile.
struct Request {
  std::string method, target;                                // "GET", "/alerts/7?x=1"
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body = {};
  bool from_proxy = false;  // the peer is one of those that may say who asks
  // "" when it is missing, or there twice.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string type = "text/html; charset=utf-8";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
};

}  // namespace perfwarden::dashboard
