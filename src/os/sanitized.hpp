#pragma once

// 1 when a sanitizer's runtime is in the process.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PW_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define PW_SANITIZED 1
#endif
#endif
#ifndef PW_SANITIZED
#define PW_SANITIZED 0
#endif
