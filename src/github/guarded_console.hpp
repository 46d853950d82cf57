#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "os/console.hpp"

namespace perfwarden::github {

// GuardedConsole is the terminal of a step in GitHub Actions. What is printed there is read by the runner, which obeys
// "::name::" at the beginning of a line and the older "##[name]" anywhere in it; names of benchmarks, stderr of builds
// and reports of other jobs may hold either. A space is put into both ("::" → ": :", "##[" → "## ["), also where the
// text arrives in pieces. Only `command` reaches the runner as given. Facts: actions/runner 2.336 (ActionCommand).
class GuardedConsole final : public os::Console {
 public:
  explicit GuardedConsole(os::Console& inner) : inner_(inner) {}
  void out(std::string_view text) override { inner_.out(out_.guard(text)); }
  void err(std::string_view text) override { inner_.err(err_.guard(text)); }
  void command(std::string_view text) override;
  [[nodiscard]] std::string ask(std::string_view) override { return ""; }  // nobody sits there
  [[nodiscard]] bool out_is_terminal() const override { return inner_.out_is_terminal(); }
  [[nodiscard]] bool err_is_terminal() const override { return inner_.err_is_terminal(); }
  [[nodiscard]] std::size_t columns() const override { return inner_.columns(); }
  [[nodiscard]] std::size_t rows() const override { return inner_.rows(); }
  [[nodiscard]] bool out_failed() const override { return inner_.out_failed(); }

 private:
  // Stream is one of the two outputs, which the runner reads separately, line by line.
  class Stream {
   public:
    [[nodiscard]] std::string guard(std::string_view text);
    [[nodiscard]] bool inside_line() const { return inside_line_; }

   private:
    bool inside_line_ = false;        // something stands on the current line
    bool only_blanks_ = true;         // no character of it that the runner does not skip
    bool after_first_colon_ = false;  // the line is blanks and one colon
    std::size_t hashes_ = 0;          // that end the text so far
  };

  os::Console& inner_;
  Stream out_, err_;
};

}  // namespace perfwarden::github
