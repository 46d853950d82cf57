#include "baseline/directory.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fakes.hpp"

namespace perfwarden::baseline {
namespace {

using support::TemporaryDirectory;

constexpr const char* k_here = "1111111111111111";
constexpr const char* k_there = "2222222222222222";

std::string sha(char digit) {
  return std::string(40, digit);
}

Entry entry_of(char digit, const std::string& fingerprint = k_here, const std::string& time = "2026-11-20T10:00:00Z") {
  Entry entry;
  entry.commit = sha(digit);
  entry.branch = "main";
  entry.time = time;
  entry.fingerprint = fingerprint;
  entry.reason = "nightly";
  return entry;
}

std::string samples_on(const std::string& cpu) {
  return R"({"schema": "perfwarden.samples/1", "run": {"machine": {"facts": {"cpu": ")" + cpu +
         R"("}}}, "series": []})";
}

Wanted wanted_of(char digit, const std::string& line = "") {
  Wanted wanted;
  wanted.commit = digit == 0 ? "" : sha(digit);
  wanted.branch = "main";
  wanted.fingerprint = k_here;
  for (const char commit : line) wanted.ancestors.push_back(sha(commit));
  return wanted;
}

std::string found_in(const std::string& directory, const Wanted& wanted, std::string* why = nullptr) {
  std::string why_not;
  const auto found = find(directory, wanted, why_not);
  if (why != nullptr) *why = why_not;
  if (!found) return "error: " + found.error().text();
  if (!found->has_value()) {
    EXPECT_FALSE(why_not.empty());
    return "none";
  }
  return std::string(1, (*found)->entry.commit[0]) + ((*found)->note.empty() ? "" : " " + (*found)->note);
}

TEST(BaselineCache, IsEmptyWithoutAFolder) {
  const TemporaryDirectory directory;
  EXPECT_TRUE(entries(directory / "none")->empty());
  std::string why;
  EXPECT_EQ(found_in(directory / "none", wanted_of('a'), &why), "none");
  EXPECT_EQ(why, "nothing is on record yet");
}

TEST(BaselineCache, GivesBackWhatWasPut) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory / "b", entry_of('a'), "the samples\n"));
  const auto all = entries(directory / "b");
  ASSERT_EQ(all->size(), 1U);
  EXPECT_EQ((*all)[0].file, sha('a') + "-" + k_here + ".json");
  EXPECT_EQ((*all)[0].reason, "nightly");
  std::string why;
  const auto found = find(directory / "b", wanted_of('a'), why);
  ASSERT_TRUE(found && found->has_value());
  EXPECT_EQ((*found)->samples_text, "the samples\n");
  EXPECT_EQ((*found)->note, "");
}

TEST(BaselineCache, ReplacesTheSameCommitOfTheSameMachine) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "one"));
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "two"));
  ASSERT_TRUE(update(directory.path(), entry_of('a', k_there), "three"));
  EXPECT_EQ(entries(directory.path())->size(), 2U);
  std::string why;
  EXPECT_EQ((*find(directory.path(), wanted_of('a'), why))->samples_text, "two");
}

TEST(BaselineCache, WantsAReasonAndAWholeSha) {
  const TemporaryDirectory directory;
  for (const char* reason : {"", " \t\n"}) {
    Entry entry = entry_of('a');
    entry.reason = reason;
    const auto status = update(directory / "b", entry, "x");
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::usage);
    EXPECT_NE(status.error().hint.find("--reason"), std::string::npos);
  }
  for (const char* commit : {"", "abc", "../../../../../../../../../../../etc/passwd", "HEAD"}) {
    Entry entry = entry_of('a');
    entry.commit = commit;
    EXPECT_FALSE(update(directory / "b", entry, "x")) << commit;
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "b")) << "nothing was written";
}

TEST(BaselineCache, HostileFingerprintDoesNotReachThePath) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory / "b", entry_of('a', "../../evil"), "x"));
  EXPECT_FALSE(std::filesystem::exists(directory / "evil.json"));
  EXPECT_TRUE(std::filesystem::exists(directory / ("b/" + sha('a') + "-unknown.json")));
  EXPECT_EQ(entries(directory / "b")->size(), 1U);
}

