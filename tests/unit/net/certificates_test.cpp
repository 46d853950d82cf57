#include "net/certificates.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/fakes.hpp"

namespace perfwarden::net {
namespace {

TEST(Certificates, AreFoundWhereTheDistributionKeepsThem) {
  const support::TemporaryDirectory root;
  EXPECT_EQ(system_certificates(root.path()), "") << "none: libcurl's own default holds";
  const std::string alpine = root.write("etc/ssl/cert.pem", "certificates");
  EXPECT_EQ(system_certificates(root.path()), alpine);
  const std::string fedora = root.write("etc/pki/tls/certs/ca-bundle.crt", "certificates");
  EXPECT_EQ(system_certificates(root.path()), fedora);
  const std::string debian = root.write("etc/ssl/certs/ca-certificates.crt", "certificates");
  EXPECT_EQ(system_certificates(root.path()), debian) << "first, since it is whom the binary was linked for";
}

TEST(Certificates, AFolderIsNotAFileOfCertificates) {
  const support::TemporaryDirectory root;
  std::filesystem::create_directories(root.path() + "/etc/ssl/cert.pem");
  EXPECT_EQ(system_certificates(root.path()), "");
}

}  // namespace
}  // namespace perfwarden::net
