#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/config.hpp"
#include "publish/post.hpp"

// What notifiers outside of GitHub share: whom they tell, what, and when they are silent.
namespace perfwarden::publish {

[[nodiscard]] std::string percent(double fraction);  // "12.3 %"

// Whether regressions are told later than by the run that finds them: as Post::persistent has them.
[[nodiscard]] bool waits(const Telling& telling);

// A Regression is one broken limit that is told.
struct Regression {
  const Finding* finding = nullptr;          // of this run; null when the history knows it
  const Comparison* comparison = nullptr;    // that the finding is about; null for one about a profile
  const Persistence* persistence = nullptr;  // what the history knows of it
  [[nodiscard]] const SeriesId& series() const;
  [[nodiscard]] std::string key() const;  // the same as long as it is the same regression; 16 hex digits
};

// News is what one notifier tells about a run.
struct News {
  std::vector<Regression> regressions;  // that this notifier has not told lately; empty where every run is told
  std::string secret;                   // value of the variable that the notifier needs

  // As plain text, by templates/message.txt.mustache, in at most `limit` characters; whole lines are cut.
  [[nodiscard]] Result<std::string> text(const Post& post, std::size_t limit) const;
};

// Where a message goes.
struct Route {
  std::string_view notifier;  // name of the row
  std::string_view variable;  // of the environment that holds its secret
};

// Calls `send` with what there is to tell by `telling`, and remembers it. Skipped when that is nothing (switched off,
// another branch, no regression of that confidence and persistence, none acknowledged, told lately); refused without
// the secret. A digest is told wherever telling is not switched off.
[[nodiscard]] Result<Delivery> tell(const Post& post, const Route& route, const Telling& telling,
                                    const std::function<Result<Delivery>(const News&)>& send);

// Posts JSON; repeated only where nothing can have been done yet. Refused when the address or the secret is not
// accepted (401, 403, 404, 410).
[[nodiscard]] Result<Delivery> post_json(const Post& post, const Route& route, net::HttpRequest request);

}  // namespace perfwarden::publish
