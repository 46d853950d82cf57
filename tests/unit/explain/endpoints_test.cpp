#include "explain/endpoints.hpp"

#include <gmock/gmock.h>

namespace perfwarden::explain {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Span span(const char* id, const char* parent, const char* name, const char* function = "", const char* route = "",
          bool server = false, double seconds = 0.1) {
  return {"t1", id, parent, name, "api", function, route, server, seconds};
}

ProfileDiff profile(const char* function, FrameChange change = FrameChange::regression) {
  ProfileDiff diff;
  diff.frames.resize(1);
  diff.frames[0].name = function;
  diff.frames[0].self = {0.1, 0.3, {}, 0, 0};
  diff.frames[0].change = change;
  return diff;
}

TEST(Endpoints, AChangedFunctionIsTiedToTheEndpointOfTheSpanThatNamesIt) {
  const std::vector<Span> spans{span("1", "", "GET", "", "GET /api/users", true, 0.9), span("2", "1", "load users"),
                                span("3", "2", "query", "db::run_query", "", false, 0.4),
                                span("4", "2", "query", "db::run_query", "", false, 0.2)};
  const std::vector<ProfileDiff> profiles{profile("db::run_query(std::string const&)")};
  const std::vector<EndpointTie> ties = tie_endpoints(spans, profiles);
  ASSERT_THAT(ties, SizeIs(1));
  EXPECT_EQ(ties[0].endpoint, "GET /api/users");
  EXPECT_EQ(ties[0].spans, 2U);
  EXPECT_NEAR(ties[0].seconds, 0.6, 1e-12);
  EXPECT_EQ(ties[0].trace, "t1");
}

TEST(Endpoints, TheLastPartOfANameIsEnoughAndARootWithoutARouteGivesItsName) {
  const std::vector<Span> spans{span("1", "", "nightly job"), span("2", "1", "q", "run_query")};
  const std::vector<ProfileDiff> profiles{profile("db::run_query(int)")};
  ASSERT_THAT(tie_endpoints(spans, profiles), SizeIs(1));
  EXPECT_EQ(tie_endpoints(spans, profiles)[0].endpoint, "nightly job");
}

TEST(Endpoints, NothingIsTiedToWhatDidNotGrowOrIsNotNamed) {
  const std::vector<Span> spans{span("1", "", "GET", "db::run_query")};
  EXPECT_THAT(tie_endpoints(spans, std::vector{profile("db::run_query", FrameChange::improvement)}), IsEmpty());
  EXPECT_THAT(tie_endpoints(spans, std::vector{profile("other")}), IsEmpty());
  EXPECT_THAT(tie_endpoints({}, std::vector{profile("db::run_query")}), IsEmpty());
}

TEST(Endpoints, ATraceThatBitesItsTailEnds) {
  const std::vector<Span> spans{span("1", "2", "a", "f"), span("2", "1", "b")};
  EXPECT_THAT(tie_endpoints(spans, std::vector{profile("f")}), SizeIs(1));
}

}  // namespace
}  // namespace perfwarden::explain