TEST(BaselineCache, KeepsFiftyEntriesAndDropsTheOldestWithTheirFiles) {
  const TemporaryDirectory directory;
  const auto commit = [](int i) { return std::string(38, 'a') + std::to_string(i); };
  const auto file = [&](int i) { return commit(i) + "-" + k_here + ".json"; };
  std::string rows;
  for (int i = 10; i < 60; ++i) {
    rows += (i == 10 ? "" : ", ") + std::string(R"({"branch": "main", "reason": "r", "fingerprint": ")") + k_here +
            R"(", "commit": ")" + commit(i) + R"(", "time": "2026-11-20T10:00:)" + std::to_string(i) +
            R"(Z", "file": ")" + file(i) + "\"}";
    directory.write(file(i), "x");
  }
  directory.write("index.json", R"({"schema": "perfwarden.baseline/1", "entries": [)" + rows + "]}");
  ASSERT_TRUE(update(directory.path(), entry_of('c', k_here, "2026-11-21T10:00:00Z"), "x"));
  const auto all = entries(directory.path());
  ASSERT_EQ(all->size(), 50U);
  EXPECT_EQ(all->front().commit, sha('c'));
  EXPECT_EQ(all->back().commit, commit(11));
  EXPECT_FALSE(std::filesystem::exists(directory / file(10)));
  EXPECT_TRUE(std::filesystem::exists(directory / file(11)));
  // An entry older than all others is still kept when it was put just now.
  ASSERT_TRUE(update(directory.path(), entry_of('b', k_here, "2020-01-01T00:00:00Z"), "x"));
  EXPECT_EQ(entries(directory.path())->back().commit, sha('b'));
}

TEST(BaselineCache, LeavesNothingButTheIndexAndTheSamples) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "x"));
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(directory.path())) {
    EXPECT_EQ(file.path().extension(), ".json");
    ++files;
  }
  EXPECT_EQ(files, 2U);
}

// History, nearest to head first: e d c b a. The merge base is c.
TEST(FindBaseline, ExactCommitFirstElseTheNearestBeforeIt) {
  struct Row {
    const char* on_record;
    const char* expected;
  };
  for (const Row& row : {Row{"abc", "c"}, Row{"ab", "b is 1 commit older than cccccccccc"},
                         Row{"a", "a is 2 commits older than cccccccccc"}, Row{"de", "none"},
                         Row{"ea", "a is 2 commits older than cccccccccc"}, Row{"f", "none"}}) {
    const TemporaryDirectory directory;
    for (const char* commit = row.on_record; *commit != 0; ++commit)
      ASSERT_TRUE(update(directory.path(), entry_of(*commit), "x"));
    EXPECT_EQ(found_in(directory.path(), wanted_of('c', "edcba")), row.expected) << row.on_record;
  }
}

TEST(FindBaseline, NewestEntryThatIsADescendantIsNeverUsed) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('f', k_here, "2030-01-01T00:00:00Z"), "x"));
  std::string why;
  EXPECT_EQ(found_in(directory.path(), wanted_of('c', "edcba"), &why), "none");
  EXPECT_EQ(why, "1 entry, none of cccccccccc or of a commit before it (the newest is ffffffffff of main)");
}

TEST(FindBaseline, WithoutAWantedCommitTheNearestAncestorServes) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "x") && update(directory.path(), entry_of('b'), "x"));
  EXPECT_EQ(found_in(directory.path(), wanted_of(0, "edcba")), "b is bbbbbbbbbb, an ancestor of head");
}

TEST(FindBaseline, WantedCommitOutOfSightLetsOnlyTheBaselineBranchServe) {
  const TemporaryDirectory directory;
  Entry own = entry_of('e');
  own.branch = "feature";
  ASSERT_TRUE(update(directory.path(), own, "x"));
  EXPECT_EQ(found_in(directory.path(), wanted_of('c', "ed")), "none");
  ASSERT_TRUE(update(directory.path(), entry_of('d'), "x"));
  EXPECT_EQ(found_in(directory.path(), wanted_of('c', "ed")), "d is dddddddddd, an ancestor of head");
}

TEST(FindBaseline, UnknownHistoryLetsOnlyTheExactCommitServe) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "x"));
  EXPECT_EQ(found_in(directory.path(), wanted_of('a')), "a");
  std::string why;
  EXPECT_EQ(found_in(directory.path(), wanted_of('c'), &why), "none");
  EXPECT_NE(why.find("fetch-depth: 0"), std::string::npos);
}

TEST(FindBaseline, RefusesAnotherMachineAndNamesWhatDiffers) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a', k_there), samples_on("EPYC")));
  Wanted wanted = wanted_of('a', "a");
  std::string why;
  EXPECT_EQ(found_in(directory.path(), wanted, &why), "none");
  EXPECT_EQ(why, "1 entry of a suitable commit, but of another machine");
  wanted.machine.facts = {{"cpu", "Xeon\n\x1b[31m"}};
  wanted.machine.fingerprint = k_here;
  EXPECT_EQ(found_in(directory.path(), wanted, &why), "none");
  EXPECT_EQ(why, "1 entry of a suitable commit, but of another machine (cpu: EPYC there, Xeon  [31m here)");
}

