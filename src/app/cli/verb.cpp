#include "app/cli/verb.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace perfwarden::app {

Option& Option::required() {
  option_->required();
  return *this;
}

Option& Option::needs(const std::string& other) {
  option_->needs(other);
  return *this;
}

Option& Option::excludes(const Option& other) {
  option_->excludes(other.option_);
  return *this;
}

Option& Option::one_of(const std::vector<std::string>& words) {
  option_->check(CLI::IsMember(words));
  return *this;
}

Option& Option::within(double low, double high) {
  option_->check(CLI::Range(low, high));
  return *this;
}

Option& Option::values(int least, int most) {
  option_->expected(least, most)->allow_extra_args(true);
  return *this;
}

Option& Option::show_default() {
  option_->capture_default_str();
  return *this;
}

Option& Option::hidden() {
  option_->group("");
  return *this;
}

template <class T>
Option Verb::add_option(const std::string& names, T& value, const std::string& help) {
  CLI::Option* const option = app_->add_option(names, value, help);
  // A repeatable option takes one value each time, so that positionals may follow it.
  if (names.starts_with('-')) option->allow_extra_args(false);
  return Option(option);
}

template Option Verb::add_option(const std::string&, std::string&, const std::string&);
template Option Verb::add_option(const std::string&, double&, const std::string&);
template Option Verb::add_option(const std::string&, std::size_t&, const std::string&);
template Option Verb::add_option(const std::string&, long&, const std::string&);
template Option Verb::add_option(const std::string&, std::optional<double>&, const std::string&);
template Option Verb::add_option(const std::string&, std::optional<std::uint64_t>&, const std::string&);
template Option Verb::add_option(const std::string&, std::vector<std::string>&, const std::string&);

Option Verb::add_option_function(const std::string& names, const std::function<void(const std::string&)>& given,
                                 const std::string& help) {
  return Option(app_->add_option_function<std::string>(names, given, help));
}

Option Verb::add_flag(const std::string& names, bool& value, const std::string& help) {
  return Option(app_->add_flag(names, value, help));
}

Option Verb::add_flag_callback(const std::string& names, const std::function<void()>& given, const std::string& help) {
  return Option(app_->add_flag_callback(names, given, help));
}

Verb Verb::add_subcommand(const std::string& name, const std::string& help, std::function<void()> chosen) {
  CLI::App* const sub = app_->add_subcommand(name, help);
  sub->callback(std::move(chosen));
  return Verb(sub);
}

void Verb::require_subcommand() {
  app_->require_subcommand(1);
}

}  // namespace perfwarden::app
