// COLDSUN_FN_APART: for a function that g++ 12 vectorises well by itself and badly inside its caller.
#pragma once
#include "common/space.hpp"

// Not inlined on the host, and of internal linkage there, so that two compilers of one program share no symbol.
#if defined(__CUDACC__) || defined(__HIPCC__)
#define COLDSUN_FN_APART COLDSUN_FN
#else
#define COLDSUN_FN_APART static __attribute__((noinline))
#endif
