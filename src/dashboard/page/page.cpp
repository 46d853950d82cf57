#include "dashboard/page/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <mustache.hpp>
#include <span>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "dashboard/view/view.hpp"
#include "json/write.hpp"

namespace perfwarden::dashboard {

std::span<const EmbeddedText> pages_embedded();
std::span<const EmbeddedText> assets_embedded();

namespace {

using Data = kainjow::mustache::data;

// Every text is made safe here, and nowhere else: the templates are filled as they are.
Data data_of(const View& json) {
  if (json.is_object()) {
    Data out(Data::type::object);
    for (const auto& [key, value] : json.items()) out[key] = data_of(value);
    return out;
  }
  if (json.is_array()) {
    Data out(Data::type::list);
    for (const View& value : json) out.push_back(data_of(value));
    return out;
  }
  if (json.is_boolean()) return Data(json.get<bool>());
  if (json.is_null()) return Data(false);
  const std::string text = json.is_string() ? json.get<std::string>() : json::dump(json);
  return text.empty() ? Data(false) : Data(text::escape_html(text::one_line(text)));
}

std::string filled(std::string_view name, const Data& data) {
  for (const EmbeddedText& one : pages_embedded()) {
    if (one.name != fmt::format("{}.html.mustache", name)) continue;
    kainjow::mustache::mustache parsed{std::string(one.text)};
    parsed.set_custom_escape([](const std::string& text) { return text; });
    return parsed.render(data);
  }
  return "";
}

View navigation(std::string_view page, const Links& links) {
  constexpr std::array<std::array<std::string_view, 3>, 7> k_entries{{{"status", "Status", "status"},
                                                                      {"alerts", "Alerts", "alert"},
                                                                      {"series", "Series", "series_list"},
                                                                      {"compare", "Compare", "compare"},
                                                                      {"runs", "Runs", "run"},
                                                                      {"budgets", "Budgets", "budgets"},
                                                                      {"machines", "Machines", "machines"}}};
  View out = View::array();
  for (const auto& [name, label, also] : k_entries)
    out.push_back({{"link", links.page(name)}, {"label", label}, {"current", page == name || page == also}});
  return out;
}

std::string in_shell(std::string_view page, const std::string& title, const std::string& body, const std::string& data,
                     const Shell& shell) {
  View view{{"page", page},
            {"title", title},
            {"mode", shell.links.as_files ? "export" : "serve"},
            {"serves", !shell.links.as_files},
            {"root", shell.links.root},
            {"api", shell.api},
            {"csrf", shell.csrf},
            {"who", shell.who},
            {"version", shell.version},
            {"read_only", shell.read_only ? "true" : "false"},
            {"home", shell.links.page("status")},
            {"search", shell.links.page("search")},
            {"navigation", navigation(page, shell.links)}};
  Data filling = data_of(view);
  filling["main"] = Data(body);
  filling["data"] = data.empty() ? Data(false) : Data(data);
  return filled("page", filling);
}

}  // namespace

std::string inline_json(const Json& json) {
  return text::replace_all(json::dump(json), "<", "\\u003c");
}

std::string page_of(std::string_view name, const Json& answer, const Shell& shell) {
  return in_shell(name, title_of(name, answer), filled(name, data_of(view_of(name, answer, shell))),
                  inline_json(answer), shell);
}

std::string error_page(int status, const Error& error, const Shell& shell) {
  const View view{{"status", status}, {"what", error.what}, {"hint", error.hint}, {"home", shell.links.page("status")}};
  return in_shell("error", fmt::format("{}", status), filled("error", data_of(view)), "", shell);
}

std::string login_page() {
  return in_shell("login", "Log in", filled("login", Data(Data::type::object)), "", {});
}

Asset asset(std::string_view name) {
  for (const EmbeddedText& one : assets_embedded())
    if (one.name == name)
      return {one.text, name.ends_with(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8"};
  return {};
}

}  // namespace perfwarden::dashboard
