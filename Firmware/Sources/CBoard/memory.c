/* Memory routines and the allocator the compiler calls. Built with -fno-builtin, or the loops
   below would be turned into calls of themselves. */
#include "CBoard.h"

static bool aligned(const void *a, const void *b) { return !(((uintptr_t)a | (uintptr_t)b) & 3); }

__attribute__((noinline)) void *memcpy(void *to, const void *from, size_t count) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (aligned(d, s))
    for (; count >= 4; count -= 4, d += 4, s += 4) *(uint32_t *)d = *(const uint32_t *)s;
  while (count--) *d++ = *s++;
  return to;
}

__attribute__((noinline)) void *memmove(void *to, const void *from, size_t count) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (d <= s || d >= s + count) return memcpy(to, from, count);
  while (count--) d[count] = s[count];
  return to;
}

__attribute__((noinline)) void *memset(void *to, int value, size_t count) {
  uint8_t *d = to;
  uint32_t word = (uint8_t)value * 0x01010101u;
  if (aligned(d, d))
    for (; count >= 4; count -= 4, d += 4) *(uint32_t *)d = word;
  while (count--) *d++ = (uint8_t)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const uint8_t *x = a, *y = b;
  for (; count; count--, x++, y++)
    if (*x != *y) return *x - *y;
  return 0;
}

/* Run-time ABI for the Arm architecture, 4.3.4: other names, and memset's arguments swapped. */
#define ALIAS(name, of) __attribute__((alias(#of))) void name(void *, const void *, size_t)
static void copy(void *d, const void *s, size_t n) { memcpy(d, s, n); }
static void move(void *d, const void *s, size_t n) { memmove(d, s, n); }
ALIAS(__aeabi_memcpy, copy);
ALIAS(__aeabi_memcpy4, copy);
ALIAS(__aeabi_memcpy8, copy);
ALIAS(__aeabi_memmove, move);
ALIAS(__aeabi_memmove4, move);
ALIAS(__aeabi_memmove8, move);
static void set(void *d, size_t n, int value) { memset(d, value, n); }
static void clear(void *d, size_t n) { memset(d, 0, n); }
__attribute__((alias("set"))) void __aeabi_memset(void *, size_t, int);
__attribute__((alias("set"))) void __aeabi_memset4(void *, size_t, int);
__attribute__((alias("set"))) void __aeabi_memset8(void *, size_t, int);
__attribute__((alias("clear"))) void __aeabi_memclr(void *, size_t);
__attribute__((alias("clear"))) void __aeabi_memclr4(void *, size_t);
__attribute__((alias("clear"))) void __aeabi_memclr8(void *, size_t);

/* --- heap: first fit over freed blocks, else off the top. Start-up may use it, the main loop
   may not; the counter is how the smoke test sees that. --------------------------------------- */
extern uint8_t __heap_start[], __heap_end[];
typedef struct block {
  struct block *next;
  size_t bytes;
} block;
static block *freed;
static uint8_t *top = __heap_start;
static uint32_t allocations;

static int hand_out(void **out, block *b) {
  allocations++;
  *out = b + 1;
  return 0;
}

int posix_memalign(void **out, size_t alignment, size_t bytes) {
  enum { OUT_OF_MEMORY = 12 };
  *out = 0;
  if (bytes > (size_t)(__heap_end - __heap_start)) return OUT_OF_MEMORY;
  bytes = (bytes + 7) & ~(size_t)7;
  if (alignment < 8) alignment = 8;
  for (block **link = &freed; *link; link = &(*link)->next) {
    block *b = *link;
    if (b->bytes < bytes || ((uintptr_t)(b + 1) & (alignment - 1))) continue;
    *link = b->next;
    return hand_out(out, b);
  }
  uintptr_t user = ((uintptr_t)top + sizeof(block) + alignment - 1) & ~(uintptr_t)(alignment - 1);
  if (user + bytes > (uintptr_t)__heap_end) return OUT_OF_MEMORY;
  block *b = (block *)user - 1;
  b->bytes = bytes;
  top = (uint8_t *)user + bytes;
  return hand_out(out, b);
}

void free(void *pointer) {
  if (!pointer) return;
  block *b = (block *)pointer - 1;
  b->next = freed;
  freed = b;
}

uint32_t board_heap_allocations(void) { return allocations; }
uint32_t board_heap_bytes(void) { return (uint32_t)(top - __heap_start); }
