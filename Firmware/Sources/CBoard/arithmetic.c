/* 64-bit division and shifts: the toolchain has no compiler-rt for bare metal. Run-time ABI for
   the Arm architecture, 4.2. */
#include "CBoard.h"

typedef struct {
  uint64_t quotient, remainder;
} division;

static uint32_t leading_zeros(uint64_t n) {
  uint32_t high = (uint32_t)(n >> 32);
  return high ? (uint32_t)__builtin_clz(high) : 32 + (uint32_t)__builtin_clz((uint32_t)n | 1);
}

__attribute__((noinline)) static division divide(uint64_t n, uint64_t d) {
  if (!((n | d) >> 32)) {
    uint32_t a = (uint32_t)n, b = (uint32_t)d, q = b ? a / b : 0;
    return (division){q, a - q * b};
  }
  if (!d || n < d) return (division){0, n};
  uint64_t quotient = 0;
  for (int32_t shift = (int32_t)(leading_zeros(d) - leading_zeros(n)); shift >= 0; shift--) {
    quotient <<= 1;
    if (n >= d << shift) {
      n -= d << shift;
      quotient |= 1;
    }
  }
  return (division){quotient, n};
}

__attribute__((used)) static void divide_unsigned(division *out, uint64_t n, uint64_t d) {
  *out = divide(n, d);
}

__attribute__((used)) static void divide_signed(division *out, int64_t n, int64_t d) {
  division x = divide(n < 0 ? -(uint64_t)n : (uint64_t)n, d < 0 ? -(uint64_t)d : (uint64_t)d);
  out->quotient = (n < 0) != (d < 0) ? -x.quotient : x.quotient;
  out->remainder = n < 0 ? -x.remainder : x.remainder;
}

/* n in r0:r1, d in r2:r3; quotient comes back in r0:r1 and remainder in r2:r3, which no C
   signature can say. */
#define DIVISION_CALL(function) \
  __asm volatile( \
      "push {r4, lr}\n sub sp, #24\n strd r2, r3, [sp]\n mov r2, r0\n mov r3, r1\n" \
      "add r0, sp, #8\n bl " function "\n" \
      "ldrd r0, r1, [sp, #8]\n ldrd r2, r3, [sp, #16]\n add sp, #24\n pop {r4, pc}")
__attribute__((naked)) void __aeabi_uldivmod(void) { DIVISION_CALL("divide_unsigned"); }
__attribute__((naked)) void __aeabi_ldivmod(void) { DIVISION_CALL("divide_signed"); }

static uint64_t joined(uint32_t high, uint32_t low) { return (uint64_t)high << 32 | low; }

uint64_t __aeabi_llsl(uint64_t n, uint32_t by) {
  uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n;
  if (by == 0) return n;
  if (by >= 32) return joined(low << (by - 32), 0);
  return joined(high << by | low >> (32 - by), low << by);
}
uint64_t __aeabi_llsr(uint64_t n, uint32_t by) {
  uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n;
  if (by == 0) return n;
  if (by >= 32) return joined(0, high >> (by - 32));
  return joined(high >> by, low >> by | high << (32 - by));
}
uint64_t __aeabi_lasr(uint64_t n, uint32_t by) {
  uint32_t high = (uint32_t)(n >> 32), low = (uint32_t)n;
  if (by == 0) return n;
  int32_t signed_high = (int32_t)high;
  if (by >= 32) return joined((uint32_t)(signed_high >> 31), (uint32_t)(signed_high >> (by - 32)));
  return joined((uint32_t)(signed_high >> by), low >> by | high << (32 - by));
}
