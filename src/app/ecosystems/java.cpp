#include <algorithm>

#include "app/init/detect.hpp"
#include "base/text.hpp"

namespace perfwarden::app {
namespace {

constexpr std::string_view k_java =
    "- uses: actions/setup-java@c5195efecf7bdfc987ee8bae7a71cb8b11521c00 # v4.7.1\n  with:\n    distribution: "
    "temurin\n    java-version: \"21\"";
constexpr std::string_view k_short = " -f 1 -wi 2 -w 200ms -i 3 -r 200ms -foe true -rf json -rff jmh.json";

Proposal of_jar(const std::string& name, const std::string& folder, const std::string& jar) {
  Proposal suite{.suite = name, .cwd = folder};
  suite.run = "java -jar " + jar + std::string(k_short);
  suite.shell = jar.find('*') != std::string::npos;
  suite.output_file = "jmh.json";
  suite.parser = "jmh";
  suite.harness = "JMH";
  suite.steps = {std::string(k_java)};
  suite.unversioned = {"jmh.json"};
  return suite;
}

std::string name_of_folder(const std::string& folder) {
  return folder.empty() ? "jmh" : folder.substr(folder.rfind('/') + 1);
}

// The aggregator that builds the module and what it needs: the highest pom.xml above it, without a gap. Null: none.
const File* reactor_of(const SourceTree& tree, const File& pom) {
  const File* root = nullptr;
  for (std::string place = pom.folder; !place.empty();) {
    place = parent_of(place);
    const File* above = tree.at(below(place, "pom.xml"));
    if (above == nullptr) break;
    root = above;
  }
  return root;
}

void find_maven(const SourceTree& tree, Findings& findings) {
  for (const File& pom : tree.files()) {
    if (pom.name != "pom.xml" || !pom.has("jmh-core")) continue;
    // Of a parent that only manages versions, the modules are what is built.
    if (pom.has("<modules>") && !pom.has("jmh-generator-annprocess")) continue;
    const bool named = pom.has("<finalName>benchmarks") || pom.has("uberjar.name>benchmarks");
    Proposal suite = of_jar(name_of_folder(pom.folder), pom.folder,
                            named ? "target/benchmarks.jar" : "$(ls target/*.jar | grep -v original-)");
    suite.shell = !named;
    const File* root = reactor_of(tree, pom);
    const std::string up = root == nullptr ? "" : way_up(pom.folder, root->folder);
    suite.build = "mvn -q -B package -DskipTests" +
                  (root == nullptr ? "" : " -f " + up + "/pom.xml -pl " + seen_from(root->folder, pom.folder) + " -am");
    suite.unversioned.emplace_back("target/");
    findings.propose(std::move(suite));
  }
}

void find_gradle(const SourceTree& tree, Findings& findings) {
  for (const File& file : tree.files()) {
    if ((file.name != "build.gradle" && file.name != "build.gradle.kts") || !file.has("me.champeau.jmh")) continue;
    if (file.has("apply false")) continue;
    const File* wrapper = tree.above(file.folder, {"gradlew"});
    const std::string up = wrapper == nullptr ? "" : way_up(file.folder, wrapper->folder);
    Proposal suite = of_jar(name_of_folder(file.folder), file.folder, "build/libs/*-jmh.jar");
    suite.build = (wrapper == nullptr ? "gradle" : (up.empty() ? "./gradlew" : up + "/gradlew")) +
                  std::string(" --no-daemon -q jmhJar");
    suite.unversioned.emplace_back("/" + below(file.folder, "build/"));
    findings.propose(std::move(suite));
  }
}

void find_java(const SourceTree& tree, Findings& findings) {
  find_maven(tree, findings);
  find_gradle(tree, findings);
}

}  // namespace

extern const Ecosystem k_ecosystem_java{
    .name = "Java",
    .marks =
        [] {
          return std::vector<std::string_view>{"pom.xml", "build.gradle", "build.gradle.kts"};
        },
    .find = find_java,
    .form =
        "perfwarden init --build 'mvn -q -B package -DskipTests' --run 'java -jar target/benchmarks.jar -rf json -rff "
        "jmh.json' --output-file jmh.json --parser jmh"};

}  // namespace perfwarden::app
