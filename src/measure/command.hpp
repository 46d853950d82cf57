#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "measure/children.hpp"
#include "model/plan.hpp"
#include "os/process/processes.hpp"

namespace perfwarden::measure {

// Replaces every `place` of a shell line, such as {case}, by a text, quoted for its position (bare, in '…' or in "…"),
// so that the shell sees exactly that text. Error (config) for a text with special characters in a line whose quoting
// cannot be followed (backquotes, $(…), ${…}, comments, here-documents).
[[nodiscard]] Result<std::string> put_into_shell(const std::string& line, std::string_view place,
                                                 const std::string& value);

// The process that a step runs. Error (config) as above.
[[nodiscard]] Result<os::Command> command_of(const Plan& plan, const Step& step, const Children& sides);

// The command as a person would type it, made safe to print.
[[nodiscard]] std::string text_of(const os::Command& command);

// The last lines of an output, made safe to print; at most `lines` lines.
[[nodiscard]] std::vector<std::string> last_lines(const std::string& output, std::size_t lines);

// Of a process that did not end well: "exit status 2: cannot open corpus | giving up", with the last lines that it
// wrote; made safe to print.
[[nodiscard]] std::string how_it_ended(const Result<os::ProcessResult>& result);

// "core", or "core/case"; made safe to print.
[[nodiscard]] std::string name_of(const Plan& plan, const Step& step);

}  // namespace perfwarden::measure
