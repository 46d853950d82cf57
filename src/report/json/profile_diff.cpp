#include "report/json/profile_diff.hpp"

#include <array>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "json/write.hpp"

namespace perfwarden::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t k_most_items = 100'000;

// The members of each struct with their keys, once, for writing and reading alike. V: Writer or Reader.
template <class V>
void fields(V& v, Interval& i) {
  v("low", i.low), v("high", i.high), v("confidence", i.confidence);
}
template <class V>
void fields(V& v, Share& s) {
  v("base", s.base), v("head", s.head), v("interval", s.interval), v("p", s.p), v("p_adjusted", s.p_adjusted);
}
template <class V>
void fields(V& v, FrameDelta& f) {
  v("name", f.name), v("change", f.change), v("self", f.self), v("total", f.total);
  v("self_cost", f.self_cost), v("total_cost", f.total_cost);
  v("self_samples", f.self_samples), v("total_samples", f.total_samples);
  v("by_total", f.by_total), v("file", f.file), v("package", f.package), v("owner", f.owner), v("ours", f.ours);
  v("counterpart", f.counterpart), v("note", f.note), v("diluted", f.diluted), v("absolute", f.absolute);
  v.later("chain", f.chain);
}
// Only what gates read of a quiet frame: there may be a thousand.
template <class V>
void quiet_fields(V& v, FrameDelta& f) {
  v("name", f.name), v("change", f.change), v("self", f.self), v("total", f.total), v("total_cost", f.total_cost);
  v("by_total", f.by_total), v("diluted", f.diluted);
}
template <class V>
void fields(V& v, GroupDelta& g) {
  v("name", g.name), v("self", g.self), v("change", g.change);
}
template <class V>
void fields(V& v, PathStep& s) {
  v("name", s.name), v("base", s.base), v("head", s.head), v("in_base", s.in_base), v("in_head", s.in_head);
}
template <class V>
void fields(V& v, ProfileSide& s) {
  v("label", s.label), v("cost", s.cost), v("samples", s.samples), v("seconds", s.seconds);
  v("depth_mean", s.depth_mean), v("depth_p95", s.depth_p95), v("depth_max", s.depth_max);
  v("depth_p95_low", s.depth_p95_low), v("depth_p95_high", s.depth_p95_high);
  v.later("runs", s.runs);
}
template <class V>
void fields(V& v, PatternHit& h) {
  v("id", h.id), v("category", h.category), v("frame", h.frame), v("culprit", h.culprit), v("share", h.share);
  v("severity", h.severity), v("advice", h.advice), v("unfair", h.unfair);
}
template <class V>
void fields(V& v, SampleType& t) {
  v("name", t.name), v("unit", t.unit);
}
template <class V>
void fields(V& v, Warning& w) {
  v("code", w.code), v("text", w.text);
}
template <class V>
void fields(V& v, ProfileDiff& e) {
  v("suite", e.suite), v("benchmark", e.benchmark), v("type", e.type), v("normalization", e.normalization);
  v("exact", e.exact), v("benchmark_ratio", e.benchmark_ratio), v("explained", e.explained);
  v("underpowered", e.underpowered), v("samples_needed", e.samples_needed), v("overdispersion", e.overdispersion);
  v("significance", e.significance), v("tested", e.tested);
  v("base", e.base), v("head", e.head), v("frames", e.frames), v("top", e.top);
  v("packages", e.packages), v("owners", e.owners), v("base_path", e.base_path), v("head_path", e.head_path);
  v("patterns", e.patterns), v("files", e.files), v("warnings", e.warnings);
  v.quiet("quiet", e.quiet);
  v.later("spread", e.spread), v.later("spread_known", e.spread_known), v.later("maybe_longer", e.maybe_longer);
}

class Writer {
 public:
  template <class T>
  void operator()(const char* key, T& value) {
    out_[key] = json_of(value);
  }
  template <class T>
  void later(const char* key, T& value) {
    (*this)(key, value);
  }
  void quiet(const char* key, std::vector<FrameDelta>& frames) {
    Json list = Json::array();
    for (FrameDelta& frame : frames) {
      Writer inner;
      quiet_fields(inner, frame);
      list.push_back(std::move(inner.out_));
    }
    out_[key] = std::move(list);
  }
  template <class T>
  static Json json_of(T& value) {
    if constexpr (std::is_same_v<T, double>) {
      return json::exact_number(value);
    } else if constexpr (std::is_same_v<T, std::optional<double>>) {
      return json::exact_number(value.value_or(k_nan));
    } else if constexpr (std::is_enum_v<T>) {
      return name_of(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
      return value;
    } else if constexpr (requires { value.begin(); }) {
      Json list = Json::array();
      for (auto& item : value) list.push_back(json_of(item));
      return list;
    } else {
      Writer inner;
      fields(inner, value);
      return std::move(inner.out_);
    }
  }

 private:
  Json out_ = Json::object();
};

class Reader {
 public:
  explicit Reader(const json::Cursor& at) : at_(at) {}
  template <class T>
  void operator()(const char* key, T& value) {
    read(at_[key], value);
  }
  // Reports of 0.1.0 do not have these members.
  template <class T>
  void later(const char* key, T& value) {
    if (at_.has(key)) read(at_[key], value);
  }
  void quiet(const char* key, std::vector<FrameDelta>& frames) {
    if (!at_.has(key)) return;
    at_[key].each(k_most_items, [&frames](const json::Cursor& item) {
      Reader inner(item);
      quiet_fields(inner, frames.emplace_back());
    });
  }
  template <class T>
  static void read(const json::Cursor& at, T& value) {
    if constexpr (std::is_same_v<T, double>) {
      value = at.number();
    } else if constexpr (std::is_same_v<T, std::optional<double>>) {
      if (!at.is_null()) value = at.number();
    } else if constexpr (std::is_same_v<T, bool>) {
      value = at.flag();
    } else if constexpr (std::is_same_v<T, std::size_t>) {
      value = at.size();
    } else if constexpr (std::is_same_v<T, std::string>) {
      value = at.text();
    } else if constexpr (std::is_enum_v<T>) {
      value = at.one_of<T>();
    } else if constexpr (requires { value.push_back({}); }) {
      at.each(k_most_items, [&value](const json::Cursor& item) { read(item, value.emplace_back()); });
    } else if constexpr (requires { value.begin(); }) {
      std::size_t i = 0;
      at.each(value.size(), [&](const json::Cursor& item) { read(item, value[i++]); });
    } else {
      Reader inner(at);
      fields(inner, value);
    }
  }

 private:
  const json::Cursor& at_;
};

}  // namespace

nlohmann::ordered_json evidence_to_json(const ProfileDiff& evidence) {
  ProfileDiff copy = evidence;  // the one list of members serves reading too, and so takes what it could change
  return Writer::json_of(copy);
}

ProfileDiff evidence_from_json(const json::Cursor& at) {
  ProfileDiff out;
  Reader::read(at, out);
  return out;
}

}  // namespace perfwarden::report
