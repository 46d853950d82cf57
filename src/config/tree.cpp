#include "config/tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <sstream>
#include <utility>

#include "base/text.hpp"

namespace perfwarden::config {
namespace {

// Thrown through yaml-cpp to stop it; caught in read_tree.
struct Refused {
  Place at;
  std::string what, cure;
};

Place place_of(const YAML::Mark& mark) {
  return mark.is_null() ? Place{1, 0, ""} : Place{mark.line + 1, mark.column, ""};
}

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  for (const Node& item : node.items) deepest = std::max(deepest, depth_of(item));
  for (const Node& key : node.keys) deepest = std::max(deepest, depth_of(key));
  return deepest + 1;
}

void weigh(const Node& node, Weight& weight) {
  ++weight.nodes;
  weight.bytes += node.text.size();
  for (const Node& key : node.keys) weigh(key, weight);
  for (const Node& item : node.items) weigh(item, weight);
}

// Builder makes Nodes of yaml-cpp's events, so that every bound holds before memory is spent.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Source& source, Problems& problems) : source_(source), problems_(problems) {}

  [[nodiscard]] std::optional<Node> take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1)
      throw Refused{place_of(mark), "a second document begins here", "a config is one document: take '---' out"};
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.place = place_of(mark);
    finish(std::move(node), anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.kind = Node::Kind::scalar;
    node.quoted = tag == "!";
    node.text = value;
    node.place = place_of(mark);
    check_tag(node.place, tag);
    check_text(node);
    finish(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    const Place at = place_of(mark);
    if (found == anchors_.end())
      throw Refused{at, "this alias is inside the value that it names", "write the value out"};
    if (open_.size() + depth_of(found->second) > k_max_depth) too_deep(at);
    Node copy = found->second;
    copy.place = at;
    spend(at, weight_of(copy));
    attach(std::move(copy));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::sequence, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    std::map<std::string, int> seen;  // key → its line
  };

  [[noreturn]] static void too_deep(const Place& at) {
    throw Refused{at, fmt::format("nested more than {} levels deep", k_max_depth), "a config needs fewer than ten"};
  }

  void spend(const Place& at, const Weight& weight) {
    nodes_ += weight.nodes;
    bytes_ += weight.bytes;
    if (nodes_ > k_max_nodes)
      throw Refused{at, fmt::format("more than {} values, aliases counted as what they name", k_max_nodes),
                    "split the file or write fewer cases"};
    if (bytes_ > k_max_text)
      throw Refused{at, "more than 4 MiB of text, aliases counted as what they name", "write fewer aliases"};
  }

  void check_tag(const Place& at, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    problems_.add(at, 1, "YAML tags ('!…') are not used in a config", "take the tag out");
  }

  void check_text(const Node& node) {
    const bool bad = std::any_of(node.text.begin(), node.text.end(), [](char c) {
      return (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    });
    if (bad) problems_.add(node.place, source_.width(node.place, ""), "control character in text", "take it out");
    check_closed(node);
  }

  // yaml-cpp takes a quote that is never closed as text up to the file's end.
  void check_closed(const Node& node) {
    const std::string_view from = source_.text().substr(source_.offset_of(node.place));
    if (!node.quoted || from.empty() || (from.front() != '"' && from.front() != '\'')) return;
    const char quote = from.front();
    for (std::size_t i = 1; i < from.size(); ++i) {
      if (quote == '"' && from[i] == '\\') {
        ++i;
      } else if (from[i] == quote) {
        if (quote == '"' || i + 1 >= from.size() || from[i + 1] != quote) return;
        ++i;
      }
    }
    throw Refused{node.place, "this quote is never closed", fmt::format("end the text with {}", quote)};
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Open opened;
    opened.node.kind = kind;
    opened.node.place = place_of(mark);
    opened.anchor = anchor;
    check_tag(opened.node.place, tag);
    if (open_.size() >= k_max_depth) too_deep(opened.node.place);
    spend(opened.node.place, {1, 0});
    open_.push_back(std::move(opened));
  }

  void close() {
    Open closed = std::move(open_.back());
    open_.pop_back();
    remember(closed.node, closed.anchor);
    attach(std::move(closed.node));
  }

  void finish(Node node, YAML::anchor_t anchor) {
    spend(node.place, {1, node.text.size()});
    remember(node, anchor);
    attach(std::move(node));
  }

  void remember(const Node& node, YAML::anchor_t anchor) {
    if (anchor == 0) return;
    // The copy is kept as long as the document, so it counts like an alias.
    spend(node.place, {0, weight_of(node).bytes});
    anchors_[anchor] = node;
  }

  void attach(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == Node::Kind::map && parent.node.keys.size() == parent.node.items.size()) {
      check_key(parent, node);
      parent.node.keys.push_back(std::move(node));
    } else {
      if (parent.node.kind == Node::Kind::map && node.kind == Node::Kind::null)
        node.place = parent.node.keys.back().place;  // yaml-cpp gives the line after it
      parent.node.items.push_back(std::move(node));
    }
  }

  void check_key(Open& parent, const Node& key) {
    const std::size_t width = source_.width(key.place, key.text);
    if (key.kind != Node::Kind::scalar) {
      problems_.add(key.place, width, "a key must be plain text",
                    key.kind == Node::Kind::null ? "write a name before the ':'" : "quote it if it holds [ or {");
      return;
    }
    const auto [first, fresh] = parent.seen.try_emplace(key.text, key.place.line);
    if (!fresh)
      problems_.add(key.place, width, fmt::format("duplicate key '{}'", text::one_line(key.text)),
                    fmt::format("it is already given in line {}: keep one of them", first->second));
  }

  const Source& source_;
  Problems& problems_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  std::size_t nodes_ = 0, bytes_ = 0;
  int documents_ = 0;
};

}  // namespace

const Node* Node::find(std::string_view name) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i)
    if (keys[i].text == name) return &items[i];
  return nullptr;
}

const Node* Node::key(std::string_view name) const {
  for (const Node& node : keys)
    if (node.text == name) return &node;
  return nullptr;
}

Weight weight_of(const Node& node) {
  Weight weight;
  weigh(node, weight);
  return weight;
}

std::optional<Node> read_tree(const Source& source, Problems& problems) {
  Builder builder(source, problems);
  try {
    std::istringstream in{std::string(source.text())};
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refused& refused) {
    problems.add(refused.at, 1, refused.what, refused.cure);
  } catch (const YAML::Exception& exception) {
    const SyntaxProblem problem = explain_syntax(source, place_of(exception.mark), exception.msg);
    problems.add(problem.at, 1, problem.what, problem.cure);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& exception) {
    problems.add({1, 0, ""}, 1, fmt::format("YAML cannot be read: {}", exception.what()));
  }
  return std::nullopt;
}

}  // namespace perfwarden::config
