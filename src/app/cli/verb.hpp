#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

// One declared option. Hides CLI11: each file that includes its header takes ten seconds longer to compile.
namespace perfwarden::app {

class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option& required();
  Option& needs(const std::string& other);  // "--run"
  Option& excludes(const Option& other);
  Option& one_of(const std::vector<std::string>& words);
  Option& within(double low, double high);
  Option& values(int least, int most);  // at once: --cpu BASE HEAD
  Option& show_default();
  Option& hidden();

 private:
  CLI::Option* option_;
};

// A Verb declares options. Their values are written when the command line is parsed, so they must live until then.
class Verb {
 public:
  explicit Verb(CLI::App* app) : app_(app) {}
  // `names` as "-o,--output", or a positional's name. T: std::string, double, std::size_t,
  // std::optional<double>, std::optional<std::uint64_t>, std::vector<std::string> (may be repeated).
  template <class T>
  Option add_option(const std::string& names, T& value, const std::string& help);
  Option add_option_function(const std::string& names, const std::function<void(const std::string&)>& given,
                             const std::string& help);
  Option add_flag(const std::string& names, bool& value, const std::string& help);
  Option add_flag_callback(const std::string& names, const std::function<void()>& given, const std::string& help);
  // `chosen` is called when the command line names this subcommand.
  Verb add_subcommand(const std::string& name, const std::string& help, std::function<void()> chosen);
  void require_subcommand();

 private:
  CLI::App* app_;
};

}  // namespace perfwarden::app
