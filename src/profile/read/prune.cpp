#include "profile/read/prune.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>
#include <utility>

namespace perfwarden::profile {
namespace {

Result<std::unique_ptr<re2::RE2>> compiled(std::string_view pattern) {
  if (pattern.empty()) return std::unique_ptr<re2::RE2>();
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<re2::RE2>(fmt::format("^({})$", pattern), options);
  if (!regex->ok()) return Error{.kind = ErrorKind::parse, .what = regex->error()};
  return regex;
}

}  // namespace

FrameFilter::FrameFilter() = default;
FrameFilter::FrameFilter(FrameFilter&&) noexcept = default;
FrameFilter& FrameFilter::operator=(FrameFilter&&) noexcept = default;
FrameFilter::~FrameFilter() = default;

Result<FrameFilter> FrameFilter::make(std::string_view drop, std::string_view keep) {
  FrameFilter filter;
  if (drop.empty()) return filter;
  PW_TRY_ASSIGN(filter.drop_, compiled(drop));
  PW_TRY_ASSIGN(filter.keep_, compiled(keep));
  return filter;
}

bool FrameFilter::drops(std::string_view function) const {
  if (drop_ == nullptr || function.empty()) return false;
  const std::string_view name = without_parameters(function);
  const re2::StringPiece piece(name.data(), name.size());
  return re2::RE2::PartialMatch(piece, *drop_) && (keep_ == nullptr || !re2::RE2::PartialMatch(piece, *keep_));
}

std::string_view without_parameters(std::string_view function) {
  constexpr std::array<std::string_view, 2> k_no_parameters{"(anonymous namespace)", "operator()"};
  if (function.starts_with('.')) function.remove_prefix(1);
  for (std::size_t at = 0; at < function.size(); ++at) {
    std::size_t skipped = 0;
    for (const std::string_view word : k_no_parameters)
      if (function.substr(at).starts_with(word)) skipped = word.size();
    if (skipped > 0)
      at += skipped - 1;
    else if (function[at] == '(')
      return function.substr(0, at);
  }
  return function;
}

}  // namespace perfwarden::profile
