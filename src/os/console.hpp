#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace perfwarden::os {

// Console is the interface to the terminal. Results go to out, everything else (progress, warnings,
// errors) to err.
class Console {
 public:
  virtual ~Console() = default;
  virtual void out(std::string_view text) = 0;  // as given, no newline added
  virtual void err(std::string_view text) = 0;
  // Whole lines that a CI's runner is to obey; shown on err.
  virtual void command(std::string_view text) { err(text); }
  // Shows the question on err and returns the line that a person types; empty when nobody sits there.
  [[nodiscard]] virtual std::string ask(std::string_view question) = 0;
  [[nodiscard]] virtual bool out_is_terminal() const = 0;
  [[nodiscard]] virtual bool err_is_terminal() const = 0;
  [[nodiscard]] virtual std::size_t columns() const = 0;  // of the terminal; 80 when unknown
  [[nodiscard]] virtual std::size_t rows() const = 0;     // likewise; 24 when unknown
  // True when results could not be written to out for a reason other than a closed reader, such as a full disk.
  [[nodiscard]] virtual bool out_failed() const = 0;
};

// SystemConsole writes to descriptors 1 and 2, unbuffered. After a failed write (a closed reader, a full disk) that
// stream stays silent; install_signal_handlers() ignores SIGPIPE.
class SystemConsole final : public Console {
 public:
  void out(std::string_view text) override;
  void err(std::string_view text) override;
  [[nodiscard]] std::string ask(std::string_view question) override;
  [[nodiscard]] bool out_is_terminal() const override;
  [[nodiscard]] bool err_is_terminal() const override;
  [[nodiscard]] std::size_t columns() const override;
  [[nodiscard]] std::size_t rows() const override;
  [[nodiscard]] bool out_failed() const override;

 private:
  int out_errno_ = 0, err_errno_ = 0;
};

}  // namespace perfwarden::os