TEST(FindBaseline, AnyMachineMayServeWhenAskedForAndSaysSo) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('b', k_there), samples_on("EPYC")));
  Wanted wanted = wanted_of('b', "ba");
  wanted.any_machine = true;
  wanted.machine.facts = {{"cpu", "Xeon"}};
  EXPECT_EQ(found_in(directory.path(), wanted), "b was measured on another machine (cpu: EPYC there, Xeon here)");
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "x"));
  EXPECT_EQ(found_in(directory.path(), wanted), "a is 1 commit older than bbbbbbbbbb") << "this machine comes first";
}

TEST(FindBaseline, UnknownMachinesAreNotTheSameMachine) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a', ""), "x"));
  Wanted wanted = wanted_of('a', "a");
  wanted.fingerprint = "";
  EXPECT_EQ(found_in(directory.path(), wanted), "none");
}

TEST(FindBaseline, EntryWithoutItsFileIsPassedOver) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(update(directory.path(), entry_of('a'), "x") && update(directory.path(), entry_of('b'), "x"));
  std::filesystem::remove(directory / (sha('b') + "-" + k_here + ".json"));
  EXPECT_EQ(found_in(directory.path(), wanted_of('b', "ba")), "a is 1 commit older than bbbbbbbbbb");
  std::filesystem::remove(directory / (sha('a') + "-" + k_here + ".json"));
  std::string why;
  EXPECT_EQ(found_in(directory.path(), wanted_of('b', "ba"), &why), "none");
  EXPECT_NE(why.find("cannot be read"), std::string::npos);
}

TEST(BaselineIndex, DamagedOneIsNamedWithItsCure) {
  const std::string entry =
      R"({"commit": ")" + sha('a') + R"(", "branch": "", "time": "", "fingerprint": "11", "reason": "", "file": ")";
  for (const std::string& text :
       {std::string(""), std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"schema": 1})"),
        std::string(R"({"schema": "other/1", "entries": []})"),
        std::string(R"({"schema": "perfwarden.baseline/0", "entries": []})"),
        std::string(R"({"schema": "perfwarden.baseline/1"})"),
        std::string(R"({"schema": "perfwarden.baseline/1", "entries": [1]})"),
        std::string(R"({"schema": "perfwarden.baseline/1", "entries": [{"commit": "x"}]})"),
        R"({"schema": "perfwarden.baseline/1", "entries": [)" + entry + R"(../../etc/passwd"}]})",
        R"({"schema": "perfwarden.baseline/1", "entries": [)" + entry + R"(/etc/passwd"}]})",
        std::string(200000, '[')}) {
    const TemporaryDirectory directory;
    const std::string path = directory.write("index.json", text);
    const auto all = entries(directory.path());
    ASSERT_FALSE(all) << text.substr(0, 80);
    EXPECT_EQ(all.error().where, path);
    EXPECT_NE(all.error().what.find("damaged"), std::string::npos);
    EXPECT_FALSE(all.error().hint.empty());
    EXPECT_FALSE(update(directory.path(), entry_of('a'), "x")) << "it must not be overwritten unseen";
    EXPECT_EQ(support::slurp(path), text);
  }
}

TEST(BaselineIndex, NewerOneIsRefusedWithItsCure) {
  const TemporaryDirectory directory;
  directory.write("index.json", R"({"schema": "perfwarden.baseline/2", "whatever": []})");
  const auto all = entries(directory.path());
  ASSERT_FALSE(all);
  EXPECT_NE(all.error().what.find("newer perfwarden"), std::string::npos);
  EXPECT_FALSE(all.error().hint.empty());
}

TEST(BaselineIndex, HostileTextComesBackAsItWas) {
  const TemporaryDirectory directory;
  Entry entry = entry_of('a');
  entry.branch = "$(touch x)\"},{\n--upload-pack=x";
  entry.reason = "\x1b[31m <b>";
  ASSERT_TRUE(update(directory.path(), entry, "x"));
  EXPECT_EQ((*entries(directory.path()))[0].branch, entry.branch);
  EXPECT_EQ((*entries(directory.path()))[0].reason, entry.reason);
}

}  // namespace
}  // namespace perfwarden::baseline
