#include "checkout/clone_config.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace perfwarden::checkout {
namespace {

TEST(CloneConfig, HowRemotesAreReachedAndFilesCheckedOutIsCopied) {
  for (const auto& [key, value] : std::vector<std::pair<const char*, const char*>>{
           {"remote.origin.url", "https://github.com/acme/parser"},
           {"remote.origin.url", "git@github.com:acme/parser.git"},
           {"remote.origin.url", "ssh://git@host:22/a::b"},
           {"remote.origin.url", "/srv/git/parser.git"},
           {"remote.a.dotted.name.fetch", "+refs/heads/*:refs/remotes/origin/*"},
           {"http.https://github.com/.extraheader", "AUTHORIZATION: basic x"},
           {"http.proxy", "http://proxy:3128"},
           {"http.sslcainfo", "/etc/ssl/own.pem"},
           {"extensions.objectformat", "sha256"},
           {"core.autocrlf", "input"},
           {"core.sparsecheckout", "true"}})
    EXPECT_TRUE(is_copied(key, value)) << key << " " << value;
}

TEST(CloneConfig, WhatNamesAProgramOrAnotherFileIsNot) {
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, const char*>>{{"filter.x.smudge", "touch /tmp/ran"},
                                                        {"filter.lfs.process", "touch /tmp/ran"},
                                                        {"core.sshcommand", "touch /tmp/ran"},
                                                        {"core.fsmonitor", "touch /tmp/ran"},
                                                        {"core.hookspath", "/tmp"},
                                                        {"core.pager", "touch /tmp/ran"},
                                                        {"core.gitproxy", "touch /tmp/ran"},
                                                        {"core.askpass", "touch /tmp/ran"},
                                                        {"core.alternaterefscommand", "touch /tmp/ran"},
                                                        {"core.worktree", "/etc"},
                                                        {"core.attributesfile", "/tmp/x"},
                                                        {"core.eol", "lf; touch /tmp/ran"},
                                                        {"credential.helper", "!touch /tmp/ran"},
                                                        {"credential.https://github.com.helper", "!touch /tmp/ran"},
                                                        {"http.cookiefile", "/root/.secret"},
                                                        {"diff.external", "touch /tmp/ran"},
                                                        {"diff.x.textconv", "touch /tmp/ran"},
                                                        {"merge.x.driver", "touch /tmp/ran"},
                                                        {"alias.rev-parse", "!touch /tmp/ran"},
                                                        {"include.path", "/tmp/more"},
                                                        {"includeif.gitdir:/.path", "/tmp/more"},
                                                        {"remote.origin.url", "ext::sh -c touch% /tmp/ran"},
                                                        {"remote.origin.url", "--upload-pack=touch /tmp/ran"},
                                                        {"remote.origin.uploadpack", "touch /tmp/ran"},
                                                        {"remote.origin.vcs", "evil"},
                                                        {"remote.origin.pushurl", "https://elsewhere"},
                                                        {"url.https://elsewhere/.insteadof", "https://github.com/"},
                                                        {"uploadpack.packobjectshook", "touch /tmp/ran"},
                                                        {"lfs.customtransfer.x.path", "touch /tmp/ran"},
                                                        {"lfs.url", "ext::x"},
                                                        {"submodule.x.update", "!touch /tmp/ran"},
                                                        {"gpg.program", "touch /tmp/ran"},
                                                        {"protocol.ext.allow", "always"},
                                                        {"safe.directory", "*"},
                                                        {"core", "x"},
                                                        {"", ""}})
    EXPECT_FALSE(is_copied(key, value)) << key << " " << value;
}

}  // namespace
}  // namespace perfwarden::checkout
