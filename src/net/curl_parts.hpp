#pragma once

#include <curl/curl.h>

#include <algorithm>
#include <string>
#include <string_view>

// What the two files that use libcurl share.
namespace perfwarden::net {

struct HeaderList {
  curl_slist* first = nullptr;
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(first); }
  void add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(first, line.c_str()); longer != nullptr) first = longer;
  }
};

// Nothing that could begin another line of the protocol.
inline bool is_plain_header(std::string_view s) {
  return std::none_of(s.begin(), s.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

// At least one: libcurl takes 0 for "for ever".
inline long milliseconds(double seconds) {
  return std::max(1L, static_cast<long>(seconds * 1000));
}

}  // namespace perfwarden::net
