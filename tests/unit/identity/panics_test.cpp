#include "identity/panics.hpp"

#include <gtest/gtest.h>

namespace perfwarden::identity {
namespace {

TEST(Panics, KnowTheFunctionsOfRustsOwnLibrariesInBothManglings) {
  EXPECT_TRUE(is_of_rust_library("_ZN4core9panicking18panic_bounds_check17h0123456789abcdefE"));
  EXPECT_TRUE(is_of_rust_library("_ZN3std9panicking11begin_panic17h0123456789abcdefE"));
  EXPECT_TRUE(is_of_rust_library("_ZN5alloc7raw_vec12handle_error17h0123456789abcdefE"));
  EXPECT_TRUE(is_of_rust_library("_RNvNtCs32gj3y4fnmh_4core9panicking18panic_bounds_check"));
  EXPECT_TRUE(is_of_rust_library("_RNvNtNtCsjrHSEGnQ3l9_4core5slice5index26slice_start_index_len_fail"));
}

TEST(Panics, TakeNobodyElsesFunctionForOne) {
  for (const std::string_view name :
       {"", "_R", "_RN", "_RNvNt", "_RNvNtCs32gj", "_ZN", "panic", "_ZN4main5serve17h0123456789abcdefE",
        "_ZN5core29panicking5panic17h0123456789abcdefE", "_ZN6server4core5serve17h0123456789abcdefE",
        "_RNvNtCs32gj3y4fnmh_4main4core", "_RNvNtCs32gj3y4fnmh_5core25serve", "_Z4corev"})
    EXPECT_FALSE(is_of_rust_library(name)) << name;
}

}  // namespace
}  // namespace perfwarden::identity
